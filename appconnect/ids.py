"""Ids of records: whole numbers in the CRM, text in App Connect."""

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
