"""The memory from one run to the next: connections, log links, admin configurations, cache, outbox.

A SQLite file by default, PostgreSQL where several servers share it. Secrets come here sealed (`auth.vault`).
"""

from appconnect.store.cache import StoreCache
from appconnect.store.holders import HOLD_SECONDS
from appconnect.store.limits import StoreBook
from appconnect.store.outbox import StoreOutbox
from appconnect.store.records import Claim, Connection, ContactKind, LogLink, LogReference, Reservation
from appconnect.store.store import Store

__all__ = [
    "HOLD_SECONDS",
    "Claim",
    "Connection",
    "ContactKind",
    "LogLink",
    "LogReference",
    "Reservation",
    "Store",
    "StoreBook",
    "StoreCache",
    "StoreOutbox",
]
