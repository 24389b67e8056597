"""The rows of the table, and the registry of what measures them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

Measurement = Callable[[], Iterable["Row"] | Awaitable[Iterable["Row"]]]

SECONDS: Final = "s"
MILLISECONDS: Final = "ms"
MICROSECONDS: Final = "µs"
COUNT: Final = ""


@dataclass(frozen=True)
class Goal:
    """The ratio to reach: ours is so many times as fast as the comparison, or takes so many times as much."""

    ratio: float
    as_fast: bool

    def of(self, ours: float, comparison: float) -> float:
        """Return the ratio of what was measured."""
        above, below = (comparison, ours) if self.as_fast else (ours, comparison)
        return above / below if below else float("inf")

    def is_reached(self, ratio: float) -> bool:
        """Return whether a ratio is good enough."""
        return ratio >= self.ratio if self.as_fast else ratio <= self.ratio

    def __str__(self) -> str:
        return f"{'≥' if self.as_fast else '≤'} {self.ratio:g}"


def as_fast(times: float) -> Goal:
    """Return the goal of being so many times as fast as the comparison."""
    return Goal(times, True)


def at_most(times: float) -> Goal:
    """Return the goal of taking at most so many times as much as the comparison."""
    return Goal(times, False)


@dataclass(frozen=True)
class Row:
    """One line: ``what`` was measured, ``ours`` and the ``comparison`` (called ``against``) in the same unit.

    ``floor`` is what cannot be gone below, in that unit, and ``why`` explains what is between it and ours.
    """

    what: str
    ours: float
    comparison: float
    against: str
    goal: Goal
    unit: str = MILLISECONDS
    floor: float | None = None
    why: str = ""

    @property
    def ratio(self) -> float:
        """How ours compares, in the direction of the goal."""
        return self.goal.of(self.ours, self.comparison)

    @property
    def is_reached(self) -> bool:
        """Whether the goal is reached."""
        return self.goal.is_reached(self.ratio)


@dataclass
class Registry:
    """What is measured, by name, in the order in which it was found."""

    measurements: dict[str, Measurement] = field(default_factory=dict)

    def add(self, work: Measurement) -> Measurement:
        """Measure with this function, which returns rows, from now on."""
        module = work.__module__.rpartition(".")[2]
        self.measurements[f"{module}.{work.__name__}"] = work
        return work

    def chosen(self, parts: Iterable[str]) -> dict[str, Measurement]:
        """Return what has one of the parts in its name; everything without any."""
        wanted = tuple(parts)
        every = self.measurements.items()
        return {name: work for name, work in every if not wanted or any(part in name for part in wanted)}


REGISTRY = Registry()
measurement = REGISTRY.add
