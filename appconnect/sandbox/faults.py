"""Faults on purpose: an answer in place of the handler's, or a connection that breaks.

::

    crm.faults.add("POST", "/api/v2/activities", status=503, text="upstream timed out")
    crm.faults.add(path="/v1/leads*", status=429, headers={"Retry-After": "1"}, times=2)
    crm.faults.add("POST", "/api/v2/activities", drop_after=True)   # done, but the answer is lost
    crm.faults.add("GET", change=lambda answer: {**answer, "name": None}, times=None)

Faults are used in the order they were added, each ``times`` times (None: until cleared).
"""

from __future__ import annotations

import json as json_format
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from pydantic import JsonValue
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Change = Callable[[JsonValue], JsonValue]
"""What becomes of the JSON of an answer."""


@dataclass
class Fault:
    """A fault for matching requests; ``left`` is how many more times, None for always."""

    method: str
    path: str
    status: int = 500
    json: JsonValue = None
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    left: int | None = 1
    drop: bool = False
    drop_after: bool = False
    change: Change | None = None

    def matches(self, method: str, path: str) -> bool:
        """Return True for a request that fits this fault, whose method and path are shell patterns."""
        return fnmatchcase(method, self.method.upper()) and fnmatchcase(path, self.path)

    def response(self) -> Response:
        """Return the answer that takes the place of the handler's."""
        if self.text is not None:
            return PlainTextResponse(self.text, self.status, headers=self.headers)
        return JSONResponse(self.json, self.status, headers=self.headers)

    def answers(self, handlers: ASGIApp) -> ASGIApp:
        """Return what answers a request with this fault: the handlers where they are to do their work."""
        if self.drop_after:
            return handlers
        return _changed(handlers, self.change) if self.change else self.response()


class Faults:
    """The faults that wait for a matching request."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def __repr__(self) -> str:
        return f"<Faults: {len(self)} waiting>"

    def add(
        self,
        method: str = "*",
        path: str = "*",
        *,
        status: int = 500,
        json: JsonValue = None,
        text: str | None = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = 1,
        drop: bool = False,
        drop_after: bool = False,
        change: Change | None = None,
    ) -> Fault:
        """Let the next ``times`` matching requests fail (None: all of them).

        With ``drop`` the connection breaks before the request is handled (httpx.ConnectError in-process);
        with ``drop_after`` the handler does its work and the answer is lost (httpx.ReadError in-process).
        With ``change`` the handler answers, and the JSON of its answer goes through this function.
        Otherwise ``status`` with ``json`` or ``text`` and ``headers`` answers, and the handler never runs.
        """
        fault = Fault(method, path, status, json, text, headers or {}, times, drop, drop_after, change)
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults."""
        self._waiting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault for this request and count it; None when there is none."""
        fault = next((fault for fault in self._waiting if fault.matches(method, path)), None)
        if fault is not None and fault.left is not None:
            fault.left -= 1
            if fault.left <= 0:
                self._waiting.remove(fault)
        return fault


def _changed(handlers: ASGIApp, change: Change) -> ASGIApp:
    """Return the handlers, with the JSON of their answers changed."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        told: list[Message] = []

        async def keep(message: Message) -> None:
            told.append(message)

        await handlers(scope, receive, keep)
        body = b"".join(message.get("body", b"") for message in told)
        headers = [(name, value) for name, value in told[0]["headers"] if name != b"content-length"]
        if dict(headers).get(b"content-type", b"").startswith(b"application/json") and body:
            body = json_format.dumps(change(json_format.loads(body))).encode()
        await send({**told[0], "headers": [*headers, (b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    return answer
