"""The timeline: look at what was sent, send it again, changed or not, and compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ipywidgets as widgets
from markupsafe import Markup
from pydantic import JsonValue

from appconnect import display
from appconnect.errors import InputError
from appconnect.field_diff import MAX_DIFFERENCES
from appconnect.panels import styling
from appconnect.panels.panel import button, toolbar
from appconnect.panels.timeline import compare, details
from appconnect.panels.timeline.editor import RequestEditor
from appconnect.panels.timeline.groups import Group, gather, request_id
from appconnect.panels.timeline.listing import Listing
from appconnect.workbench import Exchange, Workbench
from appconnect.workbench.sending_again import DraftRequest, draft_of


@dataclass(frozen=True)
class Chosen:
    """A row that was opened: a request of a group, or the operation itself where there is no exchange."""

    id: str
    group: Group
    exchange: Exchange | None

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        if self.exchange is None:
            return f"operation {self.group.number} ({self.group.name})"
        return f"request {self.exchange.number}"

    @property
    def document(self) -> JsonValue:
        """What is compared of it."""
        return compare.of_request(self.exchange) if self.exchange else compare.of_operation(self.group)


class TimelinePanel(Listing):
    """Every operation with its requests, as a tree and a waterfall; each opens to everything about it.

    ``TimelinePanel(one, another)`` lists several workbenches together. ``showing`` are words to look for, in
    any order, in everything that was sent and answered.
    """

    title = "Timeline"
    lead = (
        "Every operation and the requests it sent. Choose a row by mouse or arrow keys to open it; "
        "← and → fold."
    )

    def __init__(self, workbench: Workbench, *more: Workbench, showing: str = "") -> None:
        super().__init__(workbench, *more, showing=showing)
        self._opened: Chosen | None = None
        self._shown: tuple[Chosen | None, Chosen | None] = (None, None)
        self.resend_button = button("Send again", hint="Send this request once more, as it is")
        self.edit_button = button("Edit and send …", hint="Change this request, then send it")
        self.pin_button = button("Compare …", hint="Keep this row and choose another one to compare with")
        self._actions = toolbar(self.resend_button, self.edit_button, self.pin_button)
        self.comparison, self.details, self.editor = widgets.HTML(), widgets.HTML(), RequestEditor()
        shown = (self.status, self.editor.view, self.comparison, self.details)
        self.show(*self._top, self._actions, *shown)
        self.on_click(self.resend_button, self.resend)
        self.on_click(self.edit_button, self.edit)
        self.on_click(self.pin_button, self.pin)
        self.on_click(self.editor.send_button, self.send_edited)
        self.on_click(self.editor.cancel_button, self.close_editor)
        self.on_change(self.editor.fields, self.editor.check)
        self.list.observe(self._chosen, "selected")
        self.refresh()

    async def pin(self) -> None:
        """Keep the opened row, to compare the next one that is opened with it; or stop comparing."""
        self.list.pinned = "" if self.list.pinned else self.list.selected
        self.opened_changed()

    async def resend(self) -> None:
        """Send the opened request once more, and compare both answers."""
        async with self.working("Sending it again …"):
            draft = self._draft()
            if draft.masked:
                raise InputError(
                    f"It holds what is masked ({', '.join(draft.masked)}); put real values there with "
                    f"“{self.edit_button.description}”."
                )
            await self._send(draft)

    async def edit(self) -> None:
        """Put the opened request into the form."""
        async with self.working("Opening the form …"):
            draft, chosen = self._draft(), self._opened
            self.editor.fill(draft, chosen.group.source.workbench if chosen else self.workbench)
            self.status.value = ""

    async def send_edited(self) -> None:
        """Send the request as it stands in the form, and compare its answer with the one before.

        The form is put away, unless the CRM refused the request.
        """
        async with self.working("Sending the changed request …"):
            await self._send(self.editor.draft)
            self.editor.hide()

    async def close_editor(self) -> None:
        """Put the form away."""
        self.editor.hide()

    def _draft(self) -> DraftRequest:
        chosen = self._opened
        if chosen is None or chosen.exchange is None:
            raise InputError("Choose a request first; an operation is run again where it was run.")
        return draft_of(chosen.group.source.workbench.context, chosen.exchange)

    async def _send(self, draft: DraftRequest) -> None:
        """Send a request where the opened one was sent, open it, and keep the other to compare with."""
        source = self._opened.group.source if self._opened else self.sources[0]
        workbench = source.workbench
        last = max((each.number for each in workbench.trace.operations), default=0)
        path, params = draft.path_and_params
        try:
            answer = await workbench.request(draft.method, path, params=params, json=draft.body)
            self.say("success", f"{draft.method} {draft.path} was answered with {answer.status}.")
        finally:
            runs = [
                each for each in workbench.trace.operations if each.number > last and each.name == "request"
            ]
            sent = [each for each in workbench.trace if runs and each.operation == runs[0].number]
            if sent:
                self._list()
                self.list.pinned, self.list.selected = self.list.selected, request_id(source, sent[-1].number)

    # -- what is opened --

    def _chosen(self, _: object) -> None:
        if not self._working:
            self.status.value = ""
        try:
            self._look()
            self.opened_changed()
        except Exception as error:
            self._say_error(error)

    def opened_changed(self) -> None:
        """Show the chosen row, and how it differs from the pinned one; both only where they changed."""
        chosen, pinned = self._find(self.list.selected), self._find(self.list.pinned)
        if (chosen, pinned) != self._shown:
            self._shown = chosen, pinned
            self._opened = chosen
            self.details.value = self._in_full(chosen)
            self.comparison.value = _compared(pinned, chosen) if pinned else ""
        self.refresh()

    def refresh(self) -> None:
        """Offer what can be done with the opened row."""
        chosen = self._opened
        self._actions.layout.display = "none" if chosen is None else ""
        if self._working:
            return
        for each in (self.resend_button, self.edit_button):
            each.disabled = chosen is None or chosen.exchange is None
        self.pin_button.description = "Stop comparing" if self.list.pinned else "Compare …"

    def _in_full(self, chosen: Chosen | None) -> Markup:
        if chosen is None:
            return display.NOTHING
        group, exchange = chosen.group, chosen.exchange
        moved = self._style.moved(group, [exchange] if exchange else group.exchanges)
        return details.of_request(group, exchange, moved) if exchange else details.of_operation(group, moved)

    def _find(self, name: str) -> Chosen | None:
        """Return a row by its id, also one that is not listed (any more)."""
        if not name:
            return None
        known = (each for each in self._shown if each is not None and each.id == name)
        found = _among(self._groups, name) or next(known, None)
        if found is None or not found.group.may_be_shown:
            self._groups = gather(self.sources, self._arrivals)
            found = _among(self._groups, name)
        return found

    def snapshot(self) -> str:
        """Return the newest rows, the comparison and the opened request, all without times and headers."""
        listed = super().snapshot()
        chosen, pinned = self._find(self.list.selected), self._find(self.list.pinned)
        compared = _compared(pinned, chosen, display.MAX_ROWS) if pinned else display.NOTHING
        exchange = chosen.exchange if chosen else None
        opened = details.without_headers(chosen.group, exchange) if chosen and exchange else display.NOTHING
        return f"{listed}{compared}{opened}"


def _among(groups: Sequence[Group], name: str) -> Chosen | None:
    for group in groups:
        if group.number and group.id == name:
            return Chosen(name, group, None)
        for each, its_name in zip(group.exchanges, group.ids, strict=True):
            if its_name == name:
                return Chosen(name, group, each)
    return None


def _compared(pinned: Chosen, chosen: Chosen | None, limit: int = MAX_DIFFERENCES) -> Markup:
    """Return how the chosen row differs from the pinned one, or what to choose."""
    kind = "request" if pinned.exchange else "operation"
    if chosen is None or chosen.id == pinned.id or (chosen.exchange is None) != (pinned.exchange is None):
        return styling.note("warning", f"Choose another {kind} to compare {pinned.name} with.")
    return compare.table(pinned.document, chosen.document, (pinned.name, chosen.name), limit)
