"""The log of an SMS conversation that several people share: a call queue's, or one that was handed on."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from pydantic import Field

from appconnect.logs.messages.layouts import Composed
from appconnect.logs.messages.replacing import replaced
from appconnect.models import Direction, LogFormat, Moment, Wire
from appconnect.text.amounts import counted
from appconnect.text.lines import one_line
from appconnect.text.moment_format import format_moment
from appconnect.timezones import TimeZone, parse_zone

_EPOCH = datetime.fromtimestamp(0, UTC)


class Person(Wire):
    """CastMember who takes part."""

    name: str | None = None


class Entity(Wire):
    """What happened in a conversation: a message, a note among colleagues, an assignment …"""

    record_type: str = ""
    direction: Direction | None = None
    creation_time: Moment | None = None
    from_: Person | None = Field(default=None, alias="from")
    author: Person | None = None
    initiator: Person | None = None
    assignee: Person | None = None
    text: str | None = None

    @property
    def people(self) -> list[str]:
        """The names of all who had a part in it."""
        involved = (self.author, self.from_, self.initiator, self.assignee)
        return [person.name for person in involved if person and person.name]


class MessageTimes(Wire):
    """When one of the conversation's messages last changed."""

    last_modified_time: Moment | None = None


class Owner(Person):
    """Whom the conversation belongs to; a call queue's ``extension_type`` is "Department"."""

    extension_type: str | None = None


class SharedConversation(Wire):
    """A shared SMS conversation as RingCentral reports it."""

    creation_time: Moment | None = None
    messages: list[MessageTimes] = Field(default_factory=list)
    entities: list[Entity] = Field(default_factory=list)
    owner: Owner | None = None

    @property
    def started(self) -> datetime:
        """When it was created, or else when the first thing happened."""
        return self.creation_time or min(self._times, default=_EPOCH)

    @property
    def ended(self) -> datetime:
        """When the last thing happened."""
        return max(self._times, default=self.started)

    @property
    def _times(self) -> list[datetime]:
        times = [entity.creation_time for entity in self.entities]
        return [time for time in (*times, *(each.last_modified_time for each in self.messages)) if time]


def compose(
    conversation: SharedConversation, *, contact_name: str, format: LogFormat, timezone: TimeZone
) -> Composed:
    """The log of the whole conversation, newest first."""
    contact, clock, marks = one_line(contact_name), parse_zone(timezone), _MARKS[format]
    body = [
        _summary(conversation, clock, marks),
        _participants(conversation.entities, contact, marks),
        _owner(conversation.owner, marks),
        _happened(conversation.entities, contact, clock, marks),
    ]
    return Composed(marks.subject.format(f"SMS conversation with {contact}"), "".join(body))


def update(existing: str, body: str, *, format: LogFormat) -> str:
    """The stored text with the conversation replaced by ``body``; what a person wrote around it stays.

    Where the old conversation is not found any more, the new one is added below.
    """
    changed = replaced(existing, body, _BEGINNING[format], "END", format=format)
    return existing + ("\n" if existing.strip() else "") + body if changed is None else changed


_BEGINNING = {
    LogFormat.HTML: ("Conversation", "summary", "Started:"),
    LogFormat.MARKDOWN: ("##", "Conversation", "summary", "Started:"),
    LogFormat.PLAIN: ("Conversation", "summary", "Started:"),
}


# -- how it is laid out --


class _Marks(NamedTuple):
    """Templates; whatever goes into them is escaped first."""

    subject: str
    summary: str
    participants: str
    person: str
    owner: str
    nobody: str
    begin: str
    said: str
    assigned: str
    end: str
    markup: bool = False

    def safe(self, text: str | None) -> str:
        """The text, escaped where the format is HTML."""
        if not self.markup:
            return text or ""
        return html.escape(text or "").replace("&#x27;", "&#039;").replace("\n", "<br>")


