"""Insightly's answers, as far as the connector reads it; attributes are its field names in lower case.

Shapes: https://api.na1.insightly.com/v3.1/#!/Overview/Introduction. All names and phones may be null.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from appconnect.http import Sign
from appconnect.http.replies import Reply

BODY_DATE: Final = "%Y-%m-%d %H:%M:%S"
"""How dates stand in bodies, in UTC and without saying so; only query parameters are ISO 8601."""
FORM_FIELDS: Final[Mapping[str, str]] = {
    "organisation": "Organisation",
    "opportunity": "Opportunity",
    "project": "Project",
}
"""What the log form calls the records that an event can be linked to; links have singular names."""
EVENT: Final = Sign(id_at="EVENT_ID")
LINK: Final = Sign(id_at="LINK_ID", repeats=("LINK_OBJECT_NAME", "LINK_OBJECT_ID"))
DELETED: Final = Sign(empty=202)
"""The signs of a write: POST and PUT are answered with the whole record, DELETE with 202 and nothing."""
COLLECTIONS: Final[Mapping[str, str]] = {
    "Contact": "Contacts",
    "Lead": "Leads",
    "Organisation": "Organisations",
    "Opportunity": "Opportunities",
    "Project": "Projects",
}


MAX_PAGE: Final = 500


def _full_name(first: str | None, last: str | None) -> str:
    return " ".join(part.strip() for part in (first, last) if part and part.strip())


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def total_in(reply: Reply) -> int | None:
    """Return how many records there are in all, as the header of a list tells; None where it is missing."""
    total = reply.headers.get("x-total-count", "")
    return int(total) if total.isdecimal() else None


Moment = Annotated[datetime, AfterValidator(_in_utc)]


class Row(BaseModel):
    """A record; Insightly's keys are UPPER_SNAKE."""

    model_config = ConfigDict(
        alias_generator=str.upper, populate_by_name=True, coerce_numbers_to_str=True, defer_build=True
    )


class Link(Row, title="link"):
    """From the record that carries it to ``link_object_name`` ``link_object_id``."""

    link_id: int
    link_object_name: str | None = None
    link_object_id: int | None = None

    @property
    def target(self) -> Target | None:
        """The record it leads to, in canonical spelling; None for what no log is ever linked to."""
        name = (self.link_object_name or "").casefold()  # in whatever case it was once written
        kind = next((kind for kind in COLLECTIONS if kind.casefold() == name), None)
        return (kind, self.link_object_id) if kind and self.link_object_id is not None else None


Target = tuple[str, int]
"""A record that can be linked to: ("Contact", 3101)."""


class CustomValue(Row):
    """The value of a user-defined field."""

    field_name: str
    field_value: JsonValue = None


class CustomField(Row, title="custom field"):
    """A user-defined field of the account."""

    field_name: str
    field_label: str | None = None


class Person(Row, ABC):
    """The common part of contacts and leads."""

    kind: ClassVar[str]
    main_phones: ClassVar[tuple[str, ...]]
    further_phones: ClassVar[tuple[str, ...]] = ()
    fax_field: ClassVar[str]

    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    phone: str | None = None
    organisation_id: int | None = None
    organisation_name: str | None = None
    date_created_utc: Moment | None = None
    last_activity_date_utc: Moment | None = None
    date_updated_utc: Moment | None = None
    customfields: list[CustomValue] = Field(default_factory=list)
    links: list[Link] = Field(default_factory=list)

    @property
    @abstractmethod
    def id(self) -> int:
        """The record's id, which only its kind makes unique."""

    @property
    def name(self) -> str:
        """First and last name, as far as there are."""
        return _full_name(self.first_name, self.last_name)

    @property
    def became(self) -> int | None:
        """The contact that took its place; None for who is still there."""
        return None

    @property
    def is_converted(self) -> bool:
        """True when another record has taken its place."""
        return False

    @classmethod
    def standard_phones(cls) -> tuple[str, ...]:
        """Return the fields for numbers that every account has; a fax number is sought only if asked for."""
        return (*cls.main_phones, *cls.further_phones, cls.fax_field)

    def phones_by_field(self, extra: Iterable[str] = ()) -> dict[str, str]:
        """Return all its numbers as typed, by field, those of the extra fields after the others."""
        wanted = set(extra)
        names = (*self.main_phones, *self.further_phones, *({self.fax_field} & wanted))
        standard = {name: getattr(self, name.lower()) for name in names}
        values = {
            each.field_name: each.field_value for each in self.customfields if each.field_name in wanted
        }
        custom = {name: str(value) for name, value in values.items() if isinstance(value, str | int)}
        return {name: number for name, number in (standard | custom).items() if number}

    def phones(self, extra: Iterable[str] = ()) -> list[str]:
        """Return all its numbers as typed, those of the extra fields after the others."""
        return list(self.phones_by_field(extra).values())

    @property
    def label(self) -> str:
        """What a hit is called: "contact 3101"."""
        return f"{self.kind.lower()} {self.id}"

    def targets(self) -> list[Target]:
        """Return what it is linked to, its primary organisation first, each once."""
        primary: list[Target] = [("Organisation", self.organisation_id)] if self.organisation_id else []
        linked = [link.target for link in self.links]
        return list(dict.fromkeys([*primary, *(each for each in linked if each)]))


