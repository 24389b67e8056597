"""The base of every panel: a frame, a sentence on how things stand, and work that loses no error.

A button's handler schedules one of the panel's public coroutines; ``await panel.done()`` waits for it. While
it runs the panel says so and its controls are disabled. A second click can be on its way by then: what is
clicked while something is under way, and what is clicked twice in a moment, is done once. Nothing is printed:
widgets only set traits.

One design for all: a panel is its head and, below each other, rows of fields, a toolbar, the status, its
answers and what is folded away. The controls are in :mod:`appconnect.panels.controls` and can be had from
here; notes, tables and empty states are in :mod:`appconnect.panels.styling`; sizes and colours are in
``panels.css`` alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import cached_property, partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable
from weakref import WeakSet

import ipywidgets as widgets
from IPython.display import display as show_in_cell
from markupsafe import Markup

from appconnect.errors import AppConnectError
from appconnect.live_outputs import MARK
from appconnect.panels import styling
from appconnect.panels.controls import (
    LABELS,
    NONE,
    Fold,
    button,
    choice,
    folded,
    lines,
    options,
    row,
    stack,
    text,
    toolbar,
    words,
)
from appconnect.panels.keyboard import OWN_KEYS, typed_to_the_end
from appconnect.panels.save_as_test import SaveAsTest, can_be_saved, save_as_test
from appconnect.settings import Mode

if TYPE_CHECKING:
    from appconnect.models import Result
    from appconnect.workbench import Exchange, Workbench

__all__ = [
    "LABELS",
    "NONE",
    "Fold",
    "Panel",
    "button",
    "choice",
    "folded",
    "lines",
    "options",
    "row",
    "stack",
    "text",
    "toolbar",
    "words",
]

Work = Callable[[], Coroutine[object, object, object]]
WIDGET = "application/vnd.jupyter.widget-view+json"
A_MOMENT = 0.4
"""Seconds after work in which the same click counts as the second half of a double click."""


@runtime_checkable
class ShownWhole(Protocol):
    """A widget that can be shown as plain HTML, such as a table of choices."""

    def as_html(self) -> Markup:
        """Return what it shows."""
        ...


class Panel:
    """A panel of the notebook. ``view`` is the widget; the panel shows itself where a cell ends with it.

    ``controls`` are disabled while the panel works. Subclasses give ``title`` and ``lead``, make their
    controls and call :meth:`show`. What their work brings to light goes into an :meth:`answer`, so that
    nothing old stands beside what is new.
    """

    title: str
    lead: str
    _all: ClassVar[WeakSet[Panel]] = WeakSet()
    """The panels of this process."""

    def __init__(self, workbench: Workbench | None = None) -> None:
        self._workbench = workbench
        self.status = widgets.HTML()
        self.view = widgets.VBox(_dom_classes=("ac-panel",))
        self.controls: list[widgets.Widget] = []
        self._answers: list[widgets.HTML] = []
        self._working = 0
        self._under_way = False
        self._just_done: Work | None = None
        self._rests_until = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._lost: BaseException | None = None
        self._home = _running_loop()
        self._head, self._chosen_instead = widgets.HTML(), ""
        self._all.add(self)
        if workbench is not None:
            workbench.on_user_change(self.user_changed)

    @property
    def workbench(self) -> Workbench:
        """The workbench that this panel speaks through."""
        assert self._workbench is not None
        return self._workbench

    def show(self, *parts: widgets.Widget) -> None:
        """Put the parts below the head."""
        self._show_head()
        self.view.children = (self._head, *parts, *save_as_test(self))

    @cached_property
    def saving(self) -> SaveAsTest | None:
        """The form of *Save as test*; None in replay, or where there is no workbench."""
        return SaveAsTest(self) if can_be_saved(self) else None

    def user_changed(self) -> None:
        """Say in the head who is signed in now."""
        self._show_head()

    def _show_head(self) -> None:
        workbench = self._workbench
        about = (
            (workbench.title, workbench.mode.value, workbench.who_in_words())
            if workbench
            else ("App Connect",)
        )
        head = OWN_KEYS + styling.head(self.title, self.lead, " · ".join(about))
        if workbench and self._chosen_instead:
            head += styling.chosen_instead(workbench.title, self._chosen_instead)
        self._head.value = head

    @classmethod
    def tell_of_choice(cls, workbench: Workbench, other: str) -> None:
        """Say in the panels of a workbench that another CRM was chosen instead; "" takes it back."""
        for panel in list(cls._all):
            if panel._workbench is workbench:
                panel._chosen_instead = other
                panel._show_head()

    def answer(self, empty: str = "") -> widgets.HTML:
        """Return a place for what work brings to light; it is emptied whenever new work starts.

        ``empty`` is the sentence that stands there before anything was done.
        """
        place = widgets.HTML(styling.empty(empty) if empty else "")
        self._answers.append(place)
        return place

    # -- what it tells --

    def tell(self, result: Result) -> None:
        """Show what the result tells the person."""
        means = result.error.explanation if result.error else None
        self.status.value = styling.returned(result.return_message) + styling.explained(means)

    def say(self, level: str, text: str, *lines: str) -> None:
        """Show a sentence: ``success``, ``warning``, ``danger``."""
        self.status.value = styling.note(level, text, lines)

    def _say_error(self, error: BaseException) -> None:
        if isinstance(error, AppConnectError):
            self.status.value = styling.note("warning", error.message) + styling.explained(error.explanation)
        else:
            self.say("danger", "This went wrong in the workbench itself.", f"{type(error).__name__}: {error}")

    # -- work --

    def on_click(self, button: widgets.Button, work: Work, *, meanwhile: bool = False) -> None:
        """Let a button start a coroutine; ``meanwhile``: also while other work is under way."""
        if meanwhile:
            button.on_click(lambda _: self.start(work))
            return
        self.controls.append(button)
        button.on_click(lambda _: self._start_once(work))

    def on_enter(
        self, field: widgets.Text, work: Work, *, meanwhile: bool = False, as_typed: bool = False
    ) -> None:
        """Let the Enter key in a field start a coroutine, as :meth:`on_click` does.

        The field's value arrives when it is left or Enter is pressed; ``as_typed``: letter by letter.
        """
        field.continuous_update = as_typed

        async def once_typed() -> None:
            await typed_to_the_end(field)
            await work()

        def heard(_: object, content: dict[str, object], __: object) -> None:
            if content.get("event") == "submit":
                (self.start if meanwhile else self._start_once)(once_typed)

        field.on_msg(heard)
        self.on_change([field], lambda: None)

    def on_change(self, fields: Sequence[widgets.Widget], react: Callable[[], None]) -> None:
        """Call ``react`` whenever a field's value changes; what it raises is shown.

        A click after it is no second half of a double click.
        """

        def changed(_: object) -> None:
            self._just_done = None
            try:
                react()
            except Exception as error:
                self._say_error(error)

        for field in fields:
            field.observe(changed, "value")

    def _start_once(self, work: Work) -> None:
        """Start what a person asks for, unless something is under way, or the same was a moment ago."""
        again = self._just_done == work and monotonic() < self._rests_until
        if self._working or self._under_way or again:
            return
        self._under_way = True  # here already: where clicks come in another thread, the work begins later
        self.start(partial(self._once, work))

    async def _once(self, work: Work) -> None:
        try:
            await work()
        finally:
            self._under_way, self._just_done = False, work
            self._rests_until = monotonic() + A_MOMENT

    def start(self, work: Work) -> None:
        """Run a coroutine in the background; what goes wrong in it is shown, and raised by :meth:`done`.

        It runs in the event loop of the notebook's cells, since the workbench's locks belong to that one.
        JupyterLab hands clicks and keys over in another thread with a loop of its own ("subshells").
        """
        here = asyncio.get_running_loop()
        if self._home is None or self._home is here:
            self._run_here(work)
        else:
            self._home.call_soon_threadsafe(self._run_here, work)

    def _run_here(self, work: Work) -> None:
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def done(self) -> None:
        """Wait until everything that was started has ended."""
        while self._tasks:
            await asyncio.gather(*self._tasks)
        self._just_done = None
        if (lost := self._lost) is not None:
            self._lost = None
            raise lost

    async def _guarded(self, work: Work) -> None:
        try:
            await work()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self._say_error(error)
            self._lost = error

    @asynccontextmanager
    async def working(self, doing: str) -> AsyncIterator[None]:
        """Say what is being done, take away old answers and disable the controls; show a foreseen error."""
        self.say(styling.BUSY, doing)
        for each in self._answers:
            each.value = ""
        self._working += 1
        before = [(each, each.disabled) for each in self.controls]
        for each in self.controls:
            each.disabled = True
        try:
            yield
        except AppConnectError as error:
            self._say_error(error)
        finally:
            self._working -= 1
            for each, disabled in before:
                each.disabled = disabled
            self.refresh()

    @property
    def named_workbenches(self) -> list[tuple[str, Workbench]]:
        """The workbenches that it shows, each with its name."""
        return [(self.workbench.title, self.workbench)] if self._workbench else []

    @property
    def is_live(self) -> bool:
        """Whether it may show people of a live account."""
        return any(each.mode is Mode.LIVE for _, each in self.named_workbenches)

    def refresh(self) -> None:
        """Bring controls in line with how things stand; called after all work."""

    def traffic_of(self, first: int) -> list[Exchange]:
        """Return the exchanges from number ``first`` on."""
        return [each for each in self.workbench.trace if each.number >= first]

    @property
    def next_exchange(self) -> int:
        """The number that the next request will have."""
        return max((each.number for each in self.workbench.trace), default=0) + 1

    # -- how it shows itself --

    def about(self) -> str:
        """Return what the repr tells beside the name."""
        return "ready"

    def __repr__(self) -> str:
        whom = f" for {self.workbench.title}" if self._workbench else ""
        return f"<{type(self).__name__}{whom}: {self.about()}>"

    def snapshot(self) -> str:
        """Return the panel as plain HTML, for where there is no kernel behind it."""
        _, *parts = self.view.children
        shown = [_as_html(each) for part in parts for each in _walk(part)]
        return "".join([str(styling.heading(self.title)), *shown])

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        bundle: dict[str, object] = dict(self.view._repr_mimebundle_())
        return {**bundle, "text/plain": repr(self), "text/html": styling.saved(self.snapshot())}

    def _ipython_display_(self) -> None:
        """Show the panel, and beside it what a notebook keeps of it: reopened, it has no panel to show."""
        kept = self._repr_mimebundle_()
        panel = {WIDGET: kept.pop(WIDGET)}
        mark = {"metadata": MARK} if self.is_live else {}
        for bundle in (kept, panel):
            show_in_cell(bundle, raw=True, **mark)  # type: ignore[no-untyped-call]


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that is running; None outside of all, where a panel has no home yet."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _as_html(widget: widgets.Widget) -> str:
    """Return what a widget shows of its own accord; "" for a control."""
    if isinstance(widget, ShownWhole):
        return str(widget.as_html())
    return str(widget.value) if isinstance(widget, widgets.HTML) else ""


def _walk(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _walk(child)