_MARKS = {
    LogFormat.HTML: _Marks(
        subject="{}",
        summary="<div><b>Conversation summary</b><br>Started: {}<br>Ended: {}<br>Duration: {}<br></div><br>",
        participants="<div><b>Participants</b><ul>{}</ul></div>",
        person="<li>{}</li>",
        owner="<div>{}: <b>{}</b></div><br>",
        nobody="<br>",
        begin="<div><b>Conversation ({})</b></div><div>BEGIN</div><hr>",
        said="<p><b>{}</b> {} on {}:<br>{}</p>",
        assigned="<p><i>Conversation assigned to <b>{}</b></i></p>",
        end="<hr><div>END</div>",
        markup=True,
    ),
    LogFormat.MARKDOWN: _Marks(
        subject="**{}**",
        summary="## Conversation summary\nStarted: {}\nEnded: {}\nDuration: {} \n\n",
        participants="### Participants\n{}\n",
        person="* {}\n",
        owner="{}: **{}**\n\n",
        nobody="",
        begin="### Conversation ({})\nBEGIN\n---\n",
        said="**{}** {} on {}:\n{}\n\n",
        assigned="*Conversation assigned to **{}***\n\n",
        end="---\nEND",
    ),
    LogFormat.PLAIN: _Marks(
        subject="{}",
        summary="Conversation summary\nStarted: {}\nEnded: {}\nDuration: {} \n\n",
        participants="Participants\n{}\n",
        person="* {}\n",
        owner="{}: {}\n\n",
        nobody="",
        begin="Conversation ({})\nBEGIN\n------------\n",
        said="{} {} on {}:\n{}\n\n",
        assigned="Conversation assigned to {}\n\n",
        end="------------\nEND",
    ),
}


def _summary(conversation: SharedConversation, clock: tzinfo, marks: _Marks) -> str:
    times = (conversation.started, conversation.ended)
    started, ended = (
        format_moment(time.astimezone(clock), "dddd, MMMM DD, YYYY [at] hh:mm A") for time in times
    )
    hours = max(0, int((conversation.ended - conversation.started).total_seconds())) // 3600
    return marks.summary.format(started, ended, f"{hours // 24} d {hours % 24} h")


def _participants(entities: Sequence[Entity], contact: str, marks: _Marks) -> str:
    names = dict.fromkeys(one_line(name) for entity in entities for name in entity.people)
    people = [f"{contact} (customer)", *names]
    return marks.participants.format("".join(marks.person.format(marks.safe(name)) for name in people))


def _owner(owner: Owner | None, marks: _Marks) -> str:
    if owner is None or not owner.name:
        return marks.nobody
    what = "Receiving call queue" if owner.extension_type == "Department" else "Owner"
    return marks.owner.format(what, marks.safe(one_line(owner.name)))


def _happened(entities: Sequence[Entity], contact: str, clock: tzinfo, marks: _Marks) -> str:
    kinds = [entity.record_type for entity in entities]
    messages, notes = kinds.count("AliveMessage"), kinds.count("AliveNote")
    count = counted(messages, "message") + (f", {counted(notes, 'note')}" if notes else "")
    newest_first = sorted(entities, key=lambda entity: entity.creation_time or _EPOCH, reverse=True)
    lines = [_line(entity, contact, clock, marks) for entity in newest_first]
    return marks.begin.format(count) + "".join(lines) + marks.end


def _line(entity: Entity, contact: str, clock: tzinfo, marks: _Marks) -> str:
    """A message, a note or an assignment; "" for whatever else RingCentral notes down."""
    if entity.record_type == "ThreadAssignedHint":
        return marks.assigned.format(marks.safe(one_line((entity.assignee and entity.assignee.name) or "")))
    did = {"AliveMessage": "said", "AliveNote": "left a note"}.get(entity.record_type)
    if did is None:
        return ""
    writer = next(iter(entity.people), "")
    inbound = did == "said" and entity.direction is Direction.INBOUND
    when = format_moment((entity.creation_time or _EPOCH).astimezone(clock), "YYYY-MM-DD hh:mm A")
    return marks.said.format(
        marks.safe(contact if inbound else one_line(writer)), did, when, marks.safe(entity.text)
    )
