"""Somebody who was expected to match: looked up by name or id, and set beside the number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from appconnect.directory import ContactEntry
from appconnect.errors import AppConnectError, NotSupported
from appconnect.models import Contact
from appconnect.phone import PhoneNumber
from appconnect.workbench.contacts import Contacts
from appconnect.workbench.context import Context
from appconnect.workbench.matching import summaries
from appconnect.workbench.matching.explanation import Candidate, MatchExplanation, PhoneSeen
from appconnect.workbench.matching.records import phones_elsewhere
from appconnect.workbench.matching.watched import Search, is_same_kind, kind_and_id

MAX_PEOPLE: Final = 5
"""People of one name who are explained."""
ID: Final = re.compile(r"(?:(?P<kind>[a-z]+) )?#?(?P<id>\d+)", re.IGNORECASE)
"""How a contact's id is typed: 504, #504, lead 3102."""

People = tuple[tuple[Candidate, ...], str]
"""Whoever may be meant, and why nobody could be looked up, or ""."""


class Expectation:
    """Who was expected, beside an explanation of who matched; ``lookup`` watches what is asked for it."""

    def __init__(
        self,
        context: Context,
        contacts: Contacts,
        number: PhoneNumber,
        explained: MatchExplanation,
        lookup: Search,
    ) -> None:
        self._context, self._contacts = context, contacts
        self._number, self._explained, self._lookup = number, explained, lookup

    async def people(self, expected: str) -> People:
        """Return everybody who may be meant by a name or id, those who do not match first."""
        text = " ".join(expected.split())
        if typed := ID.fullmatch(text):
            return await self._by_id(typed["id"], typed["kind"] or "")
        self._lookup.matches = found = await self._contacts.find_by_name(text)
        if not found.successful:
            return (), f"Nobody could be looked up as “{text}”: {found.message}"
        if not found.contacts:
            return (), f"Nobody in {self._context.title} is found under the name “{text}”."
        people = [await self._of_contact(each) for each in found.contacts[:MAX_PEOPLE]]
        return tuple(sorted(people, key=lambda each: each.is_match)), ""

    async def _by_id(self, contact_id: str, kind: str) -> People:
        if same := self._among_candidates(contact_id, kind):
            return tuple(map(summaries.as_expected, same)), ""
        try:
            entry = await self._read(contact_id, kind)
        except AppConnectError as error:
            return (), f"{contact_id} could not be looked up: {error.message}"
        phones = [self._seen("", each) for each in entry.phones]
        return (self._verdict(f"{entry.type or kind or 'contact'} {entry.id}", entry.name, phones),), ""

    async def _of_contact(self, contact: Contact) -> Candidate:
        """Return why somebody who was found by name matches or not; the whole record is read if need be."""
        if same := self._among_candidates(contact.id, contact.type):
            return summaries.as_expected(same[0])
        hit, phones = f"{contact.type or 'contact'} {contact.id}", [self._seen("", contact.phone)]
        for each in self._lookup.decisions.candidates.values():
            kind, number = kind_and_id(each.hit)
            if number == contact.id and self._is_kind(kind, contact.type):
                hit, phones = each.hit, [self._seen(*phone) for phone in each.noted]
        if not any(each.carries for each in phones):
            phones += await self._unread(contact, hit, phones)
        return self._verdict(hit, contact.name, [each for each in phones if each.stored])

    async def _unread(self, contact: Contact, hit: str, phones: Sequence[PhoneSeen]) -> list[PhoneSeen]:
        """Read the whole record, and return the phones that the lookup by name did not tell."""
        if self._elsewhere(hit, contact.name, phones):
            return []
        try:
            entry = await self._read(contact.id, contact.type)
        except AppConnectError:  # then what is known so far is all there is to tell
            return []
        known = {each.stored for each in phones}
        return [self._seen("", each) for each in entry.phones if each not in known]

    def _verdict(self, hit: str, name: str, phones: Sequence[PhoneSeen]) -> Candidate:
        hit = hit.lower()
        who = f"{name} ({hit})" if name else hit
        every = tuple(dict.fromkeys([*phones, *self._elsewhere(hit, name, phones)]))
        forms = dict.fromkeys(form for asked in self._explained.forms for form in asked.forms)
        because = summaries.why_not(who, every, self._number, list(forms))
        if left_out := self._why_left_out(hit):
            because = f"{who} is no match. {left_out}"
        return Candidate(hit=hit, id=kind_and_id(hit)[1], name=name, because=because, phones=every)

    # -- what is known already --

    def _among_candidates(self, contact_id: str, kind: str) -> list[Candidate]:
        """Return whom the search by number gave with this id."""
        return [
            each
            for each in self._explained.candidates
            if each.id == contact_id
            and self._is_kind(kind, kind_and_id(each.hit)[0])
            and self._is_kind(kind, each.type)
        ]

    def _why_left_out(self, hit: str) -> str:
        """Return why the connector gives nobody of this id to any search, "" where it said nothing."""
        number = kind_and_id(hit)[1]
        return next(
            (
                each.because
                for each in self._lookup.decisions.candidates.values()
                if each.is_kept is False and kind_and_id(each.hit)[1] == number
            ),
            "",
        )

    def _elsewhere(self, hit: str, name: str, phones: Iterable[PhoneSeen]) -> list[PhoneSeen]:
        return phones_elsewhere(self._lookup.answers, hit, name, list(phones), self._number)

    def _is_kind(self, kind: str, other: str) -> bool:
        return is_same_kind(kind, other, self._lookup.contact_types)

    def _seen(self, field: str, stored: str) -> PhoneSeen:
        return PhoneSeen.of(field, stored, self._number)

    async def _read(self, contact_id: str, kind: str) -> ContactEntry:
        directory = self._context.connector.directory()
        if directory is None:
            raise NotSupported("This connector reads no single contact by its id.")
        await self._context.signed_in_user()
        types = {each.casefold() for each in self._lookup.contact_types}
        return await directory.contact(contact_id, kind if kind.casefold() in types else "")
