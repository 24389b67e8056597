"""Who carries a number: asked of the CRM once for each, or of an index of all contacts."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from appconnect.batch.day_budget import DayBudget
from appconnect.batch.desk import Desk
from appconnect.batch.index import ContactIndex
from appconnect.connector import Cost
from appconnect.errors import NotSearched
from appconnect.limits.effort import with_one_match
from appconnect.models import Contact
from appconnect.phone import PhoneNumber

if TYPE_CHECKING:
    from appconnect.store import Journal, Sealer

MAX_RECENT: Final = 2000
"""Numbers whose carriers are at hand; those of all others are in the journal."""
KEPT: Final = ("id", "name", "phone", "type", "organization", "organization_id")


class Lookup(Protocol):
    """A way to find who carries a number."""

    async def find(self, number: PhoneNumber) -> Sequence[Contact]:
        """Return the contacts that carry the number; raises what a search raises.

        Raises NotSearched where nobody is found, and not all were searched.
        """
        ...


class Found(NamedTuple):
    """The contacts that carry a number; ``gap`` is why somebody may be missing."""

    contacts: Sequence[Contact]
    gap: NotSearched | None = None

    def checked(self) -> Sequence[Contact]:
        """Return the contacts. Raises the gap when there are none."""
        if self.gap and not self.contacts:
            raise self.gap.with_traceback(None)
        return self.contacts


class ByIndex:
    """Finds in an index of all contacts, but for its ``gap``, without a request."""

    def __init__(self, index: ContactIndex, gap: NotSearched | None = None) -> None:
        self._found = lru_cache(maxsize=MAX_RECENT)(index.find)
        self._gap = gap

    async def find(self, number: PhoneNumber) -> Sequence[Contact]:
        """Return the contacts that carry the number. Raises NotSearched for nobody where there is a gap."""
        return Found(self._found(number), self._gap).checked()


class BySearch:
    """Searches for each number once, also when several rows ask at once, and notes who carries it."""

    def __init__(self, desk: Desk, journal: Journal, sealer: Sealer, day: DayBudget) -> None:
        self._desk, self._journal, self._sealer, self._day = desk, journal, sealer, day
        self._recent: OrderedDict[str, Found] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[Found]] = {}

    async def find(self, number: PhoneNumber) -> Sequence[Contact]:
        """Return the contacts that carry the number; raises what a search raises, and NotSearched."""
        key = digest_of(number)
        if key not in self._recent:
            if key not in self._under_way:
                self._under_way[key] = asyncio.create_task(self._look_up(number, key))
            self._keep(key, await asyncio.shield(self._under_way[key]))
        self._recent.move_to_end(key)
        return self._recent[key].checked()

    def _keep(self, key: str, found: Found) -> None:
        self._recent[key] = found
        while len(self._recent) > MAX_RECENT:
            self._recent.popitem(last=False)

    async def _look_up(self, number: PhoneNumber, key: str) -> Found:
        try:
            if sealed := self._journal.carriers(key):
                return Found(_unpacked(self._sealer.open(sealed)["contacts"]))
            async with self._day.room_for(
                with_one_match(self._desk.costs.get("find_contact", Cost(0))).units
            ):
                matches = (await self._desk.find_contact(number.e164)).raise_for_error()
            packed = _packed(matches.contacts)  # without the log form's choices, which may be many
            if matches.not_searched is None:  # else the next run searches again
                self._journal.put_carriers(key, self._sealer.seal({"contacts": packed}))
            return Found(_unpacked(packed), matches.not_searched)
        finally:
            del self._under_way[key]


def digest_of(number: PhoneNumber) -> str:
    """Return what stands for a number in the journal."""
    return hashlib.sha256(number.e164.encode()).hexdigest()[:32]


def _packed(contacts: Sequence[Contact]) -> str:
    return json.dumps([{name: getattr(each, name) for name in KEPT} for each in contacts])


def _unpacked(packed: str) -> Sequence[Contact]:
    return [Contact(**values) for values in json.loads(packed)]
