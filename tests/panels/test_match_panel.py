"""Why a number matched or not, asked in the panel: typed, explained, escaped, and what is shown when it fails."""

from __future__ import annotations

import pytest
from answers import NIA, NOBODY
from platforms import KEY, OAUTH
from workbench_steps import CRMS, sandbox_of, secrets_of, sent, signed_in

from appconnect.errors import RecordingError
from appconnect.panels import MatchPanel
from appconnect.testing.cast import CastMember
from appconnect.workbench import Workbench

every_crm = pytest.mark.parametrize("crm", CRMS)


def enter(panel: MatchPanel) -> None:
    """Press Enter in the field for the number."""
    panel.number._handle_custom_msg({"event": "submit"}, [])


@every_crm
async def test_lena_is_explained_on_enter(crm: str) -> None:
    panel = MatchPanel(await signed_in(crm), NIA, "Lena")
    enter(panel)
    await panel.done()
    assert "Lena Fuzz" in panel.status.value
    assert "no match" in panel.result.value
    assert "✓ match" in panel.result.value
    assert "What it took: " in panel.result.value
    assert panel.about() == panel.explained.summary if panel.explained else False
    assert panel.result.value in panel.snapshot()


async def test_letters_that_arrive_after_the_enter_key_are_searched_for_too() -> None:
    panel = MatchPanel(await signed_in(OAUTH), NIA, "L")
    enter(panel)
    panel.expected.value = "Lena"
    await panel.done()
    assert "Lena Fuzz" in panel.status.value


async def test_before_anything_was_asked_the_panel_says_what_to_do() -> None:
    panel = MatchPanel(await signed_in(OAUTH))
    assert "press Enter" in panel.result.value
    assert "nothing explained yet" in repr(panel)
    enter(panel)
    await panel.done()
    assert "Type a phone number first." in panel.status.value
    assert "press Enter" in panel.result.value


@every_crm
async def test_what_is_no_number_is_said_and_nothing_older_stays(crm: str) -> None:
    workbench = await signed_in(crm)
    panel = MatchPanel(workbench, NIA)
    await panel.explain()
    before = sent(workbench)
    panel.number.value = "anonymous"
    await panel.explain()
    assert before == sent(workbench)
    assert "withheld" in panel.status.value
    assert "Nia Holt" not in panel.result.value


async def test_a_name_that_nobody_has_is_said_and_is_no_success() -> None:
    panel = MatchPanel(await signed_in(OAUTH), NIA, "Nobody Atall")
    await panel.explain()
    assert "under the name “Nobody Atall”" in panel.status.value
    assert "ac-note warning" in panel.status.value


async def test_a_search_that_fails_shows_what_was_asked() -> None:
    workbench = await signed_in(OAUTH)
    sandbox_of(workbench).faults.add("GET", status=500, times=None)
    panel = MatchPanel(workbench, NIA)
    await panel.explain()
    assert "was not searched to the end" in panel.status.value
    assert "4155550142" in panel.result.value
    assert not panel.explain_button.disabled


async def test_what_goes_wrong_on_the_way_leaves_no_older_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = MatchPanel(await signed_in(OAUTH), NIA)
    await panel.explain()

    async def lost(*_: object, **__: object) -> None:
        raise RecordingError("The recording has no such request.")

    monkeypatch.setattr(Workbench, "explain_match", lost)
    await panel.explain()
    assert "The recording has no such request." in panel.status.value
    assert "Nia Holt" not in panel.result.value
    assert panel.explained is None


async def test_number_formats_are_asked_for() -> None:
    panel = MatchPanel(await signed_in(KEY), "+1 212 555 0166")
    panel.formats.value = "(***) ***-****"
    explained = await panel.explain()
    assert explained is not None
    assert "(212) 555-0166" in [form for each in explained.forms for form in each.forms]


@every_crm
async def test_spellings_are_tried_by_button(crm: str) -> None:
    workbench = await signed_in(crm)
    panel = MatchPanel(workbench, "+1 415 555 0112", "Ulla")
    before = sent(workbench)
    panel.spellings_button.click()
    await panel.done()
    assert before == sent(workbench)
    assert panel.spellings is not None
    assert "415.555.0112" in panel.table.value
    panel.phones_button.click()
    await panel.done()
    assert "Ulla Bare" in panel.table.value


async def test_spellings_need_a_number_or_somebody() -> None:
    panel = MatchPanel(await signed_in(OAUTH))
    await panel.try_expected()
    assert "Type whom you expected first" in panel.status.value
    await panel.try_spellings()
    assert "There is no phone number to search for." in panel.status.value
    assert "No spelling has been tried." in panel.table.value


@every_crm
async def test_foreign_text_is_text_and_no_secret_is_shown(crm: str) -> None:
    workbench = await signed_in(crm)
    bad = "<img src=x onerror=alert(1)>"
    sandbox_of(workbench).add_person(CastMember(bad, "Bold", "+1 303-555-0144"))
    panel = MatchPanel(workbench, "+13035550144", "Bold")
    await panel.explain()
    await panel.try_expected()
    shown = panel.status.value + panel.result.value + panel.table.value
    assert "<img" not in shown
    assert "&lt;img" in shown
    assert [] == [each for each in secrets_of(workbench) if each in shown]


async def test_nobody_at_all_is_a_warning() -> None:
    panel = MatchPanel(await signed_in(OAUTH), NOBODY)
    await panel.explain()
    assert "matches nobody" in panel.status.value
    assert "ac-note warning" in panel.status.value
