"""A workbench for people who write and debug CRM connectors of RingCentral App Connect.

::

    from appconnect import connect

    workbench = connect("pipedrive")            # the sandbox, unless APPCONNECT_MODE says otherwise
    await workbench.sign_in()
    matches = await workbench.find_contact("+14155550142")

``appconnect.connector`` is what to read first.
"""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from appconnect import lazily as _lazily

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
else:  # the command line needs few of them
    __getattr__ = _lazily.exported(
        __name__,
        {
            ".connector": "Connector",
            ".errors": "AppConnectError",
            ".models": "AdminConfiguration Call Contact Conversation Message Party UserMapping",
            ".workbench": "Workbench connect",
        },
    )

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


def __dir__() -> list[str]:
    """Show the public names, whatever else has been loaded."""
    return list(__all__)
