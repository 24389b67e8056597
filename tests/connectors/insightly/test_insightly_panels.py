"""What is special in panels for a CRM with a key and its own address, exact search, and limits of a day only."""

from __future__ import annotations

import pytest
from workbench_steps import nia, signed_in

from appconnect.panels import CallLogPanel, ConnectPanel, ContactsPanel, RateLimitsPanel
from appconnect.workbench import connect


async def test_a_key_is_not_sent_to_an_address_that_only_looks_like_insightly() -> None:
    panel = ConnectPanel(connect("insightly", mode="sandbox"))
    panel.fields["apiKey"].value = "my-key"
    panel.fields["apiUrl"].value = "https://api.na1.insightly.com.example.org"

    await panel.sign_in()
    assert "" == panel.fields["apiKey"].value
    assert "nothing was sent to it" in panel.snapshot()
    assert 0 == len(panel.workbench.trace)


async def test_the_connection_says_which_pod_it_is_at() -> None:
    panel = ConnectPanel(connect("insightly", mode="sandbox"))

    await panel.sign_in()
    assert "the API is at" in panel.snapshot()
    assert "https://api.na1.insightly.com/v3.1" in panel.snapshot()


@pytest.mark.parametrize(("formats", "found"), [("", []), ("(***) ***-****", ["Ulla Bare"])])
async def test_number_formats_are_searched_for_as_well(formats: str, found: list[str]) -> None:
    panel = ContactsPanel(await signed_in("insightly"), "212 555 0166", formats)

    await panel.search()
    assert found == [each.name for each in panel.contacts]


async def test_the_only_limit_that_is_said_is_the_days_and_it_is_said_once() -> None:
    panel = RateLimitsPanel(await signed_in("insightly"))

    shown = panel.snapshot()
    assert "Left of the day&#39;s budget, after each answer" in shown
    assert '<th scope="row">Now</th>' not in shown
    assert "59,999 of 60,000 left today" == panel.about()


async def test_the_form_offers_what_the_contact_is_linked_to() -> None:
    workbench = await signed_in("insightly")
    form = CallLogPanel(workbench, await nia(workbench))

    offered = {field: [label for label, _ in each.options] for field, each in form.links.items()}
    assert {
        "organisation": ["none", "Holt Ltd"],
        "opportunity": ["none", "Holt renewal", "Holt support plan"],
        "project": ["none", "Holt rollout"],
    } == offered
