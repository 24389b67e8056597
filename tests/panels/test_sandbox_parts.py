"""What the sandbox panel says and offers, part by part, while things change in it."""

from __future__ import annotations

import json
from html import unescape

import pytest
from platforms import needs
from workbench_steps import sandbox_of, signed_in

from appconnect.panels import SandboxPanel
from appconnect.sandbox.people_tables import add_person

CRM = "pipedrive"
pytestmark = needs(CRM)


async def opened(part: str) -> SandboxPanel:
    panel = SandboxPanel(await signed_in(CRM))
    panel.part.value = part
    return panel


def said(panel: SandboxPanel, level: str, sentence: str) -> bool:
    return f'<div class="ac-note {level}" role="status">' in panel.status.value and (
        f"<b>{sentence}</b></div>" in unescape(panel.status.value)
    )


def people(panel: SandboxPanel) -> list[str]:
    return [label for label, _ in panel.people.person.options]


async def add(panel: SandboxPanel, name: str, phone: str = "") -> None:
    panel.people.name.value, panel.people.phone.value = name, phone
    await panel.people.save()


# -- faults --


async def test_what_is_taken_back_is_told_and_the_button_of_each_names_it() -> None:
    panel = await opened("Faults")
    await panel.faults.add()
    [line] = panel.faults.waiting.children
    told, take_back = line.children
    words = sandbox_of(panel.workbench).faults.waiting[0].in_words
    assert (f"<span>{words}</span>", f"Take back: {words}") == (told.value, take_back.tooltip)
    take_back.click()
    await panel.done()
    assert said(panel, "success", f"Taken back: {words}.")
    assert (
        "No fault waits. Everything is answered as the CRM would." in panel.faults.waiting.children[0].value
    )


async def test_a_fault_without_a_path_is_for_all_and_it_is_told_which_are_left() -> None:
    panel = await opened("Faults")
    panel.faults.requests.value, panel.faults.times.value, panel.faults.path.value = "*", 3, "  "
    panel.faults.add_button.click()
    await panel.done()
    [fault] = sandbox_of(panel.workbench).faults.waiting
    assert ("*", 3) == (fault.path, fault.left)
    before = panel.faults.waiting.children
    panel.catch_up()
    assert before == panel.faults.waiting.children, "made anew only where it changed"
    await panel.workbench.list_users()
    panel.catch_up()
    assert before != panel.faults.waiting.children
    await panel.faults.clear()
    assert said(panel, "success", "No fault waits any more.")


# -- clock and plan --


async def test_where_no_sign_in_is_at_work_none_ends() -> None:
    panel = await opened("Clock and plan")
    assert not panel.clock.expiry_button.disabled
    await panel.workbench.sign_out()
    panel.catch_up()
    assert panel.clock.expiry_button.disabled
    assert panel.clock.told.value.startswith(
        '<p class="ac-dim">No sign-in that ends by itself is at work. The day ends'
    )
    before = panel.workbench.now()
    await panel.clock.past_expiry()
    assert said(panel, "warning", "No sign-in to Pipedrive is at work that ends by itself.")
    assert before == panel.workbench.now()


async def test_a_sign_in_ends_a_second_before_the_clock_stands_and_the_day_likewise() -> None:
    panel = await opened("Clock and plan")
    ends = sandbox_of(panel.workbench).sign_in_ends()
    assert ends is not None
    await panel.clock.past_expiry()
    assert 1 == (panel.workbench.now() - ends).total_seconds()
    await panel.clock.past_midnight()
    assert "00:00:01" == f"{panel.workbench.now():%H:%M:%S}"


async def test_a_plan_that_was_chosen_elsewhere_is_seen_and_not_said_to_be_new() -> None:
    panel = await opened("Clock and plan")
    sandbox_of(panel.workbench).plan = "growth"
    panel.catch_up()
    assert ("growth", "") == (panel.clock.plan.value, panel.status.value)


# -- switches --


