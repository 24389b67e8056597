"""The log of an SMS conversation that several people share, such as a call queue's."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field

from appconnect.logs.messages.attachments import has_media, with_media
from appconnect.logs.messages.layouts import NOT_DELIVERED, Composed
from appconnect.logs.messages.replacing import replace_version
from appconnect.models import (
    UNDELIVERED,
    Attachment,
    Direction,
    Listed,
    LogFormat,
    OptionalMoment,
    Threaded,
    Wire,
    direction_told,
)
from appconnect.text.amounts import counted
from appconnect.text.lines import one_line
from appconnect.text.moment_format import format_moment
from appconnect.timezones import TimeZone, parse_zone

UNKNOWN = "Unknown"
"""Stands for a name or time that RingCentral does not tell."""


class Participant(Wire):
    """A person who takes part in a conversation."""

    name: str = ""
    phone_number: str = ""


class Event(Wire):
    """An event in a conversation: a message, a note among colleagues, an assignment …"""

    record_type: str = ""
    direction: Annotated[Direction | None, BeforeValidator(direction_told)] = None
    creation_time: OptionalMoment = None
    last_modified_time: OptionalMoment = None
    message_status: str = ""
    from_: Participant | None = Field(default=None, alias="from")
    author: Participant | None = None
    initiator: Participant | None = None
    assignee: Participant | None = None
    text: str = ""
    subject: str = ""
    body: str = ""
    attachments: Listed[Attachment] = Field(default_factory=list)

    @property
    def time(self) -> datetime | None:
        """The time of its creation, or else of its last change."""
        return self.creation_time or self.last_modified_time

    @property
    def is_note(self) -> bool:
        """True for a note among colleagues."""
        return self.record_type == "AliveNote"

    @property
    def is_message(self) -> bool:
        """True for a message, also for one that is nothing but a picture."""
        other = self.record_type.endswith(("Note", "Hint")) or self.record_type.startswith("Deleted")
        return self.record_type == "AliveMessage" or (not other and has_media(self.attachments))

    @property
    def is_inbound(self) -> bool:
        """True for a message from outside."""
        return self.is_message and self.direction is Direction.INBOUND

    @property
    def content(self) -> str:
        """The text, with a line for each picture, video and other file."""
        text = self.text or (self.body if self.is_note else self.subject)
        return with_media(text, self.attachments)

    @property
    def people(self) -> list[str]:
        """The names of all who took part in it."""
        involved = (self.author, self.from_, self.initiator, self.assignee)
        return [person.name for person in involved if person and person.name]


class MessageTimes(Wire):
    """The time at which a message of the conversation last changed."""

    last_modified_time: OptionalMoment = None


class Owner(Participant):
    """The owner of a conversation; a call queue's ``extension_type`` is "Department"."""

    extension_type: str = ""


class SharedConversation(Threaded):
    """A shared SMS conversation as RingCentral reports it."""

    id: str = ""
    creation_time: OptionalMoment = None
    messages: Listed[MessageTimes] = Field(default_factory=list)
    entities: Listed[Event] = Field(default_factory=list)
    owner: Owner | None = None

    @property
    def thread(self) -> str:
        """The conversation's id, or else its own as a record; "" when there is none."""
        return super().thread or self.id.strip()

    @property
    def started(self) -> datetime | None:
        """The time of its creation, or else of its first event; None when no time is told at all."""
        return self.creation_time or min(self._times, default=None)

    @property
    def ended(self) -> datetime | None:
        """The time of its last event or change."""
        return max(self._times, default=self.started)

    @property
    def has_several_guests(self) -> bool:
        """True when more than one person writes from outside."""
        writers = [event.from_ for event in self.entities if event.is_inbound and event.from_]
        return len({each.phone_number or each.name for each in writers} - {""}) > 1

    @property
    def _times(self) -> list[datetime]:
        times = [event.time for event in self.entities]
        return [time for time in (*times, *(each.last_modified_time for each in self.messages)) if time]


def compose(
    conversation: SharedConversation, *, contact_name: str, format: LogFormat, timezone: TimeZone
) -> Composed:
    """Return the log of the conversation, newest event first."""
    contact, zone, templates = one_line(contact_name), parse_zone(timezone), _TEMPLATES[format]
    body = [
        _summary(conversation, zone, templates),
        _participants(conversation.entities, contact, templates),
        _owner(conversation.owner, templates),
        _events(conversation, contact, zone, templates),
    ]
    return Composed(templates.subject.format(f"SMS conversation with {contact}"), "".join(body))


def update(existing: str, body: str, *, format: LogFormat) -> str:
    """Return the stored text with the conversation replaced by ``body`` and everything else as it is.

    When the old conversation is not found, the new one is added below.
    """
    changed = replace_version(existing, body, _FIRST_WORDS[format], "END", format=format)
    return existing + ("\n" if existing.strip() else "") + body if changed is None else changed


_FIRST_WORDS = {
    LogFormat.HTML: ("Conversation", "summary", "Started:"),
    LogFormat.MARKDOWN: ("##", "Conversation", "summary", "Started:"),
    LogFormat.PLAIN: ("Conversation", "summary", "Started:"),
}


# -- layout --


class _Templates(NamedTuple):
    """The templates of a format; values are escaped before they go in."""

    subject: str
    summary: str
    participants: str
    participant: str
    owner: str
    no_owner: str
    begin: str
    message: str
    assigned: str
    unassigned: str
    end: str
    is_html: bool = False

    def escape(self, text: str | None) -> str:
        """Return the text, escaped for HTML."""
        if not self.is_html:
            return text or ""
        return html.escape(text or "").replace("&#x27;", "&#039;").replace("\n", "<br>")


