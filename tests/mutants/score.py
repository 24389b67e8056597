"""The score: how many of the changes the tests notice, by room, and which they do not."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutants.running import Outcome
from mutants.sample import PANELS

FLOORS = {PANELS: 85, "all others": 95}
"""Percent of the changes that must be noticed, over all rooms of each kind."""
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

    @property
    def is_noticed(self) -> bool:
        """True where a test failed or hung."""
        return self.outcome in (Outcome.NOTICED, Outcome.HUNG)

    @property
    def key(self) -> tuple[str, str, str]:
        """What a change is, wherever in its module the line stands."""
        return self.module, self.old, self.new

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.outcome}\n    - {self.old}\n    + {self.new}"


def equivalents(file: Path = EQUIVALENT) -> Mapping[tuple[str, str, str], str]:
    """Return the changes that change nothing, with the reason of each."""
    listed = tomllib.loads(file.read_text("utf-8")).get("equivalent", [])
    return {(each["module"], each["old"], each["new"]): each["reason"] for each in listed}


def report(tried: Sequence[Tried], known: Mapping[tuple[str, str, str], str]) -> str:
    """Return the score of each room, and after it what was not noticed."""
    counted = [each for each in tried if each.key not in known]
    lines = [f"{'room':<32}{'changes':>8}{'noticed':>9}{'score':>8}"]
    for room in sorted({each.room for each in counted}):
        lines.append(_row(room, [each for each in counted if each.room == room]))
    lines += [_row(group, _group(group, counted)) for group in FLOORS]
    missed = [str(each) for each in counted if not each.is_noticed]
    left_out = f"{len(tried) - len(counted)} changes that change nothing are left out, see {EQUIVALENT.name}."
    return "\n".join([*lines, left_out, "", f"Not noticed: {len(missed)}", *missed])


def below(tried: Sequence[Tried], known: Mapping[tuple[str, str, str], str]) -> list[str]:
    """Return a sentence for each floor that does not hold."""
    counted = [each for each in tried if each.key not in known]
    return [
        f"Of the changes in {group}, {score:.0f} % were noticed; at least {floor} % must be."
        for group, floor in FLOORS.items()
        if (score := _percent(_group(group, counted))) < floor
    ]


def _group(group: str, tried: Iterable[Tried]) -> list[Tried]:
    return [each for each in tried if (each.room == PANELS) == (group == PANELS)]


def _percent(tried: Sequence[Tried]) -> float:
    return 100 * sum(each.is_noticed for each in tried) / len(tried) if tried else 100.0


def _row(name: str, tried: Sequence[Tried]) -> str:
    noticed = sum(each.is_noticed for each in tried)
    return f"{name:<32}{len(tried):>8}{noticed:>9}{_percent(tried):>6.0f} %"
