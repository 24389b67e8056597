"""Dates in moment.js letters, durations in words, and the zones people's clocks are in.

Format letters: https://momentjs.com/docs/#/displaying/format/ (English names, whatever the machine's locale).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_offset
from zoneinfo import ZoneInfo

TimeZone = str | int | float | tzinfo | None
"""An IANA name ("Europe/Lisbon", right across clock changes), an offset ("+05:30", "-6", 5.5 hours, 330
minutes: from 16 on, a number means minutes), a ready tzinfo, or None for UTC."""


# -- zones --

_CLOCK_OFFSET = re.compile(r"([+-]?)(\d{1,2}):(\d{2})|([+-])(\d{2})(\d{2})")


def zone(*said: TimeZone) -> tzinfo:
    """The first of ``said`` that can be read as a time zone; UTC when none can."""
    for each in said:
        found = each if isinstance(each, tzinfo) else _offset(each) or _named(each)
        if found is not None:
            return found
    return UTC


def _offset(said: str | int | float | None) -> tzinfo | None:
    minutes = _minutes(said)
    if minutes is None or not abs(minutes) < 24 * 60:
        return None
    return fixed_offset(timedelta(minutes=minutes))


def _minutes(said: str | int | float | None) -> float | None:
    clock = _CLOCK_OFFSET.fullmatch(said.strip()) if isinstance(said, str) else None
    if clock:
        sign, hours, minutes = (clock[1], clock[2], clock[3]) if clock[2] else (clock[4], clock[5], clock[6])
        return (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
    try:
        number = float(said) if said is not None else None
    except ValueError:
        return None
    return number * 60 if number is not None and abs(number) < 16 else number


def _named(said: str | int | float | None) -> tzinfo | None:
    try:
        return ZoneInfo(said.strip()) if isinstance(said, str) and said.strip() else None
    except (KeyError, ValueError, OSError):  # unknown, malformed, or the name of a folder
        return None


# -- dates and durations --

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_LONG_FORMATS = {
    "LTS": "h:mm:ss A",
    "LT": "h:mm A",
    "LLLL": "dddd, MMMM D, YYYY h:mm A",
    "LLL": "MMMM D, YYYY h:mm A",
    "LL": "MMMM D, YYYY",
    "L": "MM/DD/YYYY",
}

_LETTERS: dict[str, Callable[[datetime], str]] = {
    "YYYY": lambda t: f"{t.year:04}",
    "YY": lambda t: f"{t.year % 100:02}",
    "Y": lambda t: f"{t.year}",
    "Q": lambda t: f"{(t.month + 2) // 3}",
    "MMMM": lambda t: _MONTHS[t.month - 1],
    "MMM": lambda t: _MONTHS[t.month - 1][:3],
    "MM": lambda t: f"{t.month:02}",
    "Mo": lambda t: _ordinal(t.month),
    "M": lambda t: f"{t.month}",
    "DDDD": lambda t: f"{t.timetuple().tm_yday:03}",
    "DDD": lambda t: f"{t.timetuple().tm_yday}",
    "DD": lambda t: f"{t.day:02}",
    "Do": lambda t: _ordinal(t.day),
    "D": lambda t: f"{t.day}",
    "dddd": lambda t: _DAYS[t.weekday()],
    "ddd": lambda t: _DAYS[t.weekday()][:3],
    "dd": lambda t: _DAYS[t.weekday()][:2],
    "d": lambda t: f"{t.isoweekday() % 7}",
    "E": lambda t: f"{t.isoweekday()}",
    "WW": lambda t: f"{t.isocalendar().week:02}",
    "W": lambda t: f"{t.isocalendar().week}",
    "HH": lambda t: f"{t.hour:02}",
    "H": lambda t: f"{t.hour}",
    "hh": lambda t: f"{t.hour % 12 or 12:02}",
    "h": lambda t: f"{t.hour % 12 or 12}",
    "kk": lambda t: f"{t.hour or 24:02}",
    "k": lambda t: f"{t.hour or 24}",
    "mm": lambda t: f"{t.minute:02}",
    "m": lambda t: f"{t.minute}",
    "ss": lambda t: f"{t.second:02}",
    "s": lambda t: f"{t.second}",
    "SSS": lambda t: f"{t.microsecond // 1000:03}",
    "A": lambda t: "AM" if t.hour < 12 else "PM",
    "a": lambda t: "am" if t.hour < 12 else "pm",
    "ZZ": lambda t: t.strftime("%z"),
    "Z": lambda t: f"{t.strftime('%z')[:3]}:{t.strftime('%z')[3:5]}",
    "X": lambda t: f"{int(t.timestamp())}",
    "x": lambda t: f"{int(t.timestamp() * 1000)}",
} | {short: (lambda t, long=long: moment(t, long)) for short, long in _LONG_FORMATS.items()}

_TOKEN = re.compile(
    r"\[([^\[\]]*+)\]|\\(.)|" + "|".join(sorted(_LETTERS, key=len, reverse=True)), flags=re.DOTALL
)


def moment(when: datetime, pattern: str) -> str:
    """``when``, on its own clock, in moment.js letters: "YYYY-MM-DD hh:mm:ss A"; text in [brackets] stays."""
    return _TOKEN.sub(lambda token: _written(token, when), pattern)


def _written(token: re.Match[str], when: datetime) -> str:
    literal = token[1] if token[1] is not None else token[2]
    return _LETTERS[token[0]](when) if literal is None else literal


def _ordinal(number: int) -> str:
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def in_words(seconds: float) -> str:
    """A duration: "1 hour, 2 minutes, 5 seconds"; "0 seconds"."""
    whole = max(0, int(seconds))
    amounts = {"hour": whole // 3600, "minute": whole // 60 % 60, "second": whole % 60}
    said = [counted(amount, unit) for unit, amount in amounts.items() if amount]
    return ", ".join(said) or "0 seconds"


def counted(amount: int, unit: str) -> str:
    """ "1 second", "2 seconds", "0 seconds"."""
    return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"
