"""Users, persons, organizations, deals and leads of Pipedrive's sandbox."""

import pytest

NOT_FOUND = {
    "success": False,
    "error": "Entity was not found",
    "error_info": "Object was not found.",
    "data": None,
    "additional_data": None,
}


async def data(api, path, **params):
    reply = await api.get(path, params=params)
    assert 200 == reply.status_code, reply.text
    return reply.json()["data"]


def ids(rows):
    return [row["id"] for row in rows]


# -- users --


async def test_me_is_rae_with_her_company(api):
    me = await data(api, "/v1/users/me")
    expected = {
        "id": 7001,
        "name": "Rae Quill",
        "timezone_name": "Europe/Lisbon",
        "timezone_offset": "+00:00",
        "company_domain": "acme-sandbox",
        "locale": "en_US",
        "is_you": True,
    }
    assert expected == {name: me[name] for name in expected}


async def test_the_offset_of_a_user_follows_the_season(api, clock, crm):
    clock.advance(180 * 24 * 3600)
    api.headers["Authorization"] = f"Bearer {crm.sign_in().access}"
    assert "+01:00" == (await data(api, "/v1/users/me"))["timezone_offset"]


async def test_the_list_of_users_has_the_inactive_too_each_with_its_own_id(api):
    users = await data(api, "/v1/users")
    assert [(7001, "Rae Quill", True), (7002, "Kit Moss", True), (7003, "Olu Gone", False)] == [
        (user["id"], user["name"], user["active_flag"]) for user in users
    ]


async def test_v1_has_two_prefixes_and_v2_one(api):
    assert 200 == (await api.get("/api/v1/users/me")).status_code
    assert 200 == (await api.get("/v1/users/me")).status_code
    assert 404 == (await api.get("/v2/persons")).status_code


async def test_an_unknown_user_is_404_in_its_own_words(api):
    reply = await api.get("/v1/users/1")
    assert (404, "User not found or not accessible.") == (reply.status_code, reply.json()["error"])


async def test_activity_types_have_keys_and_inactive_ones(api):
    types = {kind["key_string"]: kind["active_flag"] for kind in await data(api, "/v1/activityTypes")}
    assert (True, True, False) == (types["call"], types["recall_order"], types["old_call"])


# -- persons --


async def test_a_person_has_its_entries_and_links(api):
    nia = await data(api, "/api/v2/persons/501")
    assert ("Nia Holt", "Nia", "Holt", 61, 7001, False, 3) == (
        nia["name"],
        nia["first_name"],
        nia["last_name"],
        nia["org_id"],
        nia["owner_id"],
        nia["is_deleted"],
        nia["visible_to"],
    )
    assert {"value": "+1 415-555-0142", "primary": True, "label": "work"} == nia["phones"][0]
    assert "2026-01-02T09:30:00Z" == nia["add_time"]


async def test_a_batch_of_ids_leaves_out_unknown_and_deleted_ones(api):
    assert [501, 503] == ids(await data(api, "/api/v2/persons", ids="503,501,999999,508"))


async def test_persons_can_be_listed_by_deal_and_organization(api):
    assert [502] == ids(await data(api, "/api/v2/persons", deal_id=907))
    assert [501] == ids(await data(api, "/api/v2/persons", org_id=61))


async def test_pages_of_persons_hang_together_by_cursor(api, crm):
    crm.database.add_crowd(250)
    seen, cursor = [], None
    while True:
        params = {"limit": 100} | ({"cursor": cursor} if cursor else {})
        page = (await api.get("/api/v2/persons", params=params)).json()
        seen.append(len(page["data"]))
        if not (cursor := page["additional_data"]["next_cursor"]):
            break
    assert [100, 100, 57] == seen


@pytest.mark.parametrize(
    "params",
    [
        {"cursor": "%%%"},
        {"cursor": "bm8"},
        {"cursor": "eyJvZmZzZXQiOi0xfQ"},
        {"limit": 501},
        {"limit": "many"},
        {"ids": ",".join("1" * 101)},
        {"ids": "a"},
        {"updated_since": "2026-01-01T00:00:00.000Z"},
        {"sort_by": "due_date"},
        {"unheard": "of"},
    ],
)
async def test_v2_lists_refuse_what_they_do_not_know(api, params):
    reply = await api.get("/api/v2/persons", params=params)
    assert (400, "ERR_SCHEMA_VALIDATION_FAILED") == (reply.status_code, reply.json()["code"])
    assert reply.json()["error"].startswith(f"Validation failed: {next(iter(params))}")


