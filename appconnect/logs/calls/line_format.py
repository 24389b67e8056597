"""Bodies made of lines: Markdown and plain text.

A line of free text that would read as part of the body's structure ("- Result: x", "## Call details") is
written with a backslash before it; if it begins with backslashes already, with one more. So reading is exact,
and all other text is written as it is.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum
from itertools import accumulate
from typing import NamedTuple

from appconnect.logs.calls.fields import NOTE, Field, Kind, Part, Span, cut, labelled
from appconnect.text.lines import line_break

JOURNEY_LINES = ("Made call from ", "Received call at ", "Transferred to ")


class Mark(Enum):
    """What a line of structure does."""

    NOTE = "opens the note"
    DETAILS = "closes the note"
    LINE = "is a line"
    BLOCK = "opens a block"
    END = "closes a block"


class Head(NamedTuple):
    """A line of structure; ``rest`` is what stands on it after the label."""

    mark: Mark
    field: Field | None = None
    label: str = ""
    rest: str = ""


class LineFormat(ABC):
    """What Markdown and plain text have in common."""

    @abstractmethod
    def head(self, line: str) -> Head | None:
        """What the line does for the body's structure; None for any other text."""

    @abstractmethod
    def render(self, field: Field, label: str, value: str) -> str:
        """The part as it is written, label and all."""

    @abstractmethod
    def open_ended(self, field: Field) -> bool:
        """Whether text that follows the part would be read as belonging to it."""

    @abstractmethod
    def _extent(self, at: int, lines: list[str], heads: Heads) -> tuple[int, str]:
        """The line after the text that is opened at line ``at``, and the text."""

    def label(self, field: Field, outbound: bool) -> str:
        """How the field is labelled; here the direction of the call makes no difference."""
        return field.label

    def gap(self, before: str, field: Field) -> str:
        """What goes between ``before`` and a part that is added after it."""
        return "\n" if before and not before.endswith("\n") else ""

    def parse(self, body: str) -> list[Part]:
        """The body in parts; joined, they are the body again."""
        ending = line_break(body)
        lines = body.split(ending)
        starts = [0, *accumulate(len(line) + len(ending) for line in lines)]
        starts[-1] = len(body)  # the last line has no line break
        return list(cut(body, self._spans(lines, starts, Heads([self.head(line) for line in lines]))))

    def line_break(self, body: str) -> str:
        """The line break that the body is written with."""
        return line_break(body)

    def _spans(self, lines: list[str], starts: list[int], heads: Heads) -> Iterator[Span]:
        at = 0
        while (at := heads.next(at, Mark.NOTE, Mark.LINE, Mark.BLOCK)) < len(lines):
            head = heads.at[at]
            if head is None or head.field is None:
                at += 1
                continue
            end, value = (at + 1, head.rest.strip())
            if head.mark is not Mark.LINE:
                end, value = self._extent(at, lines, heads)
            yield Span(starts[at], starts[end], head.field, head.label, value)
            at = end

    # -- free text between lines of structure --

    def write(self, text: str, *, edges: bool = False) -> str:
        """Free text, safe between lines of structure; with ``edges``, also the white space at its ends."""
        if not text:
            return ""
        lines = text.split("\n")
        lines = [f"\\{line}" if self._like_structure(line) else line for line in lines]
        written = "\n".join(lines)
        if edges and _blank_start(written):
            written = f"\\{written}"
        return f"{written}\\" if edges and _blank_end(written) else written

    def read(self, written: str, *, edges: bool = False) -> str:
        """The text that was written; with ``edges``, bare white space at its ends is none of it."""
        if edges:
            written = written.strip()
            written = written[:-1] if written.endswith("\\") and _blank_end(written) else written
            written = written[1:] if written.startswith("\\") and _blank_start(written) else written
        lines = written.split("\n")
        return "\n".join(
            line[1:] if line.startswith("\\") and self._like_structure(line) else line for line in lines
        )

    def _like_structure(self, line: str) -> bool:
        return self.head(line.lstrip("\\")) is not None


class Heads:
    """The lines of structure in a body, by line number."""

    def __init__(self, at: list[Head | None]) -> None:
        self.at = at
        self._where = {
            mark: [number for number, head in enumerate(at) if head and head.mark is mark] for mark in Mark
        }

    def next(self, start: int, *marks: Mark) -> int:
        """The first line from ``start`` on that is one of ``marks`` (of any); the end when none is."""
        found = [self._first(self._where[mark], start) for mark in marks or Mark]
        return min(found)

    def _first(self, numbers: list[int], start: int) -> int:
        position = bisect_right(numbers, start - 1)
        return numbers[position] if position < len(numbers) else len(self.at)


def _blank_start(text: str) -> bool:
    first = text.lstrip("\\")[:1]
    return not first or first.isspace()


def _blank_end(text: str) -> bool:
    last = text.rstrip("\\")[-1:]
    return not last or last.isspace()


def _without_blank_lines(lines: list[str], start: int, end: int) -> int:
    """``end``, moved up over blank lines, but not over ``start``."""
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end


