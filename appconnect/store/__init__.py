"""The memory from one run to the next: connections, log links, admin configurations, cache, outbox.

A SQLite file by default, PostgreSQL where several servers share it. Secrets come here sealed (`auth.vault`).
"""

from typing import TYPE_CHECKING

from appconnect import lazily

if TYPE_CHECKING:
    from appconnect.store.cache import StoreCache
    from appconnect.store.journal import Journal
    from appconnect.store.limits import StoreBook
    from appconnect.store.outbox import Sealer, StoreOutbox
    from appconnect.store.records import (
        HOLD_SECONDS,
        Claim,
        Connection,
        ContactKind,
        LogLink,
        LogReference,
        Reservation,
    )
    from appconnect.store.store import Store
else:  # SQLAlchemy takes as long to load as all of our own
    __getattr__ = lazily.exported(
        __name__,
        {
            ".cache": "StoreCache",
            ".journal": "Journal",
            ".limits": "StoreBook",
            ".outbox": "Sealer StoreOutbox",
            ".records": ("HOLD_SECONDS Claim Connection ContactKind LogLink LogReference Reservation"),
            ".store": "Store",
        },
    )

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
