"""Bodies made of lines, the common part of Markdown and plain text.

A line of free text that would read as part of the body's structure ("- Result: x", "## Call details") is
written with a backslash before it; if it begins with backslashes already, with one more. So reading is exact,
and all other text is written as it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterator
from enum import Enum
from itertools import accumulate
from typing import NamedTuple

from appconnect.logs.calls.fields import NOTE, Field
from appconnect.logs.calls.parts import Part, Span, split_body
from appconnect.text.lines import line_break


class Role(Enum):
    """The role of a line in the structure of a body."""

    NOTE = "opens the note"
    DETAILS = "closes the note"
    LINE = "is a line"
    BLOCK = "opens a block"
    END = "closes a block"


class Head(NamedTuple):
    """A line of structure; ``rest`` is the text after its label."""

    role: Role
    field: Field | None = None
    label: str = ""
    rest: str = ""


class LineFormat(ABC):
    """A format of lines: subclasses define its lines of structure and how parts are written."""

    @abstractmethod
    def head(self, line: str) -> Head | None:
        """Return the line as one of structure; None for any other text."""

    @abstractmethod
    def render(self, field: Field, label: str, value: str) -> str:
        """Return the part as it is written, label and all."""

    @abstractmethod
    def is_open_ended(self, field: Field) -> bool:
        """Return True when text that follows the part would be read as belonging to it."""

    @abstractmethod
    def _read_text(self, at: int, lines: list[str], heads: Heads) -> tuple[int, str]:
        """Return the number of the line after the text that line ``at`` opens, and the text."""

    def label(self, field: Field, outbound: bool) -> str:
        """Return the field's label, which is the same for both directions of a call."""
        return field.label

    def gap(self, before: str, field: Field) -> str:
        """Return what goes between ``before`` and a part that is added after it."""
        return "\n" if before and not before.endswith("\n") else ""

    def parse(self, body: str) -> list[Part]:
        """Return the body in parts; joined, they are the body again."""
        ending = line_break(body)
        lines = body.split(ending)
        starts = [0, *accumulate(len(line) + len(ending) for line in lines)]
        starts[-1] = len(body)  # the last line has no line break
        return list(
            split_body(body, self._spans(lines, starts, Heads([self.head(line) for line in lines], lines)))
        )

    def line_break(self, body: str) -> str:
        """Return the line break that the body is written with."""
        return line_break(body)

    def _spans(self, lines: list[str], starts: list[int], heads: Heads) -> Iterator[Span]:
        """Yield the fields in order; a heading of details without a note above it is an empty note."""
        lone = heads.next(0, Role.DETAILS) if heads.next(0, Role.NOTE) == len(lines) else len(lines)
        at = 0
        while (at := heads.next(at, Role.NOTE, Role.LINE, Role.BLOCK, Role.DETAILS)) < len(lines):
            head = heads.at[at]
            if at == lone:
                yield Span(starts[at], starts[at + 1], NOTE, "", "")
            if head is None or head.field is None:
                at += 1
                continue
            end, value = (at + 1, head.rest.strip())
            if head.role is not Role.LINE:
                end, value = self._read_text(at, lines, heads)
            yield Span(starts[at], starts[end], head.field, head.label, value)
            at = end

    # -- free text between lines of structure --

    def escape(self, text: str, *, keep_ends: bool = False) -> str:
        """Return free text that is safe between lines of structure.

        With ``keep_ends`` white space at its ends is made safe too.
        """
        if not text:
            return ""
        lines = text.split("\n")
        lines = [f"\\{line}" if self._like_structure(line) else line for line in lines]
        escaped = "\n".join(lines)
        if keep_ends and _starts_blank(escaped):
            escaped = f"\\{escaped}"
        return f"{escaped}\\" if keep_ends and _ends_blank(escaped) else escaped

    def unescape(self, escaped: str, *, keep_ends: bool = False) -> str:
        """Return the text that was escaped; with ``keep_ends``, bare white space at its ends is dropped."""
        if keep_ends:
            escaped = escaped.strip()
            escaped = escaped[:-1] if escaped.endswith("\\") and _ends_blank(escaped) else escaped
            escaped = escaped[1:] if escaped.startswith("\\") and _starts_blank(escaped) else escaped
        lines = escaped.split("\n")
        return "\n".join(
            line[1:] if line.startswith("\\") and self._like_structure(line) else line for line in lines
        )

    def _like_structure(self, line: str) -> bool:
        return self.head(line.lstrip("\\")) is not None


class Heads:
    """The lines of structure in a body, by line number."""

    def __init__(self, at: list[Head | None], lines: list[str]) -> None:
        self.at = at
        self._lines = lines
        self._numbers = {
            role: [number for number, head in enumerate(at) if head and head.role is role] for role in Role
        }
        self._sure_details = [number for number in self._numbers[Role.DETAILS] if self._is_between(number)]

    def next(self, start: int, *roles: Role) -> int:
        """Return the first line from ``start`` on in one of ``roles`` (default: any), else the end."""
        return min(self._first(self._numbers[role], start) for role in roles or Role)

    def end_of_note(self, start: int) -> int:
        """Return the line that closes the note; "Call details" in a note that was not escaped does not."""
        nearest, sure = self.next(start, Role.DETAILS), self._first(self._sure_details, start)
        return sure if sure < self.next(nearest, Role.LINE, Role.BLOCK, Role.NOTE) else nearest

    def _is_between(self, number: int) -> bool:
        """Return whether a line stands between a blank line and a line of structure, or the end."""
        after = self._lines[number + 1 : number + 3]
        is_last = not after or after == [""]
        return not self._lines[number - 1].strip() and (is_last or self.at[number + 1] is not None)

    def _first(self, numbers: list[int], start: int) -> int:
        position = bisect_left(numbers, start)
        return numbers[position] if position < len(numbers) else len(self.at)


def _starts_blank(text: str) -> bool:
    first = text.lstrip("\\")[:1]
    return not first or first.isspace()


def _ends_blank(text: str) -> bool:
    last = text.rstrip("\\")[-1:]
    return not last or last.isspace()


def before_blank_lines(lines: list[str], start: int, end: int) -> int:
    """Return ``end`` moved up over blank lines, but not over ``start``."""
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end
