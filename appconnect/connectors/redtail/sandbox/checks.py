"""What of a body a record takes, and what is wrong with it: all faults in one message, in Rails' words."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Accepted:
    """What a body sets of a record, and what is wrong with the rest: faults by field."""

    sent: JsonObject
    faults: Mapping[str, Sequence[str]]


def accepted(kind: str, body: Json, numbers: Container[str] = ("country_code",)) -> Accepted:
    """Return what a body sets of a record; what only Redtail sets is left out, null empties a field.

    ``numbers`` are the fields that may hold a number as text.
    A field that is not played is answered in the sandbox's own words.
    """
    if not isinstance(body, dict):
        raise RefusedError(message(422, "The body must be a JSON object"))
    record, sent = SCHEMA[kind], tolerated(body, numbers)
    problems = list(record.problems(sent, partly=True))
    unknown = [problem.path for problem in problems if problem.kind is Kind.UNKNOWN]
    if unknown:
        raise RefusedError(not_played(f"the field {unknown[0]} of {kind}"))
    faults: dict[str, list[str]] = {}
    for problem in problems:
        if problem.kind is not Kind.READ_ONLY:
            faults.setdefault(problem.path.partition(".")[0], []).append(worded(problem))
    empty = blank(kind)
    fitting = {
        key: empty[key] if value is None else value
        for key, value in sent.items()
        if not record.fields[key].read_only and key not in faults
    }
    return Accepted(fitting, faults)


def missing(record: Record, row: JsonObject, optional: Container[str] = ()) -> Iterator[str]:
    """Yield a fault for every field that a record cannot be without."""
    for name, known in record.fields.items():
        if known.required and name not in optional and row.get(name) in (None, ""):
            yield f"{label_of(name)} can't be blank"


def worded(problem: Problem) -> str:
    """Return a problem as a sentence: "Phones number can't be blank"."""
    words = [part for part in problem.path.split(".") if not part.isdecimal()]
    return f"{label_of(' '.join(words))} {WORDS.get(problem.kind, 'is invalid')}"


def label_of(name: str) -> str:
    """Return a field's name for people: "start_date" → "Start date", "category_id" → "Category"."""
    return name.removesuffix("_id").replace("_", " ").capitalize()
