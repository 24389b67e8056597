"""The memory from one run to the next: connections, log links, admin configurations, cache, outbox.

A SQLite file by default, PostgreSQL where several servers share it. Secrets come here sealed (`auth.vault`).
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING

from appconnect.store.records import (
    HOLD_SECONDS,
    Claim,
    Connection,
    ContactKind,
    LogLink,
    LogReference,
    Reservation,
)

if _TYPE_CHECKING:
    from appconnect.store.cache import StoreCache
    from appconnect.store.journal import Journal
    from appconnect.store.limits import StoreBook
    from appconnect.store.outbox import Sealer, StoreOutbox
    from appconnect.store.store import Store

__all__ = [
    "HOLD_SECONDS",
    "Claim",
    "Connection",
    "ContactKind",
    "Journal",
    "LogLink",
    "LogReference",
    "Reservation",
    "Sealer",
    "Store",
    "StoreBook",
    "StoreCache",
    "StoreOutbox",
]

_MODULES = {
    "Journal": "journal",
    "Sealer": "outbox",
    "Store": "store",
    "StoreBook": "limits",
    "StoreCache": "cache",
    "StoreOutbox": "outbox",
}


def __getattr__(name: str) -> object:
    """Load what works with a database when it is first used: SQLAlchemy takes as long as all of our own."""
    if name not in _MODULES:
        raise AttributeError(f"module 'appconnect.store' has no attribute {name!r}")
    return getattr(_import_module(f"appconnect.store.{_MODULES[name]}"), name)
