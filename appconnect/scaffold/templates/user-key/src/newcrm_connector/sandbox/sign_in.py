"""Signing in to the played New CRM: name and password once, for a user key in the header ``X-Newcrm-Key``.

https://docs.newcrm.example/authentication (replace by your vendor's page).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import ClassVar

from appconnect.sandbox.base import read_json
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from newcrm_connector.sandbox.front import Front, refusal
from newcrm_connector.sandbox.records import RAE

HOW_TO_SIGN_IN = (
    "POST /v1/session with app_key, username and password; send the user_key of the answer as X-Newcrm-Key."
)


class SignIn(Front):
    """User keys, and whose they are."""

    credentials: ClassVar[Mapping[str, str]] = {
        "app_key": "sandbox-newcrm-app-key",
        "username": "rae.quill",
        "password": "sandbox-newcrm-password",
    }

    def seed_sign_in(self) -> None:
        """Begin with nobody signed in."""
        self.user_keys: dict[str, int] = {}

    def sign_in_routes(self) -> list[BaseRoute]:
        """What is answered without a user key."""
        return [Route("/v1/session", self.session, methods=["POST"])]

    async def session(self, request: Request) -> Response:
        """A user key for the right name and password."""
        if await read_json(request) != dict(self.credentials):
            return JSONResponse({"problem": "App key, name or password is wrong."}, 401)
        user_key = secrets.token_urlsafe(24)
        self.user_keys[user_key] = RAE
        return JSONResponse({"user_key": user_key, "user_id": RAE}, 201)

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
