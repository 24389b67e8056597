"""Time zones without a place: another name by which clocks show the same.

"Europe/Lisbon" says where somebody lives, "WET" hardly more than the times of their calls do.
https://data.iana.org/time-zones/theory.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

ZONE_PATTERN: Final = (
    r"(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Europe|Indian|Mexico|"
    r"Pacific|US)/[A-Za-z_]+(?:[/-][A-Za-z_]+)*"
)
_NEUTRAL: Final = (
    *("UTC", "WET", "CET", "EET", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT"),
    *(f"Etc/GMT{hours:+}" for hours in range(-14, 13) if hours),
)
NEUTRAL_PATTERN: Final = "|".join(re.escape(each) for each in reversed(_NEUTRAL))
_WEEKS: Final = [datetime(2020, 1, 5, tzinfo=UTC) + timedelta(weeks=week) for week in range(15 * 52)]


@cache
def neutral_zone(name: str) -> str:
    """Return a zone with the same offsets from 2020 to 2035: one that names no place, if there is any.

    Else it is the first in the alphabet of those with these offsets, whoever is meant. What is no zone stays.
    """
    offsets = _offsets(name)
    if offsets is None or name in _NEUTRAL:
        return name
    named = sorted(each for each in available_timezones() if re.fullmatch(ZONE_PATTERN, each))
    named.sort(key=lambda each: each.startswith("Antarctica"))
    return next((each for each in (*_NEUTRAL, *named) if _offsets(each) == offsets), name)


@cache
def _offsets(name: str) -> tuple[timedelta | None, ...] | None:
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return tuple(week.astimezone(zone).utcoffset() for week in _WEEKS)
