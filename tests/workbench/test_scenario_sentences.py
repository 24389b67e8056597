"""What is said of scenarios that are saved, checked and accepted, and why one cannot be: to the letter."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from answers import call
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.errors import AppConnectError, ConfigurationError, RecordingError, Unreachable
from appconnect.http import CrmClient
from appconnect.models import LogKind
from appconnect.replay.cassette import Cassette
from appconnect.workbench import Workbench, connect
from appconnect.workbench.scenarios import saving
from appconnect.workbench.scenarios.accepting import accepted, check_file, renew_test
from appconnect.workbench.scenarios.as_code import cell_source
from appconnect.workbench.scenarios.as_code import test_source as source_of_test
from appconnect.workbench.scenarios.checking import check, differences_of, first_difference
from appconnect.workbench.scenarios.drift import Severity, drift
from appconnect.workbench.scenarios.remembered_run import remembered_run
from appconnect.workbench.scenarios.repeating import rebuilt, run_again
from appconnect.workbench.scenarios.saving import SavedScenario
from appconnect.workbench.scenarios.source_text import Writer

CRM = "pipedrive"
AGAIN = "sign in again, do it once more, and save that"


@pytest.fixture(autouse=True)
def project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    monkeypatch.setattr(saving, "project_root", lambda: tmp_path)
    monkeypatch.setattr(saving, "run_pytest", lambda *_: "1 passed")
    return tmp_path


async def worked() -> Workbench:
    workbench = await signed_in(CRM)
    await workbench.list_users()
    return workbench


async def a_recording(**operation: object) -> Cassette:
    """Signed in and asked for users, with something else in the last operation."""
    cassette = remembered_run(await worked(), "mine").cassette
    return cassette.model_copy(
        update={
            "operations": [
                *cassette.operations[:-1],
                cassette.operations[-1].model_copy(update=operation),
            ]
        }
    )


def sentence(caught: pytest.ExceptionInfo[AppConnectError]) -> str:
    return caught.value.message


# -- saved --


async def test_a_saved_scenario_tells_its_files_and_what_was_left_out(project: Path) -> None:
    workbench = await worked()
    await workbench.connector.get_user_info()
    await workbench.connector.get_user_info()
    saved = await workbench.save_scenario("mine", notebook=project / "notes.ipynb")
    told = f"{CRM}/mine is saved and was run: 2 operations, all as recorded."
    facts = {
        "recording": f"fixtures/{CRM}/mine.json",
        "test": f"tests/scenarios/test_{CRM}_mine.py (1 passed)",
        "notebook": "notes.ipynb",
        "left out": "2 requests sent by the connector's own code, outside of operations",
    }
    assert (told, facts, f"<SavedScenario {CRM}/mine: 2 operations, green>") == (
        saved.message, saved.facts, repr(saved),
    )  # fmt: skip
    html = saved._repr_html_()
    assert f"<caption>{told}</caption>" in html
    assert all(name in html for name in facts)


async def test_what_nobody_answered_is_left_out_and_said_to_be() -> None:
    workbench = await worked()
    sandbox_of(workbench).faults.add("GET", named="timeout", times=None)
    await workbench.list_users()
    sandbox_of(workbench).faults.clear()
    unanswered = len([each for each in workbench.trace if each.response is None])
    requests = "1 request" if unanswered == 1 else f"{unanswered} requests"
    assert unanswered
    assert (f"{requests} without an answer, which a recording cannot play",) == remembered_run(
        workbench, "mine"
    ).left_out


@pytest.mark.parametrize("ended", ["1 passed", "pytest ended with 3: failed"])
async def test_whether_it_is_green_is_told_by_pytest_too(monkeypatch: pytest.MonkeyPatch, ended: str) -> None:
    monkeypatch.setattr(saving, "run_pytest", lambda *_: ended)
    workbench = await signed_in(CRM)
    saved = await workbench.save_scenario("mine")
    is_green = ended == "1 passed"
    how = "all as recorded" if is_green else "the test failed"
    assert (is_green, f"{CRM}/mine is saved and was run: 1 operation, {how}.") == (
        saved.is_green, saved.message,
    )  # fmt: skip
    assert f"<SavedScenario {CRM}/mine: 1 operation, {'green' if is_green else 'red'}>" == repr(saved)


def test_what_was_saved_live_waits_for_a_look(project: Path) -> None:
    live = SavedScenario(
        f"{CRM}/mine", project / "mine.json", None, "", (), None, (), pytest="", is_green=True
    )
    assert (
        f"{CRM}/mine is saved for you only: 0 operations, all as recorded. Look through it, and take it into "
        f"the project, with: appconnect review {CRM}/mine"
    ) == live.message
    assert {"recording": "mine.json"} == live.facts


def test_a_file_outside_of_the_project_is_told_with_its_whole_path(tmp_path_factory: Any) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "mine.json"
    saved = SavedScenario("x", elsewhere, None, "", (), None, (), pytest="", is_green=True)
    assert {"recording": str(elsewhere)} == saved.facts


class Ended:
    """A run of pytest that ended so."""

    def __init__(self, returncode: int, stdout: str = "") -> None:
        self.returncode, self.stdout = returncode, stdout
        self.seen: dict[str, Any] = {}

    def __call__(self, command: list[str], **how: Any) -> Ended:
        self.seen = {"command": command, **how}
        return self


@pytest.mark.parametrize(
    ("returncode", "stdout", "told"),
    [
        (0, "E   nothing", "1 passed"),
        (4, "", "pytest ended with 4: failed"),
        (1, "F\nE   assert 1 == 2\nE   more\n", "assert 1 == 2: failed"),
    ],
)
def test_pytest_is_run_as_it_would_be_by_hand(
    project: Path, monkeypatch: pytest.MonkeyPatch, returncode: int, stdout: str, told: str
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(saving, "project_root", lambda: project)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    monkeypatch.setenv("SOMETHING", "else")
    ended = Ended(returncode, stdout)
    monkeypatch.setattr(subprocess, "run", ended)
    assert told == saving.run_pytest(project / "test_mine.py", project / "fixtures")
    command, env = ended.seen["command"], ended.seen["env"]
    assert [
        sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", str(project / "test_mine.py"),
    ] == command  # fmt: skip
    assert (str(project / "fixtures"), "", "else") == (
        env["APPCONNECT_FIXTURES"], env["PYTEST_ADDOPTS"], env["SOMETHING"],
    )  # fmt: skip
    assert (project, True, True) == tuple(ended.seen[each] for each in ("cwd", "capture_output", "text"))


@pytest.mark.parametrize("error", [OSError(), subprocess.TimeoutExpired("pytest", 120)])
def test_a_pytest_that_does_not_end_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.undo()

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(subprocess, "run", fails)
    assert "pytest did not come to its end: failed" == saving.run_pytest(project / "a.py", project)


@pytest.mark.parametrize("missing", ["pytest", "pytest_asyncio"])
def test_without_pytest_it_is_said_how_to_install_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(saving, "find_spec", lambda name: None if name == missing else True)
    told = "not run with pytest, which is not installed: pip install 'appconnect[testing]'"
    assert told == saving.run_pytest(project / "a.py", project)


# -- what cannot be saved --


async def test_why_something_cannot_be_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = connect(CRM, mode="sandbox")
    with pytest.raises(RecordingError) as caught:
        remembered_run(fresh, "mine")
    assert "Nothing has been done with this workbench yet, so there is nothing to save." == sentence(caught)

    workbench = await worked()
    clock = workbench.environment.clock
    with workbench.trace.operation("log_call", dict, clock), pytest.raises(RecordingError) as caught:
        remembered_run(workbench, "mine")
    assert "log_call is still under way; save when it is done." == sentence(caught)

    forgotten = await worked()
    forgotten.trace.clear()
    await forgotten.list_users()
    with pytest.raises(RecordingError) as caught:
        remembered_run(forgotten, "mine")
    first = forgotten.trace[0].number - 1
    assert (
        f"The first {first} requests are no longer remembered, and the sign-in is among them: {AGAIN}, "
        "with last=1 if much was done in between."
    ) == sentence(caught)

    await (await worked()).save_scenario("mine")
    replay = connect(CRM, mode="replay", scenario="mine")
    with pytest.raises(RecordingError) as caught:
        await replay.save_scenario("mine")
    assert "This workbench repeats a recording already; save in the sandbox or live." == sentence(caught)


async def test_a_sign_in_of_another_process_is_not_remembered_here(tmp_path: Path) -> None:
    first = await worked()
    kept = Workbench(first.context.definition, first.environment, settings={}, options={})
    await kept.list_users()
    with pytest.raises(RecordingError) as caught:
        remembered_run(kept, "mine")
    assert f"The sign-in was made before and is not remembered here: {AGAIN}." == sentence(caught)


async def test_what_is_there_is_not_overwritten() -> None:
    workbench = await worked()
    await workbench.save_scenario("mine")
    with pytest.raises(RecordingError) as caught:
        await workbench.save_scenario("mine")
    assert (
        f"fixtures/{CRM}/mine.json is there already. Choose another name, or save with overwrite=True."
    ) == sentence(caught)


async def test_what_ends_otherwise_is_not_saved() -> None:
    workbench = await worked()
    workbench.trace._entries[:] = workbench.trace._entries[:1] + workbench.trace._entries[2:]
    with pytest.raises(RecordingError) as caught:
        await workbench.save_scenario("mine")
    assert sentence(caught).startswith(
        "Nothing was saved, for done again with the same answers it ends otherwise: sign_in: "
    )


# -- notebooks --


async def test_a_notebook_says_what_is_in_it(project: Path) -> None:
    book = project / "notes.ipynb"
    await (await worked()).save_scenario("log-a_call", notebook=book)
    notebook = nbformat.read(book, as_version=4)
    heading, cell = notebook.cells
    assert f"## Log a call ({CRM})\n\nWhat was done, and what came of it:" == heading.source
    assert (1, 1) == (cell.execution_count, cell.outputs[0].execution_count)
    assert {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    } == notebook.metadata.kernelspec
    (project / "fixtures" / CRM / "log-a_call.json").unlink()
    with pytest.raises(RecordingError) as caught:
        await (await worked()).save_scenario("log-a_call", notebook=book, folder=project / "other")
    assert f"{book} holds {CRM}/log-a_call already; save with overwrite=True." == sentence(caught)


@pytest.mark.parametrize("text", ["{", '{"cells": 7}'])
async def test_a_notebook_that_is_none_is_told(project: Path, text: str) -> None:
    book = project / "notes.ipynb"
    book.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        await (await worked()).save_scenario("mine", notebook=book)
    assert sentence(caught).startswith(f"{book} is no notebook that can be read (")
    assert sentence(caught).endswith(").")
    assert not (project / "fixtures").exists()


async def test_a_notebook_that_cannot_be_written_is_told(project: Path) -> None:
    book = project / "nowhere" / "notes.ipynb"
    with pytest.raises(ConfigurationError) as caught:
        await (await worked()).save_scenario("mine", notebook=book)
    assert f"{book} cannot be written (No such file or directory)." == sentence(caught)


async def test_the_next_cell_has_the_next_number(project: Path) -> None:
    book = project / "notes.ipynb"
    for name in ("one", "two"):
        await (await worked()).save_scenario(name, notebook=book)
    cells = nbformat.read(book, as_version=4).cells
    assert [1, 2] == [each.execution_count for each in cells if each.cell_type == "code"]


# -- done again --


async def test_traffic_alone_and_another_mode_cannot_be_checked() -> None:
    cassette = await a_recording()
    bare = await check(cassette.model_copy(update={"operations": []}))
    assert (
        f"{CRM}/mine", "It holds no operations, only traffic: a notebook replays it.", False,
    ) == (bare.name, bare.first_cause, bare.is_green)  # fmt: skip
    with pytest.raises(RecordingError) as caught:
        first_difference(await worked())
    assert "Only a workbench in replay can be compared with its recording." == sentence(caught)


async def test_what_was_done_otherwise_in_a_replay_is_told() -> None:
    await (await worked()).save_scenario("mine")
    replay = connect(CRM, mode="replay", scenario="mine")
    await replay.sign_in()
    told = "recorded are the operations sign_in, list_users; done were sign_in"
    assert told == first_difference(replay)
    await replay.list_users()
    assert "" == first_difference(replay)


async def test_how_an_operation_ended_otherwise_is_told() -> None:
    cassette = await a_recording(error="NotFound", message="Gone.", result=None)
    run = (await worked()).trace.operations[-1]
    [ended, *_] = differences_of(cassette.operations[-1], run, is_complete=False)
    assert "done; recorded: NotFound (Gone.)" == ended
    assert [] == list(differences_of((await a_recording()).operations[-1], run, is_complete=False))


def test_all_arguments_of_all_operations_are_known() -> None:
    names = [
        name for name, each in inspect.getmembers(Workbench, inspect.iscoroutinefunction) if name[0] != "_"
    ]
    assert "explain" in " ".join(names)
    assert [{}] * len(names) == [rebuilt(name, {}) for name in names]


async def test_an_argument_that_was_wrong_then_is_wrong_again() -> None:
    cassette = await a_recording(name="find_contact", arguments={"phone_number": ["no", "text"]})
    run = await run_again(await worked(), cassette.operations[-1])
    assert ("find_contact", "InputError") == (run.name, run.error)


async def test_what_is_asked_again_and_not_answered_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    cassette, real = await a_recording(), CrmClient.send

    async def send(self: CrmClient, method: str, path: str, **how: Any) -> Any:
        if path.endswith("/users"):
            raise Unreachable("Nobody is there.")
        return await real(self, method, path, **how)

    monkeypatch.setattr(CrmClient, "send", send)
    report = await drift(cassette)
    assert ["GET /v1/users: no answer (it was not sent)"] == [
        str(each) for each in report.of(Severity.BROKEN)
    ]


async def test_why_a_request_is_not_asked_again_is_told() -> None:
    document = json.loads((await a_recording()).to_text())
    [asked] = [each for each in document["exchanges"] if each["request"]["url"].endswith("/v1/users")]

    def like(request: dict[str, Any], status: int = 200) -> dict[str, Any]:
        response = {**asked["response"], "status": status}
        return {**asked, "request": {**asked["request"], **request}, "response": response}

    document["exchanges"] = [
        *(like({}, status) for status in (401, 429, 500, 503)),
        like({"method": "POST", "body": {"text": "x"}}),
        like({"url": f"{asked['request']['url']}/<access_token>"}),
    ]
    report = await drift(Cassette.model_validate({**document, "operations": []}))
    assert (
        0, {"answered with a refusal then": 4, "a body that is no JSON": 1, "part of a sign-in": 1},
    ) == (report.asked, report.skipped)  # fmt: skip


# -- as code --


async def test_an_error_that_has_no_class_any_more_is_any_exception() -> None:
    cassette = await a_recording(error="NoSuchError", message="Gone.", result=None)
    assert "with pytest.raises(Exception):" in source_of_test(cassette)
    assert "except Exception as error:\n    users = error" in cell_source(cassette)


async def test_a_request_of_ones_own_is_expected_to_have_its_status() -> None:
    workbench = await signed_in(CRM)
    await workbench.request("GET", "/v1/users/me")
    source = source_of_test(remembered_run(workbench, "mine").cassette)
    assert "        assert answer.status == 200\n" in source


def test_a_word_of_few_is_written_by_its_name() -> None:
    writer = Writer()
    assert "LogKind.SMS" == writer.source(LogKind.SMS)
    assert {"appconnect.models": {"LogKind"}} == writer.imports


# -- accepted --


async def test_why_a_change_is_not_accepted() -> None:
    cassette = await a_recording()
    live = cassette.model_copy(
        update={"header": cassette.header.model_copy(update={"recorded_from": "live"})}
    )
    bare = cassette.model_copy(update={"operations": []})
    for each, reason, told in (
        (live, "right", "was recorded live: do it again there, and save it with overwrite=True."),
        (bare, "right", "holds no operations; renew it with: appconnect record"),
        (cassette, " ", ""),
    ):
        with pytest.raises(RecordingError) as caught:
            await accepted(each, reason)
        why = "Say why the change is right; the reason is kept in the recording."
        assert (f"{CRM}/mine {told}" if told else why) == sentence(caught)


async def test_what_becomes_of_the_case_of_an_accepted_change(project: Path) -> None:
    cassette = await a_recording()
    assert "It has no test in tests/scenarios." == await renew_test(cassette, cassette)
    path = saving.test_path(None, CRM, "mine")
    saving.write_test(path, source_of_test(cassette, (await check(cassette)).waits))
    assert f"{path.name} is written anew." == await renew_test(cassette, cassette)
    for edited in ("pass", "this is no Python"):
        path.write_text(edited, "utf-8")
        told = f"{path.name} has been edited, so it stays: see whether it still holds."
        assert (told, edited) == (await renew_test(cassette, cassette), path.read_text("utf-8"))


async def test_a_change_is_accepted_with_its_reason_in_a_sentence(project: Path) -> None:
    workbench = await signed_in(CRM)
    await workbench.log_call(call("s-1"), await nia(workbench))
    saved = await workbench.save_scenario("mine")
    text = saved.fixture.read_text("utf-8").replace("Outbound Call to Nia Holt", "Call to Nia Holt")
    saved.fixture.write_text(text, "utf-8")
    checked = await check_file(saved.fixture, " It is right. ")
    assert checked is not None
    told = f"Recorded anew, because: It is right. test_{CRM}_mine.py is written anew."
    assert told == checked.accepted
