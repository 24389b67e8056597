"""The log of one day of an SMS conversation: composed from its first message, with later ones added.

Texts follow App Connect's own. Days and hours are those of the message, in the user's time zone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import datetime

from appconnect.logs.messages.attachments import with_media
from appconnect.logs.messages.layouts import LAYOUTS, NOT_DELIVERED, Composed, Item
from appconnect.logs.messages.subjects import dated_subject, local_time
from appconnect.models import Direction, LogFormat, Message
from appconnect.text.lines import one_line
from appconnect.text.moment_format import format_moment
from appconnect.timezones import TimeZone

END = "\x00"
"""Marks the end of a message among words."""


def compose(
    message: Message,
    *,
    contact_name: str,
    agent_name: str,
    correspondents: Sequence[str] = (),
    sender: str = "",
    format: LogFormat,
    timezone: TimeZone,
    now: datetime,
) -> Composed:
    """Return the log of the day's first message.

    ``correspondents`` are further participants of a group; ``sender`` is who wrote it, by default the contact
    or the agent; ``now`` is used when the message has no time.
    """
    when = local_time(message, timezone, now)
    subject = dated_subject("SMS conversation with", contact_name, when)
    people = [one_line(name) for name in (agent_name, contact_name, *correspondents)]
    day = format_moment(when, "dddd, MMMM DD, YYYY")
    item = _item(message, sender or _sender(message, contact_name, agent_name), when)
    return Composed(subject, LAYOUTS[format].conversation(subject, day, people, item))


def append(
    existing: str,
    message: Message,
    *,
    contact_name: str,
    agent_name: str,
    sender: str = "",
    format: LogFormat,
    timezone: TimeZone,
    now: datetime,
) -> str:
    """Return the body with one more message at the end of its list, and a count one higher.

    Where a person has removed the list, the message is added at the end of the body.
    """
    item = _item(
        message, sender or _sender(message, contact_name, agent_name), local_time(message, timezone, now)
    )
    return LAYOUTS[format].append(existing, item)


def line(
    message: Message,
    *,
    contact_name: str,
    agent_name: str,
    sender: str = "",
    format: LogFormat,
    timezone: TimeZone,
    now: datetime,
) -> str:
    """Return the words with which a message stands in a log: sender, time and text, without markup."""
    item = _item(
        message, sender or _sender(message, contact_name, agent_name), local_time(message, timezone, now)
    )
    return _words(LAYOUTS[format].append("", item), format).removesuffix(END).strip()


def count(body: str, line: str, format: LogFormat) -> int:
    """Return how often a body has a message, given as its `line`, in any markup.

    Needed after an append whose answer was lost.
    """
    return _words(body, format).count(f"{line} {END}")


def _words(body: str, format: LogFormat) -> str:
    """Return the words without markup, with a mark wherever a message may end."""
    if format is LogFormat.HTML:
        marked = re.sub(r"</li\s*>", f" {END} ", body, flags=re.IGNORECASE)
        body = html.unescape(re.sub(r"<[^<>]*>", " ", marked))
    else:
        body = re.sub(r"\n[^\S\n]*\n", f" {END} ", body.replace("\r\n", "\n"))
    return " ".join(body.split())


def _sender(message: Message, contact_name: str, agent_name: str) -> str:
    number = f" ({message.from_.phone_number})" if message.from_.phone_number else ""
    return f"{contact_name}{number}" if message.direction is Direction.INBOUND else agent_name


def _item(message: Message, sender: str, when: datetime) -> Item:
    time = format_moment(when, "hh:mm A") + (NOT_DELIVERED if message.is_undelivered else "")
    return Item(one_line(sender), time, with_media(message.subject, message.attachments))
