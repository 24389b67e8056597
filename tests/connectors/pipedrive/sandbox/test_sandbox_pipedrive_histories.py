"""What Pipedrive's sandbox tells of the past and of sums: changes, followers, flows, timelines, discounts."""

from __future__ import annotations

import pytest


async def data(api, method, path, status=200, **sent):
    reply = await api.request(method, path, **sent)
    assert status == reply.status_code, reply.text
    return reply.json()["data"]


async def test_a_changelog_has_a_row_for_each_field_that_was_changed_the_newest_first(by_key):
    await data(by_key, "PATCH", "/api/v2/deals/901", json={"title": "Renewed", "stage_id": 3})
    rows = await data(by_key, "GET", "/v1/deals/901/changelog")
    assert {("title", "Holt renewal", "Renewed", 7001), ("stage_id", "1", "3", 7001)} == {
        (row["field_key"], row["old_value"], row["new_value"], row["actor_user_id"]) for row in rows
    }
    await data(by_key, "PATCH", "/api/v2/deals/901", json={"title": "Again"})
    first = await by_key.get("/v1/deals/901/changelog", params={"limit": 1})
    assert "Again" == first.json()["data"][0]["new_value"]
    assert first.json()["additional_data"]["next_cursor"]
    assert [] == await data(by_key, "GET", "/v1/deals/902/changelog")
    assert 404 == (await by_key.get("/v1/deals/999/changelog")).status_code


async def test_followers_and_participants_have_changelogs(by_key):
    await data(by_key, "POST", "/api/v2/deals/901/followers", json={"user_id": 7002}, status=201)
    await data(by_key, "DELETE", "/api/v2/deals/901/followers/7002")
    rows = await data(by_key, "GET", "/api/v2/deals/901/followers/changelog")
    assert [("removed", 7002), ("added", 7002)] == [(row["action"], row["follower_user_id"]) for row in rows]
    made = await data(by_key, "POST", "/v1/deals/901/participants", json={"person_id": 502})
    assert ["Nia Holt", "Omar Vance"] == [
        row["person"]["name"] for row in await data(by_key, "GET", "/v1/deals/901/participants")
    ]
    await data(by_key, "DELETE", f"/v1/deals/901/participants/{made['id']}")
    rows = await data(by_key, "GET", "/v1/deals/901/participantsChangelog")
    assert [("removed", 502), ("added", 502)] == [(row["action"], row["person_id"]) for row in rows]


async def test_a_flow_has_changes_activities_notes_and_files(by_key):
    await data(by_key, "POST", "/v1/notes", json={"content": "x", "person_id": 501})
    await data(by_key, "POST", "/v1/files", files={"file": ("a.txt", b"x")}, data={"person_id": "501"})
    await data(
        by_key, "POST", "/api/v2/activities", json={"type": "call", "participants": [{"person_id": 501}]}
    )
    await data(by_key, "PATCH", "/api/v2/persons/501", json={"name": "Nia Hope"})
    rows = await data(by_key, "GET", "/v1/persons/501/flow")
    assert {"note", "file", "activity", "personChange"} == {row["object"] for row in rows}
    only = await data(by_key, "GET", "/v1/persons/501/flow", params={"items": "note,activity"})
    assert {"note", "activity"} == {row["object"] for row in only}


async def test_recents_are_what_was_changed_since(by_key, clock):
    clock.advance(60)
    await data(by_key, "PATCH", "/api/v2/persons/502", json={"name": "Omar V"})
    await data(by_key, "POST", "/v1/notes", json={"content": "x", "deal_id": 901})
    params = {"since_timestamp": "2026-01-02 09:30:30", "items": "person,note,deal"}
    rows = await data(by_key, "GET", "/v1/recents", params=params)
    assert {("person", 502, "Omar V"), ("note", 1, None)} == {
        (row["item"], row["id"], row["data"].get("name")) for row in rows
    }
    assert 400 == (await by_key.get("/v1/recents", params={"since_timestamp": "lately"})).status_code


async def test_a_call_log_has_an_activity_that_outlives_it(by_key):
    call = {
        "outcome": "connected", "to_phone_number": "+14155550142", "start_time": "2026-01-02T09:00:00Z",
        "end_time": "2026-01-02T09:05:30Z", "person_id": 501, "subject": "Asked for a date",
    }  # fmt: skip
    made = await data(by_key, "POST", "/v1/callLogs", json=call)
    activity = await data(by_key, "GET", f"/api/v2/activities/{made['activity_id']}")
    assert ("Asked for a date", True, 501, "00:05:30", "09:00:00") == tuple(
        activity[name] for name in ("subject", "done", "person_id", "duration", "due_time")
    )
    assert 200 == (await by_key.delete(f"/v1/callLogs/{made['id']}")).status_code
    await data(by_key, "GET", f"/api/v2/activities/{made['activity_id']}")
    given = await data(by_key, "POST", "/v1/callLogs", json=call | {"activity_id": activity["id"]})
    assert (activity["id"], 501) == (given["activity_id"], given["person_id"])
    backwards = call | {"end_time": "2026-01-02 08:00:00"}
    assert 400 == (await by_key.post("/v1/callLogs", json=backwards)).status_code


