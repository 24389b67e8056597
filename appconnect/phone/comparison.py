"""Whether a stored text carries the number that is sought, and why or why not."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from appconnect import lazily
from appconnect.phone import numbering
from appconnect.phone.number import PhoneNumber
from appconnect.phone.written import Written, numbers_in, plain

if TYPE_CHECKING:
    import phonenumbers
else:
    phonenumbers = lazily.module("phonenumbers")

ENDING: Final = 4
"""Last digits that no country's habits touch."""
MAX_STORED: Final = 250_000
MAX_EXPLAINED: Final = 20
"""Numbers of one text that are looked at for the reason why none is the one that is sought."""
MAX_LETTERED: Final = 40
"""Signs of a number with letters for digits."""
MAX_DIFFERING: Final = 2
MAX_LACKING: Final = 5
LETTER: Final = re.compile(r"[A-Za-z]")
"""What `phonenumbers` takes for a digit."""
BETWEEN_NUMBERS: Final = re.compile(r"[,;|/&\t\r\n]")


@dataclass(frozen=True)
class Comparison:
    """A stored text beside the number that is sought."""

    stored: str
    carries: bool
    reason: str
    """One sentence, without any of the stored words."""
    number: str = ""
    """The digits that were compared, of several numbers the likest, with "+" if written so; "" for none."""
    extension: str = ""
    """What is dialled after that number."""


def compare(stored: str, sought: PhoneNumber) -> Comparison:
    """Say whether a phone field of a CRM, free text, holds this very number, and why.

    Digits count, punctuation and words do not: the number may be written as within its country or as dialled
    from abroad, in its country's habits, with an extension, alone or among others. A longer number that
    contains it is another number. The time is linear in the length of the text.
    """
    if len(stored) > MAX_STORED:
        return Comparison(stored, False, "The text is too long for a phone field.")
    text = plain(stored)
    first: list[Written] = []
    for written in numbers_in(text):
        for part in written.parts(sought.national[-ENDING:]):
            if reason := _why(part, sought):
                return Comparison(stored, True, reason, part.text, written.extension)
        if len(first) < MAX_EXPLAINED:
            first.append(written)
    if any(_why(each, sought) for each in lettered(text)):
        return Comparison(stored, True, "It is the number, with letters for digits.", sought.national)
    if not first:
        return Comparison(stored, False, "There is no phone number in it.")
    likest = max(first, key=lambda each: _likeness(each.digits, sought))
    return Comparison(stored, False, _why_not(likest, sought), likest.text, likest.extension)


def carries(stored: str, number: PhoneNumber) -> bool:
    """Return whether a phone field of a CRM, free text, holds this very number; `compare` says why."""
    return compare(stored, number).carries


def nearest(phones: Iterable[str], number: PhoneNumber) -> Comparison | None:
    """Return the comparison of the text that carries the number, a full one with "+" first, else the likest.

    None when there is no text.
    """

    def rank(each: Comparison) -> tuple[bool, bool, tuple[bool, int]]:
        return each.carries, each.carries and "+" in each.stored, _likeness(each.number, number)

    return max((compare(stored, number) for stored in phones), key=rank, default=None)


def best_carrier(phones: Iterable[str], number: PhoneNumber) -> str | None:
    """Return the stored text that carries the number, a full one with "+" first; None when none does."""
    best = nearest(phones, number)
    return best.stored if best and best.carries else None


# -- why it is the number --


def _why(written: Written, sought: PhoneNumber) -> str:
    """Return the sentence that says how the digits are the number's; "" if they are not."""
    figures, code = written.digits, sought.country_code
    has_code = figures.startswith(code) and _is_within(figures.removeprefix(code), sought)
    if written.plus:
        return "It is the number." if has_code else ""
    if _is_within(figures, sought, at_home=True):
        return "It is the number, as written within its country."
    if has_code:
        return 'It is the number, without "+".'
    return "It is the number, as dialled from abroad." if _is_dialled_from_abroad(figures, sought) else ""


def _is_dialled_from_abroad(figures: str, sought: PhoneNumber) -> bool:
    for dialled in numbering.after_international_prefix(figures):
        national = dialled.removeprefix(sought.country_code)
        if national != dialled and _is_within(national, sought):
            return True
        other = numbering.from_abroad(dialled)
        if other and phonenumbers.is_valid_number(other) and PhoneNumber.of(other).e164 == f"+{dialled}":
            return False
    return False


def _is_within(figures: str, sought: PhoneNumber, *, at_home: bool = False) -> bool:
    """Return whether digits within the country are the number's; ``at_home``: without its country code."""
    if figures in _forms(sought):
        return True
    meant = numbering.meanings(sought.country_code, figures, at_home=at_home)
    return any(_is_same(number, sought) for number in meant)


@lru_cache(maxsize=1024)
def _forms(sought: PhoneNumber) -> frozenset[str]:
    own = numbering.with_other_form(sought.country_code, sought.national)
    return frozenset((*own, *(f"{trunk}{sought.national}" for trunk in sought.trunks)))


def _is_same(meant: phonenumbers.PhoneNumber, sought: PhoneNumber) -> bool:
    code, national = str(meant.country_code), phonenumbers.national_significant_number(meant)
    is_form = numbering.has_mobile_token(code, national) and national in _forms(sought)
    return code == sought.country_code and (is_form or national == sought.national)


def lettered(text: str) -> Iterator[Written]:
    """Yield the numbers in which letters stand for digits, such as 1-800-FLOWERS."""
    if not LETTER.search(text):
        return
    for piece in BETWEEN_NUMBERS.split(text):
        figure = re.search(r"[+\d]", piece)
        lettered = piece[figure.start() :] if figure else ""
        if len(lettered) <= MAX_LETTERED and phonenumbers.is_alpha_number(lettered):
            yield from numbers_in(phonenumbers.convert_alpha_characters_in_number(lettered))


# -- why it is not --


def _likeness(figures: str, sought: PhoneNumber) -> tuple[bool, int]:
    """Return how like the digits are to the number: first whether they contain it, then how many agree."""
    own = sought.e164[:0:-1]
    return sought.national in figures, sum(map(operator.eq, figures[: -len(own) - 1 : -1], own))


def _why_not(written: Written, sought: PhoneNumber) -> str:
    figures, national = written.digits, sought.national
    if written.plus and figures.endswith(national):
        return f"It has the same digits, but the code of another country than +{sought.country_code}."
    if national in figures:
        return "The number is only a part of a longer one."
    for own in (national, sought.e164[1:]):
        if figures in own and len(own) - len(figures) <= MAX_LACKING:
            return f"It lacks {_digits(len(own) - len(figures))} of the number."
        differing = sum(map(operator.ne, figures, own))
        if len(figures) == len(own) and differing <= MAX_DIFFERING:
            return f"It differs from the number in {_digits(differing)}."
    return "It is another number."


def _digits(count: int) -> str:
    return "one digit" if count == 1 else f"{count} digits"
