"""Collections that are played from a description alone: what they list, keep, change and refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from appconnect.sandbox.collections import Collection, Collections
from appconnect.sandbox.coverage import NOT_PLAYED
from appconnect.sandbox.schema import read_schema

SCHEMA = read_schema(
    {
        "Contact": {"id": "integer", "name*": "text ≤5", "vip": "boolean", "tags": ["text"], "note": "text"},
        "Deal": {"key": "text", "title": "text"},
        "Token": {"id": "uuid"},
    }
)
ALL = ("GET", "POST", "GET one", "PUT one", "PATCH one", "DELETE one")
CONTACTS = Collection(path="/contacts", record="Contact", methods=ALL)
DEALS = Collection(
    path="/deals", record="Deal", id="key", list="data", one="item", one_path="/deal/{deal_key}", sent="deal",
    limit="size", offset="from", page="nr", methods=ALL,
)  # fmt: skip
TOKENS = Collection(path="/tokens", record="Token", methods=("GET", "POST"))
NO_SUCH = {"problems": ["there is no such record"]}


@pytest.fixture
async def client():
    played = Collections(SCHEMA, [CONTACTS, DEALS, TOKENS])
    app = Starlette(routes=[*played.routes()])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://crm.test") as client:
        yield client


async def asked(client: httpx.AsyncClient, request: str, **how: Any) -> tuple[int, Any]:
    method, _, path = request.partition(" ")
    answer = await client.request(method, path, **how)
    return answer.status_code, answer.json() if answer.content else None


NIA = {"id": 1, "name": "Nia", "vip": False, "tags": [], "note": None}


async def test_a_record_is_made_read_changed_and_deleted(client):
    assert (201, NIA) == await asked(client, "POST /contacts", json={"name": "Nia"})
    assert (200, NIA) == await asked(client, "GET /contacts/1")
    for method, change in (("PATCH", {"vip": True}), ("PUT", {"note": "x"})):
        status, told = await asked(client, f"{method} /contacts/1", json=change)
        assert (200, change) == (status, {name: told[name] for name in change})
    assert (200, [{**NIA, "vip": True, "note": "x"}]) == await asked(client, "GET /contacts")
    assert (204, None) == await asked(client, "DELETE /contacts/1")
    assert (200, []) == await asked(client, "GET /contacts")


async def test_a_record_travels_in_the_envelopes_that_are_described(client):
    one = {"key": "1", "title": "Big"}
    assert (201, {"item": one}) == await asked(client, "POST /deals", json={"deal": {"title": "Big"}})
    assert (200, {"item": one}) == await asked(client, "GET /deal/1")
    assert (200, {"data": [one]}) == await asked(client, "GET /deals")
    small = {**one, "title": "Small"}
    assert (200, {"item": small}) == await asked(client, "PATCH /deal/1", json={"deal": {"title": "Small"}})
    refused = (422, {"problems": ["the body must be a JSON object"]})
    assert refused == await asked(client, "POST /deals", json={"title": "Big"})
    assert 404 == (await client.get("/deals/1")).status_code


async def test_ids_count_up_as_their_field_has_them(client):
    for path, ids in {
        "/contacts": [1, 2],
        "/deals": ["1", "2"],
        "/tokens": ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"],
    }.items():
        body: Any = {"name": "Nia"} if path == "/contacts" else {"deal": {}} if path == "/deals" else {}
        made = [(await client.post(path, json=body)).json() for _ in "ab"]
        assert ids == [(each.get("item") or each).get("key") or each["id"] for each in made]


@pytest.mark.parametrize("request_", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("number", ["7", "x", "²", "-1"])
async def test_a_record_that_is_not_there_is_404(client, request_, number):
    await client.post("/contacts", json={"name": "Nia"})
    how = {"json": {}} if request_ in ("PUT", "PATCH") else {}
    assert (404, NO_SUCH) == await asked(client, f"{request_} /contacts/{number}", **how)


@pytest.mark.parametrize(
    ("request_", "body", "problems"),
    [
        ("POST /contacts", {}, ["name: missing"]),
        ("POST /contacts", {"name": "Josephine", "vip": 1, "odd": 1}, ["name: length", "vip: type", "odd: unknown"]),
        ("PATCH /contacts/1", {"name": "Josephine"}, ["name: length"]),
        ("PUT /contacts/1", [], ["the body must be a JSON object"]),
        ("POST /contacts", None, ["the body must be a JSON object"]),
    ],
)  # fmt: skip
async def test_what_breaks_the_description_is_refused_and_nothing_changes(client, request_, body, problems):
    await client.post("/contacts", json={"name": "Nia"})
    assert (422, {"problems": problems}) == await asked(client, request_, json=body)
    assert (200, [NIA]) == await asked(client, "GET /contacts")


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/deals", range(1, 51)),
        ("/deals?size=2", [1, 2]),
        ("/deals?size=2&from=1", [2, 3]),
        ("/deals?size=2&nr=1", [1, 2]),
        ("/deals?size=2&nr=3", [5, 6]),
        ("/deals?size=2&nr=0", [1, 2]),
        ("/deals?size=2&nr=2&from=1", [4, 5]),
        ("/deals?nr=2", [51, 52]),
        ("/deals?size=x&from=y&nr=z", range(1, 51)),
        ("/deals?size=0", []),
        ("/deals?from=52", []),
        ("/deals?title=No 7", [7]),
        ("/deals?title=No", []),
    ],
)
async def test_a_list_comes_in_pages(client, path, keys):
    for number in range(1, 53):
        await client.post("/deals", json={"deal": {"title": f"No {number}"}})
    assert [str(key) for key in keys] == [each["key"] for each in (await client.get(path)).json()["data"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [("vip=true", ["Ivy"]), ("vip=false", ["Nia"]), ("note=null", ["Nia", "Ivy"]), ('tags=["x", 1]', []),
     ('tags=["x"]', ["Ivy"]), ("id=2&name=Ivy", ["Ivy"]), ("id=2&name=Nia", []), ("limit=1", ["Nia"]),
     ("offset=1", ["Ivy"])],
)  # fmt: skip
async def test_fields_narrow_a_list(client, query, names):
    await client.post("/contacts", json={"name": "Nia"})
    await client.post("/contacts", json={"name": "Ivy", "vip": True, "tags": ["x"]})
    assert names == [each["name"] for each in (await client.get(f"/contacts?{query}")).json()]


async def test_a_parameter_that_is_not_described_is_not_played(client):
    answer = await client.get("/contacts?name=Nia&page=2")
    assert (501, "not played") == (answer.status_code, answer.headers[NOT_PLAYED])
    assert "this sandbox does not play the parameter page of GET /contacts" == answer.json()["message"]


def test_a_description_is_read_from_the_files_beside_a_module(tmp_path: Path) -> None:
    assert ({}, []) == (
        (none := Collections.beside(tmp_path / "sandbox.py")).schema,
        [*none.collections, *none.routes(), *none.tables],
    )
    (tmp_path / "schema.json").write_text('{"Contact": {"id": "integer", "näme": "text"}}', "utf-8")
    described = [{"path": "/v1/contäcts", "record": "Contact", "methods": ["GET", "DELETE one"]}]
    (tmp_path / "collections.json").write_text(json.dumps(described, ensure_ascii=False), "utf-8")
    read = Collections.beside(tmp_path / "sandbox.py")
    assert ({"Contact"}, {"/v1/contäcts"}) == (read.schema.keys(), read.tables.keys())
    assert [("/v1/contäcts", True), ("/v1/contäcts/{id}", False)] == [
        (route.path, "GET" in route.methods) for route in read.routes()
    ]
    assert {"id": 1, "näme": None} == read.add("/v1/contäcts", {})
