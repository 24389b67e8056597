"""The records that are all created, read, updated and deleted in one way: their addresses and places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from appconnect.connectors.redtail.sandbox.answers import PARTS
from appconnect.connectors.redtail.sandbox.rules import rows
from appconnect.sandbox.base import Json, JsonObject

if TYPE_CHECKING:
    from appconnect.connectors.redtail.sandbox.database import Database


@dataclass(frozen=True)
class Resource:
    """A kind of record below an address; ``owner`` is the kind of record that it is a part of."""

    kind: str
    one: str
    many: str
    owner: str
    parameters: tuple[str, ...] = ()
    """What its list can be narrowed by."""
    told: bool = True
    """Whether a write answers with the record; else a new one with success and id, a change with 204."""
    methods: tuple[str, ...] = ("PUT",)
    """The methods of a change."""

    @property
    def path(self) -> str:
        """The address of the list, below the API's."""
        return f"/{PLURALS[self.owner]}/{{owner}}/{self.many}" if self.owner else f"/{self.many}"


PLURALS = {"Contact": "contacts", "Activity": "activities"}
RESOURCES = (
    Resource("Contact", "contact", "contacts", "", ("updated_since",)),
    Resource("Phone", "phone", "phones", "Contact"),
    Resource("Email", "email", "emails", "Contact"),
    Resource("Address", "address", "addresses", "Contact", told=False),
    Resource("Note", "note", "notes", "Contact"),
    Resource("Activity", "activity", "activities", "", ("start_date", "end_date"), methods=("PUT", "PATCH")),
    Resource("Note", "note", "notes", "Activity"),
    Resource("Opportunity", "opportunity", "opportunities", "", ("contact_id", "stage_id"), told=False),
)


@dataclass(frozen=True)
class Listing:
    """Records that are only listed, all or those of the contact whom the address names."""

    path: str
    many: str
    parts: Mapping[str, str] = field(default_factory=dict)
    """Parameter → the field of a record that it asks for."""


LISTINGS = (
    Listing("/contacts/{owner}/accounts", "accounts", {"assets": "assets"}),
    Listing("/contacts/{owner}/udfs", "contact_udfs"),
    Listing("/families", "families", {"family_members": "members"}),
)


@dataclass(frozen=True)
class Shelf:
    """Where the records of a resource are kept: those of one owner, or all."""

    database: Database
    resource: Resource
    owner: JsonObject | None

    @property
    def rows(self) -> list[JsonObject]:
        """The records that are not deleted."""
        if self._parts is not None:
            return self._parts
        if self.owner is not None:
            return self.database.notes_of(self.resource.owner, self.owner["id"])
        if self.resource.kind == "Contact":
            return self.database.contacts_in_use()
        return [*self.database.tables()[self.resource.many].values()]

    def get(self, number: int | None) -> JsonObject | None:
        """Return one record; None where there is none."""
        if number is None or self.owner is not None:
            return next((each for each in self.rows if each["id"] == number), None)
        return self.database.record(self.resource.kind, number)

    def keep(self, row: JsonObject) -> None:
        """Add a record, or put it in the place of the one with its id."""
        if self._parts is None:
            self.database.tables()[self.resource.many].put(row)
            return
        is_new = row["id"] not in [each["id"] for each in self._parts]
        old = [row if each["id"] == row["id"] else each for each in self._parts]
        self._keep_parts([*old, row] if is_new else old)

    def remove(self, row: JsonObject) -> None:
        """Remove a record; a contact is only marked as deleted."""
        number = row["id"]
        assert isinstance(number, int)
        if self._parts is not None:
            self._keep_parts([each for each in self._parts if each["id"] != number])
        elif self.resource.kind == "Contact":
            self.database.contacts.change(number, {"deleted": True})
        else:
            self.database.tables()[self.resource.many].remove(number)

    @property
    def about(self) -> Mapping[str, Json]:
        """The fields in which a new record says whose it is."""
        if self.owner is None:
            return {}
        number, kind = self.owner["id"], f"Crm::{self.resource.owner}"
        if self.resource.kind == "Note":
            return {"note_associations": [{"noteable_id": number, "noteable_type": kind}]}
        is_address = self.resource.kind == "Address"
        return {"addressable_id": number, "addressable_type": kind} if is_address else {}

    @property
    def _parts(self) -> list[JsonObject] | None:
        """The records within their owner's; None where they are in a table."""
        return rows(self.owner, self.resource.many) if self.owner and self.resource.many in PARTS else None

    def _keep_parts(self, parts: list[JsonObject]) -> None:
        assert self.owner is not None and isinstance(self.owner["id"], int)
        self.database.contacts.change(self.owner["id"], {self.resource.many: [*parts]})
