"""Every request and its answer as it happens, secrets masked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import ipywidgets as widgets
from markupsafe import Markup

from appconnect import display
from appconnect.panels import styling
from appconnect.panels.panel import Panel, button, row, text
from appconnect.workbench import Exchange, Workbench

SHOWN = 100
"""How many of the newest requests are listed."""
IN_SNAPSHOT = 10
PAUSE = 0.25
"""Seconds between two looks at the traffic, while the panel is shown."""
COLUMNS = ("No.", "Request", "Status", "Limits")


class TrafficPanel(Panel):
    """The requests of a workbench, oldest first, live; each opens to its headers, bodies and curl command.

    ``showing`` keeps those that contain the text: a method, a part of the path, a status. Until the panel is
    shown or asked, requests are only counted; from then on what is new is appended, a few times a second.
    """

    title = "Traffic"
    lead = "Every request as it happens, secrets masked. Open one to see headers, bodies and a curl command."

    def __init__(self, workbench: Workbench, showing: str = "") -> None:
        super().__init__(workbench)
        self.filter = text("Filter", "POST, persons, 429 …", showing, wide=True)
        self.clear_button = button("Clear", hint="Forget the requests listed here")
        self._count = widgets.HTML()
        self._listed = widgets.VBox(layout={"max_height": "34rem", "overflow": "auto"})
        self._rows: dict[int, widgets.HTML] = {}
        self._is_shown = False
        self._is_stale = True
        self._due_in: asyncio.AbstractEventLoop | None = None
        self.show(row(self.filter, self.clear_button), self._count, self._listed, self.status)
        self.on_click(self.clear_button, self.clear)
        self.on_change([self.filter], self._list)
        self._stop = workbench.trace.watch(self._heard)

    async def clear(self) -> None:
        """Forget what was listed; numbering goes on."""
        self.workbench.trace.clear()
        self._list()

    def close(self) -> None:
        """Stop following the traffic."""
        self._look()
        self._stop()
        self._stop = lambda: None

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """The exchanges that fit the filter, oldest first."""
        wanted = self._wanted
        return [each for each in self.workbench.trace if wanted in _searched(each)]

    @property
    def list(self) -> widgets.VBox:
        """The listed requests, up to date."""
        self._look()
        return self._listed

    @property
    def count(self) -> widgets.HTML:
        """The sentence on how many there are, up to date."""
        self._look()
        return self._count

    # -- what is shown --

    @property
    def _wanted(self) -> str:
        return str(self.filter.value).strip().casefold()

    def _heard(self) -> None:
        """Note that there is something new, and list it soon if somebody may be looking."""
        self._is_stale = True
        loop = asyncio.get_running_loop() if self._is_shown else None
        if loop is not None and loop is not self._due_in:
            self._due_in = loop
            loop.call_later(PAUSE, self._catch_up)

    def _catch_up(self) -> None:
        self._due_in = None
        try:
            self._look()
        except Exception as error:
            self._say_error(error)

    def _look(self) -> None:
        if self._is_stale:
            self._list()

    def _list(self) -> None:
        self._is_stale = False
        trace = self.workbench.trace
        fitting = self.exchanges if self._wanted else None
        newest = trace[-SHOWN:] if fitting is None else fitting[-SHOWN:]
        self._append(newest)
        self._count.value = self._how_many(len(trace) if fitting is None else len(fitting), len(trace))

    def _append(self, newest: Sequence[Exchange]) -> None:
        """List these: what is listed already stays as it is, also open; what is not to be is closed."""
        for number in self._rows.keys() - {each.number for each in newest}:
            self._rows.pop(number).close()
        for each in newest:
            if each.number not in self._rows:
                self._rows[each.number] = widgets.HTML(_details(each, self.workbench))
        self._listed.children = tuple(self._rows[each.number] for each in newest)

    def _how_many(self, fitting: int, total: int) -> Markup:
        if not total:
            return styling.empty("Nothing has been sent yet.")
        if not fitting:
            return styling.empty(f"None of the {total} requests contains “{self.filter.value.strip()}”.")
        newest = f", the newest {SHOWN} are listed" if fitting > SHOWN else ""
        return Markup('<p class="ac-dim">{}{}</p>').format(_in_words(fitting, total), newest)

    def _repr_mimebundle_(self, **more: object) -> dict[str, object]:
        self._look()
        self._is_shown = True
        return super()._repr_mimebundle_(**more)

    def about(self) -> str:
        """Return how many requests there were, and how many of them fit the filter."""
        total = len(self.workbench.trace)
        return _in_words(len(self.exchanges) if self._wanted else total, total)

    def snapshot(self) -> str:
        """Return the newest requests as a table, without what differs between environments."""
        fitting = self.exchanges
        shown = fitting[-IN_SNAPSHOT:]
        newest = f", the newest {IN_SNAPSHOT} are listed" if len(fitting) > IN_SNAPSHOT else ""
        rows = [
            (each.number, f"{each.method} {each.path}", styling.status(each), styling.left(each))
            for each in shown
        ]
        return display.table(f"{self.title}: {self.about()}{newest}", COLUMNS, rows)


def _in_words(fitting: int, total: int) -> str:
    requests = "1 request" if total == 1 else f"{total} requests"
    return requests if fitting == total else f"{fitting} of {requests}"


def _searched(exchange: Exchange) -> str:
    return f"{exchange.method} {exchange.url} {exchange.status or exchange.error}".casefold()


def _details(exchange: Exchange, workbench: Workbench) -> Markup:
    """Return one line that opens to everything there is to know."""
    host = exchange.url.partition("://")[2].partition("/")[0]
    return Markup(
        '<details><summary><span class="ac-wire"><span class="ac-dim">{number}</span>'
        "<span>{at:%H:%M:%S}</span>"
        '<b>{method}</b><span class="path" title="{host}">{path}</span><span>{status}</span>'
        '<span class="ac-dim">{left}</span></span></summary>'
        '<p class="ac-dim">{host} answered in {seconds:.2f} s{error}</p>{explained}'
        '<div class="ac-two"><div><h4>Request</h4>{sent_headers}{sent}</div>'
        "<div><h4>Answer</h4>{came_headers}{came}</div></div><h4>As curl</h4>{curl}</details>"
    ).format(
        number=exchange.number, at=exchange.at, method=exchange.method, host=host, path=exchange.path,
        status=styling.status(exchange), left=styling.left(exchange), seconds=exchange.seconds,
        error=f": {exchange.error}" if exchange.error else "",
        explained=styling.explained(None if styling.is_good(exchange) else workbench.explain(exchange)),
        sent_headers=display.facts(exchange.request_headers), sent=styling.data(exchange.request_body),
        came_headers=display.facts(exchange.response_headers), came=styling.data(exchange.response_body),
        curl=_curl(exchange),
    )  # fmt: skip


def _curl(exchange: Exchange) -> Markup:
    command = exchange.as_curl()
    return Markup(
        '{}<button class="jupyter-widgets jupyter-button" type="button" data-curl="{}" onclick="'
        "navigator.clipboard.writeText(this.dataset.curl).then(() => this.textContent = 'Copied')"
        '">Copy as curl</button>'
    ).format(styling.source(command), command)
