"""Where two JSON values differ, field by field: for answers, requests and results.

::

    for each in field_diff({"subject": "Call", "done": True}, {"subject": "Lunch"}):
        print(each)          # subject: was "Call", now "Lunch"    done: was true, now nothing
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from pydantic import JsonValue

MAX_DIFFERENCES = 200
SHORT = 60
"""Characters of a value that are shown in full."""
_DEEPEST = 60
"""Deeper than this, values are compared as wholes."""
_MAX_ALIGNED = 400
"""Longer lists, without ids in them, are compared place by place."""
_IDS = ("id", "key", "guid", "uuid", "name")
_PLAIN_NAME = re.compile(r"[\w$-]+")


class Kind(StrEnum):
    """What happened to a field. Between null and a value it has ``changed``, not its type."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    TYPE_CHANGED = "type changed"


class Excerpt(NamedTuple):
    """A part of a long text: ``differs`` is what the other text has otherwise, between ``lead`` and ``tail``.

    Characters that do not print are written as in JSON; "…" stands where the text was cut.
    """

    lead: str
    differs: str
    tail: str

    def __str__(self) -> str:
        return f'"{self.lead}‹{self.differs}›{self.tail}"'


@dataclass(frozen=True)
class Difference:
    """One field that differs. ``path`` is ``participants[0].person_id``, "" for the whole value.

    ``before`` is None for what was added, ``after`` for what was removed. Places in lists count from 0, as
    they are afterwards; of what was removed, as they were before.
    """

    path: str
    kind: Kind
    before: JsonValue = None
    after: JsonValue = None

    @property
    def excerpts(self) -> tuple[Excerpt, Excerpt] | None:
        """Both sides around the first difference, for texts of which one is long; else None."""
        if not (isinstance(self.before, str) and isinstance(self.after, str)):
            return None
        if max(len(_quoted(self.before)), len(_quoted(self.after))) <= SHORT:
            return None
        return text_excerpts(self.before, self.after)

    @property
    def sides(self) -> tuple[str, str]:
        """Both values as they are shown, the place marked with ‹ › in long texts; "nothing" for none."""
        if excerpts := self.excerpts:
            return str(excerpts[0]), str(excerpts[1])
        before = "nothing" if self.kind is Kind.ADDED else _shown(self.before)
        after = "nothing" if self.kind is Kind.REMOVED else _shown(self.after)
        return before, after

    def in_words(self, before: str = "was", after: str = "now") -> str:
        """Return ``subject: was "Call", now "Lunch"``, with the verbs that are given."""
        one, other = self.sides
        return f"{self.path or 'all'}: {before} {one}, {after} {other}"

    def __str__(self) -> str:
        return self.in_words()


def field_diff(
    before: JsonValue, after: JsonValue, *, path: str = "", limit: int = MAX_DIFFERENCES
) -> list[Difference]:
    """Return the first ``limit`` differences, in the order of the fields; empty when both mean the same.

    1 equals 1.0, but true is not 1. Items of lists are paired by their ids where they have some, else so
    that as few as possible differ; another order is a difference. ``path`` is put before every path.
    """
    return list(islice(differences(before, after, path), limit))


def differences(before: object, after: object, path: str = "") -> Iterator[Difference]:
    """Iterate over all differences, see :func:`field_diff`."""
    yield from _walk(before, after, path, 0)


def text_excerpts(before: str, after: str, width: int = SHORT) -> tuple[Excerpt, Excerpt]:
    """Return both texts around their first difference, each about ``width`` characters long."""
    start = _common(before, after)
    end = min(_common(before[::-1], after[::-1]), len(before) - start, len(after) - start)
    start -= _word_before(before[:start])
    end -= _word_before(before[len(before) - end :][::-1])
    return _excerpt(before, start, end, width), _excerpt(after, start, end, width)


# -- walking through both --


def _walk(before: object, after: object, path: str, depth: int) -> Iterator[Difference]:
    if depth < _DEEPEST and isinstance(before, dict) and isinstance(after, dict):
        yield from _in_objects(before, after, path, depth + 1)
    elif depth < _DEEPEST and isinstance(before, list) and isinstance(after, list):
        yield from _in_lists(before, after, path, depth + 1)
    elif not same(before, after):
        kinds = {_type(before), _type(after)} - {"null"}
        kind = Kind.TYPE_CHANGED if len(kinds) > 1 else Kind.CHANGED
        yield Difference(path, kind, before, after)  # type: ignore[arg-type]


def _in_objects(
    before: dict[str, object], after: dict[str, object], path: str, depth: int
) -> Iterator[Difference]:
    for name in [*before, *(each for each in after if each not in before)]:
        place = _below(path, name)
        if name not in after:
            yield Difference(place, Kind.REMOVED, before=before[name])  # type: ignore[arg-type]
        elif name not in before:
            yield Difference(place, Kind.ADDED, after=after[name])  # type: ignore[arg-type]
        else:
            yield from _walk(before[name], after[name], place, depth)


