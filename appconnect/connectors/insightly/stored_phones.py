"""The phones that an account has stored, so that nothing is asked for that nobody has.

Insightly's search finds a number only as it was typed: without knowing more, every spelling is asked for in
every field. Where all contacts and leads together are fewer requests than that, they are read once instead,
and from then on what has changed since, with one request for each of the two.

https://api.na1.insightly.com/v3.1/#!/Contacts (``count_total``, ``brief``, ``updated_after_utc``). Nothing is
taken on trust:

- A list counts when it has as many records as its header says, all of them readable; its pages overlap by one
  record, which shows that none slipped through while they were read.
- Changes count when the record that was the last to change is among them: the search by date works.
- Whoever carries a number is read anew, so that what is offered is what stands there now.
- Where anything is otherwise, it is forgotten, and the search is asked as if nothing were known.

What changes no record's date, such as the right to see it, is noticed after `MAX_AGE`. All of this is kept in
memory only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Final

from appconnect.connector import NoCache, Remembered
from appconnect.connectors.insightly.extra_phones import ExtraPhones
from appconnect.connectors.insightly.schemas import COLLECTIONS, KINDS, MAX_PAGE, LeadRow, Person, total_in
from appconnect.errors import Forbidden, NotFound, Rejected
from appconnect.http import CrmClient
from appconnect.http.decoding import check_id
from appconnect.http.paging import Param
from appconnect.operation_warnings import collect, warn
from appconnect.phone import ENDING, PhoneNumber, ending, endings, nearest

MAX_AGE: Final = timedelta(hours=1)
MARGIN: Final = timedelta(minutes=1)
"""How much later than its date a change may become visible."""
STEP: Final = MAX_PAGE - 1


@dataclass(frozen=True)
class Page:
    """A page of a list of ``total`` records; ``is_proven``: all that are on it could be read."""

    rows: list[Person]
    total: int
    is_proven: bool = True
    is_refused: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole list."""
        return self.is_proven and len(self.rows) == self.total


@dataclass
class Stored:
    """The phones of all records of one kind, as typed, by record and by their last digits."""

    kind: type[Person]
    extra: tuple[str, ...]
    phones: dict[int, set[str]] = field(default_factory=dict)
    ids: dict[str, set[int]] = field(default_factory=dict)
    newest: tuple[datetime, int] | None = None
    """When a record was changed the last time, and which."""
    is_refused: bool = False

    def take(self, rows: Iterable[Person]) -> None:
        """Note the phones of records beside those that they had: who is left out for a new one is told."""
        for row in rows:
            phones = row.phones(self.extra)
            self.phones.setdefault(row.id, set()).update(phones)
            for each in {each for phone in phones for each in endings(phone)}:
                self.ids.setdefault(each, set()).add(row.id)
            if changed := row.date_updated_utc:
                self.newest = max(self.newest or (changed, row.id), (changed, row.id))

    def carriers(self, number: PhoneNumber) -> list[tuple[type[Person], int]]:
        """Return the records that carry a number, or did so when they were read last."""
        best = ((each, nearest(self.phones[each], number)) for each in self.ids.get(ending(number), ()))
        return [(self.kind, each) for each, phone in best if phone is not None and phone.carries]