async def test_lists_can_be_sorted_and_limited_to_the_changed(api, clock):
    clock.advance(60)
    await api.patch("/api/v2/persons/505", json={"name": "Sinéad Changed"})
    assert [505] == ids(await data(api, "/api/v2/persons", updated_since="2026-01-02T09:30:30Z"))
    newest = await data(api, "/api/v2/persons", sort_by="update_time", sort_direction="desc")
    assert 505 == newest[0]["id"]


async def test_creating_a_person_completes_what_was_sent(api):
    body = {"name": "Ada van Dyke", "phones": [{"value": "+14155550100"}], "emails": []}
    reply = await api.post("/api/v2/persons", json=body)
    person = reply.json()["data"]

    assert (200, 509, "Ada", "van Dyke") == (
        reply.status_code,
        person["id"],
        person["first_name"],
        person["last_name"],
    )
    assert [{"value": "+14155550100", "primary": True, "label": "work"}] == person["phones"]
    assert person == await data(api, "/api/v2/persons/509")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": 5}, "name"),
        ({"name": "A", "owner_id": "7001"}, "owner_id"),
        ({"name": "A", "visible_to": "3"}, "visible_to"),
        ({"name": "A", "visible_to": 2}, "visible_to"),
        ({"name": "A", "phone": "+1415"}, "phone"),
        ({"name": "A", "phones": ["+1415"]}, "phones.0"),
        ({"name": "A", "phones": [{"value": ""}]}, "phones.0.value"),
        ({"name": "A", "phones": [{"label": "work"}]}, "phones.0.value"),
        ([], "body"),
    ],
)
async def test_persons_are_read_strictly(api, crm, body, field):
    before = len(crm.database.persons)
    reply = await api.post("/api/v2/persons", json=body)

    assert (400, "ERR_SCHEMA_VALIDATION_FAILED") == (reply.status_code, reply.json()["code"])
    assert reply.json()["error"].startswith(f"Validation failed: {field}: ")
    assert before == len(crm.database.persons)


async def test_an_unknown_key_is_named_in_the_live_words(api):
    reply = await api.post("/api/v2/persons", json={"name": "A", "private": True})
    assert {
        "success": False,
        "error": "Validation failed: private: Parameter 'private' is not allowed for this request",
        "code": "ERR_SCHEMA_VALIDATION_FAILED",
    } == reply.json()


async def test_contact_sync_fields_are_403_without_contact_sync(api):
    assert 403 == (await api.post("/api/v2/persons", json={"name": "A", "birthday": "x"})).status_code


async def test_links_must_lead_somewhere(api):
    for body in ({"name": "A", "org_id": 1}, {"name": "A", "owner_id": 1}):
        reply = await api.post("/api/v2/persons", json=body)
        assert (400, "ERR_BAD_REQUEST") == (reply.status_code, reply.json()["code"])


async def test_changing_a_person_leaves_the_rest(api, clock):
    clock.advance(5)
    reply = await api.patch("/api/v2/persons/501", json={"org_id": None})
    nia = reply.json()["data"]
    assert (200, None, "Nia Holt", "2026-01-02T09:30:05Z") == (
        reply.status_code,
        nia["org_id"],
        nia["name"],
        nia["update_time"],
    )


async def test_a_deleted_person_is_gone_softly(api, crm):
    reply = await api.delete("/api/v2/persons/502")
    assert {"success": True, "data": {"id": 502}} == reply.json()
    assert 502 not in ids(await data(api, "/api/v2/persons"))
    gone = await api.get("/api/v2/persons/502")
    assert (404, NOT_FOUND) == (gone.status_code, gone.json())
    crm.toggles["deleted_answer_404"] = False
    assert (await data(api, "/api/v2/persons/502"))["is_deleted"] is True


async def test_an_id_that_is_no_number_is_400(api):
    for number in ("abc", "-1", "1" * 5000, "²"):
        assert 400 == (await api.get(f"/api/v2/persons/{number}")).status_code


# -- the old way to create a person --


@pytest.mark.parametrize("phone", ["+14155550100", [{"value": "+14155550100", "primary": True}]])
async def test_the_old_endpoint_still_creates_persons(api, phone):
    reply = await api.post("/v1/persons", json={"name": "Old Way", "phone": phone})
    person = reply.json()["data"]

    assert (201, "3", "2026-01-02 09:30:00", 7001) == (
        reply.status_code,
        person["visible_to"],
        person["add_time"],
        person["owner_id"]["value"],
    )
    assert "+14155550100" == person["phone"][0]["value"]
    assert "related_objects" in reply.json()
    assert "Old Way" == (await data(api, f"/api/v2/persons/{person['id']}"))["name"]


async def test_the_old_endpoint_is_lenient(api):
    entries = [{"value": "1"}, {"value": "2", "primary": 1, "odd": True}, {}]
    reply = await api.post("/v1/persons", json={"name": "Old", "phone": entries, "unheard": "of"})
    assert [False, True, False] == [entry["primary"] for entry in reply.json()["data"]["phone"]]
    assert 400 == (await api.post("/v1/persons", json={"phone": "1"})).status_code


