"""The rate limits of an account in the store: all processes that work with it keep to them together."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import orm

from appconnect.errors import StoreError
from appconnect.models import JsonObject
from appconnect.store import holders
from appconnect.store.database import RateLimitRow
from appconnect.store.store import Store

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

        def transaction(session: orm.Session) -> tuple[T, JsonObject]:
            row = session.get(RateLimitRow, self._account, with_for_update=True)
            noted = copy.deepcopy(row.noted) if row else {}
            result = work(noted, holders.moment(session, now))
            if row:
                row.noted = noted
            else:
                session.add(RateLimitRow(account=self._account, noted=noted))
            return result, noted

        try:
            result, self._last_noted = self._store.quick_transaction(transaction)
        except StoreError as error:
            log.warning("Rate limits are not shared for a moment: %s", error)
            return work(self._last_noted, now)
        return result
