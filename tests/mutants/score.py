"""The score: how many of the changes the tests notice, by room, and which they do not."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutants.running import NOTICED, Outcome

PANELS, OTHERS = "panels", "all others"
FLOORS = {PANELS: 85, OTHERS: 95}
"""Percent of the changes that must be noticed, over all rooms of each kind."""
Key = tuple[str, str, str]
"""What a change is: its module, the lines before and after."""
EQUIVALENT = Path(__file__).with_name("equivalents.toml")


@dataclass(frozen=True)
class Tried:
    """A change that was tried, and what came of it."""

    room: str
    module: str
    line: int
    old: str
    new: str
    outcome: Outcome
    seconds: float = 0.0
    seed: int = 0
    """Of the sample that the change was drawn in."""
    noticed_by: str = ""
    """The test that failed."""
    passed: int = 0
    """How many tests passed on the changed code."""
    left_out: int = 0
    """How many more ran the changed line, for which there was no time."""

    @property
    def is_noticed(self) -> bool:
        """True where a test failed, or ran for much longer than without the change."""
        return self.outcome in NOTICED

    @property
    def is_told(self) -> bool:
        """True unless the tests say nothing: they fail or hang on this machine without the change as well."""
        return self.outcome is not Outcome.UNKNOWN

    @property
    def key(self) -> Key:
        """What a change is, wherever in its module the line stands."""
        return self.module, self.old, self.new

    def __str__(self) -> str:
        tests = f"{self.passed} tests passed" + (f", {self.left_out} left out" if self.left_out else "")
        return f"{self.module}:{self.line}: {self.outcome}; {tests}\n    - {self.old}\n    + {self.new}"


def equivalents(file: Path = EQUIVALENT) -> Mapping[Key, str]:
    """Return the changes that change nothing, with the reason of each."""
    listed = tomllib.loads(file.read_text("utf-8")).get("equivalent", [])
    return {(each["module"], each["old"], each["new"]): each["reason"] for each in listed}


def report(tried: Sequence[Tried], known: Mapping[Key, str]) -> str:
    """Return the score of each room, and after it what was not noticed."""
    counted = [each for each in tried if each.is_told and each.key not in known]
    lines = [f"{'room':<32}{'changes':>8}{'noticed':>9}{'hung':>6}{'score':>8}"]
    for room in sorted({each.room for each in counted}):
        lines.append(_row(room, [each for each in counted if each.room == room]))
    lines += [_row(group, _group(group, counted)) for group in FLOORS]
    missed = [str(each) for each in counted if not each.is_noticed]
    unknown = [str(each) for each in tried if not each.is_told]
    nothing = len(tried) - len(counted) - len(unknown)
    left_out = f"{nothing} changes that change nothing are left out, see {EQUIVALENT.name}."
    told = [f"Not noticed: {len(missed)}", *missed, f"Nothing can be said of: {len(unknown)}", *unknown]
    return "\n".join([*lines, left_out, "", *told])


def below(tried: Sequence[Tried], known: Mapping[Key, str]) -> list[str]:
    """Return a sentence for each floor that does not hold."""
    counted = [each for each in tried if each.is_told and each.key not in known]
    return [
        f"Of the changes in {group}, {score:.0f} % were noticed; at least {floor} % must be."
        for group, floor in FLOORS.items()
        if (score := _percent(_group(group, counted))) < floor
    ]


def _group(group: str, tried: Iterable[Tried]) -> list[Tried]:
    return [each for each in tried if group_of(each.room) == group]


def group_of(room: str) -> str:
    """Return the group of rooms that share a floor."""
    return room if room in FLOORS else OTHERS


def _percent(tried: Sequence[Tried]) -> float:
    return 100 * sum(each.is_noticed for each in tried) / len(tried) if tried else 100.0


def _row(name: str, tried: Sequence[Tried]) -> str:
    noticed = sum(each.is_noticed for each in tried)
    hung = sum(each.outcome is Outcome.HUNG for each in tried)
    return f"{name:<32}{len(tried):>8}{noticed:>9}{hung:>6}{_percent(tried):>6.0f} %"
