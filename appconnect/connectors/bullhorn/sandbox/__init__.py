"""A sandbox of Bullhorn, as https://bullhorn.github.io/rest-api-docs/ documents it, with made-up people.

What the documentation leaves open is a toggle (``guide.TOGGLES``). Nothing was measured on a live account.
``entities.json`` and ``typed_fields.json`` say which entities and fields there are; the code knows what is
special about some.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from appconnect.connectors.bullhorn.sandbox.answers import CORS, JSON_TYPE, problem
from appconnect.connectors.bullhorn.sandbox.bulk import MASS_UPDATED, Bulk
from appconnect.connectors.bullhorn.sandbox.database import Database
from appconnect.connectors.bullhorn.sandbox.describing import Describing
from appconnect.connectors.bullhorn.sandbox.editing import Editing
from appconnect.connectors.bullhorn.sandbox.files import HOLDERS, Files
from appconnect.connectors.bullhorn.sandbox.finding import FOUND, LISTED, Finding
from appconnect.connectors.bullhorn.sandbox.guide import GUIDE, TOGGLES
from appconnect.connectors.bullhorn.sandbox.limits import PER_MINUTE, Limits
from appconnect.connectors.bullhorn.sandbox.people import PEOPLE
from appconnect.connectors.bullhorn.sandbox.schema import (
    DATA,
    ENTITIES,
    INDEXED_ONLY,
    SEARCHED,
    VENDOR_ENTITIES,
)
from appconnect.connectors.bullhorn.sandbox.seed import seed
from appconnect.connectors.bullhorn.sandbox.sign_in import CLIENT, LOGINS, SWIMLANES, SignIn
from appconnect.connectors.bullhorn.sandbox.subscriptions import Subscriptions
from appconnect.sandbox.base import CrmSandbox, Guide
from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.coverage import Operation
from appconnect.sandbox.records import Table
from appconnect.sandbox.routing import route

CORPORATION = "/rest-services/{corporation}"
COUNTED = sorted(each for each in VENDOR_ENTITIES if not re.search(r"Instance([2-9]|\d\d)$", each))
"""All entities that are known by name, of the custom objects of an entity the first one."""
EXPANDED: Mapping[str, Sequence[str]] = {
    "{entity}": COUNTED,
    "{searched}": SEARCHED,
    "{queried}": [each for each in COUNTED if each not in INDEXED_ONLY],
    "{filed}": HOLDERS,
    "{found}": FOUND,
    "{listed}": LISTED,
    "{mass}": MASS_UPDATED,
}
"""What a word of ``operations.txt`` stands for."""

Endpoint = Callable[[Request], Awaitable[Response]]
Handler = Callable[[Request, int], Awaitable[Response]]
"""A handler that also gets the user's id."""


