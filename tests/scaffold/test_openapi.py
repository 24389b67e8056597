"""A new connector's sandbox begins with the vendor's OpenAPI document."""

from __future__ import annotations

import json
import sys
from importlib import import_module

import httpx
import pytest
import yaml
from typer.testing import CliRunner

from appconnect.cli import app
from appconnect.errors import InputError
from appconnect.sandbox.clock import SandboxClock
from appconnect.sandbox.server import Sandbox
from appconnect.scaffold import read_document

TICKET = {
    "type": "object",
    "required": ["subject", "id"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "subject": {"type": "string", "maxLength": 20},
        "state": {"type": "string", "enum": ["open", "on hold"]},
        "due": {"type": ["string", "null"], "format": "date"},
        "customer": {"$ref": "#/components/schemas/Customer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "parent": {"$ref": "#/components/schemas/Ticket"},
    },
}
CUSTOMER = {
    "allOf": [
        {"type": "object", "properties": {"code": {"type": "string"}}},
        {"properties": {"name": {"type": "string"}}, "required": ["name"]},
    ]
}


def one(name: str) -> dict:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}


DOCUMENT = {
    "openapi": "3.1.0",
    "servers": [{"url": "https://desk.vendor.example/api/v2"}],
    "paths": {
        "/tickets": {
            "get": {
                "tags": ["Tickets"],
                "parameters": [{"name": "start", "in": "query"}, {"name": "per_page", "in": "query"}],
                "responses": {"200": {"content": {"application/json": {"schema": {
                    "type": "object",
                    "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Ticket"}}},
                }}}}},
            },
            "post": {"tags": ["Tickets"], "responses": {"201": one("Ticket")}},
        },
        "/tickets/{ticketId}": {
            "get": {"tags": ["Tickets"], "responses": {"200": one("Ticket")}},
            "put": {"tags": ["Tickets"], "responses": {"200": one("Ticket")}},
            "delete": {"tags": ["Tickets"], "responses": {"204": {}}},
        },
        "/tickets/{ticketId}/merge": {"post": {"tags": ["Tickets"], "responses": {"200": one("Ticket")}}},
        "/customers": {
            "get": {"responses": {"200": {"content": {"application/json": {"schema": {
                "type": "array", "items": {"$ref": "#/components/schemas/Customer"},
            }}}}}},
        },
    },
    "components": {"schemas": {"Ticket": TICKET, "Customer": CUSTOMER}},
}  # fmt: skip
OLD_DOCUMENT = {
    "swagger": "2.0",
    "host": "old.vendor.example",
    "basePath": "/v1",
    "paths": {
        "/people": {
            "get": {"responses": {"200": {"schema": {"type": "array", "items": {"$ref": "#/definitions/Person"}}}}},
            "post": {"responses": {"201": {"schema": {"$ref": "#/definitions/Person"}}}},
        },
    },
    "definitions": {"Person": {"type": "object", "properties": {"personId": {"type": "string"}}}},
}  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The sandbox of a package that was made from the document."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "vendor.yaml").write_text(yaml.safe_dump(DOCUMENT), "utf-8")
    made = CliRunner().invoke(
        app, ["new", "desk", "--into", str(folder), "--from", str(folder / "vendor.yaml")]
    )
    assert made.exit_code == 0, made.output
    assert "/api/v2/tickets" in made.output
    sys.path.insert(0, str(folder / "appconnect-desk" / "src"))
    try:
        kind = import_module("desk_connector.sandbox").DeskSandbox
    finally:
        sys.path.pop(0)
    clock = SandboxClock()
    return Sandbox(clock, [kind(clock)])


@pytest.fixture
async def client(played):
    played.reset()
    headers = {"X-Desk-Key": played["desk"].credentials["api_key"]}
    async with httpx.AsyncClient(
        transport=played.transport(), base_url="https://desk.vendor.example", headers=headers
    ) as client:
        yield client


async def test_a_described_record_is_created_read_changed_listed_and_deleted(client):
    made = await client.post("/api/v2/tickets", json={"subject": "No tone", "state": "on hold"})
    assert made.status_code == 201
    record = made.json()
    assert record == {
        "id": record["id"], "subject": "No tone", "state": "on hold", "due": None, "customer": None, "tags": [],
        "parent": None,
    }  # fmt: skip
    address = f"/api/v2/tickets/{record['id']}"
    assert (await client.put(address, json={"tags": ["vip"]})).json()["tags"] == ["vip"]
    assert (await client.get(address)).json()["tags"] == ["vip"]
    assert [each["id"] for each in (await client.get("/api/v2/tickets")).json()["items"]] == [record["id"]]
    assert (await client.delete(address)).status_code == 204
    assert (await client.get(address)).status_code == 404


async def test_a_list_is_filtered_by_fields_and_paged_by_the_vendors_names(client):
    for number in range(5):
        state = "open" if number % 2 else "on hold"
        await client.post("/api/v2/tickets", json={"subject": f"No. {number}", "state": state})
    listed = await client.get("/api/v2/tickets", params={"state": "on hold", "start": 1, "per_page": 1})
    assert [each["subject"] for each in listed.json()["items"]] == ["No. 2"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, "subject: missing"),
        ({"subject": "x" * 21}, "subject: length"),
        ({"subject": "x", "state": "lost"}, "state: choice"),
        ({"subject": "x", "due": "soon"}, "due: type"),
        ({"subject": "x", "id": 7}, "id: read-only"),
        ({"subject": "x", "nobody": 7}, "nobody: unknown"),
        ({"subject": "x", "customer": {"code": "1"}}, "customer.name: missing"),
        ({"subject": "x", "parent": {"subject": 1}}, "parent.subject: type"),
    ],
)
async def test_a_body_that_breaks_the_description_is_refused(client, body, problem):
    answer = await client.post("/api/v2/tickets", json=body)
    assert (answer.status_code, answer.json()["problems"]) == (422, [problem])


