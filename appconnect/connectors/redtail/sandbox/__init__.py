"""A sandbox of Redtail: one permanent key per user, numeric ids, lists in pages of 50.

Redtail's documentation is a Postman collection, https://documenter.getpostman.com/view/7873823/SVzxXyzn
("TWAPI Documentation"). Texts of 401, 404, 422 and 429 beyond "Authorization header missing" are made up, as
is the refusal of incomplete activities; what is undocumented and matters to a connector is a toggle.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from appconnect.connectors.redtail.sandbox.answers import (
    PAGE,
    PARTS,
    UNFILLED,
    check_parameters,
    included,
    message,
    named,
    number_in,
    or_404,
    page,
    page_size,
    time_bound,
)
from appconnect.connectors.redtail.sandbox.database import Database
from appconnect.connectors.redtail.sandbox.guide import API, CREDENTIALS, GUIDE, TOGGLES
from appconnect.connectors.redtail.sandbox.limits import PER_SECOND, Limits
from appconnect.connectors.redtail.sandbox.people import PEOPLE
from appconnect.connectors.redtail.sandbox.resources import LISTINGS, RESOURCES, Listing, Resource, Shelf
from appconnect.connectors.redtail.sandbox.rules import rows
from appconnect.connectors.redtail.sandbox.schema import SCHEMA, USERS
from appconnect.connectors.redtail.sandbox.search import BASIC, PARAMETERS, hits, narrowed
from appconnect.connectors.redtail.sandbox.seed import seed
from appconnect.connectors.redtail.sandbox.sign_in import DATABASE_ID, LOGINS, authorization
from appconnect.sandbox.base import (
    CrmSandbox,
    Guide,
    Json,
    JsonObject,
    RefusedError,
    not_played,
    read_json,
)
from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.records import Table

BASIC_FIELDS = (
    "id", "type", "first_name", "middle_name", "last_name", "full_name", "job_title", "created_at",
    "updated_at",
)  # fmt: skip
"""The fields of a contact in search_basic."""
LISTED = (
    "categories", "activity_codes", "statuses", "sources", "opportunity_stages", "opportunity_types",
)  # fmt: skip
"""The lists that clients read."""


class RedtailSandbox(CrmSandbox):
    """Redtail's API, as its documentation and its published clients describe it."""

    name, title = "redtail", "Redtail"
    operations_in_all = 261  # requests of the vendor's collection
    hosts = (
        "crm.redtailtechnology.com",
        "smf.crm3.redtailtechnology.com",
        "review.crm.redtailtechnology.com",
    )
    plans = tuple(PER_SECOND)
    people_tables = PEOPLE
    known_toggles = TOGGLES
    credentials = CREDENTIALS

    def routes(self) -> list[BaseRoute]:
        """Return the routes: signing in, searching, lists, and the same five for each kind of record."""
        return [
            Route(API + "/authentication", self.authentication),
            Route(API + "/contacts/search_basic", self.search_basic),
            Route(API + "/contacts/search", self.search),
            Route(API + "/lists/database_users", self.list_users),
            Route(API + "/lists/database_users/{id}", self.read_user),
            *(Route(f"{API}/lists/{name}", partial(self.list_entries, name)) for name in LISTED),
            Route(API + "/accounts/{id}", self.read_account),
            *(Route(API + each.path, partial(self.list_held, each)) for each in LISTINGS),
            *(route for each in RESOURCES for route in self._routes_of(each)),
        ]

    def _routes_of(self, resource: Resource) -> Iterator[Route]:
        many, one = API + resource.path, f"{API}{resource.path}/{{id}}"
        yield Route(many, partial(self.list_all, resource))
        yield Route(many, partial(self.create, resource), methods=["POST"])
        yield Route(one, partial(self.read, resource))
        yield Route(one, partial(self.update, resource), methods=resource.methods)
        yield Route(one, partial(self.delete, resource), methods=["DELETE"])

    def seed(self) -> None:
        """Fill the database."""
        self.database = Database(self.clock.now, self.ids, self.toggles)
        seed(self.database)
        self._limits: dict[str, Limits] = {}

    def tables(self) -> Mapping[str, Table]:
        """Return all records, and the user keys: they never expire."""
        return self.database.tables()

    def add_person(self, person: CastMember) -> None:
        """Add a contact."""
        self.database.add_contact(person)

    @property
    def limits(self) -> Limits:
        """The counter of the present plan."""
        if self.plan not in self._limits:
            self._limits[self.plan] = Limits(self.clock, self.plan)
        return self._limits[self.plan]

    def fresh_credentials(self) -> Mapping[str, str]:
        """Return Rae Quill's user key beside what it is asked for with."""
        login = self.credentials["username"], self.credentials["password"]
        return {**self.credentials, "user_key": self.database.keys()[LOGINS[login]]}

    def issued_secrets(self) -> list[str]:
        """Return the user keys."""
        return list(self.database.keys().values())

    def guide(self) -> Guide:
        """Return what the index page shows."""
        return GUIDE

    def unrouted(self, request: Request, status: int) -> Response:
        """Answer in our own voice below the API, most of which is known to nobody by name; else 404."""
        asked = named(request)
        return not_played(asked) if f" {API}/" in asked else message(404, "Not Found")

    # -- signing in --

    async def authentication(self, request: Request) -> Response:
        """Answer API key, user name and password with the user key."""
        self.limits.count()
        user_id = self._admitted(authorization(request).user_by_password())
        if user_id is None:
            return message(401, "Invalid API key, username or password")
        answer: JsonObject = {
            "redtail_database_id": DATABASE_ID,
            "redtail_user_id": user_id,
            "user_key": self.database.keys()[user_id],
        }
        return JSONResponse({"authenticated_user": answer} if self.toggles["sign_in_envelope"] else answer)

    def _signed_in(self, request: Request, *parameters: str) -> int:
        """Return the user's id; end the request without a valid sign-in, or with unknown parameters."""
        self.limits.count()
        sent = authorization(request)
        by_key = sent.user_by_key(self.database.keys(), bare=self.toggles["bare_authorization"])
        user_id = self._admitted(sent.user_by_password() or by_key)
        if user_id is None:
            raise RefusedError(message(401, "Invalid API key or user key"))
        check_parameters(request, parameters)
        return user_id

    def _admitted(self, user_id: int | None) -> int | None:
        """Return the user if the database has them, with a key, and does not deny them access."""
        if user_id is None or user_id not in self.database.user_keys:
            return None
        user = self.database.users.get(user_id)
        return None if user is None or user["deny_access"] else user_id

    # -- searching --

    async def search_basic(self, request: Request) -> Response:
        """Search by ``phone_number`` or ``name``; return a few fields of each."""
        self._signed_in(request, "page", *BASIC)
        asked = included(request) if self.toggles["search_includes_phones"] else ()

        def shown(contact: JsonObject) -> JsonObject:
            return {key: self._with_parts(contact, asked)[key] for key in (*BASIC_FIELDS, *asked)}

        return page(request, "contacts", self._hits(request, BASIC), shown, size=page_size(request))

    async def search(self, request: Request) -> Response:
        """Search by several criteria; return all fields of each."""
        self._signed_in(request, "page", *PARAMETERS)
        shown = partial(self._with_parts, asked=included(request))
        return page(request, "contacts", self._hits(request, PARAMETERS), shown, size=page_size(request))

    def _hits(self, request: Request, parameters: Sequence[str]) -> list[JsonObject]:
        asked = {key: value for key, value in request.query_params.items() if key in parameters and value}
        if since := time_bound(request, "updated_since"):
            asked["updated_since"] = since
        return hits(self.database, asked, self.toggles)

    # -- records --

    async def list_all(self, resource: Resource, request: Request) -> Response:
        """Return a page of the records, or of those that the parameters leave."""
        self._signed_in(request, "page", *resource.parameters)
        found = narrowed(resource.kind, self._shelf(resource, request).rows, request)
        size = page_size(request) if resource.kind == "Contact" else PAGE
        return page(request, resource.many, found, self._shown(resource, request), size=size)

    async def create(self, resource: Resource, request: Request) -> Response:
        """Add a record: 201."""
        user_id = self._signed_in(request)
        shelf, body, shown = (
            self._shelf(resource, request),
            await self._body(request),
            self._shown(resource, request),
        )
        new = self.database.written(resource.kind, body, user_id, about=shelf.about)
        shelf.keep(new)
        if not resource.told or (resource.kind == "Contact" and self.toggles["creates_answer_id"]):
            return JSONResponse({"success": True, "id": new["id"]}, 201)
        return JSONResponse({resource.one: shown(new)}, 201)

    async def read(self, resource: Resource, request: Request) -> Response:
        """Return one record."""
        self._signed_in(request)
        row = self._row(self._shelf(resource, request), request)
        return JSONResponse({resource.one: self._shown(resource, request)(row)})

    async def update(self, resource: Resource, request: Request) -> Response:
        """Change the fields that are sent."""
        user_id = self._signed_in(request)
        if request.method == "PATCH" and not self.toggles["patch_like_put"]:
            return message(404, "Not Found")
        shelf, body, shown = (
            self._shelf(resource, request),
            await self._body(request),
            self._shown(resource, request),
        )
        new = self.database.written(resource.kind, body, user_id, self._row(shelf, request))
        shelf.keep(new)
        if self.toggles["put_answers_204"] or not resource.told:
            return Response(status_code=204)
        return JSONResponse({resource.one: shown(new)})

    async def delete(self, resource: Resource, request: Request) -> Response:
        """Delete a record: 204."""
        self._signed_in(request)
        shelf = self._shelf(resource, request)
        shelf.remove(self._row(shelf, request))
        return Response(status_code=204)

    def _shelf(self, resource: Resource, request: Request) -> Shelf:
        """Return where the records are; 404 where it is nobody's."""
        owner = None
        if resource.owner:
            owner = or_404(self.database.record(resource.owner, number_in(request.path_params["owner"])))
        return Shelf(self.database, resource, owner)

    def _row(self, shelf: Shelf, request: Request) -> JsonObject:
        return or_404(shelf.get(number_in(request.path_params["id"])))

    async def _body(self, request: Request) -> Json:
        body = await read_json(request)
        if (
            self.toggles["html_rewritten"]
            and isinstance(body, dict)
            and isinstance(body.get("description"), str)
        ):
            body["description"] = str(body["description"]).replace("<br>", "<br />")
        return body

    # -- what is only read --

    async def list_held(self, listing: Listing, request: Request) -> Response:
        """Return a page of accounts, user-defined fields or families, with the parts that are asked for."""
        self._signed_in(request, "page", *listing.parts)
        found = [*self.database.tables()[listing.many].values()]
        if (owner := request.path_params.get("owner")) is not None:
            number = or_404(self.database.record("Contact", number_in(owner)))["id"]
            found = [each for each in found if each["contact_id"] == number]
        asked = {key for key, value in request.query_params.items() if value == "true"}
        left_out = {"contact_id", *(part for key, part in listing.parts.items() if key not in asked)}
        return page(request, listing.many, found, partial(_without, left_out))

    async def read_account(self, request: Request) -> Response:
        """Return one account."""
        self._signed_in(request)
        number = number_in(request.path_params["id"])
        account = or_404(None if number is None else self.database.accounts.get(number))
        return JSONResponse({"account": _without({"contact_id"}, account)})

    # -- how a record is shown --

    def _shown(self, resource: Resource, request: Request) -> Callable[[JsonObject], JsonObject]:
        """Return how the records are shown to this request."""
        if resource.kind == "Contact":
            return partial(self._with_parts, asked=included(request))
        return self._with_names if "linked_contacts" in SCHEMA[resource.kind].fields else dict

    def _with_parts(self, contact: JsonObject, asked: Sequence[str]) -> JsonObject:
        """Return a contact with the parts that are asked for."""
        shown = {key: value for key, value in contact.items() if key not in PARTS or key in asked}
        shown |= {key: UNFILLED[key] for key in asked if key in UNFILLED}
        if "family" in asked:
            shown["family"] = self.database.family_of(contact)
        if "activities" in asked:
            shown["activities"] = [self._with_names(each) for each in self.database.activities_of(contact)]
        return shown

    def _with_names(self, row: JsonObject) -> JsonObject:
        """Return an activity or an opportunity with the names of its contacts."""
        return {**row, "linked_contacts": [self._named(link) for link in rows(row, "linked_contacts")]}

    def _named(self, link: JsonObject) -> JsonObject:
        number = link["contact_id"]
        if not self.toggles["names_in_activities"] or not isinstance(number, int):
            return link
        contact = self.database.contacts[number]
        return {**link, "first_name": contact["first_name"], "last_name": contact["last_name"]}

    # -- lists --

    async def list_entries(self, name: str, request: Request) -> Response:
        """Return the entries of a list, retired ones too."""
        self._signed_in(request, "page")
        entries = [self._labelled(name, each) for each in self.database.lists[name].values()]
        if name == "categories" and not self.toggles["categories_paged"]:
            return JSONResponse({name: entries})
        return page(request, name, entries)

    async def list_users(self, request: Request) -> Response:
        """Return the users of the database, those without access too."""
        self._signed_in(request, "page")
        return page(request, USERS, list(self.database.users.values()))

    async def read_user(self, request: Request) -> Response:
        """Return one user, as an object below the plural key."""
        self._signed_in(request)
        number = number_in(request.path_params["id"])
        return JSONResponse({USERS: or_404(None if number is None else self.database.users.get(number))})

    def _labelled(self, name: str, entry: JsonObject) -> JsonObject:
        """Return an entry; stages have their label in ``code``, and one is the default."""
        is_stage = name == "opportunity_stages"
        label = "code" if is_stage or self.toggles["labels_as_code"] else "name"
        default: JsonObject = {"is_default": entry["id"] == 1} if is_stage else {}
        return {"id": entry["id"], label: entry["name"], **default, "deleted": entry["deleted"]}


def _without(names: Container[str], row: JsonObject) -> JsonObject:
    return {key: value for key, value in row.items() if key not in names}
