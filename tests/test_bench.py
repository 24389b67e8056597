"""The frame of ``make bench``: what is measured is found, compared with its goal and with the run before."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from bench import runs
from bench.rows import Goal, Registry, Row, as_fast, at_most
from bench.table import table

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def row(what: str, ours: float, comparison: float, goal: Goal, **more: object) -> Row:
    return Row(what, ours, comparison, "the other way", goal, **more)


@pytest.mark.parametrize(
    ("goal", "ours", "comparison", "ratio", "is_reached"),
    [
        (as_fast(8), 1.0, 8.0, 8.0, True),
        (as_fast(8), 1.0, 7.9, 7.9, False),
        (at_most(1.5), 3.0, 2.0, 1.5, True),
        (at_most(1.5), 3.1, 2.0, 1.55, False),
        (as_fast(1), 0.0, 1.0, float("inf"), True),
    ],
)
def test_a_ratio_goes_in_the_direction_of_its_goal(
    goal: Goal, ours: float, comparison: float, ratio: float, is_reached: bool
) -> None:
    measured = row("x", ours, comparison, goal)
    assert (ratio, is_reached) == (measured.ratio, measured.is_reached)


def test_a_table_marks_what_is_missed_and_shows_the_run_before_and_the_reason() -> None:
    rows = [
        row("a match", 200.0, 1000.0, as_fast(8), floor=100.0, why="eight at once"),
        row("a body", 1.25, 1.0, at_most(1.5)),
    ]
    lines = table(rows, {"a match": 4.3}).splitlines()
    assert "a match 200 ms 1,000 ms the other way 5 ! ≥ 8 4.3 100 ms" == " ".join(lines[2].split())
    assert "a body 1.25 ms 1 ms the other way 1.25 ≤ 1.5" == " ".join(lines[3].split())
    assert "a match: eight at once" == lines[-1]


def test_of_many_runs_the_latest_ratio_of_each_row_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "build" / "bench.jsonl"
    assert {} == runs.ratios(path)
    runs.keep([row("a", 1.0, 2.0, as_fast(1)), row("b", 1.0, 3.0, as_fast(1))], NOON, path)
    for number in range(runs.MAX_RUNS):
        runs.keep([row("a", 1.0, float(number), as_fast(1))], NOON, path)
    assert {"a": runs.MAX_RUNS - 1.0} == runs.ratios(path)


def test_what_is_measured_is_chosen_by_a_part_of_its_name() -> None:
    registry = Registry()

    @registry.add
    def of_a_match() -> list[Row]:
        return []

    assert ["test_bench.of_a_match"] == list(registry.chosen([]))
    assert [] == list(registry.chosen(["replay"]))
    assert ["test_bench.of_a_match"] == list(registry.chosen(["replay", "bench.of"]))
