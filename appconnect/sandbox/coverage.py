"""What of a CRM's interface its sandbox plays, and the honest answer to the rest.

A CRM's sandbox keeps the vendor's operations in ``operations.txt``: groups in brackets, below them an
operation a line, as the vendor's description names it::

    [Deals]
    GET /api/v2/deals
    GET /api/v2/deals/search
    GET /api/v2/deals/{id}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from starlette.responses import JSONResponse, Response

NOT_PLAYED = "x-appconnect-sandbox"
"""The header of an answer that is the sandbox's own and not the CRM's; its value is "not played"."""
_PLACEHOLDER = re.compile(r"\{[^}]*\}")


def not_played(what: str) -> Response:
    """Return the sandbox's own answer to what it does not play, such as "DELETE /v1/filters"."""
    sentence = f"this sandbox does not play {what}"
    return JSONResponse({"error": sentence, "message": sentence}, 501, headers={NOT_PLAYED: "not played"})


class Operation(NamedTuple):
    """An operation of a vendor's interface; ``path`` has its parameters in braces."""

    group: str
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


Shapes = dict[tuple[str, int], dict[tuple[bool, ...], dict[tuple[str, ...], Operation]]]
"""Operations by method and number of segments, by where parameters stand, by the words elsewhere."""


@lru_cache(maxsize=8192)
def shape_of(path: str) -> str:
    """Return a path with its parameters as ``{}``: "/v1/persons/{id:int}" → "/v1/persons/{}"."""
    return _PLACEHOLDER.sub("{}", path)


def read_operations(text: str) -> list[Operation]:
    """Return the operations of an ``operations.txt``; lines that begin with "#" are comments."""
    operations, group = [], ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1]
        elif line and not line.startswith("#"):
            method, path = line.split(maxsplit=1)
            operations.append(Operation(group, method, path))
    return operations


@dataclass(frozen=True)
class GroupCoverage:
    """How much of a group of operations is played."""

    group: str
    played: Sequence[Operation]
    missing: Sequence[Operation]

    @property
    def total(self) -> int:
        """The number of the vendor's operations."""
        return len(self.played) + len(self.missing)


@dataclass(frozen=True)
class Coverage:
    """A vendor's operations, and which of them the sandbox plays."""

    operations: Sequence[Operation]
    plays: Callable[[Operation], bool] = field(repr=False)
    rewrite: Callable[[str], str] = field(repr=False)
    """What the sandbox makes of a path before it is routed, such as lower case."""
    known_total: int
    """How many operations the vendor has, where not all are known by name."""

    @cached_property
    def groups(self) -> list[GroupCoverage]:
        """The coverage group by group, in the order of the vendor's description."""
        names = dict.fromkeys(operation.group for operation in self.operations)
        return [self._group(name) for name in names]

    @property
    def played(self) -> int:
        """The number of operations that are played."""
        return sum(len(group.played) for group in self.groups)

    @property
    def share(self) -> float:
        """The played share of the vendor's operations, 0 to 1; 1 where the vendor names none."""
        return self.played / self.in_all if self.in_all else 1.0

    @property
    def in_all(self) -> int:
        """The number of the vendor's operations, those that are not known by name among them."""
        return max(len(self.operations), self.known_total)

    @property
    def told(self) -> str:
        """The share for people, rounded down: "167 of 218 operations, 76% of the vendor's"."""
        if not self.in_all:
            return "no list of the vendor's operations"
        return f"{self.played} of {self.in_all} operations, {int(100 * self.share)}% of the vendor's"

    def operation(self, method: str, path: str) -> Operation | None:
        """Return the operation that a (rewritten) path asks for; literal words win over parameters."""
        segments = path.strip("/").split("/")
        for parameters, operations in self._shapes.get((method, len(segments)), {}).items():
            words = tuple(word for word, varies in zip(segments, parameters, strict=True) if not varies)
            if words in operations:
                return operations[words]
        return None

    def not_played(self, method: str, path: str) -> Operation | None:
        """Return the operation that a request asks for if the vendor has it and the sandbox does not."""
        operation = self.operation(method, path)
        return operation if operation is not None and not self.plays(operation) else None

    # -- the steps --

    def _group(self, name: str) -> GroupCoverage:
        members = [
            (operation, self.plays(operation)) for operation in self.operations if operation.group == name
        ]
        played = [operation for operation, is_played in members if is_played]
        return GroupCoverage(name, played, [operation for operation, is_played in members if not is_played])

    @cached_property
    def _shapes(self) -> Shapes:
        return _shapes_of(tuple(self.operations), self.rewrite)


@lru_cache(maxsize=16)  # all sandboxes of a CRM have the same operations
def _shapes_of(operations: tuple[Operation, ...], rewrite: Callable[[str], str]) -> Shapes:
    shapes: Shapes = {}
    for operation in operations:
        segments = rewrite(shape_of(operation.path)).strip("/").split("/")
        parameters = tuple(segment == "{}" for segment in segments)
        words = tuple(segment for segment in segments if segment != "{}")
        same_length = shapes.setdefault((operation.method, len(segments)), {})
        same_length.setdefault(parameters, {}).setdefault(words, operation)
    return {length: dict(sorted(same_length.items())) for length, same_length in shapes.items()}
