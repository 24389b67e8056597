"""What was just done is kept as a recording, a pytest case and a notebook's cell, and is run at once."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest
from acme import PASS_PHRASE, REDACTION, SEAL, TENANT, acme
from answers import NIA, call
from platforms import ALL_OAUTH as OAUTH
from workbench_steps import CRMS, nia, sandbox_of, secrets_of, signed_in, walk

from appconnect.errors import AppConnectError, ConfigurationError, NotFound, RecordingError
from appconnect.replay.cassette import Cassette
from appconnect.workbench import Workbench, connect
from appconnect.workbench.sandboxes import make_sandbox
from appconnect.workbench.scenarios import saving
from appconnect.workbench.scenarios.accepting import accepted, check_file
from appconnect.workbench.scenarios.checking import check
from appconnect.workbench.scenarios.saving import SavedScenario


@pytest.fixture(autouse=True)
def project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A project of its own; pytest is run in a test or two only."""
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    monkeypatch.setattr(saving, "project_root", lambda: tmp_path)
    monkeypatch.setattr(saving, "run_pytest", lambda *_: "1 passed")
    return tmp_path


async def logged(crm: str = "pipedrive") -> Workbench:
    workbench = await signed_in(crm)
    await workbench.log_call(call("s-1"), await nia(workbench), note="Wants a quote")
    return workbench


def files(folder: Path) -> list[Path]:
    return [*folder.rglob("*.json"), *folder.rglob("*.py")]


async def saved(workbench: Workbench, name: str = "mine", **how: object) -> tuple[SavedScenario, Cassette]:
    scenario = await workbench.save_scenario(name, **how)
    return scenario, Cassette.load(scenario.fixture)


@pytest.mark.parametrize("crm", CRMS)
async def test_everything_that_can_be_done_is_kept_and_holds_when_done_again(crm: str, project: Path) -> None:
    workbench = await signed_in(crm)
    await walk(workbench)
    scenario, cassette = await saved(workbench)
    assert scenario.is_green
    assert (project / "fixtures" / crm / "mine.json", project / "tests" / "scenarios" / f"test_{crm}_mine.py") == (
        scenario.fixture, scenario.test,
    )  # fmt: skip
    assert [each.name for each in workbench.trace.operations] == [each.name for each in cassette.operations]
    assert [each.status for each in workbench.trace] == [each.response.status for each in cassette.exchanges]
    assert (await check(cassette)).first_cause == ""
    text = scenario.fixture.read_text("utf-8") + scenario.test.read_text("utf-8") + scenario.cell
    assert [] == [secret for secret in secrets_of(workbench) if secret in text]


async def test_the_case_is_code_that_a_person_would_write() -> None:
    scenario, _ = await saved(await logged())
    text = scenario.test.read_text("utf-8")
    assert 'matches = await workbench.find_contact("+14155550142")' in text
    assert re.search(r"log_call\(\s+Call\(\s+session_id=\"s-1\",", text)
    assert re.search(r"\),\s+matches\.contacts\[0\],\s+note=\"Wants a quote\",", text)
    assert 'assert logged.log_id == "9301"' in text
    assert 'assert sent(workbench) == ["GET /v1/activityTypes", "POST /api/v2/activities"]' in text


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_the_case_runs_with_pytest_and_fails_when_a_result_changes(
    crm: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(project / "fixtures"))
    scenario = await (await logged(crm)).save_scenario("mine", folder=project / "cases")
    assert ("1 passed", True) == (scenario.pytest, scenario.is_green)
    text = scenario.fixture.read_text("utf-8")
    scenario.fixture.write_text(text.replace('"message": "Call logged"', '"message": "Call lost"'), "utf-8")
    ended = saving.run_pytest(scenario.test, project / "fixtures")
    assert ended.endswith("failed")
    assert 'log_call: result.returnMessage.message: recorded "Call lost", now "Call logged"' in ended


