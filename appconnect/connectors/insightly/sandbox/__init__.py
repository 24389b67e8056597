"""Insightly, played: API key over Basic, exact search in one field, singular links, 10 requests a second.

https://api.na1.insightly.com/v3.1/#!/Overview/Introduction
"""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from appconnect.connectors.insightly.sandbox.company import (
    INSTANCE,
    LEAD_SOURCES,
    LEAD_STATUSES,
    RAE_KEY,
    settle,
)
from appconnect.connectors.insightly.sandbox.front import POD, Front, etag_of, field
from appconnect.connectors.insightly.sandbox.schema import EVENT, KINDS, LEAD, LINKABLE, USER, Kind
from appconnect.connectors.insightly.sandbox.state import PER_DAY, PER_SECOND, Database
from appconnect.sandbox.base import Guide, JsonObject, read_json


class InsightlySandbox(Front):
    """Insightly's API v3.1 as its documentation and its probed behaviour describe it."""

    def routes(self) -> list[BaseRoute]:
        """The paths in lower case; Insightly takes them in any case."""
        return [
            self.route("/users/me", self.me),
            self.route("/instance", self.instance),
            self.route("/leadsources", partial(self.fixed_list, LEAD_SOURCES)),
            self.route("/leadstatuses", partial(self.fixed_list, LEAD_STATUSES)),
            self.route("/customfields/{object_name}", self.custom_fields),
            self.route("/events/{id:int}/links", self.add_link, "POST"),
            self.route("/events/{id:int}/links/{link_id:int}", self.delete_link, "DELETE"),
            *(self.route(f"/{kind.path}/{{id:int}}/links", partial(self.links, kind)) for kind in KINDS),
            *(route for kind in (*KINDS, USER) for route in self._reading(kind)),
            *(route for kind in KINDS for route in self._writing(kind)),
        ]

    def _reading(self, kind: Kind) -> list[BaseRoute]:
        return [
            self.route(f"/{kind.path}", partial(self.all_of, kind)),
            self.route(f"/{kind.path}/search", partial(self.search, kind)),
            self.route(f"/{kind.path}/{{id:int}}", partial(self.one, kind)),
        ]

    def _writing(self, kind: Kind) -> list[BaseRoute]:
        return [
            self.route(f"/{kind.path}", partial(self.create, kind), "POST"),
            self.route(f"/{kind.path}", partial(self.change, kind), "PUT"),
            self.route(f"/{kind.path}/{{id:int}}", partial(self.delete, kind), "DELETE"),
        ]

    def seed(self) -> None:
        """The company as on the first morning."""
        self.state = Database(self.clock, self.ids, self.plan)
        settle(self.state)

    def guide(self) -> Guide:
        """How to use the played Insightly."""
        return Guide(
            title="Insightly",
            docs="https://api.na1.insightly.com/v3.1/",
            sign_in="The API key is the user name of HTTP Basic, the password is empty; the pod is na1.",
            credentials={"API key": RAE_KEY, "API URL": f"https://{POD}/v3.1"},
            try_it=("/v3.1/Users/Me", "/v3.1/Contacts/Search?field_name=PHONE&field_value=%2B14155550177"),
            people={
                "Nia Holt": "punctuated phone, two opportunities, one project",
                "Omar Vance": "shares his number with Ines Roth; was a lead once",
                "Zoë 🌟 & Sons": "linked to an opportunity nobody may read and a project that is gone",
                "Anna Maria van Dyke": "home number, and one in the extra field PHONE_2__c",
                "Ulla Bare": "phone written (212) 555-0166, so that only this form finds it",
                "Sinéad O'Neil": "a lead",
                "Petra Stale": "a converted lead whose contact was deleted",
            },
            plans={
                plan: f"{PER_SECOND.get(plan, 10)} requests a second, {budget} a day"
                for plan, budget in PER_DAY.items()
            },
        )

    def rewrite(self, path: str) -> str:
        """Paths in any case mean the same."""
        return path.lower()

    def unrouted(self, request: Request, status: int) -> Response:
        """An unknown collection is taken for a custom object and answers 405."""
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if status == 405 or path.count("/") == 2:
            return self.error(405, f"The requested resource does not support http method '{request.method}'.")
        return self.error(404, "No HTTP resource was found that matches the request URI.")

    # -- handlers: who and what --

    async def me(self, request: Request) -> Response:
        """The user whose key it is."""
        return self.tagged(self.state.records[USER.name][self.user_id(request)])

    async def instance(self, request: Request) -> Response:
        """The account."""
        return self.tagged(INSTANCE)

    async def fixed_list(self, rows: list[JsonObject], request: Request) -> Response:
        """A list that nobody changes."""
        return self.tagged(list(rows))

    async def custom_fields(self, request: Request) -> Response:
        """The extra fields of one kind of record; names are singular."""
        kind = next((k for k in KINDS if k.name.lower() == request.path_params["object_name"]), None)
        if kind is None:
            raise self.refusal(400, "Data validation error: unknown object name.")
        return self.tagged(list(self.state.custom_fields.get(kind.name, [])))

    # -- handlers: records --

    async def all_of(self, kind: Kind, request: Request) -> Response:
        """A list; the plain one ignores updated_after_utc."""
        return self.page(request, kind, self.visible(kind))

    async def search(self, kind: Kind, request: Request) -> Response:
        """Exact match on one field, or what changed since a moment."""
        query, rows = request.query_params, self.visible(kind)
        if ("field_name" in query) != ("field_value" in query):
            raise self.refusal(
                400, "Missing or invalid parameter: field_name and field_value belong together."
            )
        if "field_name" in query:
            name = query["field_name"].upper()
            if kind is EVENT and not self.toggles["event_search"]:
                raise self.refusal(400, f"Missing or invalid parameter: {name} is no search field.")
            known = {str(each["FIELD_NAME"]) for each in self.state.custom_fields.get(kind.name, [])}
            if name not in kind.fields and query["field_name"] not in known:
                raise self.refusal(400, f"Missing or invalid parameter: {query['field_name']} is no field.")
            rows = [row for row in rows if self.equal(field(row, query["field_name"]), query["field_value"])]
        if "updated_after_utc" in query:
            after = self.moment(query["updated_after_utc"])
            rows = [row for row in rows if str(row["DATE_UPDATED_UTC"]) > after]
        return self.page(request, kind, rows)

    async def one(self, kind: Kind, request: Request) -> Response:
        """One record."""
        return self.tagged(self.shown(self.record(kind, request.path_params["id"])))

    async def create(self, kind: Kind, request: Request) -> Response:
        """201 and the whole record."""
        said = self.checked(kind, await read_json(request))
        if kind is LEAD and self.toggles["lead_defaults"]:
            said = {"LEAD_SOURCE_ID": 12, "LEAD_STATUS_ID": 21, **said}
        self.complete(kind, said)
        owner: JsonObject = (
            {"OWNER_USER_ID": self.user_id(request)} if "OWNER_USER_ID" in kind.writable else {}
        )
        self.check_references(said)
        number = self.state.add(kind, {**owner, **said})
        return self.tagged(self.shown(self.record(kind, number)), 201)

    async def change(self, kind: Kind, request: Request) -> Response:
        """The id is in the body; only what is sent changes; If-Match is honoured."""
        body = await read_json(request)
        number = body.get(kind.id_field) if isinstance(body, dict) else None
        if not isinstance(number, int):
            raise self.refusal(400, f"Data validation error: {kind.id_field} is required.")
        record = self.record(kind, number)
        if (tag := request.headers.get("if-match")) and tag != etag_of(self.shown(record)):
            raise self.refusal(400, f"If-Match header value {tag} is not valid.")
        said = self.checked(kind, body)
        if kind is EVENT:
            self.complete(kind, said)
        self.complete(kind, {**record, **said})
        self.check_references(said)
        self.state.change(kind, number, said)
        return self.tagged(self.shown(record), 201 if self.toggles["put_answers_201"] else 200)

    async def delete(self, kind: Kind, request: Request) -> Response:
        """202 and nothing."""
        number = request.path_params["id"]
        self.record(kind, number)
        del self.state.records[kind.name][number]
        return Response(status_code=202)

    # -- handlers: links --

    async def links(self, kind: Kind, request: Request) -> Response:
        """The links of a record."""
        number = request.path_params["id"]
        self.record(kind, number)
        return self.tagged(list(self.state.links(kind, number)))

    async def add_link(self, request: Request) -> Response:
        """Object names are singular, in any case; the target must exist and be readable."""
        number, body = request.path_params["id"], await read_json(request)
        self.record(EVENT, number)
        spelled = body.get("LINK_OBJECT_NAME") if isinstance(body, dict) else None
        to = LINKABLE.get(spelled.lower()) if isinstance(spelled, str) else None
        target = body.get("LINK_OBJECT_ID") if isinstance(body, dict) else None
        if to is None or not isinstance(target, int) or isinstance(target, bool):
            raise self.refusal(400, "Data validation error: LINK_OBJECT_NAME or LINK_OBJECT_ID is not valid.")
        self.record(to, target)
        if self.toggles["links_merge"]:
            for link in self.state.links(EVENT, number):
                if (str(link["LINK_OBJECT_NAME"]).lower(), link["LINK_OBJECT_ID"]) == (
                    to.name.lower(),
                    target,
                ):
                    return self.tagged(link, 201)
        echoed = str(spelled) if self.toggles["links_echo_case"] else ""
        return self.tagged(self.state.link(EVENT, number, to, target, spelled=echoed), 201)

    async def delete_link(self, request: Request) -> Response:
        """202 and nothing."""
        number = request.path_params["id"]
        self.record(EVENT, number)
        if not self.state.unlink(EVENT, number, request.path_params["link_id"]):
            raise self.refusal(404, "Record not found.")
        return Response(status_code=202)
