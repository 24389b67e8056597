"""Somebody who was expected to match: looked up by name or id, and set beside the number."""

from __future__ import annotations

from appconnect.errors import AppConnectError
from appconnect.phone import PhoneNumber
from appconnect.workbench.matching import summaries
from appconnect.workbench.matching.explanation import Candidate, MatchExplanation, PhoneSeen
from appconnect.workbench.matching.people import People, Person, typed_id
from appconnect.workbench.matching.records import phones_elsewhere
from appconnect.workbench.matching.watched import Search, is_same_kind, kind_and_id


class Expectation:
    """Who was expected, beside an explanation of who matched; ``lookup`` watches what is asked for it."""

    def __init__(
        self, people: People, number: PhoneNumber, explained: MatchExplanation, lookup: Search
    ) -> None:
        self._people, self._number = people, number
        self._explained, self._lookup = explained, lookup

    async def told(self, expected: str) -> tuple[tuple[Candidate, ...], str]:
        """Return everybody who may be meant, those who do not match first; and why nobody is found, or ""."""
        if typed := typed_id(expected):
            kind, contact_id = typed
            if same := self._among_candidates(contact_id, kind):
                return tuple(map(summaries.as_expected, same)), ""
        found, problem = await self._people.find(" ".join(expected.split()))
        told = [await self._of(each) for each in found]
        return tuple(sorted(told, key=lambda each: each.is_match)), problem

    async def _of(self, person: Person) -> Candidate:
        """Return why a person matches or not; the whole record is read if need be."""
        if same := self._among_candidates(person.id, person.type):
            return summaries.as_expected(same[0])
        phones = [PhoneSeen.of(*each, self._number) for each in person.phones]
        if not any(each.carries for each in phones) and not self._elsewhere(person, phones):
            phones += await self._unread(person)
        phones += self._elsewhere(person, phones)
        asked = dict.fromkeys(form for each in self._explained.forms for form in each.forms)
        left_out = self._people.why_left_out(person)
        return Candidate(
            hit=person.hit,
            id=person.id,
            type=person.type,
            name=person.name,
            because=left_out or summaries.why_not(phones, self._number, list(asked)),
            phones=tuple(dict.fromkeys(phones)),
        )

    async def _unread(self, person: Person) -> list[PhoneSeen]:
        """Read the whole record, and return the phones that the lookup did not tell."""
        try:
            whole = await self._people.read(person.id, person.type)
        except AppConnectError:  # then what is known so far is all there is to tell
            return []
        known = {stored for _, stored in person.phones}
        return [PhoneSeen.of(*each, self._number) for each in whole.phones if each[1] not in known]

    def _among_candidates(self, contact_id: str, kind: str) -> list[Candidate]:
        """Return whom the search by number gave with this id."""
        types = self._lookup.contact_types
        return [
            each
            for each in self._explained.candidates
            if each.id == contact_id
            and is_same_kind(kind, kind_and_id(each.hit)[0], types)
            and is_same_kind(kind, each.type, types)
        ]

    def _elsewhere(self, person: Person, phones: list[PhoneSeen]) -> list[PhoneSeen]:
        return phones_elsewhere(self._lookup.answers, person.hit, person.name, phones, self._number)
