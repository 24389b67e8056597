"""JSON as a person reads it: as a tree that folds, as a table, or as text. Foreign text is escaped.

What is shown is bounded, however much comes: a tree folds what is beyond the first entries away, and what is
beyond ``MAX_NODES``, ``MAX_ROWS`` or ``MAX_TEXT`` is counted in words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from markupsafe import Markup
from pydantic import JsonValue

from appconnect.display import NOTHING

MAX_TEXT: Final = 40_000
"""Characters of a text."""
MAX_VALUE: Final = 400
"""Characters of one value in a tree or in a cell."""
MAX_NODES: Final = 3_000
"""Values of a tree."""
MAX_DEPTH: Final = 40
PAGE: Final = 50
"""Entries of a list or an object that are shown at once; the next ones are folded."""
OPEN_LEVELS: Final = 2
MAX_CELL: Final = 120
MAX_ROWS: Final = 100
MAX_COLUMNS: Final = 30

TOO_DEEP: Final = "… nested too deep to show"

Record = Mapping[str, JsonValue]


@dataclass(frozen=True)
class Rows:
    """The records of an answer; ``where`` is the place that they stand at, "data.items", "" for its top."""

    where: str
    records: Sequence[Record]


# -- as a tree --


def tree(value: JsonValue, *, open_levels: int = OPEN_LEVELS) -> Markup:
    """Return JSON as nested lists that fold, the first levels open; Enter and Space fold them too."""
    if not isinstance(value, dict | list):
        return Markup('<div class="ac-json">{}</div>').format(_scalar(value))
    return Markup('<div class="ac-json">{}</div>').format(_Tree(open_levels).node(NOTHING, value, 0))


class _Tree:
    """One tree being written; ``left`` is how many more values it may show."""

    def __init__(self, open_levels: int) -> None:
        self.open_levels, self.left = open_levels, MAX_NODES

    def node(self, label: Markup, value: JsonValue, depth: int) -> Markup:
        """Return a value below its label."""
        self.left -= 1
        if not isinstance(value, dict | list) or not value:
            return Markup("<div>{}{}</div>").format(label, _scalar(value))
        if depth >= MAX_DEPTH:
            return Markup("<div>{}{} <i>{}</i></div>").format(label, _kind(value), TOO_DEEP)
        return Markup("<details{}><summary>{}<i>{}</i></summary>{}</details>").format(
            Markup(" open") if depth < self.open_levels else NOTHING,
            label, _kind(value), self._entries(_labelled(value), len(value), depth + 1),
        )  # fmt: skip

    def _entries(self, entries: Iterator[tuple[Markup, JsonValue]], total: int, depth: int) -> Markup:
        """Return the next entries, and what follows them folded."""
        shown: list[Markup] = []
        for label, value in islice(entries, PAGE):
            if self.left <= 0:
                break
            shown.append(Markup("<li>{}</li>").format(self.node(label, value, depth)))
        more = total - len(shown)
        if more and self.left > 0:
            rest = self._entries(entries, more, depth)
            shown.append(
                Markup("<li><details><summary><i>… {} more</i></summary>{}</details></li>").format(
                    f"{more:,}", rest
                )
            )
        elif more:
            shown.append(Markup("<li><i>… {} more, not shown</i></li>").format(f"{more:,}"))
        return Markup("<ul>{}</ul>").format(Markup("").join(shown))


def _labelled(value: dict[str, JsonValue] | list[JsonValue]) -> Iterator[tuple[Markup, JsonValue]]:
    if isinstance(value, dict):
        return ((_label(shortened(name)), each) for name, each in value.items())
    return ((_label(str(number)), each) for number, each in enumerate(value))


def _label(name: str) -> Markup:
    return Markup('<span class="ac-key">{}</span>: ').format(name)


def _kind(value: JsonValue) -> str:
    if isinstance(value, dict):
        return f"{{{_count(len(value), 'field')}}}"
    return f"[{_count(len(value), 'entry', 'entries')}]" if isinstance(value, list) else ""


def _scalar(value: JsonValue) -> Markup:
    """Return a value without parts, in the colour of its type; text is quoted, and so told from a number."""
    kind = "text" if isinstance(value, str) else "number" if _is_number(value) else "word"
    return Markup('<span class="ac-{}">{}</span>').format(kind, shortened(as_line(value)))


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# -- as a table --


def table(value: JsonValue) -> Markup | None:
    """Return the records of an answer, or a lone object, as rows; None for anything else.

    Columns are in the order of the first record's fields, those that are nested after all others.
    """
    found = rows_in(value)
    if found is None:
        return None
    flat = [flattened(each) for each in found.records[:MAX_ROWS]]
    names = sorted(dict.fromkeys(name for each in flat for name in each), key=lambda name: name.count("."))
    columns, left_out = names[:MAX_COLUMNS], names[MAX_COLUMNS:]
    top = Markup("").join(Markup('<th scope="col">{}</th>').format(shortened(name)) for name in columns)
    body = Markup("").join(_row(each, columns) for each in flat)
    return Markup(
        '<div class="ac-scroll ac-json-table" role="region" aria-label="Rows" tabindex="0"><table>'
        "<caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(_caption(found, left_out), top, body)


def rows_in(value: JsonValue) -> Rows | None:
    """Return the longest list of objects at the top or at most two keys below it, else a lone object."""
    lists = [Rows(".".join(path), each) for path, each in _lists_in(value, ())]
    if lists:
        return max(lists, key=lambda each: len(each.records))
    return Rows("", [value]) if isinstance(value, dict) and value else None


def flattened(record: Record) -> dict[str, JsonValue]:
    """Return a record's values by dotted names: ``{"org": {"id": 1}}`` → ``{"org.id": 1}``."""
    flat: dict[str, JsonValue] = {}
    waiting: list[tuple[str, JsonValue, int]] = [
        (name, each, 1) for name, each in reversed(list(record.items()))
    ]
    while waiting:
        name, value, depth = waiting.pop()
        if isinstance(value, dict) and value and depth < MAX_DEPTH:
            waiting += [(f"{name}.{key}", each, depth + 1) for key, each in reversed(value.items())]
        else:
            flat[name] = value
    return flat


