"""The ways in which the answer of a consent page comes back.

A local browser is redirected to a loopback page that we serve for a moment (RFC 8252, 7.3). A browser that
cannot reach this computer (remote Jupyter) shows an error page whose address is pasted back. In the sandbox
nobody needs to be there: the form is submitted for them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from appconnect import lazily
from appconnect.errors import ConfigurationError, SignInError
from appconnect.loopback_server import PortTaken, served

if TYPE_CHECKING:
    import httpx
    from starlette.requests import Request
    from starlette.responses import Response
else:
    httpx = lazily.module("httpx")


Consent = Callable[[str], Awaitable[str]]
"""Takes the authorize address to a person, and gives the address that the CRM redirected to."""

LOOPBACK_HOSTS = ("127.0.0.1", "localhost")
PAGE = """<!doctype html><meta charset="utf-8"><title>{title}</title>
<body style="font-family: system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1rem">
<h1>{title}</h1><p>{text}</p></body>"""


class LoopbackPage:
    """A page on this computer that the browser is sent back to; it hears one answer.

    Only what brings the ``state`` of this sign-in is one. Other pages of the browser can come here too.
    """

    def __init__(self, redirect_uri: str, *, state: str) -> None:
        self._redirect_uri = redirect_uri
        self._state = state
        self._port, self._path = _place(redirect_uri)
        self._heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[LoopbackPage]:
        """Serve the page on 127.0.0.1 while the block runs; ConfigurationError when the port is taken."""
        from starlette.applications import Starlette
        from starlette.routing import Route

        try:
            async with served(Starlette(routes=[Route(self._path, self._answer)]), self._port):
                yield self
        except PortTaken as error:
            raise ConfigurationError(
                f"Port {error.port}, where the browser would be sent back to, is taken by another program, "
                "or another notebook that still waits. Close it, or paste the address that the browser "
                "ends at."
            ) from error

    async def answer(self) -> str:
        """Wait for the address that the browser is sent to, with the code or the refusal in its query."""
        return await self._heard

    async def _answer(self, request: Request) -> Response:
        from starlette.responses import HTMLResponse, PlainTextResponse

        if request.url.hostname not in LOOPBACK_HOSTS:
            return PlainTextResponse("This page answers to 127.0.0.1 and localhost only.", 421)
        if request.query_params.keys().isdisjoint({"code", "error"}):
            return PlainTextResponse("This page waits for the answer of a sign-in.", 400)
        if request.query_params.getlist("state") != [self._state]:
            return PlainTextResponse(
                "This is the answer of another sign-in; begin again in the workbench.", 400
            )
        if not self._heard.done():
            self._heard.set_result(f"{self._redirect_uri}?{request.url.query}")
        declined = "error" in request.query_params
        text = "Nothing was connected." if declined else "The workbench has what it needs."
        title = "Declined" if declined else "Connected"
        body = PAGE.format(title=escape(title), text=escape(f"{text} You can close this tab."))
        return HTMLResponse(body, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def is_loopback(redirect_uri: str) -> bool:
    """Return whether a redirect address is a page that can be served here."""
    try:
        _place(redirect_uri)
    except ConfigurationError:
        return False
    return True


def _place(redirect_uri: str) -> tuple[int, str]:
    """Return the port and path of a page that can be served here."""
    with contextlib.suppress(ValueError):  # a port beyond 65535, half an IPv6 address
        parts = urlsplit(redirect_uri)
        if parts.port and parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS:
            return parts.port, parts.path or "/"
    raise ConfigurationError(
        f"{redirect_uri} is not a page on this computer; paste the address that the browser ends at, "
        "or register a redirect address such as http://127.0.0.1:8738/callback."
    )


def approve_in(transport: httpx.AsyncBaseTransport, *, decision: str = "approve") -> Consent:
    """Return a consent for unattended runs, which submits the form of the sandbox's page like a browser."""

    async def consent(authorize_url: str) -> str:
        try:
            async with httpx.AsyncClient(transport=transport) as browser:
                page = await browser.get(authorize_url)
                if page.status_code == httpx.codes.OK:
                    page = await browser.post(authorize_url, data={"decision": decision})
        except httpx.RequestError:
            raise SignInError("The consent page did not answer; try again.") from None
        if not page.has_redirect_location:
            raise SignInError(f"The consent page answered with status {page.status_code} and no redirect.")
        return page.headers["location"]

    return consent


def replayed(redirect_uri: str, state: str) -> Consent:
    """Return a consent for replay, where no page is recorded: the code is a placeholder, as recorded."""

    async def consent(authorize_url: str) -> str:
        return f"{redirect_uri}?{urlencode({'code': 'replayed-code', 'state': state})}"

    return consent
