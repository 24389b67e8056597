"""The fuzzer finds an answer that is a 500 or of another shape, and takes the sandbox's own 501 for none."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from appconnect.sandbox.base import CrmSandbox, Guide, not_played
from appconnect.sandbox.clock import SandboxClock
from appconnect.sandbox.coverage import Operation
from appconnect.sandbox.records import Table
from appconnect.sandbox.server import Sandbox, serve
from parity.fuzzing.documents import Shape, document
from parity.ledger import Ledger, Verdict

pytest.importorskip("schemathesis", reason="comes with make parity")
DEAL = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}


class Acme(CrmSandbox):
    name, title, hosts = "acme", "Acme", ("api.acme.example",)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/deals/{id}", self.deal), Route("/lies/{id}", self.lie), Route("/left/{id}", self.left),
            Route("/deals", self.make, methods=["POST"]),
        ]  # fmt: skip

    def operations(self) -> list[Operation]:
        paths = ("/deals/{id}", "/lies/{id}", "/left/{id}")
        return [*(Operation("All", "GET", path) for path in paths), Operation("All", "POST", "/deals")]

    def seed(self) -> None:
        self.deals = Table()
        self.deals.put({"id": 7})

    def tables(self) -> dict[str, Table]:
        return {"deals": self.deals}

    def guide(self) -> Guide:
        return Guide("Acme", "https://docs.acme.example", "No sign-in.", {})

    async def deal(self, request: Request) -> Response:
        row = (
            self.deals.get(int(request.path_params["id"])) if request.path_params["id"].isdecimal() else None
        )
        return JSONResponse(row, 200) if row else JSONResponse({}, 404)

    async def make(self, request: Request) -> Response:
        body = await request.json()
        return JSONResponse({"id": 1 / len(body["title"])} and {"id": 7}, 201)

    async def lie(self, request: Request) -> Response:
        return JSONResponse({"id": "seven"})

    async def left(self, request: Request) -> Response:
        return not_played("this")


async def test_a_500_and_an_answer_of_another_shape_are_found() -> None:
    from parity.fuzzing.run import Fuzzer

    clock, ledger = SandboxClock(), Ledger()
    crm = Acme(clock)
    body = {"type": "object", "properties": {"title": {"type": "string"}}}
    made = document(crm, lambda each: Shape(body=body, sample={"title": "A"}, answer=DEAL) if each.method == "POST"
                    else Shape(answer=DEAL), {})  # fmt: skip
    async with serve(Sandbox(clock, [crm])) as url:
        fuzzer = Fuzzer(ledger, crm, clock, f"{url}/acme", {})
        await asyncio.to_thread(fuzzer.run, made, examples=20)
    found = {call.name: call.why for call in ledger.calls if call.verdict is Verdict.WRONG}
    assert {"GET /lies/{id}", "POST /deals"} == set(found)
    assert "500 to curl -X POST" in found["POST /deals"]
    assert {"GET /left/{id}": {501: 20}}.keys() == fuzzer.only_refused.keys()
