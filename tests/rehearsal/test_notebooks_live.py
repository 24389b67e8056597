"""Every notebook runs top to bottom live, and leaves in the account only what was asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from live_notebook import CellFailed, LiveNotebook
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


def test_where_a_person_says_no_the_notebook_stops_and_nothing_is_written(
    computer: Computer, notebook: Callable[..., LiveNotebook]
) -> None:
    before = logs(computer)
    with (
        notebook("14_redtail", "no").kernel() as running,
        pytest.raises(CellFailed, match="Nothing was written"),
    ):
        running.run()
    assert ({}, 1) == (difference(logs(computer), before), len(running.asked))


@pytest.mark.rehearsal
def test_somebody_else_can_be_chosen_and_the_sign_in_is_kept_for_the_next_kernel(
    computer: Computer, notebook: Callable[..., LiveNotebook]
) -> None:
    def choose(running: LiveNotebook) -> None:
        running.execute('contacts.query.value = "Omar"; await contacts.search()')

    with notebook("00_start_here").kernel() as running:
        running.run()
    assert ["SignInNeeded"] == list(running.stopped_at)
    nobody_has_it = 'workbench, "+1 415 555 0142"', 'workbench, "+1 303 555 0199"'
    with notebook("00_start_here").kernel() as running:
        running.run(choose, instead=nobody_has_it)
        assert "Omar Vance" == running.value("contacts.chosen.name").strip()
    assert ["NobodyChosen"] == list(running.stopped_at)


@pytest.mark.rehearsal
def test_a_notebook_that_was_recorded_live_replays(
    computer: Computer, notebook: Callable[..., LiveNotebook]
) -> None:
    with notebook("00_start_here").kernel(APPCONNECT_RECORD="1") as running:
        running.run()
    review = computer.python("-m", "appconnect", "review", "--yes")
    review.communicate(timeout=60)
    assert 0 == review.returncode
    asked = len(computer.internet["pipedrive"].requests)
    with notebook("00_start_here").kernel(APPCONNECT_MODE="replay") as running:
        running.run()
    assert asked == len(computer.internet["pipedrive"].requests)
    assert [] == running.asked
