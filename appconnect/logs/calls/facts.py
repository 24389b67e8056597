"""The facts of a call that its log may tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, FiniteFloat

from appconnect.models import Call, Direction, Leg, Party
from appconnect.models.phone_system import Pending

PENDING = "(pending...)"
"""Stands in for a recording, a user's name or a duration that is not there yet."""

AUTO_LOG_NOTE = "From auto logging (Pending)"
"""The note that server-side logging leaves until a person writes one."""


def _score(value: object) -> object:
    """Read a score that RingSense gives as a number, as text, or as ``{"value": …}``."""
    if isinstance(value, Mapping) and "value" in value:
        value = value["value"]
    return int(value) if isinstance(value, float) and value.is_integer() else value


Score = Annotated[int | FiniteFloat | str | None, BeforeValidator(_score)]


class CallFacts(BaseModel):
    """The facts for a call log; None leaves a part of an existing log as it is.

    ``duration`` is in seconds, or "pending", ``caller`` whoever called us, ``own_number`` our number, a space
    and our extension. Links are http(s) addresses, or ``PENDING``. An empty note, AI note or other long text
    empties that part; an empty line or journey counts as None.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    note: str | None = None
    session_id: str | None = None
    user_name: str | None = None
    own_number: str | None = None
    subject: str | None = None
    contact_number: str | None = None
    direction: Direction | None = None
    start: AwareDatetime | None = None
    duration: int | FiniteFloat | Pending | None = None
    result: str | None = None
    recording_link: str | None = None
    voicemail_link: str | None = None
    ai_note: str | None = None
    transcript: str | None = None
    ace_transcript: str | None = None
    ace_summary: str | None = None
    ace_score: Score | None = None
    ace_bulleted_summary: str | None = None
    ace_link: str | None = None
    legs: list[Leg] | None = None
    caller: Party | None = None

    @classmethod
    def from_call(cls, call: Call, *, contact_name: str | None = None, **extras: object) -> CallFacts:
        """Return the facts of ``call``; ``extras`` (note, ai_note, result …) that are not None win.

        There is a subject when the contact's name is given, or when the call has a subject of its own.
        """
        ours, theirs = call.own_party, call.contact_party
        facts: dict[str, object] = {
            "session_id": call.session_id or None,
            "user_name": ours.name or None,
            "own_number": f"{ours.phone_number} {ours.extension_number}".strip() or None,
            "subject": call.custom_subject or None if contact_name is None else call.subject(contact_name),
            "contact_number": theirs.phone_number or theirs.extension_number or None,
            "direction": call.direction,
            "start": call.start_time,
            "duration": call.duration,
            "result": call.result or None,
            "recording_link": (call.recording and call.recording.link) or None,
            "legs": _whole(call) or None,
            "caller": call.from_ if call.legs and call.direction is Direction.INBOUND else None,
        }
        return cls.model_validate(facts | {name: fact for name, fact in extras.items() if fact is not None})


def _whole(call: Call) -> list[Leg]:
    """Return the legs; what the first one, which is the call itself, does not tell of its ends is added."""
    if not call.legs:
        return []
    first, *others = call.legs
    ends = {"from_": call.from_, "to": call.to}
    missing = {name: end for name, end in ends.items() if getattr(first, name) in (None, Party())}
    return [first.model_copy(update=missing), *others]
