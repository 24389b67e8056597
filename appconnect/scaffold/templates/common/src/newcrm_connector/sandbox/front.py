"""What stands before every handler of the played New CRM: credentials and rate limits.

https://docs.newcrm.example/rate-limits (replace by your vendor's page).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable

from appconnect.sandbox.base import CrmSandbox, RefusedError, Window
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

SECONDS = 10
REQUESTS = {"standard": 100, "tiny": 4}
"""How many in ten seconds, by plan."""


def refusal(status: int, problem: str) -> RefusedError:
    """Return what ends a handler with an error's answer, when raised."""
    return RefusedError(JSONResponse({"problem": problem}, status))


class Front(CrmSandbox):
    """New CRM without its handlers."""

    hosts = ("api.newcrm.example",)
    plans = tuple(REQUESTS)

    @abstractmethod
    def user_id(self, request: Request) -> int:
        """Return the id of the user who asks; refuse with 401 whoever has no credentials."""

    def route(self, method: str, path: str, handler: Callable[[Request], Awaitable[Response]]) -> BaseRoute:
        """Return a route below /v1 behind credentials and limits."""

        async def guarded(request: Request) -> Response:
            try:
                self.user_id(request)
                self.take_a_place()
                response = await handler(request)
            except RefusedError as refused:
                response = refused.response
            if response.status_code != 401:
                response.headers["X-Newcrm-Limit"] = str(self.window.limit)
                response.headers["X-Newcrm-Left"] = str(self.window.remaining)
                response.headers["X-Newcrm-Reset"] = str(self.window.reset)
            return response

        return Route(f"/v1{path}", guarded, methods=[method])

    def seed_limits(self) -> None:
        """Begin to count requests."""
        self.window = Window(self.clock, REQUESTS[self.plan], SECONDS)

    def take_a_place(self) -> None:
        """Count a request; refuse with 429 when there are too many."""
        self.window.limit = REQUESTS[self.plan]
        if not self.window.take():
            raise refusal(429, f"No more than {self.window.limit} requests in {SECONDS} seconds.")
