"""Panels for notebooks, one line each: ``ContactsPanel(workbench)``."""

from appconnect.panels.batch import BatchPanel
from appconnect.panels.call_log import CallLogPanel
from appconnect.panels.check import CheckPanel
from appconnect.panels.choose_crm import ChooserPanel
from appconnect.panels.connect import ConnectPanel
from appconnect.panels.contacts import ContactsPanel
from appconnect.panels.match import MatchPanel
from appconnect.panels.message_log import MessageLogPanel
from appconnect.panels.rate_limits import RateLimitsPanel
from appconnect.panels.sandbox import SandboxPanel
from appconnect.panels.traffic import TrafficPanel

__all__ = [
    "BatchPanel",
    "CallLogPanel",
    "CheckPanel",
    "ChooserPanel",
    "ConnectPanel",
    "ContactsPanel",
    "MatchPanel",
    "MessageLogPanel",
    "RateLimitsPanel",
    "SandboxPanel",
    "TrafficPanel",
]
