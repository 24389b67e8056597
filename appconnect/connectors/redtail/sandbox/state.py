"""What the played Redtail remembers, and how it searches."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from appconnect.connectors.redtail.sandbox import people
from appconnect.connectors.redtail.sandbox.people import JsonObject
from appconnect.sandbox.base import Ids
from appconnect.sandbox.cast import CastMember

MIN_PART = 7
"""So many digits at least find a number that merely contains them."""


# -- what may be sent --


class Sent(BaseModel):
    """A body of ours to be: ids are numbers, unknown keys are passed over."""

    model_config = ConfigDict(strict=True, extra="ignore")


def _moment(value: object) -> object:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def iso(moment: datetime) -> str:
    """A moment as Redtail writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


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
    """What POST and PUT /contacts take."""

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
    """Whom an activity is about."""

    contact_id: int


class Attendee(Sent):
    """Who takes part in an activity."""

    type: Literal["Crm::Activity::Attendee::User"]
    user_id: int


class ActivityBody(Sent):
    """What POST and PUT /activities take."""

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
    """What POST …/notes takes; note_type 1 is a note."""

    category_id: int
    note_type: int
    body: str
    pinned: bool = False
    draft: bool = False


class ProblemError(Exception):
    """The text of a 422."""


# -- what is remembered --


