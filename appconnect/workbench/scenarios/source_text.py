"""Values as Python source that a person would write: ``Call(session_id="s-1", to=Party(name="Nia"))``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

from pydantic import BaseModel

from appconnect import models

WIDTH = 100


@dataclass(frozen=True)
class Group:
    """Parts between an opening and a closing bracket: in one line, or one below the other."""

    opening: str
    parts: tuple[Part, ...]
    closing: str


Part = str | Group | tuple[str, "str | Group"]
"""Source, or a prefix such as ``note=`` and the source behind it."""


@dataclass
class Writer:
    """Writes values as source, and remembers what has to be imported for them: module → names."""

    imports: dict[str, set[str]] = field(default_factory=dict)

    def source(self, value: object) -> str | Group:
        """Return the source of a model, date, enumeration, text, number, list or mapping."""
        if isinstance(value, dict):
            pairs = ((f"{quoted(str(name))}: ", self.source(each)) for name, each in value.items())
            return Group("{", tuple(pairs), "}")
        if isinstance(value, list | tuple):
            return Group("[", tuple(self.source(each) for each in value), "]")
        return self._model(value) if isinstance(value, BaseModel) else self._word(value)

    def _word(self, value: object) -> str:
        if isinstance(value, Enum):
            return f"{self.name(type(value))}.{value.name}"
        if isinstance(value, datetime):
            return self._moment(value)
        return quoted(value) if isinstance(value, str) else repr(value)

    def name(self, kind: type) -> str:
        """Return a class's name, and note its import."""
        module = "appconnect.models" if hasattr(models, kind.__name__) else kind.__module__
        self.imports.setdefault(module, set()).add(kind.__name__)
        return kind.__name__

    def _model(self, value: BaseModel) -> Group:
        told = {
            name: getattr(value, name)
            for name, each in type(value).model_fields.items()
            if getattr(value, name) != each.get_default(call_default_factory=True)
        }
        parts = tuple((f"{name}=", self.source(each)) for name, each in told.items())
        return Group(f"{self.name(type(value))}(", parts, ")")

    def _moment(self, value: datetime) -> str:
        self.imports.setdefault("datetime", set()).add("datetime")
        if value.utcoffset() != UTC.utcoffset(None):
            return f'datetime.fromisoformat("{value.isoformat()}")'
        self.imports["datetime"].add("UTC")
        parts = [*value.timetuple()[:6], value.microsecond]
        while len(parts) > 3 and not parts[-1]:
            parts.pop()
        return f"datetime({', '.join(map(str, parts))}, tzinfo=UTC)"

    def import_lines(self) -> list[str]:
        """Return the import statements, standard library first, in the order that linters want."""
        ordered = sorted(self.imports, key=lambda module: (_rank(module), module))
        lines: list[str] = []
        for number, module in enumerate(ordered):
            if number and _rank(module) != _rank(ordered[number - 1]):
                lines.append("")
            names = sorted(self.imports[module], key=lambda name: (not name.isupper(), name))
            lines += _import(module, names)
        return lines


def _import(module: str, names: Sequence[str]) -> list[str]:
    line = f"from {module} import {', '.join(names)}" if names else f"import {module}"
    return [line] if len(line) <= WIDTH else rendered(Group(f"from {module} import (", tuple(names), ")"))


def quoted(text: str) -> str:
    """Return a text as a literal of Python, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def _rank(module: str) -> int:
    return {"datetime": 0, "pytest": 1}.get(module, 2)


def call(function: str, parts: Iterable[Part]) -> Group:
    """Return a call of a function."""
    return Group(f"{function}(", tuple(parts), ")")


def rendered(part: Part, indent: int = 0, before: str = "") -> list[str]:
    """Return the lines of a part, its groups broken up where a line would be too long."""
    prefix, body = part if isinstance(part, tuple) else ("", part)
    flat = before + prefix + _flat(body)
    if isinstance(body, str) or not body.parts or len(flat) + indent <= WIDTH:
        return [" " * indent + flat]
    lines = [" " * indent + before + prefix + body.opening]
    for each in body.parts:
        inner = rendered(each, indent + 4)
        lines += [*inner[:-1], f"{inner[-1]},"]
    return [*lines, " " * indent + body.closing]


def _flat(part: Part) -> str:
    if isinstance(part, tuple):
        return part[0] + _flat(part[1])
    if isinstance(part, str):
        return part
    return part.opening + ", ".join(map(_flat, part.parts)) + part.closing


def statement(before: str, part: Part, indent: int = 0) -> list[str]:
    """Return the lines of ``before part``: ``logged = await workbench.log_call(…)``."""
    return rendered(part, indent, before)


def listed(values: Sequence[str]) -> Group:
    """Return a list of texts."""
    return Group("[", tuple(map(quoted, values)), "]")
