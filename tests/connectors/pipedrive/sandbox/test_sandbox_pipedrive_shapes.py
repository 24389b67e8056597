"""How version 1 of the played Pipedrive shows records, and what it makes of several at once."""

from __future__ import annotations

from typing import Any

import pytest

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox

RAE = {
    "id": 7001, "name": "Rae Quill", "email": "rae.quill@acme.example", "active_flag": True, "value": 7001,
}  # fmt: skip
NIA_PHONES = [
    {"value": "+1 415-555-0142", "primary": True, "label": "work"},
    {"value": "+1 (628) 555-0143", "primary": False, "label": "mobile"},
]


async def data(by_key: Any, method: str, path: str, status: int = 200, **sent: Any) -> Any:
    reply = await by_key.request(method, path, **sent)
    assert status == reply.status_code, reply.text
    return reply.json()["data"]


def part(row: Any, like: Any) -> Any:
    """What a record has of the fields that another one names."""
    return {
        name: part(row[name], each) if isinstance(each, dict) else row[name] for name, each in like.items()
    }


@pytest.fixture
async def activities(by_key: Any) -> list[int]:
    """The next and the last activity of a deal and its person."""
    about: dict[str, Any] = {"deal_id": 901, "participants": [{"person_id": 501}]}
    following = {
        "subject": "Next",
        "due_date": "2026-01-05",
        "due_time": "09:10",
        "duration": "00:05",
        "note": "N",
    }
    past = {"subject": "Last", "due_date": "2026-01-01", "done": True}
    return [
        (await data(by_key, "POST", "/api/v2/activities", json={**about, **each}))["id"]
        for each in (following, past)
    ]


async def test_a_person_of_v1(by_key: Any, activities: list[int]) -> None:
    await data(by_key, "PATCH", "/api/v2/persons/501", json={"label_ids": [3, 4]})
    expected = {
        "company_id": 88, "active_flag": True, "phone": NIA_PHONES, "first_char": "n",
        "add_time": "2026-01-02 09:30:00", "visible_to": "3", "label": 3, "label_ids": [3, 4],
        "org_name": "Holt Ltd", "owner_name": "Rae Quill", "owner_id": RAE,
        "cc_email": "acme-sandbox+person501@pipedrivemail.com",
        "org_id": {"name": "Holt Ltd", "people_count": 1, "owner_id": 7001, "address": None, "value": 61,
                   "active_flag": True},
        "name": "Nia Holt", "first_name": "Nia", "last_name": "Holt",
        "activities_count": 2, "done_activities_count": 1, "undone_activities_count": 1,
        "open_deals_count": 2, "closed_deals_count": 2, "won_deals_count": 1, "lost_deals_count": 1,
        "related_open_deals_count": 0,
        "next_activity_date": "2026-01-05", "next_activity_time": "09:10:00",
        "next_activity_id": activities[0], "last_activity_id": activities[1],
        "last_activity_date": "2026-01-01",
    }  # fmt: skip
    reply = (await by_key.get("/v1/persons/501")).json()
    assert expected == part(reply["data"], expected)
    assert {
        "user": {"7001": {"id": 7001, "name": "Rae Quill"}},
        "organization": {"61": {"id": 61, "name": "Holt Ltd"}},
    } == reply["related_objects"]


async def test_a_deal_of_v1(by_key: Any, activities: list[int]) -> None:
    await data(by_key, "PATCH", "/api/v2/deals/901", json={"label_ids": [1, 2]})
    expected = {
        "user_id": RAE, "title": "Holt renewal", "value": 12_000, "currency": "EUR", "active": True,
        "deleted": False, "status": "open", "stage_id": 1, "pipeline_id": 1, "label": "1,2", "visible_to": "3",
        "person_id": {"active_flag": True, "name": "Nia Holt", "phone": NIA_PHONES, "owner_id": 7001, "value": 501},
        "org_id": {"name": "Holt Ltd", "people_count": 1, "owner_id": 7001, "value": 61},
        "person_name": "Nia Holt", "org_name": "Holt Ltd", "owner_name": "Rae Quill",
        "formatted_value": "12,000 EUR", "weighted_value": 12_000, "formatted_weighted_value": "12,000 EUR",
        "weighted_value_currency": "EUR", "cc_email": "acme-sandbox+deal901@pipedrivemail.com",
        "next_activity_id": activities[0], "next_activity_date": "2026-01-05",
        "next_activity_time": "09:10:00", "next_activity_subject": "Next", "next_activity_type": "call",
        "next_activity_duration": "00:05:00", "next_activity_note": "N", "last_activity_id": activities[1],
        "last_activity_date": "2026-01-01", "activities_count": 2, "done_activities_count": 1,
    }  # fmt: skip
    reply = (await by_key.get("/v1/deals/901")).json()
    assert expected == part(reply["data"], expected)
    assert {"user", "person", "organization"} == reply["related_objects"].keys()
    assert {"501": {"id": 501, "name": "Nia Holt"}} == reply["related_objects"]["person"]
    won = await data(by_key, "GET", "/v1/deals/903")
    assert (False, False, "won") == (won["active"], won["deleted"], won["status"])


