"""Finding the numbers that a text holds, each with its extension."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from appconnect import lazily

if TYPE_CHECKING:
    import phonenumbers
else:
    phonenumbers = lazily.module("phonenumbers")


MIN_BESIDE: Final = 7
"""Digits of a number that stands beside another one; fewer are an area code, an extension, an ending."""
MAX_AREA: Final = 8
"""Digits of a country code and an area code."""
MAX_E164: Final = 15
"""Digits of the longest number (ITU-T E.164)."""
MAX_PREFIXED: Final = 18
"""Digits of a long number with a trunk prefix and a carrier's code."""
MAX_FROM_ABROAD: Final = 20
"""Digits of such a number after an international prefix."""
MAX_DIGITS: Final = 24
"""Digits at which nothing can be a number any more."""

SIGNS: Final = {"ー": "-", "−": "-", "⁄": "/", "∕": "/", "·": "."}


@lru_cache(maxsize=4096)
def _plain_sign(sign: str) -> str:
    """Return the sign in ASCII where it has a like; accents and marks that cannot be seen are nothing."""
    return "".join(map(_ascii, unicodedata.normalize("NFKD", sign)))


def _ascii(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind in {"Cf", "Mn", "Me"}:
        return ""
    like = {"Pd": "-", "Zs": " "}.get(kind) or SIGNS.get(sign, sign)
    return str(unicodedata.decimal(sign, like))


def plain(text: str) -> str:
    """Return the text in lower case, with ASCII digits and punctuation, without accents and hidden marks."""
    lower = text.casefold()
    return lower if lower.isascii() else "".join(map(_plain_sign, lower))


EXTENSION_WORDS: Final = (
    *("ext", "exts", "extn", "exten", "extension", "xt", "xtn", "internal", "int", "option", "opt"),
    *("extensión", "anexo", "interno", "ramal", "rml", "extensão", "poste"),
    *("durchwahl", "dw", "nebenstelle", "nst", "klappe", "kl", "apparat"),
    *("toestel", "tst", "doorkiesnummer", "anknytning", "ankn", "lokalnummer", "lokal", "alanumero"),
    *("wewnętrzny", "wewn", "wew", "klapka", "linka", "mellék", "dahili", "εσωτερικό", "εσωτ"),
    *("добавочный", "доб", "внутренний", "внутр", "вн", "додатковий", "дод"),
    *("שלוחה", "تحويلة", "داخلي", "ต่อ", "內線", "内線", "分機", "分机", "转", "轉", "내선", "구내"),
)
"""What is written before an extension; ``phonenumbers`` knows only ext, int, anexo and доб."""

_WORDS = "|".join(sorted({re.escape(plain(word)) for word in EXTENSION_WORDS}, key=len, reverse=True))
_BEFORE, _AFTER = r"[ ,;:.()\[\-/]{0,4}", r"[ .:=#()\-/]{0,4}"
_EXTENSIONS = (
    rf"{_BEFORE}(?:{_WORDS})(?![^\W\d_]){_AFTER}(?P<named>\d{{1,20}}+)",
    r"(?:[x#*~pw]|,{2,})(?P<dialled>\d{1,20}+)",
    rf"{_BEFORE}(?:[x#*~]|,{{2,}}){_AFTER}(?P<signed>\d{{1,9}}+)",  # with more digits it is a number
)
NUMBER: Final = re.compile(
    r"(?P<plus>\+[ (\[]{0,3})?"
    r"(?P<body>\d(?:[ ().\-/_'\[\]]{0,4}\d)*+)"
    r"(?P<pressed>#(?! ?\d))?"
    rf"(?:(?:{'|'.join(_EXTENSIONS)})(?![-.]?\d))?"
)
CARRIER_LEFT_OPEN: Final = re.compile(r"(?<!\d)0[ (]{0,2}xx[ )]{0,2}(?=\(?\d)")
"""``0xx11``: in Brazil the place where one of the carriers' codes may be dialled."""


@dataclass(frozen=True)
class Written:
    """A run of digits in a text, as a phone number is written."""

    digits: str
    plus: bool = False
    extension: str = ""
    cuts: tuple[int, ...] = ()
    """How many digits stand before each place where another number may begin: a space, "/" or "("."""
    endings: frozenset[int] = frozenset()
    """Those of them after which a few digits are another ending ("…42/43") or an extension ("…42-204#")."""

    @property
    def text(self) -> str:
        """The digits, with "+" if they are written with one."""
        return f"+{self.digits}" if self.plus else self.digits

    def parts(self, ending: str) -> Iterator[Written]:
        """Yield the whole, then each part that may be a number of its own, if they end in ``ending``."""
        length = len(self.digits)
        if length <= MAX_DIGITS and self.digits.endswith(ending):
            yield Written(self.digits, self.plus)
        for end in (*self.cuts, length):
            if self.digits.endswith(ending, 0, end) and self._is_end(end):
                for start in self._starts(end):
                    if (start, end) != (0, length):
                        yield Written(self.digits[start:end], self.plus and start == 0)

    def _is_end(self, place: int) -> bool:
        rest = len(self.digits) - place
        return not rest or (place in self.endings if rest < MIN_BESIDE else self._is_between(place))

    def _is_between(self, place: int) -> bool:
        """Return whether two numbers may meet here: at a "/", or anywhere if these are too many for one."""
        is_prefixed = self.plus or self.digits.startswith("0")
        from_abroad = self.digits.startswith(("00", "010", "011"))
        if len(self.digits) > (MAX_FROM_ABROAD if from_abroad else MAX_PREFIXED if is_prefixed else MAX_E164):
            return True
        longest = MAX_AREA + len("00") if from_abroad else MAX_AREA
        may_be_area_code = is_prefixed and place <= longest and self.digits[place] != "0"
        return place in self.endings and not may_be_area_code

    def _starts(self, end: int) -> Iterator[int]:
        if end <= MAX_DIGITS:
            yield 0
        first = bisect_left(self.cuts, max(MIN_BESIDE, end - MAX_DIGITS))
        yield from filter(self._is_between, self.cuts[first : bisect_left(self.cuts, end)])


def numbers_in(text: str) -> Iterator[Written]:
    """Yield the runs of digits in a `plain` text, in time linear in its length."""
    for found in NUMBER.finditer(CARRIER_LEFT_OPEN.sub("0", text)):
        yield _written(found)


def without_numbers(text: str) -> str:
    """Return what is left of a `plain` text: its words."""
    return NUMBER.sub(" ", text)


def _written(found: re.Match[str]) -> Written:
    cuts: list[int] = []
    endings: set[int] = set()
    groups = re.split(r"(\D+)", found["body"])  # digits, what is between, digits, …
    count = 0
    for group, gap in zip(groups[::2], [*groups[1::2], ""], strict=True):
        count += len(group)
        if set(gap) & set(" /("):
            cuts.append(count)
        if "/" in gap:
            endings.add(count)
    figures = "".join(groups[::2])
    if found["pressed"] and len(groups) > 1 and len(groups[-1]) < MIN_BESIDE:
        endings.add(count - len(groups[-1]))
        cuts = sorted({*cuts, count - len(groups[-1])})
    return Written(
        figures,
        bool(found["plus"]) and not figures.startswith(("00", "011")),
        found["named"] or found["dialled"] or found["signed"] or "",
        tuple(cuts),
        frozenset(endings),
    )
