"""What Pipedrive's sandbox plays beside the records that the connector needs."""

from __future__ import annotations

import asyncio
import json

import pytest

from appconnect.connectors.pipedrive.sandbox.guide import TOGGLES
from appconnect.sandbox.people import made_up_people

NO_LEAD = "00000000-0000-4000-8000-000000000099"


async def data(api, method, path, status=200, **sent):
    reply = await api.request(method, path, **sent)
    assert status == reply.status_code, reply.text
    return reply.json()["data"]


# -- faults --


async def test_all_faults_are_told_together_as_the_vendor_joins_them(api):
    body = {"due_time": "half past nine", "deal_id": "901", "private": True}
    reply = await api.post("/api/v2/activities", json=body)
    assert {
        "Validation failed: due_time: This value is not a valid datetime.",
        "deal_id: This value should be of type integer.",
        "private: Parameter 'private' is not allowed for this request",
    } == set(reply.json()["error"].split("; "))


async def test_what_is_wrong_beyond_the_description_is_told_with_the_rest(api):
    two = [{"value": "1", "primary": True}, {"value": "2", "primary": True}]
    body = {"name": 1, "phones": two, "emails": two, "label_ids": ["x"], "custom_fields": {"x": 1}}
    reply = await api.post("/api/v2/persons", json=body)
    assert {
        "Validation failed: name: This value should be of type string.",
        "label_ids.0: This value should be of type integer.",
        "phones: Only one phone can be primary.",
        "emails: Only one email can be primary.",
        "custom_fields.x: Parameter 'custom_fields.x' is not allowed for this request",
    } == set(reply.json()["error"].split("; "))
    reply = await api.post("/api/v2/activities", json={"type": "pigeon", "due_date": "tomorrow"})
    assert (
        "due_date: This value is not a valid date.; type: Activity type 'pigeon' was not found"
        in (reply.json()["error"])
    )


async def test_v1_tells_the_reason_in_error_info(api):
    reply = await api.get("/v1/leads", params={"owner_id": "me"})
    assert 400 == reply.status_code
    assert "owner_id: This value should be of type integer." == reply.json()["error_info"]


async def test_a_lead_that_is_not_there_says_so_twice(api):
    reply = await api.get(f"/v1/leads/{NO_LEAD}")
    assert ("requested lead not found", "Object was not found.") == (
        reply.json()["error"],
        reply.json()["error_info"],
    )


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/api/v2/persons", {"include_fields": "nothing"}),
        ("/api/v2/deals/901", {"include_fields": "open_deals_count"}),
        ("/api/v2/leads/search", {"term": "holt", "fields": "phone"}),
        ("/api/v2/persons", {"custom_fields": ",".join("k" * 16)}),
        ("/api/v2/deals", {"include_labels": "1"}),
    ],
)
async def test_what_the_description_does_not_know_is_refused(by_key, path, params):
    assert 400 == (await by_key.get(path, params=params)).status_code


@pytest.mark.parametrize("field", ["phones", "emails"])
async def test_at_most_one_entry_is_primary(api, crm, field):
    before = len(crm.database.persons)
    entries = [{"value": "1", "primary": True}, {"value": "2", "primary": True}]
    reply = await api.post("/api/v2/persons", json={"name": "A", field: entries})
    assert 400 == reply.status_code
    assert reply.json()["error"].startswith(f"Validation failed: {field}: ")
    assert before == len(crm.database.persons)


# -- persons --


async def test_a_person_may_come_by_first_and_last_name(api):
    person = await data(api, "POST", "/api/v2/persons", json={"first_name": "Ada", "last_name": "Lane"})
    assert ("Ada Lane", "Ada", "Lane") == tuple(person[name] for name in ("name", "first_name", "last_name"))
    changed = await data(api, "PATCH", f"/api/v2/persons/{person['id']}", json={"last_name": "Moor"})
    assert "Ada Moor" == changed["name"]


