"""What stands before every handler of the played New CRM: credentials and rate limits."""

from __future__ import annotations

from abc import abstractmethod

from appconnect.sandbox.base import CrmSandbox, Handler, RefusedError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newcrm_connector.sandbox.answers import refusal
from newcrm_connector.sandbox.limits import REQUESTS, SECONDS, Limits


class GuardedSandbox(CrmSandbox):
    """New CRM without its handlers and without its sign-in."""

    hosts = ("api.newcrm.example",)
    plans = tuple(REQUESTS)

    @abstractmethod
    def user_id(self, request: Request) -> int:
        """Return the id of the user who asks; refuse with 401 whoever has no credentials."""

    def seed(self) -> None:
        """Begin to count requests."""
        self._limits: dict[str, Limits] = {}

    @property
    def limits(self) -> Limits:
        """The counter of the present plan."""
        return self._limits.setdefault(self.plan, Limits(self.clock, self.plan))

    def route(self, method: str, path: str, handler: Handler) -> BaseRoute:
        """Return a route below /v1 behind credentials and limits."""
        return Route(f"/v1{path}", self.guarded(handler), methods=[method])

    def guarded(self, handler: Handler) -> Handler:
        """Return the handler behind credentials and limits."""

        async def guarded(request: Request) -> Response:
            self.user_id(request)
            try:
                if not self.limits.window.take():
                    raise refusal(429, f"Too many requests in {SECONDS} seconds.")
                response = await handler(request)
            except RefusedError as refused:
                response = refused.response
            response.headers.update(self.limits.headers())
            return response

        return guarded
