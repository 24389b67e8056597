"""Insightly's operations, from the description beside these tests."""

from __future__ import annotations

import base64

from appconnect.connectors.insightly.sandbox.sign_in import RAE_KEY
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.coverage import Operation
from appconnect.sandbox.schema import Record
from parity.fuzzing.documents import Shape, record_schema
from parity.insightly_calls import RECORDS, SAMPLES, operations

PREFIX = "/v3.1"
VALUES: dict[str, list[Json]] = {
    "objectName": ["Contact", "Lead"],
    "fieldName": ["PHONE_2__c"],
    "fileName": ["a.png"],
}
LISTED: dict[str, JsonObject] = {
    "top": {"type": "integer"}, "skip": {"type": "integer"}, "brief": {"type": "boolean"},
    "count_total": {"type": "boolean"}, "updated_after_utc": {"type": "string", "format": "date-time"},
    "field_name": {"enum": ["FIRST_NAME", "PHONE", "EMAIL_ADDRESS"]}, "field_value": {"type": "string"},
}  # fmt: skip


async def headers(url: str) -> dict[str, str]:
    """Return what signs in."""
    return {"Authorization": f"Basic {base64.b64encode(f'{RAE_KEY}:'.encode()).decode()}"}


def shape(operation: Operation) -> Shape | None:
    """Return what an operation takes and answers; None where a file is sent or answered."""
    path = operation.path[len(PREFIX) :]
    line = next(
        (each for each in operations() if each.method == operation.method and each.path == path), None
    )
    if line is None or {line.body, line.answer} & {"file", "bytes"}:
        return None
    name, is_list = line.answer.strip("[]"), line.answer.startswith("[")
    row = record_schema(RECORDS[name], closed=True) if name in RECORDS else {}
    sent = RECORDS.get(line.body)
    return Shape(
        LISTED if is_list else {}, sent and record_schema(sent), sent and _sample(sent),
        {"type": "array", "items": row} if is_list else row,
    )  # fmt: skip


def _sample(record: Record) -> JsonObject:
    """Return a body with the texts and numbers that the record needs."""
    return {
        name: SAMPLES.get(name, SAMPLES.get(known.type))
        for name, known in record.fields.items()
        if known.required or (known.type == "text" and not known.read_only and not known.choices)
    }
