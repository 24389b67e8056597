"""The base class of every CRM sandbox.

A CRM's sandbox is a package with the same file names for every CRM: ``__init__.py`` (routes and handlers,
which read the parameters, call the database, answer), ``database.py``, ``seed.py``, ``schema.py``,
``sign_in.py``, ``limits.py``, ``answers.py``, ``guide.py``. Its class is a subclass of `CrmSandbox`::

    class RedtailSandbox(CrmSandbox):
        "Redtail as its documentation describes it: https://…"

        name, title = "redtail", "Redtail"
        hosts = ("crm.redtailtechnology.com", "*.crm.redtailtechnology.com")      # shell patterns
        plans = ("standard", "tiny")                                              # the first is the default
        known_toggles = (Toggle("bare_authorization", False, "Accept the key without a scheme word."),)

        def routes(self) -> list[BaseRoute]:
            return [Route("/api/public/v1/contacts/{id:int}", self.contact, methods=["GET"]), …]

        def seed(self) -> None:
            self.database = Database(self.clock.now, self.ids)    # all state; called by __init__ and reset()
            seed(self.database)

        def guide(self) -> Guide:
            return GUIDE                              # for the index page on the port

        async def contact(self, request: Request) -> Response:
            self._signed_in(request)
            return JSONResponse(…)

and is named by the CRM's ``PLATFORM``. The base class provides:

* ``self.clock`` (all time comes from here) and ``self.ids.next("person", 500)`` (counts up, so that outputs
  repeat).
* ``self.plan`` and ``self.toggles["name"]``; unknown names raise. Read them when answering: they may change.
* ``self.faults`` and ``self.requests`` (the latest requests seen, fault or not; ``self.seen`` counts all).
* ``raise RefusedError(response)`` anywhere below a handler ends it with that answer.
* ``tables()`` names what is kept between runs, ``add_person(person)`` fills it with as many people as wanted.
* ``collections.json`` and ``schema.json`` beside the module are played by themselves, behind `guarded`, after
  the routes (see collections.py; ``appconnect new --from`` writes them).
* ``operations.txt`` beside the module lists what the vendor's interface has (see coverage.py). What no route
  plays of it is answered 501 in the sandbox's own words; `not_played` gives the same answer by hand.
* ``unrouted(request, status)`` answers where no route fits and the vendor has no such operation, 404 or 405:
  override it with the vendor's bodies.
* ``people_tables`` says where people stand, so that a person sees and edits them (see people_tables.py).
* ``forget_sessions()`` is what a restart loses, ``sign_in_ends()`` when a sign-in ends: override them.
* ``issued_secrets()`` names codes, tokens and keys, for tests that nothing shows them: override it.
* ``rewrite(path)`` may normalise a path before routing (Insightly ignores case, Bullhorn tolerates "//").
* ``self.address(request, "oauth.pipedrive.com")`` is the origin to hand out, without a slash at the end:
  ``https://oauth.pipedrive.com`` in-process, ``http://127.0.0.1:PORT/pipedrive`` on a port.
  ``in_process(request)`` tells which it is.
* `bearer`, `basic`, `read_json`, `parse_json`, `RollingWindow` and `DailyBudget`, also importable from here.

OAuth codes and tokens are in oauth.py, HTML pages in pages.py, the people that all CRMs share in cast.py.

Handlers may be plain ``async def`` methods or functions; requests are buffered, so a body can be read twice.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections import UserDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Message, Receive, Scope, Send

from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.clock import Clock
from appconnect.sandbox.collections import Collections, Handler
from appconnect.sandbox.coverage import Coverage, Operation, not_played, read_operations, shape_of
from appconnect.sandbox.effects import IN_PROCESS, Answer, ClientConnection, Effect, answer_of
from appconnect.sandbox.faults import Faults
from appconnect.sandbox.ids import Ids
from appconnect.sandbox.limits import DailyBudget, RollingWindow
from appconnect.sandbox.people_tables import PeopleTable
from appconnect.sandbox.records import Table
from appconnect.sandbox.requests import Json, JsonObject, basic, bearer, parse_json, read_json

__all__ = [
    "IN_PROCESS",
    "CrmSandbox",
    "DailyBudget",
    "Guide",
    "Handler",
    "Ids",
    "Json",
    "JsonObject",
    "RefusedError",
    "RollingWindow",
    "SeenRequest",
    "Toggle",
    "Toggles",
    "basic",
    "bearer",
    "in_process",
    "not_played",
    "parse_json",
    "read_json",
]

USUAL_HEADERS = frozenset(
    ("accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent")
)
MAX_REQUESTS = 10_000
"""Requests that a sandbox remembers."""
NOTHING_GIVEN = Answer(200)
"""What a fault's answer is made from when the CRM was not asked."""