def _in_lists(before: list[object], after: list[object], path: str, depth: int) -> Iterator[Difference]:
    if before == after and same(before, after):
        return
    pairs = _paired_by_id(before, after) or _aligned(before, after)
    for one, other in pairs:
        if other is None and one is not None:
            yield Difference(f"{path}[{one}]", Kind.REMOVED, before=before[one])  # type: ignore[arg-type]
        elif one is None and other is not None:
            yield Difference(f"{path}[{other}]", Kind.ADDED, after=after[other])  # type: ignore[arg-type]
        elif one is not None and other is not None:
            yield from _walk(before[one], after[other], f"{path}[{other}]", depth)
    places = [one for _, one in sorted((other, one) for one, other in pairs if _both(one, other))]
    if places != sorted(places, key=lambda each: each or 0):
        order: JsonValue = list(range(len(places)))
        yield Difference(_below(path, "(order)"), Kind.CHANGED, order, _ranks(places))


Pair = tuple[int | None, int | None]
"""The place before and the place after; None where there is none."""


def _both(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None


def _ranks(places: Sequence[int | None]) -> JsonValue:
    rank = {place: number for number, place in enumerate(sorted(each or 0 for each in places))}
    return [rank[each or 0] for each in places]


def _paired_by_id(before: list[object], after: list[object]) -> list[Pair] | None:
    """Pair objects that have the same id; None where not all have one of their own, or none is in both."""
    items = [*before, *after]
    first = items[0] if items else None
    if not isinstance(first, dict):
        return None
    for name in sorted((each for each in first if each.casefold() in _IDS), key=_rank_of_id):
        old, new = _places(before, name), _places(after, name)
        if old is None or new is None or not old.keys() & new.keys():
            continue
        pairs: list[Pair] = [(place, new.get(value)) for value, place in old.items()]
        return pairs + [(None, place) for value, place in new.items() if value not in old]
    return None


def _rank_of_id(name: str) -> int:
    return _IDS.index(name.casefold())


def _places(items: list[object], name: str) -> dict[str, int] | None:
    """Return the place of every id; None if an item has none, or two have the same."""
    values = [each.get(name) if isinstance(each, dict) else None for each in items]
    if not all(isinstance(each, str | int) and not isinstance(each, bool) for each in values):
        return None
    found = {str(value): place for place, value in enumerate(values)}
    return found if len(found) == len(items) else None


def _aligned(before: list[object], after: list[object]) -> list[Pair]:
    """Pair so that equal items meet; between them, in their order."""
    if len(before) == len(after) or max(len(before), len(after)) > _MAX_ALIGNED:
        return list(_side_by_side(range(len(before)), range(len(after))))
    old, new = list(map(_meaning, before)), list(map(_meaning, after))
    pairs: list[Pair] = []
    for _, start, end, other_start, other_end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        pairs += _side_by_side(range(start, end), range(other_start, other_end))
    return pairs


def _side_by_side(one: range, other: range) -> Iterator[Pair]:
    for number in range(max(len(one), len(other))):
        yield (
            one[number] if number < len(one) else None,
            other[number] if number < len(other) else None,
        )


def same(one: object, other: object) -> bool:
    """Return whether two values are equal as JSON: 1 is 1.0, but true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _meaning(value: object) -> str:
    return json.dumps(_plain_numbers(value), sort_keys=True)


def _plain_numbers(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain_numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _type(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__


# -- words --


def _below(path: str, name: str) -> str:
    if name == "(order)":
        return f"{path} {name}".strip()
    if not _PLAIN_NAME.fullmatch(name):
        return f"{path}[{_quoted(name)}]"
    return f"{path}.{name}" if path else name


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _shown(value: JsonValue) -> str:
    if isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        return f"a list of {len(value)}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def _common(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


def _word_before(text: str) -> int:
    """Return how many characters of a word end the text, so that no word is cut into; 0 for a long one."""
    found = re.search(r"[^\W_]{0,30}$", text)
    length = len(found[0]) if found else 0
    return length if length < 30 else 0


def _excerpt(text: str, start: int, end: int, width: int) -> Excerpt:
    """Return the part of a text around what lies between ``start`` and ``end`` characters from its end."""
    differs = text[start : len(text) - end]
    around = max(width - len(differs), width // 2) // 2
    lead, tail = text[:start], text[len(text) - end :]
    return Excerpt(
        _inner(f"…{lead[-around:]}" if len(lead) > around else lead),
        _inner(f"{differs[:width]}…" if len(differs) > width else differs),
        _inner(f"{tail[:around]}…" if len(tail) > around else tail),
    )


def _inner(text: str) -> str:
    return _quoted(text)[1:-1]
