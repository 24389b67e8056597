"""The ledger: what came of every change that was ever tried, kept beside what was measured.

A change that no test noticed stays in it as such: what was seen when a change was first tried is the estimate of
how much the tests notice, what was seen last shows that the holes are closed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from mutants.running import Outcome
from mutants.score import FLOORS, Key, Tried, group_of

SCORES = Path(__file__).with_name("scores.md")
HEAD = """\
# What the tests notice

Written by `make mutants ARGS="--scores"` from all samples that were drawn. *At first*: noticed when the change was
first tried, before anybody wrote a test for it. *Now*: when it was last tried. *Hung*: of those noticed now, the ones
that made the tests hang. What changes nothing is in none of the columns but its own; its reasons are in
`equivalents.toml`.

| Room | Seeds | Changes | Noticed at first | Noticed now | Hung | Change nothing |
|---|---|--:|--:|--:|--:|--:|
"""


@dataclass(frozen=True)
class History:
    """What came of one change: when it was first and when it was last tried."""

    first: Tried
    last: Tried


class Ledger:
    """A file with a line of JSON for each change that was tried."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def append(self, tried: Tried) -> None:
        """Write a line."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(tried)) + "\n")

    def histories(self) -> list[History]:
        """Return what came of each change, in the order in which they were first tried."""
        found: dict[Key, History] = {}
        for each in filter(lambda tried: tried.is_told, self._lines()):
            found[each.key] = History(found[each.key].first if each.key in found else each, each)
        return list(found.values())

    def unnoticed(self, known: Mapping[Key, str]) -> list[Tried]:
        """Return the changes that were not noticed when they were last tried."""
        return [
            each.last for each in self.histories() if not each.last.is_noticed and each.last.key not in known
        ]

    def _lines(self) -> Iterator[Tried]:
        if self._file.exists():
            for line in self._file.read_text("utf-8").splitlines():
                fields = json.loads(line)
                yield Tried(**fields | {"outcome": Outcome(fields["outcome"])})


def scores(histories: Iterable[History], known: Mapping[Key, str]) -> str:
    """Return the table of all rooms, and of all that have one floor."""
    rooms: dict[str, list[History]] = {}
    for each in histories:
        rooms.setdefault(each.first.room, []).append(each)
    rows = [_row(room, rooms[room], known) for room in sorted(rooms)]
    for group, floor in FLOORS.items():
        there = [each for some in rooms.values() for each in some if group_of(each.first.room) == group]
        rows.append(_row(f"**{group}, at least {floor} %**", there, known))
    return HEAD + "\n".join(rows) + "\n"


def _row(name: str, histories: list[History], known: Mapping[Key, str]) -> str:
    counted = [each for each in histories if each.first.key not in known]
    seeds = ", ".join(map(str, sorted({each.first.seed for each in histories})))
    first, last = [each.first for each in counted], [each.last for each in counted]
    hung = sum(each.outcome is Outcome.HUNG for each in last)
    numbers = [len(counted), _share(first), _share(last), hung, len(histories) - len(counted)]
    return f"| {name} | {seeds} | " + " | ".join(map(str, numbers)) + " |"


def _share(tried: list[Tried]) -> str:
    noticed = sum(each.is_noticed for each in tried)
    return f"{noticed} ({100 * noticed / len(tried):.0f} %)" if tried else "–"
