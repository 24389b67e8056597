"""Who may do what in the played Pipedrive, and what its company can set up."""

from __future__ import annotations

from typing import Any

import pytest

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox


async def data(by_key: Any, method: str, path: str, status: int = 200, **sent: Any) -> Any:
    reply = await by_key.request(method, path, **sent)
    assert status == reply.status_code, reply.text
    return reply.json()["data"]


LEAD = "00000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize("path", ["deals/901", "persons/501", "organizations/61", f"leads/{LEAD}"])
async def test_every_active_user_may_see_a_record(by_key: Any, path: str) -> None:
    assert [7001, 7002] == await data(by_key, "GET", f"/v1/{path}/permittedUsers")


@pytest.mark.parametrize("path", ["deals/9999", "persons/9999", "organizations/9999", "leads/x"])
async def test_nobody_may_see_what_is_not_there(by_key: Any, path: str) -> None:
    assert 404 == (await by_key.get(f"/v1/{path}/permittedUsers")).status_code


async def test_the_admin_may_do_all_and_others_what_needs_no_admin(by_key: Any) -> None:
    rae, kit = [await data(by_key, "GET", f"/v1/users/{number}/permissions") for number in (7001, 7002)]
    assert (30 < len(rae), {True}) == (True, {*rae.values()})
    denied = {"can_add_custom_fields", "can_delete_custom_fields", "can_edit_custom_fields"}
    assert denied == {name for name, may in kit.items() if may is False}
    assert rae.keys() == kit.keys()


async def test_a_user_has_one_role_and_sees_what_the_whole_company_sees(by_key: Any) -> None:
    (role,) = await data(by_key, "GET", "/v1/users/7002/roleAssignments")
    assert {
        "parent_role_id": None, "name": "Acme", "role_id": 1, "active_flag": True, "type": "1", "user_id": 7002,
    } == role  # fmt: skip
    settings = await data(by_key, "GET", "/v1/users/7002/roleSettings")
    assert {"visibility": {3}, "level": {1}} == {
        end: {value for name, value in settings.items() if name.endswith(end)}
        for end in ("visibility", "level")
    }
    for what in ("permissions", "roleAssignments", "roleSettings"):
        assert 404 == (await by_key.get(f"/v1/users/9999/{what}")).status_code


@pytest.mark.parametrize(
    "path", ["deals/{}/mailMessages", "persons/{}/mailMessages", "organizations/{}/mailMessages", "persons/{}/products"]
)  # fmt: skip
async def test_there_are_no_mails_and_no_products(by_key: Any, path: str) -> None:
    number = {"deals": 901, "persons": 501, "organizations": 61}[path.partition("/")[0]]
    assert [] == await data(by_key, "GET", f"/v1/{path.format(number)}")
    assert 404 == (await by_key.get(f"/v1/{path.format(9999)}")).status_code


async def test_an_activity_type_has_a_key_made_of_its_name_and_stays_inactive_when_deleted(
    by_key: Any,
) -> None:
    body = {"name": " Video  call! ", "icon_key": "camera"}
    made = await data(by_key, "POST", "/v1/activityTypes", json=body)
    assert ("video_call_", 7, 7, "camera", True, True) == tuple(
        made[name] for name in ("key_string", "id", "order_nr", "icon_key", "active_flag", "is_custom_flag")
    )
    renamed = await data(by_key, "PUT", f"/v1/activityTypes/{made['id']}", json={"name": "Chat"})
    assert ("Chat", "video_call_") == (renamed["name"], renamed["key_string"])
    assert (await data(by_key, "DELETE", f"/v1/activityTypes/{made['id']}"))["active_flag"] is False
    (listed,) = [row for row in await data(by_key, "GET", "/v1/activityTypes") if row["id"] == made["id"]]
    assert listed["active_flag"] is False


async def test_a_label_of_leads_is_made_changed_and_taken_away(by_key: Any, crm: PipedriveSandbox) -> None:
    made = await data(by_key, "POST", "/v1/leadLabels", json={"name": "Hot", "color": "red"})
    number = "00000001-0000-4000-8000-000000000001"
    assert (number, "Hot", "red", "2026-01-02T09:30:00.000Z") == tuple(
        made[name] for name in ("id", "name", "color", "add_time")
    )
    crm.clock.advance(0.25)
    changed = await data(by_key, "PATCH", f"/v1/leadLabels/{number}", json={"color": "blue"})
    assert ("blue", "2026-01-02T09:30:00.250Z") == (changed["color"], changed["update_time"])
    await data(by_key, "DELETE", f"/v1/leadLabels/{number}")
    assert [] == await data(by_key, "GET", "/v1/leadLabels")


async def test_new_pipelines_and_stages_come_last(by_key: Any) -> None:
    pipelines = [await data(by_key, "POST", "/api/v2/pipelines", json={"name": name}) for name in "AB"]
    assert [(2, 2), (3, 3)] == [(each["id"], each["order_nr"]) for each in pipelines]
    stage = await data(by_key, "POST", "/api/v2/stages", json={"name": "S", "pipeline_id": 2})
    assert (6, 6, 2) == (stage["id"], stage["order_nr"], stage["pipeline_id"])
    renamed = await data(by_key, "PATCH", "/api/v2/stages/6", json={"name": "T"})
    assert ("T", 6) == (renamed["name"], renamed["order_nr"])


async def test_the_words_of_the_operators_and_of_relative_days(by_key: Any) -> None:
    told = await data(by_key, "GET", "/v1/filters/helpers")
    words = {
        "=": "is", "!=": "is not", "LIKE '%$%'": "contains", "NOT LIKE '%$%'": "does not contain",
        "LIKE '$%'": "starts with", "NOT LIKE '$%'": "does not start with", "LIKE '%$'": "ends with",
        "NOT LIKE '%$'": "does not end with", "IS NULL": "is empty", "IS NOT NULL": "is not empty",
        ">": "is more than", "<": "is less than", ">=": "is at least", "<=": "is at most",
    }  # fmt: skip
    assert words == told["operators"]["text"]
    by_size = {name: text for name, text in words.items() if "LIKE" not in name}
    others = ("int", "double", "monetary", "date", "enum", "set", "user", "org")
    assert (
        dict.fromkeys(("varchar", "text", "phone"), words) | dict.fromkeys(others, by_size)
        == told["operators"]
    )
    spans = {
        f"{which}_{unit}"
        for which in ("last", "this", "next")
        for unit in ("week", "month", "quarter", "year")
    }
    days = {"today", "yesterday", "tomorrow"} | spans
    assert {name: name.replace("_", " ") for name in days} == told["relative_dates"]
    assert {} == told["deprecated_operators"]


@pytest.mark.parametrize(
    ("request_line", "newer"),
    [
        ("GET /v1/deals", "GET /api/v2/deals"), ("PUT /v1/persons/501", "PATCH /api/v2/persons/{id}"),
        ("DELETE /v1/deals/901", "DELETE /api/v2/deals/{id}"), ("POST /v1/persons", "POST /api/v2/persons"),
    ],
)  # fmt: skip
async def test_what_is_gone_names_what_took_its_place(
    by_key: Any, crm: PipedriveSandbox, request_line: str, newer: str
) -> None:
    crm.toggles["v1_gone"] = True
    method, path = request_line.split()
    reply = await by_key.request(method, path, json={"name": "x"} if method in ("POST", "PUT") else None)
    told = {"success": False, "error": f"This endpoint has been removed. Use {newer}.", "data": None}
    assert (410, told) == (reply.status_code, reply.json())