@pytest.mark.parametrize("sent", ["2020-01-01T00:00:00Z", "2020-01-01 00:00:00", "2020-01-01T02:00:00+02:00"])
@pytest.mark.parametrize("table", ["persons", "organizations"])
async def test_a_record_keeps_the_time_it_is_sent_with_as_answers_write_times(api, table, sent):
    made = await data(api, "POST", f"/api/v2/{table}", json={"name": "Old", "add_time": sent})
    assert "2020-01-01T00:00:00Z" == made["add_time"]


@pytest.mark.parametrize(
    ("request_", "field", "known"),
    [
        ("POST /api/v2/persons", "add_time", {"name": "N"}),
        ("POST /api/v2/organizations", "add_time", {"name": "N"}),
        ("PATCH /api/v2/deals/901", "won_time", {}),
        ("POST /v1/persons", "add_time", {"name": "N"}),
        ("POST /v1/notes", "add_time", {"content": "C", "person_id": 501}),
        ("POST /v1/activities", "due_time", {}),
    ],
)
@pytest.mark.parametrize("value", ["nope", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+23:00"])
async def test_a_time_that_is_none_is_refused_wherever_it_is_sent(by_key, request_, field, known, value):
    method, path = request_.split()
    reply = await by_key.request(method, path, json={field: value, **known})
    assert 400 == reply.status_code, reply.text
    assert f"{field}: This value is not a valid datetime." in reply.text


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ("PUT /v1/activityTypes/1", "icon_key"),
        ("POST /v1/dealFields", "field_type"),
        ("POST /v1/organizationFields", "field_type"),
        ("POST /v1/personFields", "field_type"),
    ],
)
async def test_v1_takes_the_words_of_its_lists_only(by_key, request_, field):
    method, path = request_.split()
    reply = await by_key.request(method, path, json={"name": "N", field: "horoscope"})
    assert 400 == reply.status_code, reply.text
    assert f"{field}: This value is not one of" in reply.text


async def test_contact_sync_opens_its_fields(api, crm):
    crm.toggles["contact_sync"] = True
    body = {"name": "A", "job_title": "Welder", "im": [{"value": "ada"}]}
    person = await data(api, "POST", "/api/v2/persons", json=body)
    assert ("Welder", [{"value": "ada", "primary": True, "label": "work"}]) == (
        person["job_title"],
        person["im"],
    )


async def test_counts_and_labels_are_shown_when_asked_for(api):
    params = {"include_fields": "open_deals_count,won_deals_count", "include_labels": "true"}
    nia = await data(api, "GET", "/api/v2/persons/501", params=params)
    assert (2, 1, []) == (nia["open_deals_count"], nia["won_deals_count"], nia["labels"])
    assert "open_deals_count" not in await data(api, "GET", "/api/v2/persons/501")


async def test_a_custom_phone_field_is_kept_shown_and_found_by_its_digits(by_key):
    field = await data(
        by_key, "POST", "/api/v2/personFields", json={"field_name": "Fax", "field_type": "phone"}
    )
    code = field["field_code"]
    assert (await data(by_key, "GET", "/api/v2/persons/502"))["custom_fields"] == {code: None}
    await data(by_key, "PATCH", "/api/v2/persons/502", json={"custom_fields": {code: "+1 (415) 555-0999"}})
    found = await data(
        by_key, "GET", "/api/v2/persons/search", params={"term": "4155550999", "fields": "custom_fields"}
    )
    assert [502] == [hit["item"]["id"] for hit in found["items"]]
    for wrong in ({code: 5}, {"0" * 40: "x"}):
        reply = await by_key.patch("/api/v2/persons/502", json={"custom_fields": wrong})
        assert 400 == reply.status_code


# -- sales --


