"""The one model of a request and its answer: for the trace, recordings and redaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NoReturn, Self
from urllib.parse import urlencode, urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, PrivateAttr

from appconnect import lazily
from appconnect.http.bodies import Body, Pairs, flat_pairs, pairs, read_body
from appconnect.http.departures import Purpose, Wait
from appconnect.http.exports.origin import Origin
from appconnect.http.ratelimit import RateLimit

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazily.module("httpx")

SIGNED = "appconnect.signed"
"""Under this key a request's extensions name the headers and parameters that its sign-in added."""

_TELLS_NOTHING = frozenset({"host", "connection", "content-length", "accept-encoding"})
"""Headers that repeat the address and the body; what sends the request again makes its own."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)


class Request(_Part):
    """What was asked; ``url`` is without its query, header names are lower-case.

    ``signed`` names (in lower case) the headers and parameters that the sign-in added, whose values are
    secret; None when that is not known, as for the sign-in's own requests. It is never written to a file.

    The repr shows method and host only, for the rest may be secret.
    """

    method: str
    url: str
    query: Pairs = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    body: Body | None = None
    signed: frozenset[str] | None = Field(default=None, exclude=True)

    def __repr__(self) -> str:
        return f"<Request: {self.method} {urlsplit(self.url).hostname or ''}>"

    __str__ = __repr__


class Response(_Part):
    """What was answered; header names are lower-case. The repr shows the status only."""

    status: int = Field(ge=100, le=999)
    headers: dict[str, str] = Field(default_factory=dict, repr=False)
    body: Body | None = Field(default=None, repr=False)


class Facts(_Part):
    """What is known of an exchange beside the request and its answer.

    ``number`` counts requests from 1, ``at`` is when the request left, ``seconds`` how long the answer took,
    ``limits`` what the answer said of rate limits; ``error`` names the reason why no answer came.
    ``shared_by`` is how many asked for the same at once and were all given this answer.
    ``operation`` is the number of the operation that it belongs to, in the same trace (0: of none), ``tries``
    which try of the request it was, from 1, ``waits`` what was waited for right before it, in order.
    ``sent_bytes`` and ``received_bytes`` are the sizes of the bodies as they passed.
    """

    number: int
    at: AwareDatetime
    seconds: float = 0.0
    limits: RateLimit = Field(default_factory=RateLimit)
    error: str = ""
    shared_by: int = 1
    operation: int = 0
    purpose: Purpose = Purpose.OPERATION
    tries: int = 1
    waits: tuple[Wait, ...] = ()
    sent_bytes: int = 0
    received_bytes: int = 0


class Exchange(Facts):
    """One request and its answer, as they may be shown; ``response`` is None when no answer came."""

    request: Request
    response: Response | None = None
    _origin: Origin = PrivateAttr(default=Origin())

    @property
    def method(self) -> str:
        """``GET``."""
        return self.request.method

    @property
    def url(self) -> str:
        """The address with its query."""
        query = urlencode(list(flat_pairs(self.request.query)), safe="<>,:/@")
        return f"{self.request.url}?{query}" if query else self.request.url

    @property
    def path(self) -> str:
        """The address without its host: ``/v1/users/me?x=1``."""
        return "/" + self.url.partition("://")[2].partition("/")[2]

    @property
    def status(self) -> int | None:
        """The answer's status; None when no answer came."""
        return self.response.status if self.response else None

    @property
    def outcome(self) -> str:
        """The status, or why no answer came; and how many shared the answer."""
        shared = f", shared by {self.shared_by}" if self.shared_by > 1 else ""
        return f"{self.status or self.error}{shared}"

    @property
    def request_headers(self) -> Mapping[str, str]:
        """The request's headers."""
        return self.request.headers

    @property
    def request_body(self) -> JsonValue:
        """The request's JSON, form or text; None when it has no body."""
        return self.request.body.data if self.request.body else None

    @property
    def response_headers(self) -> Mapping[str, str]:
        """The answer's headers; empty when no answer came."""
        return self.response.headers if self.response else {}

    @property
    def response_body(self) -> JsonValue:
        """The answer's JSON or text; None when there is none."""
        return self.response.body.data if self.response and self.response.body else None

    @property
    def origin(self) -> Origin:
        """The CRM that was asked, as far as it is known."""
        return self._origin

    def of(self, origin: Origin) -> Self:
        """Return the exchange as one with this CRM."""
        known = self.model_copy()
        known._origin = origin
        return known

    def as_curl(self, sandbox: str = "") -> str:
        """Return the request as a command for sh; secrets are variables, named above it in comments.

        ``sandbox``, such as ``http://127.0.0.1:8700``, is where ``appconnect sandbox`` plays the CRM: then it
        goes there, with the sandbox's own credentials.
        """
        from appconnect.http.exports.curl import curl

        return curl(self.request, self._origin, sandbox)

    def as_httpx(self, sandbox: str = "") -> str:
        """Return the request as a Python script with httpx; secrets come from the environment."""
        from appconnect.http.exports.snippet import snippet

        return snippet(self.request, self._origin, sandbox)

    def __repr__(self) -> str:
        return f"{self.method} {self.path} → {self.outcome}"

    __str__ = __repr__


# -- from httpx --

Read = Callable[[], tuple[Request, Response | None]]
"""Reads a request and its answer as they were, secrets included."""

RawHeaders = list[tuple[bytes, bytes]]


class Snapshot:
    """A request and its answer as they were, secrets included; calling it reads them.

    They must be noted at once, for a request is signed anew before it is repeated; reading them is work that
    may never be needed. It shows nothing of itself and is not pickled.
    """

    __slots__ = ("answer", "answer_headers", "content", "headers", "method", "signed", "status", "url")

    def __init__(self, request: httpx.Request, response: httpx.Response | None = None) -> None:
        """Note both; they must have been received whole."""
        self.method, self.url, self.content = request.method, request.url, request.content
        self.headers: RawHeaders = request.headers.raw
        self.signed: frozenset[str] | None = request.extensions.get(SIGNED)
        self.status = response.status_code if response is not None else None
        self.answer_headers: RawHeaders = response.headers.raw if response is not None else []
        self.answer = response.content if response is not None else b""

    def __call__(self) -> tuple[Request, Response | None]:
        """Return the request and its answer, None when none came."""
        headers = httpx.Headers(self.headers)
        asked = Request(
            method=self.method,
            url=str(self.url).partition("#")[0].partition("?")[0],
            query=dict(sorted(pairs(self.url.params.multi_items()).items())),
            headers={name: value for name, value in headers.items() if name not in _TELLS_NOTHING},
            body=read_body(self.content, headers.get("content-type", "")),
            signed=self.signed,
        )
        if self.status is None:
            return asked, None
        came = httpx.Headers(self.answer_headers)
        body = read_body(self.answer, came.get("content-type", ""))
        return asked, Response(status=self.status, headers=dict(came), body=body)

    def __repr__(self) -> str:
        return "<Snapshot>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("What holds secrets is not copied and not pickled.")


def read_request(request: httpx.Request) -> Request:
    """Read a request as it is now, secrets included."""
    return Snapshot(request)()[0]
