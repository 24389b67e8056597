"""What Pipedrive's sandbox still plays of v1, which other people's clients call, and its switch."""

from __future__ import annotations

import pytest

from appconnect.connectors.pipedrive.sandbox.older import OUT_OF_SUPPORT


async def data(api, method, path, status=200, **sent):
    reply = await api.request(method, path, **sent)
    assert status == reply.status_code, reply.text
    return reply.json()["data"]


async def test_a_person_of_v1_has_texts_or_lists_as_phones_and_objects_as_links(by_key):
    body = {"name": "Ada Test", "phone": "+1 415 555 0111", "email": ["a@b.example"], "org_id": "61"}
    made = await data(by_key, "POST", "/v1/persons", 201, json=body)
    assert ("+1 415 555 0111", "a@b.example") == (made["phone"][0]["value"], made["email"][0]["value"])
    assert ("Holt Ltd", 61, 7001) == (
        made["org_id"]["name"],
        made["org_id"]["value"],
        made["owner_id"]["value"],
    )
    assert "rae.quill@acme.example" == made["owner_id"]["email"]
    changed = await data(by_key, "PUT", f"/v1/persons/{made['id']}", json={"phone": "12345"})
    assert ["12345"] == [phone["value"] for phone in changed["phone"]]
    assert {"id": made["id"]} == await data(by_key, "DELETE", f"/v1/persons/{made['id']}")
    assert 404 == (await by_key.get(f"/api/v2/persons/{made['id']}")).status_code


async def test_lists_of_v1_tell_where_the_next_page_starts(by_key):
    reply = await by_key.get("/v1/persons", params={"limit": 3, "sort": "name DESC"})
    place = reply.json()["additional_data"]["pagination"]
    assert {"start": 0, "limit": 3, "more_items_in_collection": True, "next_start": 3} == place
    names = [person["name"] for person in reply.json()["data"]]
    assert sorted(names, key=str.casefold, reverse=True) == names
    assert "Rae Quill" == reply.json()["related_objects"]["user"]["7001"]["name"]


async def test_deals_of_v1_are_asked_for_by_their_user_and_status(by_key):
    await data(by_key, "PATCH", "/api/v2/deals/901", json={"owner_id": 7002})
    of_kit = await data(by_key, "GET", "/v1/deals", params={"user_id": 7002})
    assert [("Holt renewal", "Kit Moss", "Nia Holt")] == [
        (deal["title"], deal["user_id"]["name"], deal["person_id"]["name"]) for deal in of_kit
    ]
    for status, count in (("all_not_deleted", 5), ("won", 1), ("deleted", 1)):
        assert count == len(await data(by_key, "GET", "/v1/deals", params={"status": status}))
    mine = await data(by_key, "GET", "/v1/deals", params={"owned_by_you": 1})
    assert 4 == len(mine)


async def test_an_activity_of_v1_has_its_person_by_number_and_its_times_without_seconds(by_key):
    body = {
        "type": "call", "due_date": "2026-01-02", "due_time": "09:10", "duration": "00:05", "done": 1,
        "person_id": 501, "participants": [{"person_id": 502, "primary_flag": False}], "location": "Here",
    }  # fmt: skip
    made = await data(by_key, "POST", "/v1/activities", 201, json=body)
    assert (501, "09:10", True, "Here") == tuple(
        made[name] for name in ("person_id", "due_time", "done", "location")
    )
    assert [True, False] == [one["primary_flag"] for one in made["participants"]]
    newer = await data(by_key, "GET", f"/api/v2/activities/{made['id']}")
    assert ("09:10:00", "Here") == (newer["due_time"], newer["location"]["value"])


