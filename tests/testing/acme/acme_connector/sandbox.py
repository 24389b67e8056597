"""The played Acme: a list of contacts, a list of calls."""

from __future__ import annotations

import base64

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from appconnect.sandbox import cast
from appconnect.sandbox.base import CrmSandbox, Guide, JsonObject, RefusedError, read_json

KEY = "sandbox-acme-key"
PAGE = 20
RAE, KIT = 1, 2


class AcmeSandbox(CrmSandbox):
    """Acme as nobody describes it."""

    name, title = "acme", "Acme"
    hosts = ("api.acme.example",)
    credentials = {"api_key": KEY}  # noqa: RUF012

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/me", self.me, methods=["GET"]),
            Route("/api/contacts", self.search, methods=["GET"]),
            Route("/api/contacts", self.add, methods=["POST"]),
            Route("/api/contacts/{id:int}", self.contact, methods=["GET"]),
            Route("/api/calls", self.calls_of, methods=["GET"]),
            Route("/api/calls", self.log, methods=["POST"]),
            Route("/api/calls/{id:int}", self.call, methods=["GET", "PATCH"]),
        ]

    def seed(self) -> None:
        self.keys = {KEY}
        self.contacts: list[JsonObject] = []
        self.calls: dict[int, JsonObject] = {}
        members = (cast.NIA, cast.OMAR, cast.INES, cast.LOOKALIKE, cast.SINEAD, cast.ZOE)
        for somebody in members:
            self.know(somebody.name, somebody.phone)

    def know(self, name: str, phone: str) -> JsonObject:
        self.contacts.append({"id": self.ids.next("contact", 501), "name": name, "phone": phone})
        return self.contacts[-1]

    def guide(self) -> Guide:
        return Guide(title="Acme", docs="https://acme.example", sign_in="A key.", credentials={"key": KEY})

    async def me(self, request: Request) -> Response:
        self.signed_in(request)
        return JSONResponse({"id": RAE, "name": cast.RAE.name, "zone": "Australia/Sydney"})

    async def search(self, request: Request) -> Response:
        """Fuzzy: the digits may stand anywhere in a number."""
        self.signed_in(request)
        wanted, page = request.query_params["digits"], int(request.query_params.get("page", 1))
        found = [each for each in self.contacts if wanted in "".join(filter(str.isdigit, str(each["phone"])))]
        shown = found[(page - 1) * PAGE : page * PAGE]
        return JSONResponse({"contacts": shown, "next": page + 1 if len(found) > page * PAGE else None})

    async def add(self, request: Request) -> Response:
        self.signed_in(request)
        body = await read_json(request)
        assert isinstance(body, dict)
        return JSONResponse(self.know(str(body["name"]), str(body["phone"])), 201)

    async def contact(self, request: Request) -> Response:
        self.signed_in(request)
        return JSONResponse(next(each for each in self.contacts if each["id"] == request.path_params["id"]))

    async def calls_of(self, request: Request) -> Response:
        self.signed_in(request)
        wanted = int(request.query_params["contact"])
        return JSONResponse([each for each in self.calls.values() if each["contact"] == wanted])

    async def log(self, request: Request) -> Response:
        self.signed_in(request)
        body = await read_json(request)
        assert isinstance(body, dict)
        number = self.ids.next("call", 9001)
        self.calls[number] = {"owner": RAE, "seconds": 0, **body, "id": number}
        return JSONResponse(self.calls[number], 201)

    async def call(self, request: Request) -> Response:
        self.signed_in(request)
        found = self.calls.get(request.path_params["id"])
        if found is None:
            return JSONResponse({"message": "No such call."}, 404)
        body = await read_json(request) if request.method == "PATCH" else {}
        assert isinstance(body, dict)
        found |= body
        return JSONResponse(found)

    def signed_in(self, request: Request) -> None:
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        if scheme != "Key" or base64.b64decode(encoded).decode() not in self.keys:
            raise RefusedError(JSONResponse({"message": "Unknown key."}, 401))