class BullhornSandbox(CrmSandbox):
    """One corporation in one data centre of Bullhorn."""

    name, title = "bullhorn", "Bullhorn"
    hosts = ("*.bullhornstaffing.com",)
    plans = tuple(PER_MINUTE)
    people_tables = PEOPLE
    known_toggles = TOGGLES
    credentials: ClassVar[Mapping[str, str]] = {
        "client_id": CLIENT.id,
        "client_secret": CLIENT.secret,
        "username": "rae.quill",
        "password": LOGINS["rae.quill"],
    }

    def routes(self) -> list[BaseRoute]:
        """Return the routes of sign-in, and those that need a session."""
        return [
            self._open("/rest-services/loginInfo", lambda: self.sign_in.login_info, "GET"),
            self._open("/oauth/authorize", lambda: self.sign_in.authorize, "GET", "POST"),
            self._open("/oauth/token", lambda: self.sign_in.token, "POST"),
            self._open("/rest-services/login", lambda: self.sign_in.login, "GET", "POST"),
            self._open(CORPORATION + "/logout", lambda: self.sign_in.logout, "GET"),
            self._open(CORPORATION + "/ping", lambda: self.sign_in.ping, "GET"),
            *self._finding(),
            *self._records(),
            *self._descriptions(),
        ]

    def _finding(self) -> list[BaseRoute]:
        finding, bulk = Finding(self), Bulk(self)
        return [
            self._route("/search/{entity}", finding.search, "GET", "POST"),
            self._route("/query/{entity}", finding.query, "GET", "POST"),
            self._route("/find", finding.find, "GET", "POST"),
            self._route("/allCorpNotes", bulk.company_notes, "GET"),
            self._route("/association/{entity}/{name}", bulk.associations, "POST"),
            self._route("/massUpdate", bulk.mass_updated, "GET"),
            self._route("/massUpdate/{entity}", bulk.mass_update, "POST"),
            self._route("/my{entity}s", finding.mine, "GET"),
            self._route("/department{entity}s", finding.mine, "GET"),
        ]

    def _records(self) -> list[BaseRoute]:
        editing, files, events = Editing(self), Files(self), Subscriptions(self)
        file, subscription = "/file/{entity}/{id}/{file}", "/event/subscription/{name}"
        return [
            self._route("/entity/{entity}/{ids}", editing.read, "GET"),
            self._route("/entity/{entity}/{id}", editing.update, "POST"),
            self._route("/entity/{entity}/{id}", editing.delete, "DELETE"),
            self._route("/entity/{entity}", editing.create, "PUT"),
            self._route("/entity/{entity}/{id}/{name}", editing.associated, "GET"),
            self._route("/entity/{entity}/{id}/{name}/{ids}", editing.associate, "PUT"),
            self._route("/entity/{entity}/{id}/{name}/{ids}", editing.disassociate, "DELETE"),
            self._route("/entityFiles/{entity}/{id}", files.list, "GET"),
            self._route("/file/{entity}/{id}", files.add, "PUT"),
            self._route("/file/{entity}/{id}/raw", files.add, "PUT"),
            self._route(file, files.read, "GET"),
            self._route(f"{file}/raw", files.read_raw, "GET"),
            self._route(file, files.change, "POST"),
            self._route(f"{file}/raw", files.change, "POST"),
            self._route(file, files.delete, "DELETE"),
            self._route(subscription, events.subscribe, "PUT"),
            self._route(subscription, events.events, "GET"),
            self._route(f"{subscription}/lastRequestId", events.last_request, "GET"),
            self._route(subscription, events.unsubscribe, "DELETE"),
        ]

    def _descriptions(self) -> list[BaseRoute]:
        describing = Describing(self)
        return [
            self._route("/settings", describing.all_settings, "GET"),
            self._route("/settings/{names}", describing.settings, "GET"),
            self._route("/meta", describing.entities, "GET"),
            self._route("/meta/{entity}", describing.metadata_of, "GET"),
            self._route("/options", describing.option_types, "GET"),
            self._route("/options/{type}", describing.options, "GET"),
            self._route("/options/{type}/{values}", describing.options, "GET"),
            self._route("/entitlements/{entity}", describing.entitlements, "GET"),
        ]

    def operations(self) -> Sequence[Operation]:
        """Return the documented operations, those of all entities by their names."""
        return _of_all_entities(tuple(super().operations()))

    def plays(self, operation: Operation) -> bool:
        """Return True if a route has this operation's shape and its entity is played."""
        entity = next((part for part in operation.path.split("/") if part in VENDOR_ENTITIES), None)
        path = re.sub(r"/(my|department)\w+s$", r"/\1{entity}s", operation.path)
        if entity is not None:
            path = path.replace(f"/{entity}", "/{entity}", 1)
        return (entity is None or entity in ENTITIES) and super().plays(operation._replace(path=path))

    def tables(self) -> Mapping[str, Table]:
        """Return the tables of all entities, of files and of event subscriptions."""
        return self.database.tables()

    def add_person(self, person: CastMember) -> None:
        """Add a candidate."""
        rae = next(iter(self.database.records["CorporateUser"]))
        self.database.add_person("Candidate", person, {"phone": person.phone}, int(rae))

    def sign_in_ends(self) -> datetime | None:
        """Return when the last session ends."""
        now = self.clock.now()
        return max((each.ends for each in self.sign_in.sessions.values() if each.ends > now), default=None)

    def rest_url(self, request: Request) -> str:
        """Return the address of the corporation, with the slash at its end."""
        address = self.address(request, request.url.hostname or self.sign_in.host)
        return f"{address}/rest-services/{request.path_params['corporation']}/"

    def seed(self) -> None:
        """Fill the database, with nobody signed in."""
        self.database = Database(self.clock.now, self.ids)
        seed(self.database)
        self.sign_in = SignIn(self, self.database)
        self._limits: dict[str, Limits] = {}

    @property
    def limits(self) -> Limits:
        """The counter of the present plan."""
        if self.plan not in self._limits:
            self._limits[self.plan] = Limits(self.clock, self.plan, self.toggles)
        return self._limits[self.plan]

    def fresh_credentials(self) -> Mapping[str, str]:
        """Return a code, an access token and a session of Rae Quill, beside the app and its user."""
        return {**self.credentials, **self.sign_in.fresh()}

    def issued_secrets(self) -> list[str]:
        """Return the codes, tokens and session tokens in circulation."""
        return [*self.sign_in.tokens.issued(), *self.sign_in.sessions]

    def forget_sessions(self) -> None:
        """End all sessions; refresh tokens outlive a restart."""
        self.sign_in.sessions.clear()

    def guide(self) -> Guide:
        """Return what the index page shows."""
        return GUIDE

    @staticmethod
    def rewrite(path: str) -> str:
        """Turn a doubled slash, which two real clients send, into one, and drop the last one."""
        return re.sub("/{2,}", "/", path).rstrip("/") or "/"

    def unrouted(self, request: Request, status: int) -> Response:
        """Return 404 or 405 with Bullhorn's error object."""
        return problem(status, "No such resource." if status == 404 else "Method not allowed.", "errors.http")

    def move(self) -> None:
        """Move the company: all sessions end, and the next login gives another address."""
        self.sign_in.sessions.clear()
        self.sign_in.host = SWIMLANES[1]

    def end_sessions(self) -> None:
        """End every session before its time."""
        self.sign_in.sessions.clear()

    # -- before and after every handler --

    def _route(self, path: str, handler: Handler, *methods: str) -> Route:
        async def endpoint(request: Request) -> Response:
            self.limits.count()
            answer = await handler(request, self.sign_in.signed_in(request).user)
            answer.headers.update(self.limits.headers())
            return _as_rest(request, answer)

        return route(CORPORATION + path, endpoint, methods)

    def _open(self, path: str, handler: Callable[[], Endpoint], *methods: str) -> Route:
        """Return a route without a session; its handler is looked up late, since a reset replaces it."""

        async def endpoint(request: Request) -> Response:
            answer = await handler()(request)
            return _as_rest(request, answer) if path.startswith("/rest-services") else answer

        return route(path, endpoint, methods)


