"""Every entry of a drop-down does what its words say."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import ipywidgets as widgets
import pytest
from answers import NOBODY
from platforms import needs
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.models import LogFormat
from appconnect.panels import CallLogPanel, ExportPanel, HistoryPanel, SandboxPanel, TimelinePanel
from appconnect.panels.exports import har_file, table_file
from appconnect.workbench import Workbench

CRM = "pipedrive"
pytestmark = needs(CRM)


def choose(dropdown: widgets.Dropdown, label: str) -> None:
    """Choose an entry by its words."""
    dropdown.index = dropdown._options_labels.index(label)


# -- the history --


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APPCONNECT_HISTORY", "1")
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path / "home"))


async def mixed() -> Workbench:
    """A workbench that did well, was refused, and met a CRM that fails."""
    workbench = await signed_in(CRM)
    await workbench.list_users()
    for status in (404, 429, 500):
        sandbox_of(workbench).faults.add(status=status, json={}, times=None)
        await workbench.get_call_log("7")
        sandbox_of(workbench).faults.clear()
    return workbench


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("label", "statuses"),
    [
        ("any", {200, 404, 429, 500}),
        ("2xx", {200}),
        ("4xx", {404, 429}),
        ("5xx", {500}),
        ("429", {429}),
    ],
)
async def test_the_history_is_searched_for_an_outcome(label: str, statuses: set[int]) -> None:
    panel = HistoryPanel(await mixed())
    choose(panel.kind, "requests")
    choose(panel.outcome, label)
    assert statuses == {each.exchange.status for each in panel.found if each.exchange}
    assert {None} == {each.run for each in panel.found}


@pytest.mark.usefixtures("kept")
async def test_the_history_is_searched_for_what_went_well_or_failed() -> None:
    panel = HistoryPanel(await mixed())
    choose(panel.kind, "operations")
    choose(panel.outcome, "ok")
    assert {"sign_in", "list_users"} == {each.operation for each in panel.found}
    assert {None} == {each.exchange for each in panel.found}
    choose(panel.outcome, "failed")
    assert {"get_call_log"} == {each.operation for each in panel.found}
    choose(panel.kind, "operations and requests")
    choose(panel.outcome, "any")
    assert {True, False} == {each.run is None for each in panel.found}


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("label", ["ever", "the last hour", "the last day", "the last week"])
async def test_what_was_done_just_now_is_in_every_time_of_the_history(label: str) -> None:
    panel = HistoryPanel(await mixed())
    everything = [each.id for each in panel.found]
    panel.since.index = None
    choose(panel.since, label)
    assert everything == [each.id for each in panel.found]
    assert "ac-dim" in panel.status.value and panel.about() in panel.status.value


@pytest.mark.usefixtures("kept")
async def test_what_a_history_has_no_more_of_cannot_be_asked_for() -> None:
    panel = HistoryPanel(await mixed(), "list_users")
    assert panel.more_button.disabled
    assert {"list_users"} == {each.operation for each in panel.found}
    assert [("any", ""), *((each, each) for each in panel.workbench.history.operations)] == list(
        panel.operation.options
    )


# -- the timeline --


@pytest.mark.parametrize(
    ("label", "statuses"),
    [
        ("any", {"200", "404", "429", "500"}),
        ("trouble: refused, failed, unanswered", {"404", "429", "500"}),
        ("2xx done", {"200"}),
        ("3xx sent elsewhere", set()),
        ("4xx refused", {"404", "429"}),
        ("5xx failed there", {"500"}),
        ("no answer", set()),
    ],
)
async def test_the_timeline_is_searched_for_a_status(label: str, statuses: set[str]) -> None:
    panel = TimelinePanel(await mixed())
    choose(panel.status_class, label)
    assert statuses == {each["status"].split()[1] for each in panel.rows if each["parent"]}


async def test_a_request_without_an_answer_is_found_as_one() -> None:
    workbench = await signed_in(CRM)
    sandbox_of(workbench).faults.add(drop=True, times=None)
    await workbench.list_users()
    panel = TimelinePanel(workbench)
    choose(panel.status_class, "no answer")
    assert {"list_users"} == {each["title"] for each in panel.rows if not each["parent"]}
    assert 0 < sum(bool(each["parent"]) for each in panel.rows)


# -- the sandbox --


@pytest.mark.parametrize(
    ("label", "seconds"), [("seconds", 1), ("minutes", 60), ("hours", 3600), ("days", 86_400)]
)
async def test_the_clock_is_moved_by_each_unit(label: str, seconds: int) -> None:
    panel = SandboxPanel(await signed_in(CRM))
    before = panel.workbench.now()
    choose(panel.clock.unit, label)
    panel.clock.amount.value = 2
    await panel.clock.jump()
    assert 2 * seconds == (panel.workbench.now() - before).total_seconds()


@pytest.mark.parametrize(
    ("label", "words", "is_met_by_a_read"),
    [
        ("the next write", "the next 9 writes: ", False),
        ("the next read", "the next 9 reads: ", True),
        ("the next request", "the next 9 requests: ", True),
    ],
)
async def test_a_fault_meets_the_kind_of_request_that_was_chosen(
    label: str, words: str, is_met_by_a_read: bool
) -> None:
    panel = SandboxPanel(await signed_in(CRM))
    choose(panel.faults.requests, label)
    panel.faults.times.value = 9
    await panel.faults.add()
    [fault] = sandbox_of(panel.workbench).faults.waiting
    assert fault.in_words.startswith(words)
    await panel.workbench.list_users()
    assert is_met_by_a_read is (fault.left != 9)


# -- the form of a call, exports --


@pytest.mark.parametrize(
    ("label", "format", "sign"),
    [
        ("HTML", LogFormat.HTML, "<b>"),
        ("Markdown", LogFormat.MARKDOWN, "**"),
        ("plain text", LogFormat.PLAIN, ""),
    ],
)
async def test_a_body_is_previewed_in_the_format_that_was_chosen(
    label: str, format: LogFormat, sign: str
) -> None:
    workbench = await signed_in(CRM)
    panel = CallLogPanel(workbench, await nia(workbench), note="A quote")
    labels = {each.casefold(): each for each in panel.format._options_labels}
    choose(panel.format, labels[label.casefold()])
    body = workbench.compose_call_body(
        panel.call(),
        panel.contact,
        format=format,
        note="A quote",
        ai_note=None,
        transcript=None,
        recording_link=None,
    )
    assert sign in body
    assert f"Preview in {labels[label.casefold()]}, " in panel.preview.value


async def test_a_request_is_for_the_crm_or_for_a_sandbox_on_this_computer() -> None:
    panel = ExportPanel(await signed_in(CRM))
    at_the_crm, at_a_sandbox = panel.where._options_labels
    choose(panel.where, at_a_sandbox)
    assert None is panel.sandbox.layout.display
    for address in ("http://127.0.0.1:8000", "http://localhost:8000"):
        panel.sandbox.value = f" {address} "
        assert address in await panel.curl()
        assert address in await panel.httpx()
    panel.sandbox.value = "https://127.0.0.1:8000"
    await panel.curl()
    assert (
        "<b>The sandbox is on this computer; write its address like http://127.0.0.1:" in panel.status.value
    )
    choose(panel.where, at_the_crm)
    assert ("none", False) == (panel.sandbox.layout.display, "127.0.0.1" in await panel.curl())


@pytest.mark.parametrize("people", [True, False])
async def test_files_are_taken_away_whole_under_the_name_of_the_crm(people: bool) -> None:
    workbench = await signed_in(CRM)
    await workbench.find_contact("+1 415 867 1234")
    panel = ExportPanel(workbench)
    panel.people.value = people
    for step, file in ((panel.har, har_file), (panel.table, table_file)):
        made = await step()
        assert made is panel.file
        plain = made.content if people else file(workbench).content
        assert people is (b"4158671234" in plain)
        assert people is (b"4158671234" in made.content)
        found = re.search(
            r'<a class="ac-download" download="(.*?)" href="data:(.*?);base64,(.*?)">Save (.*?)</a> '
            r'<span class="ac-dim">([\d,]+) bytes</span>',
            panel.result.value,
        )
        assert found is not None
        name = {"har": "pipedrive.har", "table": "pipedrive_traffic.csv"}[step.__name__]
        mime = {"har": "application/json", "table": "text/csv"}[step.__name__]
        assert (name, mime, name, f"{len(made.content):,}") == found.group(1, 2, 4, 5)
        assert made.content == base64.b64decode(found[3])


async def test_a_number_that_nobody_has_is_exported_as_one_that_was_searched_for() -> None:
    workbench = await signed_in(CRM)
    await workbench.find_contact(NOBODY)
    panel = ExportPanel(workbench)
    assert [each.number for each in workbench.trace[::-1]] == [number for _, number in panel.request.options]
    newest = workbench.trace[-1]
    assert f"{newest.number}. {newest}" == panel.request.options[0][0]