async def test_activities_of_v1_are_the_callers_own_unless_everybodys_are_asked_for(by_key):
    await data(by_key, "POST", "/v1/activities", 201, json={"type": "call", "due_date": "2026-01-02"})
    others = {"type": "task", "due_date": "2026-02-02", "user_id": 7002}
    await data(by_key, "POST", "/v1/activities", 201, json=others)
    for params, types in (
        ({}, ["call"]),
        ({"user_id": 0}, ["call", "task"]),
        ({"user_id": 0, "type": "task,meeting"}, ["task"]),
        ({"user_id": 0, "start_date": "2026-01-03"}, ["task"]),
        ({"user_id": 0, "end_date": "2026-01-03"}, ["call"]),
    ):
        assert types == [row["type"] for row in await data(by_key, "GET", "/v1/activities", params=params)]
    refused = await by_key.post("/v1/activities", json={"type": "pigeon"})
    assert (400, "type: Activity type 'pigeon' was not found") == (
        refused.status_code,
        refused.json()["error_info"],
    )


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/v1/persons/501/deals", ["Holt renewal", "Holt training", "Holt first order", "Holt office move"]),
        ("/v1/organizations/61/persons", ["Nia Holt"]),
        ("/v1/deals/907/persons", ["Omar Vance"]),
        ("/v1/stages/1/deals", ["Holt renewal", "Holt training", "Vance pilot <A&B>"]),
        ("/v1/deals/archived", ["Holt archive"]),
        ("/v1/stages?pipeline_id=1", 5),
        ("/v1/pipelines", ["Pipeline"]),
        ("/v1/organizations?first_char=h", ["Holt Ltd"]),
    ],
)
async def test_what_is_linked_to_a_record_is_listed_as_v1_does(by_key, path, names):
    found = [row.get("title", row.get("name")) for row in await data(by_key, "GET", path)]
    assert names == (found if isinstance(names, list) else len(found))


async def test_v1_has_custom_fields_beside_the_others_and_overlooks_what_it_does_not_know(by_key):
    options = [{"label": "A"}, {"label": "B"}]
    body = {"field_name": "Kinds", "field_type": "set", "options": options}
    made = await data(by_key, "POST", "/api/v2/dealFields", json=body)
    key, (first, second) = made["field_code"], [option["id"] for option in made["options"]]
    sent = {"title": "D", key: f"{first},{second}", "f" * 40: "unknown"}
    deal = await data(by_key, "POST", "/v1/deals", 201, json=sent)
    assert (f"{first},{second}", False) == (deal[key], "f" * 40 in deal)
    newer = await data(by_key, "GET", f"/api/v2/deals/{deal['id']}")
    assert {key: [first, second]} == newer["custom_fields"]


async def test_an_option_that_is_not_there_cannot_be_taken_away(by_key):
    body = {"field_name": "Kinds", "field_type": "set", "options": [{"label": "A"}, {"label": "B"}]}
    made = await data(by_key, "POST", "/api/v2/dealFields", json=body)
    path, (first, second) = f"/api/v2/dealFields/{made['field_code']}", made["options"]
    unknown = [{"id": first["id"]}, {"id": 99_999}]
    refused = await by_key.request("DELETE", f"{path}/options", json=unknown)
    assert (400, True) == (refused.status_code, "99999 was not found" in refused.text)
    assert [first, second] == (await data(by_key, "GET", path))["options"]
    await data(by_key, "DELETE", f"{path}/options", json=[{"id": first["id"]}])
    assert [second] == (await data(by_key, "GET", path))["options"]


VARY = {"edit_flag", "important_flag", "mandatory_flag"}
"""Flags that differ from field to field; by all others, a field is shown, searched, sorted and edited in bulk."""


@pytest.mark.parametrize("kind", ["dealFields", "personFields", "organizationFields", "activityFields"])
async def test_every_field_can_be_used_for_all_that_fields_are_good_for(by_key, kind):
    for field in await data(by_key, "GET", f"/v1/{kind}"):
        flags = {name for name in field if name.endswith(("_flag", "_allowed"))}
        assert len(flags) > len(VARY)
        assert [] == [name for name in sorted(flags - VARY) if field[name] is not True]


