"""What a person sees of a panel, from the first sight on through its work: compared with what was agreed on.

The stories are texts in ``shown``, one a panel; ``tests/on_screen.py`` says how they are written anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from answers import NASTY, NIA, NOBODY, call
from exports import calls, people
from live_machine import LiveMachine, consent_address
from on_screen import Story
from platforms import ALL_OAUTH, CRMS, needs
from workbench_steps import nia, options_of, sandbox_of, signed_in

from appconnect.models import Direction, LogFormat
from appconnect.panels import (
    AppPanel,
    BatchPanel,
    CallLogPanel,
    CheckPanel,
    ChooserPanel,
    ConnectPanel,
    ContactsPanel,
    MessageLogPanel,
)
from appconnect.workbench import connect
from appconnect.workbench.scenarios import saving
from appconnect.workbench.scenarios.checking import CheckedOperation, CheckedScenario

CRM = "pipedrive"
"""It has all there is to show: a consent page, deals and leads, limits of a window and of the day."""
pytestmark = needs(CRM)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ChooserPanel, "last", None)
    monkeypatch.setattr(AppPanel, "last", None)


# -- contacts --


async def test_contacts() -> None:
    workbench = await signed_in(CRM)
    panel = ContactsPanel(workbench)
    story = Story(panel)
    panel.search_button.click()
    await story.done("Search without a word")
    for typed in (NIA, "Holt", "Nobody Atall", NOBODY, "102"):
        panel.query.value = typed
        panel.search_button.click()
        await story.done(f"Search for {typed}")
    panel.full_button.click()
    await story.done("Search with country code")
    sandbox_of(workbench).faults.add("GET", status=500, times=None)
    panel.query.value = "Holt"
    panel.search_button.click()
    await story.done("Search while the CRM fails")
    sandbox_of(workbench).faults.clear()
    panel.new_name.value, panel.new_number.value = "Jo Lindt", NIA
    panel.create_button.click()
    await story.done("Create a contact with a number that somebody has")
    panel.take_button.click()
    await story.done("Take that one")
    panel.create_button.click()
    await story.done("Create it once more")
    panel.anyway_button.click()
    await story.done("Create it anyway")
    story.ends("contacts")


async def test_several_contacts() -> None:
    workbench = await signed_in(CRM)
    panel = ContactsPanel(workbench, "a", "(***) ***-****")
    story = Story(panel)
    panel.search_button.click()
    await story.done("Search")
    panel.choose.value = 1
    story.then("Choose the second")
    story.ends("contacts_several")


# -- logs --


async def test_a_call_log() -> None:
    workbench = await signed_in(CRM)
    panel = CallLogPanel(workbench, note=NASTY)
    story = Story(panel)
    panel.log_button.click()
    await story.done("Log without a contact")
    panel.contact = await nia(workbench)
    story.then("A contact")
    panel.format.value = LogFormat.MARKDOWN
    story.then("As Markdown")
    panel.format.value = LogFormat.PLAIN
    story.then("As plain text")
    panel.start_time.value = "yesterday"
    story.then("A start that is no time")
    panel.start_time.value = "1969-01-02 09:30"
    story.then("A start that is no time of a call")
    panel.start_time.value = "2026-01-02 09:12"
    panel.links["deals"].value = panel.links["deals"].options[1][1]
    panel.log_button.click()
    await story.done("Log")
    panel.preview_button.click()
    await story.done("Preview an update")
    panel.note.value = "Two\nlines"
    story.then("Another note")
    panel.update_button.click()
    await story.done("Update")
    panel.links["leads"].value = panel.links["leads"].options[1][1]
    panel.disposition_button.click()
    await story.done("Set the disposition")
    panel.read_button.click()
    await story.done("Read back")
    panel.contact = (await workbench.find_contact_with_name("Omar")).contacts[0]
    story.then("Somebody else is chosen")
    panel.move_button.click()
    await story.done("Move the log")
    panel.new_button.click()
    await story.done("A new call")
    story.ends("call_log")


async def test_a_call_that_was_logged_elsewhere_or_perhaps() -> None:
    workbench = await signed_in(CRM)
    given = call("s-1", direction=Direction.INBOUND)
    await workbench.log_call(given, await nia(workbench))
    omar = (await workbench.find_contact_with_name("Omar")).contacts[0]
    panel = CallLogPanel(workbench, omar, given)
    story = Story(panel)
    panel.log_button.click()
    await story.done("Log")
    panel.move_button.click()
    await story.done("Move here")
    panel.new_button.click()
    await story.done("A new call")
    sandbox_of(workbench).faults.add(status=403, json={"error": "no"}, times=None)
    panel.log_button.click()
    await story.done("Log while the CRM refuses")
    story.ends("call_log_elsewhere")


async def test_a_message_log() -> None:
    workbench = await signed_in(CRM)
    panel = MessageLogPanel(workbench)
    story = Story(panel)
    panel.log_button.click()
    await story.done("Log without a contact")
    panel.contact = await nia(workbench)
    panel.log_button.click()
    await story.done("Log without a word")
    panel.words.value = NASTY
    panel.log_button.click()
    await story.done("Log")
    panel.words.value, panel.direction.value = "Second", Direction.OUTBOUND
    panel.log_button.click()
    await story.done("Log the second")
    for kind in ("Voicemail", "Fax", "Shared SMS"):
        panel.kind.value = kind
        story.then(kind)
        panel.log_button.click()
        await story.done("Log")
    for shared in ("[]", "{", "[" * 100_000, '{"a": NaN}'):
        panel.shared.value = shared
        panel.log_button.click()
        await story.done(f"Log what is no conversation: {shared[:10]}")
    story.ends("message_log")


# -- signing in --


@pytest.mark.parametrize("crm", CRMS)
async def test_a_sign_in(crm: str) -> None:
    workbench = connect(crm, mode="sandbox", options=options_of(crm))
    panel = ConnectPanel(workbench)
    story = Story(panel, without_state)
    panel.sign_in_button.click()
    await story.done("Sign in")
    panel.sign_out_button.click()
    await story.done("Sign out")
    story.ends(f"connect_{crm}")


def without_state(line: str) -> str:
    """What differs each time: the state of a sign-in, and the port that the browser comes back to."""
    return re.sub(r"(<td>state</td><td>)[^<]*|(127\.0\.0\.1(?::|%3A))\d+|(state=)[^&\"<]*", r"\1\2\3…", line)


@pytest.mark.parametrize("crm", ALL_OAUTH[:1])
async def test_a_sign_in_through_the_browser(
    crm: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    live = LiveMachine(crm, monkeypatch, tmp_path / "home")
    live.unset("password", "client_secret")
    panel = ConnectPanel(live.connect())
    story = Story(panel, without_state)
    panel.fields["clientSecret"].value = live.crm.credentials["client_secret"]
    panel.browser_button.click()
    address = await consent_address(panel)
    story.then("Approve in the browser")
    panel.pasted.value = "https://elsewhere.example"
    await panel.paste()
    story.then("Paste the wrong address")
    panel.cancel_button.click()
    await story.done("Cancel")
    panel.fields["clientSecret"].value = live.crm.credentials["client_secret"]
    panel.browser_button.click()
    await live.approve(await consent_address(panel))
    await story.done("Approve")
    assert address
    again = ConnectPanel(live.connect())
    Story(again, without_state).ends("connect_kept")
    story.ends("connect_browser")


# -- many rows --


async def test_a_batch(tmp_path: Path) -> None:
    workbench = await signed_in(CRM)
    frame = pd.DataFrame(list(calls(20, people(sandbox_of(workbench), 25))))
    frame.to_json(tmp_path / "calls.jsonl", orient="records", lines=True)
    panel = BatchPanel(workbench)
    story = Story(panel)
    panel.run_button.click()
    await story.done("Run without a file")
    panel.file.value = "calls.jsonl"
    panel.plan_button.click()
    await story.done("Plan")
    panel.dry_run.value = True
    panel.run_button.click()
    await story.done("A dry run of a match")
    panel.dry_run.value, panel.kind.value = False, "Log"
    story.then("Log")
    panel.run_button.click()
    await story.done("Run")
    story.ends("batch")
    Story(BatchPanel(workbench, frame)).ends("batch_of_a_frame")


# -- what was saved --


async def test_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    red = CheckedOperation(
        2, "log_call", 1, ("POST /notes: body.<b>: recorded 1, sent 2", "b", "c", "d", "e")
    )
    green = CheckedOperation(1, "sign_in", 2)
    lost = CheckedScenario("acme/lost", problem="The recording <b> is damaged.")
    found: dict[str, list[CheckedScenario]] = {
        "Nothing is there": [],
        "All is green": [CheckedScenario("acme/mine", (green,))],
        "Some is otherwise": [CheckedScenario("acme/mine", (green, red)), lost],
    }

    async def check_anew(_: object, *, accept: str = "") -> list[CheckedScenario]:
        if accept:
            return [CheckedScenario("acme/mine", (green, red), accepted=f"Recorded anew, because: {accept}.")]
        return found[step]

    monkeypatch.setattr("appconnect.panels.check.check_anew", check_anew)
    panel = CheckPanel("acme/mine", "acme/lost")
    story = Story(panel)
    for step in found:
        panel.check_button.click()
        await story.done(step)
    panel.accept_button.click()
    await story.done("Accept without a reason")
    panel.reason.value = "they renamed <it>"
    panel.accept_button.click()
    await story.done("Accept")
    story.ends("check")


async def test_save_as_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    monkeypatch.setattr(saving, "project_root", lambda: tmp_path)
    monkeypatch.setattr(saving, "run_pytest", lambda *_: "1 passed")
    panel = ContactsPanel(await signed_in(CRM), NIA)
    await panel.search()
    assert panel.saving is not None
    form, story = panel.saving, Story(panel)
    panel.view.children[-1].is_open = True
    story.then("Open it")
    for step, name, replaced in (
        ("Save without a name", "", False),
        ("Save", "-- Nia is found! --", False),
        ("Save once more", "Nia is found", False),
        ("Replace it", "Nia is found", True),
    ):
        form.name.value, form.overwrite.value = name, replaced
        form.button.click()
        await story.done(step)
    story.ends("save_as_test")


# -- the workbench without code --


async def test_the_choice_of_a_crm() -> None:
    panel = ChooserPanel(CRM)
    ContactsPanel(panel.connect())
    story = Story(panel)
    panel.crm.index = panel.crm.index - 1
    story.then("Choose another one")
    story.ends("choose_crm")


async def test_the_app() -> None:
    panel = AppPanel(CRM)
    story = Story(panel, without_state)
    panel.tabs.selected_index = 1
    await story.done("Open the second tab")
    panel.crm.index = panel.crm.index - 1
    await story.done("Choose another CRM")
    story.ends("app")
