"""What the played Pipedrive tells of the past, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox


async def data(by_key: Any, method: str, path: str, status: int = 200, **sent: Any) -> Any:
    reply = await by_key.request(method, path, **sent)
    assert status == reply.status_code, reply.text
    return reply.json()["data"]


@pytest.fixture
async def past(by_key: Any, crm: PipedriveSandbox) -> dict[str, int]:
    """A note, then an activity, then a file of Nia, then another last name, a minute after each other."""
    made: dict[str, int] = {}
    crm.clock.advance(60)
    made["note"] = (await data(by_key, "POST", "/v1/notes", json={"content": "x", "person_id": 501}))["id"]
    crm.clock.advance(60)
    body = {"subject": "Ring", "participants": [{"person_id": 501}]}
    made["activity"] = (await data(by_key, "POST", "/api/v2/activities", json=body))["id"]
    crm.clock.advance(60)
    file = {"files": {"file": ("a.txt", b"x")}, "data": {"person_id": "501"}}
    made["file"] = (await data(by_key, "POST", "/v1/files", **file))["id"]
    crm.clock.advance(60)
    await data(by_key, "PATCH", "/api/v2/persons/501", json={"last_name": "Hope"})
    return made


async def test_a_flow_has_the_newest_first_each_with_its_time(by_key: Any, past: dict[str, int]) -> None:
    rows = await data(by_key, "GET", "/v1/persons/501/flow")
    assert [
        ("personChange", "2026-01-02 09:34:00"), ("personChange", "2026-01-02 09:34:00"),
        ("file", "2026-01-02 09:33:00"), ("activity", "2026-01-02 09:32:00"), ("note", "2026-01-02 09:31:00"),
    ] == [(row["object"], row["timestamp"]) for row in rows]  # fmt: skip
    changes = {row["data"]["field_key"]: row["data"] for row in rows[:2]}
    assert {"name", "last_name"} == changes.keys()
    assert {
        "item_id": 501, "user_id": 7001, "field_key": "last_name", "old_value": "Holt", "new_value": "Hope",
        "log_time": "2026-01-02 09:34:00",
    }.items() <= changes["last_name"].items()  # fmt: skip
    assert [past["file"], past["activity"], past["note"]] == [row["data"]["id"] for row in rows[2:]]
    assert ("a.txt", "Ring", "x") == (
        rows[2]["data"]["name"], rows[3]["data"]["subject"], rows[4]["data"]["content"],
    )  # fmt: skip
    page = await data(by_key, "GET", "/v1/persons/501/flow", params={"start": 3, "limit": 1})
    assert ["activity"] == [row["object"] for row in page]


async def test_what_was_deleted_is_in_no_flow(by_key: Any, past: dict[str, int]) -> None:
    await data(by_key, "DELETE", f"/v1/notes/{past['note']}")
    await data(by_key, "DELETE", f"/api/v2/activities/{past['activity']}")
    rows = await data(by_key, "GET", "/v1/persons/501/flow", params={"items": "note,activity,file"})
    assert ["file"] == [row["object"] for row in rows]


async def test_a_new_record_has_one_row_of_its_past(by_key: Any) -> None:
    made = await data(by_key, "POST", "/api/v2/persons", json={"name": "Ada New"})
    (row,) = await data(by_key, "GET", f"/v1/persons/{made['id']}/changelog")
    assert ("add_time", None, "2026-01-02T09:30:00Z", 7001, "2026-01-02 09:30:00", "api", False) == tuple(
        row[name]
        for name in (
            "field_key", "old_value", "new_value", "actor_user_id", "time", "change_source", "is_bulk_update_flag",
        )
    )  # fmt: skip


async def test_what_is_recent_comes_oldest_first_with_the_last_time_of_the_page(
    by_key: Any, past: dict[str, int]
) -> None:
    asked = {"since_timestamp": "2026-01-02 09:31:00", "items": "note,activity,file,person"}
    whole = (await by_key.get("/v1/recents", params=asked)).json()
    assert [
        ("note", past["note"]), ("activity", past["activity"]), ("file", past["file"]), ("person", 501),
    ] == [(row["item"], row["id"]) for row in whole["data"]]  # fmt: skip
    assert {
        "since_timestamp": asked["since_timestamp"],
        "last_timestamp_on_page": "2026-01-02 09:34:00",
    }.items() <= (whole["additional_data"].items())
    page = (await by_key.get("/v1/recents", params={**asked, "limit": 2})).json()
    assert ("2026-01-02 09:32:00", 2) == (
        page["additional_data"]["last_timestamp_on_page"],
        len(page["data"]),
    )
    assert "Nia Hope" == whole["data"][-1]["data"]["name"]
    later = (await by_key.get("/v1/recents", params={"since_timestamp": "2026-01-02 09:34:01"})).json()
    assert ([], "2026-01-02 09:34:01") == (later["data"], later["additional_data"]["last_timestamp_on_page"])


async def test_all_that_a_fresh_company_has_is_recent_since_it_was_founded(by_key: Any) -> None:
    asked = {"since_timestamp": "2024-01-01 00:00:00", "limit": 500}
    kinds = [row["item"] for row in await data(by_key, "GET", "/v1/recents", params=asked)]
    assert {"activityType", "deal", "person", "organization", "pipeline", "stage", "user"} == {*kinds}
    assert (5, 1, 6, 3) == tuple(kinds.count(kind) for kind in ("stage", "pipeline", "activityType", "user"))


@pytest.mark.parametrize(
    ("path", "number", "link"),
    [("deals", 901, "deal_id"), ("persons", 501, ""), ("organizations", 61, "org_id")],
)
async def test_who_follows_a_record_is_told_once_and_until_no_more(
    by_key: Any, path: str, number: int, link: str
) -> None:
    of = f"/api/v2/{path}/{number}/followers"
    first = await data(by_key, "POST", of, 201, json={"user_id": 7002})
    assert first == await data(by_key, "POST", of, 201, json={"user_id": 7002})
    assert [7002] == [row["user_id"] for row in await data(by_key, "GET", of)]
    older = await data(by_key, "GET", f"/v1/{path}/{number}/followers")
    assert [(7002, *([number] if link else []))] == [
        tuple(row[name] for name in ("user_id", link) if name) for row in older
    ]
    await data(by_key, "DELETE", f"{of}/7002")
    assert [] == await data(by_key, "GET", of)
    await data(by_key, "POST", of, 201, json={"user_id": 7001})
    (again,) = await data(by_key, "GET", f"/v1/{path}/{number}/followers")
    await data(by_key, "DELETE", f"/v1/{path}/{number}/followers/{again['id']}")
    assert [] == await data(by_key, "GET", of)
    rows = await data(by_key, "GET", f"{of}/changelog")
    assert [("removed", 7001), ("added", 7001), ("removed", 7002), ("added", 7002)] == [
        (row["action"], row["follower_user_id"]) for row in rows
    ]
