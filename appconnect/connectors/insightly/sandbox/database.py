"""The state of the sandbox: records by entity and id, and the links between them."""

from __future__ import annotations

from appconnect.connectors.insightly.sandbox.schema import BODY_DATE, ENTITIES, USER, Entity
from appconnect.sandbox.base import Ids, Json, JsonObject
from appconnect.sandbox.clock import Clock


class Database:
    """All records of one account."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock, self._ids = clock, ids
        self.records: dict[str, dict[int, JsonObject]] = {entity.name: {} for entity in (*ENTITIES, USER)}
        self.custom_fields: dict[str, list[JsonObject]] = {}
        self.hidden: set[tuple[str, int]] = set()
        """Records that exist and that no user may read."""

    def add(self, entity: Entity, fields: JsonObject) -> int:
        """Add a record; return its id."""
        number = self._ids.next(entity.name, entity.first_id)
        now = self.stamp()
        self.records[entity.name][number] = {
            **entity.blank(), **fields,
            entity.id_field: number, "DATE_CREATED_UTC": now, "DATE_UPDATED_UTC": now,
        }  # fmt: skip
        return number

    def change(self, entity: Entity, number: int, fields: JsonObject) -> None:
        """Change the fields that were sent; null clears one."""
        self.records[entity.name][number] |= {**fields, "DATE_UPDATED_UTC": self.stamp()}

    def links(self, entity: Entity, number: int) -> list[JsonObject]:
        """Return the links of a record, oldest first."""
        links = self.records[entity.name][number]["LINKS"]
        assert isinstance(links, list)
        return [link for link in links if isinstance(link, dict)]

    def link(
        self,
        entity: Entity,
        number: int,
        to: Entity,
        to_number: int,
        *,
        spelled: str = "",
        role: str | None = None,
    ) -> JsonObject:
        """Link one record to another; return the link."""
        link: JsonObject = {
            "LINK_ID": self._ids.next("Link", 801),
            "OBJECT_NAME": entity.name,
            "OBJECT_ID": number,
            "LINK_OBJECT_NAME": spelled or to.name,
            "LINK_OBJECT_ID": to_number,
            "ROLE": role,
            "DETAILS": None,
            "RELATIONSHIP_ID": None,
            "IS_FORWARD": None,
        }
        self.records[entity.name][number]["LINKS"] = [*self.links(entity, number), link]
        return link

    def unlink(self, entity: Entity, number: int, link_id: int) -> bool:
        """Remove a link; return False when there is none."""
        before = self.links(entity, number)
        self.records[entity.name][number]["LINKS"] = [link for link in before if link["LINK_ID"] != link_id]
        return len(before) > len(self.links(entity, number))

    def stamp(self) -> str:
        """Return the present time as it stands in records."""
        return f"{self._clock.now():{BODY_DATE}}"


def field_value(row: JsonObject, name: str) -> Json:
    """Return the value of a standard or custom field."""
    if name.upper() in row:
        return row[name.upper()]
    custom = row["CUSTOMFIELDS"]
    values = custom if isinstance(custom, list) else []
    return next(
        (each["FIELD_VALUE"] for each in values if isinstance(each, dict) and each["FIELD_NAME"] == name),
        None,
    )
