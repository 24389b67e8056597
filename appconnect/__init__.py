"""A workbench for people who write and debug CRM connectors of RingCentral App Connect.

::

    from appconnect import connect

    workbench = connect("pipedrive")            # the sandbox, unless APPCONNECT_MODE says otherwise
    await workbench.sign_in()
    matches = await workbench.find_contact("+14155550142")

``appconnect.connector`` is what to read first.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appconnect.connector import Connector
    from appconnect.models import Call, Contact, Conversation, Message, Party
    from appconnect.workbench import Workbench, connect

__all__ = ["Call", "Connector", "Contact", "Conversation", "Message", "Party", "Workbench", "connect"]

_ROOMS = {
    "Connector": "appconnect.connector",
    "Workbench": "appconnect.workbench",
    "connect": "appconnect.workbench",
}


def __getattr__(name: str) -> object:
    """Public names are loaded when they are first used: the command line needs few of them."""
    if name not in __all__:
        raise AttributeError(f"module 'appconnect' has no attribute {name!r}")
    return getattr(import_module(_ROOMS.get(name, "appconnect.models")), name)
