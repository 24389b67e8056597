"""A call log body that is longer than its CRM allows: its long texts are shortened, all else stays.

Transcripts give way first, the agent's note last; lines, and what a person wrote in the CRM, not at all.
"""

from __future__ import annotations

from typing import Final

from appconnect.logs.calls.fields import NOTE, Part
from appconnect.logs.calls.formats import FORMATS, BodyFormat
from appconnect.models import LogFormat
from appconnect.text.utf16 import first_units, units

MARK: Final = "… (shortened, to fit the {longest} characters that the CRM allows)"
"""Stands outside of all parts, so that it is read back as none; what is lost stays lost, and so it stays."""
CUT: Final = "…"
GIVE_WAY: Final = (
    "transcript", "ace_transcript", "ai_note", "ace_summary", "ace_bulleted_summary", "legs", "note",
)  # fmt: skip


def shortened(body: str, format: LogFormat, longest: int) -> str:
    """The body, or as much of it as ``longest`` UTF-16 units hold, marked as shortened.

    Shortened again, or updated with the same facts and shortened, it is the same again. What no shortening
    makes fit is given back too long.
    """
    if units(body) <= longest:
        return body
    how, mark = FORMATS[format], MARK.format(longest=longest)
    parts, line_break = how.parse(body), how.line_break(body)
    if not any(mark in part.raw for part in parts if part.field is None):
        _add_mark(parts, mark, how, line_break, html=format is LogFormat.HTML)
    for name in GIVE_WAY:
        for at, part in enumerate(parts):
            too_much = sum(units(each.raw) for each in parts) - longest
            if too_much > 0 and part.field and part.field.name == name:
                parts[at] = _smaller(part, units(part.raw) - too_much, how, line_break)
    return "".join(part.raw for part in parts)


def _add_mark(parts: list[Part], mark: str, how: BodyFormat, line_break: str, *, html: bool) -> None:
    """At the end; but at the beginning if it would be read as belonging to the last part there."""
    known = [part.field for part in parts if part.field]
    first = bool(known) and how.open_ended(known[-1])
    if html:
        raw = f"<div>{mark}</div>"
    else:
        apart = first or not parts or parts[-1].raw.endswith("\n")
        raw = ("" if apart else line_break) + mark + line_break
    parts.insert(0 if first else len(parts), Part(raw))


def _smaller(part: Part, room: int, how: BodyFormat, line_break: str) -> Part:
    """The part with as much of its text as has room, to the end of a line if one is near; else nothing."""
    assert part.field is not None
    best, fits, too_long = Part(""), 0, min(units(part.value), max(0, room)) + 1
    while too_long - fits > 1:
        size = (fits + too_long) // 2
        value = _beginning(part.value, size) + ("" if part.field is NOTE else CUT)
        raw = how.render(part.field, part.label, value).replace("\n", line_break)
        if units(raw) <= room:
            best, fits = part._replace(raw=raw, value=value), size
        else:
            too_long = size
    return best


def _beginning(text: str, size: int) -> str:
    kept = first_units(text[:size], size)
    if len(kept) < len(text) and "\n" in kept[len(kept) // 2 :]:
        kept = kept[: kept.rfind("\n")]
    return kept.rstrip()
