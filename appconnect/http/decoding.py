"""Reading records so that one odd value never hides the others.

What a model can do without is left out of it, an entry of a list that cannot be read is left out of the list,
and a warning says which record it was and why. Whatever stands for nothing is left out without a word.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from pydantic import JsonValue, TypeAdapter, ValidationError

from appconnect import operation_warnings
from appconnect.errors import Unavailable

T = TypeVar("T")
Path = tuple[str | int, ...]

MAX_NAMED: Final = 5
"""Records that one warning names."""
ID: Final = re.compile(r"[0-9A-Fa-f-]{1,40}")
"""A number or a UUID: a text that is no id could be somebody's name."""
PHONE: Final = re.compile("phone|mobile", re.IGNORECASE)
EMPTY_DATE: Final = "0000-00-00"
ENVELOPES: Final = ("item", "data")
NO_ID: Final = "without id"


class Fault(NamedTuple):
    """A value that cannot be read: of which record, where in it, and why; "" is the whole record."""

    record: str
    place: str
    reason: str


@dataclass(frozen=True)
class TakenOut:
    """A value that was taken out of an object or list; ``is_nothing``: it stood for nothing."""

    holder: JsonValue
    key: str | int
    is_nothing: bool
    fault: Fault


def read(adapter: TypeAdapter[T], value: JsonValue, kind: str) -> tuple[T, list[Fault]]:
    """Return the value as a model, and the faults of what was left out of it.

    ``kind`` names the records: "contact". Raises the ValidationError of the value as it is when the model
    cannot do without something.
    """
    try:
        return adapter.validate_python(value), []
    except ValidationError as error:
        first = latest = error
    rest, taken = copy.deepcopy(value), list[TakenOut]()
    while _take_out(rest, latest, kind, taken):
        try:
            return adapter.validate_python(rest), [each.fault for each in taken if not each.is_nothing]
        except ValidationError as error:
            latest = error
    raise first


def warn(kind: str, faults: Iterable[Fault]) -> None:
    """Warn once of all records with the same fault: what was left out, of which record, and why.

    A record or phone that is left out may be whom a search was for.
    """
    alike: dict[tuple[str, str], list[str]] = {}
    for fault in faults:
        alike.setdefault((fault.place, fault.reason), []).append(fault.record)
    for (place, reason), records in alike.items():
        more = f" and {len(records) - MAX_NAMED} more" if len(records) > MAX_NAMED else ""
        which = f"{kind} {', '.join(records[:MAX_NAMED])}{more}"
        what = f"{place} of {which}" if place else which
        sentence = f"Left out of what the CRM answered: {what} ({reason})."
        if place and not PHONE.search(place):
            operation_warnings.warn(sentence)
        else:
            operation_warnings.not_searched("", sentence)


def check_id(found: int | str | None, asked: int | str) -> None:
    """Raise :class:`Unavailable` when an answer is about another record than the one that was asked for."""
    if str(found) != str(asked):
        raise Unavailable(f"The CRM answered with record {found} where {asked} was asked for.")


def fault_in(error: ValidationError) -> tuple[str, str]:
    """Return where the first fault is, "" for everything, and why it is one, without the value."""
    first = error.errors()[0]
    return ".".join(map(str, first["loc"])), first["msg"]


def record_id(record: JsonValue, kind: str) -> str:
    """Return the id of a record, which may be in an envelope; "" when none is told."""
    if not isinstance(record, dict):
        return ""
    for key, value in record.items():
        if key.casefold() in ("id", f"{kind}_id"):
            return str(value) if ID.fullmatch(str(value)) else ""
    inner = (record_id(record.get(key), kind) for key in (*ENVELOPES, kind))
    return next(filter(None, inner), "")


# -- taking out --


def _take_out(value: JsonValue, error: ValidationError, kind: str, taken: list[TakenOut]) -> bool:
    """Take out of the value what the error names and add it to ``taken``; False when that is everything.

    What lacks something goes with it: a participant without an id.
    """
    reasons: dict[Path, str] = {}
    for each in error.errors():
        path = _followed(value, each["loc"])
        lacks = ".".join(str(step) for step in each["loc"][len(path) :])
        missing = each["type"] == "missing"
        reasons.setdefault(path, f"{lacks}: {each['msg']}" if missing else each["msg"])
    if () in reasons:
        return False
    outermost = [path for path in reasons if not any(path[:end] in reasons for end in range(len(path)))]
    for path in reversed(outermost):  # from the end, so that the places in lists stay right
        _take(value, path, reasons[path], kind, taken)
    return True


def _followed(value: JsonValue, loc: Path) -> Path:
    """Return as much of a place as there is in the value; the rest names what is missing, or a type."""
    path: Path = ()
    for step in loc:
        in_object = isinstance(value, dict) and step in value
        in_list = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if not (in_object or in_list):
            break
        value, path = _step(value, step), (*path, step)
    return path


def _take(value: JsonValue, path: Path, reason: str, kind: str, taken: list[TakenOut]) -> None:
    """Take out what stands at the path. What was taken out of it before is the reason why it lacks that."""
    holder, ids = value, [record_id(value, kind)]
    for step in path[:-1]:
        holder = _step(holder, step)
        ids.append(record_id(holder, kind))
    out = _step(holder, path[-1], take=True)
    within = {id(each) for each in _containers(out)}
    for each in [each for each in taken if id(each.holder) in within]:
        taken.remove(each)
        reason = f"{each.key}: {each.fault.reason}"
    lost = record_id(out, kind) if isinstance(path[-1], int) else ""
    place = "" if lost else ".".join(step for step in path if isinstance(step, str))
    fault = Fault(lost or next(filter(None, reversed(ids)), NO_ID), place, reason)
    taken.append(TakenOut(holder, path[-1], _is_nothing(out), fault))


def _is_nothing(value: JsonValue) -> bool:
    blank = isinstance(value, str) and (not value.strip() or value.startswith(EMPTY_DATE))
    return value is None or blank


def _containers(value: JsonValue) -> Iterator[JsonValue]:
    """Yield the objects and lists of a value, itself among them."""
    if isinstance(value, dict | list):
        yield value
        for each in value.values() if isinstance(value, dict) else value:
            yield from _containers(each)


def _step(holder: JsonValue, step: str | int, *, take: bool = False) -> JsonValue:
    """Return what stands under a key of an object or at a place of a list."""
    if isinstance(holder, dict) and isinstance(step, str):
        return holder.pop(step) if take else holder[step]
    if isinstance(holder, list) and isinstance(step, int):
        return holder.pop(step) if take else holder[step]
    raise TypeError(f"{step!r} leads nowhere")
