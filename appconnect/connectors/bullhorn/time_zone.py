"""A user's time zone from ``timeZoneOffsetEST``: minutes from US Eastern, without a word on summer time.

https://bullhorn.github.io/rest-api-docs/entityref.html#corporateuser says hours; recorded values are minutes
(-180 for Pacific). A name is better than an offset, because offsets go stale twice a year:

* the option ``timezone``, an IANA name, wins;
* the four zones of the contiguous United States and Alaska change their clocks together with Eastern, London
  and Paris within a few weeks of it: for these the name is taken, though Arizona or Lagos may be meant;
* any other offset counts from Eastern standard time (UTC-5), as for Kolkata, Singapore or Hawaii, which do
  not change their clocks.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appconnect.errors import ConfigurationError
from appconnect.timezones import iana_name

NAMES: Final = {
    0: "America/New_York",
    -60: "America/Chicago",
    -120: "America/Denver",
    -180: "America/Los_Angeles",
    -240: "America/Anchorage",
    300: "Europe/London",
    360: "Europe/Paris",
}
EASTERN_STANDARD: Final = -300


def time_zone(minutes: int | None, option: str, now: datetime) -> tuple[str, str]:
    """Return the zone's IANA name ("" when unknown) and its offset now, ``"-08:00"`` ("" when unknown).

    Raises ConfigurationError when the option is no zone.
    """
    name = iana_name(option) if option else NAMES.get(minutes, "") if minutes is not None else ""
    if option and not name:
        raise ConfigurationError(
            f"{option!r} is not a time zone; set the option timezone to a name like Europe/London."
        )
    if name:
        return name, _written(now.astimezone(ZoneInfo(name)).utcoffset() or timedelta())
    return "", "" if minutes is None else _written(timedelta(minutes=EASTERN_STANDARD + minutes))


def _written(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
