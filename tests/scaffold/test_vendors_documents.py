"""Documents as vendors write them: references everywhere, YAML by hand, version 2. Each is played, the rest is said."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from appconnect.cli import app
from appconnect.sandbox.clock import SandboxClock
from appconnect.sandbox.server import Sandbox

DOCUMENTS = Path(__file__).parent / "documents"
NAMES = {"references.json": "refs", "written_by_hand.yaml": "byhand", "version_2.json": "older"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What the command told, and the made sandbox, by document."""
    folder, by_document = tmp_path_factory.mktemp("vendors"), {}
    for document, name in NAMES.items():
        told = CliRunner().invoke(
            app, ["new", name, "--into", str(folder), "--from", str(DOCUMENTS / document)]
        )
        assert told.exit_code == 0, told.output
        sys.path.insert(0, str(folder / f"appconnect-{name}" / "src"))
        try:
            kind = getattr(import_module(f"{name}_connector.sandbox"), f"{name.title()}Sandbox")
        finally:
            sys.path.pop(0)
        clock = SandboxClock()
        by_document[document] = told.output, Sandbox(clock, [kind(clock)])
    return by_document


def client(made, document: str, host: str) -> httpx.AsyncClient:
    sandbox, name = made[document][1], NAMES[document]
    headers = {f"X-{name.title()}-Key": sandbox[name].credentials["api_key"]}
    return httpx.AsyncClient(transport=sandbox.transport(), base_url=f"https://{host}", headers=headers)


@pytest.mark.parametrize(
    ("document", "sentences"),
    [
        ("references.json", (
            "The sandbox plays 5 of the document's 8 operations by itself, in /crm/contacts.",
            "It answers 501, and says so, to POST /crm/contacts/{id}/notes, GET /crm/contacts/archived, GET /crm/export.",
            "/crm/far is described in another file, which was not read.",
            "/crm/contacts is paged with cursor, which is not played.",
        )),
        ("written_by_hand.yaml", (
            "The sandbox plays 4 of the document's 6 operations by itself, in /api/v3/people.",
            "It answers 501, and says so, to POST /api/v3/people:search, GET /api/v3/accounts/{accountId}/people.",
            "Person takes any value for rank.",
        )),
        ("version_2.json", (
            "The sandbox plays 7 of the document's 8 operations by itself, in /v1/contacts.json, /v1/Companies.",
            "It answers 501, and says so, to GET /v1/tags.",
        )),
    ],
)  # fmt: skip
def test_what_is_played_and_what_was_not_understood_is_said(made, document, sentences):
    told = made[document][0].splitlines()
    assert [*sentences] == told[: told.index(next(line for line in told if "is the package of" in line))]


async def test_a_record_is_put_together_from_its_references(made):
    async with client(made, "references.json", "unify.vendor.example") as http:
        refused = await http.post("/crm/contacts", json={"type": "nobody", "score": 4, "emails": [{}]})
        assert [
            "type: choice",
            "score: choice",
            "emails.0.email: missing",
            "name: missing",
        ] == refused.json()["problems"]
        made_one = await http.post("/crm/contacts", json={
            "name": "Nia", "type": "", "score": 3, "custom-fields": ["a", 1], "company": {"parent": {"title": "Top"}},
        })  # fmt: skip
        assert 201 == made_one.status_code
        one = made_one.json()["data"]
        assert ("Nia", "1", []) == (one["name"], one["id"], one["emails"])
        assert [one] == (await http.get("/crm/contacts", params={"limit": 1})).json()["data"]
        assert one == (await http.get("/crm/contacts/1")).json()["data"]


async def test_a_parameter_that_would_change_the_answer_is_not_swallowed(made):
    async with client(made, "references.json", "unify.vendor.example") as http:
        answer = await http.get("/crm/contacts", params={"cursor": "abc"})
    assert 501 == answer.status_code
    assert "does not play the parameter cursor of GET /crm/contacts" in answer.text


async def test_yaml_has_no_other_types_than_json(made):
    async with client(made, "written_by_hand.yaml", "acme.desk.vendor.example") as http:
        body = {
            "name": "Nia",
            "kind": "person",
            "country": "NO",
            "no": True,
            "rank": "first",
            "extra": {"a": "b"},
        }
        body["address"] = {"at": "office", "floor": 3}
        one = (await http.post("/api/v3/people", json=body)).json()
        assert {**body, "id": 1, "born": None, "phone": None} == one
        assert 422 == (await http.post("/api/v3/people", json={"name": "Nia", "country": "DE"})).status_code
        assert "Ann" == (await http.put("/api/v3/people/1", json={"name": "Ann"})).json()["name"]


async def test_pages_are_counted_where_the_vendor_counts_them(made):
    made["written_by_hand.yaml"][1].reset()
    async with client(made, "written_by_hand.yaml", "acme.desk.vendor.example") as http:
        for number in range(3):
            await http.post("/api/v3/people", json={"name": f"No. {number}"})
        pages = [
            [each["name"] for each in (await http.get("/api/v3/people", params={"pageSize": 2, "page": page})).json()["results"]]
            for page in (1, 2, 3)
        ]  # fmt: skip
    assert [["No. 0", "No. 1"], ["No. 2"], []] == pages


async def test_paths_envelopes_and_ids_are_those_of_the_document(made):
    async with client(made, "version_2.json", "old.vendor.example") as http:
        one = (await http.post("/v1/contacts.json", json={"contact": {"lastName": "Holt"}})).json()["contact"]
        assert {"id": 1, "lastName": "Holt", "email": None, "status": None} == one
        assert one == (await http.get("/v1/contacts/1.json")).json()["contact"]
        assert 204 == (await http.delete("/v1/contacts/1.json")).status_code
        company = (await http.post("/v1/Companies", json={"Name": "Roth"})).json()
        assert company == (await http.get(f"/v1/Companies({company['CompanyId']})")).json()
        assert [company] == (await http.get("/v1/Companies", params={"$top": 1, "$skip": 0})).json()["value"]
