"""What the searches of the played Pipedrive find besides persons, and how a hit looks."""

from __future__ import annotations

from typing import Any

import pytest

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox

HOLT = {"id": 61, "name": "Holt Ltd", "address": None}
NIA = {"id": 501, "name": "Nia Holt"}


async def hits(by_key: Any, path: str, **params: Any) -> list[Any]:
    reply = await by_key.get(path, params=params)
    assert 200 == reply.status_code, reply.text
    found = reply.json()["data"]
    return found if isinstance(found, list) else found["items"]


async def titles(by_key: Any, path: str, **params: Any) -> list[str]:
    return [
        str(hit["item"].get("title", hit["item"].get("name"))) for hit in await hits(by_key, path, **params)
    ]


DEALS, LEADS = "/api/v2/deals/search", "/api/v2/leads/search"


async def test_a_deal_is_found_with_its_stage_its_person_and_its_organization(by_key: Any) -> None:
    (hit,) = await hits(by_key, DEALS, term="renewal", include_fields="deal.cc_email")
    assert {
        "result_score": round(7 / 12, 4),
        "item": {
            "id": 901, "type": "deal", "title": "Holt renewal", "value": 12_000, "currency": "EUR",
            "status": "open", "visible_to": 3, "owner": {"id": 7001}, "stage": {"id": 1, "name": "Qualified"},
            "person": NIA, "organization": HOLT, "custom_fields": [], "notes": [], "is_archived": False,
            "cc_email": "acme-sandbox+deal901@pipedrivemail.com",
        },
    } == hit  # fmt: skip
    (hit,) = await hits(by_key, DEALS, term="renewal")
    assert "cc_email" not in hit["item"]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, ["Holt renewal", "Holt training", "Holt first order", "Holt office move"]),
        ({"status": "won"}, ["Holt first order"]),
        ({"status": "lost"}, ["Holt office move"]),
        ({"person_id": 501, "status": "open"}, ["Holt renewal", "Holt training"]),
        ({"person_id": 502}, []),
        ({"organization_id": 61, "status": "lost"}, ["Holt office move"]),
        ({"organization_id": 62}, []),
        ({"exact_match": "true"}, []),
    ],
)
async def test_deals_are_searched_by_status_person_and_organization(
    by_key: Any, params: dict[str, Any], found: list[str]
) -> None:
    assert found == await titles(by_key, DEALS, term="holt", **params)


async def test_a_lead_is_found_with_its_amount_its_person_and_its_organization(by_key: Any) -> None:
    (hit,) = await hits(by_key, LEADS, term="second", include_fields="lead.was_seen")
    assert {
        "result_score": round(6 / 16, 4),
        "item": {
            "id": "00000000-0000-4000-8000-000000000001", "type": "lead", "title": "Holt second site",
            "owner": {"id": 7001}, "person": NIA, "organization": HOLT, "phones": [], "emails": [],
            "custom_fields": [], "notes": [], "value": 4000, "currency": "EUR", "visible_to": 3,
            "is_archived": False, "was_seen": True,
        },
    } == hit  # fmt: skip
    assert ["Roth newsletter"] == await titles(by_key, LEADS, term="newsletter", person_id=503)
    assert [] == await titles(by_key, LEADS, term="newsletter", person_id=501)
    assert [] == await titles(by_key, LEADS, term="second", organization_id=62)
    assert ["Holt second site"] == await titles(by_key, "/v1/leads/search", term="second", organization_id=61)


async def test_an_organization_is_found_with_its_address(by_key: Any) -> None:
    body = {"name": "Marsh & Co", "address": {"value": "1 Marsh Road"}}
    made = (await by_key.post("/api/v2/organizations", json=body)).json()["data"]["id"]
    (hit,) = await hits(by_key, "/api/v2/organizations/search", term="marsh road", fields="address")
    assert {
        "result_score": round(10 / 12, 4),
        "item": {
            "id": made, "type": "organization", "name": "Marsh & Co", "address": "1 Marsh Road",
            "visible_to": 3, "owner": {"id": 7001}, "custom_fields": [], "notes": [],
        },
    } == hit  # fmt: skip


