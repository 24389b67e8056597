"""Quoting what others wrote, in a sentence of ours: on one line, visible to the last letter, and short."""

from __future__ import annotations

from typing import Final

MAX_QUOTATION: Final = 300
"""How much of a foreign text a sentence holds at most: enough to know it by."""
MAX_SENTENCE: Final = 900
"""How long a message for a person is at most, whatever is quoted in it."""


def quotation(text: str, max_length: int = MAX_QUOTATION) -> str:
    """Return a text on one line, cut with an ellipsis; letters that cannot be seen are escaped.

    It takes no longer for a long text than for a short one: what lies far behind the cut is not looked at.
    """
    line = " ".join(text[: 20 * max_length].split())
    shown = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in line[: max_length + 1])
    return shown if len(shown) <= max_length else shown[: max_length - 1] + "…"


def shortened(sentence: str, max_length: int = MAX_SENTENCE) -> str:
    """Return a message whose middle is cut out if it is too long; its ends say what happened, what to do."""
    if len(sentence) <= max_length:
        return sentence
    end = max_length // 3
    return f"{sentence[: max_length - end - 3]} … {sentence[-end:]}"