async def test_a_deal_is_won_and_opened_again(by_key):
    won = await data(by_key, "PATCH", "/api/v2/deals/901", json={"status": "won"})
    assert won["won_time"] == won["close_time"] == "2026-01-02T09:30:00Z"
    again = await data(by_key, "PATCH", "/api/v2/deals/901", json={"status": "open"})
    assert (None, None) == (again["won_time"], again["close_time"])


async def test_a_new_deal_and_a_new_lead_have_every_field_that_was_left_out(by_key):
    deal = await data(by_key, "POST", "/api/v2/deals", json={"title": "Roof"})
    empty = {"value": 0, "status": "open", "person_id": None, "org_id": None, "pipeline_id": 1, "stage_id": 1}
    empty |= {"is_archived": False, "label_ids": [], "visible_to": 3, "origin": "API"}
    assert empty == {name: deal[name] for name in empty}
    lead = (await by_key.post("/v1/leads", json={"title": "Roof", "person_id": 501})).json()["data"]
    empty = {"label_ids": [], "organization_id": None, "source_name": "API", "origin": "API", "value": None}
    empty |= {"is_archived": False, "was_seen": False, "visible_to": "3"}
    assert empty == {name: lead[name] for name in empty}


async def test_what_cannot_be_sorted_by_is_named(api):
    answer = await api.get("/v1/leads", params={"sort": "colour DESC"})
    assert (400, "Sorting by colour is not possible.") == (answer.status_code, answer.json()["error"])


async def test_a_filter_replaces_the_status_and_leaves_the_time_of_change(api, by_key):
    body = {"name": "All", "type": "deals", "conditions": {"glue": "and", "conditions": []}}
    await data(by_key, "POST", "/v1/filters", json=body)
    deals = await data(api, "GET", "/api/v2/deals", params={"filter_id": 1, "status": "won"})
    assert {"open", "won", "lost"} == {deal["status"] for deal in deals}
    later = {"filter_id": 1, "updated_since": "2027-01-01T00:00:00Z"}
    assert [] == await data(api, "GET", "/api/v2/deals", params=later)


async def test_a_lead_becomes_a_deal_takes_its_notes_along_and_is_deleted(by_key):
    [lead] = await data(by_key, "GET", "/v1/leads", params={"person_id": 501})
    note = await data(by_key, "POST", "/v1/notes", json={"content": "x", "lead_id": lead["id"]})
    path = f"/api/v2/leads/{lead['id']}/convert"
    conversion = await data(by_key, "POST", f"{path}/deal", json={"stage_id": 2})
    status = await data(by_key, "GET", f"{path}/status/{conversion['conversion_id']}")
    deal = await data(by_key, "GET", f"/api/v2/deals/{status['deal_id']}")
    assert (lead["title"], 501, 2, lead["id"]) == tuple(
        deal[name] for name in ("title", "person_id", "stage_id", "source_lead_id")
    )
    assert [note["id"]] == [row["id"] for row in await data(by_key, "GET", f"/v1/notes?deal_id={deal['id']}")]
    assert 404 == (await by_key.get(f"/v1/leads/{lead['id']}")).status_code
    assert lead["id"] not in [row["id"] for row in await data(by_key, "GET", "/v1/leads/archived")]


async def test_archived_deals_have_a_list_of_their_own(api, crm):
    archived = await data(api, "GET", "/api/v2/deals/archived", params={"person_id": 501})
    assert ["Holt archive"] == [deal["title"] for deal in archived]
    crm.toggles["archived_deals_by_id"] = True
    assert "Holt archive" == (await data(api, "GET", "/api/v2/deals/905"))["title"]


async def test_merging_moves_what_is_linked_and_deletes_one(by_key):
    merged = await data(by_key, "PUT", "/v1/persons/501/merge", json={"merge_with_id": 502})
    assert (502, 501) == (merged["id"], merged["merge_what_id"])
    assert 404 == (await by_key.get("/api/v2/persons/501")).status_code
    titles = [deal["title"] for deal in await data(by_key, "GET", "/api/v2/deals?person_id=502")]
    assert {"Holt renewal", "Vance pilot <A&B>"} <= set(titles)