def _as_rest(request: Request, answer: Response) -> Response:
    """Return an answer with the headers that all of the REST API have, as a script where one is asked for."""
    answer.headers.update(CORS)
    callback = request.query_params.get("callback", "")
    if re.fullmatch(r"[A-Za-z_$][\w$.]*", callback, re.ASCII) and "json" in answer.headers.get(
        "content-type", ""
    ):
        kept = {name: value for name, value in answer.headers.items() if not name.startswith("content-")}
        script = f"{callback}({bytes(answer.body).decode()})"
        return Response(script, answer.status_code, kept, media_type="text/javascript;charset=UTF-8")
    if answer.headers.get("content-type") == "application/json":
        answer.headers["content-type"] = JSON_TYPE
    return answer


@cache
def _of_all_entities(templates: tuple[Operation, ...]) -> Sequence[Operation]:
    return tuple(each for template in templates for each in _expanded(template))


def _expanded(template: Operation) -> list[Operation]:
    """Return an operation for every entity that it is for; a group apart for those known by fields alone."""
    for word, names in EXPANDED.items():
        if word in template.path:
            return [_of_entity(template, word, name) for name in names]
    return [template]


def _of_entity(template: Operation, word: str, name: str) -> Operation:
    group = template.group if name in DATA else f"{template.group}, other entities"
    return template._replace(path=template.path.replace(word, name), group=group)
