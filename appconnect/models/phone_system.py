"""The words of the phone system: calls, their legs and parties, messages."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from appconnect.models.wire import Moment, Seconds, Wire

T = TypeVar("T")


class Direction(StrEnum):
    """The way of a call or message, seen from RingCentral."""

    INBOUND = "Inbound"
    OUTBOUND = "Outbound"


class Party(Wire):
    """One end of a call or message."""

    phone_number: str = ""
    extension_number: str = ""
    name: str = ""


class Recording(Wire):
    """The recording of a call, by its link."""

    link: str = ""


class Leg(Wire):
    """One stretch of a call's journey through the phone system; ``duration`` in seconds."""

    direction: str = ""
    leg_type: str = ""
    from_: Party | None = Field(default=None, alias="from")
    to: Party | None = None
    duration: Seconds | None = None
    result: str = ""


class Call(Wire):
    """A call as RingCentral reports it; ``duration`` in seconds."""

    id: str = ""
    session_id: str = ""
    telephony_session_id: str = ""
    direction: Direction = Direction.OUTBOUND
    start_time: Moment | None = None
    duration: Seconds | None = None
    result: str | None = None
    from_: Party = Field(default_factory=Party, alias="from")
    to: Party = Field(default_factory=Party)
    recording: Recording | None = None
    custom_subject: str = ""
    legs: list[Leg] = Field(default_factory=list)

    @property
    def contact_party(self) -> Party:
        """The other side: who was called, or who is calling."""
        return self.to if self.direction is Direction.OUTBOUND else self.from_

    @property
    def own_party(self) -> Party:
        """Our side of the call."""
        return self.from_ if self.direction is Direction.OUTBOUND else self.to

    def subject(self, contact_name: str) -> str:
        """Return ``custom_subject``, or "Outbound Call to NAME" / "Inbound Call from NAME"."""
        if self.custom_subject:
            return self.custom_subject
        way = "Outbound Call to" if self.direction is Direction.OUTBOUND else "Inbound Call from"
        return f"{way} {contact_name}".rstrip()


def _blank_is_untold(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _nothing_was_in_1970(value: datetime | None) -> datetime | None:
    return None if value is None or value.year == 1970 else value


OptionalMoment = Annotated[
    Moment | None, BeforeValidator(_blank_is_untold), AfterValidator(_nothing_was_in_1970)
]
"""A point in time, None when it is not told: null, blank, or zero, which would be 1970."""


def _as_list(value: object) -> object:
    if isinstance(value, list | tuple):
        return [each for each in value if each is not None]
    return [value] if isinstance(value, dict | Wire) else value


Listed = Annotated[list[T], BeforeValidator(_as_list)]
"""A list without its nulls; one record that stands alone is a list of one."""


class Conversation(Wire):
    """The thread that a message belongs to."""

    id: str = ""


def _by_its_id(value: object) -> object:
    """Read a conversation that is told by its id alone."""
    return {"id": value} if isinstance(value, str | int) else value


class Threaded(Wire):
    """The base of what belongs to a conversation; RingCentral and App Connect write its id in three ways."""

    conversation: Annotated[Conversation, BeforeValidator(_by_its_id)] = Field(default_factory=Conversation)
    conversation_id: str = ""
    conversation_log_id: str = ""

    @property
    def thread(self) -> str:
        """The conversation's id; "" when there is none. The number and the text are the same id."""
        told = (self.conversation.id, self.conversation_id, self.conversation_log_id)
        return next((each.strip() for each in told if each.strip()), "")


class MessageType(StrEnum):
    """RingCentral's names for the kinds of message. A pager message goes from extension to extension."""

    SMS = "SMS"
    MMS = "MMS"
    TEXT = "Text"
    PAGER = "Pager"
    VOICEMAIL = "VoiceMail"
    FAX = "Fax"

    @classmethod
    def _missing_(cls, value: object) -> MessageType | None:
        return next((each for each in cls if each.casefold() == str(value).casefold()), None)


UNDELIVERED = frozenset({"SendingFailed", "DeliveryFailed"})
"""Values of ``messageStatus`` for what never reached anybody."""


class Attachment(Wire):
    """A file that comes with a message: a recording, a fax's document, a picture; ``link`` wins over ``uri``.

    RingCentral's types are ``AudioRecording``, ``RenderedDocument``, ``MmsAttachment``, ``Text`` and others.
    """

    type: str = ""
    content_type: str = ""
    link: str = ""
    uri: str = ""
    file_name: str = ""


class Recipient(Party):
    """A party that a message went to.

    ``target`` is true for the one of a group in whose message store it is; ``message_status`` says what
    became of the message to this one.
    """

    target: bool = False
    message_status: str = ""


def _as_recipient(value: object) -> object:
    return dict(value) if isinstance(value, Party) else value


def direction_told(value: object) -> Direction | None:
    """Return the direction, in whatever case it is written; None for what is none."""
    told = value.strip().casefold() if isinstance(value, str) else ""
    return next((each for each in Direction if each.casefold() == told), None)


def _inbound_unless_told(value: object) -> Direction:
    return direction_told(value) or Direction.INBOUND


class Message(Threaded):
    """A message as RingCentral's message store reports it; ``subject`` is the text of an SMS.

    A ``type`` that RingCentral adds one day is kept as its name.
    """

    id: str = ""
    direction: Annotated[Direction, BeforeValidator(_inbound_unless_told)] = Direction.INBOUND
    type: Annotated[MessageType | str, Field(union_mode="left_to_right")] = MessageType.SMS
    subject: str = ""
    creation_time: OptionalMoment = None
    last_modified_time: OptionalMoment = None
    message_status: str = ""
    from_: Party = Field(default_factory=Party, alias="from")
    to: Listed[Annotated[Recipient, BeforeValidator(_as_recipient)]] = Field(default_factory=list)
    attachments: Listed[Attachment] = Field(default_factory=list)

    @property
    def time(self) -> datetime | None:
        """The time of its creation, or else of its last change."""
        return self.creation_time or self.last_modified_time

    @property
    def is_group(self) -> bool:
        """True when it went to several people."""
        return len(self.to) > 1

    @property
    def is_undelivered(self) -> bool:
        """True when it reached nobody: neither as a whole nor any of its recipients."""
        statuses = [party.message_status for party in self.to]
        return self.message_status in UNDELIVERED or (bool(statuses) and UNDELIVERED.issuperset(statuses))
