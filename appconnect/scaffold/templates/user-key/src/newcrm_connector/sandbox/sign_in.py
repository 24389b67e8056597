"""Signing in to the played New CRM: name and password once, for a user key in the header ``X-Newcrm-Key``.

https://docs.newcrm.example/authentication (replace by your vendor's page).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import ClassVar

from appconnect.sandbox.base import basic
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from newcrm_connector.sandbox.answers import refusal
from newcrm_connector.sandbox.base import GuardedSandbox
from newcrm_connector.sandbox.seed import RAE_ID

HOW_TO_SIGN_IN = (
    "GET /v1/login with name and password as HTTP Basic; send the user_key of the answer as X-Newcrm-Key."
)


class SignInSandbox(GuardedSandbox):
    """User keys, and whose they are."""

    credentials: ClassVar[Mapping[str, str]] = {
        "username": "rae.quill",
        "password": "sandbox-newcrm-password",
    }

    def seed(self) -> None:
        """Begin with nobody signed in."""
        super().seed()
        self.user_keys: dict[str, int] = {}

    def sign_in_routes(self) -> list[BaseRoute]:
        """Return what is answered without a user key."""
        return [Route("/v1/login", self.login)]

    async def login(self, request: Request) -> Response:
        """Return a user key for the right name and password."""
        if basic(request) != (self.credentials["username"], self.credentials["password"]):
            return JSONResponse({"problem": "Name or password is wrong."}, 401)
        return JSONResponse({"user_key": self.new_user_key()})

    def new_user_key(self) -> str:
        """Return one more user key of Rae Quill's."""
        user_key = secrets.token_urlsafe(24)
        self.user_keys[user_key] = RAE_ID
        return user_key

    def fresh_credentials(self) -> Mapping[str, str]:
        """Return name, password and a user key, for commands that sign requests by themselves."""
        return {**self.credentials, "user_key": self.new_user_key()}

    def issued_secrets(self) -> list[str]:
        """Return the user keys, for tests that nothing shows them."""
        return list(self.user_keys)

    def user_id(self, request: Request) -> int:
        """Return whose user key it is."""
        user = self.user_keys.get(request.headers.get("x-newcrm-key", ""))
        if user is None:
            raise refusal(401, "The user key is missing or wrong.")
        return user

    def expire(self) -> None:
        """Withdraw every user key."""
        self.user_keys.clear()

    def revoke(self) -> None:
        """Withdraw every user key."""
        self.expire()
