"""The words of the phone system: calls, their legs and parties, messages."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

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