async def test_related_items_of_a_search(by_key):
    params = {"term": "Nia Holt", "item_types": "person", "search_for_related_items": "true"}
    found = await data(by_key, "GET", "/api/v2/itemSearch", params=params)
    assert "Holt renewal" in [hit["item"]["title"] for hit in found["related_items"]]
    params = {"term": "Holt Ltd", "item_types": "organization", "search_for_related_items": "true"}
    related = (await data(by_key, "GET", "/api/v2/itemSearch", params=params))["related_items"]
    assert {"person", "deal", "lead"} == {hit["item"]["type"] for hit in related}
    assert len(related) == len({(hit["item"]["type"], hit["item"]["id"]) for hit in related})
    assert "Nia Holt" in [hit["item"].get("name") for hit in related]


@pytest.mark.parametrize(
    ("path", "link"),
    [("persons", {"person_id": 501}), ("deals", {"deal_id": 901}), ("organizations", {"org_id": 61})],
)
async def test_what_is_written_in_a_note_is_found(by_key, path, link):
    note = await data(by_key, "POST", "/v1/notes", json={"content": "<p>Likes marzipan</p>"} | link)

    async def hits(**params):
        found = await data(by_key, "GET", f"/api/v2/{path}/search", params={"term": "marzipan"} | params)
        return [(hit["item"]["id"], hit["item"]["notes"]) for hit in found["items"]]

    found = [(*link.values(), ["<p>Likes marzipan</p>"])]
    assert (found, found, []) == (
        await hits(),
        await hits(fields="notes"),
        await hits(fields="custom_fields"),
    )
    await data(by_key, "DELETE", f"/v1/notes/{note['id']}")
    assert [] == await hits()


async def test_an_organization_is_found_by_its_address_which_is_answered_with_all_parts(by_key):
    address = {"value": "Main Street 1, Porto", "country": "Portugal"}
    made = await data(by_key, "POST", "/api/v2/organizations", json={"name": "Test", "address": address})
    assert (10, address["value"], None) == (
        len(made["address"]),
        made["address"]["value"],
        made["address"]["postal_code"],
    )
    params = {"term": "main street", "fields": "address"}
    found = await data(by_key, "GET", "/api/v2/organizations/search", params=params)
    assert [made["id"]] == [hit["item"]["id"] for hit in found["items"]]


async def test_followers_have_the_times_of_the_version_that_shows_them(by_key):
    await data(by_key, "POST", "/v1/persons/501/followers", json={"user_id": 7002})
    [old] = await data(by_key, "GET", "/v1/persons/501/followers")
    [new] = await data(by_key, "GET", "/api/v2/persons/501/followers")
    assert ("2026-01-02 09:30:00", "2026-01-02T09:30:00Z") == (old["add_time"], new["add_time"])


async def test_a_custom_field_that_was_deleted_is_shown_no_more(by_key):
    body = {"field_name": "Fax", "field_type": "phone"}
    key = (await data(by_key, "POST", "/api/v2/personFields", json=body))["field_code"]
    nia = await data(by_key, "PATCH", "/api/v2/persons/501", json={"custom_fields": {key: "1"}})
    assert {key: "1"} == nia["custom_fields"]
    await data(by_key, "DELETE", f"/api/v2/personFields/{key}")
    assert {} == (await data(by_key, "GET", "/api/v2/persons/501"))["custom_fields"]


# -- calls, files, notes --


async def test_a_call_log_with_a_recording(by_key):
    body = {
        "outcome": "connected", "to_phone_number": "+14155550142", "person_id": 501,
        "start_time": "2026-01-02T09:00:00Z", "end_time": "2026-01-02T09:05:00Z",
    }  # fmt: skip
    call = await data(by_key, "POST", "/v1/callLogs", json=body)
    path = f"/v1/callLogs/{call['id']}"
    assert call["has_recording"] is False
    assert 400 == (await by_key.post(f"{path}/recordings", json={"file": "no file"})).status_code
    assert 200 == (await by_key.post(f"{path}/recordings", files={"file": b"sound"})).status_code
    assert (await data(by_key, "GET", path))["has_recording"] is True


