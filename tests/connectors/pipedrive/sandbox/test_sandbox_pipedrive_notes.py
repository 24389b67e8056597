"""Notes and their comments, and what a fresh company of the played Pipedrive has."""

from __future__ import annotations

from typing import Any

import pytest

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox


async def data(by_key: Any, method: str, path: str, status: int = 200, **sent: Any) -> Any:
    reply = await by_key.request(method, path, **sent)
    assert status == reply.status_code, reply.text
    return reply.json()["data"]


async def test_a_note_names_what_it_belongs_to_and_who_wrote_it(by_key: Any) -> None:
    body = {"content": "x", "person_id": 501, "deal_id": 901, "org_id": 61, "pinned_to_deal_flag": 1}
    note = await data(by_key, "POST", "/v1/notes", json=body)
    assert ({"title": "Holt renewal"}, {"name": "Nia Holt"}, {"name": "Holt Ltd"}, True, None) == tuple(
        note[name]
        for name in ("deal", "person", "organization", "pinned_to_deal_flag", "last_update_user_id")
    )
    rae = {"email": "rae.quill@acme.example", "icon_url": None, "name": "Rae Quill", "is_you": True}
    assert (7001, rae) == (note["user_id"], note["user"])
    changed = await data(by_key, "PUT", f"/v1/notes/{note['id']}", json={"content": "y", "deal_id": None})
    assert ("y", None, {"name": "Nia Holt"}, 7001) == tuple(
        changed[name] for name in ("content", "deal", "person", "last_update_user_id")
    )
    refused = await by_key.put(f"/v1/notes/{note['id']}", json={"person_id": None, "org_id": None})
    told = "At least one of these must be set: lead_id, deal_id, person_id, org_id, project_id, task_id."
    assert (400, told) == (refused.status_code, refused.json()["error"])


async def test_a_note_keeps_the_time_it_is_sent_with(by_key: Any) -> None:
    sent = {"content": "x", "person_id": 501, "add_time": "2025-03-04 05:06:07"}
    note = await data(by_key, "POST", "/v1/notes", json=sent)
    assert ("2025-03-04 05:06:07", "2026-01-02 09:30:00") == (note["add_time"], note["update_time"])
    assert await data(by_key, "DELETE", f"/v1/notes/{note['id']}") is True
    assert 404 == (await by_key.get(f"/v1/notes/{note['id']}")).status_code


async def test_a_comment_is_made_read_changed_and_deleted_below_its_note_alone(by_key: Any) -> None:
    one, other = [
        (await data(by_key, "POST", "/v1/notes", json={"content": "x", "person_id": 501}))["id"] for _ in "ab"
    ]
    made = await data(by_key, "POST", f"/v1/notes/{one}/comments", json={"content": "Yes"})
    assert ("Yes", str(one), "note", None, 88, 7001, True) == tuple(
        made[name]
        for name in (
            "content",
            "object_id",
            "object_type",
            "updater_id",
            "company_id",
            "user_id",
            "active_flag",
        )
    )
    path = f"/v1/notes/{one}/comments/{made['uuid']}"
    assert made == await data(by_key, "GET", path)
    assert [made] == await data(by_key, "GET", f"/v1/notes/{one}/comments")
    assert [] == await data(by_key, "GET", f"/v1/notes/{other}/comments")
    assert 404 == (await by_key.get(f"/v1/notes/{other}/comments/{made['uuid']}")).status_code
    changed = await data(by_key, "PUT", path, json={"content": "No"})
    assert ("No", 7001) == (changed["content"], changed["updater_id"])
    assert await data(by_key, "DELETE", path) is True
    assert 404 == (await by_key.get(path)).status_code
    assert [] == await data(by_key, "GET", f"/v1/notes/{one}/comments")
    assert 200 == (await by_key.get(f"/v1/notes/{one}")).status_code


# -- what a fresh company has --


async def test_a_company_begins_with_one_pipeline_of_five_stages(by_key: Any) -> None:
    (pipeline,) = await data(by_key, "GET", "/api/v2/pipelines")
    assert (1, "Pipeline", 1, False) == tuple(
        pipeline[name] for name in ("id", "name", "order_nr", "is_deal_probability_enabled")
    )
    names = ["Qualified", "Contact Made", "Demo Scheduled", "Proposal Made", "Negotiations Started"]
    assert [(number, name, number, 1, 100, False, None) for number, name in enumerate(names, 1)] == [
        tuple(
            stage[name]
            for name in ("id", "name", "order_nr", "pipeline_id", "deal_probability", "is_deal_rot_enabled", "days_to_rotten")
        )
        for stage in await data(by_key, "GET", "/api/v2/stages")
    ]  # fmt: skip


