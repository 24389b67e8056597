"""Where each value of a log's requests comes from: found by changing one input at a time.

The real request is built by the real connector, then built again with one input changed; a value that differs
comes from that input. That holds for every connector, and cannot say what is not so.
"""

from __future__ import annotations

import copy
import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from appconnect.http.held_writes import HeldWrite, Reads
from appconnect.workbench.log_drafts import Drafted, LogDrafts
from appconnect.workbench.log_inputs import MARK, Inputs, Leaf

Place = tuple[str, str]
"""A request ("1 POST /Events"), and a field in it ("body.TITLE")."""
MAX_ANSWERS = 6
"""How many places of the CRM's answers are tried, for one value."""
_TAG = re.compile(r"<[^<>]*>")
_BETWEEN_PARTS = re.compile(r"\n|(?<=>)(?=<(?!/))|(?<=/p>)|(?<=/li>)|(?<=/ul>)|(?<=<br>)")


@dataclass(frozen=True)
class Origin:
    """An input that a value depends on. ``is_copy``: the value is this input, letter by letter."""

    title: str
    leaf: Leaf | None = None
    is_copy: bool = False

    def __str__(self) -> str:
        return self.title


@dataclass
class Traced:
    """The values of a draft, each with its origins, and those of the lines of long ones."""

    drafted: Drafted
    values: dict[Place, JsonValue]
    origins: dict[Place, list[Origin]]
    lines: dict[Place, list[tuple[str, list[Origin]]]]
    zone_origins: list[Origin] = field(default_factory=list)


async def trace(drafts: LogDrafts, inputs: Inputs, drafted: Drafted, kind: str) -> Traced:
    """Return where the values of a draft come from; nothing further is read from the CRM."""
    values = values_of(drafted.writes)
    traced = Traced(drafted, values, {place: [] for place in values}, _lines(values))
    drafts.reads.is_open = False
    try:
        await _trace_inputs(drafts, inputs, traced, kind)
        await _trace_answers(drafts, inputs, traced)
    finally:
        drafts.reads.is_open = True
    return traced


async def _trace_inputs(drafts: LogDrafts, inputs: Inputs, traced: Traced, kind: str) -> None:
    connector = drafts.real.connector
    for leaf in inputs.leaves():
        origin = Origin(leaf.title(connector.title, kind), leaf)
        for other in inputs.varied(leaf, connector.contact_types):
            redrafted = await drafts.draft(other)
            if redrafted.writes:
                _attribute(traced, redrafted, origin)
                break


async def _trace_answers(drafts: LogDrafts, inputs: Inputs, traced: Traced) -> None:
    """Find the values that no input explains in what the CRM answered, and prove it."""
    unexplained = [place for place, origins in traced.origins.items() if not origins]
    for place in unexplained:
        value = traced.values[place]
        if isinstance(value, bool) or value in (None, "", 0):
            continue
        for asked, path in _standing_at(drafts.reads, value)[:MAX_ANSWERS]:
            redrafted = await _with_other_answer(drafts, inputs, asked, path)
            if redrafted.writes and place in _changed(traced, redrafted):
                read = " ".join(asked.split(" ")[:2])
                _attribute(traced, redrafted, Origin(f"the CRM’s answer to {read} ({path[-1]})"))
                break


def _attribute(traced: Traced, redrafted: Drafted, origin: Origin) -> None:
    """Note an origin at all values, and lines of values, that are others with another input."""
    if (redrafted.zone, redrafted.offset) != (traced.drafted.zone, traced.drafted.offset):
        traced.zone_origins.append(origin)
    others = values_of(redrafted.writes)
    for place in _changed(traced, redrafted):
        value = traced.values[place]
        is_copy = origin.leaf is not None and str(value) == origin.leaf.written
        if origin.title not in map(str, traced.origins[place]):
            traced.origins[place].append(replace(origin, is_copy=is_copy))
        _attribute_lines(traced.lines.get(place, []), others.get(place), origin)


def _attribute_lines(lines: list[tuple[str, list[Origin]]], other: JsonValue, origin: Origin) -> None:
    """Note an origin at the lines that are not in the other text; of equal lines, at the last ones."""
    there = Counter(parts_of(other))
    for text, origins in lines:
        if not there[text]:
            origins.append(origin)
        there[text] -= bool(there[text])


def _changed(traced: Traced, redrafted: Drafted) -> list[Place]:
    others = values_of(redrafted.writes)
    return [place for place, value in traced.values.items() if place not in others or others[place] != value]


async def _with_other_answer(
    drafts: LogDrafts, inputs: Inputs, asked: str, path: tuple[str | int, ...]
) -> Drafted:
    """Return the draft with another value in one place of one of the CRM's answers."""
    reads = drafts.reads
    reply = reads.answers[asked]
    body = copy.deepcopy(reply.body)
    _change_at(body, path)
    drafts.reads = Reads({**reads.answers, asked: replace(reply, body=body)}, is_open=False)
    try:
        return await drafts.draft(inputs)
    finally:
        drafts.reads = reads


# -- values by place --


def values_of(writes: Sequence[HeldWrite]) -> dict[Place, JsonValue]:
    """Return every value that the writes send, by request and field."""
    seen = Counter[str]()
    values: dict[Place, JsonValue] = {}
    for write in writes:
        seen[write.method] += 1
        request = f"{seen[write.method]} {write.method}"
        values[request, "path"] = write.path
        for name, value in write.query.items():
            values[request, f"query.{name}"] = value
        values |= {(request, field): value for field, value in flat(write.body)}
    return values


def flat(value: JsonValue, path: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Yield the values in a body by their dotted places; empty lists and objects are values."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not value or not isinstance(value, dict | list):
        if path:
            yield path, value
        return
    for key, each in below:
        yield from flat(each, f"{path}.{key}" if path else str(key))


def parts_of(value: JsonValue) -> list[str]:
    """Return the lines of a text, or its elements where it is HTML."""
    return [each for each in _BETWEEN_PARTS.split(value) if each.strip()] if isinstance(value, str) else []


def readable(part: str) -> str:
    """Return a part of a text as a person reads it, without tags; "" for one that is tags alone."""
    return " ".join(html.unescape(_TAG.sub("", part)).split())


def _lines(values: Mapping[Place, JsonValue]) -> dict[Place, list[tuple[str, list[Origin]]]]:
    parts = {place: parts_of(value) for place, value in values.items()}
    return {
        place: [(each, []) for each in found if readable(each)]
        for place, found in parts.items()
        if len(found) > 1
    }


def _standing_at(reads: Reads, value: JsonValue) -> list[tuple[str, tuple[str | int, ...]]]:
    return [
        (asked, path)
        for asked, reply in reads.answers.items()
        for path, found in _scalars(reply.body)
        if str(found) == str(value)
    ]


def _scalars(
    value: JsonValue, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], JsonValue]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _scalars(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _scalars(each, (*path, number))
    elif path:
        yield path, value


def _change_at(body: JsonValue, path: tuple[str | int, ...]) -> None:
    holder = body
    for key in path[:-1]:
        holder = holder[key]  # type: ignore[index]
    old = holder[path[-1]]  # type: ignore[index]
    holder[path[-1]] = old + 97 if isinstance(old, int | float) else f"{MARK} {old}"  # type: ignore[index]
