"""A cache in the store: small values, kept from one run to the next."""

from __future__ import annotations

import copy
import logging
import time
from dataclasses import dataclass, field
from typing import Final, NamedTuple

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
AT_HAND_SECONDS: Final = 1.0
"""How long a value is not read again: a table of calls asks for the same ones with every row."""


class _AtHand(NamedTuple):
    """A value, the moment at which it is too old, and until when it is at hand by the computer's own time."""

    value: JsonValue
    expires: float
    until: float


@dataclass(frozen=True)
class StoreCache:
    """The cache of one scope (a platform and account, say); see :class:`appconnect.remembered.Cache`."""

    store: Store
    scope: str
    clock: Clock
    _at_hand: dict[str, _AtHand] = field(default_factory=dict, init=False, repr=False, compare=False)

    def get(self, key: str) -> JsonValue | None:
        """Return the value, or None when there is none or it is too old.

        What another process has put since is seen within a second.
        """
        now, here = self.clock.now().timestamp(), self._at_hand.get(key)
        if here is not None and here.until > time.monotonic() and here.expires > now:
            return copy.deepcopy(here.value)
        mine = {"mine": f"{self.scope}/{key}"}
        try:
            row = self.store.transaction(lambda session: session.connection().execute(_READ, mine).first())
        except StoreError as error:  # it can be read from the CRM again
            log.warning("What was remembered of %s cannot be read: %s", key, error)
            return None
        if row is None or row.expires <= now:
            return None
        value: JsonValue = row.value.get("value")
        self._at_hand[key] = _AtHand(value, row.expires, time.monotonic() + AT_HAND_SECONDS)
        return copy.deepcopy(value)

    def put(self, key: str, value: JsonValue, seconds: float) -> None:
        """Remember a value for that long, and forget what has grown too old."""
        now = self.clock.now().timestamp()

        def work(session: orm.Session) -> None:
            session.connection().execute(_FORGET, {"now": now})
            row = {"key": f"{self.scope}/{key}", "value": {"value": value}, "expires": now + seconds}
            put(session, CachedRow, row)

        self.store.transaction(work)
        self._at_hand.pop(key, None)
