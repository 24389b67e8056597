"""Characters that not every CRM, store and screen can hold: halves of characters, NUL and the like."""

from __future__ import annotations

import re
from typing import TypeVar

T = TypeVar("T")
UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
"""Lone surrogates (half of an emoji, cut off), and control characters that break no line."""
REPLACEMENT = "\ufffd"


def unwritable(text: str) -> str:
    """Return the first such character as it is written in code, ``\\x00``; "" when there is none."""
    found = UNWRITABLE.search(text)
    return ascii(found[0])[1:-1] if found else ""


def written(value: T) -> T:
    """Return a text, or JSON with texts, in which � stands for each such character."""
    if isinstance(value, str):
        return UNWRITABLE.sub(REPLACEMENT, value)  # type: ignore[return-value]
    if isinstance(value, list):
        return [written(each) for each in value]  # type: ignore[return-value]
    if isinstance(value, dict):
        return {written(key): written(each) for key, each in value.items()}  # type: ignore[return-value]
    return value


def printable(text: str) -> str:
    """Return the text with halves of characters written as ``\\ud800``, so that it can be printed."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
