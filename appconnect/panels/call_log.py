"""Log a call, change its log, read it back: the body is shown before it is written."""

from __future__ import annotations

import ipywidgets as widgets
from markupsafe import Markup

from appconnect import display, operation_warnings
from appconnect.errors import AppConnectError, InputError, LoggedElsewhere
from appconnect.models import Call, CallLogInfo, CallLogRead, Contact, LogFormat, Logged, LogUpdated
from appconnect.panels import styling
from appconnect.panels.call_form import FORMATS, NOBODY, CallForm
from appconnect.panels.contacts import ContactsPanel
from appconnect.panels.panel import LABELS, button, folded, row, stack, toolbar, words
from appconnect.workbench import Workbench

NAMES = {format: name for name, format in FORMATS}
PREVIEW_UPDATE = "“Preview update” reads the log and shows what an update will change in it."


class CallLogPanel(CallForm):
    """Log a call, update its log, set its disposition, read it back.

    ``contact`` is whom to log against, or a contacts panel whose choice is followed; ``call`` fills the form.
    Once the call is logged, the form belongs to its log, ``log_id`` at ``logged_for``: whoever is chosen
    later, that log is changed, and the panel offers a new call or to move the log.
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
        super().__init__(workbench, contact, call, note)
        self.log_id: str | None = None
        self.logged_for: Contact | None = None
        self._is_elsewhere = False
        self._may_be_logged = False
        self._stands: str | None = None
        """The body that the log has in the CRM, as far as it was read."""
        self.log_field = widgets.Text(description="Log", disabled=True, style=LABELS)
        self._make_buttons()
        self.preview, self.wire = widgets.HTML(), self.answer()
        self.show(
            row(self.whom, self.log_field),
            self.other_choice,
            row(self.direction, self.result),
            row(self.start_time, self.duration),
            row(self.note),
            *([row(*self.links.values()), self.one_of] if self.links else []),
            folded("AI note, transcript, recording", row(self.ai_note), row(self.transcript), self.recording),
            toolbar(
                self.log_button,
                self.update_button,
                self.preview_button,
                self.disposition_button,
                self.read_button,
                self.new_button,
            ),
            self.status,
            self.format,
            self.preview,
            self.wire,
        )
        self.follow_contact()
        self.on_change(self._fields, self._compose)
        self.refresh()

    @property
    def person(self) -> Contact | None:
        """Whom the form is about: whom the call is logged for, until then whoever is chosen."""
        return self.logged_for or self.contact

    # -- what can be done --

    async def log(self) -> Logged | None:
        """Log the call; the same call again updates its log."""
        async with self.working("Logging the call…"):
            return await self._log(self.chosen_contact(), move=False)
        return None

    async def move(self) -> Logged | None:
        """Move the log to the contact that is chosen now."""
        async with self.working("Moving the log…"):
            return await self._log(self.contact or self.chosen_contact(), move=True)
        return None

    async def update(self) -> LogUpdated | None:
        """Write what the form says into the log that is there, and leave the rest of it."""
        async with self.working("Updating the log…"):
            first = self.next_exchange
            updated = await self.workbench.update_call_log(
                self._logged(), self.call(), additional_submission=self.submission(), **self._texts()
            )
            self._stands = None
            self._show(updated, first)
            return updated
        return None

    async def preview_update(self) -> CallLogRead | None:
        """Read the log, and show its body before and after an update; it follows what is typed then."""
        async with self.working("Reading the log…"):
            first = self.next_exchange
            read = await self.workbench.get_call_log(self._logged())
            self._show(read, first)
            if read.call_log_info is not None:
                self._stands = read.call_log_info.full_body
                self.say("success", f"Log {self.log_id} was read; nothing has been changed.")
            return read
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
        """Begin a new call, for whoever is chosen, with a session of its own."""
        self.log_id = self.logged_for = self._stands = None
        self._is_elsewhere = self._may_be_logged = False
        self.wire.value = ""
        self.clear()
        self.say("success", "A new call; nothing has been sent.")
        self.refresh()

    async def _log(self, contact: Contact, *, move: bool) -> Logged:
        first, chosen = self.next_exchange, self.submission()
        self._may_be_logged = True  # until an answer says more
        logged = await self.workbench.log_call(
            self.call(), contact, additional_submission=chosen, move=move, **self._texts()
        )
        self._may_be_logged = not logged.successful and len(self.traffic_of(first)) > 0
        self._is_elsewhere = isinstance(logged.error, LoggedElsewhere)
        if logged.log_id:
            self.log_id, self._stands = logged.log_id, None
            self.logged_for = None if self._is_elsewhere else contact
        self._show(logged, first)
        return logged

    # -- the controls --

    def _make_buttons(self) -> None:
        self.log_button = button("Log call", main=True, hint="Write the call into the CRM, once")
        self.update_button = button("Update log", main=True, hint="Change what the form says, leave the rest")
        self.preview_button = button("Preview update", hint="Show the body before and after; write nothing")
        self.disposition_button = button("Set disposition", hint="Link the log to what is chosen above")
        self.read_button = button("Read back", hint="Show the log as the CRM has it")
        self.new_button = button("New call", hint="Begin another call")
        self.move_button = button("Move here", hint="Move the log to this contact, with all that it says")
        self.new_for_button = button("New call", main=True, hint="Leave that log as it is")
        self._otherwise = widgets.HTML()
        self.other_choice = stack(self._otherwise, toolbar(self.new_for_button, self.move_button))
        for each, work in {
            self.log_button: self.log,
            self.update_button: self.update,
            self.preview_button: self.preview_update,
            self.disposition_button: self.set_disposition,
            self.read_button: self.read,
            self.new_button: self.new,
            self.move_button: self.move,
            self.new_for_button: self.new,
        }.items():
            self.on_click(each, work)

    def refresh(self) -> None:
        """Offer what makes sense, and compose the body anew."""
        super().refresh()
        is_logged = self.log_id is not None
        self.log_field.value = self.log_id or ""
        self.log_field.placeholder = "not logged yet"
        for each in (self.update_button, self.preview_button, self.read_button):
            each.disabled = not is_logged
        self.disposition_button.disabled = not is_logged or not self.workbench.disposition_fields
        _show_if(not is_logged, self.log_button)
        _show_if(is_logged, self.update_button, self.preview_button)
        self.log_button.description = "Log again" if self._may_be_logged else "Log call"
        self._compare_choice()
        self._compose()

    def _compare_choice(self) -> None:
        """Say when somebody else is chosen than whom the log is for, and offer how to go on."""
        chosen, ours = self.contact, self.logged_for
        differs = bool(chosen and ours and (chosen.type, chosen.id) != (ours.type, ours.id))
        self.move_button.disabled = not (differs or self._is_elsewhere)
        _show_if(differs or self._is_elsewhere, self.other_choice)
        self._otherwise.value = ""
        if chosen is None:
            return
        self.move_button.description = f"Move the log to {chosen.name}"
        self.new_for_button.description = f"New call for {chosen.name}"
        if differs and ours is not None:
            self._otherwise.value = styling.note(
                "warning",
                f"{chosen.name} is chosen now, but this form belongs to log {self.log_id} of {ours.name}.",
                [f"“Update log” changes that log, not one of {chosen.name}."],
            )

    # -- what is shown --

    def _compose(self) -> None:
        """Show the body as it would be written now; nothing is sent."""
        _show_if(self.log_id is None, self.format)
        try:
            with operation_warnings.collect() as warnings:
                shown = self._new_body() if self.log_id is None else self._changed_body()
        except AppConnectError as error:
            self.preview.value = self.unless_shown(error)
            return
        self.preview.value = styling.warnings(warnings) + shown

    def _new_body(self) -> Markup:
        chosen: LogFormat = self.format.value
        body = self.workbench.compose_call_body(
            self.call(), self.person or NOBODY, format=chosen, **self._texts()
        )
        ours = "as" if chosen is self.workbench.log_format else "which is not how"
        title = styling.heading(f"Preview in {NAMES[chosen]}, {ours} {self.workbench.title} stores it")
        return title + styling.both(body, chosen is LogFormat.HTML)

    def _changed_body(self) -> Markup:
        if self._stands is None:
            self.call()  # which says what is wrong with the form
            return styling.empty(PREVIEW_UPDATE)
        after = self.workbench.compose_call_update(self._stands, self.call(), **self._texts())
        return styling.heading(f"What an update changes in log {self.log_id}") + styling.before_and_after(
            self._stands, after, self.workbench.log_format is LogFormat.HTML
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
        whom = self.person.name if self.person else "no contact chosen"
        return f"{whom}, logged as {self.log_id}" if self.log_id else f"{whom}, not logged yet"


def _show_if(is_shown: bool, *parts: widgets.Widget) -> None:
    for each in parts:
        each.layout.display = None if is_shown else "none"
