"""Any request, with the connection's credentials: typed, sent, and its answer looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import ipywidgets as widgets
from markupsafe import Markup
from pydantic import JsonValue

from appconnect.panels import request_answer, styling
from appconnect.panels.panel import Panel, button, choice, options, row, stack
from appconnect.panels.request_form import RequestForm
from appconnect.settings import Mode
from appconnect.workbench import Exchange, OperationRun, Trace, Workbench
from appconnect.workbench.sending_again import DraftRequest

OPERATION = "request"
"""The name of the workbench's operation that sends."""
MAX_HISTORY = 50
NONE_CHOSEN = -1
NOT_YET = "Nothing has been sent yet. Type a path and press Send: the answer is shown here."


@dataclass(frozen=True)
class Sent:
    """A request that was sent; ``outcome`` is its status, or the name of its error."""

    draft: DraftRequest
    outcome: str


class RequestPanel(Panel):
    """Send any request; see its answer as a tree, a table or text, and what was sent before.

    The body is checked while it is typed. On a live account writes are refused until they are armed here, or
    with ``workbench.arm_writes()``. ``method``, ``path``, ``params`` and ``json`` fill the form at first.
    """

    title = "Request"
    lead = "Send any request with the connection’s credentials, and look at what the CRM answers."

    def __init__(
        self,
        workbench: Workbench,
        method: str = "GET",
        path: str = "",
        *,
        params: Mapping[str, object] | None = None,
        json: JsonValue = None,
    ) -> None:
        super().__init__(workbench)
        self.form = RequestForm(workbench.title)
        self.send_button = button("Send", main=True)
        self.again = choice("Sent before", ())
        self.armed = widgets.ToggleButton(description="Writes are locked")
        self.about_writes, self.facts = widgets.HTML(), widgets.HTML()
        self.view_as = options("Show as", request_answer.VIEWS)
        self.body, self.wire = widgets.HTML(styling.empty(NOT_YET)), widgets.HTML()
        self.exchange: Exchange | None = None
        self.history: list[Sent] = _sent_before(workbench.trace)
        self._lay_out()
        self.fill(method, path, params=params, json=json)

    def _lay_out(self) -> None:
        live = self.workbench.mode is Mode.LIVE
        if live:
            self.view.add_class("ac-live")
        self.again.add_class("ac-grow")
        self.again.style.description_width = "6rem"
        self.on_click(self.send_button, self.send)
        self.on_enter(self.form.path, self.send, as_typed=True)
        self.on_change([self.form.method, self.form.query, self.form.body], self._forget_click)
        self.on_change([self.again], self._fill_again)
        self.on_change([self.armed], self._arm)
        self.on_change([self.view_as], self._show_body)
        self.controls += [self.again, self.armed]
        self._answer = stack(self.view_as, self.body, self.wire)
        lock = [row(self.armed), self.about_writes] if live else [self.about_writes]
        self.show(
            self.form.view,
            *lock,
            row(self.send_button, self.again),
            self.status,
            self.facts,
            self._answer,
        )
        self.form.place.know(self.workbench.known_paths(), self.workbench.title)
        self._list_history()
        self._show_writes()
        self._show_body()

    # -- what can be done --

    def fill(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        json: JsonValue = None,
    ) -> None:
        """Write a request into the form; nothing is sent."""
        self.form.fill(_draft(method, path, params or {}, json))

    async def send(self) -> Exchange | None:
        """Send what the form says, and show the answer; None when nothing was sent or answered."""
        self.exchange, self.facts.value = None, ""
        self._show_body()
        async with self.working("Sending…"):
            draft = self.form.draft()
            with _own_exchanges(self.workbench.trace) as sent:
                try:
                    path, params = draft.path_and_params
                    await self.workbench.request(draft.method, path, params=params, json=draft.body)
                finally:
                    self._came(draft, sent())
            self.say("success", f"{self.workbench.title} answered {draft.method} {draft.path}.")
        return self.exchange

    def _came(self, draft: DraftRequest, sent: Sequence[Exchange]) -> None:
        """Show the last answer and what it took, and remember the request."""
        if not sent:  # refused here, or the same request was under way and its answer was shared
            return
        self.exchange = sent[-1]
        self.facts.value = request_answer.facts(sent)
        self._show_body()
        self.history = [*self.history, Sent(draft, self.exchange.outcome)][-MAX_HISTORY:]
        self._list_history()

    def _forget_click(self) -> None:
        """Another request is no second half of a double click; hearing of the change is enough."""

    # -- writes on a live account --

    def _arm(self) -> None:
        if self.armed.value == self.workbench.writes_armed:
            return
        try:
            if self.armed.value:
                self.workbench.arm_writes()
            else:
                self.workbench.disarm_writes()
        finally:
            self._show_writes()

    def _show_writes(self) -> None:
        """Say whether writes are sent, in words and colour."""
        workbench, armed = self.workbench, self.workbench.writes_armed
        if workbench.mode is Mode.REPLAY:
            self.about_writes.value = styling.note(
                "", "This is a recording: it answers the requests that are in it, and no others."
            )
        if workbench.mode is not Mode.LIVE:
            return
        self.armed.value = armed
        self.armed.description = "Lock writes again" if armed else "Arm writes for this session"
        self.armed.tooltip = self.armed.description
        self.armed.button_style = "danger" if armed else "warning"
        whose = f"the live {workbench.title} account"
        self.about_writes.value = (
            Markup(
                '<div class="ac-note danger" role="status"><b aria-hidden="true">⚠</b><b>{}</b></div>'
            ).format(f"Armed: what you send with POST, PUT, PATCH or DELETE changes {whose}.")
            if armed
            else styling.note("warning", f"Locked: only reads are sent to {whose}.")
        )

    def user_changed(self) -> None:
        """Say who is signed in, offer what is known below the address, and whether writes are armed."""
        super().user_changed()
        self.form.place.know(self.workbench.known_paths(), self.workbench.title)
        self._show_writes()

    # -- what was sent before --

    def _list_history(self) -> None:
        newest = reversed(list(enumerate(self.history)))
        entries = [
            (f"{place + 1}. {each.draft.method} {each.draft.path} → {each.outcome}", place)
            for place, each in newest
        ]
        first = "choose one to fill the form again" if entries else "nothing yet"
        self.again.options = [(first, NONE_CHOSEN), *entries]
        self.again.value = NONE_CHOSEN

    def _fill_again(self) -> None:
        if self.again.value != NONE_CHOSEN and self.again.value is not None:
            self.form.fill(self.history[self.again.value].draft)
            self.again.value = NONE_CHOSEN

    # -- the answer --

    def _show_body(self) -> None:
        exchange = self.exchange
        self.wire.value = request_answer.wire(exchange) if exchange is not None else ""
        if exchange is None:
            self.body.value = "" if self.history else styling.empty(NOT_YET)
        elif exchange.response is None:
            self.body.value = styling.empty("No answer came.")
        else:
            self.body.value = request_answer.viewed(exchange.response_body, self.view_as.value)
        self.view_as.layout.display = None if exchange is not None and exchange.response else "none"

    def about(self) -> str:
        """Return the last request and its status."""
        return f"{self.exchange!r}" if self.exchange is not None else "ready"


