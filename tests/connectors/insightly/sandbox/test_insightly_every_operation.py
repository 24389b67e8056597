"""Whatever is sent to whatever operation: never a 500, nothing outside the description, every refusal says why."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st
from parity.insightly_calls import RECORDS, faults, operations

from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.schema import ENTITIES, SCHEMA
from appconnect.connectors.insightly.sandbox.sign_in import RAE_KEY
from appconnect.sandbox import Sandbox, SandboxClock

CRM = InsightlySandbox(SandboxClock())
OPERATIONS = [str(each) for each in CRM.operations()]
DESCRIBED = {f"{each.method} /v3.1{each.path}": each for each in operations()}
FIELDS = sorted({name for record in SCHEMA.values() for name in record.fields})
IDS = {entity.path: [*CRM.database.records[entity.name]][:1] or [1] for entity in ENTITIES}
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    | st.sampled_from(["2026-01-02 09:00:00", "2026-01-02T09:00:00+02:00", "3101", "Contact", "PHONE_2__c", 77]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
    max_leaves=8,
)  # fmt: skip
BODIES = ANY | st.dictionaries(st.sampled_from(FIELDS), ANY, max_size=8)
LIKELY = {
    "text": st.text(max_size=5) | st.just("x" * 5000), "integer": st.sampled_from([1, 41, 77, 3101, "501", 2**63]),
    "number": st.sampled_from([1, 2.5, -1]), "boolean": st.booleans(), "any": ANY,
    "date-time": st.datetimes().map(lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}"),
}  # fmt: skip


def bodies(operation: str) -> st.SearchStrategy[Any]:
    """Bodies with most fields of their types, and any others."""
    described = DESCRIBED.get(operation)
    if described is None or described.body not in RECORDS:
        return BODIES
    fields = RECORDS[described.body].fields.values()
    likely = {each.name: st.none() | ANY if each.record else LIKELY[each.type] for each in fields}
    needed = {each.name: likely.pop(each.name) for each in fields if each.required}
    return BODIES | st.fixed_dictionaries(needed, optional=likely)


QUERIES = st.dictionaries(
    st.sampled_from(["field_name", "field_value", "top", "skip", "brief", "count_total", "tagName", "id",
                     "updated_after_utc", "record_type", "fieldName"]),
    st.text() | st.sampled_from(["PHONE", "true", "5", "9" * 5000, "2026-01-01T00:00:00Z", "contacts"]),
    max_size=4,
)  # fmt: skip


def address(path: str) -> str:
    """The path with ids of seeded records; every other parameter is 1."""
    number = IDS.get(path.split("/")[2].lower(), [1])[0]
    return re.sub(r"\{[^}]*\}", "1", path.replace("{id}", str(number), 1))


async def send(crm: InsightlySandbox, operation: str, body: Any, query: dict[str, str]) -> httpx.Response:
    method, path = operation.split(" ")
    crm.clock.advance(1)
    transport = Sandbox(crm.clock, [crm]).transport()
    auth = (RAE_KEY, "")
    async with httpx.AsyncClient(
        transport=transport, base_url="https://api.na1.insightly.com", auth=auth
    ) as http:
        content = {} if method in ("GET", "DELETE") else {"json": body}
        return await http.request(method, address(path), params=query, **content)


@settings(deadline=None, max_examples=250)
@given(st.data(), st.sampled_from(OPERATIONS), QUERIES)
def test_nothing_that_is_sent_ends_in_a_500(
    data: st.DataObject, operation: str, query: dict[str, str]
) -> None:
    CRM.reset()
    body = data.draw(bodies(operation))
    answer = asyncio.run(send(CRM, operation, body, query))
    assert answer.status_code < 500 or "x-appconnect-sandbox" in answer.headers
    if answer.status_code >= 400:
        assert "Message" in answer.json() or 501 == answer.status_code
    elif operation in DESCRIBED:
        assert [] == [*faults(DESCRIBED[operation], answer, None)]
