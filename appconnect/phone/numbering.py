"""How countries write and dial their numbers: what ``phonenumbers`` knows, and the little it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber


class Change(NamedTuple):
    """A change of a numbering plan: before the last digits something else was written than is today."""

    country_code: str
    first: str
    older: str
    today: str
    last: str
    at_home: bool = False
    """Whether people write the older number without the country code and mean no other number by it."""


CHANGES: Final = (
    # https://www.dof.gob.mx/nota_detalle.php?codigo=5522438&fecha=11/05/2018, in force since 3 August 2019
    Change("52", "", "1", "", r"\d{10}"),
    # https://www.anatel.gov.br, Resolução 553/2010, complete since November 2016; not for Nextel's 70, 77–79
    Change("55", r"[1-9]\d", "", "9", r"(?:[689]\d|7[1-6])\d{6}", at_home=True),
    # https://www.crcom.gov.co, Resolución CRC 5826 de 2019, in force since 1 September 2021
    Change("57", "", "", "60", r"[1245678]\d{7}"),
    # https://artci.ci/en/faq/, in force since 31 January 2021: every mobile operator has its own prefix
    Change("225", "", "", "01", r"[04-9][0-3]\d{6}"),
    Change("225", "", "", "05", r"[04-9][4-6]\d{6}"),
    Change("225", "", "", "07", r"[04-9][7-9]\d{6}"),
    # https://arcep.bj, in force since 30 November 2024
    Change("229", "", "", "01", r"\d{8}"),
)
FORMER_TRUNKS: Final = {"52": ("01", "044", "045")}
"""What was dialled before the national number until the same day in 2019; many write it still."""


def of_today(country_code: str, national: str, *, at_home: bool) -> Iterator[str]:
    """Yield the national numbers that an older one has become."""
    for change in CHANGES:
        if change.country_code == country_code and (change.at_home or not at_home):
            older = re.fullmatch(f"({change.first}){change.older}({change.last})", national)
            if older:
                yield f"{older[1]}{change.today}{older[2]}"


def of_old(country_code: str, national: str) -> list[str]:
    """Return the older national numbers that many still write, and a mobile number with or without token."""
    older = [f"{today[1]}{change.older}{today[2]}" for change, today in _changed(country_code, national)]
    token = mobile_token(country_code)
    if token and re.fullmatch(rf"{token}\d{{10}}", national):
        return [*older, national.removeprefix(token)]
    return [*older, f"{token}{national}"] if token and len(national) == 10 else older


def _changed(country_code: str, national: str) -> Iterator[tuple[Change, re.Match[str]]]:
    for change in CHANGES:
        today = re.fullmatch(f"({change.first}){change.today}({change.last})", national)
        if today and change.country_code == country_code:
            yield change, today


def mobile_token(country_code: str) -> str:
    """Return what stands before a mobile number after the country code only: 9 in Argentina, else ""."""
    return phonenumbers.country_mobile_token(int(country_code))


def line(country_code: str, national: str) -> str:
    """Return the national number without the mobile token, which is not part of the line's own number."""
    token = mobile_token(country_code)
    return national[len(token) :] if token and re.fullmatch(rf"{token}\d{{10}}", national) else national


def meanings(country_code: str, figures: str, *, at_home: bool) -> Iterator[PhoneNumber]:
    """Yield the numbers that digits within a country may mean, the likeliest first.

    ``phonenumbers`` takes away trunk prefixes and carrier codes. ``at_home`` says that the country code was
    not written before them.
    """
    bare = [figures.removeprefix(each) for each in ("", *FORMER_TRUNKS.get(country_code, ()))]
    read = [number for each in dict.fromkeys(bare) if (number := with_code(country_code, each))]
    yield from read
    for older in map(phonenumbers.national_significant_number, read):
        for today in of_today(country_code, older, at_home=at_home):
            yield from filter(None, [with_code(country_code, today)])
    token = mobile_token(country_code)
    if token and figures.startswith(token) and (inner := with_code(country_code, figures[len(token) :])):
        national = phonenumbers.national_significant_number(inner)
        yield from filter(None, [with_code(country_code, token + national.removeprefix(token))])


def with_code(country_code: str, figures: str) -> PhoneNumber | None:
    """Return the number of these digits after the country code; None where there can be none."""
    return from_abroad(f"{country_code}{figures}")


def from_abroad(figures: str) -> PhoneNumber | None:
    """Return the number of these digits, which begin with a country code; None where there can be none."""
    try:
        return phonenumbers.parse(f"+{figures}")
    except NumberParseException:
        return None


def after_international_prefix(figures: str) -> Iterator[str]:
    """Yield what follows each international prefix that the digits may begin with, the likeliest first."""
    for prefix in international_prefixes():
        if figures.startswith(prefix):
            yield figures.removeprefix(prefix)


@cache
def international_prefixes() -> tuple[str, ...]:
    """Return what is dialled before a country code in any country: 00 and 011 first.

    Prefixes that do not begin with 00 or 01 count only where they are a country's single one, such as 810;
    others would be taken for area codes.
    """
    metadata = (PhoneMetadata.metadata_for_region(each) for each in phonenumbers.SUPPORTED_REGIONS)
    patterns = {each.international_prefix for each in metadata if each and each.international_prefix}
    single = {each for each in patterns if each.isdigit() and len(each) > 2}
    written = [f"{start}{end}" for start in ("00", "01") for end in _ENDS]
    several = {each for each in written if any(re.fullmatch(pattern, each) for pattern in patterns)}
    usual = ("00", "011")
    return (*usual, *sorted((single | several) - set(usual)))


_ENDS: Final = ("", *(f"{number:0{width}}" for width in (1, 2, 3) for number in range(10**width)))
