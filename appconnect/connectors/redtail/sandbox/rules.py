"""What only one kind of record has, names, dates, links: each rule completes it and yields the faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from appconnect.connectors.redtail.sandbox.answers import iso, message
from appconnect.connectors.redtail.sandbox.checks import label_of
from appconnect.connectors.redtail.sandbox.schema import AMOUNTS
from appconnect.sandbox.base import Json, JsonObject, RefusedError

if TYPE_CHECKING:
    from appconnect.connectors.redtail.sandbox.database import Database

Rule = Callable[["Database", JsonObject, JsonObject], Iterator[str]]
"""The database, the record that is to be, and what was sent of it → faults."""
INDIVIDUAL = "Crm::Contact::Individual"
ADVISORS = ("servicing_advisor_id", "writing_advisor_id")


def rows(record: Mapping[str, Json], key: str) -> list[JsonObject]:
    """Return the records in a record."""
    found = record.get(key)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def check_advisors(database: Database, sent: JsonObject, user_id: int) -> None:
    """End the request with the documented 403 where a user who is no administrator sets advisors."""
    forbidden = [field for field in ADVISORS if field in sent]
    if forbidden and not database.users[user_id]["admin"]:
        raise RefusedError(message(403, f"User Forbidden from Updating {', '.join(forbidden)}"))


def _contact(database: Database, new: JsonObject, sent: JsonObject) -> Iterator[str]:
    names = [new["first_name"], new["middle_name"], new["last_name"]]
    new["full_name"] = " ".join(str(part) for part in names if part) or new["company_name"]
    wanted = "last_name" if new["type"] == INDIVIDUAL else "company_name"
    if not new[wanted]:
        yield f"{label_of(wanted)} can't be blank"


def _activity(database: Database, new: JsonObject, sent: JsonObject) -> Iterator[str]:
    yield from _span(new, sent)
    yield from _links(database, new, sent)
    if "attendees" in sent:
        attendees = rows(sent, "attendees")
        if any(each["user_id"] not in database.users for each in attendees):
            yield "Attendee must exist"
    if new["completed"] and not new["completed_at"]:
        new["completed_at"] = database.now


def _span(new: JsonObject, sent: JsonObject) -> Iterator[str]:
    for key in ("start_date", "end_date"):
        if sent.get(key):
            try:
                moment = datetime.fromisoformat(str(sent[key]))
                new[key] = iso(moment) if moment.tzinfo else None
            except OverflowError:
                new[key] = None
            if new[key] is None:
                yield f"{label_of(key)} is invalid"
    start, end = new["start_date"], new["end_date"]
    if {"start_date", "end_date"} <= sent.keys() and start and end and str(end) < str(start):
        yield "End date can't be before start date"


def _links(database: Database, new: JsonObject, sent: JsonObject) -> Iterator[str]:
    """Keep linked contacts by their numbers, those that are sent by e-mail address too."""
    if "linked_contacts" not in sent:
        return
    linked = [_contact_of(database, link) for link in rows(sent, "linked_contacts")]
    if None in linked:
        yield "Linked contact must exist"
    new["linked_contacts"] = [{"contact_id": number} for number in linked]


def _contact_of(database: Database, link: JsonObject) -> Json:
    number = link.get("contact_id")
    by_email = database.with_email(str(link.get("email") or ""))
    found = by_email if number is None else database.contact(number)
    return found and found["id"]


def _opportunity(database: Database, new: JsonObject, sent: JsonObject) -> Iterator[str]:
    yield from _links(database, new, sent)
    for key in AMOUNTS:
        if sent.get(key) and not _is_amount(str(sent[key])):
            yield f"{label_of(key)} is not a number"
    chance = sent.get("probability")
    if isinstance(chance, int) and not 0 <= chance <= 100:
        yield "Probability must be between 0 and 100"


def _is_amount(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _note(database: Database, new: JsonObject, sent: JsonObject) -> Iterator[str]:
    meant = [(str(each["noteable_type"]), each["noteable_id"]) for each in rows(sent, "note_associations")]
    if any(database.record(kind.removeprefix("Crm::"), number) is None for kind, number in meant):
        yield "Noteable must exist"


def _nothing(database: Database, new: JsonObject, sent: JsonObject) -> Iterator[str]:
    return iter(())


RULES: Mapping[str, Rule] = {
    "Contact": _contact,
    "Activity": _activity,
    "Opportunity": _opportunity,
    "Note": _note,
    "Phone": _nothing,
    "Email": _nothing,
    "Address": _nothing,
}