async def test_a_hit_has_those_of_its_notes_that_fit_and_is_found_by_them(by_key: Any) -> None:
    for content in ("Asked for zebra stripes", "Asked for more", "A zebra again"):
        assert (
            200 == (await by_key.post("/v1/notes", json={"content": content, "person_id": 501})).status_code
        )
    (hit,) = await hits(by_key, "/api/v2/persons/search", term="zebra")
    assert (501, ["Asked for zebra stripes", "A zebra again"], round(5 / 13, 4)) == (
        hit["item"]["id"], hit["item"]["notes"], hit["result_score"],
    )  # fmt: skip
    assert [] == await hits(by_key, "/api/v2/persons/search", term="zebra", fields="name")
    (hit,) = await hits(by_key, "/api/v2/persons/search", term="nia holt", include_fields="person.picture")
    assert (1, None, []) == (hit["result_score"], hit["item"]["picture"], hit["item"]["notes"])


@pytest.mark.parametrize(
    ("match", "term", "found"),
    [
        ("exact", "nia holt", [501]), ("exact", "nia", []), ("beginning", "NIA", [501]),
        ("beginning", "holt", []), ("middle", "HOLT", [501]), ("middle", "ia ho", [501]), ("", "Nia Holt", [501]),
    ],
)  # fmt: skip
async def test_one_field_is_searched_whole_from_its_beginning_or_anywhere(
    by_key: Any, match: str, term: str, found: list[int]
) -> None:
    asked = {"entity_type": "person", "field": "name", "term": term} | ({"match": match} if match else {})
    assert found == [hit["item"]["id"] for hit in await hits(by_key, "/api/v2/itemSearch/field", **asked)]


@pytest.mark.parametrize(
    ("kind", "field", "term", "item"),
    [
        ("person", "phone", "555-0142", {"id": 501, "phone": "+1 415-555-0142"}),
        ("person", "email", "nia@", {"id": 501, "email": "nia@holt.example"}),
        ("deal", "title", "pilot", {"id": 907, "title": "Vance pilot <A&B>"}),
        ("organization", "name", "holt", {"id": 61, "name": "Holt Ltd"}),
    ],
)
async def test_a_hit_of_one_field_has_its_value(
    by_key: Any, kind: str, field: str, term: str, item: dict[str, Any]
) -> None:
    asked = {"entity_type": kind, "field": field, "term": term, "match": "middle"}
    assert {"result_score": 1, "item": item} in await hits(by_key, "/api/v2/itemSearch/field", **asked)


async def test_what_is_related_to_what_was_found_is_the_newest_of_its_deals_leads_and_persons(
    by_key: Any, crm: PipedriveSandbox
) -> None:
    asked = {"term": "holt ltd", "item_types": "organization", "search_for_related_items": "true"}
    reply = (await by_key.get("/api/v2/itemSearch", params=asked)).json()["data"]
    related = [(each["item"]["type"], each["item"]["id"]) for each in reply["related_items"]]
    lead = "00000000-0000-4000-8000-000000000001"
    assert [("deal", number) for number in (904, 903, 902, 901)] == related[:4]
    assert [("lead", lead), ("person", 501)] == related[4:]
    for number in range(101):
        crm.database.add_deal(f"More {number}", 501)
    reply = (await by_key.get("/api/v2/itemSearch", params=asked)).json()["data"]
    deals = [each["item"]["title"] for each in reply["related_items"] if each["item"]["type"] == "deal"]
    assert (100, "More 100", "More 1") == (len(deals), deals[0], deals[-1])
    reply = (await by_key.get("/api/v2/itemSearch", params={"term": "holt ltd"})).json()["data"]
    assert [] == reply["related_items"]
