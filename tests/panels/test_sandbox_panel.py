"""What a person changes in the sandbox by hand holds from its next answer on, while other cells run."""

from __future__ import annotations

import asyncio
import json
from html import unescape

import pytest
from acme import acme
from answers import NIA
from platforms import CRMS, OAUTH
from workbench_steps import nia, sandbox_of, secrets_of, signed_in

from appconnect.panels import SandboxPanel
from appconnect.sandbox.named_faults import NAMED_FAULTS
from appconnect.settings import Mode
from appconnect.testing import steps
from appconnect.workbench import connect

WRITTEN = {"insightly": "+14155550198"}
"""Where the search compares letter by letter, a number that is not written like this is found by nobody."""
every_crm = pytest.mark.parametrize("crm", CRMS)


async def press(panel: SandboxPanel, button: object) -> None:
    button.click()  # type: ignore[attr-defined]
    await panel.done()


def choose(panel: SandboxPanel, title: str) -> None:
    """Choose an incident by a part of its words."""
    found = [value for label, value in panel.faults.incident.options if title in label]
    panel.faults.incident.value = found[0]


# -- faults --


@every_crm
async def test_an_armed_fault_meets_the_next_write_of_another_cell_and_is_gone(crm: str) -> None:
    workbench = await signed_in(crm)
    contact, panel = await nia(workbench), SandboxPanel(workbench)
    choose(panel, "answer is lost")
    assert "The work is done, and the connection breaks" in panel.faults.meaning.value
    await press(panel, panel.faults.add_button)
    assert ["the next write: answer lost"] == [each.in_words for each in sandbox_of(workbench).faults.waiting]
    assert "plan " in panel.about() and "1 fault waiting" in panel.about()
    before = len(workbench.trace)
    await workbench.create_contact("+1 415 555 0198", "Jo Lindt", even_if_known=True)
    assert contact and "ReadError" in {each.error for each in workbench.trace[before:]}
    panel.catch_up()
    assert "0 waiting" in panel.standing.value and "No fault waits" in panel.faults.waiting.children[0].value


async def test_a_fault_is_for_so_many_requests_of_a_kind_to_a_path() -> None:
    panel = SandboxPanel(await signed_in(OAUTH))
    choose(panel, "429")
    panel.faults.requests.value, panel.faults.times.value, panel.faults.path.value = "READ", 2, "*/users*"
    await panel.faults.add()
    [fault] = sandbox_of(panel.workbench).faults.waiting
    assert "the next 2 reads to */users*: 429 retry after 2" == fault.in_words
    assert "Too many requests" in panel.status.value


async def test_every_named_fault_can_be_chosen_and_says_what_it_means() -> None:
    panel = SandboxPanel(await signed_in(OAUTH))
    offered = {value.named for _, value in panel.faults.incident.options}
    assert NAMED_FAULTS.keys() == offered
    for _, value in panel.faults.incident.options:
        panel.faults.incident.value = value
        assert NAMED_FAULTS[value.named].meaning in unescape(panel.faults.meaning.value)


async def test_faults_are_taken_back_one_by_one_and_all_at_once() -> None:
    panel = SandboxPanel(await signed_in(OAUTH))
    faults = sandbox_of(panel.workbench).faults
    for title in ("429", "garbled", "slow answer"):
        choose(panel, title)
        await panel.faults.add()
    _, take_back = panel.faults.waiting.children[1].children
    await press(panel, take_back)
    assert ["429 retry after 2", "slow drip"] == [each.name for each in faults.waiting]
    await press(panel, panel.faults.clear_button)
    assert () == faults.waiting and panel.faults.clear_button.disabled


# -- clock and plan --


@every_crm
async def test_the_clock_is_moved_ahead(crm: str) -> None:
    workbench = await signed_in(crm)
    panel, before = SandboxPanel(workbench), workbench.now()
    panel.clock.amount.value, panel.clock.unit.value = 3, 3600
    await press(panel, panel.clock.jump_button)
    assert 3 * 3600 == (workbench.now() - before).total_seconds()
    assert f"{workbench.now():%H:%M:%S}" in panel.standing.value