async def test_deals_of_a_pipeline_are_somebodys_own_or_everybodys(by_key):
    theirs = (await data(by_key, "POST", "/v1/deals", 201, json={"title": "D", "user_id": 7002}))["id"]

    async def deals(query):
        return {deal["id"] for deal in await data(by_key, "GET", f"/v1/pipelines/1/deals?{query}")}

    everybodys = await deals("everyone=1")
    assert {theirs} < everybodys
    assert {theirs} == await deals("user_id=7002") == await deals("user_id=7002&everyone=0")
    assert everybodys == await deals("user_id=7002&everyone=1")


async def test_a_lead_has_the_custom_fields_of_deals(by_key):
    body = {"field_name": "Source", "field_type": "varchar"}
    key = (await data(by_key, "POST", "/api/v2/dealFields", json=body))["field_code"]
    lead = await data(
        by_key, "POST", "/v1/leads", 201, json={"title": "L", "person_id": 501, key: "fair 2026"}
    )
    assert "fair 2026" == lead[key]
    found = await data(by_key, "GET", "/api/v2/leads/search", params={"term": "fair 2026"})
    assert [lead["id"]] == [hit["item"]["id"] for hit in found["items"]]


async def test_python_writes_true_with_a_capital(by_key):
    params = {"term": "nia holt", "exact_match": "True"}
    for path in ("/v1/persons/search", "/api/v2/persons/search", "/v1/itemSearch"):
        found = await data(by_key, "GET", path, params=params)
        assert [501] == [hit["item"]["id"] for hit in found["items"]]


async def test_all_that_is_out_of_support_can_be_gone(by_key, crm, clock):
    crm.toggles["v1_gone"] = True
    for name in OUT_OF_SUPPORT:
        clock.advance(3)
        method, path = name.split()
        sent = {"json": {"name": "x", "title": "x", "pipeline_id": 1}} if method in {"POST", "PUT"} else {}
        reply = await by_key.request(method, path.replace("{id}", "1"), params={"ids": "1"}, **sent)
        assert (name, 410) == (name, reply.status_code)
        assert "/api/v2/" in reply.json()["error"]


async def test_fields_have_the_types_that_pipedrive_gives_them(by_key):
    expected = {
        "person": {"phone": "phone", "owner_id": "user", "org_id": "org", "postal_address": "address"},
        "deal": {"value": "monetary", "stage_id": "stage", "person_id": "people", "status": "status"},
        "organization": {"address": "address", "owner_id": "user", "visible_to": "visible_to"},
        "activity": {"location": "address", "note": "text", "deal_id": "deal", "lead_id": "lead"},
    }
    for kind, types in expected.items():
        fields = {row["key"]: row["field_type"] for row in await data(by_key, "GET", f"/v1/{kind}Fields")}
        assert types == {key: fields[key] for key in types}


async def test_leads_come_from_the_sources_that_pipedrive_knows(by_key):
    names = [row["name"] for row in await data(by_key, "GET", "/v1/leadSources")]
    assert "Manually created, Deal, Web forms, Prospector, Chatbot, Messaging inbox, API" == ", ".join(names)


async def test_conditions_have_the_operators_of_their_fields_type(by_key):
    told = await data(by_key, "GET", "/v1/filters/helpers")
    of_texts, of_numbers = told["operators"]["varchar"], told["operators"]["int"]
    assert of_texts == told["operators"]["phone"] == told["operators"]["text"]
    assert ("contains", "starts with", "is empty") == tuple(
        of_texts[name] for name in ("LIKE '%$%'", "LIKE '$%'", "IS NULL")
    )
    assert {"=", "!=", "IS NULL", "IS NOT NULL", ">", "<", ">=", "<="} == of_numbers.keys()
    assert "last month" == told["relative_dates"]["last_month"]


async def test_users_who_have_left_are_listed_as_inactive(by_key):
    users = await data(by_key, "GET", "/v1/users")
    assert {"Rae Quill": True, "Kit Moss": True, "Olu Gone": False} == {
        user["name"]: user["active_flag"] for user in users
    }
