"""Match or log a whole table: the plan, a run with its progress, a stop, and what came back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import ipywidgets as widgets
from markupsafe import Markup

from appconnect import display
from appconnect.batch import Batch, BatchResult, Progress
from appconnect.batch.outcomes import PREFIX
from appconnect.errors import InputError
from appconnect.panels import styling
from appconnect.panels.panel import LABELS, Panel, button, options, row, toolbar
from appconnect.workbench import Workbench

if TYPE_CHECKING:
    from pandas import DataFrame

MATCH, LOG = "Match", "Log"
DOING: Final = {MATCH: "Matching", LOG: "Logging"}
SUFFIXES: Final = ("*.csv", "*.jsonl", "*.ndjson", "*.parquet")
SHOWN: Final = ("contact_name", "log_id", "status", "reason")
STOPPED: Final = "Stopped; run it again to go on from here."


class BatchPanel(Panel):
    """Match or log a table: a data frame, or a file that is chosen here.

    ``result`` is what the newest run gave back; its ``table`` is a data frame, or the file that was written.
    """

    title = "Batch"
    lead = "Match or log a whole table of calls and messages: see the plan, run it, stop it, go on."

    def __init__(self, workbench: Workbench, table: DataFrame | Path | str | None = None) -> None:
        super().__init__(workbench)
        self.result: BatchResult | None = None
        self._frame = None if isinstance(table, Path | str) else table
        self._work: Batch | None = None
        self.file = widgets.Combobox(
            description="File", placeholder="calls.csv", options=tuple(_tables_here()), style=LABELS,
            value="" if table is None or self._frame is not None else str(table), continuous_update=False,
        )  # fmt: skip
        self.file.add_class("ac-grow")
        self.kind = options("Do", (MATCH, LOG))
        self.dry_run = widgets.Checkbox(description="Dry run: write nothing into the CRM", indent=False)
        self.plan_button = button("Plan", hint="Look through the table and say what each way takes")
        self.run_button = button("Run", main=True, hint="Do the rows that are not done yet")
        self.stop_button = button("Stop", hint="End when the rows in hand are done")
        self.bar = widgets.FloatProgress(max=1.0, description="Done", style=LABELS)
        self.bar.add_class("ac-grow")
        self.how_far = widgets.HTML()
        self.plan_view, self.result_view = self.answer(), self.answer()
        self.on_click(self.plan_button, self.plan)
        self.on_click(self.run_button, self.run)
        self.on_click(self.stop_button, self.stop, meanwhile=True)
        self.controls += [self.file, self.kind, self.dry_run]
        self.on_change([self.file, self.kind, self.dry_run], self._ask_anew)
        given = widgets.HTML(display.facts({"Table": self._rows()}))
        source = self.file if self._frame is None else given
        self.show(
            row(source),
            row(self.kind, self.dry_run),
            toolbar(self.plan_button, self.run_button, self.stop_button),
            self.status,
            self.plan_view,
            row(self.bar, self.how_far),
            self.result_view,
        )
        self._ask_anew()

    async def plan(self) -> Batch | None:
        """Look through the table and show what each way takes; nothing is written."""
        async with self.working("Looking through the table…"):
            self._work = await self._prepared()
            self.say("success", "This is the plan; the way with the arrow is taken.")
            self.plan_view.value = styling.lines(self._work.plan.sentences())
            self._show_progress(Progress(self._work.plan.done, self._work.plan.rows, self._work.counts))
            return self._work
        return None

    async def run(self) -> BatchResult | None:
        """Do the rows that are not done yet, and show what came back."""
        async with self.working("Looking through the table…"):
            self._work = work = await self._prepared()
            self.plan_view.value = styling.lines(work.plan.sentences())
            if self._is_plan_alone:
                self.say("success", "This is the plan; a dry run of a match ends here.")
                return None
            self.say(styling.BUSY, f"{DOING[self.kind.value]} {work.plan.rows:,} rows…")
            self.stop_button.disabled = False
            self.result = result = await work.run(self._show_progress)
            self._show_result(result)
            return result
        return None

    async def stop(self) -> None:
        """End the run when the rows in hand are done."""
        if self._work is not None:
            self._work.stop(STOPPED)

    # -- the steps --

    @property
    def _is_plan_alone(self) -> bool:
        return bool(self.kind.value == MATCH and self.dry_run.value)

    async def _prepared(self) -> Batch:
        chosen = self.file.value.strip()
        if self._frame is None and not chosen:
            raise InputError("Choose a file first.")
        table = chosen if self._frame is None else self._frame
        is_log = self.kind.value == LOG
        return await self.workbench.batch.prepare(table, log=is_log, dry_run=is_log and self.dry_run.value)

    def _ask_anew(self) -> None:
        """Forget the plan of what was asked before."""
        self._work = None
        self.plan_view.value = self.result_view.value = display.NOTHING
        self.bar.value, self.how_far.value, self.status.value = 0.0, "", ""
        self.refresh()

    # -- what is shown --

    def refresh(self) -> None:
        """Let nobody stop what does not run."""
        self.stop_button.disabled = True

    def _show_progress(self, progress: Progress) -> None:
        self.bar.value = progress.share
        self.how_far.value = Markup("<span>{:.0%} · {}</span>").format(progress.share, progress)

    def _show_result(self, result: BatchResult) -> None:
        where = [] if self._frame is not None else [f"Written to {result.table}."]
        level = "warning" if result.stopped else "success"
        self.say(level, result.message, *where, *result.notes)
        self.result_view.value = _problems(result) + _first_rows(result)

    def _rows(self) -> str:
        return f"{0 if self._frame is None else len(self._frame):,} rows, given by the notebook"

    def about(self) -> str:
        """Return what came of the newest run."""
        return self.result.message if self.result else "nothing run yet"


def _tables_here() -> Iterator[str]:
    """Yield the files of the notebook's folder that may be tables."""
    yield from sorted(str(path) for suffix in SUFFIXES for path in Path().glob(suffix))


def _problems(result: BatchResult) -> Markup:
    if not result.problems:
        return display.NOTHING
    rows = [
        (f"{each.count:,}", each.status.value, ", ".join(map(str, each.rows)), each.reason)
        for each in result.problems[: display.MAX_ROWS]
    ]
    return display.table("Rows that need a person", ("How many", "Status", "First rows", "Reason"), rows)


def _first_rows(result: BatchResult) -> Markup:
    """Return what was added to the first rows of a data frame."""
    if result.table is None or isinstance(result.table, Path):
        return display.NOTHING
    columns = [f"{PREFIX}{name}" for name in SHOWN]
    rows = result.table[columns].head(display.MAX_ROWS).itertuples(index=False)
    titles = ["row", *(name.replace("_", " ") for name in SHOWN)]
    numbered = [(f"{number:,}", *cells) for number, cells in enumerate(rows, 1)]
    return display.table("What was added to the first rows", titles, numbered)