async def test_a_file_comes_back_as_it_was_sent(by_key):
    sent = {"file": ("a.bin", bytes(range(256)), "application/x-test")}
    file = await data(by_key, "POST", "/v1/files", files=sent, data={"person_id": "501"})
    assert ("a.bin", 256, "Nia Holt") == (file["name"], file["file_size"], file["person_name"])
    got = await by_key.get(f"/v1/files/{file['id']}/download")
    assert bytes(range(256)) == got.content
    assert [file["id"]] == [row["id"] for row in await data(by_key, "GET", "/v1/persons/501/files")]


async def test_a_note_belongs_to_something(api):
    assert 400 == (await api.post("/v1/notes", json={"content": "x"})).status_code
    note = await data(api, "POST", "/v1/notes", json={"content": "x", "person_id": "501"})
    assert ({"name": "Nia Holt"}, True) == (note["person"], note["user"]["is_you"])
    assert [note["id"]] == [row["id"] for row in await data(api, "GET", "/v1/notes?person_id=501")]


# -- switches --


async def test_the_token_may_come_in_the_query_unless_switched_off(api, crm):
    del api.headers["Authorization"]
    path = "/v1/users/me?api_token=sandbox-pipedrive-api-token"
    assert 200 == (await api.get(path)).status_code
    crm.toggles["token_in_query"] = False
    assert 401 == (await api.get(path)).status_code


async def test_times_can_need_seconds_and_be_shown_without(api, crm):
    path = "/api/v2/activities"
    crm.toggles["times_with_seconds"] = False
    assert "09:10" == (await data(api, "POST", path, json={"due_time": "09:10:30"}))["due_time"]
    crm.toggles["times_need_seconds"] = True
    reply = await api.post(path, json={"due_time": "09:10"})
    assert "due_time: This value is not a valid datetime." in reply.json()["error"]


async def test_times_without_seconds_can_be_refused_now_and_then(api, crm):
    crm.toggles["times_now_and_then"] = True
    replies = [await api.post("/api/v2/activities", json={"due_time": "09:10"}) for _ in range(4)]
    assert [400, 200, 400, 200] == [reply.status_code for reply in replies]
    assert 200 == (await api.post("/api/v2/activities", json={"due_time": "09:10:00"})).status_code


@pytest.mark.parametrize(("sent", "stored"), [("901", 901), ("", None), (901, 901)])
async def test_numbers_can_be_taken_as_texts(api, crm, sent, stored):
    crm.toggles["numbers_as_texts"] = True
    made = await data(api, "POST", "/api/v2/activities", json={"deal_id": sent})
    assert stored == made["deal_id"]
    assert 400 == (await api.post("/api/v2/activities", json={"deal_id": "many"})).status_code


async def test_primary_can_be_called_primary_flag(api, crm):
    crm.toggles["primary_flag"] = True
    nia = await data(api, "GET", "/api/v2/persons/501")
    assert [True, False] == [phone["primary_flag"] for phone in nia["phones"]]


async def test_the_app_can_be_registered_with_every_scope(api, crm):
    crm.toggles["every_scope"] = True
    api.headers["Authorization"] = f"Bearer {crm.sign_in().access}"
    await data(api, "GET", "/api/v2/itemSearch", params={"term": "holt"})
    await data(api, "GET", "/v1/callLogs")


@pytest.mark.parametrize("toggle", [toggle.name for toggle in TOGGLES])
async def test_every_switch_leaves_the_user_readable_or_says_why(api, crm, toggle):
    crm.toggles[toggle] = not crm.toggles[toggle]
    assert (await api.get("/v1/users/me")).status_code == (402 if toggle == "company_closed" else 200)


