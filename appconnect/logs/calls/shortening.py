"""Shorten the long texts of a call log body to what its CRM holds.

Transcripts are shortened first, the agent's note last; lines, and what a person wrote in the CRM, never.
"""

from __future__ import annotations

from typing import Final

from appconnect.logs.calls.fields import NOTE
from appconnect.logs.calls.formats import FORMATS, BodyFormat
from appconnect.logs.calls.parts import Part
from appconnect.models import LogFormat
from appconnect.text.utf16 import utf16_length, utf16_prefix

MARK: Final = "… (shortened, to fit the {max_length} characters that the CRM allows)"
"""Stands between the parts, and stays: what was cut off does not come back."""
CUT: Final = "…"
SHORTENED_IN_ORDER: Final = (
    "transcript", "ace_transcript", "ai_note", "ace_summary", "ace_bulleted_summary", "legs", "note",
)  # fmt: skip


def shorten(body: str, format: LogFormat, max_length: int) -> str:
    """Return the body with its long texts shortened to ``max_length`` UTF-16 units in all, and marked so.

    Shortened again, or updated with the same facts and shortened, it stays the same. A body that cannot be
    made to fit is returned too long.
    """
    if utf16_length(body) <= max_length:
        return body
    body_format, mark = FORMATS[format], MARK.format(max_length=max_length)
    parts, line_break = body_format.parse(body), body_format.line_break(body)
    if not any(mark in part.raw for part in parts if part.field is None):
        _add_mark(parts, mark, body_format, line_break, html=format is LogFormat.HTML)
    for name in SHORTENED_IN_ORDER:
        for at, part in enumerate(parts):
            excess = sum(utf16_length(each.raw) for each in parts) - max_length
            if excess > 0 and part.field and part.field.name == name:
                parts[at] = _shorten_part(part, utf16_length(part.raw) - excess, body_format, line_break)
                if not parts[at].raw:
                    _drop_gap(parts, at, body_format.gap("", part.field).replace("\n", line_break))
    return "".join(part.raw for part in parts)


def _add_mark(parts: list[Part], mark: str, body_format: BodyFormat, line_break: str, *, html: bool) -> None:
    """Add the mark at the end, or at the beginning if the last part would take it in."""
    fields = [part.field for part in parts if part.field]
    first = bool(fields) and body_format.is_open_ended(fields[-1])
    if html:
        raw = f"<div>{mark}</div>"
    else:
        on_new_line = first or not parts or parts[-1].raw.endswith("\n")
        raw = ("" if on_new_line else line_break) + mark + line_break
    parts.insert(0 if first else len(parts), Part(raw))


def _drop_gap(parts: list[Part], at: int, gap: str) -> None:
    """Drop the blank line before a part that is gone, or each update would leave one more."""
    before = parts[at - 1] if at else Part("")
    if gap and before.field is None and before.raw.endswith(gap):
        parts[at - 1] = Part(before.raw.removesuffix(gap))


def _shorten_part(part: Part, max_length: int, body_format: BodyFormat, line_break: str) -> Part:
    """Return the part with as much of its text as fits, up to the end of a line if one is near."""
    assert part.field is not None
    best, fits, too_long = Part(""), 0, min(utf16_length(part.value), max(0, max_length)) + 1
    while too_long - fits > 1:
        size = (fits + too_long) // 2
        value = _beginning(part.value, size) + ("" if part.field is NOTE else CUT)
        raw = body_format.render(part.field, part.label, value).replace("\n", line_break)
        if utf16_length(raw) <= max_length:
            best, fits = part._replace(raw=raw, value=value), size
        else:
            too_long = size
    return best


def _beginning(text: str, size: int) -> str:
    kept = utf16_prefix(text[:size], size)
    if len(kept) < len(text) and "\n" in kept[len(kept) // 2 :]:
        kept = kept[: kept.rfind("\n")]
    return kept.rstrip()
