"""The played Redtail answers plain requests as the vendor's documentation and working clients describe."""

import base64

import httpx
import pytest

from appconnect.connectors.redtail.sandbox import RedtailSandbox
from appconnect.sandbox import Sandbox, SandboxClock

BASE = "https://crm.redtailtechnology.com/api/public/v1"
CALL = {
    "subject": "Outbound Call to Nia Holt",
    "description": "<b>Agent notes</b><br>Hi",
    "start_date": "2026-01-02T09:00:00.000Z",
    "end_date": "2026-01-02T09:04:00.000Z",
    "activity_code_id": 3,
    "category_id": 2,
    "repeats": "never",
    "linked_contacts": [{"contact_id": 501}],
}


def encoded(*parts: str) -> str:
    return base64.b64encode(":".join(parts).encode()).decode()


PASSWORD = "Basic " + encoded("sandbox-partner-key", "rae.quill", "quiet:as:a:mouse")


@pytest.fixture
def redtail() -> RedtailSandbox:
    return RedtailSandbox(SandboxClock())


@pytest.fixture
async def client(redtail: RedtailSandbox):
    """A client without credentials."""
    transport = Sandbox(redtail.clock, [redtail]).transport()
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


@pytest.fixture
async def rae(client: httpx.AsyncClient):
    """Rae, signed in."""
    answer = await client.get("/authentication", headers={"Authorization": PASSWORD})
    key = answer.json()["authenticated_user"]["user_key"]
    client.headers["Authorization"] = f"Userkeyauth {encoded('sandbox-partner-key', key)}"
    return client


def names(answer: httpx.Response) -> list[str]:
    return [contact["full_name"] for contact in answer.json()["contacts"]]


# -- signing in --


async def test_three_part_basic_gives_the_user_key_in_an_envelope(client):
    answer = await client.get("/authentication", headers={"Authorization": PASSWORD})
    user = answer.json()["authenticated_user"]
    assert (200, {"redtail_database_id": 880011, "redtail_user_id": 880042}) == (
        answer.status_code,
        {key: value for key, value in user.items() if key != "user_key"},
    )


async def test_a_switch_leaves_the_envelope_out(client, redtail):
    redtail.toggles["sign_in_envelope"] = False
    answer = await client.get("/authentication", headers={"Authorization": PASSWORD})
    assert 880042 == answer.json()["redtail_user_id"]


async def test_the_user_key_is_the_same_after_signing_in_again(client):
    answers = [await client.get("/authentication", headers={"Authorization": PASSWORD}) for _ in "ab"]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize(
    "header",
    [
        "Basic " + encoded("sandbox-partner-key", "rae.quill", "wrong"),
        "Basic " + encoded("another-key", "rae.quill", "quiet:as:a:mouse"),
        "Basic " + encoded("rae.quill", "quiet:as:a:mouse"),
        "Basic " + encoded("sandbox-partner-key", "olu.gone", "olu-gone-password"),
        "Basic not-base64",
        "Bearer x",
    ],
)
async def test_a_wrong_sign_in_is_401_with_a_message(client, header):
    answer = await client.get("/authentication", headers={"Authorization": header})
    assert (401, {"message"}) == (answer.status_code, answer.json().keys())


async def test_no_header_is_401_in_the_vendor_s_words(client):
    answer = await client.get("/contacts")
    assert (401, {"message": "Authorization header missing"}) == (answer.status_code, answer.json())


async def test_the_scheme_is_matched_without_case(rae):
    bare = rae.headers["Authorization"].partition(" ")[2]
    answer = await rae.get("/contacts", headers={"Authorization": f"UserKeyAuth {bare}"})
    assert 200 == answer.status_code


async def test_basic_opens_ordinary_calls_too(client):
    assert 200 == (await client.get("/contacts", headers={"Authorization": PASSWORD})).status_code


@pytest.mark.parametrize(("tolerated", "status"), [(False, 401), (True, 200)])
async def test_a_key_without_scheme_word_is_a_switch(rae, redtail, tolerated, status):
    redtail.toggles["bare_authorization"] = tolerated
    bare = rae.headers["Authorization"].partition(" ")[2]
    assert status == (await rae.get("/contacts", headers={"Authorization": bare})).status_code


# -- contacts --


async def test_search_basic_by_phone_finds_numbers_stored_with_punctuation_and_their_lookalikes(rae):
    answer = await rae.get("/contacts/search_basic", params={"phone_number": "4155550142"})
    assert (["Nia Holt", "Lena Fuzz"], {"total_records": 2, "total_pages": 1}) == (
        names(answer),
        answer.json()["meta"],
    )


