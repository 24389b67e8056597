"""What a term of a search means, by the type that the index gives the field: tests of single values.

STRING is compared whole, STRING_ANALYZED by words, PHONE by digits; whether Bullhorn's PHONE strips
punctuation and finds a national number in an international one is inferred, not documented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import translate
from itertools import product

from appconnect.sandbox.base import Json

Test = Callable[[Json], bool]

WORDS = re.compile(r"[\w']+")
MIN_SUFFIX = 7
"""This many digits find the end of a longer number."""
MAX_EDITS = 2
MAX_ORDERS = 10_000
"""So many ways to place the words of a phrase are tried, then the rest is given up."""
NUMERIC = ("ID", "INTEGER", "INTEGER_PADDED", "DOUBLE_PADDED", "LATITUDE", "LONGITUDE")
DATES = ("DATE", "DATETIME")


class BadSearchError(Exception):
    """Raised for a query that Lucene cannot parse."""


@dataclass(frozen=True)
class Term:
    """A word or phrase with its escapes; ``distance`` is what stands behind ``~``."""

    text: str
    is_phrase: bool
    distance: float | None

    @property
    def is_wild(self) -> bool:
        """True for a word with a wildcard that is not escaped."""
        return not self.is_phrase and bool(re.search(r"(?<!\\)[*?]", self.text))

    @property
    def plain(self) -> str:
        """The text without escapes."""
        return unescaped(self.text)


def unescaped(text: str) -> str:
    """Return the text without its escapes."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def words_of(text: str) -> list[str]:
    """Return the words of an analysed text."""
    return [word.casefold() for word in WORDS.findall(text)]


def test_for(type_: str, term: Term, *, exact_phones: bool = False) -> Test:
    """Return the test of a value of a type of the index."""
    analyzed = type_.startswith("STRING_ANALYZED")
    if type_ == "PHONE":
        return _phone(term.text if term.is_wild else term.plain, term.is_wild, exact_phones)
    if term.is_wild:
        return _wildcard(term.text, entire=not analyzed)
    if term.distance is not None:
        return _near(term) if term.is_phrase else _fuzzy(term, analyzed=analyzed)
    return _phrase(words_of(term.plain)) if analyzed else _equal(type_, term.plain)


def _equal(type_: str, text: str) -> Test:
    if type_ == "BOOLEAN":
        return lambda value: value is (text.casefold() in ("1", "true"))
    if type_ in NUMERIC:
        return lambda value: _number(value) is not None and _number(value) == _number(text)
    if type_ in DATES:
        return lambda value: _stamp(value).startswith(re.sub(r"\D", "", text) or "no date")
    return lambda value: str(value).casefold() == text.casefold()


def hint_for(type_: str, term: Term) -> tuple[str, ...]:
    """Return texts that every value found by the term contains, casefolded; digits for a phone."""
    if term.distance is not None:
        return ()
    if type_ == "PHONE":
        return (re.sub(r"\D", "", term.plain),)
    if term.is_wild:
        return tuple(unescaped(part).casefold() for part in _parts(term.text) if part not in ("*", "?"))
    return tuple(words_of(term.plain)) if type_.startswith("STRING_ANALYZED") else (term.plain.casefold(),)


@dataclass(frozen=True)
class Range:
    """``[low TO high]``: square brackets include the end, ``*`` is open."""

    low: str
    high: str
    includes_low: bool
    includes_high: bool

    @classmethod
    def parse(cls, text: str) -> Range:
        """Return the range that the text means. Raises BadSearchError."""
        found = re.fullmatch(
            r'.\s*("(?:[^"\\]|\\.)*"|\S+)\s+TO\s+("(?:[^"\\]|\\.)*"|\S+)\s*.', text, re.DOTALL
        )
        if found is None:
            raise BadSearchError(f"'{text}' is not a range.")
        low, high = (unescaped(end.strip('"')) for end in found.groups())
        return cls(low, high, text[0] == "[", text[-1] == "]")

    def test(self, type_: str) -> Test:
        """Return the test of a value of a type of the index."""
        if type_ in NUMERIC:
            return self._numeric()
        if type_ in DATES:
            return self._dates()
        if type_ == "PHONE":
            return lambda value: self._holds(re.sub(r"\D", "", str(value)), digits=True)
        if type_.startswith("STRING_ANALYZED"):
            return lambda value: any(self._holds(word) for word in words_of(str(value)))
        return lambda value: self._holds(str(value).casefold())

    def _numeric(self) -> Test:
        low, high = (_number(end) for end in (self.low, self.high))
        if (low is None and self.low != "*") or (high is None and self.high != "*"):
            return lambda _: False

        def inside(value: Json) -> bool:
            number = _number(value)
            return number is not None and self._between(number, low, high)

        return inside

    def _dates(self) -> Test:
        """Return the test of a moment; "20260103" is the whole day."""
        low, high = (None if end == "*" else re.sub(r"\D", "", end) for end in (self.low, self.high))
        low = low if low is None or self.includes_low else low.ljust(14, "9")
        high = high.ljust(14, "9") if high is not None and self.includes_high else high
        return lambda value: bool(_stamp(value)) and self._between(_stamp(value), low, high)

    def _holds(self, text: str, *, digits: bool = False) -> bool:
        ends = (self.low, self.high)
        low, high = (
            None if end == "*" else re.sub(r"\D", "", end) if digits else end.casefold() for end in ends
        )
        return bool(text) and self._between(text, low, high)

    def _between(self, value: float | str, low: float | str | None, high: float | str | None) -> bool:
        above = low is None or low < value or (self.includes_low and low == value)  # type: ignore[operator]
        below = high is None or value < high or (self.includes_high and high == value)  # type: ignore[operator]
        return above and below