class Database:
    """Contacts, activities, notes and lists of one database."""

    def __init__(self, now: Callable[[], datetime], ids: Ids) -> None:
        self._now, self._ids = now, ids
        self.users = people.users()
        self.user_keys = {user_id: str(uuid.UUID(bytes=secrets.token_bytes(16))) for user_id in self.users}
        self.categories = dict(people.CATEGORIES)
        self.contacts: dict[int, JsonObject] = {}
        self.activities: dict[int, JsonObject] = {}
        self.notes: list[JsonObject] = []
        for somebody in people.CONTACTS:
            self.know(somebody)

    @property
    def now(self) -> str:
        """The moment as Redtail writes it."""
        return iso(self._now())

    def know(self, somebody: CastMember) -> int:
        """Add a contact; gives its id."""
        number = self._ids.next("contact", 501)
        self.contacts[number] = people.contact(number, somebody, self.now)
        return number

    def employ(self, somebody: CastMember, *, deny_access: bool = False) -> int:
        """Add a user of the database; gives its id."""
        number = self._ids.next("user", 880101)
        self.users[number] = people.user(number, somebody, deny_access=deny_access)
        return number

    # -- contacts --

    def living(self) -> list[JsonObject]:
        """The contacts that are not deleted."""
        return [each for each in self.contacts.values() if not each["deleted"]]

    def contact(self, number: int) -> JsonObject | None:
        """A contact; None when there is none, or no longer."""
        found = self.contacts.get(number)
        return None if found is None or found["deleted"] else found

    def write_contact(self, body: ContactBody, old: JsonObject | None = None) -> JsonObject:
        """Make a contact, or change of an old one what was sent."""
        said: JsonObject = body.model_dump(mode="json", exclude_unset=old is not None)
        if "phones" in said:
            said["phones"] = [people.phone_row(each.model_dump()) for each in body.phones]
        nobody = CastMember("", "")
        new = dict(old) if old else people.contact(self._ids.next("contact", 501), nobody, self.now)
        new |= said | {"updated_at": self.now}
        given = [new["first_name"], new["middle_name"], new["last_name"]]
        new["full_name"] = " ".join(str(part) for part in given if part) or new["company_name"]
        if not (new["last_name"] if new["type"] == "Crm::Contact::Individual" else new["company_name"]):
            wanted = "Last name" if new["type"] == "Crm::Contact::Individual" else "Company name"
            raise ProblemError(f"{wanted} can't be blank")
        self.contacts[_number(new)] = new
        return new

    # -- activities and notes --

    def activity(self, number: int) -> JsonObject | None:
        """An activity; None when there is none."""
        return self.activities.get(number)

    def write_activity(
        self, body: ActivityBody, user_id: int, old: JsonObject | None = None, *, replace: bool = True
    ) -> JsonObject:
        """Make an activity, or change of an old one what was sent.

        With ``replace`` the attendees that are sent take the place of the old ones, else they join them.
        """
        said = body.model_dump(mode="json", exclude_unset=old is not None)
        for key in {"start_date", "end_date"} & said.keys():
            moment = getattr(body, key)
            said[key] = None if moment is None else iso(moment)
        if old and not replace and "attendees" in said:  # nobody attends twice
            before = _rows(old, "attendees")
            said["attendees"] = [*before, *(each for each in said["attendees"] if each not in before)]
        new: JsonObject = {**(old or self._blank_activity(user_id)), **said, "updated_at": self.now}
        self._check_activity(new)
        if new["completed"] and not new["completed_at"]:
            new["completed_at"] = self.now
        self.activities[_number(new)] = new
        return new

    def _blank_activity(self, user_id: int) -> JsonObject:
        return {
            "id": 0, "added_by": user_id, "deleted": False, "completed_at": None, "created_at": self.now,
        }  # fmt: skip

    def _check_activity(self, activity: JsonObject) -> None:
        for key in ("subject", "start_date", "end_date"):
            if not activity.get(key):
                raise ProblemError(f"{key.replace('_', ' ').capitalize()} can't be blank")
        if str(activity["end_date"]) < str(activity["start_date"]):
            raise ProblemError("End date can't be before start date")
        self._check_category(activity["category_id"])
        if activity["activity_code_id"] not in people.ACTIVITY_CODES:
            raise ProblemError("Activity code must exist")
        if any(self.contact(_whole(row["contact_id"])) is None for row in _rows(activity, "linked_contacts")):
            raise ProblemError("Linked contact must exist")
        if any(row["user_id"] not in self.users for row in _rows(activity, "attendees")):
            raise ProblemError("Attendee must exist")
        if not activity["id"]:  # a refused one uses up no id
            activity["id"] = self._ids.next("activity", 9001)

    def _check_category(self, category_id: JsonValue) -> None:
        if category_id not in self.categories:
            raise ProblemError("Category must exist")

    def write_note(self, body: NoteBody, user_id: int, about: JsonObject) -> JsonObject:
        """Add a note; ``about`` is what it belongs to."""
        self._check_category(body.category_id)
        note: JsonObject = {
            "id": self._ids.next("note", 7001),
            **body.model_dump(),
            "category": self.categories[body.category_id],
            "note_type_description": "Note" if body.note_type == 1 else None,
            "added_by": user_id,
            "deleted": False,
            "created_at": self.now,
            "updated_at": self.now,
            "note_associations": [about],
        }
        self.notes.append(note)
        return note


def _number(record: Mapping[str, JsonValue]) -> int:
    return _whole(record["id"])


def _whole(value: JsonValue) -> int:
    assert isinstance(value, int)
    return value


def _rows(record: JsonObject, key: str) -> list[JsonObject]:
    rows = record.get(key)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


# -- how it searches --


def has_number(contact: JsonObject, wanted: str, *, partly: bool) -> bool:
    """Whether a phone of the contact has these digits, without country code.

    ``partly``: or contains them, when there are enough.
    """
    numbers = [only_digits(str(phone["number"])) for phone in _rows(contact, "phones")]
    partly = partly and len(wanted) >= MIN_PART
    return any(wanted == each or (partly and wanted in each) for each in numbers)


def has_email(contact: JsonObject, wanted: str) -> bool:
    """Whether an address of the contact is this one."""
    return any(str(each["address"]).casefold() == wanted.casefold() for each in _rows(contact, "emails"))


def only_digits(text: str) -> str:
    """The ASCII digits in ``text``."""
    return "".join(each for each in text if each in "0123456789")
