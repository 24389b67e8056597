"""From an event, as Insightly has it, to a log, and back again before it is changed.

https://api.na1.insightly.com/v3.1/#!/Events
"""

from __future__ import annotations

from pydantic import JsonValue, TypeAdapter

from appconnect.connectors.insightly.follow_ups import dispositions, main_target
from appconnect.connectors.insightly.schemas import Event
from appconnect.http import decoding
from appconnect.models import LogRecord

EVENTS = TypeAdapter(Event)


def as_log(event: Event, raw: JsonValue) -> LogRecord:
    """Return the log that an event stands for, without the name of its contact."""
    contact = main_target(event.links)
    return LogRecord(
        id=str(event.event_id),
        subject=event.title or "",
        body=event.text,
        contact_id=str(contact[1]) if contact else "",
        start=event.start_date_utc,
        duration=event.seconds,
        dispositions=dispositions(event.links),
        raw=raw,
    )


def as_event(log: LogRecord) -> Event:
    """Return the event that a log was read from; what is odd in it was told when it was read."""
    return decoding.read(EVENTS, log.raw, "event")[0]
