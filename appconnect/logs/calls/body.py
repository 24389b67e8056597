"""The body of a call log: composed from facts, updated with new ones, and parsed.

A body is parsed into parts and rendered from parts, never edited by pattern. A part whose value does not
change keeps every character it has in the CRM, and so does everything that is not one of our parts.

Note, AI note, transcript and the other texts come back exactly as they were written, with one exception: a
single line break at the end of a block, such as a transcript, is dropped.
"""

from __future__ import annotations

from typing import NamedTuple

from appconnect.logs.calls.facts import AUTO_LOG_NOTE, PENDING, CallFacts
from appconnect.logs.calls.fields import NOTE, ORDER, Field
from appconnect.logs.calls.formats import BodyFormat, body_format
from appconnect.logs.calls.parts import Part
from appconnect.logs.calls.values import field_values, misunderstood
from appconnect.models import Direction, LogFormat, UserSettings
from appconnect.timezones import TimeZone, parse_zone

__all__ = ["CallFacts", "ParsedBody", "compose", "misunderstood", "parse", "update"]


class ParsedBody(NamedTuple):
    """A parsed body; its ``parts`` joined are the body again."""

    parts: tuple[Part, ...]

    @property
    def values(self) -> dict[str, str]:
        """The values by field name; of two parts of one field, the first's."""
        return {part.field.name: part.value for part in reversed(self.parts) if part.field}

    @property
    def note(self) -> str:
        """The agent's note; "" when there is none."""
        return self.values.get("note", "")

    @property
    def ai_note(self) -> str:
        """The AI note; "" when there is none."""
        return self.values.get("ai_note", "")

    @property
    def transcript(self) -> str:
        """The transcript; "" when there is none."""
        return self.values.get("transcript", "")


def parse(existing: str, format: LogFormat) -> ParsedBody:
    """Parse a stored body, also one that the CRM has rewritten or a person has edited."""
    return ParsedBody(tuple(body_format(format).parse(existing)))


def compose(facts: CallFacts, *, format: LogFormat, settings: UserSettings, timezone: TimeZone) -> str:
    """Return the body of a new call log: all facts that the user's settings ask for."""
    return update("", facts, format=format, settings=settings, timezone=timezone)


def update(
    existing: str,
    facts: CallFacts,
    *,
    format: LogFormat,
    settings: UserSettings,
    timezone: TimeZone,
    automatic: bool = False,
) -> str:
    """Return the body with the facts set and everything else as it was; doing it again changes nothing.

    ``automatic`` logging writes a note only where there is none, or over ``AUTO_LOG_NOTE``.
    """
    editor = _BodyEditor(existing, body_format(format), facts.direction)
    for field, value in field_values(facts, settings, parse_zone(timezone)):
        editor.set(field, value, automatic=automatic)
    return "".join(part.raw for part in editor.parts)


class _BodyEditor:
    """A body that is being changed."""

    def __init__(self, existing: str, format: BodyFormat, direction: Direction | None) -> None:
        self.parts = format.parse(existing)
        self._format = format
        self._line_break = format.line_break(existing)
        self._direction = direction

    def set(self, field: Field, value: str, *, automatic: bool) -> None:
        """Write ``value`` over the field's part, or add a part in its place."""
        at = next((at for at, part in enumerate(self.parts) if part.field is field), None)
        if at is None:
            if value:
                self._add(field, value)
        elif value != self.parts[at].value and _may_replace(self.parts[at], field, value, automatic):
            label = self.parts[at].label if self._direction is None else None
            self.parts[at] = self._part(field, value, label=label)

    def _add(self, field: Field, value: str) -> None:
        at = self._place(field)
        before = next((part.raw for part in reversed(self.parts[:at]) if part.raw), "")
        self.parts.insert(at, self._part(field, value, gap=self._format.gap(before, field)))

    def _place(self, field: Field) -> int:
        """Return the place after the parts that belong before it; else before the first part, or the end."""
        if field is NOTE and not self._format.is_open_ended(NOTE):
            return 0
        orders = [(at, ORDER[part.field]) for at, part in enumerate(self.parts) if part.field]
        lower = [at + 1 for at, order in orders if order < ORDER[field]]
        place = lower[-1] if lower else orders[0][0] if orders else len(self.parts)
        if self._format.is_open_ended(field):  # else it would take in what a person wrote below
            place = next((at for at, _ in orders if at >= place), len(self.parts))
        return place

    def _part(self, field: Field, value: str, *, label: str | None = None, gap: str = "") -> Part:
        label = label or self._format.label(field, self._direction is Direction.OUTBOUND)
        raw = gap + self._format.render(field, label, value)
        return Part(raw.replace("\n", self._line_break), field, label, value)


def _may_replace(old: Part, field: Field, value: str, automatic: bool) -> bool:
    if field is NOTE:
        return not automatic or old.value.strip() in ("", AUTO_LOG_NOTE)
    if field.name == "user_name":
        return old.value in ("", PENDING)
    return value != PENDING or not old.value  # a link that is there does not become pending again
