"""The panels that hand traffic to other programs, and that look into the history."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest
from answers import NASTY, call
from har_schema import check
from workbench_steps import CRMS, nia, secrets_of, signed_in

from appconnect.history import FILE, History
from appconnect.panels import ExportPanel, HistoryPanel
from appconnect.workbench import Workbench, connect

every_crm = pytest.mark.parametrize("crm", CRMS)


async def worked(crm: str) -> Workbench:
    workbench = await signed_in(crm)
    await workbench.log_call(call(), await nia(workbench), note=NASTY)
    return workbench


# -- exports --


def linked(html: str) -> bytes:
    """The file in a link."""
    found = re.search(r'href="data:[\w/]+;base64,([^"]+)"', html)
    assert found is not None
    return base64.b64decode(found[1])


@every_crm
async def test_a_request_becomes_a_command_and_a_script(crm: str) -> None:
    workbench = await worked(crm)
    panel = ExportPanel(workbench)
    newest = workbench.trace[-1]
    assert newest.number == panel.request.value
    panel.curl_button.click()
    await panel.done()
    assert newest.as_curl() == panel.made
    assert "once its variables are set" in panel.status.value
    panel.where.value = "sandbox"
    panel.sandbox.value = "http://127.0.0.1:8712"
    panel.httpx_button.click()
    await panel.done()
    assert newest.as_httpx("http://127.0.0.1:8712") == panel.made
    assert "as it is" in panel.status.value
    assert [] == [secret for secret in secrets_of(workbench) if secret in panel.result.value]


@every_crm
@pytest.mark.parametrize("people", [False, True])
async def test_all_traffic_becomes_a_har_file_and_a_table(crm: str, people: bool) -> None:
    workbench = await worked(crm)
    panel = ExportPanel(workbench)
    panel.people.value = people
    await panel.har()
    document = json.loads(linked(panel.result.value))
    check(document)
    assert len(workbench.trace) == len(document["log"]["entries"])
    assert ("Nia" in linked(panel.result.value).decode()) is people
    assert ("People's data is in this file" in str(panel.status.value).replace("&#39;", "'")) is people
    await panel.table()
    assert linked(panel.result.value).decode().startswith("number,operation,operation_name")


async def test_what_is_new_can_be_chosen_and_what_was_chosen_stays() -> None:
    workbench = await signed_in(CRMS[0])
    panel = ExportPanel(workbench)
    panel.request.value = 1
    await workbench.list_users()
    await panel.curl()
    assert 1 == panel.request.value
    assert len(workbench.trace) == len(panel.request.options)


async def test_without_a_request_or_a_sandbox_a_sentence_says_so() -> None:
    panel = ExportPanel(connect(CRMS[0], mode="sandbox"))
    await panel.curl()
    assert "Nothing has been sent yet" in panel.status.value
    panel = ExportPanel(await signed_in(CRMS[0]))
    panel.where.value, panel.sandbox.value = "sandbox", "https://evil.example"
    await panel.curl()
    assert "The sandbox is on this computer" in panel.status.value


async def test_foreign_text_is_escaped_in_both_panels(kept: Path) -> None:
    workbench = await worked(CRMS[0])
    await workbench.find_contact_with_name("<img src=x onerror=alert(1)>")
    export, history = ExportPanel(workbench), HistoryPanel(workbench, "onerror")
    await export.curl()
    shown = [export.result.value, history.snapshot(), *(each.value for each in history._listed.children)]
    assert len(history.found) > 0
    assert [] == [each for each in shown if "<img" in each]


# -- history --


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("APPCONNECT_HISTORY", "1")
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / FILE


async def test_words_choices_and_more_find_entries(kept: Path) -> None:
    one, other = await worked(CRMS[0]), await worked(CRMS[1])
    panel = HistoryPanel(one)
    assert set(CRMS[:2]) == {each.crm for each in panel.found}
    panel.crm.value = CRMS[1]
    assert {CRMS[1]} == {each.crm for each in panel.found}
    panel.operation.value = "log_call"
    panel.kind.value = "operation"
    assert 1 == len(panel.found) == len(panel._listed.children)
    panel.words.value = "nobody-said-this"
    panel.search_button.click()
    await panel.done()
    assert "Nothing fits" in panel.status.value
    assert "nothing found" == panel.about()
    assert len(other.history) == len(History(kept))


async def test_more_shows_older_ones(kept: Path) -> None:
    workbench = await signed_in(CRMS[0])
    for number in range(60):
        await workbench.find_contact(f"+1415867{number:04}")
    panel = HistoryPanel(workbench)
    assert 50 == len(panel.found)
    assert not panel.more_button.disabled
    await panel.more()
    assert 100 == len(panel.found)
    panel.kind.value = "operation"
    assert panel.more_button.disabled


async def test_an_entry_opens_to_everything_but_no_secret(kept: Path) -> None:
    workbench = await worked(CRMS[0])
    panel = HistoryPanel(workbench)
    shown = "".join(each.value for each in panel._listed.children)
    assert "curl -X" in shown
    assert "Arguments" in shown
    assert [] == [secret for secret in secrets_of(workbench) if secret in shown]


async def test_an_empty_a_damaged_and_a_switched_off_history_say_so(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = connect(CRMS[0], mode="sandbox")
    assert "Nothing was kept yet" in HistoryPanel(workbench).status.value
    monkeypatch.setenv("APPCONNECT_HISTORY", "0")
    assert "history is off" in HistoryPanel(connect(CRMS[0], mode="sandbox")).status.value
    damage(kept)
    assert "cannot be used" in HistoryPanel(workbench).status.value


async def test_half_a_character_in_the_words_is_told_in_a_sentence(kept: Path) -> None:
    panel = HistoryPanel(await worked(CRMS[0]), showing="\ud800")
    told = "What is searched for has a character in it that cannot be written (\\ud800); take it out."
    assert told in panel.status.value
    panel.status.value = ""
    panel.search_button.click()
    await panel.done()
    assert told in panel.status.value


def damage(path: Path) -> None:
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    path.write_bytes(b"no database" * 1000)
    path.chmod(0o600)
