"""What to type into a CRM's search."""

from __future__ import annotations

import re
from typing import Final

from appconnect.phone.number import PhoneNumber

TEMPLATE: Final = re.compile(r"[0-9*#+()\-./ ]+")
SLOT: Final = re.compile(r"[*#]")


def search_forms(number: PhoneNumber, overriding_format: str = "") -> list[str]:
    """Return what to type into a CRM's search: one text per template, or else the national number.

    ``overriding_format`` is a comma list like ``"(***) ***-****,***-***-****"``; each ``*`` or ``#``
    takes one digit of the national number. A template with more or fewer places than the number has digits,
    or with anything but phone punctuation in it, would search for something else and is left out.
    """
    filled = [_fill(each.strip(), number.national) for each in overriding_format.split(",")]
    return list(dict.fromkeys(form for form in filled if form)) or [number.national]


def template_of(stored: str, number: PhoneNumber) -> str:
    """Return the template that searches for a number as it is written here, "" where there can be none."""
    left = sum(each.isdigit() for each in stored) - len(number.national)
    signs = []
    for sign in stored:
        is_slot = sign.isdigit() and left <= 0
        left -= sign.isdigit()
        signs.append("*" if is_slot else sign)
    template = "".join(signs).strip()
    return template if _fill(template, number.national) == stored.strip() else ""


def _fill(template: str, figures: str) -> str:
    if not TEMPLATE.fullmatch(template) or len(SLOT.findall(template)) != len(figures):
        return ""
    remaining = iter(figures)
    return SLOT.sub(lambda _: next(remaining), template)
