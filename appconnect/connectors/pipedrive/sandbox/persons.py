"""Persons and organizations.

Source: https://developers.pipedrive.com/docs/api/v1/Persons and …/Organizations (choose v2 there).
"""

from __future__ import annotations

from collections.abc import Iterator

from appconnect.connectors.pipedrive.sandbox import custom_fields
from appconnect.connectors.pipedrive.sandbox.answers import Fault, Row, forbidden, invalid
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.database import objects, split_name
from appconnect.connectors.pipedrive.sandbox.more import with_more
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler
from appconnect.sandbox.base import Json, JsonObject

CONTACT_SYNC_ONLY = {"im", "postal_address", "birthday", "job_title", "notes"}
ENTRIES = {"phones": "phone", "emails": "email", "im": "instant messenger"}


def _person(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    if not request.toggles["contact_sync"]:
        for name in sorted(CONTACT_SYNC_ONLY & sent.keys()):
            raise forbidden(f"The field '{name}' is available with contact sync only.")
    for name in ENTRIES.keys() & sent.keys():
        sent[name] = _entries(sent, name)
    return _named(sent, before) | custom_fields.merged(sent, before)


def _named(sent: Row, before: Row | None) -> Row:
    """Return the fields with whole name and its parts, whichever was sent."""
    parts = {name: sent.get(name, (before or {}).get(name)) for name in ("first_name", "last_name")}
    if isinstance(name := sent.get("name"), str) and name.strip():
        return split_name(name) | sent
    if {"first_name", "last_name"} & sent.keys():
        whole = " ".join(str(part) for part in parts.values() if part)
        if whole:
            return sent | parts | {"name": whole}
    if before is None:
        raise invalid("name", "This field is missing.")
    return sent


def _faults(request: ApiRequest, sent: JsonObject) -> Iterator[Fault]:
    for name in ENTRIES.keys() & sent.keys():
        if len([row for row in objects(sent[name]) if row.get("primary") is True]) > 1:
            yield Fault(name, f"Only one {ENTRIES[name]} can be primary.")
    yield from custom_fields.faults(request, "person", sent)


def _entries(sent: Row, name: str) -> Json:
    return _with_primary([{"primary": False, "label": "work", **row} for row in objects(sent[name])])


def _with_primary(rows: list[JsonObject]) -> Json:
    """Make the first entry primary when none is."""
    if rows and not any(row["primary"] for row in rows):
        rows[0]["primary"] = True
    return list(rows)


def _hidden(request: ApiRequest) -> set[str]:
    return set() if request.toggles["contact_sync"] else CONTACT_SYNC_ONLY


def _of_deal(request: ApiRequest, row: Row) -> bool:
    deal = request.query.get("deal_id")
    return not isinstance(deal, int) or request.database.deals.get(deal, {}).get("person_id") == row["id"]


PERSONS = Collection(
    "/api/v2/persons", "persons", "person", 501,
    prepare=_person, faults=_faults, show=with_more("person"), hidden=_hidden, visible=_of_deal,
)  # fmt: skip


# -- organizations --


def _organization(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    return sent | custom_fields.merged(sent, before)


ORGANIZATIONS = Collection(
    "/api/v2/organizations", "organizations", "organization", 61,
    prepare=_organization, faults=custom_fields.faults_of("organization"), show=with_more("organization"),
)  # fmt: skip


HANDLERS: dict[str, Handler] = {**PERSONS.handlers, **ORGANIZATIONS.handlers}
