"""What is made up: never written live without a question, never asked of a live CRM, new in each live run."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from pathlib import Path

import pytest
from answers import call
from live_machine import LiveMachine
from platforms import CRMS, OAUTH
from workbench_steps import nia

from appconnect.errors import NobodyChosen, WriteDeclined
from appconnect.panels import ContactsPanel
from appconnect.settings import Mode
from appconnect.workbench import connect


@pytest.fixture(params=CRMS)
def live(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LiveMachine:
    return LiveMachine(request.param, monkeypatch, tmp_path / "home")


def answering(monkeypatch: pytest.MonkeyPatch, answer: str | type[Exception]) -> list[str]:
    """Have somebody answer, or nobody there to be asked; gives the questions."""
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        if not isinstance(answer, str):
            raise answer
        return answer

    monkeypatch.setattr(builtins, "input", ask)
    return asked


@pytest.mark.parametrize("answer", ["yes", "YES ", "y"])
def test_whoever_says_yes_is_asked_once_with_what_and_where(
    live: LiveMachine, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    asked = answering(monkeypatch, answer)
    live.connect().ask_before_writing("two notes")
    assert [f"This writes into your {live.crm.title} account: two notes. Type yes to go on: "] == asked


@pytest.mark.parametrize("answer", ["", "no", "yes, but", "ja", EOFError, OSError, NotImplementedError])
def test_all_else_and_nobody_there_stops_with_a_sentence(
    live: LiveMachine, monkeypatch: pytest.MonkeyPatch, answer: str | type[Exception]
) -> None:
    answering(monkeypatch, answer)
    with pytest.raises(WriteDeclined, match="Nothing was written into your") as stopped:
        live.connect().ask_before_writing("two notes")
    assert [stopped.value.message] == stopped.value._render_traceback_()


@pytest.mark.parametrize("mode", ["sandbox", "replay"])
def test_where_all_is_made_up_nobody_is_asked(
    monkeypatch: pytest.MonkeyPatch, recorded: Callable[[], None], mode: str
) -> None:
    asked = answering(monkeypatch, "no")
    recorded()
    connect(OAUTH, mode=mode).ask_before_writing("two notes")
    assert [] == asked


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    return lambda: connect(OAUTH, mode="sandbox", record=True).finish()


async def test_a_made_up_account_is_never_the_live_one(
    live: LiveMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPCONNECT_MODE", "live")
    workbench = connect(live.name, made_up=True, plan="tiny")
    assert Mode.SANDBOX is workbench.mode
    assert (await workbench.sign_in()).successful
    assert (await workbench.log_call(call(), await nia(workbench))).successful
    assert [] == live.crm.requests
    assert None is live.connect().kept_sign_in


def test_a_made_up_account_replays_where_the_mode_is_replay(
    monkeypatch: pytest.MonkeyPatch, recorded: Callable[[], None]
) -> None:
    recorded()
    assert Mode.REPLAY is connect(OAUTH, mode="replay", made_up=True).mode


def test_a_workbench_began_once_and_its_replay_when_its_recording_did(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, live: LiveMachine
) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    live.all.clock.advance(12_345.678)  # type: ignore[attr-defined]
    workbench = connect(live.name, mode="sandbox", sandbox=live.all, record=True)
    began = workbench.began
    live.all.clock.advance(60)  # type: ignore[attr-defined]
    workbench.finish()
    assert began == workbench.began == connect(live.name, mode="replay").began


async def test_a_person_is_picked_by_hand_or_by_place_or_the_cell_stops() -> None:
    workbench = connect(OAUTH, mode="sandbox")
    await workbench.sign_in()
    contacts = ContactsPanel(workbench, "+14155550177")
    with pytest.raises(NobodyChosen, match="search above for somebody") as stopped:
        contacts.picked(0)
    assert [stopped.value.message] == stopped.value._render_traceback_()
    await contacts.search()
    names = [each.name for each in contacts.contacts]
    assert 2 == len(names)
    with pytest.raises(NobodyChosen):
        contacts.picked()
    with pytest.raises(NobodyChosen):
        contacts.picked(2)
    assert names[1] == contacts.picked(1).name
    assert names[1] == contacts.picked(0).name  # what is chosen stays