_TEMPLATES = {
    LogFormat.HTML: _Templates(
        subject="{}",
        summary="<div><b>Conversation summary</b><br>Started: {}<br>Ended: {}<br>Duration: {}<br></div><br>",
        participants="<div><b>Participants</b><ul>{}</ul></div>",
        participant="<li>{}</li>",
        owner="<div>{}: <b>{}</b></div><br>",
        no_owner="<br>",
        begin="<div><b>Conversation ({})</b></div><div>BEGIN</div><hr>",
        message="<p><b>{}</b> {}{}:<br>{}</p>",
        assigned="<p><i>Conversation assigned to <b>{}</b></i></p>",
        unassigned="<p><i>Conversation unassigned</i></p>",
        end="<hr><div>END</div>",
        is_html=True,
    ),
    LogFormat.MARKDOWN: _Templates(
        subject="**{}**",
        summary="## Conversation summary\nStarted: {}\nEnded: {}\nDuration: {} \n\n",
        participants="### Participants\n{}\n",
        participant="* {}\n",
        owner="{}: **{}**\n\n",
        no_owner="",
        begin="### Conversation ({})\nBEGIN\n---\n",
        message="**{}** {}{}:\n{}\n\n",
        assigned="*Conversation assigned to **{}***\n\n",
        unassigned="*Conversation unassigned*\n\n",
        end="---\nEND",
    ),
    LogFormat.PLAIN: _Templates(
        subject="{}",
        summary="Conversation summary\nStarted: {}\nEnded: {}\nDuration: {} \n\n",
        participants="Participants\n{}\n",
        participant="* {}\n",
        owner="{}: {}\n\n",
        no_owner="",
        begin="Conversation ({})\nBEGIN\n------------\n",
        message="{} {}{}:\n{}\n\n",
        assigned="Conversation assigned to {}\n\n",
        unassigned="Conversation unassigned\n\n",
        end="------------\nEND",
    ),
}


def _summary(conversation: SharedConversation, zone: tzinfo, templates: _Templates) -> str:
    began, ended = conversation.started, conversation.ended
    if began is None or ended is None:
        return templates.summary.format(UNKNOWN, UNKNOWN, UNKNOWN)
    hours = max(0, int((ended - began).total_seconds())) // 3600
    times = (
        format_moment(time.astimezone(zone), "dddd, MMMM DD, YYYY [at] hh:mm A") for time in (began, ended)
    )
    return templates.summary.format(*times, f"{hours // 24} d {hours % 24} h")


def _participants(entities: Sequence[Event], contact: str, templates: _Templates) -> str:
    names = dict.fromkeys(one_line(name) for event in entities for name in event.people)
    people = [f"{contact} (customer)", *names]
    return templates.participants.format(
        "".join(templates.participant.format(templates.escape(name)) for name in people)
    )


def _owner(owner: Owner | None, templates: _Templates) -> str:
    if owner is None or not owner.name:
        return templates.no_owner
    is_queue = owner.extension_type == "Department" or "queue" in owner.name.casefold()
    what = "Receiving call queue" if is_queue else "Owner"
    return templates.owner.format(what, templates.escape(one_line(owner.name)))


def _events(conversation: SharedConversation, contact: str, zone: tzinfo, templates: _Templates) -> str:
    entities = conversation.entities
    messages, notes = sum(each.is_message for each in entities), sum(each.is_note for each in entities)
    counts = [counted(messages, "message")] if messages or not notes else []
    counts += [counted(notes, "note")] if notes else []
    guests = None if conversation.has_several_guests else contact
    lines = [_line(event, guests, zone, templates) for event in _newest_first(conversation)]
    return templates.begin.format(", ".join(counts)) + "".join(lines) + templates.end


def _newest_first(conversation: SharedConversation) -> list[Event]:
    """Return the events, the newest first; those without a time come last, as if before the beginning."""
    events = conversation.entities
    beginning = conversation.started or datetime.min.replace(tzinfo=UTC)

    def when(numbered: tuple[int, Event]) -> tuple[datetime, int]:
        number, event = numbered
        return (event.time, 0) if event.time else (beginning, number)

    return [event for _, event in sorted(enumerate(events, -len(events)), key=when, reverse=True)]


def _line(event: Event, contact: str | None, zone: tzinfo, templates: _Templates) -> str:
    """Return the line of a message, note or assignment; "" for any other event.

    ``contact`` is who writes from outside; None when several do and each message says who.
    """
    if event.record_type.casefold().endswith("assignedhint"):  # also of an unassignment
        assignee = event.assignee
        name = templates.escape(one_line(assignee.name) or UNKNOWN) if assignee else ""
        return templates.assigned.format(name) if assignee else templates.unassigned
    if not event.is_message and not event.is_note:
        return ""
    when = format_moment(event.time.astimezone(zone), " [on] YYYY-MM-DD hh:mm A") if event.time else ""
    when += NOT_DELIVERED if event.message_status in UNDELIVERED else ""
    return templates.message.format(
        templates.escape(_writer(event, contact)),
        "left a note" if event.is_note else "said",
        when,
        templates.escape(event.content),
    )


def _writer(event: Event, contact: str | None) -> str:
    """Return who wrote a message or note; one of several guests by number where the name is missing."""
    if not event.is_inbound:
        return one_line(next(iter(event.people), "")) or UNKNOWN
    if contact is not None:
        return contact
    guest = event.from_ or Participant()
    return one_line(guest.name or guest.phone_number) or UNKNOWN