@every_crm
async def test_past_the_end_of_a_sign_in_the_next_operation_renews_it(crm: str) -> None:
    workbench = await signed_in(crm)
    panel = SandboxPanel(workbench)
    panel.part.value = "Clock and plan"
    if sandbox_of(workbench).sign_in_ends() is None:
        assert panel.clock.expiry_button.disabled
        await panel.clock.past_expiry()
        assert "that ends by itself" in panel.status.value
        return
    await press(panel, panel.clock.expiry_button)
    before = len(workbench.trace)
    assert (await workbench.list_users()).successful
    assert {"renewal"} <= {each.purpose.value for each in workbench.trace[before:]}


@every_crm
async def test_past_the_daily_reset_the_budget_is_whole_again(crm: str) -> None:
    workbench = await signed_in(crm)
    await workbench.list_users()
    panel = SandboxPanel(workbench)
    await press(panel, panel.clock.midnight_button)
    assert "00:00:01" in panel.standing.value
    steps_before = workbench.limits.daily_remaining
    await workbench.sign_in(again=True)
    assert steps_before is None or (workbench.limits.daily_remaining or 0) > steps_before


@every_crm
async def test_the_plan_is_changed_and_told(crm: str) -> None:
    panel = SandboxPanel(await signed_in(crm))
    panel.clock.plan.value = "tiny"
    assert "tiny" == sandbox_of(panel.workbench).plan
    assert "The plan is tiny" in panel.status.value and "tiny: " in panel.standing.value


# -- switches --


@every_crm
async def test_every_switch_of_the_sandbox_is_named_in_words_and_turned(crm: str) -> None:
    panel = SandboxPanel(await signed_in(crm))
    crm_sandbox = sandbox_of(panel.workbench)
    assert {each.name for each in crm_sandbox.known_toggles} == panel.switches.boxes.keys()
    for each in crm_sandbox.known_toggles:
        box = panel.switches.boxes[each.name]
        assert each.meaning in box.description
        box.value = not each.default
        assert crm_sandbox.toggles[each.name] is not each.default


# -- people and records --


@every_crm
async def test_a_person_who_is_added_is_found_by_number(crm: str) -> None:
    panel = SandboxPanel(await signed_in(crm))
    panel.people.name.value, panel.people.phone.value = "Jo Lindt", WRITTEN.get(crm, "+1 415 555 0198")
    await press(panel, panel.people.save_button)
    assert "Jo Lindt is in the sandbox now, with id" in panel.status.value
    await panel.workbench.sleep(60)
    found = await panel.workbench.find_contact("+14155550198")
    assert ["Jo Lindt"] == [each.name for each in found.contacts if not each.is_new_contact]


@every_crm
async def test_a_person_whose_number_is_changed_is_found_by_the_new_one_only(crm: str) -> None:
    panel = SandboxPanel(await signed_in(crm))
    panel.part.value = "People"
    chosen = [value for label, value in panel.people.person.options if label.startswith("Ulla Bare")]
    panel.people.person.value = chosen[0]
    assert ("Ulla Bare", "Save") == (panel.people.name.value, panel.people.save_button.description)
    panel.people.name.value, panel.people.phone.value = "Ulla Barefoot", WRITTEN.get(crm, "+1 415 555 0198")
    await press(panel, panel.people.save_button)
    await panel.workbench.sleep(60)
    found = await panel.workbench.find_contact("+14155550198")
    assert ["Ulla Barefoot"] == [each.name for each in found.contacts if not each.is_new_contact]
    gone = await panel.workbench.find_contact("+12125550166")
    assert [] == [each.name for each in gone.contacts if not each.is_new_contact]


@every_crm
async def test_people_are_filtered_by_name_and_number(crm: str) -> None:
    panel = SandboxPanel(await signed_in(crm))
    panel.part.value = "People"
    panel.people.filter.value = "lena 4155"
    assert "Lena Fuzz" in panel.people.listed.value and "Nia Holt" not in panel.people.listed.value
    panel.people.name.value = "  "
    await panel.people.save()
    assert "A person needs a name." in panel.status.value


