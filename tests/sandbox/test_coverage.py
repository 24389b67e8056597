"""What a vendor has and the sandbox does not play is answered in the sandbox's own voice."""

from __future__ import annotations

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from appconnect.sandbox.base import CrmSandbox, Guide
from appconnect.sandbox.clock import SandboxClock
from appconnect.sandbox.coverage import NOT_PLAYED, read_operations
from appconnect.sandbox.server import Sandbox, serve

OPERATIONS = """
# Made up
[Deals]
GET /deals
GET /deals/search
GET /deals/{dealId}
[Filters]
DELETE /filters/{id}
"""


class Acme(CrmSandbox):
    name, title, hosts = "acme", "Acme", ("api.acme.example",)

    def routes(self) -> list[BaseRoute]:
        return [Route("/deals", self.answer), Route("/deals/{id}", self.answer)]

    def operations(self):
        return read_operations(OPERATIONS)

    def rewrite(self, path: str) -> str:
        return path.lower()

    def seed(self) -> None: ...

    def guide(self) -> Guide:
        return Guide("Acme", "https://docs.acme.example", "No sign-in.", {})

    async def answer(self, request: Request) -> Response:
        return JSONResponse({"path": request.url.path})


@pytest.fixture
def sandbox() -> Sandbox:
    clock = SandboxClock()
    return Sandbox(clock, [Acme(clock)])


@pytest.fixture
async def client(sandbox):
    async with httpx.AsyncClient(
        transport=sandbox.transport(), base_url="https://api.acme.example"
    ) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [("GET", "/deals/search", "GET /deals/search"), ("DELETE", "/filters/7", "DELETE /filters/{id}"),
     ("GET", "/Deals/Search?term=Holt", "GET /deals/search")],
)  # fmt: skip
async def test_an_operation_that_is_not_played_says_so(client, method, path, operation):
    answer = await client.request(method, path)
    assert answer.status_code == 501
    assert answer.headers[NOT_PLAYED] == "not played"
    assert answer.json()["error"] == f"this sandbox does not play {operation}"


@pytest.mark.parametrize("path", ["/deals", "/deals/7", "/deals/searching"])
async def test_what_is_played_is_answered_by_its_route(client, path):
    assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/deals/7/nothing"])
async def test_what_the_vendor_has_not_either_is_refused_as_the_vendor_does(client, path):
    answer = await client.get(path)
    assert answer.status_code == 404
    assert NOT_PLAYED not in answer.headers


async def test_the_port_tells_what_is_played_and_what_is_missing(sandbox):
    async with serve(sandbox) as url, httpx.AsyncClient(trust_env=False) as client:
        told = (await client.get(f"{url}/_sandbox/coverage")).json()["acme"]
        page = (await client.get(url)).text
    assert told["operations"] == 4
    assert told["played"] == 2
    assert told["share"] == 0.5
    assert told["groups"]["Deals"]["missing"] == ["GET /deals/search"]
    assert "50% of the vendor" in page


async def test_a_browser_gets_a_page_that_lists_what_is_not_played(sandbox):
    sandbox["acme"].title = "A & B"
    async with serve(sandbox) as url, httpx.AsyncClient(trust_env=False) as client:
        page = (await client.get(f"{url}/_sandbox/coverage", headers={"Accept": "text/html,*/*"})).text
    assert "<code>DELETE /filters/{id}</code>" in page
    assert "A &amp; B: 2 of 4 operations" in page


class Partly(Acme):
    operations_in_all = 10


async def test_operations_that_are_not_known_by_name_count_as_not_played():
    clock = SandboxClock()
    async with serve(Sandbox(clock, [Partly(clock)])) as url, httpx.AsyncClient(trust_env=False) as client:
        told = (await client.get(f"{url}/_sandbox/coverage")).json()["acme"]
        page = (await client.get(f"{url}/_sandbox/coverage", headers={"Accept": "text/html"})).text
    assert (told["operations"], told["played"], told["share"]) == (10, 2, 0.2)
    assert "6 more are not known by name" in page
