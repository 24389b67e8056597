"""A cache in the store: small values, kept from one run to the next."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sql
from pydantic import JsonValue
from sqlalchemy import orm

from appconnect.clock import Clock
from appconnect.store.database import CachedRow
from appconnect.store.store import Store


@dataclass(frozen=True)
class StoreCache:
    """The cache of one scope (a platform and account, say); see :class:`appconnect.remembered.Cache`."""

    store: Store
    scope: str
    clock: Clock

    def get(self, key: str) -> JsonValue | None:
        """Return the value, or None when there is none or it is too old."""
        row = self.store.transaction(lambda session: session.get(CachedRow, f"{self.scope}/{key}"))
        return row.value["value"] if row and row.expires > self.clock.now().timestamp() else None

    def put(self, key: str, value: JsonValue, seconds: float) -> None:
        """Remember a value for that long, and forget what has grown too old."""
        now = self.clock.now().timestamp()

        def work(session: orm.Session) -> None:
            session.execute(sql.delete(CachedRow).where(CachedRow.expires <= now))
            session.merge(CachedRow(key=f"{self.scope}/{key}", value={"value": value}, expires=now + seconds))

        self.store.transaction(work)