# -- facts about a CRM --


@dataclass(frozen=True)
class Toggle:
    """A behaviour that the vendor does not document and that a connector could depend on."""

    name: str
    default: bool
    meaning: str


class Toggles(UserDict[str, bool]):
    """The positions of a CRM's toggles by name; an unknown name raises KeyError with the known ones."""

    def __init__(self, known: Sequence[Toggle], positions: Mapping[str, bool] | None = None) -> None:
        self._defaults = {toggle.name: toggle.default for toggle in known}
        super().__init__({**self._defaults, **(positions or {})})

    def __setitem__(self, name: str, position: bool) -> None:
        if name not in self._defaults:
            raise KeyError(f"no toggle {name!r}; there are: {', '.join(self._defaults) or 'none'}")
        super().__setitem__(name, position)


@dataclass(frozen=True)
class Guide:
    """The section of a CRM on the index page, which escapes it."""

    title: str
    docs: str
    sign_in: str
    """One or two sentences: how to sign in."""
    credentials: Mapping[str, str]
    """Label → value, all of them made up."""
    links: Sequence[str] = ()
    """Paths below ``http://127.0.0.1:PORT/<crm>`` that a browser can open as they are."""
    try_it: Sequence[str] = ()
    """Paths to try with credentials, e.g. "/v1/users/me"."""
    people: Mapping[str, str] = field(default_factory=dict)
    """Name → what is special about the person."""
    plans: Mapping[str, str] = field(default_factory=dict)
    """Plan → its limits in words."""


# -- requests --


