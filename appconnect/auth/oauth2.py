"""OAuth 2.0 authorization code flow: the flow, and the credentials it ends in.

oauthlib builds and checks the messages (RFC 6749); httpx sends them. A connection renews itself ahead of
expiry and once on a 401, one renewal at a time, and stores what it was given before using it.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

import httpx
from oauthlib.common import urldecode
from oauthlib.oauth2 import WebApplicationClient
from oauthlib.oauth2.rfc6749.errors import MismatchingStateError, MissingCodeError, OAuth2Error
from oauthlib.oauth2.rfc6749.parameters import parse_authorization_code_response
from pydantic import JsonValue, SecretStr

from appconnect.auth.base import Credentials, Keep, Lease, Reload
from appconnect.clock import Clock
from appconnect.errors import (
    ConsentDeclined,
    CredentialsRejected,
    SessionExpired,
    SignInError,
    StateMismatch,
    Unavailable,
)
from appconnect.models import OAuthInfo

RENEW_AHEAD = timedelta(minutes=2)
"""How long before its end an access token is renewed."""
UNSAID_LIFETIME, MAX_LIFETIME = timedelta(minutes=10), timedelta(days=366)


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint gives; ``api_domain`` is Pipedrive's address of the company's API."""

    access: SecretStr
    refresh: SecretStr
    expires_at: datetime
    scope: str = ""
    api_domain: str = ""

    def secrets(self) -> dict[str, str]:
        """What the vault seals."""
        return {
            "access": self.access.get_secret_value(),
            "refresh": self.refresh.get_secret_value(),
            "expires_at": self.expires_at.isoformat(),
            "scope": self.scope,
            "api_domain": self.api_domain,
        }

    @classmethod
    def from_secrets(cls, kept: Mapping[str, str]) -> Tokens:
        """The reverse of :meth:`secrets`."""
        return cls(
            access=SecretStr(kept["access"]),
            refresh=SecretStr(kept.get("refresh", "")),
            expires_at=datetime.fromisoformat(kept["expires_at"]),
            scope=kept.get("scope", ""),
            api_domain=kept.get("api_domain", ""),
        )


class AuthorizationCodeFlow:
    """The messages between us, the person's browser and the CRM's OAuth server.

    ``response_type`` and ``basic`` say how this CRM wants them: with ``response_type=code`` in the authorize
    address or without, client credentials as Basic or in the form.
    """

    def __init__(self, info: OAuthInfo, *, response_type: bool = True, basic: bool = False) -> None:
        self.info = info
        self._response_type = response_type
        self._basic = basic
        self._client = WebApplicationClient(info.client_id)

    def authorize_url(self, state: str, **more: str) -> str:
        """Where to send the browser. ``state`` must be fresh and unguessable."""
        query = {"client_id": self.info.client_id, "redirect_uri": self.info.redirect_uri, "state": state}
        if self._response_type:
            query["response_type"] = "code"
        return f"{self.info.authorize_uri}?{urlencode({**query, **more})}"

    def token_request(self, code: SecretStr) -> httpx.Request:
        """The request that turns the code into tokens."""
        body = self._client.prepare_request_body(
            code=code.get_secret_value(), redirect_uri=self.info.redirect_uri, include_client_id=False
        )
        return self._to_server(self.info.access_token_uri, body)

    def refresh_request(self, refresh: SecretStr) -> httpx.Request:
        """The request that turns a refresh token into new tokens."""
        body = self._client.prepare_refresh_body(refresh_token=refresh.get_secret_value(), scope=None)
        return self._to_server(self.info.access_token_uri, body)

    def revoke_request(self, token: SecretStr, hint: str) -> httpx.Request:
        """The request that ends a token (RFC 7009)."""
        body = urlencode({"token": token.get_secret_value(), "token_type_hint": hint})
        return self._to_server(self.info.revoke_uri, body)

    def _to_server(self, url: str, body: str) -> httpx.Request:
        form = dict(urldecode(body))
        headers = {"Accept": "application/json"}
        secret = self.info.client_secret.get_secret_value()
        if self._basic:
            pair = f"{self.info.client_id}:{secret}".encode()
            headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        else:
            form |= {"client_id": self.info.client_id, "client_secret": secret}
        return httpx.Request("POST", url, data=form, headers=headers)

    def tokens_in(self, status: int, body: JsonValue, now: datetime, before: Tokens | None = None) -> Tokens:
        """The tokens in an answer of the token endpoint; what it does not repeat is taken from ``before``."""
        if status >= 500 or status == 429:
            raise Unavailable(
                f"The CRM's sign-in server did not answer properly (status {status}); try again later.",
                status=status,
            )
        if not isinstance(body, dict):
            raise Unavailable(
                "The CRM's sign-in server answered with something that is not JSON; try again later.",
                status=status,
            )
        access = body.get("access_token")
        if status >= 400 or not isinstance(access, str) or not access:
            raise _refusal(body, renewing=before is not None)
        if not (access.isascii() and access.isprintable()):  # RFC 6749, A.12
            raise Unavailable(
                "The CRM's sign-in server gave a token that no header can carry.", status=status
            )
        kept = before or Tokens(SecretStr(""), SecretStr(""), now)
        return replace(
            kept,
            access=SecretStr(access),
            refresh=SecretStr(str(body.get("refresh_token") or kept.refresh.get_secret_value())),
            expires_at=now + _lifetime(body.get("expires_in")),
            scope=str(body.get("scope") or kept.scope),
            api_domain=str(body.get("api_domain") or kept.api_domain).rstrip("/"),
        )


