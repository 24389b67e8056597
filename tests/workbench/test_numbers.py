"""What a number costs, and what is none; the contract has the cases of numbers, typed and stored."""

from __future__ import annotations

import pytest
from answers import NIA
from workbench_steps import sent

from appconnect.errors import UnusableNumber
from appconnect.workbench import Workbench


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