def _lists_in(value: JsonValue, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Record]]]:
    if isinstance(value, list):
        records: list[Record] = [each for each in value if isinstance(each, dict)]
        if records and len(records) == len(value):
            yield path, records
    elif isinstance(value, dict) and len(path) < 2:
        for name, each in value.items():
            yield from _lists_in(each, (*path, name))


def _caption(found: Rows, left_out: Sequence[str]) -> str:
    total = len(found.records)
    first = f", the first {MAX_ROWS} are shown" if total > MAX_ROWS else ""
    where = f" at {found.where}" if found.where else ""
    more = f"; … {len(left_out)} more columns: {shortened(', '.join(left_out))}" if left_out else ""
    return f"{_count(total, 'row')}{where}{first}{more}"


def _row(record: Record, columns: Sequence[str]) -> Markup:
    cells = (_cell(record[name]) if name in record else Markup("<td></td>") for name in columns)
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))


def _cell(value: JsonValue) -> Markup:
    if value is None:
        return Markup('<td class="ac-dim">null</td>')
    if isinstance(value, list) and value and not any(isinstance(each, dict | list) for each in value):
        return Markup("<td>{}</td>").format(shortened(", ".join(map(_plain, value)), MAX_CELL))
    return Markup("<td>{}</td>").format(shortened(_plain(value), MAX_CELL))


def _plain(value: JsonValue) -> str:
    return value if isinstance(value, str) else as_line(value)


# -- as text --


def text(value: JsonValue) -> Markup:
    """Return JSON, indented; what is text already stays text. Its first ``MAX_TEXT`` characters."""
    if value is None:
        return Markup('<p class="ac-dim">no body</p>')
    written = value if isinstance(value, str) else _dumped(value, indent=2)
    return Markup('<pre tabindex="0">{}</pre>').format(shortened(written, MAX_TEXT))


def as_line(value: JsonValue) -> str:
    """Return JSON in one line."""
    return _dumped(value)


def _dumped(value: JsonValue, indent: int | None = None) -> str:
    try:
        return json.dumps(value, indent=indent, ensure_ascii=False)
    except RecursionError:
        return TOO_DEEP


def shortened(text: str, longest: int = MAX_VALUE) -> str:
    """Return a text, or its beginning and how much more there is; half a character is shown as its code."""
    more, whole = len(text) - longest, text[:longest].encode("utf-8", "backslashreplace").decode()
    return whole if more <= 0 else f"{whole}… {_count(more, 'more character')}"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
