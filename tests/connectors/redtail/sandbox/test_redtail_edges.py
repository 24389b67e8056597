"""The played Redtail at its edges: who is let in, what every kind of record shows, and where numbers end."""

from __future__ import annotations

import base64

import httpx
import pytest

from appconnect.connectors.redtail.sandbox import RedtailSandbox
from appconnect.connectors.redtail.sandbox.schema import SCHEMA
from appconnect.sandbox import Sandbox, SandboxClock
from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.people_tables import HeldPerson, change_person, people_of

BASE = "https://crm.redtailtechnology.com/api/public/v1"
CALL = {
    "subject": "Call", "start_date": "2026-01-02T09:00:00Z", "end_date": "2026-01-02T09:04:00Z", "activity_code_id": 3,
    "linked_contacts": [{"contact_id": 501}],
}  # fmt: skip
GOOD = {
    "/contacts": {"last_name": "Marsh"}, "/contacts/501/phones": {"number": "1"}, "/contacts/501/emails": {"address": "a@b"},
    "/contacts/501/addresses": {"city": "Reno"}, "/contacts/501/notes": {"category_id": 2, "note_type": 1, "body": "Hi"},
    "/activities": CALL, "/activities/9001/notes": {"category_id": 2, "note_type": 1, "body": "Hi"},
    "/opportunities": {"name": "Annuity"},
}  # fmt: skip
IDS = {
    "/contacts": 511, "/contacts/501/phones": 60011, "/contacts/501/emails": 61009, "/contacts/501/addresses": 62001,
    "/contacts/501/notes": 7001, "/activities": 9001, "/activities/9001/notes": 7001, "/opportunities": 3001,
}  # fmt: skip
KINDS = {
    "phones": "Phone", "emails": "Email", "addresses": "Address", "notes": "Note", "activities": "Activity",
    "opportunities": "Opportunity",
}  # fmt: skip
ONLY_READ = [
    "/contacts/search_basic?name=Nia", "/contacts/search?name=Nia", "/lists/database_users",
    "/lists/database_users/880042", "/lists/categories", "/lists/activity_codes", "/lists/statuses", "/lists/sources",
    "/lists/opportunity_stages", "/lists/opportunity_types", "/accounts/5001", "/contacts/501/accounts",
    "/contacts/501/udfs", "/families",
]  # fmt: skip


@pytest.fixture
def redtail() -> RedtailSandbox:
    return RedtailSandbox(SandboxClock())


@pytest.fixture
async def rae(redtail: RedtailSandbox):
    three = base64.b64encode(b"sandbox-partner-key:rae.quill:quiet:as:a:mouse").decode()
    transport = Sandbox(redtail.clock, [redtail]).transport()
    headers = {"Authorization": f"Basic {three}"}
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers) as client:
        yield client


async def made(rae: httpx.AsyncClient, path: str) -> httpx.Response:
    """A record below this address, and the activity that it may be a part of."""
    if path.startswith("/activities/"):
        await rae.post("/activities", json=CALL)
    return await rae.post(path, json=GOOD[path])


# -- who is let in --

REFUSED = [
    ("Userkeyauth", "sandbox-partner-key:nobodys-key", "Invalid API key or user key"),
    ("Userkeyauth", "sandbox-partner-key:", "Invalid API key or user key"),
    ("Basic", "sandbox-partner-key:rae.quill:wrong", "Invalid API key or user key"),
    ("Basic", "sandbox-partner-key:olu.gone:olu-gone-password", "Invalid API key or user key"),
    ("Bearer", "sandbox-partner-key:rae.quill:quiet:as:a:mouse", "Invalid API key or user key"),
]


@pytest.mark.parametrize(
    "request_",
    [
        *(f"GET {path}" for path in (*ONLY_READ, *GOOD, *(f"{path}/{IDS[path]}" for path in GOOD))),
        *(f"POST {path}" for path in GOOD),
        *(f"{method} {path}/{IDS[path]}" for method in ("PUT", "DELETE") for path in GOOD),
    ],
)
async def test_nobody_is_let_in_without_a_key(
    rae: httpx.AsyncClient, redtail: RedtailSandbox, request_: str
) -> None:
    method, _, path = request_.partition(" ")
    scheme, decoded, told = REFUSED[0]
    header = f"{scheme} {base64.b64encode(decoded.encode()).decode()}"
    answer = await rae.request(method, path, headers={"Authorization": header}, json=GOOD.get(path, {}))
    assert (401, {"message": told}) == (answer.status_code, answer.json())
    assert (10, 0) == (len(redtail.database.contacts_in_use()) + 1, len(redtail.database.activities))