async def test_a_company_has_currencies_activity_types_and_users(by_key: Any) -> None:
    assert [(1, "EUR", "Euro", "€"), (2, "GBP", "British Pound", "£"), (3, "USD", "US Dollar", "$")] == [
        (each["id"], each["code"], each["name"], each["symbol"])
        for each in await data(by_key, "GET", "/v1/currencies")
        if (each["decimal_points"], each["active_flag"], each["is_custom_flag"]) == (2, True, False)
    ]
    assert [
        ("Call", "call", "call", True, False), ("Meeting", "meeting", "task", True, False),
        ("Task", "task", "task", True, False), ("SMS", "sms", "task", True, True),
        ("Recall order", "recall_order", "task", True, True), ("Old call", "old_call", "task", False, True),
    ] == [
        tuple(each[name] for name in ("name", "key_string", "icon_key", "active_flag", "is_custom_flag"))
        for each in await data(by_key, "GET", "/v1/activityTypes")
    ]  # fmt: skip
    assert [
        (7001, "Rae Quill", True, "2026-01-02 08:55:00"), (7002, "Kit Moss", True, "2026-01-02 08:55:00"),
        (7003, "Olu Gone", False, "2025-02-01 08:00:00"),
    ] == [
        tuple(each[name] for name in ("id", "name", "active_flag", "last_login"))
        for each in await data(by_key, "GET", "/v1/users")
    ]  # fmt: skip


async def test_a_company_knows_people_and_what_it_sells_them(by_key: Any, crm: PipedriveSandbox) -> None:
    assert [
        (901, "Holt renewal", 12_000, "open", 501), (902, "Holt training", 800, "open", 501),
        (903, "Holt first order", 1000, "won", 501), (904, "Holt office move", 1000, "lost", 501),
        (905, "Holt archive", 1000, "open", 501), (906, "Holt typing error", 1000, "deleted", 501),
        (907, "Vance pilot <A&B>", 1000, "open", 502),
    ] == [
        tuple(row[name] for name in ("id", "title", "value", "status", "person_id"))
        for row in crm.database.deals.values()
    ]  # fmt: skip
    assert [(905,), (906,)] == [
        (row["id"],) for row in crm.database.deals.values() if row["is_archived"] or row["is_deleted"]
    ]
    assert [
        ("Holt second site", 501, 61, {"amount": 4000, "currency": "EUR"}, False),
        ("Holt old idea", 501, 61, None, True), ("Roth newsletter", 503, None, None, False),
    ] == [
        tuple(row[name] for name in ("title", "person_id", "organization_id", "value", "is_archived"))
        for row in crm.database.leads.values()
    ]  # fmt: skip
    for lead in await data(by_key, "GET", "/v1/leads"):
        assert ("Manually created", "ManuallyCreated", 7001, 7001, True, "2026-01-02T09:30:00.000Z") == tuple(
            lead[name] for name in ("source_name", "origin", "owner_id", "creator_id", "was_seen", "add_time")
        )
    nia = await data(by_key, "GET", "/api/v2/persons/501")
    assert ["+1 415-555-0142", "+1 (628) 555-0143"] == [phone["value"] for phone in nia["phones"]]
    assert [("work", True), ("mobile", False)] == [(each["label"], each["primary"]) for each in nia["phones"]]
    assert ["Nia Holt (old)"] == [row["name"] for row in crm.database.persons.values() if row["is_deleted"]]


@pytest.mark.parametrize("wanted", ["person", "deal", "organization", "activity", "lead", "note"])
async def test_every_field_that_a_company_begins_with_is_named_after_its_key(
    by_key: Any, wanted: str
) -> None:
    fields = await data(by_key, "GET", f"/v1/{wanted}Fields", params={"limit": 500})
    names = {each["key"]: each["name"] for each in fields}
    expected = {"add_time": "Add time", "update_time": "Update time"}
    assert expected.items() <= names.items()
    assert "custom_fields" not in names
    assert {False} == {each["edit_flag"] for each in fields}
