"""The timeline: every operation with its requests, as a tree and a waterfall."""

from appconnect.panels.timeline.panel import TimelinePanel

__all__ = ["TimelinePanel"]