async def test_sums_timelines_and_statistics_count_the_deals(by_key):
    summary = await data(by_key, "GET", "/v1/deals/summary", params={"status": "open"})
    assert (3, 13_800) == (summary["total_count"], summary["values_total"]["value"])
    archived = await data(by_key, "GET", "/v1/deals/summary/archived")
    assert 1 == archived["total_count"]
    asked = {"start_date": "2025-12-01", "interval": "month", "amount": 3, "field_key": "add_time"}
    periods = await data(by_key, "GET", "/v1/deals/timeline", params=asked)
    assert [("2025-12-01", 0), ("2026-01-01", 5), ("2026-02-01", 0)] == [
        (period["period_start"][:10], period["totals"]["count"]) for period in periods
    ]
    assert 400 == (await by_key.get("/v1/deals/timeline", params=asked | {"field_key": "title"})).status_code
    await data(by_key, "PATCH", "/api/v2/deals/901", json={"stage_id": 2})
    await data(by_key, "PATCH", "/api/v2/deals/901", json={"status": "won"})
    days = {"start_date": "2026-01-01", "end_date": "2026-01-31"}
    moved = await data(by_key, "GET", "/v1/pipelines/1/movement_statistics", params=days)
    assert (1, [901], {"EUR": 12_000}) == (
        moved["movements_between_stages"]["count"],
        moved["won_deals"]["deals_ids"],
        moved["won_deals"]["values"],
    )
    rates = await data(by_key, "GET", "/v1/pipelines/1/conversion_statistics", params=days)
    assert [{"from_stage_id": 1, "to_stage_id": 2, "conversion_rate": 100}] == rates["stage_conversions"]


async def test_a_deal_has_discounts(by_key):
    path = "/api/v2/deals/901/discounts"
    body = {"description": "Loyal", "amount": 10, "type": "percentage"}
    made = await data(by_key, "POST", path, 201, json=body)
    changed = await data(by_key, "PATCH", f"{path}/{made['id']}", json={"amount": 5})
    assert (5, "Loyal") == (changed["amount"], changed["description"])
    assert [made["id"]] == [row["id"] for row in await data(by_key, "GET", path)]
    assert 404 == (await by_key.delete(f"/api/v2/deals/902/discounts/{made['id']}")).status_code
    await data(by_key, "DELETE", f"{path}/{made['id']}")
    assert [] == await data(by_key, "GET", path)


async def test_a_person_can_have_a_picture(by_key):
    [picture] = (
        await data(by_key, "POST", "/v1/persons/501/picture", files={"file": ("a.png", b"png")})
    ).values()
    shown = await data(by_key, "GET", "/api/v2/persons/501/picture")
    assert (picture["id"], 3) == (shown["id"], shown["file_size"])
    await data(by_key, "DELETE", "/v1/persons/501/picture")
    assert 404 == (await by_key.get("/api/v2/persons/501/picture")).status_code


@pytest.mark.parametrize(
    ("match", "term", "ids"),
    [
        ("exact", "nia holt", [501]),
        ("beginning", "nia", [501]),
        ("middle", "holt", [501]),
        ("exact", "nia", []),
    ],
)
async def test_the_values_of_one_field_can_be_searched(by_key, match, term, ids):
    params = {"term": term, "entity_type": "person", "field": "name", "match": match}
    found = await data(by_key, "GET", "/api/v2/itemSearch/field", params=params)
    assert ids == [hit["item"]["id"] for hit in found]


async def test_a_document_elsewhere_can_be_linked_and_not_downloaded(by_key):
    link = {"item_type": "deal", "item_id": 901, "remote_id": "abc", "remote_location": "googledrive"}
    made = await data(by_key, "POST", "/v1/files/remoteLink", data=link)
    assert (901, "googledrive") == (made["deal_id"], made["remote_location"])
    assert 404 == (await by_key.get(f"/v1/files/{made['id']}/download")).status_code
    assert 404 == (await by_key.post("/v1/files/remoteLink", data=link | {"item_id": 999})).status_code


async def test_several_custom_fields_are_deleted_at_once_and_no_others(by_key):
    body = {"name": "Fax", "field_type": "phone"}
    made = await data(by_key, "POST", "/v1/personFields", json=body)
    [system] = await data(by_key, "GET", "/v1/personFields", params={"limit": 1})
    gone = await data(by_key, "DELETE", "/v1/personFields", params={"ids": f"{made['id']},{system['id']}"})
    assert {"id": [made["id"]]} == gone


async def test_an_archived_deal_can_be_brought_back(by_key):
    await data(by_key, "PATCH", "/api/v2/deals/901", json={"is_archived": True})
    assert 404 == (await by_key.patch("/api/v2/deals/901", json={"title": "x"})).status_code
    await data(by_key, "PATCH", "/api/v2/deals/901", json={"is_archived": False})
    await data(by_key, "GET", "/api/v2/deals/901")


async def test_a_lead_is_not_converted_into_a_stage_that_is_not_there(by_key):
    path = "/api/v2/leads/00000000-0000-4000-8000-000000000001/convert/deal"
    assert 400 == (await by_key.post(path, json={"stage_id": 901})).status_code


async def test_a_changelog_begins_with_the_creation(by_key):
    made = await data(by_key, "POST", "/api/v2/deals", json={"title": "Short-lived"})
    await data(by_key, "PATCH", f"/api/v2/deals/{made['id']}", json={"title": "Shorter"})
    rows = await data(by_key, "GET", f"/v1/deals/{made['id']}/changelog")
    assert [("title", "Short-lived", "Shorter"), ("add_time", None, made["add_time"])] == [
        (row["field_key"], row["old_value"], row["new_value"]) for row in rows
    ]
