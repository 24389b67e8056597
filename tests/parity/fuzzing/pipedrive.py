"""Pipedrive's operations, from the vendor's description as the sandbox has it."""

from __future__ import annotations

from appconnect.connectors.pipedrive.sandbox.interface import OPERATIONS
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.coverage import Operation
from appconnect.sandbox.schema import Field
from parity.fuzzing.documents import Shape, field_schema, one_or_many, record_schema
from parity.pipedrive import KEY, NOT_FOR_CLIENTS, arguments

VALUES: dict[str, list[Json]] = {"field_code": ["title", "name", "phone", "subject", "no_such_field"]}


async def headers(url: str) -> dict[str, str]:
    """Return what signs in."""
    return {"x-api-token": KEY}


def shape(operation: Operation) -> Shape | None:
    """Return what an operation takes and answers; None for those of the sign-in."""
    if operation.group in NOT_FOR_CLIENTS:
        return None
    known = OPERATIONS.get(str(operation))
    if known is None:
        return Shape()
    if known.body is not None and "file" in known.body.fields:
        return None
    sent = None if known.body is None else record_schema(known.body)
    sample = arguments(known, {}).get("json")
    body: JsonObject | None = {"type": "array", "items": sent} if known.bodies and sent is not None else sent
    row: JsonObject = {} if known.answer is None else record_schema(known.answer)
    query = {name: _asked(each) for name, each in known.query.fields.items()}
    return Shape(
        query,
        body,
        sample if isinstance(sample, dict) else None,
        {"type": "object", "properties": {"data": one_or_many(row)}},
    )


def _asked(known: Field) -> JsonObject:
    """Return a parameter of a query, which is never null."""
    options = field_schema(known)["anyOf"]
    assert isinstance(options, list)
    assert isinstance(options[0], dict)
    return options[0]
