"""Dates written in the format letters of moment.js, as App Connect's ``logDateFormat`` setting has them.

The letters: https://momentjs.com/docs/#/displaying/format/ (English names, whatever the machine's locale).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

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
} | {short: (lambda t, long=long: format_moment(t, long)) for short, long in _LONG_FORMATS.items()}

_TOKEN = re.compile(
    r"\[([^\[\]]*+)\]|\\(.)|" + "|".join(sorted(_LETTERS, key=len, reverse=True)), flags=re.DOTALL
)


def format_moment(when: datetime, pattern: str) -> str:
    """Return a time in its own zone by letters like "YYYY-MM-DD hh:mm:ss A"; text in [brackets] stays."""
    return _TOKEN.sub(lambda token: _format_token(token, when), pattern)


def _format_token(token: re.Match[str], when: datetime) -> str:
    literal = token[1] if token[1] is not None else token[2]
    return _LETTERS[token[0]](when) if literal is None else literal


def _ordinal(number: int) -> str:
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