@contextmanager
def _own_exchanges(trace: Trace) -> Iterator[Callable[[], list[Exchange]]]:
    """Listen during the block; give what returns the exchanges of its request, whatever else is sent."""
    heard: list[Exchange] = []
    numbers: set[int] = set()

    def ended(run: OperationRun) -> None:
        if run.name == OPERATION:
            numbers.add(run.number)

    stops = [trace.listen(heard.append), trace.listen_to_operations(ended)]
    try:
        yield lambda: [each for each in heard if each.operation in numbers]
    finally:
        for stop in stops:
            stop()


def _sent_before(trace: Trace) -> list[Sent]:
    """Return the requests that were sent from code, or from another panel, before this one was made."""
    runs = [each for each in trace.operations if each.name == OPERATION]
    if not runs:
        return []
    statuses = {each.operation: each.outcome for each in trace}
    sent = [each for each in runs if each.number in statuses]
    return [Sent(_draft_of(each.arguments), statuses[each.number]) for each in sent[-MAX_HISTORY:]]


def _draft_of(arguments: JsonValue) -> DraftRequest:
    told = arguments if isinstance(arguments, dict) else {}
    params = told.get("params")
    named = params if isinstance(params, dict) else {}
    return _draft(str(told.get("method", "GET")), str(told.get("path", "")), named, told.get("json"))


def _draft(method: str, path: str, params: Mapping[str, object], body: JsonValue) -> DraftRequest:
    query = tuple((name, _as_text(value)) for name, value in params.items() if value is not None)
    return DraftRequest(method=method.upper(), path=path, query=query, body=body)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
