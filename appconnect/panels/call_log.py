"""Log a call, change its log, read it back: the body is shown before it is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypedDict

import ipywidgets as widgets
from markupsafe import Markup

from appconnect import display, operation_warnings
from appconnect.errors import AppConnectError, InputError, LoggedElsewhere
from appconnect.models import (
    Call,
    CallLogInfo,
    CallLogRead,
    Contact,
    Direction,
    LogFormat,
    Logged,
    LogUpdated,
    Party,
)
from appconnect.panels import styling
from appconnect.panels.contacts import ContactsPanel
from appconnect.panels.log_form import LogForm
from appconnect.panels.panel import LABELS, button, choice, folded, lines, options, row, text, toolbar, words
from appconnect.workbench import Workbench

RESULTS = ("Call connected", "Missed", "Voicemail", "No Answer", "Busy", "Rejected", "Hang Up")
FORMATS = (("HTML", LogFormat.HTML), ("Markdown", LogFormat.MARKDOWN), ("Plain text", LogFormat.PLAIN))
NAMES = {format: name for name, format in FORMATS}
YEARS = range(1970, 3000)
NOBODY = Contact(id="", name="(contact)")


class Texts(TypedDict):
    """The texts of the form that come with the call; None is not told."""

    note: str
    ai_note: str | None
    transcript: str | None
    recording_link: str | None


class CallLogPanel(LogForm):
    """Log a call, update its log, set its disposition, read it back.

    ``contact`` is whom to log against, or a contacts panel whose choice is followed; ``call`` fills the form.
    ``log_id`` is the CRM's id once the call is logged.
    """

    title = "Call log"
    lead = "Fill in the call, watch the body take shape, log it, and see what was sent and what came back."

    def __init__(
        self,
        workbench: Workbench,
        contact: Contact | ContactsPanel | None = None,
        call: Call | None = None,
        note: str = "",
    ) -> None:
        super().__init__(workbench, contact)
        self.log_id: str | None = None
        self._is_elsewhere = False
        self._sessions = 0
        self._base = call or self._new_call()
        self._make_fields(self._base, note)
        self._make_buttons()
        self.preview, self.wire = widgets.HTML(), widgets.HTML()
        self.show(
            self.whom,
            row(self.direction, self.result),
            row(self.start_time, self.duration),
            row(self.note),
            row(*self.links.values()),
            folded("AI note, transcript, recording", row(self.ai_note), row(self.transcript), self.recording),
            toolbar(
                self.log_button,
                self.move_button,
                self.update_button,
                self.disposition_button,
                self.read_button,
                self.new_button,
            ),
            self.status,
            row(self.format),
            self.preview,
            self.wire,
        )
        self.follow_contact()
        self.on_change(self._fields, self._compose)
        self.refresh()

    # -- what can be done --

    async def log(self) -> Logged | None:
        """Log the call; the same call again updates its log."""
        async with self.working("Logging the call…"):
            return await self._log(move=False)
        return None

    async def move(self) -> Logged | None:
        """Move the log to the contact that is chosen now."""
        async with self.working("Moving the log…"):
            return await self._log(move=True)
        return None

    async def update(self) -> LogUpdated | None:
        """Write what the form says into the log that is there, and leave the rest of it."""
        async with self.working("Updating the log…"):
            first = self.next_exchange
            updated = await self.workbench.update_call_log(
                self._logged(), self.call(), additional_submission=self.submission(), **self._texts()
            )
            self._show(updated, first)
            return updated
        return None

    async def set_disposition(self) -> Logged | None:
        """Link the log to what is chosen in the form; "none" clears a link."""
        async with self.working("Setting the disposition…"):
            first = self.next_exchange
            fields = self.workbench.disposition_fields
            chosen = {field: value for field, value in self.offered().items() if field in fields}
            done = await self.workbench.set_disposition(self._logged(), chosen)
            self._show(done, first)
            return done
        return None

    async def read(self) -> CallLogRead | None:
        """Read the log back as the CRM has it."""
        async with self.working("Reading the log…"):
            first = self.next_exchange
            read = await self.workbench.get_call_log(self._logged())
            self._show(read, first)
            if read.call_log_info is not None:
                self.say("success", "The log was read back")
                seen = self._read_back(read.call_log_info)
                self.wire.value = seen + styling.sent_and_received(self.traffic_of(first))
            return read
        return None

    async def new(self) -> None:
        """Begin a new call, with a session of its own."""
        self._base, self.log_id, self.wire.value = self._new_call(), None, ""
        self._is_elsewhere = False
        self.direction.value, self.result.value = self._base.direction, RESULTS[0]
        self.start_time.value, self.duration.value = _written(self._base.start_time), 0
        self.note.value = self.ai_note.value = self.transcript.value = self.recording.value = ""
        self.unlink()
        self.say("success", "A new call; nothing has been sent.")
        self.refresh()

    async def _log(self, *, move: bool) -> Logged:
        first = self.next_exchange
        contact, chosen = self.chosen_contact(), self.submission()
        logged = await self.workbench.log_call(
            self.call(), contact, additional_submission=chosen, move=move, **self._texts()
        )
        self.log_id = logged.log_id or self.log_id
        self._is_elsewhere = isinstance(logged.error, LoggedElsewhere)
        self._show(logged, first)
        return logged

    # -- the form --

    def call(self) -> Call:
        """Return the call as the form has it; InputError when the start cannot be read."""
        ours = Party(
            phone_number="+16505550110",
            extension_number="204",
            name=self.workbench.user.name if self.workbench.user else "",
        )
        contact = self.contact or NOBODY
        theirs = Party(phone_number=contact.phone, name=contact.name)
        told: Direction | None = self.direction.value
        outbound = told is Direction.OUTBOUND
        base = self._base if self._base.direction else self._base.model_copy(update={"direction": told})
        parties = (base.own_party, base.contact_party) if base.from_ != base.to else (ours, theirs)
        untold = self.duration.value == 0 and base.seconds is None
        return base.model_copy(
            update={
                "direction": told,
                "result": self.result.value,
                "duration": base.duration if untold else self.duration.value,
                "start_time": _read_time(self.start_time.value),
                "from_": parties[0] if outbound else parties[1],
                "to": parties[1] if outbound else parties[0],
            }
        )

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

    def _make_buttons(self) -> None:
        self.log_button = button("Log call", main=True, hint="Write the call into the CRM, once")
        self.move_button = button("Move here", hint="Move the log to this contact, with all that it says")
        self.update_button = button("Update log", hint="Change what the form says, leave the rest")
        self.disposition_button = button("Set disposition", hint="Link the log to what is chosen above")
        self.read_button = button("Read back", hint="Show the log as the CRM has it")
        self.new_button = button("New call", hint="Begin another call")
        self.on_click(self.log_button, self.log)
        self.on_click(self.move_button, self.move)
        self.on_click(self.update_button, self.update)
        self.on_click(self.disposition_button, self.set_disposition)
        self.on_click(self.read_button, self.read)
        self.on_click(self.new_button, self.new)

    # -- what is shown --

    def refresh(self) -> None:
        """Offer what makes sense, and compose the body anew."""
        super().refresh()
        self.move_button.disabled = not self._is_elsewhere
        for each in (self.update_button, self.read_button):
            each.disabled = self.log_id is None
        self.disposition_button.disabled = self.log_id is None or not self.workbench.disposition_fields
        self.log_button.description = "Log call" if self.log_id is None else "Log again"
        self._compose()

    def _compose(self) -> None:
        """Show the body as it would be written now; nothing is sent."""
        chosen: LogFormat = self.format.value
        try:
            with operation_warnings.collect() as warnings:
                body = self.workbench.compose_call_body(
                    self.call(), self.contact or NOBODY, format=chosen, **self._texts()
                )
        except AppConnectError as error:
            self.preview.value = self.unless_shown(error)
            return
        ours = "as" if chosen is self.workbench.log_format else "which is not how"
        heading = Markup("<h4>Preview in {}, {} {} stores it</h4>").format(
            NAMES[chosen], ours, self.workbench.title
        )
        self.preview.value = (
            styling.warnings(warnings) + heading + styling.both(body, chosen is LogFormat.HTML)
        )

    def _logged(self) -> str:
        if self.log_id is None:
            raise InputError("Log the call first; there is nothing to change yet.")
        return self.log_id

    def _show(self, result: Logged | LogUpdated | CallLogRead, first: int) -> None:
        self.tell(result)
        self.wire.value = styling.sent_and_received(self.traffic_of(first))

    def _read_back(self, info: CallLogInfo) -> Markup:
        shown = {"Subject": info.subject, "Contact": info.contact_name, "Note": info.note}
        links = {
            words(name).capitalize(): self._title_of(name, str(value))
            for name, value in info.dispositions.items()
            if value
        }
        return Markup("<h4>As the CRM has it</h4>{}{}").format(
            display.facts({**shown, **links}),
            styling.both(info.full_body, self.workbench.log_format is LogFormat.HTML),
        )

    def _title_of(self, field: str, const: str) -> str:
        """Return the name of what a log is linked to, as far as the form offers it."""
        options = self.links[field].options if field in self.links else ()
        return next((title for title, each in options if each == const), const)

    def about(self) -> str:
        """Return whom it logs against, and the log's id."""
        whom = self.contact.name if self.contact else "no contact chosen"
        return f"{whom}, logged as {self.log_id}" if self.log_id else f"{whom}, not logged yet"


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
