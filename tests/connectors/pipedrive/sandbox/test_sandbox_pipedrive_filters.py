"""Filters of Pipedrive's sandbox: their conditions are applied to the lists that take a ``filter_id``."""

from __future__ import annotations

import pytest


async def data(api, method, path, status=200, **sent):
    reply = await api.request(method, path, **sent)
    assert status == reply.status_code, reply.text
    return reply.json()["data"]


async def field_id(api, entity, key):
    rows = await data(api, "GET", f"/v1/{entity}Fields", params={"limit": 500})
    return next(str(row["id"]) for row in rows if row["key"] == key)


async def condition(api, entity, key, operator, value=None):
    number = await field_id(api, entity, key)
    return {"object": entity, "field_id": number, "operator": operator, "value": value, "extra_value": None}


async def filter_of(api, kind, *conditions, glue="and"):
    groups = [{"glue": glue, "conditions": list(conditions)}]
    body = {"name": "Mine", "type": kind, "conditions": {"glue": "and", "conditions": groups}}
    return (await data(api, "POST", "/v1/filters", json=body))["id"]


async def titles(api, path, number, name="title"):
    return [row[name] for row in await data(api, "GET", path, params={"filter_id": number})]


@pytest.mark.parametrize(
    ("key", "operator", "value", "expected"),
    [
        ("status", "=", "won", ["Holt first order"]),
        ("status", "!=", "open", ["Holt first order", "Holt office move"]),
        ("value", ">", 5000, ["Holt renewal"]),
        ("value", "<=", "800", ["Holt training"]),
        ("title", "LIKE '%$%'", "PILOT <a", ["Vance pilot <A&B>"]),
        ("title", "LIKE '$%'", "vance", ["Vance pilot <A&B>"]),
        ("title", "LIKE '%$'", "move", ["Holt office move"]),
        ("title", "NOT LIKE '%$%'", "holt", ["Vance pilot <A&B>"]),
        ("title", "LIKE '%$%'", ".*", []),
        ("won_time", "IS NOT NULL", None, []),
        ("add_time", "=", "this_month", 5),
        ("add_time", "<", "today", 0),
        ("add_time", ">=", "2026-01-02", 5),
    ],
)
async def test_the_condition_of_a_filter_is_applied_to_deals(by_key, key, operator, value, expected):
    number = await filter_of(by_key, "deals", await condition(by_key, "deal", key, operator, value))
    found = await titles(by_key, "/api/v2/deals", number)
    assert expected == (found if isinstance(expected, list) else len(found))


async def test_conditions_are_joined_by_their_glue(by_key):
    won = await condition(by_key, "deal", "status", "=", "won")
    dear = await condition(by_key, "deal", "value", ">", 5000)
    assert [] == await titles(by_key, "/api/v2/deals", await filter_of(by_key, "deals", won, dear))
    either = await filter_of(by_key, "deals", won, dear, glue="or")
    assert ["Holt renewal", "Holt first order"] == await titles(by_key, "/api/v2/deals", either)


async def test_a_condition_may_be_about_a_linked_record(by_key):
    name = await condition(by_key, "person", "name", "LIKE '%$%'", "omar")
    number = await filter_of(by_key, "deals", name)
    assert ["Vance pilot <A&B>"] == await titles(by_key, "/api/v2/deals", number)


async def test_persons_are_filtered_by_any_of_their_phones_and_by_custom_fields(by_key):
    mobile = await filter_of(
        by_key, "people", await condition(by_key, "person", "phone", "LIKE '%$%'", "0143")
    )
    assert ["Nia Holt"] == await titles(by_key, "/api/v2/persons", mobile, "name")
    body = {"field_name": "Fax", "field_type": "phone"}
    key = (await data(by_key, "POST", "/api/v2/personFields", json=body))["field_code"]
    await data(by_key, "PATCH", "/api/v2/persons/502", json={"custom_fields": {key: "+1 415 555 0999"}})
    fax = await filter_of(by_key, "people", await condition(by_key, "person", key, "IS NOT NULL"))
    assert [502] == await titles(by_key, "/api/v2/persons", fax, "id")


async def test_leads_organizations_and_activities_are_filtered_too(by_key):
    await data(by_key, "POST", "/api/v2/activities", json={"subject": "Ring", "type": "call"})
    await data(by_key, "POST", "/api/v2/activities", json={"subject": "Write", "type": "task"})
    for kind, entity, path, key, value, name in (
        ("leads", "lead", "/v1/leads", "title", "Roth newsletter", "title"),
        ("org", "organization", "/api/v2/organizations", "name", "Holt Ltd", "name"),
        ("activity", "activity", "/api/v2/activities", "subject", "Write", "subject"),
    ):
        number = await filter_of(by_key, kind, await condition(by_key, entity, key, "=", value))
        assert [value] == await titles(by_key, path, number, name)


async def test_a_filter_that_is_not_there_or_of_another_type_is_refused(by_key):
    assert 400 == (await by_key.get("/api/v2/deals", params={"filter_id": 99})).status_code
    number = await filter_of(by_key, "people")
    assert 400 == (await by_key.get("/api/v2/deals", params={"filter_id": number})).status_code


@pytest.mark.parametrize(
    "conditions",
    [
        {"glue": "xor"},
        {"conditions": "all"},
        {"conditions": [{"conditions": [{"object": "deal", "field_id": "1", "operator": "~"}]}]},
        {"conditions": [{"conditions": [{"field_id": "1", "operator": "="}]}]},
        {"conditions": [1]},
    ],
    ids=str,
)
async def test_conditions_that_no_list_could_apply_are_refused(by_key, conditions):
    body = {"name": "Mine", "type": "deals", "conditions": conditions}
    reply = await by_key.post("/v1/filters", json=body)
    assert (400, True) == (reply.status_code, "conditions" in reply.json()["error_info"])


async def test_the_numbers_of_fields_are_answered_as_texts(by_key):
    one = {"object": "deal", "field_id": 12002, "operator": "IS NULL"}
    number = await filter_of(by_key, "deals", one)
    stored = await data(by_key, "GET", f"/v1/filters/{number}")
    assert "12002" == stored["conditions"]["conditions"][0]["conditions"][0]["field_id"]