@dataclass
class SeenRequest:
    """A request as it arrived; ``status`` is None until it is answered.

    ``path`` is without the port's ``/<crm>`` prefix. ``query`` and ``form`` keep the last of
    repeated keys. The repr shows no header, query or body.
    """

    method: str
    host: str
    path: str
    query: dict[str, str] = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    status: int | None = None

    @property
    def json(self) -> Json:
        """The body as JSON; None when it is empty or not JSON."""
        return parse_json(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The body as form fields."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


class RefusedError(Exception):
    """Raised anywhere below a handler to answer with ``response``."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


# -- the CRM itself --


class CrmSandbox(ABC):
    """The sandbox of one CRM, an ASGI application; the module's docstring says how to write one."""

    name: ClassVar[str]
    title: ClassVar[str]
    hosts: ClassVar[tuple[str, ...]]
    plans: ClassVar[tuple[str, ...]] = ("standard",)
    known_toggles: ClassVar[tuple[Toggle, ...]] = ()
    operations_in_all: ClassVar[int] = 0
    """How many operations the vendor's interface has, where ``operations.txt`` cannot name them all."""
    people_tables: ClassVar[tuple[PeopleTable, ...]] = ()
    """Which tables hold people, and where in their records names and numbers stand."""
    credentials: ClassVar[Mapping[str, str]] = {}
    """Made-up credentials that sign in here, by the names of the settings: client_id, api_key …"""

    def __init__(
        self, clock: Clock, *, plan: str | None = None, toggles: Mapping[str, bool] | None = None
    ) -> None:
        self.clock = clock
        self._first_plan, self._first_toggles = plan or self.plans[0], dict(toggles or {})
        self.requests: list[SeenRequest] = []
        self.seen = 0
        self.faults = Faults()
        self._watchers: list[Callable[[], None]] = []
        self._module = _module_of(type(self))
        self.collections = Collections.beside(self._module)
        self.reset()
        self._app = self._build()

    def __repr__(self) -> str:
        return f"<{self.title} sandbox: plan {self.plan}, {self.seen} requests seen>"

    @property
    def plan(self) -> str:
        """The plan of the made-up company, which sets the rate limits."""
        return self._plan

    @plan.setter
    def plan(self, plan: str) -> None:
        if plan not in self.plans:
            raise ValueError(f"{self.title} has no plan {plan!r}; there are: {', '.join(self.plans)}")
        self._plan = plan

    def reset(self) -> None:
        """Start again: seeded records, fresh limits, the first plan and toggles, no requests, no faults."""
        self.plan = self._first_plan
        self.toggles = Toggles(self.known_toggles, self._first_toggles)
        self.requests.clear()
        self.seen = 0
        self.faults.clear()
        self.ids = Ids()
        self.collections.reset(self.ids)
        self.seed()

    @abstractmethod
    def routes(self) -> list[BaseRoute]:
        """Return the routes of this CRM."""

    @abstractmethod
    def seed(self) -> None:
        """Build all state anew; called at the start and by `reset`."""

    @abstractmethod
    def guide(self) -> Guide:
        """Return this CRM's section of the index page."""

    def tables(self) -> Mapping[str, Table]:
        """Return the tables that hold the records, by name: what is kept of the sandbox between runs."""
        return self.collections.tables

    def guarded(self, handler: Handler) -> Handler:
        """Return the handler behind sign-in and limits, for what ``collections.json`` describes."""
        return handler

    def add_person(self, person: CastMember) -> None:
        """Add a contact as this CRM would hold it; a sandbox that can't says so."""
        raise NotImplementedError(f"{self.title}'s sandbox cannot be filled with people.")

    def sign_in_ends(self) -> datetime | None:
        """Return when the last token or session ends that was given out; None where none does."""
        return None

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call ``changed`` after each request, whoever sent it; return what ends it."""
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    def fresh_credentials(self) -> Mapping[str, str]:
        """Return credentials that are good now, for commands that sign requests by themselves.

        Those of the settings, and what the CRM gives at sign-in, by the names under which these travel.
        """
        return self.credentials

    def issued_secrets(self) -> list[str]:
        """Return the codes, tokens and keys handed out so far; tests look for them where none may be."""
        return []

    def forget_sessions(self) -> None:  # noqa: B027
        """Lose what a restart loses: sessions and short-lived tokens; nothing, where there are only keys."""

    def operations(self) -> Sequence[Operation]:
        """Return the vendor's operations: those of ``operations.txt`` beside the sandbox, if there is one."""
        return _operations(type(self))

    def plays(self, operation: Operation) -> bool:
        """Return True if a route has this operation's shape; override it where one route serves many."""
        return (operation.method, shape_of(self.rewrite(operation.path))) in self._route_shapes

    def unrouted(self, request: Request, status: int) -> Response:
        """Return the answer where no route fits: 404 (no such path) or 405 (no such method)."""
        message = "Not Found" if status == 404 else "Method Not Allowed"
        return JSONResponse({"message": message}, status)

    @staticmethod
    def rewrite(path: str) -> str:
        """Return the path to route by, whatever the sandbox: the vendor's operations are rewritten once."""
        return path

    def address(self, request: HTTPConnection, host: str) -> str:
        """Return the origin (no trailing slash) at which the client reaches ``host`` of this CRM."""
        return f"https://{host}" if in_process(request) else str(request.base_url).rstrip("/")

    # -- from request to answer --

    def _build(self) -> Starlette:
        async def refused(_: Request, refusal: Exception) -> Response:
            assert isinstance(refusal, RefusedError)
            return refusal.response

        async def unrouted(request: Request, problem: Exception) -> Response:
            assert isinstance(problem, HTTPException)
            return self.unrouted(request, problem.status_code)

        handlers = {RefusedError: refused, 404: unrouted, 405: unrouted}
        routes = [*self.routes(), *self.collections.routes(self.guarded)]
        self._route_shapes = frozenset(_shapes(routes))
        self.coverage = Coverage(self.operations(), self.plays, self.rewrite, self.operations_in_all)
        app = Starlette(routes=routes, exception_handlers=handlers)
        app.router.redirect_slashes = False
        return app

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the CRM does; what the vendor has and the sandbox does not play, as the sandbox."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        missing = self.coverage.not_played(scope["method"], path)
        await (not_played(str(missing)) if missing else self._app)(scope, receive, send)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep the request, let a fault or the handler answer, keep the status, and tell who watches."""
        body = await _read_body(receive)
        seen = _seen(scope, body)
        self._remember(seen)
        fault = self.faults.take(seen.method, seen.path)
        routed = {**scope, "path": scope.get("root_path", "") + self.rewrite(seen.path)}
        try:
            if fault is None:
                await self.app(routed, _replay(body), _keep_status(seen, send))
                return
            given = NOTHING_GIVEN
            if fault.effect.handled:
                given = await answer_of(self.app, routed, _replay(body))
            await self._play(fault.effect, given, seen, ClientConnection(scope, receive, send, self.clock))
        finally:
            for changed in list(self._watchers):
                changed()

    def _remember(self, seen: SeenRequest) -> None:
        self.seen += 1
        self.requests.append(seen)
        if len(self.requests) > MAX_REQUESTS:
            del self.requests[: MAX_REQUESTS // 10]

    async def _play(
        self, effect: Effect, given: Answer, seen: SeenRequest, connection: ClientConnection
    ) -> None:
        """Let the client have what the fault makes of the answer."""
        if effect.restarts:
            self.forget_sessions()
        answer = effect.answer(given, self.clock.now(), connection.url, _text_of(seen))
        seen.status = given.status if effect.handled else answer.status
        if effect.breaks is None:
            await connection.give(answer)
        else:
            seen.status = seen.status if effect.handled else None
            await connection.break_off(effect.breaks)


def _module_of(kind: type) -> Path:
    """Return the file of a sandbox, beside which its data stands; this one where it is in none."""
    try:
        return Path(inspect.getfile(kind))
    except (TypeError, OSError):
        return Path(__file__)


@lru_cache(maxsize=16)
def _operations(kind: type) -> Sequence[Operation]:
    beside = _module_of(kind).with_name("operations.txt")
    return tuple(read_operations(beside.read_text("utf-8"))) if beside.exists() else ()


def _shapes(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, Route):
            for method in route.methods or ():
                yield method, shape_of(route.path)


def in_process(request: HTTPConnection) -> bool:
    """Return True for a request through the transport, False for one on a port."""
    return bool(request.scope.get(IN_PROCESS))


def _seen(scope: Scope, body: bytes) -> SeenRequest:
    connection = HTTPConnection(scope)
    return SeenRequest(
        method=scope["method"],
        host=connection.headers.get("host", ""),
        path=scope["path"].removeprefix(scope.get("root_path", "")),
        query=dict(connection.query_params),
        headers=dict(connection.headers),
        body=body,
    )


def _text_of(seen: SeenRequest) -> str:
    """Return what a client sent, its credentials among it, in whatever header or parameter they are."""
    headers = (value for name, value in seen.headers.items() if name not in USUAL_HEADERS)
    return " ".join([*headers, *seen.query.values(), seen.body.decode("utf-8", "replace")])


async def _read_body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _replay(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _keep_status(seen: SeenRequest, send: Send) -> Send:
    """Pass an answer on and keep its status."""

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            seen.status = message["status"]
        await send(message)

    return keep