async def test_the_cell_is_put_to_the_end_of_a_notebook_with_its_output(project: Path) -> None:
    book = project / "notes.ipynb"
    scenario, _ = await saved(await logged(), notebook=book)
    heading, cell = nbformat.read(book, as_version=4).cells
    assert heading.source.startswith("## Mine (pipedrive)")
    assert scenario.cell == cell.source
    assert ast.parse(cell.source)
    (output,) = cell.outputs
    assert ["Connected to Pipedrive as Rae Quill", "Contact found", "Call logged"] == ast.literal_eval(
        output.data["text/plain"]
    )
    scenario.fixture.unlink()
    with pytest.raises(RecordingError, match="holds pipedrive/mine already"):
        await (await logged()).save_scenario("mine", folder=project / "else", notebook=book)
    assert not scenario.fixture.exists()
    await saved(await logged(), notebook=book, overwrite=True)
    assert 2 == len(nbformat.read(book, as_version=4).cells)


async def test_nothing_is_overwritten_unasked(project: Path) -> None:
    scenario, _ = await saved(await logged())
    before = scenario.fixture.read_text("utf-8")
    workbench = await logged()
    await workbench.list_users()
    with pytest.raises(RecordingError, match=r"fixtures/pipedrive/mine\.json is there already"):
        await workbench.save_scenario("mine")
    assert before == scenario.fixture.read_text("utf-8")
    _, cassette = await saved(workbench, overwrite=True)
    assert "list_users" == cassette.operations[-1].name


@pytest.mark.parametrize("crm", OAUTH)
async def test_a_sign_in_in_two_halves_as_panels_do_it_is_repeated_as_one(crm: str) -> None:
    workbench = connect(crm, mode="sandbox")
    begun = await workbench.begin_sign_in()
    await workbench.finish_sign_in(begun, await workbench.ask_consent(begun))
    await workbench.list_users()
    _, cassette = await saved(workbench)
    assert ["sign_in", "list_users"] == [each.name for each in cassette.operations]


async def test_only_the_newest_operations_are_kept_with_their_sign_in() -> None:
    workbench = await logged()
    await workbench.list_users()
    _, cassette = await saved(workbench, last=1)
    assert ["sign_in", "list_users"] == [each.name for each in cassette.operations]


async def test_a_failure_is_kept_as_a_failure_whether_returned_or_raised() -> None:
    workbench = await logged()
    await workbench.find_contact("nonsense")
    with pytest.raises(NotFound):
        await workbench.request("GET", "/no/such/thing")
    scenario, cassette = await saved(workbench)
    assert ["UnusableNumber", "NotFound"] == [each.error for each in cassette.operations[-2:]]
    assert "with pytest.raises(NotFound):" in scenario.test.read_text("utf-8")


async def test_time_that_passed_passes_again() -> None:
    workbench = await logged()
    await workbench.sleep(90)
    await workbench.log_call(call("s-2", start_time=None), await nia(workbench))
    scenario, cassette = await saved(workbench)
    assert "await workbench.sleep(90)" in scenario.test.read_text("utf-8")
    assert (await check(cassette)).is_green


async def test_settings_options_and_plan_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"addCallLogNote": {"value": False}}
    workbench = connect("pipedrive", mode="sandbox", settings=settings, plan="tiny")
    await workbench.sign_in()
    scenario, cassette = await saved(workbench)
    assert (settings, "tiny") == (cassette.setup.settings, cassette.setup.plan)
    assert 'settings={"addCallLogNote": {"value": False}}' in scenario.test.read_text("utf-8")


async def test_what_was_sent_outside_of_operations_is_left_out_and_said_to_be() -> None:
    workbench = await logged()
    await workbench.connector.get_user_info()
    scenario, _ = await saved(workbench)
    assert ("1 request sent by the connector's own code, outside of operations",) == scenario.left_out


async def test_a_platform_that_is_not_installed_is_saved_and_checked_by_its_own_rules() -> None:
    platform = acme(REDACTION)
    sandbox = make_sandbox(platform)
    workbench = connect(platform, sandbox=sandbox, mode="sandbox")
    await workbench.sign_in()
    await workbench.find_contact("415 867 5309")
    scenario, cassette = await saved(workbench)
    assert scenario.is_green
    assert (await check(cassette, platform)).is_green
    assert [] == [each for each in (PASS_PHRASE, SEAL, TENANT) if each in scenario.fixture.read_text("utf-8")]


# -- what cannot be saved --


