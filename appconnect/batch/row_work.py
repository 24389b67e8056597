"""The work on one row: read it, find its contact, log it; every error becomes an outcome or ends all work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from appconnect import phone
from appconnect.batch.day_budget import DayBudget
from appconnect.batch.desk import Desk
from appconnect.batch.lookup import Lookup
from appconnect.batch.outcomes import Outcome, Status
from appconnect.batch.records import Record, Row, read
from appconnect.connector import Cost
from appconnect.errors import (
    AppConnectError,
    BeingLogged,
    Blocked,
    ConfigurationError,
    Forbidden,
    InputError,
    InternalExtension,
    NotFound,
    NotSearched,
    NotSupported,
    PaymentRequired,
    RateLimited,
    RecordingError,
    Rejected,
    SessionExpired,
    SignInError,
    StoreError,
)
from appconnect.models import Call, Contact, Logged, Party
from appconnect.phone import PhoneNumber
from appconnect.store import HOLD_SECONDS

T = TypeVar("T")
ENDS_ALL: Final = (
    SignInError, SessionExpired, Blocked, PaymentRequired, NotSupported, ConfigurationError, StoreError,
    RecordingError,
)  # fmt: skip
"""What would befall every further row too."""
REFUSALS: Final = (InputError, Rejected, Forbidden, NotFound)
MAX_WAIT: Final = 60.0
"""Seconds of a limit that are waited for; a longer one ends the work for now."""
TURNS: Final = 10
"""How often a row is tried that the CRM has no room for, or that somebody else is writing."""
MAX_NAMED: Final = 3
FREE: Final = Cost(0)


class Stop(Exception):
    """All work ends here, for this reason."""


class RowWork:
    """Does rows, each for itself; ``log`` or only match, a ``dry_run`` writes nothing."""

    def __init__(
        self, desk: Desk, lookup: Lookup, day: DayBudget, *, log: bool, dry_run: bool = False
    ) -> None:
        self._desk, self._lookup, self._day, self._log, self._dry_run = desk, lookup, day, log, dry_run
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def do(self, row: Row) -> Outcome:
        """Return what became of a row. Raises Stop where it makes no sense to go on with any."""
        try:
            record = read(row, self._desk.zone)
            turn = self._turns.setdefault(record.turn, asyncio.Lock())
            async with turn:  # so that the messages of a conversation stay in their order
                return await self._do(record)
        except AppConnectError as error:
            return Outcome(status=verdict(error), reason=error.message)

    async def _do(self, record: Record) -> Outcome:
        if self._log and (log_id := self._logged_before(record)):
            return Outcome(status=Status.ALREADY_LOGGED, log_id=log_id)
        contacts = [record.contact] if record.contact else await self._find(record)
        if not contacts:
            return Outcome(status=Status.NO_CONTACT)
        if len(contacts) > 1:
            return Outcome(status=Status.SEVERAL, reason=_several(contacts))
        [contact] = contacts
        if not self._log:
            return Outcome.of(contact, Status.MATCHED)
        try:
            return await (self._composed(record, contact) if self._dry_run else self._logged(record, contact))
        except AppConnectError as error:
            return Outcome.of(contact, verdict(error), error.message)

    async def _find(self, record: Record) -> Sequence[Contact]:
        number = number_of(record.party, self._desk.default_region)
        return await self._patiently(lambda: self._lookup.find(number))

    def _logged_before(self, record: Record) -> str | None:
        """Return the log of a call that is logged already, whoever did so here."""
        ids = record.what.ids if isinstance(record.what, Call) else []
        return self._desk.logged_call(ids[0], ids[1:]) if ids else None

    async def _composed(self, record: Record, contact: Contact) -> Outcome:
        if isinstance(record.what, Call):
            self._desk.compose_call_body(record.what, contact)
        else:
            self._desk.compose_message(record.what, contact)
        return Outcome.of(contact, Status.TO_LOG)

    async def _logged(self, record: Record, contact: Contact) -> Outcome:
        result = await self._patiently(lambda: self._write(record, contact))
        lines = result.return_message.lines if result.return_message else []
        return Outcome.of(contact, Status.LOGGED, " ".join(lines), result.log_id or "")

    async def _write(self, record: Record, contact: Contact) -> Logged:
        if isinstance(record.what, Call):
            async with self._day.room_for(self._desk.costs.get("create_call_log", FREE).units):
                return (await self._desk.log_call(record.what, contact)).raise_for_error()
        async with self._day.room_for(self._desk.costs.get("create_message_log", FREE).units):
            return (await self._desk.log_message(record.what, contact, automatic=True)).raise_for_error()

    async def _patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Return what an attempt gives, made again after a pause where that is all that it takes."""
        for _ in range(TURNS - 1):
            try:
                return await attempt()
            except BeingLogged:  # by a process that may have been killed, and is taken for dead in a while
                await self._desk.sleep(HOLD_SECONDS / 2)
            except RateLimited as error:
                if _is_long(error):
                    raise
                await self._desk.sleep(error.retry_after or self._desk.connector.rules.min_wait)
        return await attempt()


def verdict(error: AppConnectError) -> Status:
    """Return what a row is after an error. Raises Stop for what would befall every further row too."""
    if isinstance(error, ENDS_ALL) or (isinstance(error, RateLimited) and _is_long(error)):
        raise Stop(error.message) from error
    if isinstance(error, NotSearched):
        return Status.NO_CONTACT if error.is_lasting else Status.NOT_SEARCHED
    return Status.REFUSED if isinstance(error, REFUSALS) else Status.FAILED


def _is_long(error: RateLimited) -> bool:
    """Return whether a limit is not waited for: today's budget, or a block of minutes."""
    return error.daily or isinstance(error, Blocked) or (error.retry_after or 0.0) > MAX_WAIT


def number_of(party: Party, region: str) -> PhoneNumber:
    """Return the number of a call's or message's other side. InputError for what cannot be searched for."""
    if not party.phone_number and party.extension_number:
        raise InternalExtension(f"Extension {party.extension_number} is internal, which no CRM knows.")
    return _parsed(party.phone_number, region)


@lru_cache(maxsize=10_000)
def _parsed(text: str, region: str) -> PhoneNumber:
    return phone.parse(text, region=region)


def _several(contacts: Sequence[Contact]) -> str:
    named = ", ".join(f"{each.name} ({each.id})" for each in contacts[:MAX_NAMED])
    more = f" and {len(contacts) - MAX_NAMED} more" if len(contacts) > MAX_NAMED else ""
    return f"{named}{more} carry this number; put one's id in crm_contact_id."
