"""What is wrong with a query or a body, all faults at once, in sentences like Pipedrive's.

v2 coerces nothing and refuses what it does not know; v1 takes a text for a number and overlooks the unknown.
Source: https://pipedrive.readme.io/docs/pipedrive-api-v2-migration-guide. The live API joins its faults by
"; " ("due_time: This value is not a valid datetime."); the other sentences are made up in its manner.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime

from appconnect.connectors.pipedrive.sandbox.answers import Fault, invalid, refused
from appconnect.connectors.pipedrive.sandbox.interface import Operation
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.schema import CHECKS, Field, Kind, Problem

MAX_IDS = 100
MAX_CUSTOM_FIELDS = 15
LISTS = {"ids", "custom_fields", "fields", "item_types", "include_fields", "status", "items"}
"""Parameters that take several values, with commas between."""
NEVER_EMPTY = {"name", "title", "field_name"}
"""What may be left out of a change, and not be emptied."""
CUSTOM_KEY = re.compile(r"[0-9a-f]{40}")
INTEGER = re.compile(r"-?[0-9]{1,15}")
SECONDS = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?")
NAMES = {"text": "string", "date-time": "datetime", "time": "datetime"}


# -- bodies --


def body_of(
    operation: Operation, body: Json, more: Callable[[JsonObject], Iterable[Fault]]
) -> list[JsonObject]:
    """Return what is sent, as a list of one if the operation takes one; 400 with all that is wrong.

    ``more`` yields what is wrong with a body beyond the description.
    """
    if operation.body is None:
        return [body] if isinstance(body, dict) else [{}]
    sent = body if operation.bodies else [body]
    if not isinstance(sent, list) or not all(isinstance(each, dict) for each in sent):
        raise invalid("body", "Expected a JSON array" if operation.bodies else "Expected a JSON object")
    rows = [each for each in sent if isinstance(each, dict)]
    if not operation.strict:
        rows = [_lenient(operation.body.fields, row) for row in rows]
    if faults := [fault for row in rows for fault in (*_faults(operation, row), *more(row))]:
        raise refused(faults, strict=operation.strict)
    return rows


def relaxed(operation: Operation, body: Json) -> Json:
    """Return a body whose numbers were texts, and whose empty texts for numbers are null."""
    if operation.body is None or not isinstance(body, dict):
        return body
    fields = operation.body.fields
    return {name: _number(fields[name], value) if name in fields else value for name, value in body.items()}


def _number(known: Field, value: Json) -> Json:
    if known.type not in {"integer", "number"} or not isinstance(value, str):
        return value
    return _read(known, value) if value else None


def _faults(operation: Operation, row: JsonObject) -> Iterator[Fault]:
    assert operation.body is not None
    for problem in operation.body.problems(row):
        yield Fault(problem.path, sentence(problem))
    for name in NEVER_EMPTY & row.keys():
        known = operation.body.fields.get(name)
        if known is not None and not known.required and row[name] in (None, ""):
            yield Fault(name, "This value should not be blank.")


def sentence(problem: Problem) -> str:
    """Return what is wrong with a value, in Pipedrive's manner."""
    known = problem.field
    if problem.kind is Kind.UNKNOWN or known is None:
        return f"Parameter '{problem.path}' is not allowed for this request"
    return {
        Kind.MISSING: "This field is missing.",
        Kind.READ_ONLY: "This field is read-only.",
        Kind.CHOICE: f"This value is not one of {', '.join(known.choices)}.",
        Kind.LENGTH: f"This value is too long. It should have {known.max_length} characters or less.",
    }.get(problem.kind, _mistyped(known, of_member=known.many and problem.path.rpartition(".")[2].isdigit()))


def _mistyped(known: Field, *, of_member: bool = False) -> str:
    if known.many and not of_member:
        return "This value should be of type array."
    if known.type in {"date", "date-time", "time", "uuid"}:
        return f"This value is not a valid {NAMES.get(known.type, known.type)}."
    return f"This value should be of type {NAMES.get(known.type, known.type)}."


def _lenient(fields: Mapping[str, Field], row: JsonObject) -> JsonObject:
    """Return the known fields of a body as v1 takes them; it has custom fields beside the others."""
    own: Json = {name: value for name, value in row.items() if CUSTOM_KEY.fullmatch(name)}
    known = {name: _coerced(fields[name], value) for name, value in row.items() if name in fields}
    return known | ({"custom_fields": own} if own and "custom_fields" in fields else {})


