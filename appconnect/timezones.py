"""Time zones from the names and offsets that people, phone systems and CRMs use.

Windows names ("Pacific Standard Time") come from Babel:
https://github.com/unicode-org/cldr/blob/main/common/supplemental/windowsZones.xml
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from datetime import UTC, timedelta, tzinfo
from datetime import timezone as fixed_offset
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

TimeZone = str | int | float | tzinfo | None
"""An IANA name ("Europe/Lisbon", right across clock changes), an offset ("+05:30", "-6", 5.5 hours, 330
minutes: from 16 on, a number means minutes), a ready tzinfo, or None for UTC."""


_CLOCK_OFFSET = re.compile(r"([+-]?)(\d{1,2}):(\d{2})|([+-])(\d{2})(\d{2})")


def parse_zone(*candidates: TimeZone) -> tzinfo:
    """Return the first of ``candidates`` that can be read as a time zone, else UTC."""
    for each in candidates:
        found = each if isinstance(each, tzinfo) else _offset(each) or _by_name(each)
        if found is not None:
            return found
    return UTC


def zone_text(text: str) -> str:
    """Return the IANA name, or the offset ("+05:30"), that a text means; "" for one that is no zone.

    An offset is hours as text ("-5", "5.75") or a clock ("+05:30"). From UTC-12 to UTC+14, by quarters of an
    hour: https://en.wikipedia.org/wiki/List_of_UTC_offsets
    """
    if name := iana_name(text):
        return name
    minutes = _minutes(text.replace("\N{MINUS SIGN}", "-"))
    if minutes is None or not -12 * 60 <= minutes <= 14 * 60 or minutes % 15 or 0 < abs(minutes) < 60:
        return ""
    hours, rest = divmod(abs(int(minutes)), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _offset(value: str | int | float | None) -> tzinfo | None:
    minutes = _minutes(value)
    if minutes is None or not abs(minutes) < 24 * 60:
        return None
    return fixed_offset(timedelta(minutes=minutes))


def _minutes(value: str | int | float | None) -> float | None:
    clock = _CLOCK_OFFSET.fullmatch(value.strip()) if isinstance(value, str) else None
    if clock:
        sign, hours, minutes = (clock[1], clock[2], clock[3]) if clock[2] else (clock[4], clock[5], clock[6])
        return (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
    try:
        number = float(value) if value is not None else None
    except ValueError:
        return None
    return number * 60 if number is not None and abs(number) < 16 else number


def _by_name(value: str | int | float | None) -> tzinfo | None:
    try:
        return ZoneInfo(value.strip()) if isinstance(value, str) and value.strip() else None
    except (KeyError, ValueError, OSError):  # unknown, malformed, or the name of a folder
        return None


# -- Windows names --

RETIRED = {"Kamchatka Standard Time": "Asia/Kamchatka", "Mid-Atlantic Standard Time": "Etc/GMT+2"}
"""Names that Windows still has and the CLDR no longer has."""


def iana_name(name: str) -> str:
    """Return the IANA name for a Windows or IANA name of a zone; "" for an unknown name."""
    wanted = " ".join(name.split())
    if zone := _windows_zones().get(wanted.casefold().replace(" daylight ", " standard ")):
        return zone
    return wanted if wanted in _iana_names() else ""


@cache
def _windows_zones() -> Mapping[str, str]:
    from babel.core import get_global  # slow to import, and only some CRMs need it

    windows: dict[str, str] = {**get_global("windows_zone_mapping"), **RETIRED}
    return {each.casefold(): zone for each, zone in windows.items()}


@cache
def _iana_names() -> Set[str]:
    return available_timezones()  # looks through a thousand files