@pytest.mark.parametrize(("scheme", "decoded", "told"), REFUSED)
async def test_a_wrong_key_is_refused_in_words(
    rae: httpx.AsyncClient, scheme: str, decoded: str, told: str
) -> None:
    header = f"{scheme} {base64.b64encode(decoded.encode()).decode()}"
    answer = await rae.get("/contacts", headers={"Authorization": header})
    assert (401, {"message": told}) == (answer.status_code, answer.json())
    sign_in = await rae.get("/authentication", headers={"Authorization": header})
    assert (401, {"message": "Invalid API key, username or password"}) == (
        sign_in.status_code,
        sign_in.json(),
    )


@pytest.mark.parametrize("header", ["", "   "])
async def test_an_empty_header_is_none(rae: httpx.AsyncClient, header: str) -> None:
    answer = await rae.get("/authentication", headers={"Authorization": header})
    assert (401, {"message": "Authorization header missing"}) == (answer.status_code, answer.json())


@pytest.mark.parametrize("encoded", ["/w==", "%%%", "bm9jb2xvbg=="])
async def test_what_cannot_be_decoded_signs_nobody_in(rae: httpx.AsyncClient, encoded: str) -> None:
    for scheme in ("Basic ", "Userkeyauth ", ""):
        answer = await rae.get("/contacts", headers={"Authorization": f"{scheme}{encoded}"})
        assert 401 == answer.status_code


async def test_colleagues_have_keys_of_their_own_and_they_are_secret(redtail: RedtailSandbox) -> None:
    keys = redtail.database.keys()
    assert ([880042, 880043, 880044], 3) == (list(keys), len({*keys.values()}))
    assert sorted(keys.values()) == sorted(redtail.issued_secrets())
    assert {
        "api_key": "sandbox-partner-key", "username": "rae.quill", "password": "quiet:as:a:mouse",
        "user_key": keys[880042],
    } == redtail.fresh_credentials()  # fmt: skip


@pytest.mark.parametrize("path", ["/authentication", "/contacts", "/lists/categories"])
async def test_the_tiny_plan_counts_every_request(
    rae: httpx.AsyncClient, redtail: RedtailSandbox, path: str
) -> None:
    redtail.plan = "tiny"
    assert [200] * 10 == [(await rae.get(path)).status_code for _ in range(10)]
    refused = await rae.get(path)
    assert (429, {"message": "Too many requests"}) == (refused.status_code, refused.json())
    redtail.plan = "standard"
    assert 200 == (await rae.get(path)).status_code


# -- what a record shows --


@pytest.mark.parametrize("path", GOOD)
async def test_a_record_has_every_field_of_its_kind_and_no_other(rae: httpx.AsyncClient, path: str) -> None:
    answer = await made(rae, path)
    assert (201, IDS[path]) == (
        answer.status_code,
        next(iter(answer.json().values()))["id"] if "success" not in answer.json() else answer.json()["id"],
    )
    [row] = (await rae.get(f"{path}/{IDS[path]}", headers={"include": "phones,emails"})).json().values()
    listed = (await rae.get(path, headers={"include": "phones,emails"})).json()
    assert row in next(iter(listed.values()))
    fields = SCHEMA[KINDS.get(path.rpartition("/")[2], "Contact")].fields
    assert set(fields) == row.keys()
    stamps = {"created_at", "updated_at"} & row.keys()
    assert {"2026-01-02T09:30:00.000Z"} >= {row[each] for each in stamps}
    assert [880042] * ("added_by" in row) == [row[each] for each in row if each == "added_by"]


