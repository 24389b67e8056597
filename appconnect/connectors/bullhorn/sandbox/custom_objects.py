"""Custom objects, which are made and changed in the body of the record that they belong to.

https://bullhorn.github.io/Custom-Objects/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from appconnect.connectors.bullhorn.sandbox.database import Database
from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES
from appconnect.connectors.bullhorn.sandbox.validation import checked, id_of
from appconnect.sandbox.base import Json, JsonObject

Sent = Mapping[str, Sequence[JsonObject]]
"""By the name of the list, the custom objects that are to be made, or changed where they have an id."""


def split(entity: str, body: JsonObject) -> tuple[JsonObject, Sent]:
    """Return what of a body is the record's own, and its custom objects."""
    found = {name: _custom_objects(entity, name, value) for name, value in body.items()}
    sent = {name: objects for name, objects in found.items() if objects is not None}
    return {name: value for name, value in body.items() if name not in sent}, sent


def write(database: Database, entity: str, number: int, sent: Sent, by: int, **rules: bool) -> None:
    """Make or change the custom objects of a record. Raises RefusedWriteError."""
    for target, name, each in _objects(entity, sent):
        known, fields = id_of(each.get("id")), {key: value for key, value in each.items() if key != "id"}
        if known is not None and known in database.led_to(entity, database.records[entity][number], name):
            database.update(target, known, fields, by, **rules)
        else:
            database.associate(entity, number, name, [database.create(target, fields, by, **rules)])


def check(database: Database, entity: str, sent: Sent, **rules: bool) -> None:
    """Raise RefusedWriteError for what is wrong with custom objects, before anything is written."""
    for target, _, each in _objects(entity, sent):
        checked(database, target, {key: value for key, value in each.items() if key != "id"}, **rules)


def _objects(entity: str, sent: Sent) -> Iterator[tuple[str, str, JsonObject]]:
    for name, objects in sent.items():
        yield from ((ENTITIES[entity][name].target, name, each) for each in objects)


def _custom_objects(entity: str, name: str, value: Json) -> list[JsonObject] | None:
    field = ENTITIES[entity].get(name)
    if field is None or "CustomObjectInstance" not in field.target or not isinstance(value, list):
        return None
    objects = [each for each in value if isinstance(each, dict)]
    return objects if field.target in ENTITIES and len(objects) == len(value) else None
