"""Panels for notebooks, one line each: ``ContactsPanel(workbench)``."""

from typing import TYPE_CHECKING

from appconnect import lazily

if TYPE_CHECKING:
    from appconnect.panels.app import AppPanel
    from appconnect.panels.batch import BatchPanel
    from appconnect.panels.call_log import CallLogPanel
    from appconnect.panels.check import CheckPanel
    from appconnect.panels.choose_crm import ChooserPanel
    from appconnect.panels.connect import ConnectPanel
    from appconnect.panels.contacts import ContactsPanel
    from appconnect.panels.exports import ExportPanel
    from appconnect.panels.history import HistoryPanel
    from appconnect.panels.match import MatchPanel
    from appconnect.panels.message_log import MessageLogPanel
    from appconnect.panels.rate_limits import RateLimitsPanel
    from appconnect.panels.request import RequestPanel
    from appconnect.panels.sandbox import SandboxPanel
    from appconnect.panels.timeline import TimelinePanel
    from appconnect.panels.value_origins import ValueOriginsPanel
else:
    __getattr__ = lazily.exported(
        __name__,
        {
            ".app": "AppPanel",
            ".batch": "BatchPanel",
            ".call_log": "CallLogPanel",
            ".check": "CheckPanel",
            ".choose_crm": "ChooserPanel",
            ".connect": "ConnectPanel",
            ".contacts": "ContactsPanel",
            ".exports": "ExportPanel",
            ".history": "HistoryPanel",
            ".match": "MatchPanel",
            ".message_log": "MessageLogPanel",
            ".rate_limits": "RateLimitsPanel",
            ".request": "RequestPanel",
            ".sandbox": "SandboxPanel",
            ".timeline": "TimelinePanel",
            ".value_origins": "ValueOriginsPanel",
        },
    )

__all__ = [
    "AppPanel",
    "BatchPanel",
    "CallLogPanel",
    "CheckPanel",
    "ChooserPanel",
    "ConnectPanel",
    "ContactsPanel",
    "ExportPanel",
    "HistoryPanel",
    "MatchPanel",
    "MessageLogPanel",
    "RateLimitsPanel",
    "RequestPanel",
    "SandboxPanel",
    "TimelinePanel",
    "ValueOriginsPanel",
]
