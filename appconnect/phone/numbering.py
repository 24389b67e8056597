"""How countries write and dial their numbers: what ``phonenumbers`` knows, and the little it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from appconnect import lazily

if TYPE_CHECKING:
    import phonenumbers
else:
    phonenumbers = lazily.module("phonenumbers")


MOBILE_DIGITS: Final = 10
"""Digits of a mobile number after its token, which only Argentina has today."""
ZERO_KEPT: Final = "39"
"""Italy, where the 0 of a fixed line is part of the number; until 1998 it was left out after +39."""
COLLECT: Final = ("55", "90")
"""Brazil and its prefix for collect calls, which nobody stores: it would be taken for Turkey's code."""


class Change(NamedTuple):
    """A change of a numbering plan: other digits stand between the area code and the rest than before."""

    country_code: str
    area: str
    before: str
    now: str
    rest: str
    at_home: bool = False
    """Whether the older number was a whole number within the country, without its country code."""

    def renewed(self, national: str) -> str:
        """Return today's national number of an older one; "" if the change did not concern it."""
        older = re.fullmatch(f"({self.area}){self.before}({self.rest})", national)
        return f"{older[1]}{self.now}{older[2]}" if older else ""

    def aged(self, national: str) -> str:
        """Return the older national number of today's; "" if the change did not concern it."""
        today = re.fullmatch(f"({self.area}){self.now}({self.rest})", national)
        return f"{today[1]}{self.before}{today[2]}" if today else ""

    def aged_format(self, formatted: str) -> str:
        """Return an international text as it was before, of a number that the change concerned."""
        code, national = formatted.split(" ", 1)
        now = r"\D*".join(self.now)
        aged = re.sub(rf"^((?:{self.area})\D*){now}", rf"\g<1>{self.before} ", national, count=1)
        return " ".join(f"{code} {aged}".split())


CHANGES: Final = (
    # https://www.dof.gob.mx/nota_detalle.php?codigo=5522438&fecha=11/05/2018, in force since 3 August 2019
    Change("52", "", "1", "", r"\d{10}"),
    # https://www.anatel.gov.br, Resolução 553/2010, complete since November 2016; not for Nextel's 70, 77–79
    Change("55", r"[1-9]\d", "", "9", r"(?:[689]\d|7[1-6])\d{6}", at_home=True),
    # https://www.crcom.gov.co, Resolución CRC 5826 de 2019, in force since 1 September 2021
    Change("57", "", "", "60", r"[1245678]\d{7}", at_home=True),
    # https://artci.ci/en/faq/, in force since 31 January 2021: every mobile operator has its own prefix
    Change("225", "", "", "01", r"[04-9][0-3]\d{6}", at_home=True),
    Change("225", "", "", "05", r"[04-9][4-6]\d{6}", at_home=True),
    Change("225", "", "", "07", r"[04-9][7-9]\d{6}", at_home=True),
    # https://arcep.bj, in force since 30 November 2024
    Change("229", "", "", "01", r"\d{8}", at_home=True),
)
FORMER_TRUNKS: Final = {"52": ("01", "044", "045")}
"""What was dialled before the national number until the same day in 2019; many write it still."""


def changes(country_code: str) -> Iterator[Change]:
    """Yield the changes of a country's numbering plan that people have not followed everywhere."""
    yield from (change for change in CHANGES if change.country_code == country_code)


def mobile_token(country_code: str) -> str:
    """Return what stands before a mobile number after the country code only: 9 in Argentina, else ""."""
    return phonenumbers.country_mobile_token(int(country_code))


def has_mobile_token(country_code: str, national: str) -> bool:
    """Return whether the national number begins with its country's mobile token."""
    token = mobile_token(country_code)
    return bool(token) and national.startswith(token) and len(national) == len(token) + MOBILE_DIGITS


def with_other_form(country_code: str, national: str) -> list[str]:
    """Return the national number and, where both are valid, its form with or without the mobile token."""
    token = mobile_token(country_code)
    if not token:
        return [national]
    has_token = has_mobile_token(country_code, national)
    other = national.removeprefix(token) if has_token else f"{token}{national}"
    number = with_code(country_code, other)
    return [national, other] if number and phonenumbers.is_valid_number(number) else [national]


def meanings(country_code: str, figures: str, *, at_home: bool) -> Iterator[phonenumbers.PhoneNumber]:
    """Yield the numbers that digits within a country may mean, the likeliest first.

    ``phonenumbers`` takes away trunk prefixes and carrier codes. ``at_home`` says that the country code was
    not written before them.
    """
    read = [*_read(country_code, figures, at_home=at_home)]
    yield from read
    for national in map(phonenumbers.national_significant_number, read):
        for change in changes(country_code):
            if change.at_home or not at_home or national != figures:
                yield from filter(None, [with_code(country_code, change.renewed(national))])
    if not at_home:
        older = _from_abroad_only(country_code, figures)
        yield from filter(None, (with_code(country_code, each) for each in older))


def _read(country_code: str, figures: str, *, at_home: bool) -> Iterator[phonenumbers.PhoneNumber]:
    bare = [figures.removeprefix(each) for each in ("", *FORMER_TRUNKS.get(country_code, ()))]
    for number in filter(None, (with_code(country_code, each) for each in dict.fromkeys(bare))):
        national = phonenumbers.national_significant_number(number)
        is_local = len(national) > len(figures)  # an area code has been added
        is_foreign = (country_code, figures.removesuffix(national)) == COLLECT
        if not at_home or not (is_local or is_foreign):
            yield number


def _from_abroad_only(country_code: str, figures: str) -> Iterator[str]:
    """Yield national numbers from what people write after the country code and nowhere else."""
    token = mobile_token(country_code)
    rest = figures.removeprefix(token)
    if rest != figures and not rest.startswith(token) and (inner := with_code(country_code, rest)):
        yield token + phonenumbers.national_significant_number(inner).removeprefix(token)
    own = with_code(country_code, figures) if country_code == ZERO_KEPT else None
    if own and not phonenumbers.is_valid_number(own):
        yield f"0{figures}"


def with_code(country_code: str, figures: str) -> phonenumbers.PhoneNumber | None:
    """Return the number of these digits after the country code; None where there can be none."""
    return from_abroad(f"{country_code}{figures}")


def from_abroad(figures: str) -> phonenumbers.PhoneNumber | None:
    """Return the number of these digits, which begin with a country code; None where there can be none."""
    try:
        return phonenumbers.parse(f"+{figures}")
    except phonenumbers.NumberParseException:
        return None


def after_international_prefix(figures: str) -> Iterator[str]:
    """Yield what follows each international prefix that the digits may begin with, the likeliest first."""
    for prefix in international_prefixes():
        if figures.startswith(prefix):
            yield figures.removeprefix(prefix)


@cache
def international_prefixes() -> tuple[str, ...]:
    """Return what is dialled before a country code: 00 and 011, then what is so in single countries.

    Such are Australia's 0011, Japan's 010, Russia's 810, and 001. Left out are those that read like 00 with
    a country code after it, such as 009, but for 001: which numbers there are after +1 is well known.
    """
    metadata = (
        phonenumbers.PhoneMetadata.metadata_for_region(each) for each in phonenumbers.SUPPORTED_REGIONS
    )
    known = {
        prefix.replace("~", "")
        for each in metadata
        for prefix in (each and each.international_prefix, each and each.preferred_international_prefix)
        if prefix
    }
    usual = ("00", "011")
    others = {each for each in known if re.fullmatch(r"00[01]\d?|01\d|[1-9]\d\d", each)}
    return (*usual, *sorted(others - set(usual), key=len, reverse=True))
