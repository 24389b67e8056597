"""Which spellings an account has in its phone fields, so that nothing is asked for that nobody has.

A number may be typed in many ways into many fields, and each is a search of its own. In an account that few
requests read whole, those are asked alone that somebody can answer: what stands in the phone fields is read
once, and with each further match what has changed since. Who is found, and how, stays the same.

https://api.na1.insightly.com/v3.1/#!/Contacts (``updated_after_utc`` and ``count_total`` of ``/Search``: the
same search as by field, so that it sees the same records). Nothing is taken on trust:

- All records have been read when they are as many as the header says, each of them readable. Pages overlap
  by one record: if any slips through between two, it is one too many.
- Changes count when the record that was the last to change is among them: the search by date works.
- What differs in nothing but case, width, accents or blanks around is asked for: Insightly does not document
  how it compares.
- Where anything is otherwise, every spelling is asked for, as if nothing were known; also where a recording
  replaces people, for it names nobody but whom a request names.

What changes no record's date, such as the right to see it, is noticed after a minute for each page. Kept are
spellings without whose they are, in memory, for one signed-in user.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from appconnect.connector import Connector
from appconnect.connectors.insightly.exact_search import NO_LEADS, Question
from appconnect.connectors.insightly.extra_phones import ExtraPhones
from appconnect.connectors.insightly.schemas import COLLECTIONS, KINDS, MAX_PAGE, LeadRow, Person, total_in
from appconnect.errors import (
    CrmError,
    DeadlineExceeded,
    Forbidden,
    RateLimited,
    RecordingError,
    SessionExpired,
)
from appconnect.http.paging import Params
from appconnect.http.sharing import SharedReads
from appconnect.operation_warnings import collect, not_searched

MAX_PAGES: Final = 5
"""More are not read for one match: with both kinds of records it is no more than a second's requests."""
FRESH_PER_PAGE: Final = timedelta(minutes=1)
PAUSE: Final = timedelta(minutes=10)
"""How long nothing is read after a reading that proved nothing."""
TOO_LARGE: Final = 24 * 60 * 60.0
"""Seconds for which an account counts as too large to be read."""
MARGIN: Final = timedelta(minutes=1)
"""How much later than its date a change may become visible."""
BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
STEP: Final = MAX_PAGE - 1
FATAL: Final = (SessionExpired, RateLimited, DeadlineExceeded)
"""What ends a match; after any other error of a reading there is still the search."""
IGNORED: Final = {"Mn", "Cf", "Cc"}
"""Unicode's categories of accents, and of signs that nobody sees."""


@dataclass(frozen=True)
class Page:
    """A page of ``total`` records; ``is_proven``: all that are on it could be read."""

    rows: list[Person]
    total: int
    is_proven: bool

    @property
    def is_whole(self) -> bool:
        """Whether there are no other pages."""
        return self.is_proven and len(self.rows) == self.total


NOTHING: Final = Page([], 0, is_proven=False)


@dataclass
class Stored:
    """What stands in the phone fields of all records of one kind, as far as ``owner`` sees them."""

    kind: type[Person]
    extra: tuple[str, ...]
    owner: object
    fresh_until: datetime
    spellings: set[tuple[str, str]] = field(default_factory=set)
    newest: tuple[datetime, int] | None = None
    """When a record was changed the last time, and which."""

    def take(self, rows: Iterable[Person]) -> None:
        """Note what stands in records, beside all that was there before."""
        for row in rows:
            self.spellings |= {(name, plain(text)) for name, text in row.phones_by_field(self.extra).items()}
            if changed := row.date_updated_utc:
                self.newest = max(self.newest or (changed, row.id), (changed, row.id))

    def may_answer(self, question: Question) -> bool:
        """Return whether a record may have this value in this field."""
        return (question.field, plain(question.value)) in self.spellings


@dataclass(frozen=True)
class Known:
    """What is known of one kind of record; ``rows`` are all its records where they were read just now."""

    stored: Stored
    rows: Sequence[Person] | None = None
    is_refused: bool = False

    def answer(self, question: Question) -> list[Person] | None:
        """Return who answers a question; None where that is to be asked."""
        if not self.stored.may_answer(question):
            return []
        if self.rows is None:
            return None
        texts = [(row, row.phones_by_field(self.stored.extra).get(question.field, "")) for row in self.rows]
        alike = [(row, text) for row, text in texts if plain(text) == plain(question.value)]
        same = [row for row, text in alike if text.casefold() == question.value.casefold()]
        return same if len(same) == len(alike) else None


