"""The fields of a call log, in their order.

Every field follows a user setting of App Connect; the table has its name, and whether it is on by default.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property


class FieldType(Enum):
    """The form of a field: the note has its own heading, lines are short, blocks hold free text."""

    NOTE = "note"
    LINE = "line"
    LINK = "link"
    BLOCK = "block"
    JOURNEY = "journey"


@dataclass(frozen=True, eq=False)
class Field:
    """A field of a call log; each is there once.

    ``name`` is the attribute of ``CallFacts``; HTML may have labels of its own.
    """

    name: str
    setting: str
    on_by_default: bool
    type: FieldType
    label: str
    html_labels: tuple[str, ...] = ()

    @cached_property
    def is_one_line(self) -> bool:
        """True when the value stands on one line beside its label."""
        return self.type in (FieldType.LINE, FieldType.LINK)

    @property
    def is_free_text(self) -> bool:
        """True for the note and for blocks, which a person may also empty."""
        return self.type in (FieldType.NOTE, FieldType.BLOCK)


_NOTE, _LINE, _LINK, _BLOCK, _JOURNEY = FieldType
_CONTACT_NUMBER_IN_HTML = ("Caller phone number", "Recipient phone number")

FIELDS = (
    Field("note", "addCallLogNote", True, _NOTE, "Note"),
    Field("session_id", "addCallSessionId", False, _LINE, "Session Id"),
    Field("user_name", "addRingCentralUserName", False, _LINE, "RingCentral user name"),
    Field("own_number", "addRingCentralNumber", False, _LINE, "RingCentral number and extension"),
    Field("subject", "addCallLogSubject", True, _LINE, "Summary"),
    Field(
        "contact_number", "addCallLogContactNumber", False, _LINE, "Contact Number", _CONTACT_NUMBER_IN_HTML
    ),
    Field("start", "addCallLogDateTime", True, _LINE, "Date/Time", ("Date/time",)),
    Field("duration", "addCallLogDuration", True, _LINE, "Duration"),
    Field("result", "addCallLogResult", True, _LINE, "Result"),
    Field("recording_link", "addCallLogRecording", True, _LINK, "Call recording link"),
    Field("voicemail_link", "addCallLogRecording", True, _LINK, "Voicemail recording link"),
    Field("ai_note", "addCallLogAiNote", True, _BLOCK, "AI Note"),
    Field("transcript", "addCallLogTranscript", True, _BLOCK, "Transcript"),
    Field("ace_transcript", "addCallLogRingSenseRecordingTranscript", True, _BLOCK, "ACE transcript"),
    Field("ace_summary", "addCallLogRingSenseRecordingSummary", True, _BLOCK, "ACE summary"),
    Field("ace_score", "addCallLogRingSenseRecordingAIScore", True, _LINE, "Call score"),
    Field(
        "ace_bulleted_summary",
        "addCallLogRingSenseRecordingBulletedSummary",
        True,
        _BLOCK,
        "ACE bulleted summary",
    ),
    Field("ace_link", "addCallLogRingSenseRecordingLink", True, _LINK, "ACE recording link"),
    Field("legs", "addCallLogLegs", True, _JOURNEY, "Call journey"),
)

ORDER = {field: position for position, field in enumerate(FIELDS)}
NOTE = FIELDS[0]

_BY_LABEL = {
    label.casefold(): field
    for field in FIELDS
    if field is not NOTE
    for label in (field.label, *field.html_labels)
}


def field_with_label(label: str) -> Field | None:
    """Return the line or block with this label, in any case and format; None for any other text."""
    return _BY_LABEL.get(label.strip().casefold())
