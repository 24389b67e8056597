"""What a call log body is made of: the table of its parts, in their order, and the facts that fill them.

Every part follows a user setting of App Connect; the table says which, and whether it is on by default.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, FiniteFloat

from appconnect.models import Call, Direction, Leg

PENDING = "(pending...)"
"""What stands where a recording or a user's name is not known yet."""

AUTO_LOG_NOTE = "From auto logging (Pending)"
"""The note that server-side logging leaves until a person writes one."""


class Kind(Enum):
    """How a part is written: the note has a heading of its own, lines are short, blocks hold free text."""

    NOTE = "note"
    LINE = "line"
    LINK = "link"
    BLOCK = "block"
    JOURNEY = "journey"

    @property
    def one_line(self) -> bool:
        """Whether the value stands on one line beside its label."""
        return self in (Kind.LINE, Kind.LINK)


@dataclass(frozen=True)
class Field:
    """One row of the table. ``name`` is the attribute of ``CallFacts``; HTML may label a part differently."""

    name: str
    setting: str
    on: bool
    kind: Kind
    label: str
    html_labels: tuple[str, ...] = ()


FIELDS = (
    Field("note", "addCallLogNote", True, Kind.NOTE, "Note"),
    Field("session_id", "addCallSessionId", False, Kind.LINE, "Session Id"),
    Field("user_name", "addRingCentralUserName", False, Kind.LINE, "RingCentral user name"),
    Field("own_number", "addRingCentralNumber", False, Kind.LINE, "RingCentral number and extension"),
    Field("subject", "addCallLogSubject", True, Kind.LINE, "Summary"),
    Field(
        "contact_number",
        "addCallLogContactNumber",
        False,
        Kind.LINE,
        "Contact Number",
        ("Caller phone number", "Recipient phone number"),
    ),
    Field("start", "addCallLogDateTime", True, Kind.LINE, "Date/Time", ("Date/time",)),
    Field("duration", "addCallLogDuration", True, Kind.LINE, "Duration"),
    Field("result", "addCallLogResult", True, Kind.LINE, "Result"),
    Field("recording_link", "addCallLogRecording", True, Kind.LINK, "Call recording link"),
    Field("voicemail_link", "addCallLogRecording", True, Kind.LINK, "Voicemail recording link"),
    Field("ai_note", "addCallLogAiNote", True, Kind.BLOCK, "AI Note"),
    Field("transcript", "addCallLogTranscript", True, Kind.BLOCK, "Transcript"),
    Field("ace_transcript", "addCallLogRingSenseRecordingTranscript", True, Kind.BLOCK, "ACE transcript"),
    Field("ace_summary", "addCallLogRingSenseRecordingSummary", True, Kind.BLOCK, "ACE summary"),
    Field("ace_score", "addCallLogRingSenseRecordingAIScore", True, Kind.LINE, "Call score"),
    Field(
        "ace_bulleted_summary",
        "addCallLogRingSenseRecordingBulletedSummary",
        True,
        Kind.BLOCK,
        "ACE bulleted summary",
    ),
    Field("ace_link", "addCallLogRingSenseRecordingLink", True, Kind.LINK, "ACE recording link"),
    Field("legs", "addCallLogLegs", True, Kind.JOURNEY, "Call journey"),
)

ORDER = {field: position for position, field in enumerate(FIELDS)}
NOTE = FIELDS[0]


def labelled(label: str) -> Field | None:
    """The line or block with this label, in whatever case and format it is written."""
    return _LABELS.get(label.strip().casefold())


_LABELS = {
    label.casefold(): field
    for field in FIELDS
    if field.kind is not Kind.NOTE
    for label in (field.label, *field.html_labels)
}


# -- a body in parts --


class Span(NamedTuple):
    """Where in a body a field stands, under which label, and what it says."""

    start: int
    end: int
    field: Field
    label: str
    value: str


class Part(NamedTuple):
    """A stretch of a body as it is stored (``raw``); without a field it is kept as it is, unread."""

    raw: str
    field: Field | None = None
    label: str = ""
    value: str = ""


def cut(body: str, spans: Iterable[Span]) -> Iterator[Part]:
    """The body in parts: the spans, in order, and what stands between them. Nothing is left out."""
    done = 0
    for span in spans:
        if done < span.start:
            yield Part(body[done : span.start])
        yield Part(body[span.start : span.end], span.field, span.label, span.value)
        done = span.end
    if done < len(body):
        yield Part(body[done:])


# -- what fills it --


class CallFacts(BaseModel):
    """What is known of a call. None: not said, so an update leaves that part alone.

    ``duration`` is in seconds, ``own_number`` our number, a space and our extension. Links are http(s)
    addresses, or ``PENDING``. An empty note, AI note or other text empties that part; an empty line
    or journey counts as not said.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    note: str | None = None
    session_id: str | None = None
    user_name: str | None = None
    own_number: str | None = None
    subject: str | None = None
    contact_number: str | None = None
    direction: Direction | None = None
    start: AwareDatetime | None = None
    duration: int | FiniteFloat | None = None
    result: str | None = None
    recording_link: str | None = None
    voicemail_link: str | None = None
    ai_note: str | None = None
    transcript: str | None = None
    ace_transcript: str | None = None
    ace_summary: str | None = None
    ace_score: int | float | str | None = None
    ace_bulleted_summary: str | None = None
    ace_link: str | None = None
    legs: list[Leg] | None = None

    @classmethod
    def from_call(cls, call: Call, *, contact_name: str | None = None, **said: object) -> CallFacts:
        """The facts of ``call``; whatever is ``said`` besides (note, ai_note, result …) wins, unless None.

        The subject is said when the contact's name is, or when the call has a subject of its own.
        """
        ours, theirs = call.own_party, call.contact_party
        known: dict[str, object] = {
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
            "legs": call.legs or None,
        }
        return cls.model_validate(known | {name: fact for name, fact in said.items() if fact is not None})
