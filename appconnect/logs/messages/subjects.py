"""Subjects of message logs, with the day in the user's time zone."""

from __future__ import annotations

from datetime import datetime

from appconnect.models import Message
from appconnect.text.lines import one_line
from appconnect.text.moment_format import format_moment
from appconnect.timezones import TimeZone, parse_zone


def local_time(message: Message, timezone: TimeZone, now: datetime) -> datetime:
    """Return the message's time in the user's zone; ``now`` when it has none."""
    return (message.time or now).astimezone(parse_zone(timezone))


def dated_subject(what: str, name: str, when: datetime) -> str:
    """Return a log's subject with its date: "Fax document sent from Nia Holt - 26/01/02"."""
    return f"{what} {one_line(name)} - {format_moment(when, 'YY/MM/DD')}"
