"""What every operation of the workbench gives back: App Connect's own return shapes."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from appconnect.errors import AppConnectError
from appconnect.models.crm import Contact, CrmUser, NewContact, User
from appconnect.models.wire import Json, JsonObject, Wire


class MessageLevel(StrEnum):
    """How a message to the user is coloured."""

    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"
    ERROR = "error"


class DetailItem(Wire):
    """One line of a message's details."""

    id: str
    type: Literal["text"] = "text"
    text: str


class Detail(Wire):
    """A titled group of lines below a message."""

    title: str
    items: list[DetailItem]


class ReturnMessage(Wire):
    """What App Connect shows to the person; ``ttl`` in milliseconds."""

    message: str
    message_type: MessageLevel
    ttl: int = 2000
    details: list[Detail] | None = None


class RateLimitStatus(Wire):
    """What the CRM last said of its limits. None: it did not say, which is not the same as zero."""

    ratelimit_remaining: int | None = None
    ratelimit_amount: int | None = None
    ratelimit_reset: float | None = None


class Tracking(RateLimitStatus):
    """``extraDataTracking``: rate limits, always, and what the log was made with."""

    with_smart_note_log: bool | None = None
    with_transcript: bool | None = None


class Result(Wire):
    """What every workbench operation gives back. ``error`` is for whoever debugs and is never on the wire."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", arbitrary_types_allowed=True
    )

    successful: bool = True
    return_message: ReturnMessage | None = None
    extra_data_tracking: Tracking = Field(default_factory=Tracking)
    error: AppConnectError | None = Field(default=None, exclude=True, repr=False)

    @property
    def message(self) -> str:
        """The sentence for the person, or ""."""
        return self.return_message.message if self.return_message else ""


class SignedIn(Result):
    """Who is connected now."""

    user: User | None = None


class SignedOut(Result):
    """The local credentials are gone; the message says whether the CRM revoked them too."""


class ContactMatches(Result):
    """Contacts that carry the number, or whose name matches."""

    matched_contact_info: list[Contact] = Field(default_factory=list)

    @property
    def contacts(self) -> list[Contact]:
        """The real contacts, without the "Create new contact..." entry."""
        return [contact for contact in self.matched_contact_info if not contact.is_new_contact]


class ContactCreated(Result):
    """The new contact."""

    contact_info: NewContact | None = None


class Logged(Result):
    """A call or message is in the CRM under ``log_id``."""

    log_id: str | None = None


class LogUpdated(Result):
    """A log was changed; ``updated_note`` is the agent's note as it now stands, ``log_id`` stays here."""

    log_id: str | None = Field(default=None, exclude=True)
    updated_note: str | None = None


class CallLogInfo(Wire):
    """A call log read back: what a person wrote, and everything else."""

    subject: str = ""
    note: str = ""
    contact_name: str = ""
    full_body: str = ""
    full_log_response: Json = None
    dispositions: JsonObject = Field(default_factory=dict)


class CallLogRead(Result):
    """A call log as it stands in the CRM."""

    call_log_info: CallLogInfo | None = None


class UserList(Result):
    """The CRM's active users."""

    users: list[CrmUser] = Field(default_factory=list)