@pytest.mark.parametrize("query", ["14155550142", "+14155550142", "(415) 555-0142"])
async def test_strict_phone_search_finds_bare_national_digits_only(rae, redtail, query):
    redtail.toggles["strict_phone_search"] = True
    answer = await rae.get("/contacts/search_basic", params={"phone_number": query})
    assert (200, []) == (answer.status_code, names(answer))


async def test_partial_phone_search_can_be_off(rae, redtail):
    redtail.toggles["partial_phone_search"] = False
    answer = await rae.get("/contacts/search_basic", params={"phone_number": "4155550142"})
    assert ["Nia Holt"] == names(answer)


async def test_search_basic_by_name_is_a_substring_of_the_full_name_in_any_case(rae):
    answer = await rae.get("/contacts/search_basic", params={"name": "holt"})
    assert ["Nia Holt", "Holt Ltd"] == names(answer)


async def test_the_larger_search_knows_e_mail_addresses(rae, redtail):
    address = redtail.database.contacts[501]["emails"][0]["address"]
    answer = await rae.get("/contacts/search", params={"email": address.upper()})
    assert [501] == [contact["id"] for contact in answer.json()["contacts"]]
    assert [] == (await rae.get("/contacts/search", params={"email": "nobody@x.example"})).json()["contacts"]


async def test_search_basic_has_phones_only_through_the_include_header(rae):
    plain = await rae.get("/contacts/search_basic", params={"name": "Nia", "include": "phones"})
    asked = await rae.get("/contacts/search_basic", params={"name": "Nia"}, headers={"include": "phones"})
    assert (False, "415-555-0142", 1) == (
        "phones" in plain.json()["contacts"][0],
        asked.json()["contacts"][0]["phones"][0]["number"],
        asked.json()["contacts"][0]["phones"][0]["country_code"],
    )


async def test_a_switch_keeps_phones_out_of_search_basic(rae, redtail):
    redtail.toggles["search_includes_phones"] = False
    answer = await rae.get("/contacts/search_basic", params={"name": "Nia"}, headers={"include": "phones"})
    assert "phones" not in answer.json()["contacts"][0]


async def test_a_contact_s_phones_have_their_own_list(rae):
    answer = await rae.get("/contacts/501/phones")
    assert ["415-555-0142"] == [phone["number"] for phone in answer.json()["phones"]]


async def test_pages_of_fifty_and_an_empty_one_beyond_the_last(rae, redtail):
    redtail.database.add_crowd(60)
    query = {"phone_number": "7025550190"}
    pages = [await rae.get("/contacts/search_basic", params={**query, "page": page}) for page in (1, 2, 3)]
    assert ([50, 10, 0], {"total_records": 60, "total_pages": 2}) == (
        [len(names(page)) for page in pages],
        pages[0].json()["meta"],
    )


async def test_the_page_size_is_a_header(rae):
    by_header = await rae.get("/contacts", headers={"pagesize": "2"})
    by_query = await rae.get("/contacts", params={"pagesize": "2"})
    assert (2, 9) == (len(names(by_header)), len(names(by_query)))


async def test_a_new_contact_is_201_and_found_by_its_number(rae):
    body = {
        "type": "Crm::Contact::Individual",
        "first_name": "Ivy",
        "last_name": "Marsh",
        "phones": [{"number": "2125550199", "country_code": 1, "phone_type": 1, "is_primary": True}],
    }
    made = await rae.post("/contacts", json=body)
    found = await rae.get("/contacts/search_basic", params={"phone_number": "2125550199"})
    assert (201, 511, ["Ivy Marsh"]) == (made.status_code, made.json()["contact"]["id"], names(found))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"first_name": "Ivy"},
        {"type": "Crm::Contact::Business", "last_name": "Marsh"},
        {"type": "Person", "last_name": "Marsh"},
        {"last_name": "Marsh", "phones": [{"number": None}]},
        {"last_name": "Marsh", "category_id": "2"},
        ["no object"],
    ],
)
async def test_a_contact_that_cannot_be_is_422(rae, body):
    answer = await rae.post("/contacts", json=body)
    assert (422, {"message"}) == (answer.status_code, answer.json().keys())


async def test_put_changes_only_what_is_sent(rae):
    await rae.put("/contacts/501", json={"last_name": "Holt-Marsh"})
    contact = (await rae.get("/contacts/501", headers={"include": "phones,emails"})).json()["contact"]
    assert ("Nia Holt-Marsh", "Owner", "415-555-0142", "nia@holt.example") == (
        contact["full_name"],
        contact["job_title"],
        contact["phones"][0]["number"],
        contact["emails"][0]["address"],
    )


