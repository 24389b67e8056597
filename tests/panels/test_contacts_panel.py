"""Searching, choosing and creating contacts by hand."""

from __future__ import annotations

from html import escape

import pytest
from platforms import CRMS, OAUTH, OAUTH_TITLE
from workbench_steps import sandbox_of, signed_in

from appconnect.panels import CallLogPanel, ContactsPanel
from appconnect.workbench import connect


async def test_a_number_in_any_spelling_is_searched_for_and_a_single_hit_is_chosen() -> None:
    panel = ContactsPanel(await signed_in(OAUTH), "+1 (415) 555-0142")
    await panel.search()
    assert ["Nia Holt"] == [each.name for each in panel.contacts]
    assert panel.chosen is panel.contacts[0]


async def test_of_several_nobody_is_chosen_until_a_person_does() -> None:
    panel = ContactsPanel(await signed_in(OAUTH), "+1 415 555 0177")
    await panel.search()
    assert panel.chosen is None
    assert "2 found in" in panel.choose.caption and "choose one" in panel.choose.caption
    panel.choose.value = 1
    second = panel.contacts[1].name
    assert panel.chosen is not None and second == panel.chosen.name
    assert f'<tr class="chosen"><td>{second} #' in panel.snapshot()


@pytest.mark.parametrize("crm", CRMS)
async def test_what_each_contact_offers_stands_in_the_table(crm: str) -> None:
    panel = ContactsPanel(await signed_in(crm), "Nia")
    await panel.search()
    offered = panel.contacts[0].additional_info
    lists = [", ".join(each.title for each in choices) for choices in offered.values()]
    assert lists
    assert [] == [each for each in lists if escape(each) not in panel.snapshot()]


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_text_from_the_crm_is_shown_as_text(crm: str) -> None:
    panel = ContactsPanel(await signed_in(crm), "Omar")
    await panel.search()
    assert "Vance pilot &lt;A&amp;B&gt;" in panel.snapshot()


async def test_without_contact_types_a_contact_is_created_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workbench = await signed_in("pipedrive")
    monkeypatch.setattr(workbench.connector.__class__, "contact_types", ())
    panel = ContactsPanel(workbench, "+1 303 555 0199")
    await panel.search()
    panel.new_name.value = "Pat New"
    created = await panel.create()
    assert created is not None and created.successful, panel.status.value


async def test_when_nobody_is_found_the_form_for_a_new_contact_opens_with_the_number_in_it() -> None:
    workbench = await signed_in(OAUTH)
    panel = ContactsPanel(workbench, "+1 303 555 0199")
    await panel.search()
    assert f"Nobody in {OAUTH_TITLE} fits “+1 303 555 0199”" in panel.results.value
    assert (True, "+13035550199") == (panel.new.is_open, panel.new_number.value)

    panel.new_name.value = "Pat <New>"
    await panel.create()
    assert panel.chosen is not None and ("Pat <New>", "+13035550199") == (
        panel.chosen.name,
        panel.chosen.phone,
    )
    assert "Pat &lt;New&gt;" in panel.snapshot()


async def offered(crm: str, number: str) -> ContactsPanel:
    """A panel in which a contact with somebody's number was to be created."""
    panel = ContactsPanel(await signed_in(crm))
    panel.new_name.value, panel.new_number.value = "Dora Double", number
    await panel.create()
    return panel


@pytest.mark.parametrize("crm", CRMS)
async def test_who_has_the_number_of_a_new_contact_already_is_shown_and_can_be_taken(crm: str) -> None:
    panel = await offered(crm, "+14155550142")
    assert "carries this number already, so Dora Double was not created" in panel.status.value
    assert (None, None) == (panel.known.layout.display, panel.chosen)
    assert "Nia Holt" in panel.snapshot()
    panel.take_button.click()
    await panel.done()
    assert panel.chosen is not None
    assert ("Nia Holt", "none") == (panel.chosen.name, panel.known.layout.display)


@pytest.mark.parametrize("crm", CRMS)
async def test_a_contact_can_be_created_although_somebody_has_its_number(crm: str) -> None:
    panel = await offered(crm, "+14155550142")
    panel.anyway_button.click()
    await panel.done()
    assert panel.chosen is not None
    assert ("Dora Double", "none") == (panel.chosen.name, panel.known.layout.display)
    assert "Contact created" in panel.status.value


async def test_of_several_who_have_the_number_one_must_be_marked_first() -> None:
    panel = await offered(OAUTH, "+1 415 555 0177")
    await panel.take()
    assert "Choose one of them first." in panel.status.value
    panel.choose.value = 1
    await panel.take()
    assert panel.chosen is panel.contacts[1]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type a phone number or a name first."),
        ("+1 415", "too short"),
    ],
)
async def test_what_cannot_be_searched_for_is_answered_and_nothing_is_sent(typed: str, said: str) -> None:
    workbench = await signed_in(OAUTH)
    before = len(workbench.trace)
    panel = ContactsPanel(workbench, typed)
    await panel.search()
    assert said in panel.status.value
    assert before == len(workbench.trace)


async def test_without_a_sign_in_the_panel_says_what_to_do() -> None:
    panel = ContactsPanel(connect(OAUTH, mode="sandbox"), "Nia")
    await panel.search()
    assert "Sign in first" in panel.status.value
    assert "0 found, none chosen" == panel.about()


async def test_a_failing_crm_leaves_the_panel_usable() -> None:
    workbench = await signed_in(OAUTH)
    panel = ContactsPanel(workbench, "Nia")
    sandbox_of(workbench).faults.add(status=403, json={"error": "no"}, times=None)
    await panel.search()
    assert "not allowed" in panel.status.value
    assert not panel.search_button.disabled
    sandbox_of(workbench).faults.clear()
    await panel.search()
    assert "Contact found" in panel.status.value


async def test_enter_in_the_field_searches() -> None:
    panel = ContactsPanel(await signed_in(OAUTH), "Nia")
    panel.query._handle_custom_msg({"event": "submit"}, [])
    await panel.done()
    assert "1 found, Nia Holt chosen" == panel.about()


@pytest.mark.parametrize("crm", ["insightly"])
async def test_a_form_follows_when_one_single_hit_replaces_another(crm: str) -> None:
    workbench = await signed_in(crm)
    contacts = ContactsPanel(workbench, "van Dyke")
    await contacts.search()
    form = CallLogPanel(workbench, contacts)

    contacts.query.value = "+14155550142"
    await contacts.search()
    assert "Nia Holt #3101" == form.whom.value
    assert ["none", "Holt rollout"] == [label for label, _ in form.links["project"].options]
