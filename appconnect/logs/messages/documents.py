"""The logs of a voicemail and a fax: a subject, and the address of the recording or document."""

from __future__ import annotations

import re
from datetime import datetime

from appconnect.logs.calls.facts import PENDING
from appconnect.logs.messages.layouts import LAYOUTS, NOT_DELIVERED, Composed
from appconnect.logs.messages.subjects import dated_subject, local_time
from appconnect.models import LogFormat, LogKind, Message
from appconnect.text.html import escape_line
from appconnect.text.lines import one_line
from appconnect.timezones import TimeZone

_LABELS = {LogKind.VOICEMAIL: "Voicemail recording link", LogKind.FAX: "Fax document link"}
_GAP = r"(?:\s|&nbsp;|&#160;)"


def voicemail(
    message: Message, *, contact_name: str, link: str, format: LogFormat, timezone: TimeZone, now: datetime
) -> Composed:
    """Return the log of a voicemail; ``link`` is the address of its recording, "" when it is to come."""
    subject = dated_subject("Voicemail left by", contact_name, local_time(message, timezone, now))
    return _composed(LogKind.VOICEMAIL, subject, message, link, format)


def fax(
    message: Message, *, contact_name: str, link: str, format: LogFormat, timezone: TimeZone, now: datetime
) -> Composed:
    """Return the log of a fax; ``link`` is the address of its document, "" when it is to come."""
    subject = dated_subject("Fax document sent from", contact_name, local_time(message, timezone, now))
    return _composed(LogKind.FAX, subject, message, link, format)


def fill_in(existing: str, link: str, *, kind: LogKind, format: LogFormat) -> str:
    """Return the stored log with the link where "(pending...)" stood; as it is where nothing was pending."""
    address = one_line(link)
    if not address:
        return existing
    written = escape_line(address) if format is LogFormat.HTML else address
    label = rf"{_GAP}+".join(map(re.escape, _LABELS[kind].split()))
    pending = re.compile(rf"({label}:{_GAP}*+){re.escape(PENDING)}")
    return pending.sub(lambda match: match[1] + written, existing, count=1)


def _composed(kind: LogKind, subject: str, message: Message, link: str, format: LogFormat) -> Composed:
    address = (one_line(link) or PENDING) + (NOT_DELIVERED if message.is_undelivered else "")
    return Composed(subject, LAYOUTS[format].document(subject, _LABELS[kind], address))