async def test_a_deleted_contact_is_gone(rae):
    deleted = await rae.delete("/contacts/505")
    gone = await rae.get("/contacts/505")
    assert (204, b"", 404, {"message"}) == (
        deleted.status_code,
        deleted.content,
        gone.status_code,
        gone.json().keys(),
    )


async def test_a_phone_can_be_added(rae):
    await rae.post("/contacts/507/phones", json={"number": "2125550111", "phone_type": 1})
    phones = (await rae.get("/contacts/507/phones")).json()["phones"]
    assert [("212-555-0166", "Mobile"), ("2125550111", "Home")] == [
        (phone["number"], phone["phone_type_description"]) for phone in phones
    ]


@pytest.mark.parametrize(
    ("kind", "given", "defaults"),
    [
        ("phones", {"number": "2125550111"}, {"country_code": 1, "phone_type": 3}),
        ("emails", {"address": "ulla@bare.example"}, {"email_type": 1}),
        ("addresses", {"street_address": "1 Main St"}, {"address_type": 1}),
    ],
)
async def test_what_a_new_phone_email_or_address_does_not_say_is_filled_in(rae, kind, given, defaults):
    await rae.post(f"/contacts/507/{kind}", json=given)
    [*_, added] = (await rae.get(f"/contacts/507/{kind}")).json()[kind]
    assert given | defaults == {name: added[name] for name in given | defaults}


async def test_search_combines_its_criteria(rae):
    answer = await rae.get("/contacts/search", params={"last_name": "holt", "phone_number": "4155550142"})
    assert ["Nia Holt"] == names(answer)


# -- activities and notes --


async def test_an_activity_is_kept_as_sent_and_names_its_contacts(rae):
    made = await rae.post("/activities", json=CALL)
    read = (await rae.get("/activities/9001")).json()["activity"]
    assert (201, {**CALL, "linked_contacts": read["linked_contacts"]}, 880042, False) == (
        made.status_code,
        {key: read[key] for key in CALL},
        read["added_by"],
        read["completed"],
    )
    assert [{"contact_id": 501, "first_name": "Nia", "last_name": "Holt"}] == read["linked_contacts"]


async def test_names_of_linked_contacts_are_a_switch(rae, redtail):
    redtail.toggles["names_in_activities"] = False
    made = await rae.post("/activities", json=CALL)
    assert [{"contact_id": 501}] == made.json()["activity"]["linked_contacts"]


@pytest.mark.parametrize(
    "change",
    [
        {"category_id": 99},
        {"category_id": "2"},
        {"activity_code_id": None},
        {"subject": ""},
        {"start_date": "yesterday"},
        {"start_date": "2026-01-02T09:00:00"},
        {"end_date": "2026-01-02T08:00:00Z"},
        {"linked_contacts": [{"contact_id": 1}]},
        {"attendees": [{"type": "User", "user_id": 880042}]},
        {"attendees": [{"type": "Crm::Activity::Attendee::User", "user_id": 1}]},
    ],
)
async def test_an_activity_that_cannot_be_is_422_and_not_kept(rae, redtail, change):
    answer = await rae.post("/activities", json={**CALL, **change})
    assert (422, {"message"}, {}) == (answer.status_code, answer.json().keys(), redtail.database.activities)


async def test_completing_sets_the_moment_and_nothing_else(rae):
    before = (await rae.post("/activities", json=CALL)).json()["activity"]
    after = (await rae.put("/activities/9001", json={"completed": True})).json()["activity"]
    assert {"completed": True, "completed_at": "2026-01-02T09:30:00.000Z"} == {
        key: value for key, value in after.items() if value != before[key]
    }


async def test_put_may_answer_204(rae, redtail):
    redtail.toggles["put_answers_204"] = True
    await rae.post("/activities", json=CALL)
    answer = await rae.put("/activities/9001", json={"subject": "New"})
    assert (204, b"", "New") == (
        answer.status_code,
        answer.content,
        (await rae.get("/activities/9001")).json()["activity"]["subject"],
    )


@pytest.mark.parametrize(("replaced", "user_ids"), [(True, [880043]), (False, [880042, 880043])])
async def test_attendees_of_a_put_replace_or_join_the_old_ones(rae, redtail, replaced, user_ids):
    def attendee(user_id):
        return {"type": "Crm::Activity::Attendee::User", "user_id": user_id}

    redtail.toggles["attendees_replaced"] = replaced
    await rae.post("/activities", json={**CALL, "attendees": [attendee(880042)]})
    answer = await rae.put("/activities/9001", json={"attendees": [attendee(880043)]})
    assert user_ids == [each["user_id"] for each in answer.json()["activity"]["attendees"]]


