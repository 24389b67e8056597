"""What a single value looks like: a key that a machine made, a date, an address, the plain id of a record."""

from __future__ import annotations

import math
import re
from collections import Counter

_KEY = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[\w.~+/:=-]{16,}")


def looks_like_key(value: str) -> bool:
    """Return whether a whole value looks made by a machine: long, letters and digits, no date or address."""
    return _KEY.fullmatch(value) is not None and not is_date_or_address(value)


def is_date_or_address(value: str) -> bool:
    """Return whether a value is a date, a time or an address, which are kept with secrets and are none."""
    return re.fullmatch(r"\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-]\d\d:?\d\d)?)?|https?://.*", value) is not None


def is_made_up(word: str) -> bool:
    """Return whether a word looks like a password or key: digits and letters, no date or address."""
    return re.match(r"(?=\D*\d)(?=.*[A-Za-z]).{6,}", word) is not None and not is_date_or_address(word)


def is_plain_id(value: str) -> bool:
    """Return whether a value is a word, the number of a record or ticket, or RingCentral's id of a call."""
    return re.fullmatch(r"\d+|[A-Za-z]+-?\d*|s-[\w-]*", value, re.ASCII) is not None


def looks_random(text: str) -> bool:
    """Return whether a long run of letters and digits was made by a machine, and is no id."""
    if re.fullmatch("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        return False  # a UUID, which CRMs give as ids
    if re.fullmatch("[0-9a-f]{32,}|[0-9A-F]{32,}", text):
        return not text.isdigit() and not text.isalpha()
    kinds = all(re.search(kind, text) for kind in ("[0-9]", "[a-z]", "[A-Z]"))
    runs = re.findall("[0-9A-Za-z]{12,}", text)  # not words between hyphens
    return kinds and _entropy(text) > 3.8 and any(not run.isalpha() and not run.isdigit() for run in runs)


def _entropy(text: str) -> float:
    """Return the bits per character."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)
