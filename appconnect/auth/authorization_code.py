"""Signing in with OAuth 2.0: the base class for CRMs that do, and the credentials it ends in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, ClassVar

from pydantic import JsonValue, SecretStr

from appconnect import lazily
from appconnect.auth.base import Credentials, RenewalContext
from appconnect.auth.header_scheme import HeaderScheme
from appconnect.auth.sign_in import ONE_WORD, WEB_ADDRESS, AuthFlow, FormField, SignIn
from appconnect.errors import SessionExpired, SignInError, Unavailable
from appconnect.event_loops import Lock

if TYPE_CHECKING:
    import httpx

    from appconnect.auth import oauth2
    from appconnect.auth.oauth2 import AuthorizationCodeFlow, Tokens
    from appconnect.models import OAuthInfo
else:
    httpx = lazily.module("httpx")
    oauth2 = lazily.module("appconnect.auth.oauth2")

RENEW_AHEAD = timedelta(minutes=2)
"""How long before its end an access token is renewed."""


class AuthorizationCodeSignIn(SignIn):
    """A consent page, a code, tokens that renew themselves (RFC 6749, 4.1 and 6).

    A CRM states how it differs; the addresses and the app are its connector's ``get_oauth_info``.
    """

    app_fields: ClassVar[tuple[FormField, ...]] = (
        FormField("clientId", "Client id", shape=ONE_WORD),
        FormField("clientSecret", "Client secret", secret=True, shape=ONE_WORD),
        FormField("redirectUri", "Redirect address", hint="As registered with the app", shape=WEB_ADDRESS),
    )
    response_type: ClassVar[bool] = True
    """Whether the authorize address says ``response_type=code``, as RFC 6749 has it."""
    basic: ClassVar[bool] = False
    """Whether client id and secret travel as HTTP Basic instead of in the form."""
    scopes: ClassVar[tuple[str, ...]] = ()
    """What the app asks to be allowed; empty where the app's registration says it."""
    api_url: ClassVar[str] = ""
    """Where the API is: ``https://api.acme.test/v1``."""
    api_url_key: ClassVar[str] = ""
    """The key of the token answer that tells where the user's own API is; it wins over ``api_url``."""

    @property
    def header_schemes(self) -> tuple[HeaderScheme, ...]:
        """The access token, and the app's id and secret where they travel as HTTP Basic."""
        app = (HeaderScheme.basic("clientId", "clientSecret"),) if self.basic else ()
        return (HeaderScheme.bearer("accessToken"), *app)

    def authorize_url(self, info: OAuthInfo, state: str) -> str:
        """Return the address of the consent page."""
        more = {"scope": " ".join(self.scopes)} if self.scopes else {}
        return self.flow(info).authorize_url(state, **more)

    def auth_flow(
        self, typed: Mapping[str, SecretStr], info: OAuthInfo | None, code: SecretStr | None
    ) -> AuthFlow:
        """Exchange the code for tokens."""
        assert code is not None
        flow = self.flow(info)
        answer = yield flow.token_request(code)
        tokens = flow.tokens_in(answer.status_code, oauth2.json_in(answer), self.context.clock.now())
        api_url = tokens.api_domain or self.api_url or flow.info.api_uri
        if not api_url:
            raise SignInError("The CRM did not tell where its API is; the connector must state its api_url.")
        return BearerTokens(flow, replace(tokens, api_domain=api_url), context=self.context)

    def restore(self, kept: Mapping[str, str], info: OAuthInfo | None) -> Credentials:
        """Return the tokens of an earlier sign-in."""
        return BearerTokens(self.flow(info), oauth2.Tokens.from_secrets(kept), context=self.context)

    def flow(self, info: OAuthInfo | None) -> AuthorizationCodeFlow:
        """Return the messages of this CRM's OAuth."""
        assert info is not None
        return oauth2.AuthorizationCodeFlow(
            info, response_type=self.response_type, basic=self.basic, api_url_key=self.api_url_key
        )


class BearerTokens(Credentials):
    """Signs with the access token (RFC 6750) and renews it: ahead of its end, and once on a 401.

    One renewal at a time, and what it gives is stored before it is used.
    """

    def __init__(self, flow: AuthorizationCodeFlow, tokens: Tokens, *, context: RenewalContext) -> None:
        self.flow = flow
        self.tokens = tokens
        self._context = context
        self._one_at_a_time = Lock()

    @property
    def base_url(self) -> str:
        """Return where the API is, as far as known from the newest token answer."""
        return self.tokens.api_domain

    def secrets(self) -> Mapping[str, str]:
        """Return the tokens."""
        return self.tokens.secrets()

    def public(self) -> Mapping[str, JsonValue]:
        """Return what the token allows, until when, and where."""
        return {
            "scope": self.tokens.scope,
            "expiresAt": self.tokens.expires_at.astimezone(UTC).isoformat(),
            "apiDomain": self.tokens.api_domain,
        }

    def revocations(self) -> Sequence[httpx.Request]:
        """Return the one that revokes the refresh token, which ends the whole connection."""
        if not self.flow.info.revoke_uri:
            return ()
        if self.tokens.refresh.get_secret_value():
            return [self.flow.revoke_request(self.tokens.refresh, "refresh_token")]
        return [self.flow.revoke_request(self.tokens.access, "access_token")]

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Renew if the end is near, sign, and renew once more if the CRM says 401."""
        stale = self.tokens if self._ends_soon() else None
        for last_try in (False, True):
            if stale is not None:
                async with self._one_at_a_time, self._context.lease():
                    if self._still(stale):
                        can_wait = not last_try and self._context.clock.now() < stale.expires_at
                        try:
                            answer = yield self.flow.refresh_request(stale.refresh)
                            self._accept(answer, before=stale)
                        except (Unavailable, httpx.TransportError):
                            if not can_wait:  # else it was ahead of time; the next request tries again
                                raise
            stale = self.tokens
            response = yield self._signed(request)
            if response.status_code != 401 or last_try or not stale.refresh.get_secret_value():
                return

    def _ends_soon(self) -> bool:
        """Return whether it is time to renew; what cannot be renewed is used until the CRM refuses it."""
        near = self._context.clock.now() >= self.tokens.expires_at - RENEW_AHEAD
        return near and bool(self.tokens.refresh.get_secret_value())

    def _still(self, stale: Tokens) -> bool:
        """Return whether nobody has renewed these tokens yet, neither here nor in another process."""
        if self.tokens is not stale:  # not their value: in a recording all tokens look the same
            return False
        kept = self._context.reload()
        if not kept or kept["access"] == stale.access.get_secret_value():
            return True
        self.tokens = oauth2.Tokens.from_secrets(kept)
        return False

    def _accept(self, answer: httpx.Response, before: Tokens) -> None:
        now = self._context.clock.now()
        try:
            self.tokens = self.flow.tokens_in(answer.status_code, oauth2.json_in(answer), now, before)
        except SessionExpired:
            if self._still(before):
                raise
            return  # another process was faster all the same, and its tokens are taken up
        self._context.keep(self)

    def _signed(self, request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"Bearer {self.tokens.access.get_secret_value()}"
        return request
