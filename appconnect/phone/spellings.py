"""Ways in which people write one number, to try out which of them a CRM's search finds."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberFormat

from appconnect.phone.number import PhoneNumber

EXTENSION: Final = "3"
KEYS: Final = dict(zip("23456789", "ADGJMPTW", strict=True))
"""The first letter on each key of a telephone that has letters."""
MIN_LETTERS: Final = 4


def spellings(number: PhoneNumber) -> list[str]:
    """Return texts that all are this number, each once, the most careful one first."""
    code, groups = f"+{number.country_code}", re.split(r"\D+", number.formatted)[2:]
    at_home = phonenumbers.format_number(phonenumbers.parse(number.e164), PhoneNumberFormat.NATIONAL)
    first, rest = groups[0] if groups else number.national, "-".join(groups[1:])
    texts = [
        number.formatted,
        number.e164,
        f"{code} ({first}) {rest}".strip(),
        at_home,
        re.sub(r"\D+", ".", at_home).strip("."),
        number.national,
        number.e164[1:],
        f"00 {number.country_code} {' '.join(groups)}",
        f"{number.e164} ext. {EXTENSION}",
        _lettered(number, groups) or f"Mobile: {at_home}",
    ]
    return list(dict.fromkeys(texts))


def templates(number: PhoneNumber) -> str:
    """Return number formats, as ``overriding_format`` takes them, for more ways to search for the number."""
    groups = ["*" * len(each) for each in re.split(r"\D+", number.formatted)[2:]]
    if not groups or len(groups[0]) == len(number.national):
        return ""
    code, first, rest = f"+{number.country_code}", groups[0], groups[1:]
    forms = ["-".join(groups), ".".join(groups), f"({first}) {'-'.join(rest)}", " ".join(groups)]
    return ",".join([*forms, f"{code} {'-'.join(groups)}"])


def _lettered(number: PhoneNumber, groups: list[str]) -> str:
    """Return the number with letters for its last digits, as in 1-800-FLOWERS; "" where digits have none."""
    last = "".join(groups[1:])
    letters = "".join(KEYS.get(each, "") for each in last)
    if len(letters) < max(len(last), MIN_LETTERS):
        return ""
    return f"{number.country_code}-{groups[0]}-{letters}"
