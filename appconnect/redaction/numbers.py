"""How numbers of people are written in a text: phones, cards, accounts, with whatever parts them."""

from __future__ import annotations

import re
from typing import Final

LATIN: Final = r"a-z\u00c0-\u024f"
"""Letters that make one word with digits; in other scripts a number beside letters stands by itself."""
_SPACE: Final = r" \t\u00a0\u2000-\u200f\u202a-\u202f\u2060-\u2069\u3000\ufeff"
_DASH: Final = r"\u00ad\u00b7\u2010-\u2015\u2022\u2027\u2212\u2219\u22c5\u30fb\u30fc\ufe63\uff0d\-"
_DOT: Final = r".\uff0e"
_SLASH: Final = r"/\uff0f"
_OPEN, _CLOSE, _PLUS = "[(（]", "[)）]", "[+＋]"
_MARKUP: Final = (
    r"&(?:nbsp|(?:en|em|thin|hair|num|punc)sp|shy|[nm]?dash|hyphen|minus|middot|bull|period|comma|sol|[lr]par"
    r"|\#(?:32|4[0-7]|1[78]3|160|8[12]\d\d|x(?:00)?(?:2[\da-f]|a0|ad|b7)|x20[\da-f]{2}));|<wbr\s?/?>"
)
_DIGIT: Final = re.compile(rf"(?i)({_MARKUP})|\d")


def _gap(signs: str, times: str) -> str:
    return rf"(?:[{signs}]|{_MARKUP}){{{times}}}"


_LOOSE = _gap(f"{_SPACE}{_DASH}{_DOT}", "1,3")
_FREE: Final = (
    rf"(?:(?<![\w{_DOT}])|(?<=[^\x00-\x7f])(?<![\d{_DOT}])"
    r"|(?<=tel)|(?<=cell)|(?<=phone)|(?<=mobile)|(?<=fax))"
)
"""Where a number may begin: not inside a word, but behind one for it."""
_AREA_CODE: Final = rf"(?<![\w{_DOT}]){_OPEN}?\d{{2,5}}{_CLOSE}?{_gap(_SPACE + _DASH + _SLASH, '1,3')}"
NUMBER: Final = (
    rf"(?<![\w+＋]){_PLUS}\d(?:{_gap(f'{_SPACE}{_DASH}{_DOT}{_SLASH}()（）_', '0,3')}\d){{6,18}}(?!\d)"
    r"|(?<![^\W_])\(?\d{3}\)?_{1,3}\d{3}_{1,3}\d{4}(?!\d)"
    r"|(?<!\w)(?!(?:19|20)\d\d_|[1-9]\d{0,2}(?:_000){1,4}(?!\w)|[1-9]\d?(?:_\d{3}){2,4}(?!\w))"
    r"\(?\d{1,6}\)?(?:_{1,3}\d{2,6}){1,6}(?!\w)"
    rf"|(?:(?<![\w+＋])|(?<=[^\W\d])(?={_OPEN}?\d{{3}}\D))(?:[1１]{_gap(f'{_SPACE}{_DASH}{_DOT}', '0,3')})?"
    rf"(?:{_OPEN}[{_SPACE}]?)?\d{{3}}[{_SPACE}]?{_CLOSE}?{_gap(f'{_SPACE}{_DASH}{_DOT}{_SLASH}', '0,3')}"
    rf"\d{{3}}{_LOOSE}\d{{4}}(?!\d)"
    r"|(?<!\d)(?<!\d[.,])(?![01])\d{3}(?P<mark>[,*|:~])(?![01])\d{3}(?P=mark)\d{4}(?![,.:]?\d)"
    r"|(?<!\d)(?<!\d[.,])\d{4}(?P<sign>[,*|:~])\d{4}(?P=sign)\d{4}(?P=sign)\d{4}(?![,.:]?\d)"
    rf"|(?<![\d{LATIN}])\d{{7,}}(?!\d)(?!(?!x\d|ext)[{LATIN}_])"
    r"|(?<!\d)\d{10,}(?!\d)"
    rf"|(?<![\w.])\d(?:(?:[{_SPACE}]{{1,2}}|[{_DASH}]|{_MARKUP})\d){{6,18}}(?!\d|\.\d)"
    r"|(?<![\w.])\d(?:\.\d){9,18}(?!\d|\.\d)"
    rf"|{_FREE}(?!\(?(?:\d{{1,3}}\.){{3}}\d{{1,3}}(?!\d|\.\d))"
    rf"(?:{_OPEN}?\d{{1,6}}{_CLOSE}?|\d{{2,5}}{_OPEN}\d{{1,5}}{_CLOSE})"
    rf"(?:(?:[{_SPACE}]{{1,2}}|[{_DASH}{_DOT}{_SLASH}]|{_MARKUP}|(?<={_CLOSE}))\d{{2,6}}){{1,6}}(?!\d|\.\d)"
    rf"|{_AREA_CODE}\d{{6,8}}(?!\d)"
)
"""Digits that belong together; how many there are is not said."""


def digits_of(text: str) -> str:
    """Return the digits of a text, of whatever script, as ASCII; those of an HTML entity are none."""
    return "".join(str(int(each[0])) for each in _DIGIT.finditer(text) if not each[1])


def with_digits(text: str, digits: str) -> str:
    """Return a text with other digits in place of its own."""
    fresh = iter(digits)
    return _DIGIT.sub(lambda found: found[1] or next(fresh, ""), text)
