"""Ids of records: whole numbers in the CRM, text in App Connect; and what every database keeps as text."""

from __future__ import annotations

from appconnect.errors import InputError

MAX_DIGITS = 18
"""The length of the largest ids, which have 64 bits."""


def whole_number(crm: str, text: object, what: str) -> int:
    """Return an id as a number; InputError for anything else, so that only ids get into URLs and bodies."""
    if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        shown = repr(text[:40] if isinstance(text, str) else text)[:60]
        article = "an" if crm[0] in "AEIOU" else "a"
        raise InputError(f"{shown} is not {article} {crm} {what} id; those are whole numbers.")
    return int(text)


def storable(text: str) -> str:
    """Return a text itself; InputError for one that no database keeps: with NUL or half a character."""
    for character in text:
        if character == "\0" or "\ud800" <= character <= "\udfff":
            shown = ascii(text[:40])
            raise InputError(
                f"{shown} has a character that is no text (U+{ord(character):04X}); take it out."
            )
    return text