async def test_a_switch_that_is_turned_is_told_and_one_that_was_turned_elsewhere_is_seen() -> None:
    panel = await opened("Switches")
    crm, (name, box) = sandbox_of(panel.workbench), next(iter(panel.switches.boxes.items()))
    for position in (not box.value, box.value):
        box.value = position
        assert said(panel, "success", f"{name} is {'on' if position else 'off'} from the next answer on.")
    panel.status.value = ""
    crm.toggles[name] = not box.value
    panel.catch_up()
    assert (crm.toggles[name], "") == (box.value, panel.status.value)


# -- people --


async def test_two_hundred_people_are_offered_and_all_are_counted() -> None:
    panel = await opened("People")
    before = len(people(panel)) - 1
    for number in range(201):
        add_person(sandbox_of(panel.workbench), f"Rose {number:03}", f"+1 415 556 {number:04}")
    panel.catch_up()
    assert 201 == len(people(panel))
    panel.people.filter.value = " ROSE  415 "
    assert ("a new person", "Rose 000 · +1 415 556 0000") == tuple(people(panel)[:2])
    assert 201 == len(people(panel))
    assert f"<caption>201 of {before + 201} people</caption>" in panel.people.listed.value
    assert 200 == panel.people.listed.value.count("<td>Rose ")
    panel.people.filter.value = "rose 199"
    assert ["a new person", "Rose 199 · +1 415 556 0199"] == people(panel)


async def test_a_person_is_found_by_id_and_one_without_a_number_says_so() -> None:
    panel = await opened("People")
    added = add_person(sandbox_of(panel.workbench), "Jo Lindt", "")
    assert added is not None
    panel.catch_up()
    panel.people.filter.value = str(added.key)
    assert "Jo Lindt · no number" in people(panel)
    assert (
        f"<td>{added.key}</td><td>Jo Lindt</td><td>–</td><td>{added.table}</td>" in panel.people.listed.value
    )


async def test_who_is_chosen_is_changed_and_then_nobody_is() -> None:
    panel = await opened("People")
    button = panel.people.save_button
    assert ("Add", "Add this person to the sandbox") == (button.description, button.tooltip)
    await add(panel, "Jo Lindt", "+1 415 555 0199")
    chosen = next(value for label, value in panel.people.person.options if label.startswith("Jo Lindt"))
    panel.people.person.value = chosen
    assert ("Save", "Save name and number") == (button.description, button.tooltip)
    await add(panel, " Jo Lind ", " +1 415 555 0198 ")
    assert said(panel, "success", "Jo Lind has the number +1 415 555 0198 now.")
    assert ("", "", "", "Add") == (
        panel.people.person.value, panel.people.name.value, panel.people.phone.value, button.description,
    )  # fmt: skip
    panel.people.person.value = next(
        value for label, value in panel.people.person.options if label.startswith("Jo Lind ·")
    )
    await add(panel, "Jo Lind", " ")
    assert said(panel, "success", "Jo Lind: number removed.")


async def test_who_is_chosen_stays_chosen_while_others_come_and_is_let_go_when_filtered_out() -> None:
    panel = await opened("People")
    panel.people.person.index = 1
    chosen, name = panel.people.person.value, panel.people.name.value
    panel.people.name.value = "Typed"
    add_person(sandbox_of(panel.workbench), "Jo Lindt", "")
    panel.catch_up()
    assert (chosen, "Typed") == (panel.people.person.value, panel.people.name.value)
    assert name
    panel.people.filter.value = "nobody-has-this"
    assert ("", "", "Add") == (
        panel.people.person.value, panel.people.name.value, panel.people.save_button.description,
    )  # fmt: skip


# -- records --


async def test_tables_are_offered_with_their_sizes_and_records_with_their_ids() -> None:
    panel = await opened("Records")
    tables = sandbox_of(panel.workbench).tables()
    assert {(f"{name} ({len(rows)})", name) for name, rows in tables.items()} == set(
        panel.records.table.options
    )
    panel.records.table.value = "persons"
    assert [("choose one to edit it", ""), *((str(key), key) for key in tables["persons"])] == list(
        panel.records.record.options
    )
    count = len(tables["persons"])
    assert f"<caption>persons: the first {count} of {count}</caption>" in panel.records.listed.value
    assert ("", True) == (panel.records.body.value, panel.records.save_button.disabled)


