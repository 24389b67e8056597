"""The body of a call log: composed from facts, updated with new ones, and read back.

A body is parsed into parts and rendered from parts, never edited by pattern. A part whose value does not
change keeps every character it has in the CRM, and so does everything that is not one of our parts.

Note, AI note, transcript and the other texts come back exactly as they were written, with one exception: as
in App Connect, a single line break at the end of an AI note is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import NamedTuple

from appconnect.logs.calls.fields import (
    AUTO_LOG_NOTE,
    FIELDS,
    NOTE,
    ORDER,
    PENDING,
    CallFacts,
    Field,
    Kind,
    Part,
)
from appconnect.logs.calls.formats import FORMATS, BodyFormat
from appconnect.models import Direction, Leg, LogFormat, Party, UserSettings, setting
from appconnect.text.amounts import counted, duration_in_words
from appconnect.text.lines import one_line
from appconnect.text.moment_format import format_moment
from appconnect.timezones import TimeZone, parse_zone

__all__ = ["CallFacts", "ParsedBody", "compose", "parse", "update"]

DATE_FORMAT = "YYYY-MM-DD hh:mm:ss A"


class ParsedBody(NamedTuple):
    """A body that was read. ``parts`` joined are the body again; those without a field are other people's."""

    parts: tuple[Part, ...]

    @property
    def values(self) -> dict[str, str]:
        """What each part that is there says, by the field's name; of two alike, the first."""
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
    """Reads a stored body, also one that the CRM has rewritten or a person has edited."""
    return ParsedBody(tuple(FORMATS[format].parse(existing)))


def compose(facts: CallFacts, *, format: LogFormat, settings: UserSettings, timezone: TimeZone) -> str:
    """The body of a new call log: all that was said, as the user's settings want it."""
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
    """The body with what was said set, and everything else as it was. Doing it twice changes nothing more.

    ``automatic`` logging writes a note only where there is none, or over ``AUTO_LOG_NOTE``.
    """
    writing = _Writing(existing, FORMATS[format], facts.direction)
    for field, value in _said(facts, settings, parse_zone(timezone)):
        writing.set(field, value, automatic=automatic)
    return "".join(part.raw for part in writing.parts)


class _Writing:
    """A body while it is being changed."""

    def __init__(self, existing: str, format: BodyFormat, direction: Direction | None) -> None:
        self.parts = format.parse(existing)
        self._format = format
        self._line_break = format.line_break(existing)
        self._direction = direction

    def set(self, field: Field, value: str, *, automatic: bool) -> None:
        """Writes ``value`` over what the field says, or adds the field in its place."""
        at = next((at for at, part in enumerate(self.parts) if part.field is field), None)
        if at is None:
            if value:
                self._add(field, value)
        elif value != self.parts[at].value and _gives_way(self.parts[at], field, value, automatic):
            kept = self.parts[at].label if self._direction is None else None
            self.parts[at] = self._part(field, value, label=kept)

    def _add(self, field: Field, value: str) -> None:
        at = self._place(field)
        before = next((part.raw for part in reversed(self.parts[:at]) if part.raw), "")
        self.parts.insert(at, self._part(field, value, gap=self._format.gap(before, field)))

    def _place(self, field: Field) -> int:
        """After the parts that belong before it; else before the first part; else at the end."""
        if field is NOTE and not self._format.open_ended(NOTE):
            return 0
        known = [(at, ORDER[part.field]) for at, part in enumerate(self.parts) if part.field]
        lower = [at + 1 for at, order in known if order < ORDER[field]]
        place = lower[-1] if lower else known[0][0] if known else len(self.parts)
        if self._format.open_ended(field):  # else it would take in what a person wrote below
            place = next((at for at, _ in known if at >= place), len(self.parts))
        return place

    def _part(self, field: Field, value: str, *, label: str | None = None, gap: str = "") -> Part:
        label = label or self._format.label(field, self._direction is Direction.OUTBOUND)
        raw = gap + self._format.render(field, label, value)
        return Part(raw.replace("\n", self._line_break), field, label, value)


def _gives_way(old: Part, field: Field, value: str, automatic: bool) -> bool:
    """Whether what the part says may be replaced."""
    if field is NOTE:
        return not automatic or old.value.strip() in ("", AUTO_LOG_NOTE)
    if field.name == "user_name":
        return old.value in ("", PENDING)
    return value != PENDING or not old.value  # a link that is known is not pending any more


# -- what was said, as text --


def _said(facts: CallFacts, settings: UserSettings, clock: tzinfo) -> Iterator[tuple[Field, str]]:
    """The fields that were said and that the settings want, with their text."""
    chosen = setting(settings, "logDateFormat", DATE_FORMAT)
    pattern = chosen if isinstance(chosen, str) and chosen else DATE_FORMAT
    texts = _texts(facts, clock, pattern)
    for field in FIELDS:
        text = texts[field.name]
        if text is None or not setting(settings, field.setting, field.on):
            continue
        if field.kind.one_line:
            text = one_line(text)
        if text or field.kind in (Kind.NOTE, Kind.BLOCK):
            yield field, text


def _texts(facts: CallFacts, clock: tzinfo, pattern: str) -> dict[str, str | None]:
    texts: dict[str, str | None] = {
        field.name: fact if (fact := getattr(facts, field.name)) is None else str(fact) for field in FIELDS
    }
    return texts | {
        "start": None if facts.start is None else format_moment(facts.start.astimezone(clock), pattern),
        "duration": None if facts.duration is None else duration_in_words(facts.duration),
        "ai_note": None if facts.ai_note is None else _without_last_break(facts.ai_note),
        "legs": None if facts.legs is None else journey(facts.legs),
    }


def _without_last_break(text: str) -> str:
    single = text.endswith("\n") and text[:-1].rstrip() == text[:-1] != ""
    return text[:-1] if single else text


def journey(legs: Sequence[Leg]) -> str:
    """The way of a call through the phone system, a leg a line."""
    return "\n".join(_leg(leg, first=position == 0) for position, leg in enumerate(legs))


def _leg(leg: Leg, *, first: bool) -> str:
    outbound = leg.direction == Direction.OUTBOUND
    if first:
        return f"Made call from {_party(leg.from_)}" if outbound else f"Received call at {_party(leg.to)}"
    handed_on = leg.from_ if outbound and leg.leg_type != "PstnToSip" else leg.to
    return f"Transferred to {_party(handed_on)}, duration: {counted(leg.duration or 0, 'second')}"


def _party(party: Party | None) -> str:
    """Name, number and extension. App Connect names nobody who has neither number nor extension."""
    if party is None or not (party.phone_number or party.extension_number):
        return ""
    extension = party.extension_number and f"ext {party.extension_number}"
    return one_line(", ".join(said for said in (party.name, party.phone_number, extension) if said))