@pytest.mark.parametrize(
    ("path", "told"), [("/contacts", 200), ("/opportunities", 204), ("/activities", 200)]
)
async def test_a_change_has_its_own_moment_and_leaves_who_made_it(
    rae: httpx.AsyncClient, redtail: RedtailSandbox, path: str, told: int
) -> None:
    await made(rae, path)
    redtail.clock.advance(60)
    answer = await rae.put(f"{path}/{IDS[path]}", json={})
    [row] = (await rae.get(f"{path}/{IDS[path]}")).json().values()
    assert (told, "2026-01-02T09:30:00.000Z", "2026-01-02T09:31:00.000Z") == (
        answer.status_code, row["created_at"], row["updated_at"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "about", "number"),
    [("/contacts/501/notes", "Crm::Contact", 501), ("/activities/9001/notes", "Crm::Activity", 9001)],
)
async def test_a_note_says_what_it_is_about_once(
    rae: httpx.AsyncClient, path: str, about: str, number: int
) -> None:
    association = {"noteable_id": number, "noteable_type": about}
    await made(rae, path)
    changed = await rae.put(f"{path}/7001", json={"body": "Hello", "note_associations": [association]})
    moment = "2026-01-02T09:30:00.000Z"
    whole = {
        "id": 71001,
        "note_id": 7001,
        **association,
        "deleted": False,
        "created_at": moment,
        "updated_at": moment,
    }
    assert ("Hello", [whole]) == (changed.json()["note"]["body"], changed.json()["note"]["note_associations"])
    more = {"noteable_id": 502, "noteable_type": "Crm::Contact"}
    added = await rae.put(f"{path}/7001", json={"note_associations": [more]})
    assert [(71001, number), (71002, 502)] == [
        (each["id"], each["noteable_id"]) for each in added.json()["note"]["note_associations"]
    ]
    assert ["Hello"] == [each["body"] for each in (await rae.get("/contacts/502/notes")).json()["notes"]]
    nobody = await rae.put(f"{path}/7001", json={"note_associations": [{**more, "noteable_id": 1}]})
    assert (422, {"message": "Noteable must exist"}) == (nobody.status_code, nobody.json())


async def test_what_is_about_an_opportunity_is_no_note(rae: httpx.AsyncClient) -> None:
    """Redtail's notes are about contacts and activities."""
    await made(rae, "/opportunities")
    body = {
        **GOOD["/contacts/501/notes"],
        "note_associations": [{"noteable_id": 3001, "noteable_type": "Crm::Opportunity"}],
    }
    answer = await rae.post("/contacts/501/notes", json=body)
    assert (422, {"message": "Note associations noteable type is not included in the list"}) == (
        answer.status_code, answer.json(),
    )  # fmt: skip


async def test_parts_of_a_contact_keep_their_order_through_changes(rae: httpx.AsyncClient) -> None:
    for number in ("1", "2"):
        await rae.post("/contacts/501/phones", json={"number": number})
    await rae.put("/contacts/501/phones/60011", json={"number": "3", "phone_type": 2})
    await rae.delete("/contacts/501/phones/60001")
    phones = (await rae.get("/contacts/501/phones")).json()["phones"]
    assert [(60011, "3", "Work"), (60012, "2", "Mobile")] == [
        (each["id"], each["number"], each["phone_type_description"]) for each in phones
    ]
    assert 404 == (await rae.get("/contacts/502/phones/60011")).status_code


@pytest.mark.parametrize(
    ("phone", "number", "code"),
    [
        ("+1 415-555-0142", "415-555-0142", 1), ("+353 1 555 0188", "1 555 0188", 353), ("(415) 555-0177", "(415) 555-0177", 1),
        ("+44", "", 44), ("+1234 5", "+1234 5", 1), ("44 20", "44 20", 1),
    ],
)  # fmt: skip
async def test_a_made_up_persons_number_is_split(
    redtail: RedtailSandbox, phone: str, number: str, code: int
) -> None:
    contact = redtail.database.contacts[redtail.database.add_contact(CastMember("Ivy", "Marsh", phone))]
    [held] = contact["phones"]  # type: ignore[misc]
    assert (number, code, True) == (held["number"], held["country_code"], held["is_primary"])  # type: ignore[call-overload,index]
    assert [] == contact["emails"] == contact["addresses"]


async def test_who_is_renamed_has_a_first_name_and_the_rest(redtail: RedtailSandbox) -> None:
    people = {each.key: each for each in people_of(redtail)}
    assert HeldPerson("contacts", 501, "Nia Holt", "+1 415-555-0142") == people[501]
    assert HeldPerson("contacts", 509, "Holt Ltd", "+1 415-555-0100") == people[509]
    change_person(redtail, people[501], "Nia van Marsh", "+44 20 1")
    change_person(redtail, people[502], "Omar", "")
    nia, omar = redtail.database.contacts[501], redtail.database.contacts[502]
    assert ("Nia", "van Marsh", "Nia van Marsh") == tuple(
        nia[key] for key in ("first_name", "last_name", "full_name")
    )
    assert ("Omar", None, "Omar", []) == tuple(
        omar[key] for key in ("first_name", "last_name", "full_name", "phones")
    )
    [phone] = nia["phones"]  # type: ignore[misc]
    assert (60001, "20 1", 44, 3) == tuple(
        phone[key] for key in ("id", "number", "country_code", "phone_type")
    )  # type: ignore[index,call-overload]
    change_person(redtail, people[502], "Omar", "+49 30 1")
    assert (
        HeldPerson("contacts", 502, "Omar", "+49 30 1")
        == {each.key: each for each in people_of(redtail)}[502]
    )