# -- the tests --


def _number(value: Json) -> float | None:
    try:
        return None if isinstance(value, bool | dict | list) or value is None else float(value)
    except (ValueError, OverflowError):
        return None


def _stamp(value: Json) -> str:
    """Return a time as the index has it, "20260102093000"; "" for what is no time."""
    if isinstance(value, bool) or not isinstance(value, int):
        return ""
    try:
        return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y%m%d%H%M%S")
    except (ValueError, OverflowError, OSError):
        return ""


def _phrase(wanted: Sequence[str]) -> Test:
    def contains(value: Json) -> bool:
        words, size = words_of(str(value)), len(wanted)
        return bool(wanted) and any(words[i : i + size] == wanted for i in range(len(words)))

    return contains


def _near(term: Term) -> Test:
    """Return the test for all words of a phrase within a distance of each other's places."""
    wanted, slop = words_of(term.plain), term.distance or 0

    def contains(value: Json) -> bool:
        words = words_of(str(value))
        places = [[i for i, word in enumerate(words) if word == each] for each in wanted]
        if not wanted or not all(places):
            return False
        for tried, order in enumerate(product(*places)):
            moved = [place - number for number, place in enumerate(order)]
            if len(set(order)) == len(order) and max(moved) - min(moved) <= slop:
                return True
            if tried > MAX_ORDERS:
                break
        return False

    return contains


def _fuzzy(term: Term, *, analyzed: bool) -> Test:
    """Return the test for a few wrong letters; a number below 1 is a share of the length."""
    wanted = term.plain.casefold()
    distance = term.distance or 0
    edits = distance if distance >= 1 else (1 - distance) * len(wanted)
    most = min(MAX_EDITS, int(edits))

    def similar(value: Json) -> bool:
        texts = words_of(str(value)) if analyzed else [str(value).casefold()]
        return any(_edits(text, wanted, most) <= most for text in texts)

    return similar


def _edits(one: str, other: str, most: int) -> int:
    """Return how many letters to add, drop, change or swap; more than ``most`` is not counted out."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted)))
            swapped = i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted
            if swapped:
                row[j] = min(row[j], before[j - 2] + 1)
        before, last = last, row
    return last[-1]


def literal(text: str) -> str:
    """Return a text as a glob has it that matches nothing else."""
    return re.sub(r"([*?\[])", r"[\1]", text)


def glob(pattern: str) -> re.Pattern[str]:
    """Return the pattern of whole texts that a glob means, in which ``*`` never tries twice."""
    return re.compile(translate(pattern), re.IGNORECASE)


def _parts(text: str) -> list[str]:
    """Return the wildcards of a word and what stands between them, each escaped character alone."""
    return re.findall(r"\\.|[*?]|[^*?\\]+", text, re.DOTALL)


def _wildcard(text: str, *, entire: bool) -> Test:
    parts = _parts(text.casefold())
    pattern = glob("".join(part if part in ("*", "?") else literal(unescaped(part)) for part in parts))
    if entire:
        return lambda value: bool(pattern.match(str(value).casefold()))
    return lambda value: any(pattern.match(word) for word in words_of(str(value)))


def _phone(text: str, wild: bool, exact: bool) -> Test:
    """Return a test of phones by digits; seven or more also match the end of a longer number."""
    digits = re.sub(r"\D", "", text)
    begin, end = wild and text.startswith("*"), wild and text.endswith("*")
    suffix = (begin or (not exact and len(digits) >= MIN_SUFFIX)) and not end

    def matches(value: Json) -> bool:
        stored = re.sub(r"\D", "", str(value))
        if not digits:
            return wild and bool(stored)
        if begin and end:
            return digits in stored
        if end:
            return stored.startswith(digits)
        return stored.endswith(digits) if suffix else stored == digits

    return matches
