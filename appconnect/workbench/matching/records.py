"""What answers and requests hold beside what a connector tells: spellings asked, numbers in other fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from appconnect.http import Exchange
from appconnect.http.bodies import flat_pairs
from appconnect.phone import PhoneNumber, carries, digits, ending
from appconnect.workbench.matching.explanation import PhoneSeen

MAX_TEXT = 300
"""Longer texts are no phone fields, and notes of whole conversations are not looked through."""
NAMES = ("name", "label")
"""How keys end that name the field in whose object they stand."""


def forms_in(exchange: Exchange, number: PhoneNumber) -> Iterator[tuple[str, str]]:
    """Yield the texts in a request that may be the number, each with the parameter that it stands in."""
    for name, value in flat_pairs(exchange.request.query):
        if _may_be(value, number):
            yield name, value
    for name, value in leaves(exchange.request_body):
        if _may_be(value, number):
            yield name, value


def _may_be(text: str, number: PhoneNumber) -> bool:
    return len(text) <= MAX_TEXT and digits(text).endswith(ending(number))


def phones_elsewhere(
    answers: Iterable[object], hit: str, name: str, known: Sequence[PhoneSeen], number: PhoneNumber
) -> list[PhoneSeen]:
    """Return the fields of somebody's record that hold the number although no search looks into them.

    ``known`` are the phones that were compared. A record is an object of an answer that has the id, and the
    name somewhere in it.
    """
    record_id, seen = hit.rpartition(" ")[2], {each.stored for each in known}
    found: dict[str, PhoneSeen] = {}
    for record in (each for answer in answers for each in _records(answer, record_id, name)):
        for field, text in _fields(record):
            if len(text) <= MAX_TEXT and _is_new(text, seen) and carries(text, number):
                found[text] = PhoneSeen.of(field, text, number, is_searched=False)
    return list(found.values())


def _is_new(text: str, seen: set[str]) -> bool:
    """Return whether a text is none of those that are known; a code may have been put before these."""
    return not any(text == each or each.endswith(text) for each in seen)


def _records(answer: object, record_id: str, name: str) -> Iterator[Mapping[str, object]]:
    if isinstance(answer, Mapping):
        if record_id in [str(value) for value in answer.values()] and _is_called(answer, name):
            yield answer
            return
        answer = list(answer.values())
    if isinstance(answer, list):
        for each in answer:
            yield from _records(each, record_id, name)


def _is_called(record: object, name: str) -> bool:
    whole = " ".join(_texts(record)).casefold()
    return all(word in whole for word in name.casefold().split())


def _texts(value: object) -> Iterator[str]:
    """Yield every text in JSON, names as well."""
    if isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


def _fields(record: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield every text in somebody's record with its field; the record's own name names no field."""
    for key, each in record.items():
        yield from leaves(each, str(key))


def leaves(value: object, field: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in JSON with its field: the key, or the name that is told beside it."""
    if isinstance(value, Mapping):
        named = next((str(each) for key, each in value.items() if _names(key) and isinstance(each, str)), "")
        is_pair = bool(named) and len(value) <= 4
        for key, each in value.items():
            if not (is_pair and _names(key)):
                yield from leaves(each, f"{field} {named}".strip() if is_pair else str(key))
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each, field)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield field, str(value)


def _names(key: object) -> bool:
    return str(key).casefold().endswith(NAMES)
