"""Finds any of many secrets in a text: adding one costs one, and looking costs what the text is long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from appconnect.redaction.detectors import placeholder
from appconnect.redaction.spellings import Place

PREFIX: Final = 8
"""Characters by which spellings are found; shorter ones are found by all they have."""
FEW: Final = 100
"""So many beginnings are searched for in less time than it takes to look at every place of a text."""
NEUTRAL: Final = "secret"
_ALPHANUMERIC = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_AT_NAME = _ALPHANUMERIC | {"@"}  # rae@acme.example is an address


@dataclass(frozen=True, repr=False)
class Secret:
    """A value and its name; ``inside`` other words too, or only as a word of its own."""

    value: str
    name: str
    inside: bool

    def fits(self, text: str, start: int, end: int) -> bool:
        """Return whether it may stand here, by what is before and behind it."""
        if self.inside:
            return True
        behind = _AT_NAME if self.name == "username" else _ALPHANUMERIC
        return text[start - 1 : start] not in _ALPHANUMERIC and text[end : end + 1] not in behind


class SecretIndex:
    """Secrets by how they may be spelled. The longest that fits is masked, and placeholders stay."""

    def __init__(self) -> None:
        self._owners: dict[str, dict[str, Secret]] = {}
        """The secrets of each spelling, by value."""
        self._spellings: dict[int, dict[str, list[str]]] = {}
        """The spellings and placeholders by their beginnings, of each length of these."""
        self._marks: dict[str, str] = {}
        """The placeholder of each name."""
        self._protected: set[str] = set()
        self._values: set[str] = set()
        self._protect(placeholder(NEUTRAL))

    def add(self, secret: Secret, spellings: Iterable[str]) -> None:
        """Find a secret, in all its spellings, from now on."""
        self._values.add(secret.value)
        self._mark(secret)
        for spelling in spellings:
            owners = self._owners.setdefault(spelling, {})
            if not owners and spelling not in self._protected:
                self._begin(spelling)
            owners[secret.value] = secret

    def discard(self, value: str, spellings: Iterable[str]) -> None:
        """Find a secret no longer."""
        self._values.discard(value)
        for spelling in spellings:
            owners = self._owners.get(spelling, {})
            if owners.pop(value, None) is not None and not owners:
                del self._owners[spelling]
                if spelling not in self._protected:
                    self._end(spelling)

    def find(self, text: str) -> list[Place]:
        """Return where a secret is, in order."""
        places, done = list[Place](), 0
        for start in self._starts(text):
            if start >= done and (found := self._at(text, start)):
                spelling, mark = found
                done = start + len(spelling)
                if mark != spelling:
                    places.append(Place(start, done, mark))
        return places

    # -- how --

    def _starts(self, text: str) -> list[int]:
        """Return where something that is to be found could begin, in order."""
        starts: set[int] = set()
        for length, beginnings in self._spellings.items():
            places = range(len(text) - length + 1)
            if len(beginnings) <= min(len(places), FEW):
                starts.update(_places(beginnings, text))
            else:
                starts.update(place for place in places if text[place : place + length] in beginnings)
        return sorted(starts)

    def _at(self, text: str, start: int) -> tuple[str, str] | None:
        """Return what begins there, and what is shown in its place: a placeholder itself, or a secret's."""
        found = [
            spelling
            for length, beginnings in self._spellings.items()
            for spelling in beginnings.get(text[start : start + length], ())
            if text.startswith(spelling, start)
        ]
        for spelling in sorted(found, key=len, reverse=True):
            if spelling in self._protected and spelling not in self._owners:
                return spelling, spelling
        for spelling in sorted(found, key=len, reverse=True):
            for secret in self._owners.get(spelling, {}).values():
                if secret.fits(text, start, start + len(spelling)):
                    return spelling, self._marks[secret.name]
        return None

    def _mark(self, secret: Secret) -> None:
        """Give the secret's name a placeholder, in which no secret is: a CRM may use one as a key."""
        name = secret.name
        if name not in self._marks:
            is_safe = not any(value in name for value in self._values)
            self._marks[name] = placeholder(name if is_safe else NEUTRAL)
            self._protect(self._marks[name])
        for other, mark in self._marks.items():
            if secret.value in other and mark != placeholder(NEUTRAL):
                self._marks[other] = placeholder(NEUTRAL)
                self._unprotect(mark)

    def _protect(self, mark: str) -> None:
        if mark not in self._protected:
            self._protected.add(mark)
            if mark not in self._owners:
                self._begin(mark)

    def _unprotect(self, mark: str) -> None:
        self._protected.discard(mark)
        if mark not in self._owners:
            self._end(mark)

    def _begin(self, spelling: str) -> None:
        length = min(len(spelling), PREFIX)
        self._spellings.setdefault(length, {}).setdefault(spelling[:length], []).append(spelling)

    def _end(self, spelling: str) -> None:
        length = min(len(spelling), PREFIX)
        beginnings = self._spellings[length]
        beginnings[spelling[:length]].remove(spelling)
        if not beginnings[spelling[:length]]:
            del beginnings[spelling[:length]]
            if not beginnings:
                del self._spellings[length]


def _places(parts: Iterable[str], text: str) -> list[int]:
    """Return where one of these stands in a text."""
    places: list[int] = []
    for part in parts:
        place = text.find(part)
        while place >= 0:
            places.append(place)
            place = text.find(part, place + 1)
    return places
