"""Numbers in their country's habits, typed and stored, with every platform."""

from __future__ import annotations

import pytest
from answers import NIA
from workbench_steps import sent

from appconnect.errors import UnusableNumber
from appconnect.workbench import Workbench


@pytest.mark.parametrize(
    ("stored", "sought"),
    [
        ("+54 9 11 2345 6789", "+541123456789"),
        ("+541123456789", "+54 9 11 2345 6789"),
        ("+52 1 55 1234 5678", "+525512345678"),
        ("+525512345678", "+52 1 55 1234 5678"),
        ("+55 11 8123-4567", "+5511981234567"),
    ],
)
async def test_a_contact_is_found_by_its_number_in_another_habit(
    workbench: Workbench, stored: str, sought: str
) -> None:
    assert (await workbench.create_contact(stored, "Ana Paz")).successful
    found = await workbench.find_contact(sought)
    assert ["Ana Paz"] == [each.name for each in found.contacts]


@pytest.mark.parametrize(
    "typed",
    [
        "+14155550142 ext 5",
        "+14155550142*227",
        "tel:+1-415-555-0142",
        "sip:+14155550142@example.com",
        "001 415 555 0142",
        "+1 (415) 555-0142 (mobile)",
        "\u202a+1\u00a0415\u00a0555\u20110142\u202c",
        "＋１ ４１５ ５５５ ０１４２",
    ],
)
async def test_a_number_is_found_however_it_is_typed(workbench: Workbench, typed: str) -> None:
    found = await workbench.find_contact(typed)
    assert "Nia Holt" in [each.name for each in found.contacts]


async def test_a_habit_costs_requests_only_where_there_is_one(workbench: Workbench) -> None:
    await workbench.find_contact(NIA)
    counts = []
    for number in ("+14155550199", "+447700900123", "+390669812345", "+5491123456789"):
        before = sent(workbench)
        await workbench.find_contact(number)
        counts.append(sent(workbench) - before)
    assert counts[0] == counts[1] == counts[2] <= counts[3]


@pytest.mark.parametrize(
    "typed", ["Anonymous", "Restricted", "sip:anonymous@anonymous.invalid", "4155550142 / +12125550100"]
)
async def test_what_no_contact_can_be_searched_by_is_refused_before_anything_is_sent(
    workbench: Workbench, typed: str
) -> None:
    before = sent(workbench)
    assert UnusableNumber is type((await workbench.find_contact(typed)).error)
    assert before == sent(workbench)