# -- what is asked for and refused --


@pytest.mark.parametrize(
    ("number", "rows"), [("9" * 18, 0), ("9" * 19, 9), ("0", 9), ("-1", 9), ("x", 9), ("²", 9)]
)
async def test_a_page_is_a_number_of_at_most_18_digits(
    rae: httpx.AsyncClient, number: str, rows: int
) -> None:
    """What is none is the first page."""
    assert rows == len((await rae.get(f"/contacts?page={number}")).json()["contacts"])


async def test_a_page_begins_where_the_one_before_ended(rae: httpx.AsyncClient) -> None:
    pages = [
        (await rae.get(f"/contacts?page={page}", headers={"pagesize": "4"})).json() for page in (1, 2, 3)
    ]
    assert [[501, 502, 503, 504], [505, 506, 507, 508], [509]] == [
        [row["id"] for row in page["contacts"]] for page in pages
    ]
    assert [{"total_records": 9, "total_pages": 3}] * 3 == [page["meta"] for page in pages]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"start_date": "2026-01-02T09:10:00Z", "end_date": "2026-01-02T09:05:00Z"}, 422),
        ({"start_date": "2026-01-02T09:10:00Z", "end_date": "2026-01-02T09:10:00Z"}, 200),
        ({"start_date": "2026-01-02T09:10:00Z"}, 200),
    ],
)
async def test_both_times_of_a_change_are_compared(
    rae: httpx.AsyncClient, change: dict[str, str], status: int
) -> None:
    """One that is sent alone is not: App Connect's server moves the end before the start."""
    await made(rae, "/activities")
    assert status == (await rae.put("/activities/9001", json=change)).status_code


@pytest.mark.parametrize("key", ["start_date", "end_date"])
@pytest.mark.parametrize("value", ["soon", "2026-13-01", "9999-12-31T23:59:59-14:00"])
async def test_a_parameter_that_is_no_date_is_refused_in_words(
    rae: httpx.AsyncClient, key: str, value: str
) -> None:
    answer = await rae.get("/activities", params={key: value})
    assert (400, {"message": f"{key} is not a date"}) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("start_date=2026-01-02T10:00:00%2B01:00", 1), ("start_date=2026-01-02T10:00:00+01:00", 1),
        ("start_date=2026-01-02T09:00:00", 1), ("start_date=2026-01-02T09:00:01", 0), ("start_date=2026-01-03", 0),
        ("end_date=2026-01-02", 1), ("end_date=2026-01-02T08:59:59Z", 0), ("end_date=", 1),
    ],
)  # fmt: skip
async def test_activities_are_listed_from_and_to_a_moment(
    rae: httpx.AsyncClient, query: str, found: int
) -> None:
    await made(rae, "/activities")
    assert found == (await rae.get(f"/activities?{query}")).json()["meta"]["total_records"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [3001, 3002]), ("contact_id=501", [3001]), ("contact_id=5", []), ("stage_id=2", [3001, 3002]),
        ("stage_id=1", []), ("contact_id=502&stage_id=2", [3002]), ("contact_id=502&stage_id=3", []),
    ],
)  # fmt: skip
async def test_opportunities_are_listed_by_contact_and_stage(
    rae: httpx.AsyncClient, query: str, found: list[int]
) -> None:
    for contact in (501, 502):
        body = {"name": "Annuity", "stage_id": 2, "linked_contacts": [{"contact_id": contact}]}
        await rae.post("/opportunities", json=body)
    assert found == [
        each["id"] for each in (await rae.get(f"/opportunities?{query}")).json()["opportunities"]
    ]


@pytest.mark.parametrize(
    ("digits", "found"),
    [("555014", []), ("5550142", [501, 504]), ("14155550142", [501, 504]), ("+", []), ("24155550142", [])],
)
async def test_seven_digits_find_a_number_that_contains_them(
    rae: httpx.AsyncClient, digits: str, found: list[int]
) -> None:
    answer = await rae.get("/contacts/search_basic", params={"phone_number": digits})
    assert found == [each["id"] for each in answer.json()["contacts"]]


