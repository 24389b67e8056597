"""The check of what is written, and what Insightly says about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from appconnect.sandbox.requests import Json, JsonObject
from appconnect.sandbox.schema import Field, Kind, Problem, Record

BODY_DATE = "%Y-%m-%d %H:%M:%S"
LARGEST = 2**63
"""Whole numbers have 64 bits."""
DIGITS = re.compile(r"-?[0-9]{1,18}")


class InvalidError(Exception):
    """Raised for a body that breaks the schema, with Insightly's message."""


@dataclass(frozen=True)
class Rules:
    """What a body may be, as the switches stand."""

    custom_fields: frozenset[str]
    iso_dates: bool
    string_ids: bool
    unknown_keys: bool

    def checked(self, record: Record, body: Json) -> JsonObject:
        """Return the writable fields of ``body``; raises `InvalidError` with all that is wrong.

        Read-only fields may be sent and are ignored, so that a record that was read can be sent back.
        """
        if not isinstance(body, dict):
            raise InvalidError("Data validation error: a JSON object is expected.")
        sent = self._written(record, body)
        problems = [*self._problems(record, sent), *_too_large(record, sent)]
        if "CUSTOMFIELDS" in record.fields and not problems:
            problems += self._unknown_custom_fields(sent.get("CUSTOMFIELDS"))
        refuse(record, problems)
        return {name: value for name, value in sent.items() if _writable(record.fields.get(name))}

    def _written(self, record: Record, body: JsonObject) -> JsonObject:
        """Return the body as Insightly reads it: ids as numbers, dates in UTC."""
        return {name: self._value(record.fields.get(name), value) for name, value in body.items()}

    def _value(self, known: Field | None, value: Json) -> Json:
        if known is None or known.read_only:
            return value
        if known.many:
            return (
                [self._one(known, each) for each in value or ()] if isinstance(value, list | None) else value
            )
        return self._one(known, value)

    def _one(self, known: Field, value: Json) -> Json:
        if known.record is not None and isinstance(value, dict):
            return self._written(known.record(), value)
        if known.type == "date-time" and isinstance(value, str):
            return self._date(value)
        is_id = self.string_ids and known.type == "integer" and isinstance(value, str)
        return int(str(value)) if is_id and DIGITS.fullmatch(str(value)) else value

    def _date(self, value: str) -> Json:
        """Return a date as records have it; what no check lets pass for one that Insightly does not take."""
        try:
            return f"{datetime.strptime(value, BODY_DATE):{BODY_DATE}}"  # noqa: DTZ007
        except ValueError:
            return utc(value) if self.iso_dates and utc(value) else {"refused": value}

    def _problems(self, record: Record, sent: JsonObject) -> Iterator[Problem]:
        ignored = {Kind.READ_ONLY, Kind.LENGTH} | ({Kind.UNKNOWN} if self.unknown_keys else set())
        for problem in record.problems(sent, partly=True):
            if problem.kind not in ignored:
                yield problem

    def _unknown_custom_fields(self, entries: Json) -> Iterator[Problem]:
        for entry in entries if isinstance(entries, list) else ():
            assert isinstance(entry, dict)
            if entry.get("FIELD_NAME") not in self.custom_fields:
                yield Problem(str(entry.get("FIELD_NAME")), Kind.UNKNOWN)
            elif isinstance(entry.get("FIELD_VALUE"), dict | list):
                yield Problem(str(entry.get("FIELD_NAME")), Kind.TYPE)


def _writable(known: Field | None) -> bool:
    return known is not None and not known.read_only


def _too_large(record: Record, sent: JsonObject) -> Iterator[Problem]:
    """Yield texts above their length, as .NET counts it, and numbers of more than 64 bits."""
    for name, value in sent.items():
        known = record.fields.get(name)
        if known is None or known.read_only:
            continue
        if isinstance(value, str) and known.max_length is not None and _units(value) > known.max_length:
            yield Problem(name, Kind.LENGTH, known)
        if known.type == "integer" and isinstance(value, int) and not -LARGEST <= value < LARGEST:
            yield Problem(name, Kind.TYPE, known)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utc(text: str) -> str:
    """Return an ISO 8601 moment as records have it, in UTC; "" for anything else."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    return f"{moment:{BODY_DATE}}" if len(text) > len("2026-01-02") else ""


def complete(record: Record, row: Mapping[str, Json]) -> None:
    """Raise `InvalidError` when required fields are missing."""
    known = {name: value for name, value in row.items() if _writable(record.fields.get(name))}
    refuse(record, [each for each in record.problems(known) if each.kind is Kind.MISSING])


def refuse(record: Record, problems: list[Problem]) -> None:
    """Raise `InvalidError` that names all problems, if there are any."""
    if problems:
        raise InvalidError("Data validation error: " + " ".join(_worded(record, each) for each in problems))


def _worded(record: Record, problem: Problem) -> str:
    known = problem.field
    if problem.kind is Kind.UNKNOWN:
        return f"{problem.path} is not a field of {record.name}."
    if problem.kind is Kind.MISSING:
        return f"{problem.path} is required."
    if problem.kind is Kind.CHOICE:
        return f"{problem.path} is not valid."
    if problem.kind is Kind.LENGTH and known is not None:
        return f"{problem.path} has a maximum length of {known.max_length}."
    if known is not None and known.type == "date-time":
        return f"{problem.path} is not a valid date and time (yyyy-MM-dd HH:mm:ss)."
    return f"{problem.path} has a value of the wrong type."
