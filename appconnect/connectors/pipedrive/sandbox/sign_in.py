"""OAuth: consent, codes, tokens, revocation.

Source: https://pipedrive.readme.io/docs/marketplace-oauth-authorization. The scopes come from the app's
registration, not from the request; extra parameters (PKCE) are ignored.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appconnect.connectors.pipedrive.sandbox.answers import rfc3339
from appconnect.connectors.pipedrive.sandbox.database import COMPANY_ID, RAE_ID
from appconnect.connectors.pipedrive.sandbox.interface import OPERATIONS
from appconnect.connectors.pipedrive.sandbox.webhooks import send
from appconnect.sandbox.base import JsonObject, RefusedError, Toggles, basic
from appconnect.sandbox.clock import Clock
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

CLIENT = Client(
    "sandbox-pipedrive-client",
    "sandbox-pipedrive-secret",
    redirect_uris=("https://ringcentral.github.io/ringcentral-embeddable/redirect.html",),
)
API_KEY = "sandbox-pipedrive-api-token"
SCOPES = ("base", "contacts:full", "deals:read", "leads:read", "activities:full", "users:read")
EVERY_SCOPE = tuple(sorted({scope for operation in OPERATIONS.values() for scope in operation.scopes}))
FORM = "application/x-www-form-urlencoded"


def _token(kind: str) -> str:
    """Return a token in Pipedrive's form: ``v1u:…`` for access, ``n:n:hex`` for refresh."""
    if kind == "access":
        return f"v1u:{secrets.token_urlsafe(64)}"
    return secrets.token_hex(20) if kind == "code" else f"{COMPANY_ID}:{RAE_ID}:{secrets.token_hex(20)}"


