"""What of a body a record takes, and what is wrong with it: all faults in one message, in Rails' words."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from appconnect.connectors.redtail.sandbox.answers import message
from appconnect.connectors.redtail.sandbox.schema import SCHEMA, blank, tolerated
from appconnect.sandbox.base import Json, JsonObject, RefusedError, not_played
from appconnect.sandbox.schema import Kind, Problem, Record

WORDS: Mapping[Kind, str] = {
    Kind.MISSING: "can't be blank",
    Kind.TYPE: "is invalid",
    Kind.CHOICE: "is not included in the list",
}


def refuse(*faults: str) -> None:
    """End the request with 422 and all faults; do nothing without any."""
    if faults:
        raise RefusedError(message(422, ", ".join(faults)))


def accepted(kind: str, body: Json, numbers: Container[str] = ("country_code",)) -> JsonObject:
    """Return what a body sets of a record; what only Redtail sets is left out, null empties a field.

    ``numbers`` are the fields that may hold a number as text.
    422 tells all faults; a field that is not played is answered in the sandbox's own words.
    """
    if not isinstance(body, dict):
        raise RefusedError(message(422, "The body must be a JSON object"))
    record, sent = SCHEMA[kind], tolerated(body, numbers)
    problems = list(record.problems(sent, partly=True))
    unknown = [problem.path for problem in problems if problem.kind is Kind.UNKNOWN]
    if unknown:
        raise RefusedError(not_played(f"the field {unknown[0]} of {kind}"))
    refuse(*(worded(problem) for problem in problems if problem.kind is not Kind.READ_ONLY))
    empty = blank(kind)
    return {
        key: empty[key] if value is None else value
        for key, value in sent.items()
        if not record.fields[key].read_only
    }


def missing(record: Record, row: JsonObject, optional: Container[str] = ()) -> Iterator[str]:
    """Yield a fault for every field that a record cannot be without."""
    for name, field in record.fields.items():
        if field.required and name not in optional and row.get(name) in (None, ""):
            yield f"{label_of(name)} can't be blank"


def worded(problem: Problem) -> str:
    """Return a problem as a sentence: "Phones number can't be blank"."""
    words = [part for part in problem.path.split(".") if not part.isdecimal()]
    return f"{label_of(' '.join(words))} {WORDS.get(problem.kind, 'is invalid')}"


def label_of(field: str) -> str:
    """Return a field's name for people: "start_date" → "Start date", "category_id" → "Category"."""
    return field.removesuffix("_id").replace("_", " ").capitalize()