async def test_the_old_endpoint_can_be_gone(api, crm):
    crm.toggles["v1_gone"] = True
    assert 410 == (await api.post("/v1/persons", json={"name": "Old Way"})).status_code


# -- organizations --


async def test_organizations_can_be_read(api):
    assert ["Holt Ltd"] == [row["name"] for row in await data(api, "/api/v2/organizations")]
    assert "Holt Ltd" == (await data(api, "/api/v2/organizations/61"))["name"]
    assert 404 == (await api.get("/api/v2/organizations/1")).status_code


# -- deals --


async def test_open_deals_of_a_person_leave_out_won_archived_and_deleted_ones(api):
    deals = await data(api, "/api/v2/deals", person_id=501, status="open")
    assert ["Holt renewal", "Holt training"] == [deal["title"] for deal in deals]


@pytest.mark.parametrize(
    ("status", "count"), [(None, 4), ("won", 1), ("won,lost", 2), ("deleted", 1), ("open,deleted", 3)]
)
async def test_deals_by_status(api, status, count):
    params = {"person_id": 501} | ({"status": status} if status else {})
    assert count == len(await data(api, "/api/v2/deals", **params))


async def test_deals_refuse_the_status_of_v1(api):
    reply = await api.get("/api/v2/deals", params={"status": "all_not_deleted"})
    assert (400, "ERR_SCHEMA_VALIDATION_FAILED") == (reply.status_code, reply.json()["code"])


async def test_a_person_without_deals_has_an_empty_list(api):
    assert [] == await data(api, "/api/v2/deals", person_id=507)


async def test_archived_and_deleted_deals_cannot_be_read(api):
    assert "Holt renewal" == (await data(api, "/api/v2/deals/901"))["title"]
    assert [404, 404, 404] == [
        (await api.get(f"/api/v2/deals/{number}")).status_code for number in (905, 906, 1)
    ]


# -- leads --


async def test_leads_of_a_person_leave_out_the_archived(api):
    reply = await api.get("/v1/leads", params={"person_id": 501})
    [lead] = reply.json()["data"]
    assert ("Holt second site", 61, {"amount": 4000, "currency": "EUR"}) == (
        lead["title"],
        lead["organization_id"],
        lead["value"],
    )
    assert "2026-01-02T09:30:00.000Z" == lead["add_time"]
    assert 36 == len(lead["id"])
    assert {"start": 0, "limit": 100, "more_items_in_collection": False} == reply.json()["additional_data"]


async def test_leads_are_paged_by_start_and_limit(api, crm):
    for number in range(150):
        crm.database.add_lead(f"Idea {number}", 507)
    first = (await api.get("/v1/leads", params={"person_id": 507})).json()
    last = (await api.get("/v1/leads", params={"person_id": 507, "start": 100})).json()

    assert (100, True) == (len(first["data"]), first["additional_data"]["more_items_in_collection"])
    assert (50, False) == (len(last["data"]), last["additional_data"]["more_items_in_collection"])
    assert ["Idea 0", "Idea 100"] == [first["data"][0]["title"], last["data"][0]["title"]]


async def test_the_place_in_the_collection_can_be_nested(api, crm):
    crm.toggles["nested_pagination"] = True
    more = (await api.get("/v1/leads")).json()["additional_data"]
    assert 0 == more["pagination"]["start"]


async def test_leads_by_time_of_change(api):
    assert 2 == len(await data(api, "/v1/leads", updated_since="2026-01-02T09:00:00Z"))
    assert [] == await data(api, "/v1/leads", updated_since="2026-01-02T10:00:00Z")
    assert 400 == (await api.get("/v1/leads", params={"updated_since": "yesterday"})).status_code


async def test_one_lead_and_none(api):
    [lead] = await data(api, "/v1/leads", person_id=503)
    assert lead == await data(api, f"/v1/leads/{lead['id']}")
    gone = await api.get("/v1/leads/00000000-0000-4000-8000-000000000099")
    assert (404, "requested lead not found") == (gone.status_code, gone.json()["error"])


async def test_a_company_without_leads_answers_403(api, crm):
    crm.toggles["leads_feature"] = False
    assert 403 == (await api.get("/v1/leads", params={"person_id": 501})).status_code


async def test_no_such_path_and_no_such_method_have_the_envelope(api):
    lost, wrong = await api.get("/v1/nothing"), await api.put("/api/v2/persons/501", json={})
    assert (404, 405) == (lost.status_code, wrong.status_code)
    assert lost.json()["success"] is wrong.json()["success"] is False