# -- webhooks --


@pytest.fixture
async def listener():
    """An address on this machine, and what it was told: heads and bodies."""
    told: list[tuple[str, dict]] = []

    async def hear(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().partition("content-length:")[2].split()[0])
        told.append((head, json.loads(await reader.readexactly(length))))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", told


@pytest.mark.parametrize("switched_on", [True, False])
async def test_an_uninstalled_app_is_told_at_its_callback_address(oauth, crm, listener, switched_on):
    url, told = listener
    crm.toggles["uninstall_callback"] = switched_on
    pair = crm.oauth.tokens.issue(crm.oauth.grant(url))
    client = (crm.credentials["client_id"], crm.credentials["client_secret"])
    for token in (pair.access, pair.refresh):
        assert 200 == (await oauth.post("/oauth/revoke", data={"token": token}, auth=client)).status_code
    assert switched_on == len(told)
    for head, body in told:
        assert head.startswith("DELETE / ")
        assert "authorization: basic " in head.lower()
        assert (7001, 88) == (body["user_id"], body["company_id"])


async def test_a_webhook_is_told_what_it_asked_for(by_key, crm, listener):
    url, told = listener
    hook = {"subscription_url": url, "event_action": "change", "name": "Mine"}
    await data(by_key, "POST", "/v1/webhooks", 201, json=hook | {"event_object": "person"})
    await data(by_key, "PATCH", "/api/v2/persons/501", json={"name": "Nia Hope"})
    await data(by_key, "PATCH", "/api/v2/deals/901", json={"title": "not asked for"})
    assert [("change", "person", "501")] == [
        (each["meta"]["action"], each["meta"]["entity"], each["meta"]["entity_id"]) for _, each in told
    ]
    assert ("Nia Hope", "Nia Holt") == (told[0][1]["data"]["name"], told[0][1]["previous"]["name"])
    [kept] = await data(by_key, "GET", "/v1/webhooks")
    assert 200 == kept["last_http_status"]


async def test_a_webhook_is_told_what_was_there_before_as_its_version_does(by_key, listener):
    url, told = listener
    for version in ("1.0", "2.0"):
        hook = {"subscription_url": url, "event_action": "*", "event_object": "person", "name": version}
        await data(by_key, "POST", "/v1/webhooks", 201, json=hook | {"version": version})
    await data(by_key, "PATCH", "/api/v2/persons/501", json={"name": "Nia Hope"})
    (_, old), (_, new) = told
    assert ("updated.person", "Nia Hope", "Nia Holt", 7001) == (
        old["event"],
        old["current"]["name"],
        old["previous"]["name"],
        old["current"]["owner_id"],
    )
    assert {"name": "Nia Holt", "last_name": "Holt"} == new["previous"]
    assert not {"im", "birthday"} & new["data"].keys()
    made = await data(by_key, "POST", "/api/v2/persons", json={"name": "Ada New"})
    await data(by_key, "DELETE", f"/api/v2/persons/{made['id']}")
    (_, old), (_, new) = told[2:4]
    assert ("added.person", None) == (old["event"], old["previous"])
    assert ("create", "Ada New", None) == (new["meta"]["action"], new["data"]["name"], new["previous"])
    (_, old), (_, new) = told[4:]
    assert ("deleted.person", None) == (old["event"], old["current"])
    assert ("Ada New", None, "Ada New") == (
        old["previous"]["name"],
        new["data"],
        new["previous"]["name"],
    )


