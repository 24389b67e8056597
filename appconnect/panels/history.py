"""The history on this computer: what was done and sent, by any notebook, also before a restart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

import ipywidgets as widgets
from markupsafe import Markup
from pydantic import JsonValue

from appconnect import display
from appconnect.errors import AppConnectError
from appconnect.history import HistoryEntries, HistoryEntry
from appconnect.panels import json_view, styling
from appconnect.panels.exports import command
from appconnect.panels.panel import Panel, button, choice, row, text, toolbar
from appconnect.settings import Mode
from appconnect.workbench import Workbench

LIMIT: Final = 50
ANY: Final = ("any", "")
STATUSES: Final = (ANY, *((each, each) for each in ("ok", "failed", "2xx", "4xx", "5xx", "429")))
TIMES: Final = (("ever", ""), ("the last hour", "1h"), ("the last day", "1d"), ("the last week", "1w"))
KINDS: Final = (("operations and requests", ""), ("operations", "operation"), ("requests", "exchange"))
COLUMNS: Final = ("CRM", "Operation", "What", "Outcome")


class HistoryPanel(Panel):
    """Search the history by words, CRM, operation, outcome and time; each entry opens to all of it.

    ``found`` is what the newest search found. ``showing`` are words to begin with.
    """

    title = "History"
    lead = (
        "What was done and sent on this computer, by any notebook, secrets masked. Type words in any order "
        "and press Enter."
    )

    def __init__(self, workbench: Workbench, showing: str = "") -> None:
        super().__init__(workbench)
        self.found = HistoryEntries([])
        self.words = text("Words", "nia 429, log_call 415 …", showing, wide=True)
        self.crm, self.operation = choice("CRM", (ANY,)), choice("Operation", (ANY,))
        self.outcome, self.since = choice("Outcome", STATUSES), choice("Since", TIMES)
        self.kind = choice("Show", KINDS)
        self.search_button = button("Search", main=True, hint="Search the history (Enter)")
        self.more_button = button("More", hint="Show older ones too")
        self._limit = LIMIT
        self._listed = widgets.VBox(_dom_classes=("ac-history",))
        self.on_click(self.search_button, self.search)
        self.on_click(self.more_button, self.more)
        self.on_enter(self.words, self.search)
        fields = (self.crm, self.operation, self.outcome, self.since, self.kind)
        self.on_change(fields, self._look)
        self.show(
            row(self.words),
            row(self.crm, self.operation, self.kind),
            row(self.outcome, self.since),
            toolbar(self.search_button, self.more_button),
            self.status,
            self._listed,
        )
        try:
            self._look()
        except AppConnectError as error:
            self._say_error(error)

    async def search(self) -> HistoryEntries:
        """Search anew, the newest first."""
        self._limit = LIMIT
        async with self.working("Searching…"):
            self._look()
        return self.found

    async def more(self) -> HistoryEntries:
        """Show as many again, older ones."""
        self._limit += LIMIT
        async with self.working("Searching…"):
            self._look()
        return self.found

    # -- what is shown --

    def _look(self) -> None:
        history = self.workbench.history
        self._offer(self.crm, history.crms)
        self._offer(self.operation, history.operations)
        self.found = history.search(
            str(self.words.value), crm=self.crm.value, operation=self.operation.value,
            status=self.outcome.value, kind=self.kind.value, since=self.since.value, limit=self._limit,
        )  # fmt: skip
        for each in self._listed.children:
            each.close()
        self._listed.children = [widgets.HTML(_details(each)) for each in self.found]
        self._sum_up(is_on=history.is_on, is_empty=not self.found and not len(history))
        self.refresh()

    def _offer(self, field: widgets.Dropdown, names: list[str]) -> None:
        """Let these be chosen; what is chosen stays."""
        offered = (ANY, *((each, each) for each in names))
        if tuple(field.options) != offered and field.value in ("", *names):
            chosen = field.value
            with field.hold_trait_notifications():
                field.options = offered
                field.value = chosen

    def _sum_up(self, *, is_on: bool, is_empty: bool) -> None:
        off = "" if is_on else " The history is off (APPCONNECT_HISTORY); nothing new is kept."
        if self.found:
            told = Markup('<p class="ac-dim" role="status">{}.{}</p>')
            self.status.value = told.format(_in_words(self.found), off)
        else:
            reason = "Nothing was kept yet." if is_empty else "Nothing fits; take a word or a choice away."
            self.status.value = styling.empty(f"{reason}{off}")

    @property
    def is_live(self) -> bool:
        """Also where what it has found was done in a live account."""
        return super().is_live or any(each.mode == Mode.LIVE for each in self.found)

    def refresh(self) -> None:
        """Offer more where there is more."""
        self.more_button.disabled = not self.found.more

    def about(self) -> str:
        """Return how much was found."""
        return _in_words(self.found)

    def snapshot(self) -> str:
        """Return the newest entries as a table, without when they were."""
        rows = [
            (each.crm, each.operation, each.what, _outcome(each)) for each in self.found[: display.MAX_ROWS]
        ]
        return str(display.table(f"{self.title}: {self.about()}", COLUMNS, rows))


def _in_words(found: HistoryEntries) -> str:
    return found.in_words if found else "nothing found"


def _outcome(entry: HistoryEntry) -> Markup:
    if entry.exchange is not None:
        return styling.status(entry.exchange)
    if entry.run is not None and entry.run.succeeded:
        return Markup("{}").format(entry.outcome)
    return Markup('<span class="ac-bad">{}</span>').format(entry.outcome)


def _details(entry: HistoryEntry) -> Markup:
    """Return one line that opens to everything there is to know."""
    return Markup(
        '<details><summary><span class="ac-history-line"><span class="ac-dim">{when:%Y-%m-%d %H:%M:%S}</span>'
        "<span>{crm}</span><b>{operation}</b><span>{what}</span><span>{outcome}</span></span></summary>"
        "{whole}</details>"
    ).format(
        when=entry.at.astimezone(), crm=entry.crm, operation=entry.operation or "–", what=_what(entry),
        outcome=_outcome(entry), whole=Markup("").join(_whole(entry)),
    )  # fmt: skip


def _what(entry: HistoryEntry) -> Markup:
    if entry.exchange is None:
        return Markup("{}").format(entry.what)
    path = unquote(urlsplit(entry.exchange.url).path)
    return Markup("<code>{} {}</code>").format(entry.exchange.method, path)


def _whole(entry: HistoryEntry) -> Iterator[Markup]:
    yield Markup('<p class="ac-dim">Entry {}, {}, took {:.2f} s</p>').format(
        entry.id, "in the sandbox" if entry.mode == "sandbox" else entry.mode, entry.seconds
    )
    if entry.run is not None:
        yield _two(("Arguments", _body(entry.run.arguments)), ("Result", _body(entry.run.result)))
    if (exchange := entry.exchange) is not None:
        sent, came = _body(exchange.request_body), _body(exchange.response_body)
        yield _two(
            ("Request", Markup("{}{}").format(display.facts(_query(exchange.request.query)), sent)),
            ("Answer", Markup("{}{}").format(display.facts(exchange.response_headers), came)),
        )
        yield Markup("<h4>As curl</h4>{}").format(command(exchange.as_curl()))


def _query(pairs: dict[str, str | list[str]]) -> dict[str, object]:
    return {name: value if isinstance(value, str) else ", ".join(value) for name, value in pairs.items()}


def _two(*columns: tuple[str, Markup]) -> Markup:
    inside = Markup("").join(Markup("<div><h4>{}</h4>{}</div>").format(*each) for each in columns)
    return Markup('<div class="ac-two">{}</div>').format(inside)


def _body(value: JsonValue) -> Markup:
    if isinstance(value, dict | list):
        return json_view.tree(value)
    return json_view.text(value) if value is not None else styling.data(None)