class SignIn:
    """The OAuth host; ``scopes`` are those of the app's registration and may be changed."""

    def __init__(self, clock: Clock, toggles: Toggles, user_name: str) -> None:
        self._clock, self.tokens = clock, Tokens(clock, make=_token)
        self._scopes: tuple[str, ...] = SCOPES
        self._toggles, self._user_name = toggles, user_name

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of the app's registration: those that were set, every one if the toggle says so."""
        return EVERY_SCOPE if self._toggles["every_scope"] else self._scopes

    @scopes.setter
    def scopes(self, scopes: tuple[str, ...]) -> None:
        self._scopes = scopes

    def grant(self, redirect_uri: str = "", scopes: tuple[str, ...] | None = None) -> Grant:
        """Return the grant that Rae Quill gives by pressing "Approve"."""
        return Grant(RAE_ID, CLIENT.id, redirect_uri, self.scopes if scopes is None else scopes)

    async def authorize(self, request: Request) -> Response:
        """Show the consent page (GET), or take its answer (POST)."""
        redirect_uri, state = (
            request.query_params.get("redirect_uri", ""),
            request.query_params.get("state", ""),
        )
        if request.query_params.get("client_id") != CLIENT.id:
            return error_page("Cannot connect", "Invalid client: client is invalid")
        if not CLIENT.may_return_to(redirect_uri):
            return error_page("Cannot connect", "Invalid request: `redirect_uri` is invalid")
        if request.method != "POST":
            return consent_page("Pipedrive", CLIENT, self._user_name, self.scopes)
        if (await request.form()).get("decision") != "approve":
            return redirect_back(redirect_uri, error="user_denied", state=state)
        return redirect_back(redirect_uri, code=self.tokens.code(self.grant(redirect_uri)), state=state)

    async def token(self, request: Request, api_domain: str) -> Response:
        """POST /oauth/token: exchange a code or a refresh token for tokens; every error is a 400."""
        form = await _form(request)
        grants: dict[str, Callable[[dict[str, str]], TokenPair]] = {
            "authorization_code": self._by_code,
            "refresh_token": self._by_refresh_token,
        }
        grant_type = form.get("grant_type")
        if not grant_type:
            raise _oauth_error("Missing parameter: `grant_type`", "invalid_request")
        if grant_type not in grants:
            raise _oauth_error("Unsupported grant type: `grant_type` is invalid", "unsupported_grant_type")
        self._check_client(request, form)
        pair = grants[grant_type](form)
        return JSONResponse(
            {
                "access_token": pair.access,
                "token_type": "Bearer",
                "refresh_token": pair.refresh,
                "scope": ",".join(pair.grant.scopes),
                "expires_in": pair.expires_in,
                "api_domain": api_domain,
            },
            headers={"Cache-Control": "no-store"},
        )

    async def revoke(self, request: Request) -> Response:
        """POST /oauth/revoke: a refresh token ends its access tokens too; an unknown token is no error."""
        form = await _form(request)
        self._check_client(request, form)
        for token in _spellings(form.get("token", "")):
            await self._tell_uninstalled(token)
            self.tokens.revoke(token)
        return JSONResponse({"success": True})

    async def _tell_uninstalled(self, refresh_token: str) -> None:
        """Send DELETE to the app's callback address; the vendor leaves out localhost."""
        if not self._toggles["uninstall_callback"]:
            return
        try:
            grant = self.tokens.refresh(refresh_token).grant
        except (UnknownTokenError, ExpiredTokenError):
            return
        body: JsonObject = {
            "client_id": CLIENT.id, "company_id": COMPANY_ID, "user_id": grant.user,
            "timestamp": rfc3339(self._clock.now()),
        }  # fmt: skip
        await send("DELETE", grant.redirect_uri, body, httpx.BasicAuth(CLIENT.id, CLIENT.secret))

    def _check_client(self, request: Request, form: dict[str, str]) -> None:
        credentials = basic(request)
        if credentials is None and self._toggles["client_in_body"] and "client_id" in form:
            credentials = form["client_id"], form.get("client_secret", "")
        if credentials is None:
            raise _oauth_error("Invalid client: cannot retrieve client credentials", "invalid_client")
        if credentials != (CLIENT.id, CLIENT.secret):
            raise _oauth_error("Invalid client: client is invalid", "invalid_client")

    def _by_code(self, form: dict[str, str]) -> TokenPair:
        if not (code := form.get("code")):
            raise _oauth_error("Missing parameter: `code`", "invalid_request")
        redirect_uri = form.get("redirect_uri", "")
        if not urlsplit(redirect_uri).scheme:
            raise _oauth_error("Invalid request: `redirect_uri` is not a valid URI", "invalid_request")
        try:
            grant = self.tokens.redeem(code)
        except UnknownTokenError:
            raise _oauth_error("Invalid grant: `authorization_code` is invalid", "invalid_grant") from None
        except ExpiredTokenError:
            raise _oauth_error("Invalid grant: `authorization_code` has expired", "invalid_grant") from None
        if grant.redirect_uri != redirect_uri:
            raise _oauth_error("Invalid request: `redirect_uri` is invalid", "invalid_request")
        return self.tokens.issue(grant)

    def _by_refresh_token(self, form: dict[str, str]) -> TokenPair:
        if not (token := form.get("refresh_token")):
            raise _oauth_error("Missing parameter: `refresh_token`", "invalid_request")
        try:
            return self.tokens.refresh(token, rotate=self._toggles["rotate_refresh_tokens"])
        except (UnknownTokenError, ExpiredTokenError):
            raise _oauth_error("Invalid grant: `refresh_token` is invalid", "invalid_grant") from None


async def _form(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise _oauth_error(f"Invalid request: content must be `{FORM}`", "invalid_request")
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def _oauth_error(message: str, error: str) -> RefusedError:
    return RefusedError(JSONResponse({"success": False, "message": message, "error": error}, 400))


def _spellings(token: str) -> set[str]:
    """Return the token as it came and decoded once more: Pipedrive's own SDK encodes it twice."""
    return {token, unquote(token)}
