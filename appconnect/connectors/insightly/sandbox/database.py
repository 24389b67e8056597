"""The state of the sandbox: records by entity and id, each with its links to others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

from appconnect.connectors.insightly.sandbox.checks import BODY_DATE
from appconnect.connectors.insightly.sandbox.schema import (
    ACTIVITIES,
    ENTITIES,
    LINKABLE,
    SCHEMA,
    TEAM,
    TEAM_MEMBER,
    Entity,
)
from appconnect.sandbox.base import Ids, Json, JsonObject
from appconnect.sandbox.clock import Clock
from appconnect.sandbox.records import Table

OF = "of"
"""The key, no field of Insightly's, of the record that a comment or file belongs to: "Note 7501"."""


class Database:
    """All records of one account."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock, self._ids = clock, ids
        self.records = {entity.name: Table(entity.id_field, keys=_keys(entity)) for entity in ENTITIES}
        self.follows, self.images, self.states, self.translations = Table(OF), Table(OF), Table(OF), Table(OF)
        """Who follows what, the pictures, the former states of opportunities, and articles by language."""
        self.custom_fields: dict[str, list[JsonObject]] = {}
        self.hidden: set[tuple[str, int]] = set()
        """Records that exist and that no user may read."""

    def tables(self) -> dict[str, Table]:
        """Return all tables by name."""
        others = {"Follow": self.follows, "Image": self.images, "State": self.states}
        return {**self.records, **others, "Translation": self.translations}

    def add(self, entity: Entity, fields: JsonObject) -> int:
        """Add a record; return its id."""
        number = self.next_id(entity.name, entity.first_id)
        now = self.stamp()
        given: JsonObject = {"DATE_CREATED_UTC": now, "DATE_UPDATED_UTC": now}
        given |= {"TICKET_NUMBER": str(number), "ARTICLE_NO": number}
        given = {name: value for name, value in given.items() if name in entity.record.fields}
        self.records[entity.name].put({**entity.record.blank(), **fields, entity.id_field: number, **given})
        return number

    def next_id(self, sequence: str, first: int = 1) -> int:
        """Return the next id of a sequence."""
        return self._ids.next(sequence, first)

    def change(self, entity: Entity, number: int, fields: JsonObject) -> None:
        """Change the fields that were sent; null clears one."""
        stamp = {"DATE_UPDATED_UTC": self.stamp()} if "DATE_UPDATED_UTC" in entity.record.fields else {}
        self.records[entity.name].change(number, {**fields, **stamp})

    def members(self, team: int) -> list[JsonObject]:
        """Return the members of a team."""
        return self.records[TEAM_MEMBER.name].having((TEAM.id_field, str(team)))

    # -- links --

    def links(self, entity: Entity, number: int) -> list[JsonObject]:
        """Return the links of a record, oldest first."""
        links = self.records[entity.name][number]["LINKS"]
        assert isinstance(links, list)
        return [link for link in links if isinstance(link, dict)]

    def link(
        self, entity: Entity, number: int, to: Entity, to_number: int, *, spelled: str = "", **more: Json
    ) -> JsonObject:
        """Link one record to another; return the link as it is seen from the first."""
        link: JsonObject = {
            **SCHEMA["Link"].blank(), "LINK_ID": self._ids.next("Link", 801), "IS_FORWARD": None,
            "OBJECT_NAME": entity.name, "OBJECT_ID": number,
            "LINK_OBJECT_NAME": spelled or to.name, "LINK_OBJECT_ID": to_number, **more,
        }  # fmt: skip
        self._put_link(entity, number, link)
        return link

    def change_link(self, entity: Entity, number: int, link: JsonObject, fields: JsonObject) -> JsonObject:
        """Change a link on both sides; return it."""
        self._drop_link(entity, number, link)
        changed = {**link, **fields}
        self._put_link(entity, number, changed)
        return changed

    def unlink(self, entity: Entity, number: int, link_id: int) -> bool:
        """Remove a link from both sides; return False when there is none."""
        link = next((each for each in self.links(entity, number) if each["LINK_ID"] == link_id), None)
        if link is not None:
            self._drop_link(entity, number, link)
        return link is not None

    def linked(self, entity: Entity, to: Entity, number: int) -> list[JsonObject]:
        """Return the records of a type that are linked to a record."""
        return self.records[entity.name].having((to.name, number))

    def _put_link(self, entity: Entity, number: int, link: JsonObject) -> None:
        for row, seen in self._sides(entity, number, link):
            links = [*self.links(row[0], row[1]), seen]
            self.records[row[0].name].change(row[1], {"LINKS": [*links]})

    def _drop_link(self, entity: Entity, number: int, link: JsonObject) -> None:
        for row, _ in self._sides(entity, number, link):
            left = [each for each in self.links(row[0], row[1]) if each["LINK_ID"] != link["LINK_ID"]]
            self.records[row[0].name].change(row[1], {"LINKS": [*left]})

    def _sides(
        self, entity: Entity, number: int, link: JsonObject
    ) -> Iterator[tuple[tuple[Entity, int], JsonObject]]:
        """Yield the records that show a link, and how; those of activities are seen there only."""
        yield (entity, number), link
        to, to_number = LINKABLE[str(link["LINK_OBJECT_NAME"]).lower()], link["LINK_OBJECT_ID"]
        assert isinstance(to_number, int)
        if (
            entity in ACTIVITIES
            or to_number not in self.records[to.name]
            or (to, to_number) == (entity, number)
        ):
            return
        forward = link["IS_FORWARD"]
        yield (
            (to, to_number),
            {
                **link,
                "OBJECT_NAME": to.name,
                "OBJECT_ID": to_number,
                "LINK_OBJECT_NAME": entity.name,
                "LINK_OBJECT_ID": number,
                "IS_FORWARD": not forward if isinstance(forward, bool) else None,
            },
        )

    def stamp(self) -> str:
        """Return the present time as it stands in records."""
        return f"{self._clock.now():{BODY_DATE}}"


def _keys(entity: Entity) -> Callable[[JsonObject], Iterator[Hashable]]:
    """Return the function that tells by what a record is looked up: fields, tags, links."""
    names = [
        name
        for name, known in entity.record.fields.items()
        if known.type in ("text", "integer") and not known.many and name != entity.id_field
    ]

    def keys(row: JsonObject) -> Iterator[Hashable]:
        for name in (*names, OF):
            if row.get(name) is not None:
                yield name, folded(row[name])
        for entry in objects(row.get("CUSTOMFIELDS")):
            yield entry.get("FIELD_NAME"), folded(entry.get("FIELD_VALUE"))
        for entry in objects(row.get("TAGS")):
            yield "TAGS", folded(entry.get("TAG_NAME"))
        for entry in objects(row.get("LINKS")):
            yield LINKABLE[str(entry["LINK_OBJECT_NAME"]).lower()].name, entry["LINK_OBJECT_ID"]

    return keys


def folded(value: Json) -> str:
    """Return a value as text without its case."""
    return "" if value is None else str(value).lower()


def objects(value: Json) -> Iterator[JsonObject]:
    """Yield the objects of a list."""
    yield from (each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()


def field_value(row: JsonObject, name: str) -> Json:
    """Return the value of a standard or custom field."""
    if name in row:
        return row[name]
    custom = (
        each.get("FIELD_VALUE") for each in objects(row.get("CUSTOMFIELDS")) if each.get("FIELD_NAME") == name
    )
    return next(custom, None)