# -- the two formats --


class Markdown(LineFormat):
    """Headings for the note and for blocks. What stands below a block's heading belongs to the block."""

    _LINE = re.compile(r"\*\*([^*]{1,60}+)\*\*:(.*)", re.DOTALL)

    def head(self, line: str) -> Head | None:
        """``## Agent notes``, ``## Call details``, ``### LABEL`` or ``**LABEL**: VALUE``."""
        if line.startswith("#") and len(line) < 100:
            return self._heading(line.rstrip())
        match = self._LINE.fullmatch(line)
        field = labelled(match[1]) if match else None
        if match and field and field.kind.one_line:
            return Head(Mark.LINE, field, match[1], match[2])
        return None

    def _heading(self, line: str) -> Head | None:
        if line == "## Agent notes":
            return Head(Mark.NOTE, NOTE)
        if line == "## Call details":
            return Head(Mark.DETAILS)
        field = labelled(line[4:]) if line.startswith("### ") else None
        return Head(Mark.BLOCK, field, line[4:]) if field and not field.kind.one_line else None

    def render(self, field: Field, label: str, value: str) -> str:
        """The part in Markdown."""
        if field.kind is Kind.NOTE:
            return f"## Agent notes\n{self.write(value)}\n\n## Call details\n"
        if field.kind.one_line:
            return f"**{label}**: {value}\n"
        return f"### {label}\n{self.write(value, edges=field.kind is Kind.BLOCK)}\n"

    def open_ended(self, field: Field) -> bool:
        """A block ends only where the next part begins."""
        return field.kind in (Kind.BLOCK, Kind.JOURNEY)

    def _extent(self, at: int, lines: list[str], heads: Heads) -> tuple[int, str]:
        head, details = heads.at[at], heads.next(at + 1, Mark.DETAILS)
        if head and head.mark is Mark.NOTE and details < len(lines):
            end = details - 1 if details - 1 > at and not lines[details - 1].strip() else details
            return details + 1, self.read("\n".join(lines[at + 1 : end]))
        end = heads.next(at + 1)
        if head and head.field and head.field.kind is Kind.JOURNEY:
            end = next((n for n in range(at + 1, end) if not lines[n].startswith(JOURNEY_LINES)), end)
            return end, "\n".join(lines[at + 1 : end])
        end = _without_blank_lines(lines, at + 1, end)
        return end, self.read("\n".join(lines[at + 1 : end]), edges=True)


class PlainText(LineFormat):
    """Dashes before labels, and end marks below blocks."""

    _LABEL = re.compile(r"- ([^:]{1,60}+):(.*)", re.DOTALL)
    _ENDS = ("--- END", "--- JOURNEY END")

    def head(self, line: str) -> Head | None:
        """``- Note: NOTE``, ``- LABEL: VALUE``, ``- LABEL:`` or an end mark."""
        if line.startswith("---") and len(line) < 100 and line.rstrip() in self._ENDS:
            return Head(Mark.END)
        match = self._LABEL.fullmatch(line)
        if match and match[1] == NOTE.label:
            return Head(Mark.NOTE, NOTE, match[1], match[2])
        field = labelled(match[1]) if match else None
        if match is None or field is None:
            return None
        if field.kind.one_line:
            return Head(Mark.LINE, field, match[1], match[2])
        return None if match[2].strip() else Head(Mark.BLOCK, field, match[1])

    def render(self, field: Field, label: str, value: str) -> str:
        """The part in plain text."""
        if field.kind is Kind.NOTE:
            return f"- {label}: {self.write(value, edges=True)}\n"
        if field.kind.one_line:
            return f"- {label}: {value}\n"
        end = "--- JOURNEY END" if field.kind is Kind.JOURNEY else "--- END"
        return f"- {label}:\n{self.write(value)}\n{end}\n"

    def gap(self, before: str, field: Field) -> str:
        """A blank line before a block, except before the journey."""
        return super().gap(before, field) + ("\n" if field.kind is Kind.BLOCK else "")

    def open_ended(self, field: Field) -> bool:
        """The note ends only where the next part begins."""
        return field.kind is Kind.NOTE

    def _extent(self, at: int, lines: list[str], heads: Heads) -> tuple[int, str]:
        head = heads.at[at]
        if head and head.mark is Mark.NOTE:
            end = heads.next(at + 1, Mark.NOTE, Mark.LINE, Mark.BLOCK)
            end = _without_blank_lines(lines, at + 1, end)
            return end, self.read("\n".join([head.rest, *lines[at + 1 : end]]), edges=True)
        closed = heads.next(at + 1, Mark.END)
        if closed < min(len(lines), heads.next(at + 1, Mark.BLOCK)):
            return closed + 1, self.read("\n".join(lines[at + 1 : closed]))
        end = _without_blank_lines(lines, at + 1, heads.next(at + 1))  # somebody took the end mark away
        return end, self.read("\n".join(lines[at + 1 : end]), edges=True)
