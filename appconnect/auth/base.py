"""Credentials: what every sign-in ends in, and what they need around them to renew themselves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import JsonValue

from appconnect.clock import Clock

if TYPE_CHECKING:
    import httpx


class Credentials(ABC):
    """Signs the requests of one connection (by a flow as httpx has them) and renews itself where the CRM can.

    ``secrets()`` is what the vault seals, ``public()`` what may be shown: scopes, when the session ends, the
    API's address. The answers that a flow is handed have been read whole.
    """

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign the request and yield it, and requests of one's own; take the answers."""
        raise NotImplementedError

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do the same where something is awaited meanwhile; by default, :meth:`auth_flow`."""
        flow = self.auth_flow(request)
        step = next(flow)
        while True:
            answer = yield step
            try:
                step = flow.send(answer)
            except StopIteration:
                return

    @property
    @abstractmethod
    def base_url(self) -> str:
        """Where the API is, without a trailing slash."""

    @abstractmethod
    def secrets(self) -> Mapping[str, str]:
        """Return what must be kept, sealed, to sign requests again after a restart."""

    def public(self) -> Mapping[str, JsonValue]:
        """Return what may be kept in the clear and shown."""
        return {}

    def revocations(self) -> Sequence[httpx.Request]:
        """Return the requests that end this connection at the CRM; none where the CRM knows no such thing."""
        return ()


Keep = Callable[[Credentials], None]
"""Stores renewed credentials; called before they are used for anything."""

Lease = Callable[[], AbstractAsyncContextManager[object]]
"""Entered around a renewal: one at a time per connection, also across processes."""

Reload = Callable[[], Mapping[str, str] | None]
"""The secrets as the store has them now, in case another process has renewed them."""


@dataclass(frozen=True)
class RenewalContext:
    """The surroundings of credentials that renew themselves: time, and where renewed ones are kept."""

    clock: Clock
    keep: Keep = lambda credentials: None
    lease: Lease = nullcontext
    reload: Reload = lambda: None
