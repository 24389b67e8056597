"""A sandbox of Pipedrive, as https://developers.pipedrive.com/docs/api/v1 documents it (v1 and v2).

What the documentation leaves open is a toggle (``guide.TOGGLES``). Nothing here was measured on the live API.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from appconnect.connectors.pipedrive.sandbox import (
    absent,
    access,
    activities,
    deals,
    fields,
    files,
    followers,
    history,
    merging,
    notes,
    older,
    participants,
    persons,
    sales,
    search,
    settings,
    users,
    webhooks,
)
from appconnect.connectors.pipedrive.sandbox.answers import HELP, problem
from appconnect.connectors.pipedrive.sandbox.checks import body_of, query_of, relaxed
from appconnect.connectors.pipedrive.sandbox.database import DOMAIN, RAE_ID, Database
from appconnect.connectors.pipedrive.sandbox.guide import TOGGLES, guide
from appconnect.connectors.pipedrive.sandbox.interface import OPERATIONS, Operation
from appconnect.connectors.pipedrive.sandbox.limits import PLANS, Caller, Limits
from appconnect.connectors.pipedrive.sandbox.people import PEOPLE
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler
from appconnect.connectors.pipedrive.sandbox.seed import seed
from appconnect.connectors.pipedrive.sandbox.sign_in import API_KEY, CLIENT, SignIn
from appconnect.sandbox.base import (
    CrmSandbox,
    Guide,
    Json,
    JsonObject,
    RefusedError,
    bearer,
    in_process,
    read_json,
)
from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.oauth import ANY_LOOPBACK, ExpiredTokenError, TokenPair, UnknownTokenError
from appconnect.sandbox.records import Table
from appconnect.sandbox.routing import route

OAUTH_HOST = "oauth.pipedrive.com"
COMPANY_HOST = f"{DOMAIN}.pipedrive.com"

HANDLERS: Mapping[str, Handler] = {
    **users.HANDLERS,
    **persons.HANDLERS,
    **sales.HANDLERS,
    **activities.HANDLERS,
    **search.HANDLERS,
    **settings.HANDLERS,
    **notes.HANDLERS,
    **fields.HANDLERS,
    **followers.HANDLERS,
    **history.HANDLERS,
    **merging.HANDLERS,
    **files.HANDLERS,
    **webhooks.HANDLERS,
    **participants.HANDLERS,
    **deals.HANDLERS,
    **access.HANDLERS,
    **absent.HANDLERS,
    **older.HANDLERS,
    "GET /v1/users/{id}/followers": followers.of_user,
    "GET /api/v2/users/{id}/followers": followers.of_user,
}


CHECKED = {
    each.base: each for each in (persons.PERSONS, persons.ORGANIZATIONS, sales.DEALS, activities.ACTIVITIES)
}
"""Collections whose bodies are checked beyond the description."""


class PipedriveSandbox(CrmSandbox):
    """The company "Acme" at acme-sandbox.pipedrive.com, whose user is Rae Quill."""

    name, title = "pipedrive", "Pipedrive"
    hosts = (OAUTH_HOST, "api.pipedrive.com", COMPANY_HOST)
    plans = tuple(PLANS)
    people_tables = PEOPLE
    credentials: ClassVar[Mapping[str, str]] = {"client_id": CLIENT.id, "client_secret": CLIENT.secret}
    known_toggles = TOGGLES

    def routes(self) -> list[BaseRoute]:
        """Return the routes of OAuth and of every operation."""
        oauth: dict[str, tuple[Callable[[Request], Awaitable[Response]], list[str]]] = {
            "/oauth/authorize": (self._authorize, ["GET", "POST"]),
            "/oauth/token": (self._token, ["POST"]),
            "/oauth/revoke": (self._revoke, ["POST"]),
        }
        return [
            *(route(path, endpoint, methods) for path, (endpoint, methods) in oauth.items()),
            *(route(op.path, self._endpoint(op), [op.method]) for op in _played()),
        ]

    def seed(self) -> None:
        """Fill the database, with no token issued."""
        self.database = Database(self.clock, self.ids)
        seed(self.database)
        self.oauth = SignIn(self.clock, self.toggles, str(self.database.users[RAE_ID]["name"]))
        self._limits: dict[str, Limits] = {}

    @staticmethod
    def rewrite(path: str) -> str:
        """Return the path with one of v1's two prefixes."""
        return path.removeprefix("/api") if path.startswith("/api/v1/") else path

    def tables(self) -> Mapping[str, Table]:
        """Return the tables of the database."""
        return self.database.tables()

    def add_person(self, person: CastMember) -> None:
        """Add a person, with an organization of its own if the company is not there yet."""
        self.database.add_member(person)

    def sign_in_ends(self) -> datetime | None:
        """Return when the last access token ends."""
        return self.oauth.tokens.access_ends

    # -- for tests and notebooks --

    def sign_in(self, scopes: tuple[str, ...] | None = None) -> TokenPair:
        """Return tokens for Rae Quill without the consent page; by default with the registration's scopes."""
        return self.oauth.tokens.issue(self.oauth.grant(scopes=scopes))

    @property
    def limits(self) -> Limits:
        """The counters of the present plan."""
        if self.plan not in self._limits:
            self._limits[self.plan] = Limits(self.clock, PLANS[self.plan], self.toggles)
        return self._limits[self.plan]

    def fresh_credentials(self) -> Mapping[str, str]:
        """Return a code and tokens of Rae Quill, beside the app's id and secret."""
        grant = self.oauth.grant(ANY_LOOPBACK)
        pair, code = self.oauth.tokens.issue(grant), self.oauth.tokens.code(grant)
        tokens = {"access_token": pair.access, "refresh_token": pair.refresh}
        return {**self.credentials, "redirect_uri": ANY_LOOPBACK, "code": code, **tokens}

    def issued_secrets(self) -> list[str]:
        """Return the codes and tokens in circulation."""
        return self.oauth.tokens.issued()

    def forget_sessions(self) -> None:
        """End all sessions; refresh tokens outlive a restart."""
        self.oauth.tokens.expire_access()

    def guide(self) -> Guide:
        """Return what the index page shows."""
        return guide(self.oauth.scopes)

    # -- OAuth --

    async def _authorize(self, request: Request) -> Response:
        self._only_at(request, oauth=True)
        return await self.oauth.authorize(request)

    async def _token(self, request: Request) -> Response:
        self._only_at(request, oauth=True)
        return await self.oauth.token(request, self.address(request, COMPANY_HOST))

    async def _revoke(self, request: Request) -> Response:
        self._only_at(request, oauth=True)
        return await self.oauth.revoke(request)

    def _only_at(self, request: Request, *, oauth: bool) -> None:
        if in_process(request) and (request.url.hostname == OAUTH_HOST) != oauth:
            raise RefusedError(self.unrouted(request, 404))

    # -- the API --

    def unrouted(self, request: Request, status: int) -> Response:
        """Return 404 or 405 in Pipedrive's envelope."""
        return problem(status, "Not Found" if status == 404 else "Method Not Allowed", error_info=HELP)

    def _endpoint(self, op: Operation) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            self._only_at(request, oauth=False)
            caller = self._caller(request)
            answer = self.limits.refusal(caller, op.cost, search=op.search)
            if answer is None:
                answer = await self._answer(request, op, caller)
            if answer.headers.get("server") != "cloudflare":  # which knows nothing of Pipedrive's limits
                answer.headers.update(self.limits.headers(caller, op.method, search=op.search))
            return answer

        return endpoint

    async def _call(self, request: Request, op: Operation, caller: Caller) -> ApiRequest:
        query = {name: text for name, text in request.query_params.items() if name != "api_token"}
        body, uploads = await _sent(request)
        body = relaxed(op, body) if self.toggles["numbers_as_texts"] else body
        call = ApiRequest(
            operation=op,
            database=self.database,
            toggles=self.toggles,
            user=caller.user,
            path=request.path_params,
            query=query_of(op, query),
            bodies=(),
            uploads=uploads,
        )
        also = CHECKED.get(op.path.removesuffix("/{id}"))
        return replace(call, bodies=body_of(op, body, lambda row: also.faults(call, row) if also else ()))

    async def _answer(self, request: Request, op: Operation, caller: Caller) -> Response:
        if self.toggles["company_closed"]:
            return problem(402, "Database is not open.", error_info=HELP)
        if caller.scopes is not None and not op.scopes & set(caller.scopes):
            return problem(403, "Scope and URL mismatch", error_info=HELP)
        try:
            call = await self._call(request, op, caller)
            answer = HANDLERS[str(op)](call)
            history.keep(call)
            await webhooks.deliver(call)
            return answer
        except RefusedError as refusal:
            return refusal.response

    def _caller(self, request: Request) -> Caller:
        in_query = request.query_params.get("api_token") if self.toggles["token_in_query"] else None
        if API_KEY in (request.headers.get("x-api-token"), in_query):
            return Caller(API_KEY, RAE_ID, None)
        token = bearer(request)
        if token is None and "authorization" in request.headers:
            raise RefusedError(problem(400, "Invalid request: malformed authorization header", errorCode=400))
        try:
            grant = self.oauth.tokens.grant_of(token or "")
        except UnknownTokenError:
            raise _unauthorized("unauthorized access") from None
        except ExpiredTokenError:
            raise _unauthorized("Invalid token: access_token is invalid") from None
        return Caller(token or "", grant.user, grant.scopes)


def _played() -> list[Operation]:
    """Return the operations, those without parameters in their path first."""
    return sorted((OPERATIONS[name] for name in HANDLERS), key=lambda op: op.path.count("{"))


async def _sent(request: Request) -> tuple[Json, dict[str, JsonObject]]:
    """Return the body, whether it is JSON or a form (None for what is neither), and the files in it."""
    if "form" not in request.headers.get("content-type", ""):
        return await read_json(request), {}
    try:
        form = await request.form()
    except HTTPException:
        return None, {}
    files = {name: await _file(value) for name, value in form.items() if isinstance(value, UploadFile)}
    return {name: value if isinstance(value, str) else name for name, value in form.items()}, files


async def _file(value: UploadFile) -> JsonObject:
    content = base64.b64encode(await value.read()).decode()
    return {
        "name": value.filename or "file",
        "type": value.content_type,
        "size": value.size,
        "content": content,
    }


def _unauthorized(error: str) -> RefusedError:
    headers = {"x-401-by-gw": "true", "x-correlation-id": str(uuid.uuid4())}
    return RefusedError(problem(401, error, headers, errorCode=401, error_info=HELP))
