"""The bodies of message logs: a day's SMS conversation, voicemail and fax.

Texts follow App Connect's own. Days and hours are those of the message, in the user's time zone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import datetime

from appconnect.logs.lines import one_line
from appconnect.logs.message_layouts import LAYOUTS, Composed, Item
from appconnect.logs.timeformat import TimeZone, moment, zone
from appconnect.models import Direction, LogFormat, Message

END = "\x00"

__all__ = ["Composed", "append_sms", "fax", "holds_sms", "sms", "voicemail"]


def sms(
    message: Message,
    *,
    contact_name: str,
    agent_name: str,
    correspondents: Sequence[str] = (),
    format: LogFormat,
    timezone: TimeZone,
    now: datetime,
) -> Composed:
    """The log of a conversation's first message of the day.

    ``correspondents`` are further participants of a group; ``now`` stands in when the message has no time.
    """
    when = _local(message, timezone, now)
    subject = _subject("SMS conversation with", contact_name, when)
    people = [one_line(name) for name in (agent_name, contact_name, *correspondents)]
    day = moment(when, "dddd, MMMM DD, YYYY")
    item = _item(message, contact_name, agent_name, when)
    return Composed(subject, LAYOUTS[format].conversation(subject, day, people, item))


def append_sms(
    existing: str,
    message: Message,
    *,
    contact_name: str,
    agent_name: str,
    format: LogFormat,
    timezone: TimeZone,
    now: datetime,
) -> str:
    """The body with one more message: at the end of its list, the count going up.

    Where a person has edited the list away, the message is added at the end of the body.
    """
    item = _item(message, contact_name, agent_name, _local(message, timezone, now))
    return LAYOUTS[format].append(existing, item)


def holds_sms(
    existing: str,
    message: Message,
    *,
    contact_name: str,
    agent_name: str,
    format: LogFormat,
    timezone: TimeZone,
    now: datetime,
) -> bool:
    """Whether the body has this very message: who, when and what, whatever markup is around it.

    Asked after an append whose answer was lost.
    """
    item = _item(message, contact_name, agent_name, _local(message, timezone, now))
    wanted = _words(LAYOUTS[format].append("", item), format).removesuffix(END).strip()
    return f"{wanted} {END}" in _words(existing, format)


def voicemail(
    message: Message, *, contact_name: str, link: str, format: LogFormat, timezone: TimeZone, now: datetime
) -> Composed:
    """The log of a voicemail, with the address of its recording."""
    subject = _subject("Voicemail left by", contact_name, _local(message, timezone, now))
    return Composed(subject, LAYOUTS[format].document(subject, "Voicemail recording link", one_line(link)))


def fax(
    message: Message, *, contact_name: str, link: str, format: LogFormat, timezone: TimeZone, now: datetime
) -> Composed:
    """The log of a fax, with the address of its document."""
    subject = _subject("Fax document sent from", contact_name, _local(message, timezone, now))
    return Composed(subject, LAYOUTS[format].document(subject, "Fax document link", one_line(link)))


def _words(body: str, format: LogFormat) -> str:
    """The words, whatever the markup and white space, with a mark where a message may end."""
    if format is LogFormat.HTML:
        marked = re.sub(r"</li\s*>", f" {END} ", body, flags=re.IGNORECASE)
        body = html.unescape(re.sub(r"<[^<>]*>", " ", marked))
    else:
        body = re.sub(r"\n[^\S\n]*\n", f" {END} ", body.replace("\r\n", "\n"))
    return " ".join(body.split())


def _local(message: Message, timezone: TimeZone, now: datetime) -> datetime:
    return (message.creation_time or now).astimezone(zone(timezone))


def _subject(what: str, name: str, when: datetime) -> str:
    return f"{what} {one_line(name)} - {moment(when, 'YY/MM/DD')}"


def _item(message: Message, contact_name: str, agent_name: str, when: datetime) -> Item:
    inbound = message.direction is Direction.INBOUND
    number = f" ({message.from_.phone_number})" if message.from_.phone_number else ""
    who = f"{contact_name}{number}" if inbound else agent_name
    return Item(one_line(who), moment(when, "hh:mm A"), message.subject)
