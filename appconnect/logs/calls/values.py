"""The facts of a call as text: one value per field, as the user's settings ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from appconnect.logs.calls.facts import CallFacts
from appconnect.logs.calls.fields import FIELDS, Field, FieldType
from appconnect.models import Direction, Leg, Party, UserSettings, setting
from appconnect.text.amounts import counted, duration_in_words
from appconnect.text.lines import one_line
from appconnect.text.moment_format import format_moment

DATE_FORMAT = "YYYY-MM-DD hh:mm:ss A"


def field_values(facts: CallFacts, settings: UserSettings, zone: tzinfo) -> Iterator[tuple[Field, str]]:
    """Yield the fields that the facts fill and the settings ask for, with their text.

    A line or journey without text is left out; an empty note or block stays, since it empties that part.
    """
    texts = _texts(facts, zone, _date_format(settings))
    for field in FIELDS:
        text = texts[field.name]
        if text is None or not setting(settings, field.setting, field.on_by_default):
            continue
        if field.is_one_line:
            text = one_line(text)
        if text or field.is_free_text:
            yield field, text


def _date_format(settings: UserSettings) -> str:
    chosen = setting(settings, "logDateFormat", DATE_FORMAT)
    return chosen if isinstance(chosen, str) and chosen else DATE_FORMAT


def _texts(facts: CallFacts, zone: tzinfo, date_format: str) -> dict[str, str | None]:
    texts: dict[str, str | None] = {
        field.name: fact if (fact := getattr(facts, field.name)) is None else str(fact) for field in FIELDS
    }
    return texts | {
        "start": None if facts.start is None else format_moment(facts.start.astimezone(zone), date_format),
        "duration": None if facts.duration is None else duration_in_words(facts.duration),
        **{
            field.name: _without_last_break(text)
            for field in FIELDS
            if field.type is FieldType.BLOCK and (text := getattr(facts, field.name)) is not None
        },
        "legs": None if facts.legs is None else journey(facts.legs),
    }


def _without_last_break(text: str) -> str:
    single = text.endswith("\n") and text[:-1].rstrip() == text[:-1] != ""
    return text[:-1] if single else text


def journey(legs: Sequence[Leg]) -> str:
    """Return the way of a call through the phone system, one leg a line."""
    return "\n".join(_leg(leg, first=position == 0) for position, leg in enumerate(legs))


def _leg(leg: Leg, *, first: bool) -> str:
    outbound = leg.direction == Direction.OUTBOUND
    if first:
        return f"Made call from {_party(leg.from_)}" if outbound else f"Received call at {_party(leg.to)}"
    recipient = leg.from_ if outbound and leg.leg_type != "PstnToSip" else leg.to
    return f"Transferred to {_party(recipient)}, duration: {counted(leg.duration or 0, 'second')}"


def _party(party: Party | None) -> str:
    """Return name, number and extension; "" without number and extension, as in App Connect."""
    if party is None or not (party.phone_number or party.extension_number):
        return ""
    extension = party.extension_number and f"ext {party.extension_number}"
    return one_line(", ".join(text for text in (party.name, party.phone_number, extension) if text))
