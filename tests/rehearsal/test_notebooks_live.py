"""Every notebook runs top to bottom live, and leaves in the account only what was asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from live_notebook import LiveNotebook
from platforms import absent_from, answers_of
from rehearsed import Computer

from appconnect.connectors import registry

ROOT = Path(__file__).parents[2]
WRITTEN = {
    "00_start_here": {"pipedrive": 1},
    "11_pipedrive": {"pipedrive": 5},
    "12_bullhorn": {"bullhorn": 1},
    "13_insightly": {"insightly": 1},
    "14_redtail": {"redtail": 1},
    "21_side_by_side": {},
    "31_your_first_connector": {},
}
"""How many logs each leaves, and where."""


@pytest.fixture
def notebook(computer: Computer) -> Callable[..., LiveNotebook]:
    def of(name: str, answer: str = "yes") -> LiveNotebook:
        path = ROOT / "notebooks" / f"{name}.ipynb"
        if absent := absent_from(path.read_text("utf-8")):
            pytest.skip(f"{', '.join(absent)} is not installed")
        return LiveNotebook(computer, path, answer)

    return of


def logs(computer: Computer) -> dict[str, int]:
    return {name: answers_of(name).count(computer.internet[name]) for name in registry.names()}


def difference(after: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    return {name: number - before[name] for name, number in after.items() if number != before[name]}


@pytest.mark.rehearsal
@pytest.mark.parametrize("name", WRITTEN)
def test_a_notebook_runs_live_and_leaves_what_was_asked_for(
    computer: Computer, notebook: Callable[..., LiveNotebook], name: str
) -> None:
    before = logs(computer)
    with notebook(name).kernel() as running:
        running.run()
    assert WRITTEN[name] == difference(logs(computer), before), running.asked
    assert bool(WRITTEN[name]) == bool(running.asked)


def test_there_is_a_case_for_every_notebook() -> None:
    assert list(WRITTEN) == sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
