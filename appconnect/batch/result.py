"""What batch work gives back, and how far it has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from appconnect import display
from appconnect.batch.outcomes import Outcome, Status
from appconnect.batch.plan import Plan
from appconnect.text.amounts import tallied

if TYPE_CHECKING:
    from markupsafe import Markup
    from pandas import DataFrame

MAX_PROBLEMS: Final = 100
"""Different reasons that are told; the table that comes back has them all."""
MAX_ROWS: Final = 5
"""Rows that are named for one reason."""


@dataclass(frozen=True)
class Progress:
    """How far batch work has come: rows that are done, of how many, and how many there are of each status."""

    done: int
    rows: int
    counts: Mapping[str, int]
    doing: str = ""
    """What is done before the rows, such as "1,500 contacts read"."""

    @property
    def share(self) -> float:
        """The part that is done, from 0 to 1."""
        return self.done / self.rows if self.rows else 1.0

    def __str__(self) -> str:
        if self.doing:
            return f"{self.doing}…"
        return f"{self.done:,} of {tallied(self.rows, 'row')}: {in_words(self.counts)}"


@dataclass
class Problem:
    """One reason for which rows were not matched or logged; ``rows`` are the first ones, counted from 1."""

    status: Status
    reason: str
    count: int = 0
    rows: list[int] = field(default_factory=list)

    def add(self, row: int) -> None:
        """Count one more row."""
        self.count += 1
        if len(self.rows) < MAX_ROWS:
            self.rows.append(row)

    @property
    def where(self) -> str:
        """The status and its rows: "refused: rows 3, 8 and 12 more"."""
        named = ", ".join(f"{row:,}" for row in self.rows)
        more = f" and {self.count - len(self.rows):,} more" if self.count > len(self.rows) else ""
        return f"{self.status}: row{'s' if self.count > 1 else ''} {named}{more}"

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


class Tally:
    """Counts outcomes on their way into a table, and collects the reasons of those that need a person."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._problems: dict[tuple[Status, str], Problem] = {}

    def counted(self, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
        """Yield the outcomes, each counted."""
        for row, outcome in enumerate(outcomes, 1):
            self.counts[outcome.status.value] += 1
            if outcome.reason and outcome.status not in (Status.WAITING, Status.ALREADY_LOGGED):
                self._add(row, outcome)
            yield outcome

    def _add(self, row: int, outcome: Outcome) -> None:
        key = outcome.status, outcome.reason
        if key in self._problems or len(self._problems) < MAX_PROBLEMS:
            self._problems.setdefault(key, Problem(*key)).add(row)

    @property
    def problems(self) -> list[Problem]:
        """The reasons, those of most rows first."""
        return sorted(self._problems.values(), key=lambda each: (-each.count, each.rows))


@dataclass(frozen=True)
class BatchResult:
    """The table that came back, and what became of its rows.

    ``table`` is a data frame, or the path of the file that was written; None after a plan alone. ``stopped``
    is the sentence on why the work ended before its end, "" else: the same call again goes on from there.
    """

    table: DataFrame | Path | None
    plan: Plan
    counts: Mapping[str, int]
    problems: list[Problem]
    stopped: str = ""
    notes: tuple[str, ...] = ()
    """What else a person should know, such as that leads could not be read."""

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(self.counts.values())

    @property
    def message(self) -> str:
        """The sentence for the person."""
        if self.table is not None and not self.rows:
            return "The table has no rows."
        told = f"{tallied(self.rows, 'row')}: {in_words(self.counts)}."
        return f"{self.stopped} {told}" if self.stopped else told

    def __repr__(self) -> str:
        return f"<BatchResult: {self.message}>"

    def _repr_html_(self) -> Markup:
        counts = {each.value: f"{self.counts[each]:,}" for each in Status if self.counts.get(each)}
        problems = {each.where: each.reason for each in self.problems[:MAX_ROWS]}
        return display.facts(counts | problems, caption=self.message)


def in_words(counts: Mapping[str, int]) -> str:
    """Return "1,200 logged, 3 refused", in the order of the statuses."""
    told = [f"{counts[each]:,} {each}" for each in Status if counts.get(each)]
    return ", ".join(told) or "nothing done yet"
