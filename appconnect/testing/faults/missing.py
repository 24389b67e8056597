"""What a result or a record lacks beside the one without a fault, and whether a warning names it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Final

from pydantic import BaseModel

STEM: Final = 4
"""How many letters of a word tell it: "categories" names a ``category``."""
SAYS_NOTHING: Final = frozenset({"addi", "info", "matc"})
"""Stems of ``additional_info`` and the like, which are around everything."""


def unnamed(expected: object, found: object, warnings: Sequence[str]) -> list[str]:
    """Return the places in which something is missing or otherwise that no warning names.

    A warning names a place that has a name when it has a word of it, or a word of the record that is missing.
    """
    said = " ".join(warnings).casefold()
    places = ((place, _stems(place, value)) for place, value in _differing(_plain(expected), _plain(found)))
    return [".".join(place) for place, stems in places if stems and not any(stem in said for stem in stems)]


def _differing(
    expected: object, found: object, place: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield where two values differ, and what was expected there."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in {**expected, **found}:
            yield from _differing(expected.get(key), found.get(key), (*place, key))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for one, other in zip(expected, found, strict=True):
            yield from _differing(one, other, place)
    elif isinstance(expected, list) and isinstance(found, list):
        yield from ((place, each) for each in expected if each not in found)
    elif expected != found:
        yield place, expected


def _plain(value: object) -> object:
    """Return models and records as objects and lists."""
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    elif is_dataclass(value):
        value = vars(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _stems(place: Sequence[str], value: object) -> set[str]:
    """Return the beginnings of the words that name a place: of its last two names, and of a whole record."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", " ".join([*place[-2:], *_texts(value)]))
    return {word[:STEM].casefold() for word in words if len(word) >= STEM} - SAYS_NOTHING


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from (key, each) if isinstance(each, str) else (key,)
