"""The form of a call: its fields, and the call and texts that are made of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypedDict

import ipywidgets as widgets

from appconnect.errors import InputError
from appconnect.models import Call, Contact, Direction, LogFormat, Party
from appconnect.panels.contacts import ContactsPanel
from appconnect.panels.log_form import LogForm
from appconnect.panels.panel import LABELS, choice, lines, options, text
from appconnect.workbench import Workbench

RESULTS = ("Call connected", "Missed", "Voicemail", "No Answer", "Busy", "Rejected", "Hang Up")
FORMATS = (("HTML", LogFormat.HTML), ("Markdown", LogFormat.MARKDOWN), ("Plain text", LogFormat.PLAIN))
YEARS = range(1970, 3000)
NOBODY = Contact(id="", name="(contact)")


class Texts(TypedDict):
    """The texts of the form that come with the call; None is not told."""

    note: str
    ai_note: str | None
    transcript: str | None
    recording_link: str | None


class CallForm(LogForm):
    """A form that has a call in it: direction, result, start, duration, note and what else was said."""

    def __init__(
        self,
        workbench: Workbench,
        contact: Contact | ContactsPanel | None = None,
        call: Call | None = None,
        note: str = "",
    ) -> None:
        super().__init__(workbench, contact)
        self._sessions = 0
        self._base = call or self._new_call()
        self._make_fields(self._base, note)

    def call(self) -> Call:
        """Return the call as the form has it; InputError when the start cannot be read."""
        told: Direction | None = self.direction.value
        outbound = told is Direction.OUTBOUND
        base = self._base if self._base.direction else self._base.model_copy(update={"direction": told})
        ours, theirs = (base.own_party, base.contact_party) if base.from_ != base.to else self._parties()
        untold = self.duration.value == 0 and base.seconds is None
        return base.model_copy(
            update={
                "direction": told,
                "result": self.result.value,
                "duration": base.duration if untold else self.duration.value,
                "start_time": _read_time(self.start_time.value),
                "from_": ours if outbound else theirs,
                "to": theirs if outbound else ours,
            }
        )

    def clear(self) -> None:
        """Begin another call, with a session of its own and nothing said yet."""
        self._base = self._new_call()
        self.direction.value, self.result.value = self._base.direction, RESULTS[0]
        self.start_time.value, self.duration.value = _written(self._base.start_time), 0
        self.note.value = self.ai_note.value = self.transcript.value = self.recording.value = ""
        self.unlink()

    def _parties(self) -> tuple[Party, Party]:
        """Return who calls with whom where the call does not say: the user, and whom the form is about."""
        user, contact = self.workbench.user, self.person or NOBODY
        ours = Party(phone_number="+16505550110", extension_number="204", name=user.name if user else "")
        return ours, Party(phone_number=contact.phone, name=contact.name)

    def _texts(self) -> Texts:
        """Return what comes with the call; an empty field, other than the note, tells nothing."""
        return Texts(
            note=self.note.value,
            ai_note=self.ai_note.value or None,
            transcript=self.transcript.value or None,
            recording_link=self.recording.value.strip() or None,
        )

    def _new_call(self) -> Call:
        self._sessions += 1
        now = self.workbench.now()
        return Call(session_id=f"panel-{now:%Y%m%d%H%M%S}-{self._sessions}", start_time=now, duration=0)

    def _make_fields(self, call: Call, note: str) -> None:
        self.direction = choice("Direction", list(Direction), value=call.direction)
        results = RESULTS if not call.result or call.result in RESULTS else (call.result, *RESULTS)
        self.result = choice("Result", results, value=call.result or RESULTS[0])
        self.start_time = text("Start (UTC)", "2026-01-02 09:30", _written(call.start_time))
        self.duration = widgets.BoundedIntText(
            description="Seconds", value=call.seconds or 0, min=0, max=864_000, style=LABELS
        )
        self.note = lines("Note", "What was said", note)
        self.ai_note, self.transcript = lines("AI note"), lines("Transcript")
        self.recording = text("Recording", "https://…")
        self.format = options("Preview as", FORMATS, value=self.workbench.log_format)
        self._fields = [
            self.direction, self.result, self.start_time, self.duration, self.note, self.ai_note,
            self.transcript, self.recording, self.format,
        ]  # fmt: skip


def _written(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if moment else ""


def _read_time(typed: str) -> datetime | None:
    if not typed.strip():
        return None
    try:
        moment = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise InputError(f"The start {typed.strip()!r} is no time; write it like 2026-01-02 09:30.") from None
    if moment.year not in YEARS:
        raise InputError(
            f"The start {typed.strip()!r} is no time of a call; write a year from {YEARS[0]} to {YEARS[-1]}."
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
