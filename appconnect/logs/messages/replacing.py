"""Replace an earlier version of a log in a stored text, also in markup that the CRM has rewritten.

Texts are compared word by word. A person may have written above and below, even a line like our last one: of
all places where the log may end, the one is taken before which most words match the end of the new version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from appconnect.models import LogFormat
from appconnect.text.html import BLOCKS, INLINE, Token, closing_tags, tokenize, unescape

_WORD = re.compile(r"\S+")
_GAP = r"\s|&(?:nbsp|#160|#xA0|#32|#9);"
_HTML_WORD = re.compile(rf"{_GAP}|((?:(?!{_GAP}).)++)", re.IGNORECASE | re.DOTALL)


class Word(NamedTuple):
    """A word of a text and its place in the source."""

    text: str
    start: int
    end: int


def replace_version(
    existing: str, new: str, first: Sequence[str], last: str, *, format: LogFormat
) -> str | None:
    """Return the text with ``new`` in place of its old version, which goes from ``first`` to ``last``.

    None when there is no old version; the text as it is when only the markup differs.
    """
    words, wanted = list(_words(existing, format)), [word.text for word in _words(new, format)]
    texts = [word.text for word in words]
    begin = next((at for at in range(len(texts)) if texts[at : at + len(first)] == [*first]), len(texts))
    ends = [at for at in range(begin, len(texts)) if texts[at] == last]
    if not ends:
        return None
    matching = _matching_before(texts, wanted)
    end = max(ends, key=lambda at: matching[at])
    if texts[begin : end + 1] == wanted:
        return existing
    start, stop = words[begin].start, words[end].end
    if format is LogFormat.HTML:
        return _in_html(existing, new, start, stop)
    return existing[:start] + new + existing[stop:]


def _words(text: str, format: LogFormat) -> Iterator[Word]:
    """Yield the words, in HTML without tags and entities."""
    if format is not LogFormat.HTML:
        for word in _WORD.finditer(text):
            yield Word(word[0], word.start(), word.end())
        return
    for token in tokenize(text):
        for word in _HTML_WORD.finditer("" if token.name else token.source):
            if word[1]:
                yield Word(unescape(word[1]), token.start + word.start(), token.start + word.end())


def _matching_before(texts: Sequence[str], ending: Sequence[str]) -> list[int]:
    """Return for each position how many words up to it match the end of ``ending``.

    This is the Z function of both, backwards, in linear time: https://cp-algorithms.com/string/z-function.html
    """
    both = [*reversed(ending), None, *reversed(texts)]
    matching = [0] * len(both)
    left = right = 0
    for at in range(1, len(both)):
        length = min(right - at, matching[at - left]) if at < right else 0
        while at + length < len(both) and both[length] == both[at + length]:
            length += 1
        matching[at] = length
        if at + length > right:
            left, right = at, at + length
    return matching[: len(ending) : -1]


def _in_html(existing: str, new: str, start: int, stop: int) -> str:
    """Return the HTML with ``new`` in place of the text and its tags; boxes that hold more stay whole."""
    body = tokenize(existing)
    closed = closing_tags(body, *(BLOCKS | INLINE))
    partner = closed | {closing: opening for opening, closing in closed.items()}
    low = next(at for at, token in enumerate(body) if token.end > start)
    high = next(at for at in reversed(range(len(body))) if body[at].start < stop)
    left, right = list(range(low)), list(reversed(range(high + 1, len(body))))
    torn = [at for at in range(low, high + 1) if not low <= partner.get(at, at) <= high]
    closing = [at for at in reversed(torn) if body[at].closing]
    opening = [at for at in torn if not body[at].closing]
    head, tail = existing[body[low].start : start], existing[stop : body[high].end]
    if not head.strip():
        _drop_empty(left, closing, body, partner)
    if not tail.strip():
        _drop_empty(right, opening, body, partner)
    before, after = (left, reversed(closing)), (opening, reversed(right))
    written = ["".join(body[at].source for at in positions) for positions in (*before, *after)]
    return f"{written[0]}{head}{written[1]}{new}{written[2]}{tail}{written[3]}"


def _drop_empty(
    outside: list[int], inside: list[int], body: Sequence[Token], partner: Mapping[int, int]
) -> None:
    """Drop boxes that are empty now; the last entries of both lists are neighbours."""
    while inside and outside:
        if body[outside[-1]].is_blank:
            outside.pop()
        elif partner.get(outside[-1]) == inside[-1]:
            outside.pop()
            inside.pop()
        else:
            return
