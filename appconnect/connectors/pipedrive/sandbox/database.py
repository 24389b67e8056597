"""The state of the sandbox: one table per type of record.

Records are kept in v2's shape (leads in v1's, which has no v2 list); handlers turn them into v1's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

from appconnect.connectors.pipedrive.sandbox.answers import Row, rfc3339, spaced, with_milliseconds
from appconnect.sandbox.base import Ids, Json, JsonObject
from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.clock import Clock
from appconnect.sandbox.records import Table

COMPANY_ID = 88
DOMAIN = "acme-sandbox"
RAE_ID = 7001
PHONES = ("phone", "custom_fields")
"""The fields in which numbers are searched for by their digits; a custom field may be of type phone."""


LINKS = ("person_id", "org_id", "organization_id", "deal_id", "lead_id")

_DEFAULTS: Mapping[str, Row] = json.loads(Path(__file__).with_name("defaults.json").read_text("utf-8"))


class Database:
    """All records of one company, one table per type."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self.clock, self._ids = clock, ids
        self.users, self.activity_types = Table(), Table()
        self.organizations, self.persons = _main_table(), _main_table()
        self.deals, self.leads = _main_table(), _main_table()
        self.activities, self.comments = Table(keys=_links), Table("uuid")
        self.notes = Table(texts=_note_texts, keys=_links)
        self.call_logs, self.files, self.fields = Table(), Table(keys=_links), Table(keys=_field_names)
        self.filters, self.lead_labels, self.webhooks = Table(), Table(), Table()
        self.pipelines, self.stages, self.currencies = Table(), Table(), Table()
        self.followers, self.conversions = Table(), Table()
        self.participants, self.discounts = Table(keys=_links), Table(keys=_links)
        self.history, self.pictures = Table(), Table()

    def tables(self) -> dict[str, Table]:
        """Return all tables by their names."""
        return {name: table for name, table in vars(self).items() if isinstance(table, Table)}

    def next_id(self, table: str, first: int = 1) -> int:
        """Return the next id of a table's records."""
        sequence = {"persons": "person", "deals": "deal", "leads": "lead", "activities": "activity"}
        sequence |= {"organizations": "organization", "users": "user", "activity_types": "activity type"}
        return self._ids.next(sequence.get(table, table), first)

    # -- time --

    @property
    def now(self) -> str:
        """The present time as v2 writes it."""
        return rfc3339(self.clock.now())

    def seconds_ago(self, seconds: float) -> str:
        """Return a past time as v2 writes it."""
        return rfc3339(self.clock.now() - timedelta(seconds=seconds))

    # -- adding --

    def add_user(self, member: CastMember, *, active: bool = True) -> Row:
        """Add a user, in the shape of v1."""
        last_login = "2026-01-02 08:55:00" if active else "2025-02-01 08:00:00"
        told: Row = {"phone": member.phone or None, "last_login": last_login, "active_flag": active}
        named: Row = {"id": self.next_id("users", RAE_ID), "name": member.name, "email": member.email}
        return self.users.put(defaults("users") | named | told)

    def add_activity_type(self, name: str, key: str, *, active: bool = True) -> None:
        """Add an activity type, in the shape of v1; activities have ``key`` as their ``type``."""
        number, founded = self._ids.next("activity type"), "2024-03-01 08:00:00"
        icon = "call" if key == "call" else "task"
        named: Row = {"id": number, "order_nr": number, "name": name, "key_string": key, "icon_key": icon}
        named |= {"active_flag": active, "is_custom_flag": number > 3}
        times: Row = {"add_time": founded, "update_time": founded}
        self.activity_types.put(defaults("activity_types") | named | times)

    def add_organization(self, name: str) -> Row:
        """Add an organization."""
        return self.organizations.put(self._record("organizations", 61) | {"name": name})

    def add_person(self, name: str, fields: Row) -> Row:
        """Add a person; ``fields`` are those of v2."""
        return self.persons.put(self._record("persons", 501) | {"name": name, **split_name(name)} | fields)

    def add_member(self, member: CastMember, **fields: Json) -> int:
        """Add a person of the cast and return its id; a company that is known by name is linked."""
        row: Row = {
            "first_name": member.first_name,
            "last_name": member.last_name,
            "org_id": self._organization_id(member.company) if member.company else None,
            "phones": [entry(member.phone)] if member.phone else [],
            "emails": [entry(member.email)] if member.email else [],
        }
        number = self.add_person(member.name, row | fields)["id"]
        assert isinstance(number, int)
        return number

    def _organization_id(self, name: str) -> Json:
        same = (row for row in self.organizations.containing(name.casefold()) if row["name"] == name)
        return (next(same, None) or self.add_organization(name))["id"]

    def add_deal(self, title: str, person_id: int, **fields: Json) -> Row:
        """Add a deal with its primary person."""
        linked: Row = {"person_id": person_id, "org_id": self.persons[person_id]["org_id"]}
        return self.deals.put(self._record("deals", 901) | {"title": title, "value": 1000} | linked | fields)

    def add_lead(self, title: str, person_id: int, **fields: Json) -> Row:
        """Add a lead, in the shape of v1: UUID, ``organization_id``, milliseconds."""
        now = with_milliseconds(self.clock.now())
        known: Row = {"id": uuid_of("leads", self._ids.next("lead")), "title": title, "owner_id": RAE_ID}
        known |= {"creator_id": RAE_ID, "source_name": "Manually created", "origin": "ManuallyCreated"}
        known |= {"person_id": person_id, "organization_id": self.persons[person_id]["org_id"]}
        known |= {"was_seen": True, "add_time": now, "update_time": now}
        return self.leads.put(defaults("leads") | known | fields)

    def add_activity(self, **fields: Json) -> Row:
        """Add an activity."""
        return self.activities.put(self._record("activities", 9301) | fields)

    def add_crowd(self, count: int, phone: str = "+1 415 555 0199") -> None:
        """Add ``count`` persons who share a phone number, to fill more than one page."""
        for number in range(1, count + 1):
            self.add_person(f"Guest {number:04d}", {"phones": [entry(phone)]})

    def _record(self, table: str, first: int) -> Row:
        known: Row = {"id": self.next_id(table, first), "owner_id": RAE_ID, "is_deleted": False}
        return defaults(table) | known | {"add_time": self.now, "update_time": self.now}

    # -- reading --

    def person_name(self, person_id: Json) -> str | None:
        """Return the name of a person, also of a deleted one; None when there is none."""
        row = self.persons.get(person_id) if isinstance(person_id, int) else None
        return str(row["name"]) if row else None

    def time_v1(self) -> str:
        """Return the present time as v1 writes it."""
        return spaced(self.clock.now())


