"""Call log bodies in plain text."""

from __future__ import annotations

import re

from appconnect.logs.calls.fields import NOTE, Field, FieldType, field_with_label
from appconnect.logs.calls.line_based import Head, Heads, LineFormat, Role, before_blank_lines


class PlainText(LineFormat):
    """Dashes before labels, and end marks below blocks."""

    _LABEL = re.compile(r"- ([^:]{1,60}+):(.*)", re.DOTALL)
    _ENDS = ("--- END", "--- JOURNEY END")

    def head(self, line: str) -> Head | None:
        """Recognise ``- Note: NOTE``, ``- LABEL: VALUE``, ``- LABEL:`` and end marks."""
        if line.startswith("---") and len(line) < 100 and line.rstrip() in self._ENDS:
            return Head(Role.END)
        match = self._LABEL.fullmatch(line)
        if match and match[1] == NOTE.label:
            return Head(Role.NOTE, NOTE, match[1], match[2])
        field = field_with_label(match[1]) if match else None
        if match is None or field is None:
            return None
        if field.is_one_line:
            return Head(Role.LINE, field, match[1], match[2])
        return None if match[2].strip() else Head(Role.BLOCK, field, match[1])

    def render(self, field: Field, label: str, value: str) -> str:
        """Return the part in plain text."""
        if field.type is FieldType.NOTE:
            return f"- {label}: {self.escape(value, keep_ends=True)}\n"
        if field.is_one_line:
            return f"- {label}: {value}\n"
        end = "--- JOURNEY END" if field.type is FieldType.JOURNEY else "--- END"
        return f"- {label}:\n{self.escape(value)}\n{end}\n"

    def gap(self, before: str, field: Field) -> str:
        """Return a blank line before a block, except before the journey."""
        return super().gap(before, field) + ("\n" if field.type is FieldType.BLOCK else "")

    def is_open_ended(self, field: Field) -> bool:
        """Return True for the note, which ends where the next part begins."""
        return field.type is FieldType.NOTE

    def _read_text(self, at: int, lines: list[str], heads: Heads) -> tuple[int, str]:
        head = heads.at[at]
        if head and head.role is Role.NOTE:
            end = heads.next(at + 1, Role.NOTE, Role.LINE, Role.BLOCK)
            end = before_blank_lines(lines, at + 1, end)
            return end, self.unescape("\n".join([head.rest, *lines[at + 1 : end]]), keep_ends=True)
        closed = heads.next(at + 1, Role.END)
        if closed < min(len(lines), heads.next(at + 1, Role.BLOCK)):
            return closed + 1, self.unescape("\n".join(lines[at + 1 : closed]))
        end = before_blank_lines(lines, at + 1, heads.next(at + 1))  # a person has removed the end mark
        return end, self.unescape("\n".join(lines[at + 1 : end]), keep_ends=True)
