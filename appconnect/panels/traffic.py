"""Every request and its answer as it happens, secrets masked."""

from __future__ import annotations

import ipywidgets as widgets
from markupsafe import Markup

from appconnect import display
from appconnect.panels import styling
from appconnect.panels.panel import Panel, button, row, text
from appconnect.workbench import Exchange, Workbench

SHOWN = 100
"""How many of the newest requests are listed."""
IN_SNAPSHOT = 10
COLUMNS = ("No.", "Request", "Status", "Limits")


class TrafficPanel(Panel):
    """The requests of a workbench, oldest first, live; each opens to its headers, bodies and curl command.

    ``showing`` keeps those that contain the text: a method, a part of the path, a status.
    """

    title = "Traffic"
    lead = "Every request as it happens, secrets masked. Open one to see headers, bodies and a curl command."

    def __init__(self, workbench: Workbench, showing: str = "") -> None:
        super().__init__(workbench)
        self.filter = text("Filter", "POST, persons, 429 …", showing, wide=True)
        self.clear_button = button("Clear", hint="Forget the requests listed here")
        self.count = widgets.HTML()
        self.list = widgets.VBox(layout={"max_height": "34rem", "overflow": "auto"})
        self._rows: dict[int, widgets.HTML] = {}
        self.show(row(self.filter, self.clear_button), self.count, self.list, self.status)
        self.on_click(self.clear_button, self.clear)
        self.on_change([self.filter], self._list)
        self._stop = workbench.trace.listen(lambda _: self._heard())
        self._list()

    async def clear(self) -> None:
        """Forget what was listed; numbering goes on."""
        self.workbench.trace.clear()
        self._rows.clear()
        self._list()

    def close(self) -> None:
        """Stop following the traffic."""
        self._stop()
        self._stop = lambda: None

    @property
    def exchanges(self) -> list[Exchange]:
        """The exchanges that fit the filter, oldest first."""
        wanted = self.filter.value.strip().casefold()
        return [each for each in self.workbench.trace if wanted in _searched(each)]

    # -- what is shown --

    def _heard(self) -> None:
        try:
            self._list()
        except Exception as error:
            self._say_error(error)

    def _list(self) -> None:
        fitting, total = self.exchanges, len(self.workbench.trace)
        for each in fitting[-SHOWN:]:
            if each.number not in self._rows:
                self._rows[each.number] = widgets.HTML(_details(each))
        self.list.children = tuple(self._rows[each.number] for each in fitting[-SHOWN:])
        self.count.value = self._how_many(len(fitting), total)

    def _how_many(self, fitting: int, total: int) -> Markup:
        if not total:
            return styling.empty("Nothing has been sent yet.")
        if not fitting:
            return styling.empty(f"None of the {total} requests contains “{self.filter.value.strip()}”.")
        newest = f", the newest {SHOWN} are listed" if fitting > SHOWN else ""
        return Markup('<p class="ac-dim">{}{}</p>').format(self.about(), newest)

    def about(self) -> str:
        """Return how many requests there were, and how many of them fit the filter."""
        fitting, total = len(self.exchanges), len(self.workbench.trace)
        requests = "1 request" if total == 1 else f"{total} requests"
        return requests if fitting == total else f"{fitting} of {requests}"

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


def _searched(exchange: Exchange) -> str:
    return f"{exchange.method} {exchange.url} {exchange.status or exchange.error}".casefold()


def _details(exchange: Exchange) -> Markup:
    """Return one line that opens to everything there is to know."""
    host = exchange.url.partition("://")[2].partition("/")[0]
    return Markup(
        '<details><summary><span class="ac-wire"><span class="ac-dim">{number}</span>'
        "<span>{at:%H:%M:%S}</span>"
        '<b>{method}</b><span class="path" title="{host}">{path}</span><span>{status}</span>'
        '<span class="ac-dim">{left}</span></span></summary>'
        '<p class="ac-dim">{host} answered in {seconds:.2f} s{error}</p>'
        '<div class="ac-two"><div><h4>Request</h4>{sent_headers}{sent}</div>'
        "<div><h4>Answer</h4>{came_headers}{came}</div></div><h4>As curl</h4>{curl}</details>"
    ).format(
        number=exchange.number, at=exchange.at, method=exchange.method, host=host, path=exchange.path,
        status=styling.status(exchange), left=styling.left(exchange), seconds=exchange.seconds,
        error=f": {exchange.error}" if exchange.error else "",
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
