"""Every notebook runs top to bottom live, and leaves in the account only what was asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from live_notebook import CellFailed, LiveNotebook
from platforms import CRMS, absent_from
from rehearsed import Computer

ROOT = Path(__file__).parents[2]
WRITTEN: dict[str, dict[str, int]] = {
    "00_start_here": {"pipedrive activities": 1},
    "11_pipedrive": {"pipedrive activities": 5},
    "12_bullhorn": {"bullhorn Note": 1, "bullhorn NoteEntity": 1},
    "13_insightly": {"insightly Event": 1},
    "14_redtail": {"redtail activities": 1},
    "21_side_by_side": {},
    "31_your_first_connector": {},
    "32_debug_an_exchange": {},
    "33_why_no_match": {},
    "34_limits_and_retries": {},
    "35_record_and_check": {},
    "36_a_year_of_calls": {},
}
"""What each leaves in the account: the kinds of record that are not as before, and how many there are more."""


@pytest.fixture
def notebook(computer: Computer) -> Callable[..., LiveNotebook]:
    def of(name: str, answer: str = "yes") -> LiveNotebook:
        path = ROOT / "notebooks" / f"{name}.ipynb"
        if absent := absent_from(path.read_text("utf-8")):
            pytest.skip(f"{', '.join(absent)} is not installed")
        return LiveNotebook(computer, path, answer)

    return of


def records(computer: Computer) -> dict[str, dict[object, str]]:
    """All that the CRMs have stored, by kind and id."""
    found: dict[str, dict[object, str]] = {}
    for crm in computer.internet.sandbox:
        stored = vars(crm.database)  # type: ignore[attr-defined]
        kinds = {name: value for name, value in stored.items() if isinstance(value, Mapping | list)}
        for name, value in kinds.get("records", kinds).items():
            listed = value.items() if isinstance(value, Mapping) else enumerate(value)
            found[f"{crm.name} {name}"] = {key: repr(record) for key, record in listed}
    return found


def changes(computer: Computer, before: dict[str, dict[object, str]]) -> dict[str, int]:
    after = records(computer)
    return {kind: len(after[kind]) - len(before[kind]) for kind in after if after[kind] != before[kind]}


def kept(computer: Computer, table: str) -> int:
    """How many rows a table of the person's own store has."""
    files = list((computer.folder / "home").rglob("appconnect.sqlite3"))
    for file in files:
        with closing(sqlite3.connect(file)) as store:
            return int(store.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    return 0


@pytest.mark.rehearsal
@pytest.mark.parametrize("name", WRITTEN)
def test_a_notebook_runs_live_and_leaves_what_was_asked_for(
    computer: Computer, notebook: Callable[..., LiveNotebook], name: str
) -> None:
    before = records(computer)
    with notebook(name).kernel() as running:
        running.run()
    assert WRITTEN[name] == changes(computer, before), running.asked
    assert 0 == kept(computer, "admin_configurations")
    assert bool(WRITTEN[name]) == bool(running.asked)


def test_there_is_a_case_for_every_notebook() -> None:
    assert list(WRITTEN) == sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


def test_where_a_person_says_no_the_notebook_stops_and_nothing_is_written(
    computer: Computer, notebook: Callable[..., LiveNotebook]
) -> None:
    before = records(computer)
    with (
        notebook("14_redtail", "no").kernel() as running,
        pytest.raises(CellFailed, match="Nothing was written"),
    ):
        running.run()
    assert ({}, 1) == (changes(computer, before), len(running.asked))


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
@pytest.mark.parametrize("name", [name for name, written in WRITTEN.items() if written])
def test_a_notebook_that_was_recorded_live_replays(
    computer: Computer, notebook: Callable[..., LiveNotebook], name: str
) -> None:
    with notebook(name).kernel(APPCONNECT_RECORD="1") as running:
        running.run()
    review = computer.python("-m", "appconnect", "review", "--yes")
    told, _ = review.communicate(timeout=60)
    assert 0 == review.returncode, told
    asked = [len(crm.requests) for crm in computer.internet.sandbox]
    with notebook(name).kernel(APPCONNECT_MODE="replay") as running:
        running.run()
    assert asked == [len(crm.requests) for crm in computer.internet.sandbox]
    assert [] == running.asked


@pytest.mark.rehearsal
@pytest.mark.parametrize("crm", CRMS)
def test_the_tour_runs_live_with_every_crm(
    computer: Computer, notebook: Callable[..., LiveNotebook], crm: str
) -> None:
    with notebook("00_start_here").kernel() as running:
        running.run(instead=('ChooserPanel("pipedrive"', f'ChooserPanel("{crm}"'))
        assert crm in running.value("workbench.platform")
    assert 1 == len(running.asked)
    assert computer.internet[crm].title in running.asked[0]
