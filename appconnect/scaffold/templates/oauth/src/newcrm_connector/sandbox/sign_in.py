"""Signing in to the played New CRM: OAuth 2.0 with a consent page, tokens, and their renewal.

https://docs.newcrm.example/authentication (replace by your vendor's page).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from appconnect.sandbox.base import bearer
from appconnect.sandbox.oauth import (
    Client,
    ExpiredTokenError,
    Grant,
    TokenPair,
    Tokens,
    UnknownTokenError,
    consent_page,
    error_page,
    redirect_back,
)
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from newcrm_connector.sandbox.answers import refusal
from newcrm_connector.sandbox.base import GuardedSandbox
from newcrm_connector.sandbox.seed import RAE_ID

CLIENT = Client("sandbox-newcrm-client", "sandbox-newcrm-secret")
HOW_TO_SIGN_IN = "OAuth: /oauth/authorize and /oauth/token, with the client id and secret in the form."


class SignInSandbox(GuardedSandbox):
    """Codes and tokens, and whose they are."""

    credentials: ClassVar[Mapping[str, str]] = {"client_id": CLIENT.id, "client_secret": CLIENT.secret}

    def seed(self) -> None:
        """Begin with nobody signed in."""
        super().seed()
        self.tokens = Tokens(self.clock)

    def sign_in_routes(self) -> list[BaseRoute]:
        """Return what is answered without a token."""
        return [
            Route("/oauth/authorize", self.authorize, methods=["GET", "POST"]),
            Route("/oauth/token", self.token, methods=["POST"]),
            Route("/oauth/revoke", self.revocation, methods=["POST"]),
        ]

    async def authorize(self, request: Request) -> Response:
        """Show the consent page (GET), and send the person back with a code (POST)."""
        query = request.query_params
        redirect_uri, state = query.get("redirect_uri", ""), query.get("state", "")
        if query.get("client_id") != CLIENT.id or not CLIENT.may_return_to(redirect_uri):
            return error_page("Cannot connect", "The client id or the redirect address is wrong.")
        if request.method != "POST":
            return consent_page(self.title, CLIENT, "Rae Quill")
        if (await request.form()).get("decision") != "approve":
            return redirect_back(redirect_uri, error="access_denied", state=state)
        return redirect_back(
            redirect_uri, code=self.tokens.code(Grant(RAE_ID, CLIENT.id, redirect_uri)), state=state
        )

    async def token(self, request: Request) -> Response:
        """Return tokens for a code, or for a refresh token."""
        form = await request.form()
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT.id, CLIENT.secret):
            return JSONResponse({"error": "invalid_client"}, 400)
        try:
            pair = self.pair(form)
        except (UnknownTokenError, ExpiredTokenError):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {
                "access_token": pair.access,
                "refresh_token": pair.refresh,
                "expires_in": pair.expires_in,
                "token_type": "Bearer",
            }
        )

    def pair(self, form: FormData) -> TokenPair:
        """Return new tokens; UnknownTokenError for a code or refresh token that is not good."""
        if form.get("grant_type") == "refresh_token":
            return self.tokens.refresh(str(form.get("refresh_token")), rotate=True)
        grant = self.tokens.redeem(str(form.get("code")))
        if grant.redirect_uri != form.get("redirect_uri"):
            raise UnknownTokenError
        return self.tokens.issue(grant)

    async def revocation(self, request: Request) -> Response:
        """End a token, and with a refresh token all that came from the same consent (RFC 7009)."""
        self.tokens.revoke(str((await request.form()).get("token")))
        return Response()

    def fresh_credentials(self) -> Mapping[str, str]:
        """Return those of the settings and an access token, for commands that sign requests by themselves."""
        pair = self.tokens.issue(Grant(RAE_ID, CLIENT.id, ""))
        return {**self.credentials, "access_token": pair.access}

    def sign_in_ends(self) -> datetime | None:
        """Return when the last access token ends."""
        return self.tokens.access_ends

    def issued_secrets(self) -> list[str]:
        """Return codes and tokens, for tests that nothing shows them."""
        return self.tokens.issued()

    def user_id(self, request: Request) -> int:
        """Return whose token it is."""
        try:
            return self.tokens.grant_of(bearer(request) or "").user
        except (UnknownTokenError, ExpiredTokenError):
            raise refusal(401, "The token is missing, wrong or has ended.") from None

    def expire(self) -> None:
        """End all access tokens; they can be renewed."""
        self.tokens.expire_access()

    def forget_sessions(self) -> None:
        """Lose the access tokens, as a restart may."""
        self.expire()

    def revoke(self) -> None:
        """End all tokens, for good."""
        self.tokens = Tokens(self.clock)
