"""The results of the workbench's operations, in App Connect's own return shapes."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Self

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from appconnect import display
from appconnect.errors import AppConnectError, NotSearched
from appconnect.models.crm import Contact, CrmUser, NewContact, User
from appconnect.models.wire import Json, JsonObject, Wire

if TYPE_CHECKING:
    from markupsafe import Markup
    from pandas import DataFrame


class MessageLevel(StrEnum):
    """The colours of a message to the user."""

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
    """A message that App Connect shows to the person; ``ttl`` in milliseconds."""

    message: str
    message_type: MessageLevel
    ttl: int = 2000
    details: list[Detail] | None = None

    @property
    def lines(self) -> list[str]:
        """The lines of all details."""
        return [item.text for detail in self.details or [] for item in detail.items]


class RateLimitStatus(Wire):
    """The rate limits that the CRM last told. None: it did not tell, which is not the same as zero."""

    ratelimit_remaining: int | None = None
    ratelimit_amount: int | None = None
    ratelimit_reset: float | None = None


class Tracking(RateLimitStatus):
    """``extraDataTracking``: rate limits, always, and what the log was made with."""

    with_smart_note_log: bool | None = None
    with_transcript: bool | None = None


class Result(Wire):
    """The result of an operation: App Connect's return shape, and the error for whoever debugs.

    ``error`` is never on the wire.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", arbitrary_types_allowed=True
    )

    successful: bool = True
    return_message: ReturnMessage | None = Field(default=None, repr=False)
    extra_data_tracking: Tracking = Field(default_factory=Tracking, repr=False)
    error: AppConnectError | None = Field(default=None, exclude=True, repr=False)

    @property
    def message(self) -> str:
        """The sentence for the person, or ""."""
        return self.return_message.message if self.return_message else ""

    def raise_for_error(self) -> Self:
        """Return the result itself if the operation succeeded, else raise its error."""
        if self.successful:
            return self
        raise self.error or AppConnectError(self.message or "The operation failed and does not say why.")

    def __repr_args__(self) -> Iterable[tuple[str | None, object]]:
        yield from super().__repr_args__()
        yield "message", self.message

    def _repr_html_(self) -> Markup:
        return display.facts(self._shown(), caption=self.message)

    def _shown(self) -> dict[str, object]:
        """Return what a notebook shows below the message, by name."""
        lines = self.return_message.lines if self.return_message else []
        shown: dict[str, object] = {"successful": self.successful}
        if lines:
            shown["details"] = " ".join(lines)
        if explained := self.error.explanation if self.error else None:
            shown |= {"means": explained.meaning, "to do": explained.remedy, "documented": explained.link}
        return {name: text for name, text in shown.items() if text != ""}


class SignedIn(Result):
    """The user who is connected now."""

    user: User | None = Field(default=None, repr=False)

    def _shown(self) -> dict[str, object]:
        user = self.user
        about = {"user": user.name, "id": user.id, "time zone": user.timezone_name} if user else {}
        return super()._shown() | about


class SignedOut(Result):
    """The local credentials are gone; the message says whether the CRM revoked them too."""


class ContactMatches(Result):
    """Contacts found by number or name."""

    matched_contact_info: list[Contact] = Field(default_factory=list, repr=False)
    not_searched: NotSearched | None = Field(default=None, exclude=True, repr=False)
    """Why somebody may be missing; never on the wire."""

    @property
    def contacts(self) -> list[Contact]:
        """The real contacts, without the "Create new contact..." entry."""
        return [contact for contact in self.matched_contact_info if not contact.is_new_contact]

    def to_dataframe(self) -> DataFrame:
        """Return a row per contact; what the log form offers for it is a column per field, by title."""
        return display.data_frame(self._rows(), CONTACT_COLUMNS)

    def _repr_html_(self) -> Markup:
        rows = self._rows()
        return display.records(self.message, rows) if rows else super()._repr_html_()

    def _rows(self) -> list[dict[str, object]]:
        offered = dict.fromkeys(field for contact in self.contacts for field in contact.choices)
        return [
            {
                **{name: getattr(contact, name) for name in CONTACT_COLUMNS},
                **{field: _titles(contact, field) for field in offered},
            }
            for contact in self.contacts
        ]


CONTACT_COLUMNS = ("id", "name", "phone", "type", "title", "organization")


def _titles(contact: Contact, field: str) -> str:
    return ", ".join(choice.title for choice in contact.choices.get(field, []))


class ContactCreated(Result):
    """The new contact; or, with nothing created, the contacts that carry its number already."""

    contact_info: NewContact | None = None
    known_contacts: list[Contact] = Field(default_factory=list, exclude=True, repr=False)

    def _shown(self) -> dict[str, object]:
        if self.known_contacts:
            return super()._shown() | {"known": ", ".join(f"{e.name} #{e.id}" for e in self.known_contacts)}
        new = self.contact_info
        return super()._shown() | ({"id": new.id, "name": new.name, "type": new.type} if new else {})


class Logged(Result):
    """A call or message is in the CRM under ``log_id``."""

    log_id: str | None = None

    def _shown(self) -> dict[str, object]:
        return super()._shown() | {"log id": self.log_id or ""}


class LogUpdated(Result):
    """A log was changed; ``updated_note`` is the agent's note as it now stands, ``log_id`` stays here."""

    log_id: str | None = Field(default=None, exclude=True)
    updated_note: str | None = Field(default=None, repr=False)

    def _shown(self) -> dict[str, object]:
        return super()._shown() | {"log id": self.log_id or "", "note": self.updated_note or ""}


class CallLogInfo(Wire):
    """A call log read back: what a person wrote, and everything else."""

    subject: str = ""
    note: str = Field(default="", repr=False)
    contact_name: str = ""
    full_body: str = Field(default="", repr=False)
    full_log_response: Json = Field(default=None, repr=False)
    dispositions: JsonObject = Field(default_factory=dict)


class CallLogRead(Result):
    """A call log as it stands in the CRM."""

    call_log_info: CallLogInfo | None = None

    def _shown(self) -> dict[str, object]:
        info = self.call_log_info
        if info is None:
            return super()._shown()
        about = {"subject": info.subject, "contact": info.contact_name, "note": info.note}
        return super()._shown() | about | info.dispositions | {"body": info.full_body}


class UserList(Result):
    """The CRM's active users."""

    users: list[CrmUser] = Field(default_factory=list, repr=False)

    def to_dataframe(self) -> DataFrame:
        """Return a row per user: id, name, email."""
        return display.data_frame([dict(user) for user in self.users], list(CrmUser.model_fields))

    def _repr_html_(self) -> Markup:
        rows = [dict(user) for user in self.users]
        return display.records(self.message, rows) if rows else super()._repr_html_()
