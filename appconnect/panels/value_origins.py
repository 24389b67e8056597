"""Where does each value of a log come from, and in which zone is its time? Nothing is written for that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

import ipywidgets as widgets
from markupsafe import Markup

from appconnect import display
from appconnect.display import NOTHING
from appconnect.errors import InputError
from appconnect.models import Call, Contact, Party
from appconnect.panels import styling
from appconnect.panels.call_log import CallLogPanel
from appconnect.panels.contacts import ContactsPanel
from appconnect.panels.log_form import LogForm
from appconnect.panels.message_log import MessageLogPanel
from appconnect.panels.panel import LABELS, Panel, button, lines, row, text
from appconnect.workbench import LogExplanation, Workbench
from appconnect.workbench.log_explanation import LineOrigin, ValueOrigin, shown

EMPTY = "Nothing has been explained yet. Press Explain: the log is drafted, and nothing is written."
FORM_HINT = "Draft what the form above would write, and explain it (Enter)"


class ValueOriginsPanel(Panel):
    """Explain a log draft value by value. ``explained`` is what was told last.

    ``source`` is the form of a call or message log, whose content and contact are explained; or whom to log
    against: a contact, or a contacts panel whose choice is followed. Without a form, the call is typed here.
    """

    title = "Value origins"
    lead = "Where does each value of a log come from, and in which zone is its time? Nothing is written."

    def __init__(
        self,
        workbench: Workbench,
        source: CallLogPanel | MessageLogPanel | ContactsPanel | Contact | None = None,
        call: Call | None = None,
        note: str = "",
    ) -> None:
        super().__init__(workbench)
        self.source = source
        self.explained: LogExplanation | None = None
        self._call = call or Call(session_id="draft", start_time=workbench.now(), duration=60)
        self.start_time = text(
            "Start (UTC)", "2026-01-02 09:12", f"{self._call.start_time or workbench.now():%Y-%m-%d %H:%M}"
        )
        self.note = lines("Note", "What was said", note, rows=2)
        self.expected = text("You expected", "04:12, or 4:12 PM")
        self.expected.tooltip = "The time of day that you expected to read in the log"
        self.filter = text("Show only", "time, contact, DETAILS …", wide=True)
        self.explain_button = button("Explain", main=True, hint=FORM_HINT)
        self.only_times = widgets.Checkbox(description="Times only", value=False, style=LABELS, indent=False)
        self.verdict, self.result = widgets.HTML(), widgets.HTML(styling.empty(EMPTY))
        self._listen()
        typed = [] if isinstance(source, LogForm) else [row(self.start_time), row(self.note)]
        self.show(
            *typed,
            row(self.expected, self.explain_button),
            self.status,
            self.verdict,
            row(self.filter, self.only_times),
            self.result,
        )

    def _listen(self) -> None:
        self.on_click(self.explain_button, self.explain)
        for field in (self.expected, self.start_time):
            self.on_enter(field, self.explain)
        self.on_change([self.filter, self.only_times], self._list)
        self.on_change([self.expected], self._judge)
        form = self.source
        if isinstance(form, CallLogPanel):
            told = [form.whom, form.direction, form.result, form.start_time, form.duration, form.note]
            self.on_change(told, self._note_change)
        elif isinstance(form, MessageLogPanel):
            told = [form.whom, form.kind, form.direction, form.conversation, form.words, form.link]
            self.on_change(told, self._note_change)
        else:
            self.on_change([self.start_time, self.note], self._note_change)

    # -- what can be done --

    async def explain(self) -> LogExplanation | None:
        """Draft the log, and show where its values come from."""
        async with self.working("Drafting the log…"):
            self.explained = None
            self.explained = await self._explained()
            what = f"log {self.explained.log_id} would be changed" if self.explained.log_id else "a new log"
            self.say("success", f"Explained: {what}. Nothing was written.", *self.explained.notes)
        self._judge()
        self._list()
        return self.explained

    async def _explained(self) -> LogExplanation:
        source = self.source
        if isinstance(source, CallLogPanel):
            return await self.workbench.explain_log(
                source.call(),
                source.chosen_contact(),
                log_id=source.log_id,
                note=source.note.value,
                ai_note=source.ai_note.value or None,
                transcript=source.transcript.value or None,
                recording_link=source.recording.value.strip() or None,
                additional_submission=source.submission(),
            )
        if isinstance(source, MessageLogPanel):
            if source.is_shared:
                raise InputError("A shared conversation cannot be explained; choose another kind.")
            return await self.workbench.explain_log(
                source.message(),
                source.chosen_contact(),
                additional_submission=source.submission(),
                **source.attached(),
            )
        contact = source.chosen if isinstance(source, ContactsPanel) else source
        if contact is None:
            raise InputError("Choose a contact first: nothing can be logged against nobody.")
        return await self.workbench.explain_log(self._typed(contact), contact, note=self.note.value or None)

    def _typed(self, contact: Contact) -> Call:
        """Return the call with the start that was typed."""
        try:
            start = datetime.fromisoformat(self.start_time.value.strip())
        except ValueError:
            raise InputError(
                f"The start {self.start_time.value!r} is no time; write it like 2026-01-02 09:12."
            ) from None
        changes = {"start_time": start if start.tzinfo else start.replace(tzinfo=UTC)}
        if self._call.from_ != self._call.to:
            return self._call.model_copy(update=changes)
        theirs = Party(phone_number=contact.phone, name=contact.name)
        return self._call.model_copy(update={**changes, "to": theirs})

    # -- what is shown --

    def _note_change(self) -> None:
        """Say that what is shown is of an earlier draft, if anything is."""
        if self.explained is not None:
            self.say("warning", "The form was changed since; press Explain to see what would be sent now.")

    def _judge(self) -> None:
        """Say what to think of the time that was expected."""
        explained = self.explained
        if explained is None:
            self.verdict.value = ""
            return
        self.verdict.value = _zone_card(explained)
        if self.expected.value.strip():
            try:
                verdict = explained.expected(self.expected.value)
                level = "success" if verdict.fits else "warning"
                self.verdict.value += styling.note(level, verdict.text)
            except InputError as error:
                self.verdict.value += styling.note("warning", error.message)

    def _list(self) -> None:
        if self.explained is None:
            self.result.value = styling.empty(EMPTY)
            return
        wanted = self.filter.value.casefold().split()
        values = [
            each
            for each in self.explained.values
            if (each.time or not self.only_times.value) and all(word in _searched(each) for word in wanted)
        ]
        if not values:
            self.result.value = styling.empty("No value fits what is to be shown.")
            return
        self.result.value = Markup("").join(_tables(values, is_update=bool(self.explained.log_id)))

    def about(self) -> str:
        """Return what was explained."""
        if self.explained is None:
            return "nothing explained yet"
        return f"{len(self.explained.values)} values, written in {self.explained.zone}"


def _searched(value: ValueOrigin) -> str:
    told = (value.request, value.field, str(value.value), value.source, value.time)
    return " ".join(each for each in told if each).casefold()


def _zone_card(explained: LogExplanation) -> Markup:
    told = {
        "Time": explained.moment,
        "Written in": Markup("<b>{}</b>, {}").format(explained.zone, explained.zone_source),
        "Problem": explained.problem,
    }
    return display.facts({name: each for name, each in told.items() if each})


def _tables(values: list[ValueOrigin], *, is_update: bool) -> Iterator[Markup]:
    """Yield a table per request, and one of what an update keeps."""
    for request, group in groupby(values, key=lambda each: each.request):
        rows = list(group)
        is_kept = rows[0].is_kept
        columns = _columns(is_update=is_update, is_kept=is_kept)
        top = Markup("").join(Markup('<th scope="col">{}</th>').format(each) for each in columns)
        body = Markup("").join(_row(each, is_update=is_update and not is_kept) for each in rows)
        caption = "Not sent: the log keeps these" if is_kept else request
        yield Markup(
            '<div class="ac-scroll ac-origins"><table><caption><b>{}</b></caption><thead><tr>{}</tr></thead>'
            "<tbody>{}</tbody></table></div>"
        ).format(caption, top, body)


def _columns(*, is_update: bool, is_kept: bool) -> tuple[str, ...]:
    if is_update and not is_kept:
        return ("Field", "Before", "After", "From", "Time")
    return ("Field", "Value", "From", "Time")


def _row(value: ValueOrigin, *, is_update: bool) -> Markup:
    written_in = Markup("<br><span class='ac-dim'>written in {}</span>").format(value.written_in)
    cells = {
        **(
            {"Before": _value(value.old), "After": _value(value.value)}
            if is_update
            else {"Value": _value(value.value)}
        ),
        "From": _from(value),
        "Time": Markup("{}{}").format(value.time, written_in) if value.time else NOTHING,
    }
    shown_cells = Markup("").join(
        Markup('<td data-label="{}">{}</td>').format(name, cell) for name, cell in cells.items()
    )
    return Markup('<tr><th scope="row"><code>{}</code></th>{}</tr>').format(value.field, shown_cells)


def _value(value: object) -> Markup:
    if value is None or value == "":
        return Markup('<span class="ac-dim">nothing</span>')
    return Markup("<code>{}</code>").format(
        shown(value if isinstance(value, str | int | float) else str(value))
    )


def _from(value: ValueOrigin) -> Markup:
    """Return what a value comes from; of a long text, line by line."""
    if not value.lines:
        return Markup("{}").format(value.source)
    items = Markup("").join(map(_line, value.lines))
    return Markup("<details open><summary>{} lines</summary><ul>{}</ul></details>").format(
        len(value.lines), items
    )


def _line(line: LineOrigin) -> Markup:
    origins = ", ".join(line.origins) or "the layout"
    return Markup("<li><code>{}</code> <span class='ac-dim'>← {}</span></li>").format(
        shown(line.text), origins
    )
