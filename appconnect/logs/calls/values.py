"""The facts of a call as text: one value per field, as the user's settings ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from pydantic import JsonValue

from appconnect.logs.calls.facts import PENDING, CallFacts
from appconnect.logs.calls.fields import FIELDS, Field, FieldType
from appconnect.logs.calls.journey import journey
from appconnect.models import UserSettings, setting
from appconnect.models.phone_system import Pending
from appconnect.text.amounts import duration_in_words
from appconnect.text.lines import one_line
from appconnect.text.moment_format import format_moment

DATE_SETTING, DATE_FORMAT = "logDateFormat", "YYYY-MM-DD hh:mm:ss A"


def field_values(facts: CallFacts, settings: UserSettings, zone: tzinfo) -> Iterator[tuple[Field, str]]:
    """Yield the fields that the facts fill and the settings ask for, with their text.

    A line or journey without text is left out; an empty note or block stays, since it empties that part.
    """
    texts = _texts(facts, zone, _date_format(settings))
    for field in FIELDS:
        text = texts[field.name]
        if text is None or not _is_on(settings, field):
            continue
        if field.is_one_line:
            text = one_line(text)
        if text or field.is_free_text:
            yield field, text


def misunderstood(settings: UserSettings) -> list[str]:
    """Return the settings of log bodies that say neither on nor off, or no date format: defaults hold."""
    names = [field.setting for field in FIELDS]
    odd = [name for name in names if _switch(setting(settings, name, default=True)) is None]
    is_format = isinstance(setting(settings, DATE_SETTING, DATE_FORMAT), str)
    return list(dict.fromkeys([*odd, *([] if is_format else [DATE_SETTING])]))


def _switch(value: JsonValue) -> bool | None:
    """Return what a switch says; forms may say "true". None for anything else."""
    said = {"true": True, "false": False}.get(value.strip().casefold()) if isinstance(value, str) else value
    return said if isinstance(said, bool) else None


def _is_on(settings: UserSettings, field: Field) -> bool:
    said = _switch(setting(settings, field.setting, field.on_by_default))
    return field.on_by_default if said is None else said


def _date_format(settings: UserSettings) -> str:
    chosen = setting(settings, DATE_SETTING, DATE_FORMAT)
    return chosen if isinstance(chosen, str) and chosen else DATE_FORMAT


def _texts(facts: CallFacts, zone: tzinfo, date_format: str) -> dict[str, str | None]:
    texts: dict[str, str | None] = {
        field.name: fact if (fact := getattr(facts, field.name)) is None else str(fact) for field in FIELDS
    }
    return texts | {
        "start": None if facts.start is None else format_moment(facts.start.astimezone(zone), date_format),
        "duration": _duration(facts.duration),
        **{
            field.name: _without_last_break(text)
            for field in FIELDS
            if field.type is FieldType.BLOCK and (text := getattr(facts, field.name)) is not None
        },
        "legs": None if facts.legs is None else journey(facts.legs, facts.caller),
    }


def _duration(duration: float | Pending | None) -> str | None:
    if duration is None or duration == "pending":
        return duration and PENDING
    return duration_in_words(duration)


def _without_last_break(text: str) -> str:
    single = text.endswith("\n") and text[:-1].rstrip() == text[:-1] != ""
    return text[:-1] if single else text
