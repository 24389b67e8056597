"""New CRM, played on this computer: what https://docs.newcrm.example says (replace by your vendor's page).

It imports nothing of the connector, or it would share its mistakes. How a sandbox is made is said in
``appconnect/sandbox/base.py``: routes, handlers (read the request, ask the records, answer), records.
"""

from __future__ import annotations

from appconnect.sandbox.base import Guide, JsonObject, read_json
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from newcrm_connector.sandbox.front import refusal
from newcrm_connector.sandbox.records import Records
from newcrm_connector.sandbox.sign_in import HOW_TO_SIGN_IN, SignIn

PAGE = 50


class NewcrmSandbox(SignIn):
    """New CRM with users, contacts and calls."""

    name, title = "newcrm", "New CRM"

    def routes(self) -> list[BaseRoute]:
        """What is answered: without credentials the sign-in, with them everything else."""
        return [
            *self.sign_in_routes(),
            self.route("GET", "/me", self.me),
            self.route("GET", "/users", self.users),
            self.route("GET", "/contacts", self.contacts),
            self.route("GET", "/contacts/{id:int}", self.contact),
            self.route("POST", "/contacts", self.new_contact),
            self.route("GET", "/calls", self.calls),
            self.route("GET", "/calls/{id:int}", self.call),
            self.route("POST", "/calls", self.new_call),
            self.route("PATCH", "/calls/{id:int}", self.change_call),
        ]

    def seed(self) -> None:
        """Fill the CRM as on the first morning."""
        self.records = Records(self.clock, self.ids)
        self.seed_limits()
        self.seed_sign_in()

    def guide(self) -> Guide:
        """How a person uses this sandbox, for its page in the browser."""
        return Guide(
            title=self.title,
            docs="https://docs.newcrm.example",
            sign_in=HOW_TO_SIGN_IN,
            credentials=self.credentials,
            try_it=("/v1/me", "/v1/contacts?phone=4155550142"),
            people={
                "Nia Holt": "has one number; Lena Fuzz has a longer one that contains it",
                "Omar Vance": "shares his number with Ines Roth",
            },
            plans={"standard": "100 requests in 10 seconds", "tiny": "4 requests in 10 seconds"},
        )

    def unrouted(self, request: Request, status: int) -> Response:
        """Answer as New CRM does where there is no such path or method."""
        return JSONResponse({"problem": "There is no such address."}, status)

    # -- handlers --

    async def me(self, request: Request) -> Response:
        """The user who asks."""
        return one(self.records.users[self.user_id(request)])

    async def users(self, request: Request) -> Response:
        """All users, those who have left too."""
        return page(request, list(self.records.users.values()))

    async def contacts(self, request: Request) -> Response:
        """Contacts by digits of the phone, or by a part of the name."""
        query = request.query_params
        return page(request, self.records.search(query.get("phone", ""), query.get("name", "")))

    async def contact(self, request: Request) -> Response:
        """One contact."""
        return one(found(self.records.contacts, request.path_params["id"]))

    async def new_contact(self, request: Request) -> Response:
        """Make a contact; the name is needed."""
        body = await sent(request, {"name": str, "phone": str, "company": str})
        if not body.get("name"):
            raise refusal(422, "name is missing.")
        return one(self.records.add_contact(body), 201)

    async def calls(self, request: Request) -> Response:
        """The calls of a contact, newest first."""
        wanted = request.query_params.get("contact_id", "")
        rows = [row for row in self.records.calls.values() if str(row["contact_id"]) == wanted]
        return page(request, rows[::-1])

    async def call(self, request: Request) -> Response:
        """One call."""
        return one(found(self.records.calls, request.path_params["id"]))

    async def new_call(self, request: Request) -> Response:
        """Log a call; it belongs to whoever asks, unless owner_id names another user."""
        body = await sent(request, CALL)
        found(self.records.contacts, body.get("contact_id"), status=422)
        found(self.records.users, body.get("owner_id", self.user_id(request)), status=422)
        return one(self.records.add_call({"owner_id": self.user_id(request), **body}), 201)

    async def change_call(self, request: Request) -> Response:
        """Change the fields that are sent."""
        row = found(self.records.calls, request.path_params["id"])
        body = await sent(request, CALL)
        if "owner_id" in body:
            found(self.records.users, body["owner_id"], status=422)
        row.update(body)
        return one(row)


CALL = {"contact_id": int, "owner_id": int, "subject": str, "text": str, "started_at": str, "seconds": int}


async def sent(request: Request, fields: dict[str, type]) -> JsonObject:
    """Return the body; 422 for a field that is unknown, or of another type."""
    body = await read_json(request)
    if not isinstance(body, dict):
        raise refusal(422, "The body must be a JSON object.")
    for name, value in body.items():
        if name not in fields or type(value) is not fields[name]:
            raise refusal(422, f"{name} is not a field that can be set to this.")
    return body


def found(rows: dict[int, JsonObject], key: object, status: int = 404) -> JsonObject:
    """Return the row of that id; 404, or another status where it is named in a body."""
    row = rows.get(key) if isinstance(key, int) else None
    if row is None:
        raise refusal(status, "There is no such record.")
    return row


def one(row: JsonObject, status: int = 200) -> Response:
    """Answer with one record."""
    return JSONResponse({"data": row}, status)


def page(request: Request, rows: list[JsonObject]) -> Response:
    """Answer with one page of a list, and the number of the next one."""
    asked = request.query_params.get("page", "1")
    if not asked.isdecimal():
        raise refusal(400, "page must be a number.")
    end = int(asked) * PAGE
    following = int(asked) + 1 if end < len(rows) else None
    return JSONResponse({"data": rows[end - PAGE : end], "next_page": following})
