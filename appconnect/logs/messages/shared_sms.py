"""The log of an SMS conversation that several people share, such as a call queue's."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from pydantic import Field

from appconnect.logs.messages.layouts import Composed
from appconnect.logs.messages.replacing import replace_version
from appconnect.models import Direction, LogFormat, Moment, Wire
from appconnect.text.amounts import counted
from appconnect.text.lines import one_line
from appconnect.text.moment_format import format_moment
from appconnect.timezones import TimeZone, parse_zone

_EPOCH = datetime.fromtimestamp(0, UTC)


class Participant(Wire):
    """A person who takes part in a conversation."""

    name: str | None = None


class Event(Wire):
    """An event in a conversation: a message, a note among colleagues, an assignment …"""

    record_type: str = ""
    direction: Direction | None = None
    creation_time: Moment | None = None
    from_: Participant | None = Field(default=None, alias="from")
    author: Participant | None = None
    initiator: Participant | None = None
    assignee: Participant | None = None
    text: str | None = None

    @property
    def people(self) -> list[str]:
        """The names of all who took part in it."""
        involved = (self.author, self.from_, self.initiator, self.assignee)
        return [person.name for person in involved if person and person.name]


class MessageTimes(Wire):
    """The time at which a message of the conversation last changed."""

    last_modified_time: Moment | None = None


class Owner(Participant):
    """The owner of a conversation; a call queue's ``extension_type`` is "Department"."""

    extension_type: str | None = None


class SharedConversation(Wire):
    """A shared SMS conversation as RingCentral reports it."""

    creation_time: Moment | None = None
    messages: list[MessageTimes] = Field(default_factory=list)
    entities: list[Event] = Field(default_factory=list)
    owner: Owner | None = None

    @property
    def started(self) -> datetime:
        """The time of its creation, or else of its first event."""
        return self.creation_time or min(self._times, default=_EPOCH)

    @property
    def ended(self) -> datetime:
        """The time of its last event or change."""
        return max(self._times, default=self.started)

    @property
    def _times(self) -> list[datetime]:
        times = [event.creation_time for event in self.entities]
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
        _events(conversation.entities, contact, zone, templates),
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
        message="<p><b>{}</b> {} on {}:<br>{}</p>",
        assigned="<p><i>Conversation assigned to <b>{}</b></i></p>",
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
        message="**{}** {} on {}:\n{}\n\n",
        assigned="*Conversation assigned to **{}***\n\n",
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
        message="{} {} on {}:\n{}\n\n",
        assigned="Conversation assigned to {}\n\n",
        end="------------\nEND",
    ),
}


def _summary(conversation: SharedConversation, zone: tzinfo, templates: _Templates) -> str:
    times = (conversation.started, conversation.ended)
    started, ended = (
        format_moment(time.astimezone(zone), "dddd, MMMM DD, YYYY [at] hh:mm A") for time in times
    )
    hours = max(0, int((conversation.ended - conversation.started).total_seconds())) // 3600
    return templates.summary.format(started, ended, f"{hours // 24} d {hours % 24} h")


def _participants(entities: Sequence[Event], contact: str, templates: _Templates) -> str:
    names = dict.fromkeys(one_line(name) for event in entities for name in event.people)
    people = [f"{contact} (customer)", *names]
    return templates.participants.format(
        "".join(templates.participant.format(templates.escape(name)) for name in people)
    )


def _owner(owner: Owner | None, templates: _Templates) -> str:
    if owner is None or not owner.name:
        return templates.no_owner
    what = "Receiving call queue" if owner.extension_type == "Department" else "Owner"
    return templates.owner.format(what, templates.escape(one_line(owner.name)))


def _events(entities: Sequence[Event], contact: str, zone: tzinfo, templates: _Templates) -> str:
    record_types = [event.record_type for event in entities]
    messages, notes = record_types.count("AliveMessage"), record_types.count("AliveNote")
    count = counted(messages, "message") + (f", {counted(notes, 'note')}" if notes else "")
    newest_first = sorted(entities, key=lambda event: event.creation_time or _EPOCH, reverse=True)
    lines = [_line(event, contact, zone, templates) for event in newest_first]
    return templates.begin.format(count) + "".join(lines) + templates.end


def _line(event: Event, contact: str, zone: tzinfo, templates: _Templates) -> str:
    """Return the line of a message, note or assignment; "" for any other event."""
    if event.record_type == "ThreadAssignedHint":
        return templates.assigned.format(
            templates.escape(one_line((event.assignee and event.assignee.name) or ""))
        )
    verb = {"AliveMessage": "said", "AliveNote": "left a note"}.get(event.record_type)
    if verb is None:
        return ""
    writer = next(iter(event.people), "")
    inbound = verb == "said" and event.direction is Direction.INBOUND
    when = format_moment((event.creation_time or _EPOCH).astimezone(zone), "YYYY-MM-DD hh:mm A")
    return templates.message.format(
        templates.escape(contact if inbound else one_line(writer)), verb, when, templates.escape(event.text)
    )
