"""Settings, options, and the fields of entities and of the search index, as the API describes them.

https://bullhorn.github.io/rest-api-docs/#settings, #meta, #options, #search
"""

from __future__ import annotations

import re
from collections.abc import Collection

from appconnect.connectors.bullhorn.sandbox.schema import (
    ADDRESS,
    ENTITIES,
    NOTE_ACTIONS,
    STATUSES,
    Field,
    index_of,
)
from appconnect.sandbox.base import Json, JsonObject

FULL = {"required": "required", "readOnly": "read_only", "multiValue": "multi_value"}
"""What only ``meta=full`` tells, and the attribute that has it."""


def settings(user: int, departments: list[int]) -> JsonObject:
    """Return all settings of a user."""
    return {
        "accountLockoutDuration": 30,
        "allDeptIds": list(departments),
        "allPrivateLabelIds": [1],
        "commentActionList": list(NOTE_ACTIONS),
        "corporationId": 1,
        "currencyFormat": "USD",
        "leadsAndOpportunitiesEnabled": True,
        "userId": user,
    }


def setting_names(known: JsonObject, rest_url: str) -> JsonObject:
    """Return the name, address and type of every setting."""
    data: list[Json] = [
        {
            "name": name,
            "valueUrl": f"{rest_url}settings/{name}",
            "valueType": _value_type(value[0] if isinstance(value, list) and value else value),
            "isArray": isinstance(value, list),
        }
        for name, value in known.items()
    ]
    return {"data": data}


def _value_type(value: Json) -> str:
    if isinstance(value, bool):
        return "BOOLEAN"
    return "STRING" if isinstance(value, str) else "INTEGER"


def index_fields(entity: str) -> list[Json]:
    """Return the fields of an entity in the search index."""
    return [
        {"name": each.name, "type": each.type, "isSortable": each.is_sortable}
        for each in index_of(entity).values()
    ]


def entity_list(rest_url: str) -> list[Json]:
    """Return all entities with the addresses of their metadata."""
    return [{"entity": entity, "metaUrl": meta_url(rest_url, entity)} for entity in sorted(ENTITIES)]


def meta_url(rest_url: str, entity: str) -> str:
    """Return the address of the metadata of all fields of an entity."""
    return f"{rest_url}meta/{entity}?fields=*"


def entity_metadata(entity: str, names: Collection[str], rest_url: str, level: str) -> JsonObject:
    """Return the fields of an entity, of all for ``*``; the ``id`` is always there."""
    fields: list[Json] = [
        _field(entity, field, rest_url, level)
        for field in ENTITIES[entity].values()
        if field.kind == "ID" or "*" in names or field.name in names
    ]
    return {
        "entity": entity,
        "entityMetaUrl": meta_url(rest_url, entity),
        "label": label_of(entity),
        "fields": fields,
    }


def _field(entity: str, field: Field, rest_url: str, level: str) -> JsonObject:
    answer: JsonObject = {"name": field.name, "type": field.kind}
    if field.data_type:
        answer["dataType"] = field.data_type
    if field.max_length is not None:
        answer["maxLength"] = field.max_length
    if field.kind == "ID":
        return answer
    answer |= {"confidential": field.confidential, "label": label_of(field.name)}
    if field.kind == "COMPOSITE":
        answer["fields"] = [_part(name, length) for name, length in ADDRESS.items()]
    if field.options:
        answer |= {"optionsType": field.options, "optionsUrl": f"{rest_url}options/{field.options}"}
    if options := _options(entity, field.name):
        answer["options"] = options
    if field.is_reference:
        address = meta_url(rest_url, field.target)
        answer["associatedEntity"] = {
            "entity": field.target, "entityMetaUrl": address, "label": label_of(field.target),
        }  # fmt: skip
    if level == "full":
        answer |= {"optional": not field.required, **_flags(field)}
    return answer


def _flags(field: Field) -> JsonObject:
    flags: JsonObject = {name: bool(getattr(field, attribute)) for name, attribute in FULL.items()}
    if field.options or field.name == "status":
        flags["inputType"] = "SELECT"
    elif field.data_type == "Boolean":
        flags["inputType"] = "CHECKBOX"
    return {**flags, "hideFromSearch": False}


def _part(name: str, length: int) -> JsonObject:
    if not length:
        return {"name": name, "type": "SCALAR", "dataType": "Integer" if name.endswith("ID") else "Double"}
    return {
        "name": name,
        "type": "SCALAR",
        "dataType": "String",
        "maxLength": length,
        "label": label_of(name),
    }


def _options(entity: str, name: str) -> list[Json]:
    known = STATUSES.get(entity, ()) if name == "status" else ()
    if (entity, name) == ("Note", "action"):
        known = NOTE_ACTIONS
    return [{"value": value, "label": value} for value in known]


def label_of(name: str) -> str:
    """Return what the pages call a name: "clientCorporation" → "Client Corporation"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[a-z])(?=\d)", " ", name)
    return words[:1].upper() + words[1:]
