"""Settings, and the fields of entities and of the search index, as the API describes them.

https://bullhorn.github.io/rest-api-docs/#get-settings, #get-meta, #get-search
"""

from __future__ import annotations

from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES, NOTE_ACTIONS, STATUSES
from appconnect.sandbox.base import Json, JsonObject


def settings(user: int) -> JsonObject:
    """Return all settings of a user."""
    return {"commentActionList": list(NOTE_ACTIONS), "userId": user, "corporationId": 1}


def setting_names(user: int) -> list[Json]:
    """Return the name and type of every setting."""
    return [
        {"name": name, "valueType": "STRING", "isArray": isinstance(value, list)}
        for name, value in settings(user).items()
    ]


def index_fields(entity: str) -> list[Json]:
    """Return the fields of an entity in the search index."""
    return [
        {"name": name, "type": field.index, "isSortable": field.index != "ANALYZED"}
        for name, field in ENTITIES[entity].items()
        if not field.data_type.startswith("to-")
    ]


def field_metadata(entity: str, name: str) -> JsonObject:
    """Return a field of an entity as ``meta`` describes it."""
    field = ENTITIES[entity][name]
    scalar = not field.data_type.startswith("to-")
    kind = "ID" if name == "id" else "SCALAR" if scalar else field.data_type.upper().replace("-", "_")
    answer: JsonObject = {"name": name, "type": kind, "label": name}
    if scalar:
        answer["dataType"] = field.data_type
    if field.max_length < 1000:
        answer["maxLength"] = field.max_length
    if name == "status" and entity in STATUSES:
        answer["options"] = [{"value": status, "label": status} for status in STATUSES[entity]]
    return answer
