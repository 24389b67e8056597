"""What was done is saved as a test from any panel, and checked again in a panel of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbench_steps import nia, signed_in

from appconnect.panels import CheckPanel, ChooserPanel, ConnectPanel, ContactsPanel, TimelinePanel
from appconnect.panels.panel import Fold
from appconnect.replay.cassette import Cassette
from appconnect.workbench import connect
from appconnect.workbench.scenarios import saving
from appconnect.workbench.scenarios.checking import CheckedOperation, CheckedScenario


@pytest.fixture(autouse=True)
def project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    monkeypatch.setattr(saving, "project_root", lambda: tmp_path)
    monkeypatch.setattr(saving, "run_pytest", lambda *_: "1 passed")
    return tmp_path


async def test_what_was_done_is_saved_from_any_panel(project: Path) -> None:
    workbench = await signed_in("redtail")
    await nia(workbench)
    panel = ContactsPanel(workbench)
    assert panel.saving is not None
    panel.saving.name.value = "Nia is found"
    panel.saving.button.click()
    await panel.done()
    assert (
        "redtail/nia_is_found is saved and was run: 2 operations, all as recorded."
        in panel.saving.status.value
    )
    assert "(1 passed)" in panel.saving.status.value
    assert "await workbench.find_contact" in panel.saving.status.value
    assert 2 == len(Cassette.load(project / "fixtures" / "redtail" / "nia_is_found.json").operations)


async def test_of_several_workbenches_the_chosen_one_is_saved(project: Path) -> None:
    first, second = await signed_in("redtail"), await signed_in("insightly")
    await nia(second)
    panel = TimelinePanel(first, second)
    assert panel.saving is not None
    assert ["Redtail", "Insightly"] == [label for label, _ in panel.saving.workbench.options]
    panel.saving.workbench.value = second
    panel.saving.name.value = "second"
    panel.saving.button.click()
    await panel.done()
    assert "insightly/second is saved" in panel.saving.status.value
    assert (project / "fixtures" / "insightly" / "second.json").exists()
    assert not (project / "fixtures" / "redtail").exists()


async def test_what_has_the_name_already_is_replaced_only_when_ticked() -> None:
    workbench = await signed_in("redtail")
    panel = ContactsPanel(workbench)
    assert panel.saving is not None
    panel.saving.name.value = "mine"
    assert await panel.saving.save()
    assert await panel.saving.save() is None
    assert "is there already" in panel.saving.status.value
    panel.saving.overwrite.value = True
    assert await panel.saving.save()
    assert panel.saving.overwrite.value is False


async def test_without_a_name_nothing_is_saved() -> None:
    panel = ContactsPanel(await signed_in("redtail"))
    assert panel.saving is not None
    assert await panel.saving.save() is None
    assert "Type a name for it first." in panel.saving.status.value


@pytest.mark.parametrize(("label", "operations"), [("all so far", 3), ("only the newest operation", 2)])
async def test_what_is_kept_is_chosen(project: Path, label: str, operations: int) -> None:
    """The newest is kept with the sign-in before it."""
    workbench = await signed_in("redtail")
    await workbench.list_users()
    await nia(workbench)
    panel = ContactsPanel(workbench)
    assert panel.saving is not None
    keep = panel.saving.what
    keep.index = keep._options_labels.index(label)
    panel.saving.name.value = " Nia: found! "
    panel.saving.name._handle_custom_msg({"event": "submit"}, [])
    await panel.done()
    assert operations == len(Cassette.load(project / "fixtures" / "redtail" / "nia_found.json").operations)


async def test_the_form_is_made_when_somebody_opens_it_and_once() -> None:
    panel = ContactsPanel(await signed_in("redtail"))
    fold = panel.view.children[-1]
    toggle, parts = fold.children
    assert "Save as test" == toggle.description
    assert () == parts.children
    fold.is_open = True
    assert panel.saving is not None
    assert panel.saving.parts == parts.children
    panel.saving.name.value = "mine"
    fold.is_open = False
    fold.is_open = True
    assert "mine" == parts.children[0].children[0].value


async def test_there_is_nothing_to_save_in_replay_and_without_a_workbench() -> None:
    await (await signed_in("redtail")).save_scenario("mine")
    replay = connect("redtail", mode="replay", scenario="mine")
    for panel in (ConnectPanel(replay), ChooserPanel()):
        assert panel.saving is None
        assert not isinstance(panel.view.children[-1], Fold)


# -- the check --


async def test_the_panel_checks_with_the_code_on_disk_and_tells_each_operation() -> None:
    workbench = await signed_in("redtail")
    await nia(workbench)
    await workbench.save_scenario("mine")
    panel = CheckPanel("redtail/mine")
    assert "<CheckPanel: nothing checked yet>" == repr(panel)
    panel.check_button.click()
    await panel.done()
    assert "<CheckPanel: 2 operations, all as recorded>" == repr(panel)
    assert "<code>find_contact</code> as recorded, 2 requests" in panel.results.value
    panel.names.value = "tea"
    await panel.check()
    assert "There is no scenario and no notebook &#39;tea&#39;" in panel.status.value
    assert "" == panel.results.value


async def test_what_is_otherwise_is_shown_and_can_be_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    red = CheckedOperation(2, "log_call", 1, ("POST /notes: body.<b>: recorded 1, sent 2", "more"))
    green = CheckedOperation(1, "sign_in", 2)

    async def found(_: object, *, accept: str = "") -> list[CheckedScenario]:
        asked.append(accept)
        return [
            CheckedScenario(
                "acme/mine", (green, red), accepted=f"Recorded anew, because: {accept}." if accept else ""
            )
        ]

    monkeypatch.setattr("appconnect.panels.check.check_anew", found)
    panel = CheckPanel()
    assert "none" == panel._accepting.layout.display
    await panel.check()
    assert "body.&lt;b&gt;: recorded 1, sent 2" in panel.results.value
    assert "1 of 2 operations otherwise than recorded." in panel.status.value
    assert panel._accepting.layout.display is None
    await panel.accept()
    assert ([""], True) == (asked, "Type first why" in panel.status.value)
    panel.reason.value = "they renamed it"
    await panel.accept()
    assert ["", "they renamed it"] == asked
    assert ("none", "") == (panel._accepting.layout.display, panel.reason.value)
