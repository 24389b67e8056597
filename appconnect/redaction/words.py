"""What a word is in any script: letters with their marks, and what is invisible between them."""

from __future__ import annotations

import unicodedata
from functools import cache
from html import unescape
from itertools import groupby
from typing import Final

LETTER_ENTITY: Final = (
    r"&(?:[a-z]{1,2}(?:acute|grave|circ|uml|tilde|cedil|ring|slash|caron|lig|strok)|szlig"
    r"|\#(?:19[2-9]|[2-9]\d\d|[1-7]\d{3}|[1-9]\d{4}|x0{0,2}(?:[c-f][\da-f]|[1-9a-f][\da-f]{2}|1[\da-f]{3})));"
)
"""``&uuml;``: a letter, and no dash, space or sign."""


@cache
def word_pattern() -> str:
    """Return the pattern of a word, in which marks and invisible signs follow a letter."""
    letter, marks = rf"(?:[^\W\d_]|{LETTER_ENTITY})", f"[{_marks()}]"
    run = rf"{letter}+(?:{marks}+{letter}*)*"
    return rf"{run}(?:['’-]{run})*"


def comparable(word: str) -> str:
    """Return a word as it is compared: in lower case, in one form, without what nobody sees."""
    if word.isascii() and "&" not in word:
        return word.lower()
    shown = "".join(each for each in unescape(word) if unicodedata.category(each) != "Cf")
    return unicodedata.normalize("NFKC", shown).casefold()


def is_initial(word: str) -> bool:
    """Return whether this names nobody: one letter of ours, one that only lengthens another, or none."""
    compared = comparable(word)
    is_one = len(compared) < 2 and (compared.isascii() or unicodedata.category(compared) == "Lm")
    return is_one or not any(map(str.isalpha, unescape(word)))


def _marks() -> str:
    """Return the ranges of all marks and format characters, for a set in a pattern."""
    codes = [code for code in range(0x20000) if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me", "Cf")]
    runs = [list(run) for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0])]
    return "".join(rf"\U{run[0][1]:08x}-\U{run[-1][1]:08x}" for run in runs)
