"""What the fields of a recording say of people and ids, so that both are known where no field names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import translate
from functools import lru_cache

from pydantic import JsonValue

from appconnect.redaction.numbers import digits_of
from appconnect.redaction.rules import PeopleFields
from appconnect.redaction.words import comparable, is_initial, word_pattern

_ID_NAME = re.compile(r"(?:^|_)ids?$|[a-z]I[dD]s?$|^I[dD]s?$|(?:^|_)IDS?$|(?:^|[^a-z])(?:guid|uuid)$")


def is_id_name(name: str) -> bool:
    """Return whether a field of this name holds the CRM's ids: ``person_id``, ``ownerId``, ``CONTACT_ID``."""
    return _ID_NAME.search(name) is not None


class KnownPeople:
    """The names, numbers and ids that fields have shown so far."""

    def __init__(self, fields: PeopleFields) -> None:
        self._fields = fields
        self._ids: set[str] = set()
        self._names: set[str] = set()
        self._births: set[tuple[int, ...]] = set()
        self.phones: set[str] = set()
        """The digits of phone numbers."""
        self.identifiers: set[str] = set()
        """The digits of what tells who somebody is."""

    @property
    def ids(self) -> set[str]:
        """The digits of the CRM's ids."""
        return self._ids - self.phones - self.identifiers

    def is_name(self, word: str) -> bool:
        """Return whether this is a word of somebody's name, written like one."""
        return not word[:1].islower() and any(each in self._names for each in _names_in(word))

    def is_birth(self, date: str) -> bool:
        """Return whether this is somebody's date of birth, however it is written in digits."""
        return bool(date) and _numbers(date) in self._births

    def learn(self, name: str, value: JsonValue, *, has_people: bool) -> None:
        """Remember what a field and the fields below it hold."""
        for field, text in _leaves(name, value):
            self._learn(field, text, has_people=has_people)

    def _learn(self, field: str, text: str, *, has_people: bool) -> None:
        name, fields, digits = field.lower(), self._fields, digits_of(text)
        if fits(name, fields.birthdays):
            self._births.add(_numbers(text))
        elif fits(name, fields.identifiers):
            self.identifiers.add(digits)
        elif fits(name, fields.phones):
            self.phones.add(digits)
        elif is_id_name(field):
            if text.isdigit():
                self._ids.add(text)
        elif has_people and "name" in name and fits(name, fields.texts):
            for word in re.findall(rf"(?i){word_pattern()}", text):
                self._names.update(_names_in(word))


def _names_in(word: str) -> Iterator[str]:
    """Iterate over a name and the names that hyphens and apostrophes join in it."""
    for each in {word, *re.split("['’-]", word)}:
        if not is_initial(each):
            yield comparable(each)


def _numbers(date: str) -> tuple[int, ...]:
    """Return year, month and day in order of size, whatever their order in the text."""
    return tuple(sorted(int(number) for number in re.findall(r"\d{1,4}", date)[:3]))


def fits(name: str, patterns: Iterable[str]) -> bool:
    """Return whether a name, in lower case, is meant by one of the patterns."""
    return _any_of(tuple(patterns)).match(name) is not None


@lru_cache(maxsize=256)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return the patterns as one: fields are asked by the thousand."""
    return re.compile("|".join(map(translate, patterns)) or r"(?!)")


def is_time(name: str, value: int) -> bool:
    """Return whether a number is a moment: seconds, or milliseconds by the name of their field."""
    if re.search("(?i)date|time|_at$|At$|since|until|modified|added", name):
        return True
    return len(str(value)) == 10 and str(value)[0] == "1"


def _leaves(name: str, value: JsonValue) -> Iterator[tuple[str, str]]:
    """Iterate over texts and whole numbers with the name of their field; below a person's field, its name."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(name if key in ("value", "values") and name else key, each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(name, each)
    elif isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        yield name, str(value)
