"""Which time zone would give the time that a person expected. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appconnect.errors import InputError

WELL_KNOWN: Final = (
    "UTC", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Sao_Paulo", "Europe/London", "Europe/Lisbon", "Europe/Berlin", "Europe/Paris", "Europe/Athens",
    "Africa/Cairo",
    "Africa/Johannesburg", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo",
    "Australia/Sydney", "Pacific/Auckland", "Pacific/Honolulu", "America/Anchorage",
)  # fmt: skip
"""Zones that are named as examples of an offset."""
MAX_NAMED: Final = 3
_TIME = re.compile(r"(\d{1,2})[:.](\d\d)(?::\d\d)?\s*([ap])?\.?m?\.?", re.I)
NAME_ONE: Final = "Set a zone in the connector's options or in the CRM."
CHANGE_IT: Final = "Change it there if it is wrong. A CRM user's zone is read at sign-in: sign in again."
WEST, EAST = timedelta(hours=-12), timedelta(hours=14)


def read_time(typed: str) -> time:
    """Return a time of day: "04:12", "4:12 PM". Raises InputError for anything else."""
    found = _TIME.fullmatch(typed.strip())
    hour = int(found[1]) if found else 99
    if found and found[3] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if found[3].lower() == "p" else 0)
    if not found or hour > 23 or int(found[2]) > 59:
        raise InputError(f"{typed.strip()!r} is no time of day; write it like 04:12 or 4:12 PM.")
    return time(hour, int(found[2]))


def zones_for(moment: datetime, expected: time) -> list[tuple[timedelta, list[str]]]:
    """Return the offsets from UTC that give the moment this time of day, and zones that have them then."""
    at = moment.astimezone(UTC)
    minutes = (expected.hour - at.hour) * 60 + expected.minute - at.minute
    around = (timedelta(minutes=minutes + day * 24 * 60) for day in (-1, 0, 1))
    return [(each, list(_with_offset(at, each))) for each in around if WEST <= each <= EAST]


def _with_offset(moment: datetime, offset: timedelta) -> Iterator[str]:
    names = (name for name in WELL_KNOWN if moment.astimezone(ZoneInfo(name)).utcoffset() == offset)
    yield from list(names)[:MAX_NAMED]


def offset_text(offset: timedelta) -> str:
    """Return "UTC-05:00"; "UTC" for none."""
    if not offset:
        return "UTC"
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    return f"UTC{'-' if offset < timedelta() else '+'}{hours:02}:{minutes:02}"


@dataclass(frozen=True)
class Verdict:
    """What to think of an expected time: whether it ``fits`` what is written, and a sentence."""

    fits: bool
    text: str

    def __str__(self) -> str:
        return self.text


def verdict(moment: datetime, shown: datetime, typed: str, source: str) -> Verdict:
    """Return what to think of a time that a person expected in place of the one that is ``shown``."""
    expected, zone = read_time(typed), shown.tzinfo
    if (shown.hour, shown.minute) == (expected.hour, expected.minute):
        return Verdict(True, f"{expected:%H:%M} is what is written: the zone is as you expected, {zone}.")
    found = zones_for(moment, expected)
    ways = [f"{offset_text(offset)} ({', '.join(names)})" for offset, names in found if names]
    if not ways:
        told = f"{expected:%H:%M} fits no well-known time zone, so the zone does not explain {shown:%H:%M}."
        return Verdict(False, f"{told} Look at the start of the call.")
    told = f"{expected:%H:%M} is the time in {' or '.join(ways)}. The zone in use is {zone}, {source}."
    return Verdict(False, f"{told} {NAME_ONE if source.startswith('the default') else CHANGE_IT}")
