"""A CRM's consent page in a real browser, and the wait for its answer: one at a time, and not for ever.

The live CRM has a page of its own. The sandbox's is served on a port of this computer while it is needed.
The browser comes back to one port, so whoever opens a page ends the wait before, also that of a panel which
is no longer in sight because its cell was run again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit
from weakref import WeakKeyDictionary

from pydantic import SecretStr

from appconnect.auth.loopback import LoopbackPage
from appconnect.auth.oauth2 import redirected_code
from appconnect.errors import ConfigurationError, ConsentDeclined, InputError, SignInStopped
from appconnect.models import OAuthInfo
from appconnect.settings import Mode
from appconnect.workbench.environment import Environment

MAX_WAIT = 300
"""Seconds that a person has to approve."""


@dataclass(frozen=True)
class ConsentRequest:
    """A sign-in that waits for a person: where to send the browser, and what must come back."""

    authorize_url: str
    redirect_uri: str
    state: str = field(repr=False)
    info: OAuthInfo = field(repr=False)
    """Where and as whom the code will be redeemed."""

    @property
    def parts(self) -> dict[str, str]:
        """The authorize address taken apart: where it leads, and each parameter."""
        url = urlsplit(self.authorize_url)
        return {"address": f"{url.scheme}://{url.netloc}{url.path}", **dict(parse_qsl(url.query))}

    def code(self, redirected: str) -> SecretStr:
        """Return the code in the address that the browser was sent back to.

        Raises ConsentDeclined, or another SignInError when the address does not answer this request.
        """
        return redirected_code(redirected, redirect_uri=self.redirect_uri, state=self.state)


class ConsentPage:
    """A page for a person to open at ``address``; ``problem`` tells why nobody here can hear its answer."""

    def __init__(self, request: ConsentRequest) -> None:
        self.address = request.authorize_url
        self.problem = ""
        self._request = request
        self._listener: LoopbackPage | None = None
        self._served = AsyncExitStack()
        self._pasted: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._why_stopped = ""

    def paste(self, redirected: str) -> None:
        """Take the address that a browser elsewhere ended at. Raises AppConnectError for a wrong one."""
        address = redirected.strip()
        if not address:
            raise InputError("Paste the address that the browser ended at, the whole line.")
        with suppress(ConsentDeclined):  # an answer too
            self._request.code(address)
        self._end(address)

    def stop(self, why: str = "") -> None:
        """End the wait without an answer; ``why`` in words that follow "Stopped waiting"."""
        if not self._pasted.done():
            self._why_stopped = why
            self._end("")

    async def answer(self) -> str:
        """Return the address that the browser was sent to: heard here or pasted, whichever comes first.

        Raises SignInStopped after five minutes, or when another sign-in began or somebody stopped it.
        """
        heard = [asyncio.ensure_future(self._listener.answer())] if self._listener else []
        try:
            async with asyncio.timeout(MAX_WAIT):
                done, _ = await asyncio.wait([self._pasted, *heard], return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            self.stop(f" after {MAX_WAIT // 60} minutes")
            done = {self._pasted}
        finally:
            for each in heard:
                each.cancel()
        if not (redirected := done.pop().result()):
            raise SignInStopped(f"Stopped waiting{self._why_stopped}; nobody was signed in.")
        return redirected

    def _end(self, redirected: str) -> None:
        if not self._pasted.done():
            self._pasted.set_result(redirected)

    async def open(self, environment: Environment, platform: str) -> None:
        """Serve what must be served here: the sandbox's page, and the one that the browser comes back to."""
        if environment.sandbox is not None:
            from appconnect.sandbox.server import serve

            port = await self._served.enter_async_context(serve(environment.sandbox))
            url = urlsplit(self.address)
            self.address = f"{port}/{platform}{url.path}?{url.query}"
        try:
            heard_here = LoopbackPage(self._request.redirect_uri, state=self._request.state).listening()
            self._listener = await self._served.enter_async_context(heard_here)
        except ConfigurationError as error:
            self.problem = error.message

    async def close(self, why: str = "") -> None:
        """Serve nothing any more; whoever still waits is told ``why``."""
        self.stop(why)
        await self._served.aclose()


@dataclass
class _Turn:
    """The one page of an event loop; the lock is held while its port changes hands."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    page: ConsentPage | None = None


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, _Turn] = WeakKeyDictionary()


@asynccontextmanager
async def consent_page(
    environment: Environment, platform: str, request: ConsentRequest
) -> AsyncIterator[ConsentPage]:
    """Open the page for one sign-in and hear its answer while the block runs; InputError in replay.

    A page that was open before is closed, and its wait ends.
    """
    if environment.mode is Mode.REPLAY:
        raise InputError("A recording has no consent page; sign in without one.")
    turn = _turns.setdefault(asyncio.get_running_loop(), _Turn())
    page = ConsentPage(request)
    try:
        async with turn.lock:
            if turn.page is not None:
                await turn.page.close(", since another sign-in has begun")
            turn.page = page
            await page.open(environment, platform)
        yield page
    finally:
        async with turn.lock:
            await page.close()
            if turn.page is page:
                turn.page = None
