"""Every error of these tests speaks in whole sentences."""

from whole_sentences import _whole_sentences

__all__ = ["_whole_sentences"]
