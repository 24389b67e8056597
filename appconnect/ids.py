"""Ids of records: whole numbers in the CRM, text in App Connect; and what every database keeps as text."""

from __future__ import annotations

import re

from appconnect.errors import InputError

MAX_DIGITS = 18
"""The length of the largest ids, which have 64 bits."""
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


def whole_number(crm: str, text: object, what: str) -> int:
    """Return an id as a number; InputError for anything else, so that only ids get into URLs and bodies."""
    if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        shown = repr(text[:40] if isinstance(text, str) else text)[:60]
        article = "an" if crm[0] in "AEIOU" else "a"
        raise InputError(f"{shown} is not {article} {crm} {what} id; those are whole numbers.")
    return int(text)


def storable(text: str) -> str:
    """Return a text itself; InputError for one that no database keeps: with NUL or half a character."""
    if found := _NO_TEXT.search(text):
        raise InputError(
            f"{text[:40]!a} has a character that is no text (U+{ord(found[0]):04X}); take it out."
        )
    return text
