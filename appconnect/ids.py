"""The CRMs' ids: whole numbers, which App Connect carries as text."""

from __future__ import annotations

from appconnect.errors import InputError

LONGEST = 18
"""Digits of the largest ids, which are 64 bits wide."""


def whole_number(crm: str, text: object, what: str) -> int:
    """The id as a number; InputError for anything else, so that nothing else gets into an address or body."""
    if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= LONGEST):
        shown = repr(text[:40] if isinstance(text, str) else text)[:60]
        article = "an" if crm[0] in "AEIOU" else "a"
        raise InputError(f"{shown} is not {article} {crm} {what} id; those are whole numbers.")
    return int(text)