async def test_what_cannot_be_saved_is_told_and_nothing_is_written(project: Path) -> None:
    fresh = connect("pipedrive", mode="sandbox")
    forgotten = await logged()
    forgotten.trace.clear()
    await forgotten.list_users()
    unstorable = await logged()
    await unstorable.find_contact(object())
    for workbench, said in [
        (fresh, "Nothing has been done"),
        (forgotten, "requests are no longer remembered, and the sign-in is among them"),
        (unstorable, "find_contact cannot be repeated: its phone_number is no value"),
    ]:
        with pytest.raises(RecordingError, match=said):
            await workbench.save_scenario("mine")
    with pytest.raises(RecordingError, match="cannot name a recording"):
        await (await logged()).save_scenario("../mine")
    assert [] == files(project)


async def test_what_was_dropped_from_memory_is_told_and_a_newer_part_can_be_saved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workbench = await logged()
    monkeypatch.setattr(workbench.trace, "_keep", 8)
    for _ in range(4):
        await workbench.list_users()
    with pytest.raises(
        RecordingError, match=r"no longer remembered, and sign_in is among them: sign in again"
    ):
        await workbench.save_scenario("mine")
    await workbench.sign_in(again=True)
    await workbench.list_users()
    _, cassette = await saved(workbench, last=1)
    assert ["sign_in", "list_users"] == [each.name for each in cassette.operations]


async def test_a_replay_is_not_saved_again() -> None:
    await saved(await logged())
    replay = connect("pipedrive", mode="replay", scenario="mine")
    with pytest.raises(RecordingError, match="repeats a recording already"):
        await replay.save_scenario("mine_2")


async def test_what_ends_otherwise_when_done_again_is_not_saved(project: Path) -> None:
    workbench = await logged()
    sandbox_of(workbench).faults.add("GET", status=503, times=1)
    workbench.trace._entries[:] = workbench.trace._entries[:1] + workbench.trace._entries[2:]
    with pytest.raises(RecordingError, match="it ends otherwise"):
        await workbench.save_scenario("mine")
    assert not (project / "fixtures").exists()


async def test_a_folder_that_cannot_be_written_is_named(project: Path) -> None:
    (project / "cases").write_text("a file")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        await (await logged()).save_scenario("mine", folder=project / "cases")


# -- accepted --


async def test_a_change_that_is_right_is_recorded_anew_with_its_reason(project: Path) -> None:
    scenario, cassette = await saved(await logged())
    text = scenario.fixture.read_text("utf-8").replace("Outbound Call to Nia Holt", "Call to Nia Holt")
    scenario.fixture.write_text(text, "utf-8")
    red = await check_file(scenario.fixture)
    assert 'body.subject: recorded "Call to Nia Holt", sent "Outbound Call to Nia Holt"' in red.first_cause
    accepted_now = await check_file(scenario.fixture, "subjects say the way again")
    assert "subjects say the way again" in accepted_now.accepted
    renewed = Cassette.load(scenario.fixture)
    assert "subjects say the way again" == renewed.header.note
    assert (await check_file(scenario.fixture)).is_green
    assert [each.request for each in cassette.exchanges] == [each.request for each in renewed.exchanges]


async def test_a_case_that_a_person_has_edited_is_never_written_over(project: Path) -> None:
    scenario, _ = await saved(await logged())
    scenario.test.write_text(
        scenario.test.read_text("utf-8").replace('== "9301"', 'in ("9301", "9302")'), "utf-8"
    )
    text = scenario.fixture.read_text("utf-8").replace("Outbound Call to Nia Holt", "Call to Nia Holt")
    scenario.fixture.write_text(text, "utf-8")
    assert "has been edited, so it stays" in (await check_file(scenario.fixture, "right")).accepted
    assert "9302" in scenario.test.read_text("utf-8")


async def test_a_live_recording_is_not_renewed_in_the_sandbox() -> None:
    _, cassette = await saved(await logged())
    live = cassette.model_copy(
        update={"header": cassette.header.model_copy(update={"recorded_from": "live"})}
    )
    with pytest.raises(AppConnectError, match="was recorded live"):
        await accepted(live, "right")
    with pytest.raises(AppConnectError, match="Say why"):
        await accepted(cassette, "  ")


async def test_an_older_recording_is_read_and_written_as_it_was(project: Path) -> None:
    scenario, cassette = await saved(await logged())
    bare = cassette.model_copy(update={"operations": [], "setup": type(cassette.setup)()})
    assert {"header", "exchanges"} == json.loads(bare.to_text()).keys()
    bare.save(scenario.fixture)
    assert await check_file(scenario.fixture) is None
    assert NIA
