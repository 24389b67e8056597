"""The texts that come with a call, and the facts that they and the call make for its log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from pydantic import JsonValue, ValidationError

from appconnect.errors import InputError
from appconnect.logs.calls.facts import CallFacts
from appconnect.models import Call
from appconnect.workbench import validation

AceScore = str | float | Mapping[str, JsonValue]
"""A score as RingSense gives it: a number, text, or ``{"value": …}``."""


@dataclass(frozen=True)
class CallTexts:
    """The texts that come with a call; None was not told.

    ``note`` is the agent's, ``ai_note`` and ``transcript`` RingCentral's, the ``ace_…`` ones RingSense's.
    """

    note: str | None
    ai_note: str | None
    transcript: str | None
    recording_link: str | None
    voicemail_link: str | None
    ace_transcript: str | None
    ace_summary: str | None
    ace_score: AceScore | None
    ace_bulleted_summary: str | None
    ace_link: str | None


def facts_of(call: Call | None, texts: CallTexts, *, contact_name: str | None = None) -> CallFacts:
    """Return the facts of a call and its texts; InputError for one that cannot be logged."""
    told = {field.name: getattr(texts, field.name) for field in fields(texts)}
    told = {name: text for name, text in told.items() if text is not None}
    validation.text(
        texts.note or "", "note"
    )  # a person's, who can mend it; the others are the phone system's
    told = {name: validation.replaced(text, name.replace("_", " ")) for name, text in told.items()}
    try:
        if call is None:
            return CallFacts.model_validate(told)
        return CallFacts.from_call(call, contact_name=contact_name, **told)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise InputError(f"{'.'.join(map(str, first['loc']))} cannot be logged: {first['msg']}.") from None