async def test_an_activity_of_v1(by_key: Any, activities: list[int]) -> None:
    place = {"value": "Rua 1, Porto", "country": "Portugal"}
    await data(by_key, "PATCH", f"/api/v2/activities/{activities[0]}", json={"location": place, "busy": True})
    expected = {
        "company_id": 88, "user_id": 7001, "assigned_to_user_id": 7001, "created_by_user_id": 7001,
        "done": False, "type": "call", "subject": "Next", "due_time": "09:10", "duration": "00:05",
        "busy_flag": True, "add_time": "2026-01-02 09:30:00", "deal_id": 901, "person_id": 501,
        "location": "Rua 1, Porto", "location_country": "Portugal", "location_formatted_address": "Rua 1, Porto",
        "participants": [{"person_id": 501, "primary_flag": True}], "active_flag": True,
        "owner_name": "Rae Quill", "person_name": "Nia Holt", "org_name": None, "deal_title": "Holt renewal",
    }  # fmt: skip
    assert expected == part(await data(by_key, "GET", f"/v1/activities/{activities[0]}"), expected)


async def test_a_stage_and_a_pipeline_of_v1(by_key: Any) -> None:
    stage = {
        "order_nr": 1, "name": "Qualified", "active_flag": True, "deal_probability": 100, "pipeline_id": 1,
        "rotten_flag": False, "rotten_days": None, "add_time": "2024-03-01 08:00:00",
        "pipeline_name": "Pipeline", "pipeline_deal_probability": False,
    }  # fmt: skip
    assert stage == part(await data(by_key, "GET", "/v1/stages/1"), stage)
    pipeline = {
        "name": "Pipeline", "url_title": "Pipeline", "order_nr": 1, "active": True, "deal_probability": False,
        "selected": True,
    }  # fmt: skip
    assert pipeline == part(await data(by_key, "GET", "/v1/pipelines/1"), pipeline)


async def test_v1_takes_texts_for_numbers_and_one_entry_or_several(by_key: Any) -> None:
    phone = [
        {"value": "1"},
        {"value": "2", "primary": "true", "label": "mobile"},
        "3",
        {"value": "4", "primary": 1},
    ]
    body = {
        "name": "A B",
        "phone": phone,
        "email": "a@b.example",
        "label": "3",
        "visible_to": "5",
        "org_id": "61",
    }
    made = await data(by_key, "POST", "/v1/persons", 201, json=body)
    assert [("1", False, "work"), ("2", True, "mobile"), ("3", False, "work"), ("4", False, "work")] == [
        (each["value"], each["primary"], each["label"]) for each in made["phone"]
    ]
    assert [{"value": "a@b.example", "primary": True, "label": "work"}] == made["email"]
    assert ([3], "5", 61) == (made["label_ids"], made["visible_to"], made["org_id"]["value"])
    body = {
        "title": "T",
        "value": "1500.5",
        "currency": "USD",
        "label": "1,2",
        "user_id": 7002,
        "person_id": 501,
    }
    deal = await data(by_key, "POST", "/v1/deals", 201, json=body)
    assert ("1,500.50 USD", "1,2", "Kit Moss", "Nia Holt") == (
        deal["formatted_value"], deal["label"], deal["owner_name"], deal["person_name"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "ids"),
    [("/v1/deals", [901, 902, 907]), ("/v1/persons", [502, 503]), ("/v1/organizations", [61]), ("/v1/activities", [])],
)  # fmt: skip
async def test_several_records_are_deleted_at_once(by_key: Any, path: str, ids: list[int]) -> None:
    asked = ",".join(map(str, [*ids, 99_999]))
    assert {"id": ids} == await data(by_key, "DELETE", path, params={"ids": asked})
    for number in ids:
        assert 404 == (await by_key.get(f"/api/v2/{path.removeprefix('/v1/')}/{number}")).status_code


