"""What is typed into the search field is understood as it is in code."""

from __future__ import annotations

import pytest
from markupsafe import escape
from platforms import CRMS
from workbench_steps import signed_in

from appconnect.panels import ContactsPanel


@pytest.mark.parametrize(
    "typed",
    [
        "+14155550142 ext 5",
        "+1 415-555-0142 x5",
        "tel:+14155550142",
        "sip:+14155550142@example.com",
        "001 415 555 0142",
        "mobile: +1 (415) 555-0142",
        "+1 (415) 555-0142 (mobile)",
        "Nia",
    ],
)
async def test_a_number_in_any_spelling_is_searched_by_number_and_a_name_by_name(typed: str) -> None:
    panel = ContactsPanel(await signed_in("pipedrive"), typed)
    await panel.search()
    assert ["Nia Holt"] == [each.name for each in panel.contacts]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("anonymous", "withheld"),
        ("Restricted", "withheld"),
        ("sip:101@pbx.example", "SIP"),
        ("415-555-0142 or 212-555-0100", "several phone numbers"),
    ],
)
async def test_what_is_no_name_is_refused_in_the_words_of_the_code(typed: str, told: str) -> None:
    workbench = await signed_in("pipedrive")
    before = len(workbench.trace)
    panel = ContactsPanel(workbench, typed)
    await panel.search()
    assert told in panel.status.value
    assert before == len(workbench.trace)
    in_code = await workbench.find_contact(typed)
    assert told in in_code.return_message.message


async def test_a_number_with_an_extension_that_nobody_has_fills_the_form_for_a_new_contact() -> None:
    panel = ContactsPanel(await signed_in("pipedrive"), "+1 303 555 0199 ext 5")
    await panel.search()
    assert ("", "+13035550199") == (panel.new_name.value, panel.new_number.value)


@pytest.mark.parametrize("crm", CRMS)
@pytest.mark.parametrize(
    "typed", ["(415) 555-0142", "415 555 0142 x5", "+1 415 555 0142", "204", "+1 415", "anonymous"]
)
async def test_the_panel_and_the_code_answer_a_typed_number_alike(crm: str, typed: str) -> None:
    workbench = await signed_in(crm)
    panel, in_code = ContactsPanel(workbench, typed), await workbench.find_contact(typed)
    await panel.search()
    assert [each.id for each in in_code.contacts] == [each.id for each in panel.contacts]
    assert escape(in_code.message) in panel.snapshot()


async def test_where_a_number_without_plus_is_an_extension_its_country_code_is_one_click_away() -> None:
    workbench = await signed_in("pipedrive")
    panel = ContactsPanel(workbench, "(415) 555-0142")
    before = len(workbench.trace)
    await panel.search()
    assert "internal extension" in panel.status.value and before == len(workbench.trace)
    assert ("Search for +14155550142", None) == (
        panel.full_button.description,
        panel.full_button.layout.display,
    )
    panel.full_button.click()
    await panel.done()
    assert ("+14155550142", ["Nia Holt"]) == (panel.query.value, [each.name for each in panel.contacts])
    assert "none" == panel.full_button.layout.display


async def test_nothing_of_an_earlier_search_stands_beside_a_later_failure() -> None:
    panel = ContactsPanel(await signed_in("pipedrive"), "Nia")
    await panel.search()
    panel.query.value = "   "
    await panel.search()
    assert "Nia Holt" not in panel.snapshot()
    assert (None, "nobody searched for yet") == (panel.chosen, panel.about())
