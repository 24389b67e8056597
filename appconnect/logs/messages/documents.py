"""The logs of a voicemail and a fax: a subject, and the address of the recording or document."""

from __future__ import annotations

from datetime import datetime

from appconnect.logs.messages.layouts import LAYOUTS, Composed
from appconnect.logs.messages.subjects import dated_subject, local_time
from appconnect.models import LogFormat, Message
from appconnect.text.lines import one_line
from appconnect.timezones import TimeZone


def voicemail(
    message: Message, *, contact_name: str, link: str, format: LogFormat, timezone: TimeZone, now: datetime
) -> Composed:
    """Return the log of a voicemail; ``link`` is the address of its recording."""
    subject = dated_subject("Voicemail left by", contact_name, local_time(message, timezone, now))
    return Composed(subject, LAYOUTS[format].document(subject, "Voicemail recording link", one_line(link)))


def fax(
    message: Message, *, contact_name: str, link: str, format: LogFormat, timezone: TimeZone, now: datetime
) -> Composed:
    """Return the log of a fax; ``link`` is the address of its document."""
    subject = dated_subject("Fax document sent from", contact_name, local_time(message, timezone, now))
    return Composed(subject, LAYOUTS[format].document(subject, "Fax document link", one_line(link)))