class ContactRow(Person, title="contact"):
    """A contact."""

    kind = "Contact"
    main_phones = ("PHONE", "PHONE_MOBILE")
    further_phones = ("PHONE_HOME", "PHONE_OTHER", "PHONE_ASSISTANT")
    fax_field = "PHONE_FAX"

    contact_id: int
    phone_mobile: str | None = None
    phone_home: str | None = None
    phone_other: str | None = None
    phone_assistant: str | None = None
    phone_fax: str | None = None

    @property
    def id(self) -> int:
        """``CONTACT_ID``."""
        return self.contact_id


class LeadRow(Person, title="lead"):
    """A lead; it stays in searches after it was converted."""

    kind = "Lead"
    main_phones = ("PHONE", "MOBILE")
    fax_field = "FAX"

    lead_id: int
    mobile: str | None = None
    fax: str | None = None
    converted: bool | None = None
    converted_contact_id: int | None = None

    @property
    def id(self) -> int:
        """``LEAD_ID``."""
        return self.lead_id

    @property
    def is_converted(self) -> bool:
        """True when it was converted."""
        return bool(self.converted)

    @property
    def became(self) -> int | None:
        """The contact that it became."""
        return self.converted_contact_id if self.converted else None


KINDS: Final[tuple[type[Person], ...]] = (ContactRow, LeadRow)


class OrganisationRow(Row, title="organisation"):
    """An organisation, as far as a drop-down needs it."""

    organisation_id: int
    organisation_name: str | None = None

    @property
    def id(self) -> int:
        """``ORGANISATION_ID``."""
        return self.organisation_id

    @property
    def name(self) -> str:
        """Its name, "" without."""
        return self.organisation_name or ""


class OpportunityRow(Row, title="opportunity"):
    """An opportunity, as far as a drop-down needs it."""

    opportunity_id: int
    opportunity_name: str | None = None

    @property
    def id(self) -> int:
        """``OPPORTUNITY_ID``."""
        return self.opportunity_id

    @property
    def name(self) -> str:
        """Its name, "" without."""
        return self.opportunity_name or ""


class ProjectRow(Row, title="project"):
    """A project, as far as a drop-down needs it."""

    project_id: int
    project_name: str | None = None

    @property
    def id(self) -> int:
        """``PROJECT_ID``."""
        return self.project_id

    @property
    def name(self) -> str:
        """Its name, "" without."""
        return self.project_name or ""


NAMED: Final[Mapping[str, type[ContactRow | LeadRow | OrganisationRow | OpportunityRow | ProjectRow]]] = {
    "Contact": ContactRow,
    "Lead": LeadRow,
    "Organisation": OrganisationRow,
    "Opportunity": OpportunityRow,
    "Project": ProjectRow,
}
"""What the records are read as that an event can be linked to."""


class UserRow(Row, title="user"):
    """A user of the account; ``timezone_id`` is a Windows name."""

    user_id: int
    first_name: str | None = None
    last_name: str | None = None
    email_address: str | None = None
    timezone_id: str | None = None
    instance_id: int | None = None
    active: bool = True

    @property
    def name(self) -> str:
        """First and last name, or the address of somebody without."""
        return _full_name(self.first_name, self.last_name) or self.email_address or ""


class LeadSource(Row, title="lead source"):
    """Where leads come from."""

    lead_source_id: int
    default_value: bool | None = None


class LeadStatus(Row, title="lead status"):
    """How far a lead has come."""

    lead_status_id: int
    default_status: bool | None = None


class Event(Row, title="event"):
    """A calendar event."""

    event_id: int
    title: str | None = None
    details: str | None = None
    owner_user_id: int | None = None
    start_date_utc: Moment | None = None
    end_date_utc: Moment | None = None
    date_created_utc: Moment | None = None
    links: list[Link] = Field(default_factory=list)

    @property
    def text(self) -> str:
        """The details with one kind of line break."""
        return (self.details or "").replace("\r\n", "\n")

    def was_there_before(self, moment: datetime | None) -> bool:
        """Return whether it was made earlier than that, as far as both are known."""
        return bool(moment and self.date_created_utc and self.date_created_utc < moment)

    @property
    def seconds(self) -> int | None:
        """How long it lasts; None when begin or end is not told."""
        if self.start_date_utc is None or self.end_date_utc is None:
            return None
        return max(0, int((self.end_date_utc - self.start_date_utc).total_seconds()))