async def test_ten_records_are_shown_and_two_hundred_offered() -> None:
    panel = await opened("Records")
    for number in range(201):
        add_person(sandbox_of(panel.workbench), f"Rose {number:03}", "")
    panel.records.table.value, panel.records.filter.value = "persons", "rose"
    panel.catch_up()
    assert "<caption>persons: the first 10 of 201</caption>" in panel.records.listed.value
    assert 10 == panel.records.listed.value.count("<td>Rose ")
    assert 201 == len(panel.records.record.options)


async def test_what_is_long_in_a_record_is_cut_at_sixty_characters() -> None:
    panel = await opened("Records")
    persons = sandbox_of(panel.workbench).tables()["persons"]
    key = next(iter(persons))
    persons[key].clear()
    persons[key].update({"id": key, "name": "x" * 60, "note": "y" * 61, "flags": ["ü", None, True]})
    panel.records.table.value, panel.records.filter.value = "persons", "xxx"
    panel.catch_up()
    assert (
        f'<tr><td>{key}</td><td>{"x" * 60}</td><td>{"y" * 59}…</td><td>["ü", null, true]</td></tr>'
        in unescape(panel.records.listed.value)
    )
    panel.records.record.value = key
    assert f'{{\n  "id": {key},\n  "name": "{"x" * 60}",\n' in panel.records.body.value
    assert '"flags": [\n    "ü",\n    null,\n    true\n  ]\n}' in panel.records.body.value


async def test_only_a_record_that_is_chosen_is_saved() -> None:
    panel = await opened("Records")
    panel.records.table.value = "persons"
    await panel.records.save()
    assert said(panel, "warning", "Choose a record first.")
    key = panel.records.record.options[1][1]
    panel.records.record.value = key
    assert not panel.records.save_button.disabled
    record = json.loads(panel.records.body.value)
    panel.records.body.value = json.dumps({**record, "name": "Jo Lindt"})
    await panel.records.save()
    assert said(panel, "success", f"Record {key} of persons is changed.")
    assert "Jo Lindt" == sandbox_of(panel.workbench).tables()["persons"][key]["name"]
    panel.records.filter.value = "nobody-has-this"
    assert "No record fits." in panel.records.listed.value
    assert ("", "", True) == (
        panel.records.record.value, panel.records.body.value, panel.records.save_button.disabled,
    )  # fmt: skip


# -- as a panel --


async def test_what_goes_wrong_while_it_is_drawn_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = await opened("Records")

    def broken() -> None:
        raise KeyError("plans")

    monkeypatch.setattr(sandbox_of(panel.workbench), "guide", broken)
    panel.catch_up()
    assert "<b>This went wrong in the workbench itself.</b><ul><li>KeyError: 'plans'</li>" in unescape(
        panel.status.value
    )


async def test_another_part_takes_away_what_was_said() -> None:
    panel = await opened("Faults")
    await panel.faults.clear()
    assert panel.status.value
    panel.part.value = "People"
    assert "" == panel.status.value
    assert panel.people.widgets == panel._shown.children


async def test_how_it_stands_is_told_in_short() -> None:
    panel = await opened("Faults")
    assert "plan lite" == panel.about()
    await panel.faults.add()
    assert "plan lite, 1 fault waiting" == panel.about()
    sandbox_of(panel.workbench).faults.add(status=500)
    assert "plan lite, 2 faults waiting" == panel.about()


async def test_a_panel_that_is_closed_hears_nothing_more() -> None:
    panel = await opened("Faults")
    panel._repr_mimebundle_()
    panel.close()
    before = panel.standing.value
    await panel.workbench.list_users()
    panel._follower.catch_up()
    assert before == panel.standing.value
