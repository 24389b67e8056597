"""The last digits of the numbers that a stored text may hold, so that few texts need be compared."""

from __future__ import annotations

from appconnect.phone.comparison import ENDING, MAX_STORED, lettered
from appconnect.phone.number import PhoneNumber
from appconnect.phone.written import numbers_in, plain


def ending(number: PhoneNumber) -> str:
    """Return the last digits of a number, which no country's habits touch."""
    return number.national[-ENDING:]


def endings(stored: str) -> frozenset[str]:
    """Return the `ending` of every number that a text may hold.

    Only a number whose ending is among them can be carried by the text.
    """
    if len(stored) > MAX_STORED:
        return frozenset()
    text = plain(stored)
    found = [
        written.digits[max(0, end - ENDING) : end]
        for written in (*numbers_in(text), *lettered(text))
        for end in (*written.cuts, len(written.digits))
    ]
    return frozenset(found)
