"""Choosing a CRM: what is offered, what stays chosen, and what the choice is then worked with."""

from __future__ import annotations

from pathlib import Path

import pytest
from platforms import CRMS, KEY, KEY_TITLE, OAUTH, OAUTH_TITLE
from workbench_steps import signed_in

from appconnect.panels import ChooserPanel


@pytest.fixture
def _nothing_chosen_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChooserPanel, "last", None)


@pytest.mark.usefixtures("_nothing_chosen_yet")
async def test_what_a_person_chose_stays_when_the_cells_run_again() -> None:
    assert CRMS[0] == ChooserPanel().crm.value
    ChooserPanel(OAUTH).crm.value = KEY
    assert KEY == ChooserPanel(OAUTH).connect().platform


@pytest.mark.usefixtures("_nothing_chosen_yet")
async def test_a_replay_offers_what_was_recorded_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    workbench = await signed_in(OAUTH, record=True, scenario="one")
    await workbench.close()
    for crm in CRMS:
        await (await signed_in(crm, record=True, scenario="all")).close()
    ChooserPanel().crm.value = KEY
    monkeypatch.setenv("APPCONNECT_MODE", "replay")
    panel = ChooserPanel(OAUTH, scenario="one")
    assert ((OAUTH_TITLE, OAUTH),) == panel.crm.options
    assert OAUTH == panel.connect().platform
    assert f"for {OAUTH_TITLE} only" in panel.answers.value
    assert len(CRMS) == len(ChooserPanel(scenario="all").crm.options)


@pytest.mark.usefixtures("_nothing_chosen_yet")
async def test_a_crm_can_be_chosen_and_worked_with() -> None:
    panel = ChooserPanel()
    panel.crm.value = KEY
    assert KEY == panel.connect().platform
    assert KEY_TITLE in repr(panel)