@every_crm
async def test_any_table_is_looked_into_and_no_secret_is_shown(crm: str) -> None:
    workbench = await signed_in(crm)
    await steps.log(workbench)
    panel = SandboxPanel(workbench)
    panel.part.value = "Records"
    seen = []
    for _, name in panel.records.table.options:
        panel.records.table.value = name
        for _, key in panel.records.record.options[:4]:
            panel.records.record.value = key
            seen.append(panel.records.body.value)
        seen.append(panel.records.listed.value)
    shown = "\n".join(seen)
    assert "Nia" in shown
    assert not [secret for secret in secrets_of(workbench) if secret in shown]


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_a_record_is_edited_as_json(crm: str) -> None:
    panel = SandboxPanel(await signed_in(crm))
    records = panel.records
    panel.part.value = "Records"
    records.table.value, records.filter.value = "deals", "renewal holt"
    [key] = [value for _, value in records.record.options if value]
    records.record.value = key
    record = json.loads(records.body.value)
    records.body.value = json.dumps(record | {"title": "Holt renewed"})
    await press(panel, records.save_button)
    assert "Holt renewed" == sandbox_of(panel.workbench).tables()["deals"][key]["title"]
    for wrong, told in (
        ("{", "This is no JSON"),
        ("[]", "A record is a JSON object"),
        ('{"id": 1}', "cannot be changed"),
    ):
        records.filter.value = ""
        records.record.value = key
        records.body.value = wrong
        await records.save()
        assert told in panel.status.value


# -- where, and while what --


async def test_it_is_changed_while_an_operation_of_another_cell_waits() -> None:
    workbench = await signed_in(OAUTH)
    panel, crm = SandboxPanel(workbench), sandbox_of(workbench)
    held, go_on, app = asyncio.Event(), asyncio.Event(), crm.app

    async def slow(*call: object) -> None:
        held.set()
        await go_on.wait()
        await app(*call)  # type: ignore[arg-type]

    crm.app = slow  # type: ignore[method-assign, assignment]
    running = asyncio.create_task(workbench.list_users())
    await held.wait()
    choose(panel, "429")
    await press(panel, panel.faults.add_button)
    assert 1 == len(crm.faults)
    go_on.set()
    crm.app = app  # type: ignore[method-assign]
    assert (await running).successful


async def test_requests_of_another_workbench_on_the_same_sandbox_are_seen() -> None:
    workbench = await signed_in(OAUTH)
    panel = SandboxPanel(workbench)
    panel._repr_mimebundle_()
    drawn = asyncio.Event()
    panel.standing.observe(lambda _: drawn.set(), "value")
    other = connect(OAUTH, mode="sandbox", sandbox=workbench.environment.sandbox)
    await other.sign_in()
    async with asyncio.timeout(30):
        while f"{sandbox_of(workbench).seen} requests seen" not in panel.standing.value:
            drawn.clear()
            await drawn.wait()
    panel.close()


async def test_a_stranger_s_sandbox_has_faults_clock_and_plan_and_says_what_it_lacks() -> None:
    workbench = connect(acme(), mode="sandbox")
    await workbench.sign_in({"passPhrase": "quiet as 7 mice"})
    panel = SandboxPanel(workbench)
    choose(panel, "401")
    await panel.faults.add()
    assert not (await workbench.find_contact(NIA)).successful
    panel.part.value = "Switches"
    assert "Acme&#39;s sandbox leaves nothing open." in panel.switches.widgets[0].value
    panel.part.value = "People"
    panel.people.name.value = "Jo Lindt"
    await panel.people.save()
    assert "Acme&#39;s sandbox cannot be filled with people." in panel.status.value
    assert "does not say where it holds people" in panel.people.listed.value
    panel.part.value = "Records"
    assert "keeps no tables" in panel.records.listed.value


async def test_without_a_sandbox_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = await signed_in(OAUTH)
    monkeypatch.setattr(type(workbench), "sandbox", None)
    told = {Mode.LIVE: f"{workbench.title} itself answers", Mode.REPLAY: "a recording answers"}
    for mode, sentence in told.items():
        monkeypatch.setattr(workbench.environment, "mode", mode)
        panel = SandboxPanel(workbench)
        assert sentence in panel.snapshot()
        assert f"<SandboxPanel for {workbench.title}: no sandbox is at work here>" == repr(panel)
        panel.close()


async def test_what_a_record_holds_is_escaped() -> None:
    panel = SandboxPanel(await signed_in(OAUTH))
    panel.part.value = "People"
    panel.people.name.value, panel.people.phone.value = "<script>alert(1)</script> Jo", "<b>1</b>"
    await panel.people.save()
    assert "<script>" not in panel.people.listed.value + panel.status.value + panel.snapshot()
