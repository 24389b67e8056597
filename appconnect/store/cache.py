"""A cache in the store: small values, kept from one run to the next."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sql
from pydantic import JsonValue
from sqlalchemy import orm

from appconnect.clock import Clock
from appconnect.errors import StoreError
from appconnect.store.store import Store
from appconnect.store.tables import CachedRow, put

log = logging.getLogger(__name__)
_ROW: Final = CachedRow.metadata.tables[CachedRow.__tablename__]
_READ: Final = sql.select(_ROW.c.value, _ROW.c.expires).where(_ROW.c.key == sql.bindparam("mine"))
_FORGET: Final = sql.delete(_ROW).where(_ROW.c.expires <= sql.bindparam("now"))


@dataclass(frozen=True)
class StoreCache:
    """The cache of one scope (a platform and account, say); see :class:`appconnect.remembered.Cache`."""

    store: Store
    scope: str
    clock: Clock

    def get(self, key: str) -> JsonValue | None:
        """Return the value, or None when there is none or it is too old."""
        now, mine = self.clock.now().timestamp(), {"mine": f"{self.scope}/{key}"}
        try:
            row = self.store.transaction(lambda session: session.connection().execute(_READ, mine).first())
        except StoreError as error:  # it can be read from the CRM again
            log.warning("What was remembered of %s cannot be read: %s", key, error)
            return None
        return row.value.get("value") if row and row.expires > now else None

    def put(self, key: str, value: JsonValue, seconds: float) -> None:
        """Remember a value for that long, and forget what has grown too old."""
        now = self.clock.now().timestamp()

        def work(session: orm.Session) -> None:
            session.connection().execute(_FORGET, {"now": now})
            row = {"key": f"{self.scope}/{key}", "value": {"value": value}, "expires": now + seconds}
            put(session, CachedRow, row)

        self.store.transaction(work)