def _coerced(known: Field, value: Json) -> Json:
    if known.many or isinstance(value, dict | list):
        return value
    if isinstance(value, str) and known.type in {"integer", "number", "boolean"}:
        return _read(known, value)
    if known.type == "integer" and isinstance(value, bool):
        return int(value)
    if known.type == "boolean" and value in (0, 1):
        return bool(value)
    if known.type == "text" and isinstance(value, int | float):
        return str(value)
    return value


def _read(known: Field, text: str) -> Json:
    """Return the value that a text means; the text itself where it means none."""
    if known.type == "boolean" and (word := text.lower()) in {"true", "false", "1", "0"}:
        return word in {"true", "1"}
    if known.type == "integer" and INTEGER.fullmatch(text):
        return int(text)
    if known.type == "number" and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", text):
        return float(text) if "." in text else int(text)
    return text


def as_kept(operation: Operation, sent: JsonObject, time: Callable[[datetime], str]) -> JsonObject:
    """Return a checked body with empty lists in place of null, and its moments as ``time`` writes them."""
    fields = operation.body.fields if operation.body else {}
    return {
        name: _kept(fields[name], value, time) if name in fields else value for name, value in sent.items()
    }


def _kept(known: Field, value: Json, time: Callable[[datetime], str]) -> Json:
    if value is None and known.many:
        return []
    if known.type != "date-time" or not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
        return time(moment.astimezone(UTC) if moment.tzinfo else moment)
    except OverflowError:
        raise invalid(known.name, _mistyped(known)) from None


# -- queries --


def query_of(operation: Operation, raw: Mapping[str, str]) -> dict[str, Json]:
    """Return the known parameters as what they mean; 400 with all that is wrong."""
    faults, query = [], dict[str, Json]()
    for name, text in raw.items():
        if (known := operation.query.fields.get(name)) is None:
            if operation.strict:
                faults.append(Fault(name, f"Parameter '{name}' is not allowed for this request"))
        elif (reason := _reason(operation, known, text)) is not None:
            faults.append(Fault(name, reason))
        else:
            query[name] = _meant(known, text)
    faults += [
        Fault(name, "This field is missing.")
        for name, known in operation.query.fields.items()
        if known.required and not raw.get(name)
    ]
    if faults:
        raise refused(faults, strict=operation.strict)
    return query


def _meant(known: Field, text: str) -> Json:
    if known.name == "ids":
        return [int(each) for each in text.split(",")]
    if known.name in LISTS:
        return list(text.split(","))
    return _read(known, text)


def _reason(operation: Operation, known: Field, text: str) -> str | None:
    """Return what is wrong with a parameter, if anything."""
    if known.name in LISTS:
        return _reason_of_list(known, text.split(","))
    if known.name == "limit" and operation.strict:
        return _reason_of_limit(operation, text)
    if known.type == "date-time":
        return None if _is_moment(text) else "Expected RFC3339 format, e.g. 2025-01-01T10:20:00Z"
    value = _read(known, text)
    if operation.strict and known.type == "boolean" and text.lower() not in {"true", "false"}:
        value = None
    if value is None or not CHECKS[known.type](value):
        return _mistyped(known)
    if known.choices and str(value) not in known.choices:
        return f"Invalid value '{text}', expected one of {', '.join(known.choices)}"
    return None


def _reason_of_list(known: Field, values: list[str]) -> str | None:
    if known.name == "ids":
        fits = len(values) <= MAX_IDS and all(map(INTEGER.fullmatch, values))
        return None if fits else f"Expected at most {MAX_IDS} numbers with commas between"
    if known.name == "custom_fields":
        return None if len(values) <= MAX_CUSTOM_FIELDS else f"Expected at most {MAX_CUSTOM_FIELDS} keys"
    unknown = [each for each in values if known.choices and each not in known.choices]
    return f"Invalid value '{unknown[0]}', expected any of {', '.join(known.choices)}" if unknown else None


def _reason_of_limit(operation: Operation, text: str) -> str | None:
    most = 100 if operation.path.startswith("/api/v2/itemSearch") else 500
    fits = INTEGER.fullmatch(text) is not None and 1 <= int(text) <= most
    return None if fits else f"Expected a number from 1 to {most}"


def _is_moment(text: str) -> bool:
    try:
        return bool(SECONDS.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False