@pytest.mark.parametrize("query", ["", "name=", "phone_number=&name="])
async def test_who_asks_for_nothing_finds_nobody(rae: httpx.AsyncClient, query: str) -> None:
    assert [] == (await rae.get(f"/contacts/search_basic?{query}")).json()["contacts"]


@pytest.mark.parametrize(
    ("request_", "body", "status", "told"),
    [
        ("POST /contacts", [1], 422, "The body must be a JSON object"),
        ("POST /contacts", {"last_name": None}, 422, "Last name can't be blank"),
        ("POST /contacts", {"type": "Crm::Contact::Trust", "last_name": "x"}, 422, "Company name can't be blank"),
        ("POST /contacts", {"last_name": "x", "type": "Person"}, 422, "Type is not included in the list"),
        ("POST /contacts", {"last_name": "x", "servicing_advisor_id": 1}, 422, "Servicing advisor must exist"),
        ("POST /contacts", {"last_name": "x", "emails": [{"address": ""}]}, 422, "Emails address can't be blank"),
        ("POST /contacts/501/phones", {}, 422, "Number can't be blank"),
        ("POST /contacts/501/phones", {"number": "1", "country_code": "x"}, 422, "Country code is invalid"),
        ("POST /activities", {**CALL, "attendees": [{"type": "Crm::Activity::Attendee::User", "user_id": 1}]}, 422,
         "Attendee must exist"),
        ("POST /activities", {**CALL, "linked_contacts": [{"contact_id": 510}]}, 422, "Linked contact must exist"),
        ("POST /activities", {**CALL, "linked_contacts": [{}]}, 422, "Linked contact must exist"),
        ("POST /activities", {**CALL, "category_id": 9}, 422, "Category must exist"),
        ("GET /contacts/1", None, 404, "Record not found"),
        ("GET /contacts/510", None, 404, "Record not found"),
        ("GET https://crm.redtailtechnology.com/api/v3", None, 404, "Not Found"),
        ("PATCH /contacts/501", {}, 501, "this sandbox does not play PATCH /api/public/v1/contacts/501"),
    ],
)  # fmt: skip
async def test_a_refusal_is_told_in_whole_sentences(
    rae: httpx.AsyncClient, request_: str, body: object, status: int, told: str
) -> None:
    method, _, path = request_.partition(" ")
    answer = await rae.request(method, path, json=body)
    assert (status, told) == (answer.status_code, answer.json()["message"])


async def test_numbers_as_text_are_taken_where_clients_send_them(rae: httpx.AsyncClient) -> None:
    made_phone = await rae.post("/contacts/501/phones", json={"number": "1", "country_code": "44"})
    assert 44 == made_phone.json()["phone"]["country_code"]
    linked = {"contact_id": "0" * 15 + "501"}
    activity = await rae.post("/activities", json={**CALL, "linked_contacts": [linked]})
    assert [501] == [each["contact_id"] for each in activity.json()["activity"]["linked_contacts"]]
    too_long = {"contact_id": "0" * 16 + "501"}
    assert 422 == (await rae.post("/activities", json={**CALL, "linked_contacts": [too_long]})).status_code


async def test_completing_twice_keeps_the_first_moment(
    rae: httpx.AsyncClient, redtail: RedtailSandbox
) -> None:
    await rae.post("/activities", json={**CALL, "completed": True})
    redtail.clock.advance(60)
    again = await rae.put("/activities/9001", json={"completed": True})
    assert "2026-01-02T09:30:00.000Z" == again.json()["activity"]["completed_at"]


async def test_a_crowd_has_a_number_users_and_categories_of_its_own(redtail: RedtailSandbox) -> None:
    redtail.database.add_crowd(2, "+1 702-555-0191")
    contacts, users = (
        list(redtail.database.contacts.values())[-2:],
        list(redtail.database.users.values())[-2:],
    )
    assert [("Filler 01 Crowd", "702-555-0191"), ("Filler 02 Crowd", "702-555-0191")] == [
        (each["full_name"], each["phones"][0]["number"])
        for each in contacts  # type: ignore[index,call-overload]
    ]
    assert [("User 01", "Crowd", False), ("User 02", "Crowd", True)] == [
        (each["first_name"], each["last_name"], each["deny_access"]) for each in users
    ]
    assert [
        {"id": number, "name": f"Category {number - 100:02}", "deleted": False} for number in (101, 102)
    ] == list(redtail.database.lists["categories"].values())[-2:]
