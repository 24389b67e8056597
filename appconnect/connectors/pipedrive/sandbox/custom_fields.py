"""Custom fields: whose they are, what may be in them, how answers show them.

Source: https://pipedrive.readme.io/docs/core-api-concepts-custom-fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from appconnect.connectors.pipedrive.sandbox.answers import Fault, Row
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.schema import CHECKS

TYPES = {
    "varchar": "text", "varchar_auto": "text", "text": "text", "phone": "text", "double": "number",
    "date": "date", "enum": "integer", "org": "integer", "people": "integer", "user": "integer",
    "daterange": "object", "time": "object", "timerange": "object", "address": "object", "monetary": "object",
}  # fmt: skip
"""What v2 takes for a custom field of a type; a set takes a list of option ids."""


def merged(sent: Row, before: Row | None) -> Row:
    """Return the custom fields to store: what was there before, and what is sent."""
    values, kept = sent.get("custom_fields"), (before or {}).get("custom_fields")
    old = kept if isinstance(kept, dict) else {}
    return {"custom_fields": {**old, **(values if isinstance(values, dict) else {})}}


def faults_of(entity: str) -> Callable[[ApiRequest, JsonObject], Iterator[Fault]]:
    """Return what checks the custom fields of an entity: "person"."""
    return lambda request, sent: faults(request, entity, sent)


def faults(request: ApiRequest, entity: str, sent: JsonObject) -> Iterator[Fault]:
    """Yield the custom fields that the company lacks, and those with values of another type."""
    values, known = sent.get("custom_fields"), {str(row["key"]): row for row in of(request, entity)}
    for key, value in values.items() if isinstance(values, dict) else ():
        path = f"custom_fields.{key}"
        if key not in known:
            if request.operation.strict and not request.toggles["unknown_custom_fields"]:
                yield Fault(path, f"Parameter '{path}' is not allowed for this request")
        elif value is not None and not _fits(known[key], value):
            yield Fault(path, f"This value is not valid for a field of type {known[key]['field_type']}.")


def _fits(known: Row, value: Json) -> bool:
    ids = [option["id"] for option in options(known)]
    if known["field_type"] == "set":
        return isinstance(value, list) and all(each in ids for each in value)
    if known["field_type"] == "enum" and value not in ids:
        return False
    return CHECKS[TYPES.get(str(known["field_type"]), "any")](value)


def of_v1(request: ApiRequest, entity: str, body: Row) -> Row:
    """Return a body of v1 with its custom fields as v2 takes them; v1 overlooks those it does not know."""
    values, known = body.get("custom_fields"), {str(row["key"]): row for row in of(request, entity)}
    if not isinstance(values, dict):
        return body
    told: Json = {key: _read(known[key], value) for key, value in values.items() if key in known}
    return body | {"custom_fields": told}


def _read(known: Row, value: Json) -> Json:
    """Return a value that v1 is sent: numbers may be texts, options stand with commas between."""
    kind = str(known["field_type"])
    if kind == "set" and isinstance(value, str | int):
        return [_number(each) for each in str(value).split(",") if each]
    return _number(value) if TYPES.get(kind) in {"integer", "number"} else value


def _number(value: Json) -> Json:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", value, re.ASCII):
        return float(value) if "." in value else int(value)
    return value


def of(request: ApiRequest, entity: str) -> list[Row]:
    """Return the custom fields of an entity: "person"."""
    rows = request.database.fields.values()
    return [row for row in rows if row["entity"] == entity and row["is_custom_field"] and row["active_flag"]]


def options(known: Row) -> list[JsonObject]:
    """Return the options of a field, none for a type that has none."""
    rows = known.get("options")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def shown(request: ApiRequest, entity: str, row: Row) -> JsonObject:
    """Return a record's custom fields as the query asks for them; what is not set is null."""
    kept = row.get("custom_fields")
    stored = kept if isinstance(kept, dict) else {}
    values: JsonObject = {key: stored.get(key) for key in (str(each["key"]) for each in of(request, entity))}
    if request.toggles["unknown_custom_fields"]:
        values = stored | values
    asked = request.query.get("custom_fields")
    if isinstance(asked, list):
        values = {key: value for key, value in values.items() if key in asked}
    if request.query.get("include_option_labels") is True:
        labels = {str(each["key"]): each for each in of(request, entity)}
        values = {key: _labelled(labels.get(key), value) for key, value in values.items()}
    return values


def _labelled(known: Row | None, value: Json) -> Json:
    named = {str(option["id"]): option for option in options(known or {})}
    if isinstance(value, list):
        return [named.get(str(each), each) for each in value if not isinstance(each, dict)]
    return named.get(str(value), value)
