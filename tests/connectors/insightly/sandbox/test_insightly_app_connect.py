"""App Connect's own Insightly connector works against the sandbox as it comes, request by request.

These are the requests of its server, as they stand: paths in lower case, values that are not encoded, dates in ISO 8601
with milliseconds, ids of events and contacts as text, and a message that is added without the start of its event. What it
reads of an answer is what is expected here.
"""

from __future__ import annotations

import base64

import httpx
import pytest

from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.sign_in import RAE_KEY
from appconnect.sandbox import Sandbox, SandboxClock

API = "https://api.na1.insightly.com/v3.1"
CALL = {
    "TITLE": "Outbound Call to Nia Holt",
    "DETAILS": "- Note: Hi\n- Duration: 4 minutes\n",
    "START_DATE_UTC": "2026-01-02T09:00:00.000Z",
    "END_DATE_UTC": "2026-01-02T09:04:05.250Z",
}
NIA, SINEAD, HOLT, RENEWAL, UPSELL, ROLLOUT = "3101", "4101", "77", "501", "502", "601"


@pytest.fixture
def crm() -> InsightlySandbox:
    return InsightlySandbox(SandboxClock())


@pytest.fixture
async def server(crm: InsightlySandbox):
    """App Connect's server, with Rae's key."""
    key = base64.b64encode(f"{RAE_KEY}:".encode()).decode()
    headers = {"Authorization": f"Basic {key}"}
    async with httpx.AsyncClient(transport=Sandbox(crm.clock, [crm]).transport(), headers=headers) as http:
        yield http


async def logged(server: httpx.AsyncClient, body: dict[str, str], *links: tuple[str, str]) -> str:
    """Log as createCallLog and createMessageLog do: the event, then its links; return its id, as text."""
    made = await server.post(f"{API}/events", json=body)
    number = str(made.json()["EVENT_ID"])
    for name, target in links:
        link = {"LINK_OBJECT_NAME": name, "LINK_OBJECT_ID": target}
        assert 201 == (await server.post(f"{API}/events/{number}/links", json=link)).status_code
    return number


async def read(server: httpx.AsyncClient, number: str) -> dict[str, object]:
    event: dict[str, object] = (await server.get(f"{API}/events/{number}")).json()
    return event


async def test_the_user_is_named_with_a_time_zone(server):
    me = (await server.get(f"{API}/users/me")).json()
    assert (41, "Rae", "Quill", "Pacific Standard Time") == tuple(
        me[name] for name in ("USER_ID", "FIRST_NAME", "LAST_NAME", "TIMEZONE_ID")
    )


async def test_users_are_listed_with_their_mail_addresses(server):
    users = (await server.get(f"{API}/users")).json()
    assert all({"USER_ID", "FIRST_NAME", "LAST_NAME", "EMAIL_ADDRESS"} <= user.keys() for user in users)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("contacts/search?field_name=PHONE&field_value=(212) 555-0166", ["Ulla Bare"]),
        ("contacts/search?field_name=PHONE_MOBILE&field_value=4155550177", ["Omar Vance"]),
        ("contacts/search?field_name=PHONE_2__c&field_value=%2B31205550198", ["Anna Maria van Dyke"]),
        ("leads/search?field_name=MOBILE&field_value=%2B353865550188", ["Sinéad O'Neil"]),
        ("leads/search?field_name=HOTLINE__c&field_value=%2B46855501299", ["Hugo Linde"]),
        ("contacts/search?field_name=FIRST_NAME&field_value=Nia", ["Nia Holt"]),
        ("contacts/search?field_name=LAST_NAME&field_value=Holt", ["Nia Holt"]),
        ("leads/search?field_name=FIRST_NAME&field_value=Sinéad O'Neil", []),
    ],
)
async def test_people_are_found_with_their_links(server, search, found):
    hits = (await server.get(f"{API}/{search}&brief=false")).json()
    assert found == [f"{hit['FIRST_NAME']} {hit['LAST_NAME']}" for hit in hits if hit["LINKS"] is not None]


async def test_a_setting_that_names_no_field_is_refused_and_not_a_fault_of_the_server(server):
    answer = await server.get(f"{API}/leads/search?field_name=NO_SUCH__c&field_value=1&brief=false")
    assert 400 == answer.status_code


