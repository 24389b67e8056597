"""The bodies that Redtail takes, and the entries of its fixed lists."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

ACTIVITY_CODES = {1: "Appointment", 2: "Task", 3: "Phone Call", 4: "Email"}
PHONE_TYPES = {1: "Home", 2: "Work", 3: "Mobile", 4: "Fax", 5: "Other", 6: "Main"}


class Sent(BaseModel):
    """A body as clients send it: ids are numbers, unknown keys are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")


def _moment(value: object) -> object:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]


class Phone(Sent):
    """A phone of a contact; clients send the country code as a number or as text."""

    number: str = Field(min_length=1)
    country_code: int | str = 1
    phone_type: int = 3
    is_primary: bool = False
    is_preferred: bool = False


class Email(Sent):
    """An e-mail address of a contact."""

    address: str
    email_type: int = 1
    is_primary: bool = False
    is_preferred: bool = False


class ContactBody(Sent):
    """The body of POST and PUT /contacts."""

    type: Literal[
        "Crm::Contact::Individual",
        "Crm::Contact::Business",
        "Crm::Contact::Trust",
        "Crm::Contact::Association",
        "Crm::Contact::Union",
    ] = "Crm::Contact::Individual"
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    company_name: str | None = None
    job_title: str | None = None
    status_id: int | None = None
    source_id: int | None = None
    category_id: int | None = None
    servicing_advisor_id: int | None = None
    phones: list[Phone] = Field(default_factory=list)
    emails: list[Email] = Field(default_factory=list)


class LinkedContact(Sent):
    """A contact that an activity is about."""

    contact_id: int


class Attendee(Sent):
    """A user who takes part in an activity."""

    type: Literal["Crm::Activity::Attendee::User"]
    user_id: int


class ActivityBody(Sent):
    """The body of POST and PUT /activities."""

    subject: str | None = None
    description: str | None = None
    location: str | None = None
    all_day: bool = False
    start_date: Moment | None = None
    end_date: Moment | None = None
    activity_code_id: int | None = None
    category_id: int | None = None
    importance: int = 2
    percentdone: int = 0
    repeats: str = "never"
    share_with_client: bool = False
    completed: bool = False
    linked_contacts: list[LinkedContact] = Field(default_factory=list)
    attendees: list[Attendee] = Field(default_factory=list)


class NoteBody(Sent):
    """The body of POST …/notes; note_type 1 is a note."""

    category_id: int
    note_type: int
    body: str
    pinned: bool = False
    draft: bool = False
