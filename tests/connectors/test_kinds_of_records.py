"""What cannot be read is named as people call it: every kind of record that a connector lists, with one odd row."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from answers import call
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.models import Result
from appconnect.workbench import Workbench

Operation = Callable[[Workbench], Awaitable[Result]]


def users(workbench: Workbench) -> Awaitable[Result]:
    return workbench.list_users()


def find(workbench: Workbench) -> Awaitable[Result]:
    return workbench.find_contact("+14155550142")


def who_am_i(workbench: Workbench) -> Awaitable[Result]:
    return workbench.sign_in()


async def log(workbench: Workbench) -> Result:
    return await workbench.log_call(call(), await nia(workbench))


async def read(workbench: Workbench) -> Result:
    return await workbench.get_call_log(str((await log(workbench)).log_id))


async def choose(workbench: Workbench) -> Result:
    return await workbench.set_disposition(str((await log(workbench)).log_id), {"project": "601"})


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


ODD: list[tuple[str, Operation, str, Any, str]] = [
    ("pipedrive", who_am_i, "/v1/users/me", {"data": {"id": 7001, "name": []}}, "data.name of user 7001"),
    ("pipedrive", log, "/v1/activityTypes", {"data": [{"id": 1, "key_string": "call", "name": []}]},
     "data.name of activity type 1"),
    ("pipedrive", find, "/api/v2/persons", {"data": [{"id": 501, "add_time": "soon"}]},
     "data.add_time of person 501"),
    ("pipedrive", read, "/api/v2/activities/9301", {"data": {"id": 9301, "note": []}},
     "data.note of activity 9301"),
    ("insightly", who_am_i, "*/Users/Me", {"USER_ID": 41, "INSTANCE_ID": "x"}, "INSTANCE_ID of user 41"),
    ("insightly", find, "*/CustomFields/Contact", [{"FIELD_NAME": "A", "FIELD_LABEL": []}],
     "FIELD_LABEL of custom field without id"),
    ("insightly", find, "*/Contacts/Search", [{"CONTACT_ID": 1, "PHONE": "+14155550142", "TITLE": []}],
     "TITLE of contact 1"),
    ("insightly", find, "*/Leads/Search", [{"LEAD_ID": 1, "PHONE": "+14155550142", "TITLE": []}],
     "TITLE of lead 1"),
    ("insightly", find, "*/Organisations/77", {"ORGANISATION_ID": 77, "ORGANISATION_NAME": []},
     "ORGANISATION_NAME of organisation 77"),
    ("insightly", find, "*/Opportunities/501", {"OPPORTUNITY_ID": 501, "OPPORTUNITY_NAME": []},
     "OPPORTUNITY_NAME of opportunity 501"),
    ("insightly", find, "*/Projects/601", {"PROJECT_ID": 601, "PROJECT_NAME": []},
     "PROJECT_NAME of project 601"),
    ("insightly", read, "*/Events/5502", {"EVENT_ID": 5502, "OWNER_USER_ID": "x"},
     "OWNER_USER_ID of event 5502"),
    ("insightly", choose, "*/Events/5502/Links", [{"LINK_ID": 9, "LINK_OBJECT_NAME": []}],
     "LINK_OBJECT_NAME of link 9"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("crm", "operation", "path", "answer", "what"), ODD, ids=[f"{crm}-{what}" for crm, *_, what in ODD]
)
async def test_an_odd_value_is_told_with_the_record_that_has_it(
    crm: str, operation: Operation, path: str, answer: Any, what: str
) -> None:
    workbench = await signed_in(crm, settings={"phoneFields": {"value": "A"}} if "custom" in what else {})
    sandbox_of(workbench).faults.add("GET", path, status=200, json=answer, times=None)
    told = (await operation(workbench)).return_message
    assert [True] == [
        True for line in told.lines if line.startswith(f"Left out of what the CRM answered: {what} (")
    ], told.lines
