"""The words of the phone system: calls, their legs and parties, messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from appconnect.models.call_records import read_call
from appconnect.models.direction import Direction, direction_told
from appconnect.models.wire import Moment, Seconds, Wire

T = TypeVar("T")


class Party(Wire):
    """One end of a call or message."""

    phone_number: str = ""
    extension_number: str = ""
    name: str = ""


class Recording(Wire):
    """The recording of a call, by its link, or else by the address of its content."""

    link: str = ""

    @model_validator(mode="before")
    @classmethod
    def _take_content_for_link(cls, values: object) -> object:
        if isinstance(values, Mapping) and not values.get("link"):
            return {**values, "link": values.get("contentUri")}
        return values


Pending = Literal["pending"]
"""RingCentral's word for the duration of a call that is not over."""


class Timed(Wire):
    """Something that took ``duration`` seconds, or ``durationMs``; "pending" while it goes on."""

    if TYPE_CHECKING:  # a field of each kind, in its own place
        duration: Seconds | Pending | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_duration(cls, values: object) -> object:
        if not isinstance(values, Mapping):
            return values
        duration, milliseconds = values.get("duration"), values.get("durationMs")
        if isinstance(duration, str):
            duration = duration.strip().lower() or None
        if duration is None and milliseconds not in (None, ""):
            duration = _thousandth(milliseconds)
        return {**values, "duration": duration}

    @property
    def seconds(self) -> int | None:
        """How long it took; None while it goes on, or when that is not known."""
        return None if self.duration == "pending" else self.duration


def _thousandth(milliseconds: object) -> object:
    try:
        return float(str(milliseconds)) / 1000
    except ValueError:
        return milliseconds  # which is refused as a duration


class Leg(Timed):
    """One stretch of a call's journey through the phone system."""

    direction: str = ""
    leg_type: str = ""
    from_: Party | None = Field(default=None, alias="from")
    to: Party | None = None
    duration: Seconds | Pending | None = None
    result: str = ""


class Call(Timed):
    """A call as RingCentral reports it; ``duration`` in seconds, or "pending" while it goes on.

    A call that is made in Python is outbound unless it says otherwise. What is read with ``model_validate``
    may be a record of the call log, a telephony session event, or the notification around one; its direction
    is None if neither it nor its parties say any.
    """

    id: str = ""
    session_id: str = ""
    telephony_session_id: str = ""
    direction: Direction | None = Direction.OUTBOUND
    start_time: Moment | None = None
    duration: Seconds | Pending | None = None
    result: str | None = None
    from_: Party = Field(default_factory=Party, alias="from")
    to: Party = Field(default_factory=Party)
    recording: Recording | None = None
    custom_subject: str = ""
    legs: list[Leg] = Field(default_factory=list)

    if not TYPE_CHECKING:

        def __init__(self, /, **values: object) -> None:
            super().__init__(**{"direction": Direction.OUTBOUND, **values})

        __init__.__pydantic_base_init__ = True  # as in Model

    @model_validator(mode="before")
    @classmethod
    def _read_record(cls, values: object) -> object:
        return read_call(values) if isinstance(values, Mapping) else values

    @model_validator(mode="after")
    def _be_outbound_only_in_python(self) -> Self:
        if "direction" not in self.model_fields_set:
            self.direction = None
        return self

    @property
    def ids(self) -> list[str]:
        """What the call is known by: session, telephony session, record; RingCentral may tell one first."""
        return list(dict.fromkeys(filter(None, (self.session_id, self.telephony_session_id, self.id))))

    @property
    def contact_party(self) -> Party:
        """The other side: who was called, or who is calling; nobody while the direction is not known."""
        return self._side({Direction.OUTBOUND: self.to, Direction.INBOUND: self.from_})

    @property
    def own_party(self) -> Party:
        """Our side of the call; nobody while the direction is not known."""
        return self._side({Direction.OUTBOUND: self.from_, Direction.INBOUND: self.to})

    def _side(self, sides: Mapping[Direction, Party]) -> Party:
        return sides[self.direction] if self.direction else Party()

    def subject(self, contact_name: str) -> str:
        """Return ``custom_subject``, or "Outbound Call to NAME" / "Inbound Call from NAME"."""
        if self.custom_subject:
            return self.custom_subject
        way = "Inbound Call from" if self.direction is Direction.INBOUND else "Outbound Call to"
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
