"""The words of the phone system: calls, their legs and parties, messages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from appconnect.models.call_records import read_call
from appconnect.models.wire import JsonObject, Moment, Seconds, Wire


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


class Conversation(Wire):
    """The thread that a message belongs to."""

    id: str = ""


class MessageType(StrEnum):
    """RingCentral's names for the kinds of message."""

    SMS = "SMS"
    VOICEMAIL = "VoiceMail"
    FAX = "Fax"


class Message(Wire):
    """An SMS, voicemail or fax as RingCentral reports it; ``subject`` is the text of an SMS."""

    id: str = ""
    conversation: Conversation = Field(default_factory=Conversation)
    direction: Direction = Direction.INBOUND
    type: MessageType = MessageType.SMS
    subject: str = ""
    creation_time: Moment | None = None
    from_: Party = Field(default_factory=Party, alias="from")
    to: list[Party] = Field(default_factory=list)
    attachments: list[JsonObject] = Field(default_factory=list)
