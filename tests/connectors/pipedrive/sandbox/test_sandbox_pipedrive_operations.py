"""Every operation of Pipedrive's sandbox: random queries and bodies, and what answers look like."""

from __future__ import annotations

import json
import re

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appconnect.connectors.pipedrive.sandbox import HANDLERS, PipedriveSandbox
from appconnect.connectors.pipedrive.sandbox.checks import CUSTOM_KEY
from appconnect.connectors.pipedrive.sandbox.interface import OPERATIONS
from appconnect.sandbox import Sandbox, SandboxClock
from appconnect.sandbox.coverage import NOT_PLAYED
from appconnect.sandbox.schema import Kind

COMPANY = "https://acme-sandbox.pipedrive.com"
HEADERS = {"x-api-token": "sandbox-pipedrive-api-token"}
LEAD = "00000000-0000-4000-8000-000000000001"
IDS = {"persons": 501, "organizations": 61, "deals": 901, "users": 7001, "leads": LEAD, "itemSearch": 1}
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10_000)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "1", "text", "2026-01-02", "2026-01-02T10:00:00Z", "09:10", LEAD, "open"])
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)


def path_of(operation) -> str:
    group = operation.path.removeprefix("/api/v2/").removeprefix("/v1/").partition("/")[0]
    return re.sub(r"\{[^}]*\}", str(IDS.get(group, 1)), operation.path)


@st.composite
def calls(draw):
    """An operation with a query and a body that mostly name its own fields."""
    operation = OPERATIONS[draw(st.sampled_from(sorted(HANDLERS)))]
    names = [*operation.query.fields, "unheard"]
    texts = st.sampled_from(["", "1", "501", "true", "2026-01-02", "id DESC", "holt", "a,b"])
    query = draw(st.dictionaries(st.sampled_from(names), texts, max_size=3))
    fields = operation.body.fields if operation.body else {}
    body = draw(st.dictionaries(st.sampled_from([*fields, "unheard"]), values, max_size=6) | values)
    return operation, query, [body] if operation.bodies else body


def faults(operation, data) -> list[str]:
    """Return where an answer is not as the operation's description says; null is allowed."""
    record = operation.answer
    if record is None:
        return []
    rows = data if isinstance(data, list) else [data]
    if isinstance(data, dict) and "items" in data:
        rows = []
    found = [fault for row in rows if isinstance(row, dict) for fault in record.problems(row, partly=True)]
    asked = {
        "labels",
        *(
            operation.query.fields["include_fields"].choices
            if "include_fields" in operation.query.fields
            else ()
        ),
    }
    return [
        f"{fault.path} ({fault.kind})"
        for fault in found
        if not (fault.kind is Kind.UNKNOWN and fault.path in asked)
        and not fault.path.startswith("custom_fields.")
        and not CUSTOM_KEY.fullmatch(fault.path)
    ]


@pytest.fixture(scope="module")
def world():
    clock = SandboxClock()
    crm = PipedriveSandbox(clock)
    return clock, crm, Sandbox(clock, [crm])


@given(call=calls())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400, deadline=None)
async def test_no_call_is_answered_500_or_outside_the_description(world, call):
    clock, _, sandbox = world
    operation, query, body = call
    clock.advance(2)
    if clock.now().hour > 20:
        clock.advance(12 * 3600)
    async with httpx.AsyncClient(transport=sandbox.transport(), base_url=COMPANY, headers=HEADERS) as api:
        reply = await api.request(
            operation.method, path_of(operation), params=query, content=json.dumps(body)
        )
    assert reply.status_code in {200, 201, 400, 403, 404, 410, 429}
    if "json" in reply.headers["content-type"]:
        answer = reply.json()
        assert answer["success"] is (reply.status_code < 400)
        if reply.status_code < 400:
            assert [] == faults(operation, answer.get("data"))


def test_what_the_vendor_names_in_the_groups_of_connectors_is_played(crm):
    whole = {group.group for group in crm.coverage.groups if not group.missing}
    assert {
        "Activities", "ActivityFields", "ActivityTypes", "CallLogs", "Currencies", "Filters", "LeadFields",
        "LeadLabels", "NoteFields", "Notes", "Webhooks", "Deals", "DealFields", "Files", "Leads", "LeadSources",
        "Organizations", "OrganizationFields", "Persons", "PersonFields", "Pipelines", "Recents", "Stages",
        "Users", "ItemSearch",
    } <= whole  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/v1/products", "/api/v1/products/5", "/v1/mailbox/mailThreads", "/v1/roles", "/v1/goals/find"]
)
async def test_what_is_not_played_says_so_and_falls_into_no_other_route(api, path):
    reply = await api.get(path)
    assert (501, "not played") == (reply.status_code, reply.headers[NOT_PLAYED])
    assert "this sandbox does not play GET /v1/" in reply.json()["error"]


def test_every_handler_is_an_operation_of_the_description():
    assert set(HANDLERS) <= set(OPERATIONS)