class StoredPhones:
    """The phones of all contacts and leads that the signed-in user may see, as far as they are worth it."""

    def __init__(self, crm: CrmClient) -> None:
        self._crm = crm
        self._readings = Remembered(NoCache())
        self._stored = list[Stored]()
        self._owner: object = None
        self._extra: ExtraPhones = {}
        self._read_again = self._ask_until = datetime.min.replace(tzinfo=UTC)

    @property
    def are_known(self) -> bool:
        """Whether they have been read, so that a search needs little."""
        return bool(self._stored)

    async def carriers(
        self, number: PhoneNumber, extra: ExtraPhones, max_requests: int
    ) -> list[Person] | None:
        """Return whoever carries a number, read now; None where only the search can tell.

        ``max_requests`` is what the search takes, and more is never spent on reading everybody.
        """
        if len(number.national) < ENDING:
            return None
        refresh = partial(self._refresh, extra, max_requests)
        try:
            is_known = await self._readings.get("all", refresh, into=bool, seconds=0, enough=bool)
            found = [each for stored in self._stored for each in stored.carriers(number)]
            if not is_known or len(found) > max_requests:
                return None
            people = await self._crm.gather(self._person(kind, each) for kind, each in found)
        except NotFound:  # somebody is gone, which the changes do not tell
            self._stored = []
            return None
        except (Forbidden, Rejected):
            self._give_up()
            return None
        if any(each.is_refused for each in self._stored):
            warn("Insightly does not let this user search its leads.")
        return people

    # -- reading all of them, and what has changed --

    async def _refresh(self, extra: ExtraPhones, max_requests: int) -> bool:
        """Return whether all phones are known as they are now, having read what that needs."""
        now = self._crm.clock.now()
        if self._owner is not self._crm.signer or self._extra != extra:
            self._owner, self._extra = self._crm.signer, extra
            self._stored, self._ask_until = [], now
        if now < self._ask_until:
            return False
        if now < self._read_again and await self._are_up_to_date():
            return True
        self._stored, self._read_again = await self._read_all(max_requests), now + MAX_AGE
        if not self._stored:
            self._give_up()
        return bool(self._stored)

    def _give_up(self) -> None:
        """Leave it to the search for a while."""
        self._stored, self._ask_until = [], self._crm.clock.now() + MAX_AGE

    async def _are_up_to_date(self) -> bool:
        return self.are_known and all(
            await self._crm.gather(self._is_up_to_date(each) for each in self._stored)
        )

    async def _is_up_to_date(self, stored: Stored) -> bool:
        """Take in what has changed; return whether that is proven to be all of it."""
        if stored.newest is None:
            page = await self._page(stored.kind)
            is_proven = page.is_whole
        else:
            moment, last = stored.newest
            since = f"{moment - MARGIN:%Y-%m-%dT%H:%M:%SZ}"
            page = await self._page(stored.kind, "/Search", updated_after_utc=since)
            is_proven = page.is_whole and last in {row.id for row in page.rows}
        stored.take(page.rows)
        stored.is_refused = page.is_refused
        return is_proven

    async def _read_all(self, max_requests: int) -> list[Stored]:
        """Return the phones of all kinds of records; none where that is too much, or not proven."""
        firsts = await self._crm.gather(self._page(kind) for kind in KINDS)
        skips = [range(STEP, first.total - 1, STEP) for first in firsts]
        if len(firsts) + sum(map(len, skips)) > max_requests:
            return []
        further = await self._crm.gather(
            self._crm.gather(self._page(kind, skip=skip) for skip in each)
            for kind, each in zip(KINDS, skips, strict=True)
        )
        stored = list[Stored]()
        for kind, first, rest in zip(KINDS, firsts, further, strict=True):
            pages = [first, *rest]
            if not _fit_together(pages):
                return []
            stored.append(Stored(kind, tuple(self._extra.get(kind.kind, ())), is_refused=first.is_refused))
            stored[-1].take(row for page in pages for row in page.rows)
        return stored

    async def _page(self, kind: type[Person], search: str = "", **params: Param) -> Page:
        path, brief = f"/{COLLECTIONS[kind.kind]}{search}", not self._extra.get(kind.kind)
        about: dict[str, Param] = {"brief": "true"} if brief else {}  # without fields of the account's own
        try:
            with collect() as faults:
                reply = await self._crm.send(
                    "GET", path, params={"top": MAX_PAGE, "count_total": "true", **about, **params}
                )
                rows: list[Person] = list(reply.rows(kind, ""))
        except Forbidden:
            if kind is not LeadRow:  # accounts without Lead Management
                raise
            return Page([], 0, is_refused=True)
        total = total_in(reply)
        return Page(rows, total or 0, is_proven=total is not None and not faults)

    async def _person(self, kind: type[Person], number: int) -> Person:
        person = await self._crm.get(f"/{COLLECTIONS[kind.kind]}/{number}", into=kind)
        check_id(person.id, number)
        return person


def _fit_together(pages: list[Page]) -> bool:
    """Return whether these are all records of one list, with none lost between two pages."""
    ids = [[row.id for row in page.rows] for page in pages]
    totals = {page.total for page in pages}
    return (
        all(page.is_proven for page in pages)
        and totals == {len({each for page in ids for each in page})}
        and all(before[-1:] == after[:1] for before, after in pairwise(ids))
    )