@pytest.mark.parametrize(("taken", "status"), [(False, 404), (True, 200)])
async def test_patch_is_not_documented(rae, redtail, taken, status):
    redtail.toggles["patch_like_put"] = taken
    await rae.post("/activities", json=CALL)
    assert status == (await rae.patch("/activities/9001", json={"completed": True})).status_code


async def test_descriptions_can_be_rewritten(rae, redtail):
    redtail.toggles["html_rewritten"] = True
    made = await rae.post("/activities", json=CALL)
    assert "<b>Agent notes</b><br />Hi" == made.json()["activity"]["description"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"start_date": "2026-01-02", "end_date": "2026-01-02"}, [9001]),
        ({"start_date": "2026-01-02T09:00:00Z", "end_date": "2026-01-02T09:00:00Z"}, [9001]),
        ({"start_date": "2026-01-03", "end_date": "2026-01-04"}, []),
        ({"end_date": "2026-01-01"}, []),
    ],
)
async def test_activities_are_listed_by_when_they_begin(rae, query, found):
    await rae.post("/activities", json=CALL)
    answer = await rae.get("/activities", params=query)
    assert found == [each["id"] for each in answer.json()["activities"]]


async def test_a_deleted_activity_is_gone(rae):
    await rae.post("/activities", json=CALL)
    assert [204, 404] == [
        (await rae.delete("/activities/9001")).status_code,
        (await rae.get("/activities/9001")).status_code,
    ]


@pytest.mark.parametrize("path", ["/activities/9001/notes", "/contacts/501/notes"])
async def test_notes_can_be_added(rae, path):
    await rae.post("/activities", json=CALL)
    answer = await rae.post(path, json={"category_id": 2, "note_type": 1, "body": "Hi"})
    note = answer.json()["note"]
    assert (201, "Hi", "General Information", "Note") == (
        answer.status_code,
        note["body"],
        note["category"],
        note["note_type_description"],
    )


# -- lists --


async def test_categories_have_names_and_say_which_are_retired(rae):
    categories = (await rae.get("/lists/categories")).json()["categories"]
    assert {"id": 2, "name": "General Information", "deleted": False} in categories
    assert [4] == [each["id"] for each in categories if each["deleted"]]


async def test_labels_can_be_codes(rae, redtail):
    redtail.toggles["labels_as_code"] = True
    answer = await rae.get("/lists/activity_codes")
    assert {"id": 3, "code": "Phone Call", "deleted": False} in answer.json()["activity_codes"]


async def test_categories_can_come_all_at_once(rae, redtail):
    redtail.database.add_crowd(60)
    redtail.toggles["categories_paged"] = False
    answer = (await rae.get("/lists/categories")).json()
    assert ({"categories"}, 64) == (answer.keys(), len(answer["categories"]))


async def test_users_come_with_those_whose_access_is_denied(rae):
    users = (await rae.get("/lists/database_users")).json()["database_users"]
    assert [(880042, "Rae", False), (880043, "Kit", False), (880044, "Olu", True)] == [
        (user["id"], user["first_name"], user["deny_access"]) for user in users
    ]


async def test_one_user_is_an_object_below_the_plural_key(rae):
    answer = await rae.get("/lists/database_users/880043")
    assert "Moss" == answer.json()["database_users"]["last_name"]


# -- limits and everything else --


async def test_no_rate_limit_headers_ever(rae):
    answer = await rae.get("/contacts")
    assert [] == [name for name in answer.headers if "limit" in name or "retry" in name]


async def test_the_tiny_plan_says_429_with_a_message_until_a_second_is_over(rae, redtail):
    redtail.plan = "tiny"
    statuses = [(await rae.get("/contacts")).status_code for _ in range(11)]
    redtail.clock.advance(1)
    assert ([200] * 10 + [429], 200) == (statuses, (await rae.get("/contacts")).status_code)


@pytest.mark.parametrize("host", ["smf.crm3.redtailtechnology.com", "review.crm.redtailtechnology.com"])
async def test_the_other_hosts_answer_too(client, host):
    answer = await client.get(f"https://{host}/api/public/v1/contacts", headers={"Authorization": PASSWORD})
    assert 200 == answer.status_code


async def test_what_there_is_not_is_404(rae):
    elsewhere = "https://crm.redtailtechnology.com/api/v3/contacts"
    answers = [await rae.get(elsewhere), await rae.get("/contacts/1"), await rae.delete("/activities/1")]
    assert [404] * 3 == [answer.status_code for answer in answers]


async def test_reset_begins_the_first_morning_again(rae, redtail):
    await rae.post("/activities", json=CALL)
    redtail.database.add_crowd()
    redtail.reset()
    assert (10, {}, 4) == (
        len(redtail.database.contacts),
        redtail.database.activities,
        len(redtail.database.lists["categories"]),
    )
