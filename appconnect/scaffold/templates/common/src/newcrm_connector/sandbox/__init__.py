"""New CRM, played on this computer: what https://docs.newcrm.example says (replace by your vendor's page).

It imports nothing of the connector, or it would share its mistakes. How a sandbox is made is said in
``appconnect/sandbox/base.py``: routes, handlers (read the request, ask the database, answer), database.
"""

from __future__ import annotations

from collections.abc import Mapping

from appconnect.sandbox.base import Guide
from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.people_tables import flat
from appconnect.sandbox.records import Table
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from newcrm_connector.sandbox.answers import found, one, page, refusal, sent
from newcrm_connector.sandbox.database import Database
from newcrm_connector.sandbox.limits import REQUESTS, SECONDS
from newcrm_connector.sandbox.seed import seed
from newcrm_connector.sandbox.sign_in import HOW_TO_SIGN_IN, SignInSandbox

CONTACT = {"name": str, "phone": str, "company": str}
CALL = {"contact_id": int, "owner_id": int, "subject": str, "text": str, "started_at": str, "seconds": int}
"""The fields that can be sent, and their types."""


class NewcrmSandbox(SignInSandbox):
    """New CRM with users, contacts and calls."""

    name, title = "newcrm", "New CRM"
    people_tables = (flat("contacts", whole="name", phones=("phone",)),)

    def routes(self) -> list[BaseRoute]:
        """Return what is answered: the sign-in to everybody, the rest to whoever is signed in."""
        return [
            *self.sign_in_routes(),
            self.route("GET", "/me", self.me),
            self.route("GET", "/users", self.list_users),
            self.route("GET", "/contacts", self.search_contacts),
            self.route("POST", "/contacts", self.create_contact),
            self.route("GET", "/contacts/{id:int}", self.read_contact),
            self.route("GET", "/calls", self.list_calls),
            self.route("POST", "/calls", self.create_call),
            self.route("GET", "/calls/{id:int}", self.read_call),
            self.route("PATCH", "/calls/{id:int}", self.update_call),
        ]

    def seed(self) -> None:
        """Fill New CRM as on the first morning."""
        super().seed()
        self.database = Database(self.clock, self.ids)
        seed(self.database)

    def tables(self) -> Mapping[str, Table]:
        """Return all records: what is kept between runs."""
        return {**super().tables(), **self.database.tables()}

    def add_person(self, person: CastMember) -> None:
        """Add a contact."""
        self.database.add_contact({"name": person.name, "phone": person.phone, "company": person.company})

    def guide(self) -> Guide:
        """Return how a person uses this sandbox, for its page in the browser."""
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
            plans={plan: f"{number} requests in {SECONDS} seconds" for plan, number in REQUESTS.items()},
        )

    def unrouted(self, request: Request, status: int) -> Response:
        """Answer as New CRM does where there is no such path or method."""
        return JSONResponse({"problem": "There is no such address."}, status)

    # -- users --

    async def me(self, request: Request) -> Response:
        """Return the user who asks."""
        return one(self.database.users[self.user_id(request)])

    async def list_users(self, request: Request) -> Response:
        """Return all users, those who have left too."""
        return page(request, list(self.database.users.values()))

    # -- contacts --

    async def search_contacts(self, request: Request) -> Response:
        """Return the contacts with these digits in the phone, or this text in the name."""
        asked = request.query_params
        return page(request, self.database.search(asked.get("phone", ""), asked.get("name", "")))

    async def read_contact(self, request: Request) -> Response:
        """Return one contact."""
        return one(found(self.database.contacts, request.path_params["id"]))

    async def create_contact(self, request: Request) -> Response:
        """Add a contact: 201."""
        body = await sent(request, CONTACT)
        if not body.get("name"):
            raise refusal(422, "name is missing.")
        return one(self.database.add_contact(body), 201)

    # -- calls --

    async def list_calls(self, request: Request) -> Response:
        """Return the calls of a contact, newest first."""
        contact_id = request.query_params.get("contact_id", "")
        calls = [each for each in self.database.calls.values() if str(each["contact_id"]) == contact_id]
        return page(request, calls[::-1])

    async def read_call(self, request: Request) -> Response:
        """Return one call."""
        return one(found(self.database.calls, request.path_params["id"]))

    async def create_call(self, request: Request) -> Response:
        """Add a call: 201. It belongs to whoever asks, unless ``owner_id`` names another user."""
        body = {"owner_id": self.user_id(request), **await sent(request, CALL)}
        found(self.database.contacts, body.get("contact_id"), status=422)
        found(self.database.users, body["owner_id"], status=422)
        return one(self.database.add_call(body), 201)

    async def update_call(self, request: Request) -> Response:
        """Change the fields that are sent."""
        call = found(self.database.calls, request.path_params["id"])
        body = await sent(request, CALL)
        found(self.database.users, body.get("owner_id", call["owner_id"]), status=422)
        return one(self.database.calls.change(request.path_params["id"], body))