async def test_what_is_no_plain_collection_is_honestly_not_played(client, played):
    answer = await client.post("/api/v2/tickets/7/merge")
    assert answer.status_code == 501
    assert "this sandbox does not play POST /api/v2/tickets/{ticketId}/merge" in answer.text
    told = played["desk"].coverage
    assert (told.played, len(told.operations)) == (6, 7)


async def test_described_collections_stand_behind_sign_in_and_limits(client):
    assert (await client.get("/api/v2/customers", headers={"X-Desk-Key": "nobody"})).status_code == 401
    assert "x-desk-left" in (await client.get("/api/v2/customers")).headers


def test_an_older_document_is_read_too(tmp_path):
    (tmp_path / "old.json").write_text(json.dumps(OLD_DOCUMENT), "utf-8")
    described = read_document(tmp_path / "old.json")
    assert described.host == "old.vendor.example"
    assert [(each.path, each.id, each.methods) for each in described.collections] == [
        ("/v1/people", "personId", ["GET", "POST"])
    ]


NEITHER = "{path} is neither JSON nor YAML of an OpenAPI document."
NO_SUCH = "{path} is no OpenAPI document: it names no version, or has no paths."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", NEITHER), ("no", NEITHER), ("{", NEITHER), ("[]", NEITHER), ("a: b: c", NEITHER), ("a: !!set {}", NEITHER),
        ("a: !!bool perhaps", NEITHER), ("[" * 10_000, NEITHER), ('{"a":' * 10_000, NEITHER), ("&a [*a]", NEITHER),
        ("\xff", NEITHER), ("{}", NO_SUCH), ('{"openapi": "3.0.0"}', NO_SUCH), ('{"paths": {}}', NO_SUCH),
        ('{"openapi": 3, "paths": []}', NO_SUCH),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_document_is_refused_in_a_sentence(tmp_path, text, problem):
    path = tmp_path / "other.json"
    path.write_text(text, "latin-1")
    with pytest.raises(InputError) as caught:
        read_document(path)
    assert problem.format(path=path) == caught.value.message


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InputError) as caught:
        read_document(tmp_path / "none.json")
    assert f"{tmp_path / 'none.json'} cannot be read: No such file or directory." == caught.value.message


def object_of(**properties):
    return {"type": "object", "properties": properties}


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
NESTED = object_of(
    a=object_of(b=object_of(c=object_of(d=object_of(e=object_of(f=object_of(g=object_of(h=TEXT)))))))
)
FIELDS = {
    "a plain text": (TEXT, "text"),
    "an object without fields": ({"type": "object"}, "object"),
    "fields in an object": (object_of(code=TEXT), {"code": "text"}),
    "one of several, each with fields": ({"oneOf": [object_of(code=TEXT), object_of(count=NUMBER)]},
                                         {"code": "text", "count": "integer"}),
    "any of several, each with fields": ({"anyOf": [object_of(code=TEXT), object_of(count=NUMBER)]},
                                         {"code": "text", "count": "integer"}),
    "a text or null": ({"anyOf": [TEXT, {"type": "null"}]}, "text"),
    "one kind or null": ({"oneOf": [NUMBER, {"type": "null"}]}, "integer"),
    "a text or a number": ({"anyOf": [TEXT, NUMBER]}, "any"),
    "all of two": ({"allOf": [object_of(code=TEXT), object_of(count=NUMBER)]}, {"code": "text", "count": "integer"}),
    "a reference with fields beside it": ({"$ref": "#/components/schemas/Part", "properties": {"count": NUMBER}},
                                          {"count": "integer", "name": "text"}),
    "a read-only reference": ({"$ref": "#/components/schemas/Short", "readOnly": True}, "text read-only"),
}  # fmt: skip


def described(field, folder):
    """What a field of a record is, in the sandbox's notation."""
    part = {"Row": object_of(field=field), "Part": object_of(name=TEXT), "Short": TEXT}
    rows = {
        "content": {
            "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}}}
        }
    }
    document = {
        "openapi": "3.1.0",
        "servers": [{"url": "https://desk.vendor.example"}],
        "paths": {"/rows": {"get": {"responses": {"200": rows}}}},
        "components": {"schemas": part},
    }
    (folder / "vendor.json").write_text(json.dumps(document), "utf-8")
    return read_document(folder / "vendor.json").schema["Row"]["field"]


@pytest.mark.parametrize("kind", FIELDS)
def test_a_field_is_what_the_document_says_in_any_of_its_ways(kind, tmp_path):
    field, expected = FIELDS[kind]
    assert expected == described(field, tmp_path)


def test_what_is_too_deep_is_an_object_of_any_kind(tmp_path):
    found, depth = described(NESTED, tmp_path), 0
    while isinstance(found, dict):
        [found], depth = found.values(), depth + 1
    assert ("object", 6) == (found, depth)
