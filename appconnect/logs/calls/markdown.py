"""Call log bodies in Markdown."""

from __future__ import annotations

import re

from appconnect.logs.calls.fields import NOTE, Field, FieldType, field_with_label
from appconnect.logs.calls.line_based import Head, Heads, LineFormat, Role, before_blank_lines

JOURNEY_LINES = ("Made call from ", "Received call at ", "Transferred to ")


class Markdown(LineFormat):
    """Headings for the note and for blocks; text below a block's heading belongs to the block."""

    _LINE = re.compile(r"\*\*([^*]{1,60}+)\*\*:(.*)", re.DOTALL)

    def head(self, line: str) -> Head | None:
        """Recognise ``## Agent notes``, ``## Call details``, ``### LABEL`` and ``**LABEL**: VALUE``."""
        if line.startswith("#") and len(line) < 100:
            return self._heading(line.rstrip())
        match = self._LINE.fullmatch(line)
        field = field_with_label(match[1]) if match else None
        if match and field and field.is_one_line:
            return Head(Role.LINE, field, match[1], match[2])
        return None

    def _heading(self, line: str) -> Head | None:
        if line == "## Agent notes":
            return Head(Role.NOTE, NOTE)
        if line == "## Call details":
            return Head(Role.DETAILS)
        field = field_with_label(line[4:]) if line.startswith("### ") else None
        return Head(Role.BLOCK, field, line[4:]) if field and not field.is_one_line else None

    def render(self, field: Field, label: str, value: str) -> str:
        """Return the part in Markdown."""
        if field.type is FieldType.NOTE:
            return f"## Agent notes\n{self.escape(value)}\n\n## Call details\n"
        if field.is_one_line:
            return f"**{label}**: {value}\n"
        return f"### {label}\n{self.escape(value, keep_ends=field.type is FieldType.BLOCK)}\n"

    def is_open_ended(self, field: Field) -> bool:
        """Return True for blocks, which end where the next part begins."""
        return field.type in (FieldType.BLOCK, FieldType.JOURNEY)

    def _read_text(self, at: int, lines: list[str], heads: Heads) -> tuple[int, str]:
        head, details = heads.at[at], heads.end_of_note(at + 1)
        if head and head.role is Role.NOTE and details < len(lines):
            end = details - 1 if details - 1 > at and not lines[details - 1].strip() else details
            return details + 1, self.unescape("\n".join(lines[at + 1 : end]))
        end = heads.next(at + 1)
        if head and head.field and head.field.type is FieldType.JOURNEY:
            end = next((n for n in range(at + 1, end) if not lines[n].startswith(JOURNEY_LINES)), end)
            return end, "\n".join(lines[at + 1 : end])
        end = before_blank_lines(lines, at + 1, end)
        return end, self.unescape("\n".join(lines[at + 1 : end]), keep_ends=True)
