"""A workbench for people who write and debug CRM connectors of RingCentral App Connect.

::

    from appconnect import connect

    workbench = connect("pipedrive")            # the sandbox, unless APPCONNECT_MODE says otherwise
    await workbench.sign_in()
    matches = await workbench.find_contact("+14155550142")

``appconnect.connector`` is what to read first.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING

if _TYPE_CHECKING:
    from appconnect.connector import Connector
    from appconnect.errors import AppConnectError
    from appconnect.models import (
        AdminConfiguration,
        Call,
        Contact,
        Conversation,
        Message,
        Party,
        UserMapping,
    )
    from appconnect.workbench import Workbench, connect

__all__ = [
    "AdminConfiguration",
    "AppConnectError",
    "Call",
    "Connector",
    "Contact",
    "Conversation",
    "Message",
    "Party",
    "UserMapping",
    "Workbench",
    "connect",
]

_ROOMS = {
    "AppConnectError": "appconnect.errors",
    "Connector": "appconnect.connector",
    "Workbench": "appconnect.workbench",
    "connect": "appconnect.workbench",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: the command line needs few of them."""
    if name not in __all__:
        raise AttributeError(f"module 'appconnect' has no attribute {name!r}")
    return getattr(_import_module(_ROOMS.get(name, "appconnect.models")), name)


def __dir__() -> list[str]:
    """Show the public names, whatever else has been loaded."""
    return list(__all__)
