"""Pipedrive's answers, as far as the connector reads it.

Shapes: https://developers.pipedrive.com/docs/api/v1 (version 1 and 2).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from appconnect.http import Sign
from appconnect.models import AnyMoment, JsonObject

T = TypeVar("T")
RECORD: Final = Sign(id_at="data.id")
"""Every write is answered with its record."""
DURATION = re.compile(r"([0-9]{1,4}):([0-9]{2})(?::([0-9]{2}))?")


class Record(BaseModel):
    """A record; Pipedrive promises hardly any value but ids, and a phone or name may be a bare number."""

    model_config = ConfigDict(coerce_numbers_to_str=True, defer_build=True)


class One(BaseModel, Generic[T]):
    """The envelope around one record."""

    model_config = ConfigDict(defer_build=True)

    data: T


class Many(BaseModel, Generic[T]):
    """The envelope around a list; null stands for an empty one in version 1."""

    model_config = ConfigDict(defer_build=True)

    data: list[T] | None


class PipedriveUser(Record, title="user"):
    """A user; ``timezone_offset`` is a snapshot that goes stale when clocks change."""

    id: int
    name: str = ""
    email: str | None = None
    timezone_name: str | None = None
    timezone_offset: str | None = None
    company_id: int | None = None
    company_name: str | None = None
    company_domain: str | None = None
    active_flag: bool = True
    is_deleted: bool = False


class ActivityType(Record, title="activity type"):
    """A type of activity; ``key_string`` is what an activity's ``type`` holds and outlives renaming."""

    name: str = ""
    key_string: str
    active_flag: bool = True


class Organization(Record):
    """An organization as a search hit names it."""

    id: int | None = None
    name: str = ""


class Hit(Record):
    """A person as the search gives it: phones are plain texts, and there are no dates."""

    id: int
    name: str = ""
    phones: list[str] = Field(default_factory=list)
    organization: Organization | None = None


class Item(BaseModel, title="person"):
    """A hit with its score left out."""

    model_config = ConfigDict(defer_build=True)

    item: Hit


class Person(Record, title="person"):
    """A person record."""

    id: int
    name: str = ""
    org_id: int | None = None
    add_time: AnyMoment | None = None
    update_time: AnyMoment | None = None


class PhoneField(Record):
    """One of a person's phones."""

    value: str | None = None


class ListedPerson(Record, title="person"):
    """A person as the list of all gives it."""

    id: int
    name: str = ""
    org_id: int | None = None
    phones: list[PhoneField] | None = None


class Titled(BaseModel, title="deal or lead"):
    """A deal (whole number) or a lead (UUID), as far as a drop-down needs it."""

    model_config = ConfigDict(defer_build=True)

    id: int | str
    title: str = ""


class Participant(Record):
    """A person of an activity; answers may still say ``primary_flag``."""

    person_id: int | None = None
    primary: bool = Field(default=False, validation_alias=AliasChoices("primary", "primary_flag"))


class Activity(Record, title="activity"):
    """An activity; times are UTC, to the minute."""

    id: int
    subject: str | None = None
    note: str | None = None
    owner_id: int | None = None
    add_time: AnyMoment | None = None
    due_date: str | None = None
    due_time: str | None = None
    duration: str | None = None
    org_id: int | None = None
    deal_id: int | None = None
    lead_id: str | None = None
    person_id: int | None = None
    participants: list[Participant] | None = None
    is_deleted: bool = False

    @property
    def contact_id(self) -> int | None:
        """The primary participant, else the first one."""
        if self.person_id is not None:
            return self.person_id
        ordered = sorted(self.participants or [], key=lambda each: not each.primary)
        return next((each.person_id for each in ordered if each.person_id is not None), None)

    @property
    def start(self) -> datetime | None:
        """When it took place; None for an activity of the whole day, and for what is no time."""
        try:
            return datetime.fromisoformat(f"{self.due_date}T{self.due_time}").replace(tzinfo=UTC)
        except ValueError:
            return None

    @property
    def seconds(self) -> int | None:
        """How long it took; None for what is no duration."""
        match = DURATION.fullmatch(self.duration or "")
        return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0) if match else None

    @property
    def dispositions(self) -> JsonObject:
        """The deal or lead it belongs to."""
        links: JsonObject = {"deals": str(self.deal_id) if self.deal_id else None, "leads": self.lead_id}
        return {field: link for field, link in links.items() if link}
