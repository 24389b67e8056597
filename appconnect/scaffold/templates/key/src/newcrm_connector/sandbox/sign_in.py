"""Signing in to the played New CRM: a key in the header ``X-Newcrm-Key``.

https://docs.newcrm.example/authentication (replace by your vendor's page).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from starlette.requests import Request
from starlette.routing import BaseRoute

from newcrm_connector.sandbox.answers import refusal
from newcrm_connector.sandbox.base import GuardedSandbox
from newcrm_connector.sandbox.seed import RAE_ID

RAE_KEY = "sandbox-newcrm-key-of-rae"
HOW_TO_SIGN_IN = "Send the key in the header X-Newcrm-Key."


class SignInSandbox(GuardedSandbox):
    """Keys, and whose they are."""

    credentials: ClassVar[Mapping[str, str]] = {"api_key": RAE_KEY}

    def seed(self) -> None:
        """Give Rae her key."""
        super().seed()
        self.keys = {RAE_KEY: RAE_ID}

    def sign_in_routes(self) -> list[BaseRoute]:
        """Return none: a key is made by hand, in the CRM's settings."""
        return []

    def user_id(self, request: Request) -> int:
        """Return whose key it is."""
        user = self.keys.get(request.headers.get("x-newcrm-key", ""))
        if user is None:
            raise refusal(401, "The key is missing or wrong.")
        return user

    def expire(self) -> None:
        """Withdraw every key."""
        self.keys.clear()

    def revoke(self) -> None:
        """Withdraw every key."""
        self.expire()
