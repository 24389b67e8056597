"""The list of the timeline: what several workbenches do, by operation, filtered, live and bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from threading import RLock
from time import perf_counter

import ipywidgets as widgets
from markupsafe import Markup

from appconnect import display
from appconnect.errors import InputError
from appconnect.panels import styling
from appconnect.panels.panel import Panel, button, choice, row, text
from appconnect.panels.timeline.groups import (
    Arrivals,
    Group,
    Source,
    Total,
    gather,
    operation_id,
    request_id,
    sources,
)
from appconnect.panels.timeline.limits import moves
from appconnect.panels.timeline.list import TimelineList
from appconnect.panels.timeline.rows import RowData, Style, drawn, newest, rows
from appconnect.panels.timeline.search import STATUSES, Filters, Search
from appconnect.workbench import Exchange, Workbench

SHOWN = 200
"""How many rows are listed, about."""
LATEST = 100
"""How many of the newest requests and operations of a workbench are read where nothing is looked for."""
PAUSE = 0.25
"""Seconds between two looks at the traffic while the panel is shown; longer where a look takes long."""
SHARE = 5
"""How many times as long as a look took the next one is put off, at least."""
NEWEST, FOLLOWING = "Newest first", "Following"
COLUMNS = ("Operations and their requests", "Outcome", "Limit", "Particular")


class Listing(Panel):
    """The operations and requests of some workbenches. Until it is shown or asked, nothing is read.

    What is new is noted at next to no cost, and listed a few times a second while somebody may be looking.
    """

    def __init__(self, *workbenches: Workbench, showing: str = "") -> None:
        self.sources = sources(workbenches)
        super().__init__(workbenches[0])
        self._arrivals, self._search, self._lock = Arrivals(), Search(), RLock()
        self._groups: list[Group] = []
        self._is_shown, self._is_stale, self._is_offering = False, True, False
        self._due_in: asyncio.AbstractEventLoop | None = None
        self._last_look = 0.0
        self._make_filters(showing)
        self._stops = [each.workbench.trace.watch(partial(self._heard, each)) for each in self.sources]
        for each in workbenches[1:]:
            each.on_user_change(self.user_changed)

    def _make_filters(self, showing: str) -> None:
        self.words = text("Find", "words in any order: POST 429 Nia …", showing, wide=True)
        self.status_class = choice("Status", STATUSES)
        self.crm = choice("CRM", [("all", ""), *((each.label, each.label) for each in self.sources)])
        self.operation = choice("Operation", [("all", "")])
        self.order = choice("Order", (NEWEST, FOLLOWING))
        self.fold_button = button("Fold all", hint="Show only the operations")
        self.clear_button = button("Clear", hint="Forget what is listed here")
        self.list = TimelineList(label=f"{self.title}: operations and requests")
        self._count = widgets.HTML()
        if len(self.sources) == 1:
            self.crm.layout.display = "none"
        self.on_click(self.clear_button, self.clear)
        self.on_click(self.fold_button, self.fold)
        filters = [self.words, self.status_class, self.crm, self.operation, self.order]
        self.on_change(filters, self._filter_changed)

    @property
    def named_workbenches(self) -> list[tuple[str, Workbench]]:
        """The workbenches that are listed, each with its label."""
        return [(each.label, each.workbench) for each in self.sources]

    @property
    def _top(self) -> tuple[widgets.Widget, ...]:
        """The filters and the list, as they stand in the panel."""
        return (
            row(self.words),
            row(self.status_class, self.operation, self.crm),
            row(self.order, self.fold_button, self.clear_button),
            self._count,
            self.list,
        )

    # -- what a person does --

    async def clear(self) -> None:
        """Forget what was listed; numbering goes on."""
        for each in self.sources:
            each.workbench.trace.clear()
        self.list.selected = self.list.pinned = ""
        self._list()

    async def fold(self) -> None:
        """Show only the operations, or all rows again."""
        self.list.toggled, self.list.fold_all = [], not self.list.fold_all
        self.fold_button.description = "Unfold all" if self.list.fold_all else "Fold all"

    def open_request(self, number: int, workbench: Workbench | None = None) -> None:
        """Open a request by its number in the trace of a workbench, the first one if none is named."""
        self.list.selected = request_id(self._source(workbench), number)

    def open_operation(self, number: int, workbench: Workbench | None = None) -> None:
        """Open an operation by its number in the trace of a workbench, the first one if none is named."""
        self.list.selected = operation_id(self._source(workbench), number)

    def _source(self, workbench: Workbench | None) -> Source:
        found = [each for each in self.sources if workbench in (None, each.workbench)]
        if not found:
            raise InputError("This timeline does not list that workbench.")
        return found[0]

    # -- following --

    def close(self) -> None:
        """Stop following the traffic."""
        self._look()
        for stop in self._stops:
            stop()
        self._stops = []

    @property
    def groups(self) -> Sequence[Group]:
        """What fits the filters, up to date, oldest first."""
        return self._search.fitting(gather(self.sources, self._arrivals), self.filters)

    @property
    def rows(self) -> Sequence[RowData]:
        """The listed rows, up to date."""
        self._look()
        return list(self.list.rows)

    @property
    def count(self) -> widgets.HTML:
        """The sentence on how many there are, up to date."""
        self._look()
        return self._count

    @property
    def filters(self) -> Filters:
        """What is looked for."""
        return Filters(
            self.words.value.strip(), self.status_class.value, self.crm.value, self.operation.value
        )

    def _heard(self, source: Source) -> None:
        """Note that there is something new, and list it soon if somebody may be looking."""
        self._is_stale = True
        self._arrivals.heard(source)
        loop = _running_loop() if self._is_shown else None
        if loop is not None and loop is not self._due_in:
            self._due_in = loop
            loop.call_later(max(PAUSE, SHARE * self._last_look), self._catch_up)

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
        began = perf_counter()
        with self._lock:
            self._is_stale = False
            latest = LATEST if self.filters.is_empty else None
            self._groups = gather(self.sources, self._arrivals, latest)
            self._offer_operations()
            fitting = self._search.fitting(self._groups, self.filters)
            listed = newest(fitting, SHOWN)
            self.list.follow = self.order.value == FOLLOWING
            shown = listed[::-1] if self.list.follow else listed
            self.list.rows = rows(shown, self._style)
            self._count.value = self._how_many(fitting, shown)
            self.opened_changed()
        self._last_look = perf_counter() - began

    def _offer_operations(self) -> None:
        """Offer the names of all operations there are; the chosen one stays chosen."""
        chosen = self.operation.value
        names = {name for each in self.sources for name in each.workbench.trace.operation_names.values()}
        options = [("all", ""), *((name, name) for name in sorted({chosen, *names} - {""}))]
        if list(self.operation.options) != options:
            self._is_offering = True
            self.operation.options = options
            self.operation.value = chosen
            self._is_offering = False

    def _filter_changed(self) -> None:
        if not self._is_offering:
            self._list()

    @property
    def _style(self) -> Style:
        sent: dict[int, list[Exchange]] = {each.index: [] for each in self.sources}
        for group in self._groups:
            sent[group.source.index] += group.exchanges
        by_number = {index: sorted(each, key=lambda one: one.number) for index, each in sent.items()}
        limits = {index: moves(each) for index, each in by_number.items()}
        return Style(limits, several=len(self.sources) > 1)

    def _how_many(self, fitting: Sequence[Group], listed: Sequence[Group]) -> Markup:
        total, shown = Total.kept(self.sources), Total.of(listed)
        if total == (0, 0):
            return styling.empty("Nothing has been done yet.")
        if not fitting:
            return styling.empty(f"None of the {total} fits what is looked for.")
        found = total if self.filters.is_empty else Total.of(fitting)
        told = str(found) if found == total else f"{found}, of {total}"
        fewer = f"; the newest {shown} are listed" if shown != found else ""
        in_order = any(drawn(each).in_order for each in listed if each.exchanges)
        still = ". Bars show the order where the clock stands still, as in a sandbox" if in_order else ""
        return Markup('<p class="ac-dim">{}{}{}.</p>').format(told, fewer, still)

    def opened_changed(self) -> None:
        """Show what is opened as it is now; called after every look."""

    # -- how it shows itself --

    def _show_head(self) -> None:
        if len(self.sources) == 1:
            super()._show_head()
            return
        labels = " · ".join(each.label for each in self.sources)
        self._head.value = styling.head(self.title, self.lead, labels)

    def _repr_mimebundle_(self, **more: object) -> dict[str, object]:
        self._look()
        self._is_shown = True
        return super()._repr_mimebundle_(**more)

    def about(self) -> str:
        """Return how many operations and requests there are, and how many of them fit the filters."""
        total = Total.kept(self.sources)
        found = total if self.filters.is_empty else Total.of(self.groups)
        return str(found) if found == total else f"{found}, of {total}"

    def snapshot(self) -> str:
        """Return the newest rows as a table, without what differs between environments."""
        self._look()
        about, fitting = self.about(), self._search.fitting(self._groups, self.filters)
        is_following = self.order.value == FOLLOWING
        listed = newest(fitting, display.MAX_ROWS)
        shown = rows(listed[::-1] if is_following else listed, self._style)
        kept = shown[-display.MAX_ROWS :] if is_following else shown[: display.MAX_ROWS]
        fewer = len(kept) < len(shown) or len(listed) < len(fitting)
        caption = f"{self.title}: {about}{f'; {len(kept)} rows are shown' if fewer else ''}"
        return str(display.table(caption, COLUMNS, [_plain(each) for each in kept]))


def _plain(shown: RowData) -> tuple[str, str, str, str]:
    """Return a row of the list as a row of a table."""
    name = " ".join(each for each in (shown["crm"], shown["title"], shown["path"]) if each)
    told = " · ".join(each for each in (shown["note"], shown["more"]) if each)
    return (f"└ {name}" if shown["parent"] else name), shown["status"], shown["limits"], told


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
