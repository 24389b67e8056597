"""What the made-up company tells of itself: settings, and the fields of its entities and of its index.

https://bullhorn.github.io/rest-api-docs/#get-settings, #get-meta, #get-search
"""

from __future__ import annotations

from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES, NOTE_ACTIONS, STATUSES
from appconnect.sandbox.base import Json, JsonObject


def settings(user: int) -> JsonObject:
    """All settings, as this user has them."""
    return {"commentActionList": list(NOTE_ACTIONS), "userId": user, "corporationId": 1}


def setting_names(user: int) -> list[Json]:
    """What settings there are."""
    return [
        {"name": name, "valueType": "STRING", "isArray": isinstance(value, list)}
        for name, value in settings(user).items()
    ]


def index_fields(entity: str) -> list[Json]:
    """What the search index knows of an entity."""
    return [
        {"name": name, "type": field.index, "isSortable": field.index != "ANALYZED"}
        for name, field in ENTITIES[entity].items()
        if not field.kind.startswith("to-")
    ]


def described(entity: str, name: str) -> JsonObject:
    """A field of an entity, in the words of meta."""
    field = ENTITIES[entity][name]
    scalar = not field.kind.startswith("to-")
    kind = "ID" if name == "id" else "SCALAR" if scalar else field.kind.upper().replace("-", "_")
    described: JsonObject = {"name": name, "type": kind, "label": name}
    if scalar:
        described["dataType"] = field.kind
    if field.longest < 1000:
        described["maxLength"] = field.longest
    if name == "status" and entity in STATUSES:
        described["options"] = [{"value": status, "label": status} for status in STATUSES[entity]]
    return described
