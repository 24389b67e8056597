"""App Connect's own Redtail connector works against the sandbox as it comes, request by request.

These are the requests of its server, as they stand: the key without the word Userkeyauth, ids of contacts as text,
messages without a category, and PATCH for what comes after. What it reads of an answer is what is expected here.
"""

from __future__ import annotations

import base64

import httpx
import pytest

from appconnect.connectors.redtail.sandbox import RedtailSandbox
from appconnect.sandbox import Sandbox, SandboxClock

SERVER = "https://smf.crm3.redtailtechnology.com/api/public/v1"
KEY, LOGIN = "sandbox-partner-key", "rae.quill:quiet:as:a:mouse"
CALL = {
    "subject": "Outbound Call to Nia Holt",
    "description": "<ul><li><b>Agent notes</b><br>Hi<br><br></li></ul>",
    "start_date": "2026-01-02T09:00:00.000Z",
    "end_date": "2026-01-02T09:04:05.250Z",
    "activity_code_id": 3,
    "category_id": 2,
    "repeats": "never",
    "linked_contacts": [{"contact_id": "501"}],
}
MESSAGE = {name: value for name, value in CALL.items() if name != "category_id"}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def redtail() -> RedtailSandbox:
    return RedtailSandbox(SandboxClock())


@pytest.fixture
async def server(redtail: RedtailSandbox):
    """App Connect's server, signed in."""
    transport = Sandbox(redtail.clock, [redtail]).transport()
    async with httpx.AsyncClient(transport=transport) as http:
        basic = {"Authorization": f"Basic {encoded(f'{KEY}:{LOGIN}')}"}
        answer = await http.get(f"{SERVER}/authentication", headers=basic)
        http.headers["Authorization"] = encoded(f"{KEY}:{answer.json()['authenticated_user']['user_key']}")
        yield http


async def logged(server: httpx.AsyncClient, body: dict[str, object]) -> int:
    """Log as createCallLog and createMessageLog do: the activity, then its completion; return its id."""
    made = await server.post(f"{SERVER}/activities", json=body)
    path = f"{SERVER}/activities/{made.json()['activity']['id']}"
    completed = await server.put(path, json={"completed": True})
    assert (201, 200) == (made.status_code, completed.status_code)
    number: int = completed.json()["activity"]["id"]
    return number


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("phone_number=4155550142", ["Nia Holt", "Lena Fuzz"]),
        ("phone_number=+", []),
        ("name=Nia Holt", ["Nia Holt"]),
        ("name=nobody", []),
    ],
)
async def test_contacts_are_found_with_their_categories(server, query, found):
    hits = (await server.get(f"{SERVER}/contacts/search_basic?{query}")).json()["contacts"]
    categories = (await server.get(f"{SERVER}/lists/categories")).json()["categories"]
    read = {
        "id",
        "first_name",
        "middle_name",
        "last_name",
        "full_name",
        "job_title",
        "created_at",
        "updated_at",
    }
    assert found == [hit["full_name"] for hit in hits if read <= hit.keys()]
    assert "General Information" in [
        each["name"] for each in categories if not each["deleted"] and each["id"]
    ]


@pytest.mark.parametrize(("first", "last"), [("Ivy", "Marsh"), ("", "Ivy")])
async def test_a_contact_is_made_with_a_phone_of_type_six(server, first, last):
    phone = {"phone_type": 6, "number": "2125550199", "country_code": 1}
    person = {"type": "Crm::Contact::Individual", "first_name": first, "last_name": last, "phones": [phone]}
    made = (await server.post(f"{SERVER}/contacts", json=person)).json()["contact"]
    found = await server.get(f"{SERVER}/contacts/search_basic?phone_number=2125550199")
    assert ([made["id"]], first, last) == (
        [hit["id"] for hit in found.json()["contacts"]],
        made["first_name"],
        made["last_name"],
    )


async def test_users_are_listed_by_name(server):
    users = (await server.get(f"{SERVER}/lists/database_users")).json()["database_users"]
    assert (880042, "Rae", "Quill") == tuple(users[0][key] for key in ("id", "first_name", "last_name"))


async def test_a_call_is_logged_noted_completed_and_read(server):
    number = await logged(server, CALL)
    note = {"category_id": 2, "note_type": 1, "body": "Hi"}
    noted = await server.post(f"{SERVER}/activities/{number}/notes", json=note)
    answer = await server.get(f"{SERVER}/activities/{number}", headers={"include": "linked_contacts"})
    read = answer.json()["activity"]
    linked = read["linked_contacts"][0]
    assert (201, CALL["subject"], CALL["description"], 2, True, "Nia", "Holt") == (
        noted.status_code,
        read["subject"],
        read["description"],
        read["category_id"],
        read["completed"],
        linked["first_name"],
        linked["last_name"],
    )


async def test_a_call_is_changed_assigned_and_filed(server):
    number = await logged(server, CALL)
    attendee = {"type": "Crm::Activity::Attendee::User", "user_id": 880043}
    change = {
        "subject": "Changed",
        "description": "<b>More</b>",
        "start_date": "2026-01-02T09:01:00.000Z",
        "end_date": "2026-01-02T09:01:00.000Z",
        "attendees": [attendee],
        "completed": True,
    }
    changed = await server.put(f"{SERVER}/activities/{number}", json=change)
    filed = await server.put(f"{SERVER}/activities/{number}", json={"category_id": 3})
    assert ((200, 200), {**change, "category_id": 3}) == (
        (changed.status_code, filed.status_code),
        {name: filed.json()["activity"][name] for name in (*change, "category_id")},
    )


@pytest.mark.parametrize(
    "moment", ["2026-01-02T10:00:00.000Z", "2026-01-01T08:00:00.000Z"], ids=["later", "older"]
)
async def test_a_message_is_logged_without_a_category_and_the_next_one_added(server, moment):
    number = await logged(server, {**MESSAGE, "end_date": MESSAGE["start_date"]})
    change = {"description": "<b>Two messages</b>", "end_date": moment}
    patched = await server.patch(f"{SERVER}/activities/{number}", json=change)
    read = (await server.get(f"{SERVER}/activities/{number}", headers={"include": "linked_contacts"})).json()
    assert (200, change, None) == (
        patched.status_code,
        {name: read["activity"][name] for name in change},
        read["activity"]["category_id"],
    )


@pytest.mark.parametrize(("tolerated", "status"), [(True, 201), (False, 422)])
async def test_the_id_of_a_linked_contact_as_text_is_a_switch_that_is_on(server, redtail, tolerated, status):
    assert redtail.toggles["string_ids"]
    redtail.toggles["string_ids"] = tolerated
    assert status == (await server.post(f"{SERVER}/activities", json=CALL)).status_code


@pytest.mark.parametrize("contact_id", ["", "x", "999", "501x", "9" * 30, {}])
async def test_a_text_that_is_no_contact_s_id_is_refused(server, contact_id):
    body = {**CALL, "linked_contacts": [{"contact_id": contact_id}]}
    assert 422 == (await server.post(f"{SERVER}/activities", json=body)).status_code
