"""Redtail's operations, from the requests that are known of it."""

from __future__ import annotations

from collections.abc import Iterable

import httpx

from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.coverage import Operation, shape_of
from parity.fuzzing.documents import NULL, Shape, record_schema
from parity.redtail import API, CALLS, PASSWORD, RECORDS, Call, encoded, user_key

VALUES: dict[str, list[Json]] = {}
JSON_TYPES: dict[type, str] = {
    str: "string", int: "integer", float: "number", bool: "boolean", dict: "object", list: "array",
}  # fmt: skip


async def headers(url: str) -> dict[str, str]:
    """Return what signs in."""
    async with httpx.AsyncClient(base_url=url + API, trust_env=False) as client:
        given = {"Authorization": f"Basic {encoded(PASSWORD)}"}
        return {"Authorization": user_key(await client.get("/authentication", headers=given))}


def shape(operation: Operation) -> Shape | None:
    """Return what an operation takes and answers; None for the sign-in."""
    calls = [each for each in CALLS if _of(each) == (operation.method, shape_of(operation.path))]
    if not calls:
        return None
    bodies = [each.body for each in calls if isinstance(each.body, dict)]
    samples = [each.body for each in calls if isinstance(each.body, dict) and each.status < 300]
    good = next((each for each in calls if each.status < 300), None)
    names = {name for each in calls for name in httpx.URL(each.request.partition(" ")[2]).params}
    return Shape(
        {name: {"type": "string"} for name in sorted(names)},
        _like(bodies) if bodies else None,
        next(iter(samples), None),
        _answer(good) if good is not None and good.answer else {},
    )


def _of(call: Call) -> tuple[str, str]:
    """Return the method of a call, and its path with ids as ``{}``."""
    method, _, path = call.request.partition(" ")
    parts = path.partition("?")[0].replace("{made}", "0").split("/")
    return method, API + "/".join("{}" if part.isdecimal() else part for part in parts)


def _like(bodies: Iterable[JsonObject]) -> JsonObject:
    """Return a schema of the fields that the bodies have, by the types that they have there."""
    types: dict[str, set[str]] = {}
    for body in bodies:
        for name, value in body.items():
            types.setdefault(name, {"null"}).add(JSON_TYPES.get(type(value), "null"))
    return {"type": "object", "properties": {name: {"type": sorted(each)} for name, each in types.items()}}


def _answer(call: Call) -> JsonObject:
    row = record_schema(RECORDS[call.answer.removesuffix("*")]) if call.answer != "done" else {}
    shown: JsonObject = (
        {"type": "array", "items": row} if call.answer.endswith("*") else {"anyOf": [row, NULL]}
    )
    return {"type": "object", "properties": {call.key: shown}} if call.key else shown
