"""A CRM's consent page in a real browser, and its answer.

The live CRM has a page of its own. The sandbox's is served on a port of this computer while it is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

from appconnect.auth.loopback import LoopbackPage
from appconnect.errors import ConfigurationError, InputError
from appconnect.sandbox.server import serve
from appconnect.settings import Mode
from appconnect.workbench.environment import Environment
from appconnect.workbench.sign_in import ConsentRequest


class ConsentPage:
    """A page for a person to open at ``address``; ``problem`` tells why nobody here can hear its answer."""

    def __init__(self, address: str, *, listener: LoopbackPage | None, problem: str = "") -> None:
        self.address = address
        self.problem = problem
        self._listener = listener
        self._pasted: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def paste(self, redirected: str) -> None:
        """Take the address that a browser elsewhere ended at."""
        if not self._pasted.done():
            self._pasted.set_result(redirected)

    async def answer(self) -> str:
        """Return the address that the browser was sent to: heard here or pasted, whichever comes first."""
        heard = [asyncio.ensure_future(self._listener.answer())] if self._listener else []
        try:
            done, _ = await asyncio.wait([self._pasted, *heard], return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            for each in heard:
                each.cancel()


@asynccontextmanager
async def consent_page(
    environment: Environment, platform: str, request: ConsentRequest
) -> AsyncIterator[ConsentPage]:
    """Open the page for one sign-in and hear its answer while the block runs; InputError in replay."""
    if environment.mode is Mode.REPLAY:
        raise InputError("A recording has no consent page; sign in without one.")
    async with AsyncExitStack() as open_until_done:
        address = request.authorize_url
        if environment.sandbox is not None:
            port = await open_until_done.enter_async_context(serve(environment.sandbox))
            url = urlsplit(address)
            address = f"{port}/{platform}{url.path}?{url.query}"
        listener, problem = None, ""
        try:
            heard_here = LoopbackPage(request.redirect_uri, state=request.state).listening()
            listener = await open_until_done.enter_async_context(heard_here)
        except ConfigurationError as error:
            problem = error.message
        yield ConsentPage(address, listener=listener, problem=problem)
