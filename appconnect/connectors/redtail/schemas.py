"""Redtail's answers, as far as the connector reads it.

The documentation (https://documenter.getpostman.com/view/7873823/SVzxXyzn) is thin, so nearly everything may
be absent or null.
"""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Final

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from appconnect import hits
from appconnect.http import Sign
from appconnect.models import AnyMoment, Choice, Contact, JsonObject, LogDraft
from appconnect.phone import PhoneNumber

TYPE_PREFIX = "Crm::Contact::"
ACTIVITY: Final = Sign(id_at="activity.id", empty=204)
NOTE: Final = Sign(id_at="note.id", empty=204)
CONTACT: Final = Sign(
    id_at=("contact.id", "id", "contact_id"), repeats=("first_name", "last_name", "company_name")
)
DELETED: Final = Sign(empty=204)
"""The signs of a write: its record in an envelope; most changes and every DELETE are answered with 204."""


class Record(BaseModel):
    """A record; a phone or name may be a bare number."""

    model_config = ConfigDict(coerce_numbers_to_str=True, defer_build=True)


class Phone(Record):
    """A phone: the number as somebody typed it, the country code beside it."""

    number: str | None = None
    country_code: int | str | None = None
    is_primary: bool | None = None

    @property
    def text(self) -> str:
        """One text with "+", as far as the country is known."""
        number, country = (self.number or "").strip(), str(self.country_code or "").strip().lstrip("+")
        if not number or not country or number.startswith(("+", "00")):  # typed with a country code
            return number
        if country == "1":  # no number there begins with the 1 that people like to type
            number = number.removeprefix("1").lstrip(" -.") or number
        return f"+{country} {number}"


class Phones(BaseModel, title="phone"):
    """The list of a contact's phones."""

    model_config = ConfigDict(defer_build=True)

    phones: list[Phone] | None


class Person(Record, title="contact"):
    """A contact, a person or not. ``phones`` is None where the answer leaves them out."""

    id: int
    type: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    company_name: str | None = None
    job_title: str | None = None
    created_at: AnyMoment | None = None
    updated_at: AnyMoment | None = None
    deleted: bool | None = None
    phones: list[Phone] | None = None

    @property
    def name(self) -> str:
        """The full name, or what it would be made of."""
        given = " ".join(part for part in (self.first_name, self.middle_name, self.last_name) if part)
        return self.full_name or given or self.company_name or ""

    @property
    def kind(self) -> str:
        """``Individual``, ``Business``, …"""
        return (self.type or "").removeprefix(TYPE_PREFIX)

    @property
    def label(self) -> str:
        """What a hit is called."""
        return f"contact {self.id}"

    def main_phone(self) -> str:
        """Return the primary phone, else the first one."""
        ordered = sorted(self.phones or [], key=lambda phone: not phone.is_primary)
        return hits.first_phone(self.label, [each.text for each in ordered if each.text], name=self.name)

    def phone_that_is(self, number: PhoneNumber) -> str | None:
        """Return the phone that is this very number."""
        return hits.carrier(self.label, [each.text for each in self.phones or []], number, name=self.name)

    def as_contact(self, phone: str, offer: dict[str, list[Choice]]) -> Contact:
        """Return the contact in App Connect's words."""
        return Contact(
            id=str(self.id),
            name=self.name,
            phone=phone,
            type=self.kind,
            title=self.job_title or "",
            organization=self.company_name or "",
            created_date=self.created_at,
            most_recent_activity_date=self.updated_at,
            additional_info=offer,
        )


class Meta(BaseModel):
    """What a list tells of itself."""

    model_config = ConfigDict(defer_build=True)

    total_records: int


class Page(BaseModel, title="page"):
    """A page of a list, as far as it tells of the whole."""

    model_config = ConfigDict(defer_build=True)

    meta: Meta


class OnePerson(BaseModel, title="contact"):
    """The envelope around a contact."""

    model_config = ConfigDict(defer_build=True)

    contact: Person


class Category(Record, title="category"):
    """An entry of the list of categories; sibling lists are known to label entries with ``code``."""

    id: int
    label: str = Field(default="", validation_alias=AliasChoices("name", "code"))
    deleted: bool | None = None


class DatabaseUser(Record, title="user"):
    """A user of the database."""

    id: int
    first_name: str | None = None
    last_name: str | None = None
    deny_access: bool | None = None

    @property
    def name(self) -> str:
        """First and last name."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


class OneDatabaseUser(BaseModel, title="user"):
    """The envelope around a single user: an object below the plural key."""

    model_config = ConfigDict(defer_build=True)

    database_users: DatabaseUser


class LinkedContact(Record):
    """The contact of an activity; that names are in the answer is not documented."""

    contact_id: int | None = None
    first_name: str | None = None
    last_name: str | None = None

    @property
    def name(self) -> str:
        """First and last name, "" when they are not said."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


class Activity(Record, title="activity"):
    """An activity."""

    id: int
    subject: str | None = None
    description: str | None = None
    start_date: AnyMoment | None = None
    end_date: AnyMoment | None = None
    category_id: int | None = None
    completed: bool | None = None
    deleted: bool | None = None
    added_by: int | None = None
    linked_contacts: list[LinkedContact] | None = None
    attendees: list[JsonObject] | None = None

    @property
    def seconds(self) -> int | None:
        """How long it took."""
        if self.start_date is None or self.end_date is None:
            return None
        return round((self.end_date - self.start_date).total_seconds())

    @property
    def contact(self) -> LinkedContact:
        """The first linked contact."""
        return next(iter(self.linked_contacts or []), LinkedContact())

    @property
    def dispositions(self) -> JsonObject:
        """The category it is filed under."""
        return {} if self.category_id is None else {"category": str(self.category_id)}

    def is_from(self, draft: LogDraft, contact_id: str, user_id: str) -> bool:
        """Return whether this user made it from this draft: same contact, second, subject and words."""
        linked = [str(link.contact_id) for link in self.linked_contacts or []]
        return (
            not self.deleted
            and (self.subject or "").strip() == (draft.subject or "").strip()
            and _second(self.start_date) == _second(draft.start)
            and (not linked or contact_id in linked)
            and (not user_id or self.added_by is None or str(self.added_by) == user_id)
            and _words(self.description) == _words(draft.body)  # its markup may have been rewritten
        )


class OneActivity(BaseModel, title="activity"):
    """The envelope around an activity."""

    model_config = ConfigDict(defer_build=True)

    activity: Activity


def _words(body: str | None) -> list[str]:
    return html.unescape(re.sub(r"<[^<>]*>", " ", body or "")).split()


def _second(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(microsecond=0)
