"""Finds what stands in a text escaped: by percent signs, references of HTML, backslashes, or several."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

MAX_DEPTH: Final = 3
"""So many escapes inside one another are undone: JSON in JSON in an address."""


class Place(NamedTuple):
    """Where something stands in a text, and the mark to put there."""

    start: int
    end: int
    mark: str


Find = Callable[[str], Iterable[Place]]


def mask(text: str, find: Find) -> str:
    """Return the text with a mark wherever something is found in it, as it stands or escaped."""
    parts, done = list[str](), 0
    for place in _merged(_places(text, find)):
        parts += [text[done : place.start], place.mark]
        done = place.end
    return "".join([*parts, text[done:]]) if parts else text


def _merged(places: Iterable[Place]) -> list[Place]:
    """Return the places in order; of those that overlap one, with the mark of the longest."""
    merged: list[Place] = []
    longest = 0
    for place in sorted(places, key=lambda each: (each.start, -each.end)):
        size = place.end - place.start
        if merged and place.start < merged[-1].end:
            mark = place.mark if size > longest else merged[-1].mark
            merged[-1] = Place(merged[-1].start, max(place.end, merged[-1].end), mark)
            longest = max(longest, size)
        else:
            merged.append(place)
            longest = size
    return merged


def _places(text: str, find: Find) -> Iterator[Place]:
    """Iterate over what is found in the text, and in what it is when escapes are undone, in any order."""
    seen = {text}
    found: list[tuple[str, tuple[tuple[_Escape, str], ...]]] = [(text, ())]
    for depth in range(MAX_DEPTH + 1):
        texts, found = found, []
        for plain, steps in texts:
            places: Iterable[Place] = find(plain)
            for escape, before in reversed(steps):
                places = escape.originals(before, places)
            yield from places
            for escape in _ESCAPES if depth < MAX_DEPTH else ():
                undone = escape.undone(plain)
                if undone not in seen:
                    seen.add(undone)
                    found.append((undone, (*steps, (escape, plain))))


@dataclass(frozen=True, eq=False)
class _Escape:
    """A way to write any character: the sign that is in each, the pattern of one, and what it stands for."""

    sign: str
    pattern: re.Pattern[str]
    character: Callable[[str], str]

    def undone(self, text: str) -> str:
        """Return the text as it was before."""
        return _undone(self, text) if self.sign in text else text

    def originals(self, text: str, inside: Iterable[Place]) -> Iterator[Place]:
        """Iterate over where the places of the undone text are in this one."""
        places = list(inside)
        ends, longer = [0], [0]
        for found in self.pattern.finditer(text) if places else ():
            longer.append(longer[-1] + len(found[0]) - len(self.character(found[0])))
            ends.append(found.end() - longer[-1])
        for place in places:
            start, end = (each + longer[bisect_right(ends, each) - 1] for each in place[:2])
            yield Place(start, end, place.mark)


@lru_cache(maxsize=8)  # a text is looked through for one thing after another
def _undone(escape: _Escape, text: str) -> str:
    return escape.pattern.sub(lambda found: escape.character(found[0]), text)


@lru_cache(maxsize=4096)
def _of_percent(escape: str) -> str:
    raw = bytes.fromhex(escape.replace("%", ""))
    try:
        return raw.decode("utf-8")
    except ValueError:  # of another charset, or half of a character
        return raw.decode("latin-1") if len(raw) == 1 else escape


@lru_cache(maxsize=4096)
def _of_html(reference: str) -> str:
    plain = html.unescape(reference)
    return plain if len(plain) == 1 else reference


_BY_LETTER = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@lru_cache(maxsize=4096)
def _of_backslash(escape: str) -> str:
    if len(escape) == 12:  # two halves
        return bytes.fromhex(escape[2:6] + escape[8:]).decode("utf-16-be")
    code = re.sub("[ux{}]", "", escape[1:]) if len(escape) > 2 else ""
    if code:
        return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else escape
    return _BY_LETTER.get(escape[1], escape[1])


_NEXT = "%[89ABab][0-9A-Fa-f]"
_ESCAPES: Final = (
    _Escape(
        "%",
        re.compile(
            f"%[CDcd][0-9A-Fa-f]{_NEXT}|%[Ee][0-9A-Fa-f](?:{_NEXT}){{2}}|%[Ff][0-4](?:{_NEXT}){{3}}"
            "|%[0-9A-Fa-f]{2}"
        ),
        _of_percent,
    ),
    _Escape("&", re.compile("&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31});"), _of_html),
    _Escape(
        "\\",
        re.compile(
            r"\\(?:u[dD][89ABab][0-9A-Fa-f]{2}\\u[dD][C-Fc-f][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}"
            r"|u\{[0-9A-Fa-f]{1,6}\}|.)",
            re.DOTALL,
        ),
        _of_backslash,
    ),
)