def redirected_code(redirected: str, *, redirect_uri: str, state: str) -> SecretStr:
    """The authorization code in the address that the browser was sent back to.

    Raises :class:`StateMismatch`, :class:`ConsentDeclined`, or :class:`SignInError` when the address is
    not one of ours or holds no code.
    """
    if not _same_page(redirected.strip(), redirect_uri):
        raise SignInError(
            f"This is not the address that the CRM redirected to; it begins with {redirect_uri}"
            " and has a code in it. Copy the whole address line."
        )
    # oauthlib asks for https; the loopback redirect is plain http by design (RFC 8252, 7.3).
    address = "https" + redirected.strip()[redirected.strip().index("://") :]
    try:
        return SecretStr(parse_authorization_code_response(address, state=state)["code"])
    except MismatchingStateError:
        raise StateMismatch(
            "The answer belongs to another sign-in (its state differs); begin the sign-in again."
        ) from None
    except MissingCodeError:
        raise SignInError("There is no code in this address; copy the whole address line.") from None
    except OAuth2Error as error:
        if error.error in ("access_denied", "user_denied"):
            raise ConsentDeclined("Access was declined on the CRM's page; nothing was connected.") from None
        said = str(error.description or error.error).rstrip(".")
        raise SignInError(f"The CRM refused the sign-in: {said}.") from None


def _same_page(address: str, expected: str) -> bool:
    """Whether two addresses differ in nothing but their queries."""
    try:
        pages = [(url.scheme, url.netloc, url.path or "/") for url in map(urlsplit, (address, expected))]
    except ValueError:
        return False
    return pages[0] == pages[1]


def _lifetime(expires_in: JsonValue) -> timedelta:
    """``expires_in``, seconds as a number or text; what is absent or absurd counts as ten minutes."""
    try:
        lasts = timedelta(seconds=float(str(expires_in)))
    except (ValueError, OverflowError):
        return UNSAID_LIFETIME
    return lasts if timedelta() < lasts <= MAX_LIFETIME else UNSAID_LIFETIME


def _refusal(body: Mapping[str, JsonValue], *, renewing: bool) -> Exception:
    error = str(body.get("error") or "")
    said = str(body.get("error_description") or body.get("message") or error or "no reason given").rstrip(".")
    if error == "invalid_client" or said.startswith("Invalid client"):
        return CredentialsRejected(
            f"The CRM does not accept the app's client id and secret; check the settings. It said: {said}."
        )
    if renewing:
        return SessionExpired(f"The connection has ended; sign in again. The CRM said: {said}.", status=401)
    return SignInError(f"The CRM did not accept the sign-in; begin again. It said: {said}.")


class BearerTokens(Credentials):
    """Signs with the access token (RFC 6750) and renews it.

    ``keep`` stores renewed tokens, ``lease`` keeps other processes from renewing at the same time and
    ``reload`` looks whether one of them already has.
    """

    def __init__(
        self,
        flow: AuthorizationCodeFlow,
        tokens: Tokens,
        *,
        clock: Clock,
        keep: Keep = lambda credentials: None,
        lease: Lease = nullcontext,
        reload: Reload = lambda: None,
    ) -> None:
        self.flow = flow
        self.tokens = tokens
        self._clock = clock
        self._keep = keep
        self._lease = lease
        self._reload = reload
        self._one_at_a_time = asyncio.Lock()

    @property
    def base_url(self) -> str:
        """The company's own API address, from the newest token answer."""
        return self.tokens.api_domain

    def secrets(self) -> Mapping[str, str]:
        """The tokens."""
        return self.tokens.secrets()

    def public(self) -> Mapping[str, JsonValue]:
        """What the token allows, until when, and where."""
        return {
            "scope": self.tokens.scope,
            "expiresAt": self.tokens.expires_at.astimezone(UTC).isoformat(),
            "apiDomain": self.tokens.api_domain,
        }

    def revocations(self) -> Sequence[httpx.Request]:
        """Revoking the refresh token ends the whole connection."""
        return [self.flow.revoke_request(self.tokens.refresh, "refresh_token")]

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Renew if the end is near, sign, and renew once more if the CRM says 401."""
        stale = self.tokens if self._ends_soon() else None
        for last_try in (False, True):
            if stale is not None:
                async with self._one_at_a_time, self._lease():
                    if self._still(stale):
                        can_wait = not last_try and self._clock.now() < stale.expires_at
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
        return self._clock.now() >= self.tokens.expires_at - RENEW_AHEAD

    def _still(self, stale: Tokens) -> bool:
        """Whether nobody has renewed these tokens yet, neither here nor in another process."""
        if self.tokens is not stale:  # not their value: in a recording all tokens look the same
            return False
        kept = self._reload()
        if not kept or kept["access"] == stale.access.get_secret_value():
            return True
        self.tokens = Tokens.from_secrets(kept)
        return False

    def _accept(self, answer: httpx.Response, before: Tokens) -> None:
        now = self._clock.now()
        try:
            self.tokens = self.flow.tokens_in(answer.status_code, json_in(answer), now, before)
        except SessionExpired:
            if self._still(before):
                raise
            return  # another process was faster all the same, and its tokens are taken up
        self._keep(self)

    def _signed(self, request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"Bearer {self.tokens.access.get_secret_value()}"
        return request


def json_in(response: httpx.Response) -> JsonValue:
    """The JSON of an answer, or None."""
    try:
        body: JsonValue = response.json()
    except ValueError:
        return None
    return body
