"""Bullhorn's operations, each for the entities whose fields are told by the vendor's metadata."""

from __future__ import annotations

import asyncio

import httpx

from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.coverage import Operation
from parity.bullhorn import BODIES, FIELDS, names_of
from parity.bullhorn_sign_in import sign_in
from parity.fuzzing.documents import NULL, Shape, one_or_many

VALUES: dict[str, list[Json]] = {
    "association": ["notes", "categories", "skills", "clientContacts", "owners", "candidates", "leads", "nope"],
    "names": ["userId", "userId,commentActionList", "nope"], "type": ["Skill", "Country", "Nope"],
    "name": ["fuzz"],
}  # fmt: skip
TEXT: JsonObject = {"type": "string"}
TYPES: dict[str, JsonObject] = {
    "Boolean": {"type": "boolean"}, "Integer": {"type": "integer"}, "Timestamp": {"type": "integer"},
    "Double": {"type": "number"}, "BigDecimal": {"type": "number"},
}  # fmt: skip
QUERIES: dict[str, dict[str, JsonObject]] = {
    "search": {"query": {"enum": ["*:*", "id:[1 TO *]", "lastName:Holt~", "name:(a OR b)", "id:1^2 AND", "\"a b\"~2"]}},
    "query": {"where": {"enum": ["id>0", "id IS NOT NULL", "dateAdded > '2014-01-01'", "id IN (1,2)", "(id", ""]}},
    "meta": {"meta": {"enum": ["full", "basic", "off", "?"]}},
    "find": {"query": TEXT, "countPerEntity": TEXT},
    "lookup": {"entity": {"enum": ["Candidate", "Note"]}, "filter": TEXT},
}  # fmt: skip
LISTED: dict[str, JsonObject] = {
    "start": {"type": ["integer", "string"]}, "count": {"type": ["integer", "string"]}, "orderBy": TEXT, "sort": TEXT,
    "showTotalMatched": {"type": "boolean"}, "meta": TEXT,
}  # fmt: skip
ENTITIES = ("Candidate", "ClientContact", "Lead", "Note", "JobOrder", "Appointment", "Tearsheet")
"""Those that are tried: what is played of the others is played by the same code."""
OF_ENTITIES = (
    "entity",
    "search",
    "query",
    "meta",
    "entitlements",
    "entityFiles",
    "file",
    "massUpdate",
    "association",
)
SIGN_IN, LEFT_OUT = "Sign-in", ("logout", "raw", "resume", "userHeadshot")


async def headers(url: str) -> dict[str, str]:
    """Return what signs in; the corporation's address is known from then on."""
    session = await asyncio.to_thread(sign_in, url)
    VALUES["corporation"] = [httpx.URL(session["restUrl"]).path.strip("/").rpartition("/")[2]]
    return {"BhRestToken": session["BhRestToken"]}


def shape(operation: Operation) -> Shape | None:
    """Return what an operation takes and answers; None for the sign-in, and for bytes."""
    parts = operation.path.split("/")[3:]
    if operation.group == SIGN_IN or set(LEFT_OUT) & set(parts):
        return None
    entity = next((part for part in parts if part in ENTITIES), "")
    if len(parts) > 1 and not entity and parts[0] in OF_ENTITIES:
        return None
    fields: JsonObject = (
        {name: _schema(code) for name, code in names_of(FIELDS[entity]["meta"])} if entity else {}
    )
    shown: list[Json] = [
        "*",
        "id",
        "id,nope",
        *(",".join([*fields][at : at + 12]) for at in range(0, len(fields), 12)),
    ]
    query = {"fields": {"enum": shown}, **LISTED, **QUERIES.get(parts[0], {})}
    is_row = (
        parts[0] in ("entity", "search", "query")
        and operation.method == "GET"
        and "{association}" not in parts
    )
    answer: JsonObject = (
        {"data": one_or_many({"type": ["object", "integer"], "properties": fields})} if is_row else {}
    )
    body: JsonObject = {"type": "object", "properties": _changeable(fields) | QUERIES.get(parts[0], {})}
    sample = BODIES.get(entity, {}) if len(parts) == 2 and parts[0] == "entity" else {}
    writes = operation.method in ("PUT", "POST")
    return Shape(query, body if writes else None, sample if writes else None, {"properties": answer})


def _changeable(fields: JsonObject) -> JsonObject:
    """Return some of the fields: all of them in each request would be too many to make up."""
    return {name: fields[name] for name in [*fields][:: max(1, len(fields) // 20)]}


def _schema(code: str) -> JsonObject:
    """Return a field as the vendor's metadata describes it (see parity.bullhorn)."""
    kind, data_type, length, *_ = [*code.split("/"), "", ""]
    if kind == "TO_MANY":
        return {"type": "object", "properties": {"total": {"type": "integer"}, "data": {"type": "array"}}}
    if kind in ("TO_ONE", "COMPOSITE"):
        return {"type": ["object", "null"]}
    if data_type == "String":
        return {
            "anyOf": [
                TEXT | ({"maxLength": int(length)} if length.isdecimal() else {}),
                {"type": "array"},
                NULL,
            ]
        }
    return {"anyOf": [TYPES.get(data_type, {}), NULL]}
