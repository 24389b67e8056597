"""The rate limits of an account in the store: all processes that work with it keep to them together."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sql
from sqlalchemy import orm

from appconnect.errors import StoreError
from appconnect.models import JsonObject
from appconnect.store import holders
from appconnect.store.store import Store
from appconnect.store.tables import RateLimitRow

T = TypeVar("T")
log = logging.getLogger(__name__)


class StoreBook:
    """What is reserved of one account's limits; see :class:`appconnect.http.ratelimit.Book`.

    Who cannot reach the store goes on by what it knows itself: a refusal by the CRM is no reason to stop.
    """

    def __init__(self, store: Store, account: str) -> None:
        self._store, self._account = store, account
        self._last_noted: JsonObject = {}

    def change(self, work: Callable[[JsonObject, float], T], now: float) -> T:
        """Do ``work`` to what is noted, in one transaction."""

        def transaction(connection: sql.Connection) -> tuple[T, JsonObject]:
            moment = _moment(connection, now)
            found = connection.scalar(_READ, {"mine": self._account})
            noted: JsonObject = found or {}
            result = work(noted, moment)
            connection.execute(_INSERT if found is None else _UPDATE, {"mine": self._account, "now": noted})
            return result, noted

        try:
            result, self._last_noted = self._store.quick_transaction(transaction)
        except StoreError as error:
            log.warning("Rate limits are not shared for a moment: %s", error)
            return work(self._last_noted, now)
        return result


def _moment(connection: sql.Connection, now: float) -> float:
    """Return ``now`` by the clock of all who share the database; PostgreSQL need not keep this for ever."""
    if connection.dialect.name != "postgresql":
        return now
    connection.execute(sql.text("SET LOCAL synchronous_commit TO OFF"))
    return holders.moment(orm.Session(connection), now)


_MINE = RateLimitRow.account == sql.bindparam("mine")
_READ = sql.select(RateLimitRow.noted).where(_MINE).with_for_update()
_UPDATE = sql.update(RateLimitRow).where(_MINE).values(noted=sql.bindparam("now"))
_INSERT = sql.insert(RateLimitRow).values(account=sql.bindparam("mine"), noted=sql.bindparam("now"))