async def test_a_new_user_is_called_by_the_address_until_named(by_key: Any, crm: PipedriveSandbox) -> None:
    crm.clock.advance(60)
    made = await data(by_key, "POST", "/v1/users", json={"email": "new@acme.example"})
    expected = {
        "name": "new", "email": "new@acme.example", "created": "2026-01-02 09:31:00",
        "modified": "2026-01-02 09:31:00", "active_flag": True, "activated": True, "is_you": False,
        "has_created_company": False, "timezone_offset": "+00:00",
        "access": [{"app": "sales", "admin": False, "permission_set_id": None}],
    }  # fmt: skip
    assert expected == part(made, expected)
    left = await data(by_key, "POST", "/v1/users", json={"email": "x@acme.example", "active_flag": False})
    assert (False, False) == (left["active_flag"], left["activated"])


async def test_a_merged_record_keeps_its_own_and_takes_what_it_lacks(
    by_key: Any, activities: list[int]
) -> None:
    await data(
        by_key, "PATCH", "/api/v2/deals/901", json={"label_ids": [1, 2], "expected_close_date": "2026-02-01"}
    )
    merged = await data(by_key, "PUT", "/v1/deals/901/merge", json={"merge_with_id": 902})
    assert (902, 901, "Holt training", 800, "1,2", "2026-02-01", activities[0]) == tuple(
        merged[name]
        for name in (
            "id",
            "merge_what_id",
            "title",
            "value",
            "label",
            "expected_close_date",
            "next_activity_id",
        )
    )
    assert 404 == (await by_key.get("/api/v2/deals/901")).status_code


async def test_a_copy_of_a_deal_is_a_deal_of_its_own(by_key: Any, crm: PipedriveSandbox) -> None:
    crm.clock.advance(60)
    copy = await data(by_key, "POST", "/v1/deals/903/duplicate")
    assert (908, "Holt first order", "won", "2026-01-02 09:31:00", "2026-01-02 09:31:00") == tuple(
        copy[name] for name in ("id", "title", "status", "add_time", "update_time")
    )
    assert "Holt first order" == (await data(by_key, "GET", "/api/v2/deals/908"))["title"]


async def test_a_participant_is_shown_with_the_person_and_the_deal(by_key: Any) -> None:
    made = await data(by_key, "POST", "/v1/deals/907/participants", json={"person_id": 503})
    expected = {
        "active_flag": True, "related_item_data": {"deal_id": 907, "title": "Vance pilot <A&B>"},
        "related_item_type": "deal", "related_item_id": 907, "added_by_user_id": {"id": 7001},
        "add_time": "2026-01-02 09:30:00", "person": {"id": 503, "name": "Ines Roth"},
        "person_id": {"name": "Ines Roth", "value": 503},
    }  # fmt: skip
    assert expected == part(made, expected)
    assert (
        made["id"]
        == (await data(by_key, "POST", "/v1/deals/907/participants", json={"person_id": 503}))["id"]
    )
    whose = [row["person"]["id"] for row in await data(by_key, "GET", "/v1/deals/907/participants")]
    assert {502, 503} == {*whose}
    persons = [row["name"] for row in await data(by_key, "GET", "/v1/deals/907/persons")]
    assert {"Omar Vance", "Ines Roth"} == {*persons}
    (omar,) = [
        row["id"]
        for row in await data(by_key, "GET", "/v1/deals/907/participants")
        if row["person"]["id"] == 502
    ]
    assert {"id": omar} == await data(by_key, "DELETE", f"/v1/deals/907/participants/{omar}")
    assert None is (await data(by_key, "GET", "/api/v2/deals/907"))["person_id"]


async def test_a_deal_becomes_a_lead_takes_what_is_linked_along_and_is_deleted(by_key: Any) -> None:
    note = await data(by_key, "POST", "/v1/notes", json={"content": "x", "deal_id": 901})
    activity = await data(by_key, "POST", "/api/v2/activities", json={"deal_id": 901})
    file = await data(by_key, "POST", "/v1/files", files={"file": ("a", b"x")}, data={"deal_id": "901"})
    path = "/api/v2/deals/901/convert"
    made = (await by_key.post(f"{path}/lead")).json()
    conversion = {"conversion_id": "00000003-0000-4000-8000-000000000001"}
    assert {"success": True, "data": conversion, "additional_data": None} == made
    told = await data(by_key, "GET", f"{path}/status/{conversion['conversion_id']}")
    lead_id = told["lead_id"]
    assert conversion | {"status": "completed", "lead_id": lead_id} == told
    lead = await data(by_key, "GET", f"/v1/leads/{lead_id}")
    assert ("Holt renewal", 7001, 501, 61, {"amount": 12_000, "currency": "EUR"}, False) == tuple(
        lead[name] for name in ("title", "owner_id", "person_id", "organization_id", "value", "is_archived")
    )
    assert 404 == (await by_key.get("/api/v2/deals/901")).status_code
    assert lead_id == (await data(by_key, "GET", f"/v1/notes/{note['id']}"))["lead_id"]
    moved = await data(by_key, "GET", f"/api/v2/activities/{activity['id']}")
    assert (lead_id, None) == (moved["lead_id"], moved["deal_id"])
    assert lead_id == (await data(by_key, "GET", f"/v1/files/{file['id']}"))["lead_id"]