def defaults(table: str) -> Row:
    """Return what a new record has where nothing else is said."""
    return deepcopy(_DEFAULTS.get(table, {}))


def uuid_of(table: str, number: int) -> str:
    """Return a UUID that tells what it is of: "00000000-0000-4000-8000-000000000001" is the first lead."""
    kind = {"leads": 0, "lead_labels": 1, "comments": 2, "conversions": 3, "call_logs": 4, "discounts": 5}[
        table
    ]
    return f"{kind:08d}-0000-4000-8000-{number:012d}"


def is_live(row: Row | None) -> bool:
    """Return True for a record that is there, neither deleted nor archived."""
    return row is not None and not row.get("is_deleted") and not row.get("is_archived")


def live(table: Table) -> list[Row]:
    """Return the rows that are neither deleted nor archived."""
    return [row for row in table.values() if is_live(row)]


def entry(value: str) -> JsonObject:
    """Return a primary phone number or e-mail address as persons hold them."""
    return {"value": value, "primary": True, "label": "work"}


def split_name(name: str) -> JsonObject:
    """Split off the first word, as Pipedrive does when only ``name`` is sent."""
    first, _, last = name.partition(" ")
    return {"first_name": first, "last_name": last or None}


def objects(value: Json) -> list[JsonObject]:
    """Return the objects of a list; none for what is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def entry_values(entries: Json) -> list[str]:
    """Return the values of ``phones`` or ``emails``."""
    return [str(each["value"]) for each in objects(entries)]


def digits(text: str) -> str:
    """Return the digits of a number; "" for a text with letters."""
    return "" if re.search(r"[^\W\d]", text) else re.sub(r"\D", "", text)


def searchable(row: Row) -> Iterator[tuple[str, str]]:
    """Yield the (field, text) pairs of a record that are searched."""
    title = "name" if "name" in row else "title"
    yield title, str(row[title])
    for field, key in (("phone", "phones"), ("email", "emails")):
        for value in entry_values(row.get(key)):
            yield field, value
    if isinstance(address := row.get("address"), dict) and address.get("value"):
        yield "address", str(address["value"])
    custom = row.get("custom_fields")
    for each in custom.values() if isinstance(custom, dict) else ():
        yield "custom_fields", str(each)


def _main_table() -> Table:
    return Table(texts=_searched, keys=_links)


def _links(row: Row) -> Iterator[tuple[str, Json]]:
    """Yield what a record is linked to, as its field and the other one's id."""
    for name in LINKS:
        if row.get(name) is not None:
            yield name, row[name]


def _note_texts(row: Row) -> list[str]:
    return [str(row["content"]).casefold()]


def _field_names(row: Row) -> Iterator[tuple[Json, str]]:
    """Yield what a field is called by: its number and its key, each with the entity it belongs to."""
    for name in ("id", "key"):
        yield row["entity"], str(row[name])


def _searched(row: Row) -> Iterator[str]:
    for field, text in searchable(row):
        yield text.casefold()
        if field in PHONES:
            yield digits(text)
