"""A cache in the store: small values, kept from one run to the next."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import sqlalchemy as sql
from pydantic import JsonValue
from sqlalchemy import orm

from appconnect.clock import Clock
from appconnect.errors import StoreError
from appconnect.store.store import Store
from appconnect.store.tables import CachedRow

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoreCache:
    """The cache of one scope (a platform and account, say); see :class:`appconnect.remembered.Cache`."""

    store: Store
    scope: str
    clock: Clock

    def get(self, key: str) -> JsonValue | None:
        """Return the value, or None when there is none or it is too old."""
        now = self.clock.now().timestamp()
        try:
            row = self.store.transaction(lambda session: session.get(CachedRow, f"{self.scope}/{key}"))
        except StoreError as error:  # it can be read from the CRM again
            log.warning("What was remembered of %s cannot be read: %s", key, error)
            return None
        return row.value.get("value") if row and row.expires > now else None

    def put(self, key: str, value: JsonValue, seconds: float) -> None:
        """Remember a value for that long, and forget what has grown too old."""
        now = self.clock.now().timestamp()

        def work(session: orm.Session) -> None:
            mine = f"{self.scope}/{key}"
            session.execute(sql.delete(CachedRow).where((CachedRow.expires <= now) | (CachedRow.key == mine)))
            session.add(CachedRow(key=mine, value={"value": value}, expires=now + seconds))

        self.store.transaction(work)
