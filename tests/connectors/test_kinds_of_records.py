"""What cannot be read is named as people call it: every kind of record that a connector lists, with one odd row."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from workbench_steps import sandbox_of, signed_in

from appconnect.models import Result
from appconnect.workbench import Workbench

Operation = Callable[[Workbench], Awaitable[Result]]


def users(workbench: Workbench) -> Awaitable[Result]:
    return workbench.list_users()


def find(workbench: Workbench) -> Awaitable[Result]:
    return workbench.find_contact("+14155550142")


def make_lead(workbench: Workbench) -> Awaitable[Result]:
    return workbench.create_contact("+13035550199", "Uma New", new_contact_type="Lead")


LISTS: list[tuple[str, Operation, str, Any, str]] = [
    ("pipedrive", users, "/v1/users", {"success": True, "data": [{"name": "No id"}]}, "user"),
    ("pipedrive", find, "/api/v2/deals", {"data": [{"title": "No id"}]}, "deal or lead"),
    ("pipedrive", find, "/v1/leads", {"success": True, "data": [{"title": "No id"}]}, "deal or lead"),
    ("bullhorn", users, "*/query/CorporateUser", {"data": [{"name": "No id"}]}, "user"),
    ("insightly", users, "*/Users", [{"FIRST_NAME": "No id"}], "user"),
    ("insightly", find, "*/Leads/Search", [{"FIRST_NAME": "No id"}], "lead"),
    ("insightly", make_lead, "*/LeadSources", [{"LEAD_SOURCE": "No id"}], "lead source"),
    ("insightly", make_lead, "*/LeadStatuses", [{"LEAD_STATUS": "No id"}], "lead status"),
    ("redtail", users, "*/database_users", {"database_users": [{"full_name": "No id"}]}, "user"),
    ("redtail", find, "*/lists/categories", {"categories": [{"name": "No id"}]}, "category"),
]


@pytest.mark.parametrize(
    ("crm", "operation", "path", "answer", "kind"),
    LISTS,
    ids=[f"{crm}-{kind}-{path}" for crm, _, path, _, kind in LISTS],
)
async def test_an_odd_row_is_called_what_it_is(
    crm: str, operation: Operation, path: str, answer: Any, kind: str
) -> None:
    workbench = await signed_in(crm)
    sandbox_of(workbench).faults.add("GET", path, status=200, json=answer, times=None)
    told = (await operation(workbench)).return_message
    left_out = rf"Left out of what the CRM answered: (data of )?{kind} (number 1 of the list|without id) \("
    assert [True] == [True for line in told.lines if re.match(left_out, line)], told.lines
