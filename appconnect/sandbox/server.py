"""All CRM sandboxes behind one transport, or behind one port.

::

    sandbox = Sandbox(clock, [PipedriveSandbox(clock)])
    client = httpx.AsyncClient(transport=sandbox.transport())
    await client.get("https://acme-sandbox.pipedrive.com/v1/users/me")      # the CRM's real address

    async with serve(sandbox, port=8100) as url:                            # http://127.0.0.1:8100
        ...                                                                 # url + "/pipedrive/v1/users/me"

In-process, requests go by host; on a port, by the first path segment. The port answers only to loopback
names, so that no web page can reach it by rebinding its own.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import httpx
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from appconnect.loopback_server import PortTaken, served
from appconnect.sandbox import coverage_page, credentials_page, fault_page
from appconnect.sandbox.base import CrmSandbox, in_process
from appconnect.sandbox.clock import Clock
from appconnect.sandbox.index_page import index_page
from appconnect.sandbox.transport import InProcessTransport

__all__ = ["PortTaken", "Sandbox", "serve"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Sandbox:
    """CRM sandboxes that share one clock; ``sandbox["pipedrive"]`` is one of them.

    ``crms`` are instances made with ``clock``.
    """

    def __init__(self, clock: Clock, crms: Iterable[CrmSandbox]) -> None:
        self.clock = clock
        self.crms = {crm.name: crm for crm in crms}

    def __getitem__(self, name: str) -> CrmSandbox:
        return self.crms[name]

    def __iter__(self) -> Iterator[CrmSandbox]:
        return iter(self.crms.values())

    def __repr__(self) -> str:
        return f"<Sandbox: {', '.join(self.crms)}>"

    def reset(self) -> None:
        """Reset every CRM; the clock goes on."""
        for crm in self:
            crm.reset()

    def transport(self) -> httpx.AsyncBaseTransport:
        """Return a transport for httpx clients in this process: real hosts, full HTTP messages, no network.

        A host that no CRM has, and plain http, raise httpx.ConnectError.
        """
        return InProcessTransport(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request from the transport or from the port."""
        request = HTTPConnection(scope)
        if in_process(request):
            await self._by_host(request)(scope, receive, send)
        elif problem := _foreign_page_refusal(request):
            await problem(scope, receive, send)
        else:
            await self._by_prefix(scope, receive, send)

    def _by_host(self, request: HTTPConnection) -> CrmSandbox:
        host, scheme = request.url.hostname or "", request.url.scheme
        for crm in self:
            if scheme == "https" and any(fnmatchcase(host, pattern) for pattern in crm.hosts):
                return crm
        raise httpx.ConnectError(f"The sandbox plays no CRM at {scheme}://{host}.")

    async def _by_prefix(self, scope: Scope, receive: Receive, send: Send) -> None:
        name, _, path = scope["path"].removeprefix("/").partition("/")
        if name in self.crms and not path and scope["method"] == "GET":
            await RedirectResponse(f"/#{name}")(scope, receive, send)
        elif name in self.crms:
            await self.crms[name]({**scope, "root_path": f"/{name}"}, receive, send)
        elif name == fault_page.PATH:
            await (await fault_page.answer(self.crms, Request(scope, receive)))(scope, receive, send)
        else:
            await self._outside_crms(name, HTTPConnection(scope))(scope, receive, send)

    def _outside_crms(self, name: str, request: HTTPConnection) -> Response:
        if request.url.path == coverage_page.PATH:
            return coverage_page.answer(self.crms, request)
        if request.url.path.startswith(f"{credentials_page.PATH}/"):
            return credentials_page.answer(self.crms, request)
        if not name:
            return index_page(self.crms, str(request.base_url).rstrip("/"), self.clock.now())
        played = ", ".join(f"/{crm}" for crm in self.crms)
        return PlainTextResponse(f"No CRM at /{name}. There are: {played}. See / for how to use them.", 404)


def _foreign_page_refusal(request: HTTPConnection) -> Response | None:
    """Return the refusal for what only a foreign web page would send (DNS rebinding, cross-site forms)."""
    if _hostname(f"//{request.headers.get('host', '')}") not in LOOPBACK:
        return PlainTextResponse("The sandbox answers to 127.0.0.1 and localhost only.", 421)
    origin = request.headers.get("origin")
    if origin is not None and _hostname(origin) not in LOOPBACK:
        return PlainTextResponse("The sandbox takes nothing from other sites' pages.", 403)
    return None


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


# -- the port --


@contextlib.asynccontextmanager
async def serve(sandbox: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """The `Sandbox` on 127.0.0.1 while the block runs; gives its address. Port 0 takes any free one.

    Raises `PortTaken` when another program listens there.
    """
    async with served(sandbox, port) as taken:
        yield f"http://127.0.0.1:{taken}"