async def test_a_delivery_says_of_what_and_for_whom_it_is(by_key, crm, listener):
    """https://pipedrive.readme.io/docs/guide-for-webhooks-v2, and the one for version 1."""
    url, told = listener
    crm.clock.advance(60)
    numbers = []
    for version in ("1.0", "2.0"):
        hook = {"subscription_url": url, "event_action": "*", "event_object": "*", "name": version}
        login = {"http_auth_user": "ada", "http_auth_password": "pw"} if version == "2.0" else {}
        made = await data(by_key, "POST", "/v1/webhooks", 201, json=hook | login | {"version": version})
        numbers.append(str(made["id"]))
    await data(by_key, "PATCH", "/api/v2/deals/901", json={"title": "Renewed"})
    (old_head, old), (new_head, new) = told
    assert ("authorization: basic ywrhonb3" in new_head.lower(), "authorization" in old_head.lower()) == (
        True,
        False,
    )
    about = {"company_id": 88, "user_id": 7001, "host": "acme-sandbox.pipedrive.com", "change_source": "api"}
    assert {
        **about, "v": 1, "action": "updated", "object": "deal", "id": 901, "timestamp": 1767346260,
        "permitted_user_ids": [7001], "is_bulk_update": False, "webhook_id": numbers[0],
        "matches_filters": {"current": []},
    } == old.pop("meta")  # fmt: skip
    assert ("Renewed", "Holt renewal") == (old.pop("current")["title"], old.pop("previous")["title"])
    assert {"v": 1, "event": "updated.deal", "retry": 0, "matches_filters": {"current": []}} == old
    meta = new.pop("meta")
    assert meta.pop("id") != meta.pop("correlation_id")
    assert {
        **about, "company_id": "88", "user_id": "7001", "action": "change", "entity": "deal",
        "entity_id": "901", "timestamp": "2026-01-02T09:31:00Z", "type": "general", "version": "2.0",
        "webhook_id": numbers[1], "webhook_owner_id": "7001", "is_bulk_edit": False,
        "permitted_user_ids": ["7001"], "attempt": 1,
    } == meta  # fmt: skip
    assert {"title": "Holt renewal", "update_time": "2026-01-02T09:30:00Z"} == new["previous"]
    (first, _) = await data(by_key, "GET", "/v1/webhooks")
    assert (88, "2026-01-02T09:31:00Z", 200) == (
        first["company_id"], first["last_delivery_time"], first["last_http_status"],
    )  # fmt: skip


@pytest.mark.parametrize("wrong", [{"subscription_url": "nowhere"}, {"event_action": "look"}, {"name": ""}])
async def test_a_webhook_that_could_not_be_told_is_refused(by_key, wrong):
    hook = {"subscription_url": "http://127.0.0.1/", "event_action": "*", "event_object": "*", "name": "x"}
    assert 400 == (await by_key.post("/v1/webhooks", json=hook | wrong)).status_code


async def test_there_are_forty_webhooks_at_most(by_key, clock):
    hook = {
        "subscription_url": "https://hooks.example/",
        "event_action": "*",
        "event_object": "*",
        "name": "x",
    }
    statuses = []
    for _ in range(41):
        clock.advance(1)
        statuses.append((await by_key.post("/v1/webhooks", json=hook)).status_code)
    assert [201] * 40 + [422] == statuses


async def test_nothing_is_told_to_other_machines(by_key, crm):
    hook = {
        "subscription_url": "https://hooks.example/",
        "event_action": "*",
        "event_object": "*",
        "name": "x",
    }
    await data(by_key, "POST", "/v1/webhooks", 201, json=hook)
    await data(by_key, "POST", "/api/v2/persons", json={"name": "A"})
    assert (await data(by_key, "GET", "/v1/webhooks"))[0]["last_http_status"] is None


# -- many people --


async def test_a_person_among_many_is_found_by_phone_and_by_name(api, crm):
    for person in made_up_people(300):
        crm.add_person(person)
    last = person
    for params in ({"term": last.phone, "fields": "phone"}, {"term": last.email, "fields": "email"}):
        found = await data(api, "GET", "/api/v2/persons/search", params=params)
        assert last.name in [hit["item"]["name"] for hit in found["items"]]
    assert last.company in [hit["item"]["organization"]["name"] for hit in found["items"]]