class StoredPhones:
    """The spellings in the phone fields of contacts and of leads, each as far as they are known."""

    def __init__(self, insightly: Connector) -> None:
        self._insightly = insightly
        self._crm = insightly.crm
        self._stored = dict[type[Person], Stored]()
        self._readings = SharedReads[Known | None]()
        self._paused = dict[type[Person], datetime]()

    @property
    def are_known(self) -> bool:
        """Whether a match asks for nothing that nobody has."""
        return all(self._current(kind, None) for kind in KINDS)

    def is_likely(self, question: Question, extra: ExtraPhones) -> bool:
        """Return whether somebody had answered a question when the phones were read the last time."""
        stored = self._current(question.kind, extra)
        return stored is not None and stored.may_answer(question)

    async def read(self, extra: ExtraPhones) -> Mapping[type[Person], Known | None]:
        """Return what is known now of each kind of record, having read what that needs."""
        known = await self._crm.gather(self._known(kind, extra) for kind in KINDS)
        return dict(zip(KINDS, known, strict=True))

    # -- reading all of them, and what has changed --

    def _current(self, kind: type[Person], extra: ExtraPhones | None) -> Stored | None:
        """Return what was read for this user not too long ago; without ``extra`` of whatever fields."""
        stored = self._stored.get(kind)
        is_current = (
            stored is not None
            and stored.owner is self._crm.signer
            and (extra is None or stored.extra == tuple(extra.get(kind.kind, ())))
            and self._crm.clock.now() < stored.fresh_until
        )
        return stored if is_current else None

    async def _known(self, kind: type[Person], extra: ExtraPhones) -> Known | None:
        stored = self._current(kind, extra)
        if stored is not None and await self._is_up_to_date(stored):
            return Known(stored)
        if self._is_not_to_be_read(kind):
            return None
        fields = tuple(extra.get(kind.kind, ()))
        asked = (kind, fields, id(self._crm.signer), self._crm.writes)  # shared as single requests are
        known, _ = await self._readings.get(asked, lambda: self._read_all(kind, fields))
        if known is not None and known.is_refused:
            not_searched(kind.kind, NO_LEADS, is_lasting=True)
        return known

    def _is_not_to_be_read(self, kind: type[Person]) -> bool:
        is_paused = self._crm.clock.now() < self._paused.get(kind, BEGINNING)
        return self._crm.replaces_people or is_paused or bool(self._insightly.cache.get(_too_large(kind)))

    async def _is_up_to_date(self, stored: Stored) -> bool:
        """Take in what has changed and return whether that is proven to be all; if not, forget all."""
        since, last = stored.newest or (BEGINNING, None)
        try:
            page = await self._page(stored.kind, since - MARGIN)
        except FATAL:
            raise
        except (CrmError, RecordingError):
            page = NOTHING
        stored.take(page.rows)
        is_proven = page.is_whole and last in {None, *(row.id for row in page.rows)}
        if not is_proven and self._stored.get(stored.kind) is stored:
            del self._stored[stored.kind]
        return is_proven

    async def _read_all(self, kind: type[Person], fields: tuple[str, ...]) -> Known | None:
        """Read all records of a kind; None where they are too many, or not proven to be all."""
        now = self._crm.clock.now()
        stored = Stored(kind, fields, self._crm.signer, fresh_until=now)
        try:
            pages = await self._pages(kind)
        except FATAL:
            raise
        except (CrmError, RecordingError) as error:  # a recording may be older than this way of asking
            if isinstance(error, Forbidden) and kind is LeadRow:  # accounts without Lead Management
                return Known(stored, (), is_refused=True)
            pages = []
        if not _fit_together(pages):
            self._paused[kind] = now + PAUSE
            return None
        rows = list({row.id: row for page in pages for row in page.rows}.values())
        stored.take(rows)
        stored.fresh_until = now + FRESH_PER_PAGE * len(pages)
        self._stored[kind] = stored
        return Known(stored, rows)

    async def _pages(self, kind: type[Person]) -> list[Page]:
        first = await self._page(kind, BEGINNING)
        skips = range(STEP, first.total - 1, STEP)
        if len(skips) >= MAX_PAGES:
            self._insightly.cache.put(_too_large(kind), True, TOO_LARGE)
            return []
        rest = await self._crm.gather(self._page(kind, BEGINNING, skip) for skip in skips)
        return [first, *rest]

    async def _page(self, kind: type[Person], since: datetime, skip: int = 0) -> Page:
        params: Params = {
            "updated_after_utc": f"{since:%Y-%m-%dT%H:%M:%SZ}",
            "top": MAX_PAGE, "skip": skip or None, "count_total": "true",
        }  # fmt: skip
        with collect() as faults:  # who asks for nobody of them needs not know
            reply = await self._crm.send("GET", f"/{COLLECTIONS[kind.kind]}/Search", params=params)
            rows: list[Person] = list(reply.rows(kind, ""))
        total = total_in(reply)
        return Page(rows, total or 0, is_proven=total is not None and not faults)


def plain(text: str) -> str:
    """Return a text without what a database may take no notice of when it compares."""
    if text.isascii() and text.isprintable():
        return text.strip().casefold()
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in decomposed if unicodedata.category(sign) not in IGNORED).strip()


def _too_large(kind: type[Person]) -> str:
    return f"tooManyToRead{kind.kind}s"


def _fit_together(pages: list[Page]) -> bool:
    """Return whether these are all records: if one slips from a page to the next, they overlap no more."""
    ids = {row.id for page in pages for row in page.rows}
    return all(page.is_proven for page in pages) and {page.total for page in pages} == {len(ids)}
