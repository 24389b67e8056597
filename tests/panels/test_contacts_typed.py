"""What is typed into the search field is understood as it is in code."""

from __future__ import annotations

import pytest
from workbench_steps import signed_in

from appconnect.panels import ContactsPanel


@pytest.mark.parametrize(
    "typed",
    [
        "+14155550142 ext 5",
        "415-555-0142 x5",
        "tel:+14155550142",
        "sip:+14155550142@example.com",
        "001 415 555 0142",
        "mobile: (415) 555-0142",
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
    panel = ContactsPanel(await signed_in("pipedrive"), "303 555 0199 ext 5")
    await panel.search()
    assert ("", "+13035550199") == (panel.new_name.value, panel.new_number.value)