async def test_a_lead_becomes_a_deal_of_its_amount_unless_another_is_sent(by_key: Any) -> None:
    lead = "00000000-0000-4000-8000-000000000001"
    made = await data(by_key, "POST", f"/api/v2/leads/{lead}/convert/deal", json={})
    told = await data(by_key, "GET", f"/api/v2/leads/{lead}/convert/status/{made['conversion_id']}")
    deal = await data(by_key, "GET", f"/api/v2/deals/{told['deal_id']}")
    assert ("Holt second site", 4000, "EUR", 7001, 501, 61, lead, "open", 1, 1) == tuple(
        deal[name]
        for name in (
            "title", "value", "currency", "owner_id", "person_id", "org_id", "source_lead_id", "status",
            "pipeline_id", "stage_id",
        )
    )  # fmt: skip
    unknown = await by_key.post(
        "/api/v2/leads/00000000-0000-4000-8000-000000000003/convert/deal", json={"stage_id": 99}
    )
    assert (400, "stage_id 99 was not found.") == (unknown.status_code, unknown.json()["error"])


@pytest.mark.parametrize(
    ("changes", "times"),
    [
        ([{"status": "won"}], ("2026-01-02T09:30:00Z", None, "2026-01-02T09:30:00Z", None)),
        ([{"status": "lost", "lost_reason": "price"}], (None, "2026-01-02T09:30:00Z", "2026-01-02T09:30:00Z", "price")),
        ([{"status": "won"}, {"status": "lost"}], (None, "2026-01-02T09:30:00Z", "2026-01-02T09:30:00Z", None)),
        ([{"status": "lost", "lost_reason": "price"}, {"status": "open"}], (None, None, None, None)),
        ([{"status": "won", "won_time": "2026-01-01T00:00:00Z"}], ("2026-01-01T00:00:00Z", None, "2026-01-02T09:30:00Z", None)),
        ([{"title": "x"}], (None, None, None, None)),
    ],
)  # fmt: skip
async def test_a_deal_has_the_times_of_its_status(
    by_key: Any, changes: list[dict[str, str]], times: tuple[str | None, ...]
) -> None:
    for change in changes:
        deal = await data(by_key, "PATCH", "/api/v2/deals/901", json=change)
    assert times == tuple(deal[name] for name in ("won_time", "lost_time", "close_time", "lost_reason"))


async def test_a_stage_brings_its_pipeline_and_a_pipeline_its_first_stage(
    by_key: Any, crm: PipedriveSandbox
) -> None:
    pipeline = (await data(by_key, "POST", "/api/v2/pipelines", json={"name": "Second"}))["id"]
    body = {"name": "First", "pipeline_id": pipeline}
    stages = [(await data(by_key, "POST", "/api/v2/stages", json=body))["id"] for _ in "ab"]
    crm.clock.advance(60)
    deal = await data(by_key, "PATCH", "/api/v2/deals/901", json={"stage_id": stages[1]})
    assert (pipeline, stages[1], "2026-01-02T09:31:00Z") == tuple(
        deal[name] for name in ("pipeline_id", "stage_id", "stage_change_time")
    )
    crm.clock.advance(60)
    same = await data(by_key, "PATCH", "/api/v2/deals/901", json={"stage_id": stages[1]})
    assert deal["stage_change_time"] == same["stage_change_time"]
    moved = await data(by_key, "PATCH", "/api/v2/deals/902", json={"pipeline_id": pipeline})
    assert stages[0] == moved["stage_id"]
    refused = await by_key.post("/api/v2/deals", json={"title": "x", "stage_id": 1, "pipeline_id": pipeline})
    assert f"stage_id 1 is not in pipeline {pipeline}." == refused.json()["error"]