async def test_what_a_contact_is_linked_to_can_be_named(server):
    hit = (
        await server.get(f"{API}/contacts/search?field_name=FIRST_NAME&field_value=Nia&brief=false")
    ).json()[0]
    plural = {"Organisation": "organisations", "Opportunity": "opportunities", "Project": "projects"}
    names = [
        (await server.get(f"{API}/{plural[link['LINK_OBJECT_NAME']]}/{link['LINK_OBJECT_ID']}")).json()
        for link in hit["LINKS"]
    ]
    assert ["Holt Ltd", "Holt renewal", "Holt support plan", "Holt rollout"] == [
        next(value for name, value in row.items() if name.endswith("_NAME")) for row in names
    ]


@pytest.mark.parametrize(("kind", "id_field"), [("contact", "CONTACT_ID"), ("lead", "LEAD_ID")])
async def test_a_person_is_made(server, kind, id_field):
    person = {"PHONE": "+12125550199", "FIRST_NAME": "Ivy", "LAST_NAME": "Lead"}
    made = (await server.post(f"{API}/{kind}s", json=person)).json()
    assert (int, "Ivy", "Lead") == (type(made[id_field]), made["FIRST_NAME"], made["LAST_NAME"])


@pytest.mark.parametrize("owner", [{}, {"OWNER_USER_ID": "42"}], ids=["own", "assigned"])
async def test_a_call_is_logged_linked_and_read(server, owner):
    links = [("contact", NIA), ("Organisation", HOLT), ("Opportunity", RENEWAL), ("Project", ROLLOUT)]
    event = await read(server, await logged(server, {**CALL, **owner}, *links))
    first = event["LINKS"][0]
    contact = (await server.get(f"{API}/{first['LINK_OBJECT_NAME']}s/{first['LINK_OBJECT_ID']}")).json()
    assert ("Nia", "Holt", CALL["DETAILS"], "2026-01-02 09:04:05", 42 if owner else 41) == (
        contact["FIRST_NAME"],
        contact["LAST_NAME"],
        event["DETAILS"],
        event["END_DATE_UTC"],
        event["OWNER_USER_ID"],
    )
    assert [(name.lower(), int(target)) for name, target in links] == [
        (link["LINK_OBJECT_NAME"].lower(), link["LINK_OBJECT_ID"]) for link in event["LINKS"]
    ]


async def test_a_call_with_a_lead_is_logged(server):
    event = await read(server, await logged(server, CALL, ("lead", SINEAD)))
    assert [("lead", int(SINEAD))] == [
        (link["LINK_OBJECT_NAME"].lower(), link["LINK_OBJECT_ID"]) for link in event["LINKS"]
    ]


async def test_a_call_is_changed_by_the_id_that_was_kept_as_text(server):
    number = await logged(server, CALL, ("contact", NIA))
    change = {**CALL, "EVENT_ID": number, "TITLE": "Changed", "END_DATE_UTC": "2026-01-02T09:00:00.000Z"}
    answer = await server.put(f"{API}/events", json=change)
    event = await read(server, number)
    assert (200, "Changed", "2026-01-02 09:00:00") == (
        answer.status_code,
        event["TITLE"],
        event["END_DATE_UTC"],
    )


async def test_another_opportunity_is_chosen(server):
    number = await logged(server, CALL, ("contact", NIA), ("Opportunity", RENEWAL))
    event = await read(server, number)
    old = next(link for link in event["LINKS"] if link["LINK_OBJECT_NAME"] == "Opportunity")
    deleted = await server.delete(f"{API}/events/{number}/links/{old['LINK_ID']}")
    chosen = {"LINK_OBJECT_NAME": "Opportunity", "LINK_OBJECT_ID": UPSELL}
    added = await server.post(f"{API}/events/{number}/links", json=chosen)
    links = (await read(server, number))["LINKS"]
    assert (202, 201, [int(NIA), int(UPSELL)]) == (
        deleted.status_code,
        added.status_code,
        [link["LINK_OBJECT_ID"] for link in links],
    )


@pytest.mark.parametrize(
    "moment", ["2026-01-02T10:00:00.000Z", "2026-01-01T08:00:00.000Z"], ids=["later", "older"]
)
async def test_a_message_is_added_without_the_start_of_the_event(server, moment):
    number = await logged(server, {**CALL, "END_DATE_UTC": CALL["START_DATE_UTC"]}, ("contact", NIA))
    change = {"EVENT_ID": number, "DETAILS": "Conversation(2 messages)\n", "END_DATE_UTC": moment}
    answer = await server.put(f"{API}/events", json=change)
    event = await read(server, number)
    assert (200, change["DETAILS"], "2026-01-02 09:00:00") == (
        answer.status_code,
        event["DETAILS"],
        event["START_DATE_UTC"],
    )
