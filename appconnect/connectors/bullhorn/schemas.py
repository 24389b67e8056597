"""Bullhorn's answers, as far as the connector reads it; times are milliseconds since 1970.

Shapes: https://bullhorn.github.io/rest-api-docs/
"""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from appconnect.models import AnyMoment, JsonObject

T = TypeVar("T")
USER_FIELDS = "id,name,firstName,lastName,email,enabled,isDeleted"
NOTE_FIELDS = (
    "id,action,comments,dateAdded,minutesSpent,externalID,isDeleted,personReference(id,firstName,lastName),"
    "candidates(id,name,firstName,lastName),clientContacts(id,name,firstName,lastName),"
    "leads(id,name,firstName,lastName)"
)


class Record(BaseModel):
    """Bullhorn's names are camelCase; what is not read here is left out."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, coerce_numbers_to_str=True, defer_build=True
    )


class One(BaseModel, Generic[T]):
    """The envelope around one record."""

    model_config = ConfigDict(defer_build=True)

    data: T


class Many(BaseModel, Generic[T]):
    """The envelope around a page of records, or a to-many field."""

    model_config = ConfigDict(defer_build=True)

    data: list[T]


class Total(BaseModel):
    """How many records a search has found."""

    model_config = ConfigDict(defer_build=True)

    total: int


class Places(BaseModel):
    """Where a user's data centre is; an unknown user has no places."""

    model_config = ConfigDict(defer_build=True)

    oauth_url: str = Field(default="", alias="oauthUrl")
    rest_url: str = Field(default="", alias="restUrl")


class UserId(Record):
    """The user whose session it is."""

    user_id: int


class CorporateUser(Record, title="user"):
    """A user; ``time_zone_offset_est`` is minutes from US Eastern (the documentation says hours)."""

    id: int
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    enabled: bool = True
    is_deleted: bool = False
    time_zone_offset_est: int | None = Field(default=None, alias="timeZoneOffsetEST")

    @property
    def full_name(self) -> str:
        """``name``, or its two parts."""
        return _full_name(self.name, self.first_name, self.last_name)


class Company(Record, title="company"):
    """A company that contacts belong to."""

    id: int | None = None
    name: str | None = None


class Person(Record, title="person"):
    """A candidate, contact or lead; as a search hit it may lack everything but its id."""

    id: int
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    occupation: str | None = None
    company_name: str | None = None
    client_corporation: Company | None = None
    phone: str | None = None
    phone2: str | None = None
    phone3: str | None = None
    mobile: str | None = None
    work_phone: str | None = None
    comments: str | None = None
    date_added: AnyMoment | None = None
    date_last_modified: AnyMoment | None = None
    date_last_comment: AnyMoment | None = None
    date_last_visit: AnyMoment | None = None
    date_last_visited: AnyMoment | None = None
    error: str | None = Field(default=None, alias="_error")
    """The index knows of it, the database no longer does."""

    @property
    def full_name(self) -> str:
        """``name``, which Bullhorn does not compute, or its two parts."""
        return _full_name(self.name, self.first_name, self.last_name)

    @property
    def label(self) -> str:
        """What a hit is called; ids are unique among all kinds of people."""
        return f"person {self.id}"

    @property
    def phones_by_field(self) -> dict[str, str]:
        """Every number, as it was typed, by its field."""
        numbers = {
            "mobile": self.mobile,
            "phone": self.phone,
            "workPhone": self.work_phone,
            "phone2": self.phone2,
            "phone3": self.phone3,
        }
        return {name: number for name, number in numbers.items() if number}

    @property
    def phones(self) -> list[str]:
        """Every number, as it was typed."""
        return list(self.phones_by_field.values())

    @property
    def added(self) -> datetime | None:
        """When it was made."""
        return self.date_added

    @property
    def last_activity(self) -> datetime | None:
        """The latest of the dates that Bullhorn keeps for this entity."""
        dates = (
            self.date_last_comment,
            self.date_last_visit,
            self.date_last_visited,
            self.date_last_modified,
        )
        return max((each for each in dates if each and each.timestamp()), default=None)


class WholePerson(Person, title="person"):
    """A person as the database has it, whatever became of it."""

    is_deleted: bool = False
    status: str | None = None

    @property
    def why_nobody_calls(self) -> str:
        """The reason why no search gives this person, "" if there is none."""
        if self.is_deleted:
            return "It is deleted in Bullhorn."
        return f"Its status is {self.status}." if self.status in ("Archive", "Converted") else ""


class Note(Record, title="note"):
    """A note; the person it is about is in one of three lists, by type. A list may be hidden from a user."""

    id: int
    action: str | None = None
    comments: str | None = None
    date_added: AnyMoment | None = None
    minutes_spent: float | None = None
    external_id: str | None = Field(default=None, alias="externalID")
    is_deleted: bool = False
    commenting_person: Person | None = None
    person_reference: Person | None = None
    candidates: Many[Person] | None = None
    client_contacts: Many[Person] | None = None
    leads: Many[Person] | None = None

    @property
    def about(self) -> tuple[str, Person | None]:
        """The entity and the person; no entity when only the reference says who it is."""
        lists = {"Candidate": self.candidates, "ClientContact": self.client_contacts, "Lead": self.leads}
        for entity, people in lists.items():
            if people and people.data:
                return entity, people.data[0]
        return "", self.person_reference

    @property
    def author_id(self) -> int | None:
        """The user who wrote it, or for whom it was written."""
        return self.commenting_person.id if self.commenting_person else None

    def has_id(self, external_id: str) -> bool:
        """Return whether it has our id, and is there."""
        return self.external_id == external_id and not self.is_deleted

    def refers_to(self, person_id: int) -> bool:
        """Return whether it is about this person, by its reference."""
        return self.person_reference is not None and self.person_reference.id == person_id

    @property
    def start(self) -> datetime | None:
        """When the call began."""
        return self.date_added

    @property
    def seconds(self) -> int | None:
        """How long it took; App Connect's own server writes fractions of a minute."""
        return None if self.minutes_spent is None else round(self.minutes_spent * 60)

    @property
    def dispositions(self) -> JsonObject:
        """The note action."""
        return {"noteActions": self.action} if self.action else {}


class NoteLink(Record):
    """A row between a note and what it is about."""

    note: Note


class Option(Record):
    """One value of a drop-down."""

    value: str
    label: str | None = None


class MetaField(Record):
    """A field of an entity; ``options`` are missing where any text goes."""

    name: str
    options: list[Option] | None = None


class Meta(BaseModel):
    """The fields of an entity."""

    model_config = ConfigDict(defer_build=True)

    fields: list[MetaField]


def _full_name(name: str | None, first: str | None, last: str | None) -> str:
    return (name or "").strip() or f"{first or ''} {last or ''}".strip()
