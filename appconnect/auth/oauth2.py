"""The messages of OAuth 2.0's authorization code flow. oauthlib builds and checks them (RFC 6749)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from pydantic import JsonValue, SecretStr

from appconnect import lazily, redaction
from appconnect.auth.header_scheme import fits_header
from appconnect.errors import (
    ConsentDeclined,
    CredentialsRejected,
    SessionExpired,
    SignInError,
    StateMismatch,
    Unavailable,
)
from appconnect.text.quotation import MAX_QUOTATION, quotation

if TYPE_CHECKING:
    import httpx
    from oauthlib.oauth2 import WebApplicationClient

    from appconnect.models import OAuthInfo
else:
    httpx = lazily.module("httpx")


DEFAULT_LIFETIME, MAX_LIFETIME = timedelta(minutes=10), timedelta(days=366)
MAX_READ = 20 * MAX_QUOTATION
"""How much of a refusal is looked through; no more than its beginning is quoted."""


@dataclass(frozen=True)
class Tokens:
    """The token endpoint's answer; ``api_domain`` is the address of the API, where it tells that."""

    access: SecretStr
    refresh: SecretStr
    expires_at: datetime
    scope: str = ""
    api_domain: str = ""

    def secrets(self) -> dict[str, str]:
        """Return what the vault seals."""
        return {
            "access": self.access.get_secret_value(),
            "refresh": self.refresh.get_secret_value(),
            "expires_at": self.expires_at.isoformat(),
            "scope": self.scope,
            "api_domain": self.api_domain,
        }

    @classmethod
    def from_secrets(cls, kept: Mapping[str, str]) -> Tokens:
        """Return the tokens that :meth:`secrets` gave."""
        return cls(
            access=SecretStr(kept["access"]),
            refresh=SecretStr(kept.get("refresh", "")),
            expires_at=datetime.fromisoformat(kept["expires_at"]),
            scope=kept.get("scope", ""),
            api_domain=kept.get("api_domain", ""),
        )


class AuthorizationCodeFlow:
    """The messages between us, the person's browser and the CRM's OAuth server.

    How this CRM wants them: with ``response_type=code`` in the authorize address or without, client
    credentials as ``basic`` or in the form. ``api_url_key`` is the key under which the token answer tells
    where the API is.
    """

    def __init__(
        self, info: OAuthInfo, *, response_type: bool = True, basic: bool = False, api_url_key: str = ""
    ) -> None:
        self.info = info
        self._response_type = response_type
        self._basic = basic
        self._api_url_key = api_url_key
        self._secrets = redaction.ConnectionSecrets([info.client_secret])

    def authorize_url(self, state: str, **more: str) -> str:
        """Return where to send the browser. ``state`` must be fresh and unguessable."""
        query = {"client_id": self.info.client_id, "redirect_uri": self.info.redirect_uri, "state": state}
        if self._response_type:
            query["response_type"] = "code"
        return f"{self.info.authorize_uri}?{urlencode({**query, **more})}"

    def token_request(self, code: SecretStr) -> httpx.Request:
        """Return the request that turns the code into tokens."""
        self._secrets.add([code])
        body = self._client().prepare_request_body(
            code=code.get_secret_value(), redirect_uri=self.info.redirect_uri, include_client_id=False
        )
        return self._to_server(self.info.access_token_uri, body)

    def refresh_request(self, refresh: SecretStr) -> httpx.Request:
        """Return the request that turns a refresh token into new tokens."""
        self._secrets.add([refresh])
        body = self._client().prepare_refresh_body(refresh_token=refresh.get_secret_value())
        return self._to_server(self.info.access_token_uri, body)

    def revoke_request(self, token: SecretStr, hint: str) -> httpx.Request:
        """Return the request that ends a token (RFC 7009)."""
        self._secrets.add([token])
        body = urlencode({"token": token.get_secret_value(), "token_type_hint": hint})
        return self._to_server(self.info.revoke_uri, body)

    def _client(self) -> WebApplicationClient:
        from oauthlib.oauth2 import WebApplicationClient

        return WebApplicationClient(self.info.client_id)

    def _to_server(self, url: str, body: str) -> httpx.Request:
        from oauthlib.common import urldecode

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
        """Return the tokens in an answer of the token endpoint; what it leaves out stays as ``before``."""
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
            raise self._refusal(body, renewing=before is not None)
        if not fits_header(access):
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
            api_domain=str(body.get(self._api_url_key) or kept.api_domain).rstrip("/"),
        )

    def quotable(self, text: str, *secrets: SecretStr) -> str:
        """Return what the CRM said as it may be quoted: short, and without the secrets that it was sent."""
        self._secrets.add(secrets)
        masked = redaction.Redactor(secrets=self._secrets).text(text[:MAX_READ])
        return quotation(masked).rstrip(".")

    def _refusal(self, body: Mapping[str, JsonValue], *, renewing: bool) -> Exception:
        issued = (body.get(name) for name in ("access_token", "refresh_token"))
        self._secrets.add(each for each in issued if isinstance(each, str))
        error = str(body.get("error") or "")
        told = str(body.get("error_description") or body.get("message") or error or "no reason given")
        reason = self.quotable(told)
        if error == "invalid_client" or reason.startswith("Invalid client"):
            return CredentialsRejected(
                "The CRM does not accept the app's client id and secret; check the settings. "
                f"It said: {reason}."
            )
        if renewing:
            return SessionExpired(
                f"The connection has ended; sign in again. The CRM said: {reason}.", status=401
            )
        return SignInError(f"The CRM did not accept the sign-in; begin again. It said: {reason}.")


def redirected_code(redirected: str, *, redirect_uri: str, state: str) -> SecretStr:
    """Return the authorization code in the address that the browser was sent back to.

    Raises :class:`StateMismatch`, :class:`ConsentDeclined`, or :class:`SignInError` when the address is
    not one of ours or holds no code.
    """
    from oauthlib.oauth2.rfc6749.errors import MismatchingStateError, MissingCodeError, OAuth2Error
    from oauthlib.oauth2.rfc6749.parameters import parse_authorization_code_response

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
        told = str(error.description or error.error)[:MAX_READ]
        masked = redaction.Redactor(secrets=redaction.ConnectionSecrets([state])).text(told)
        reason = quotation(masked).rstrip(".")
        raise SignInError(f"The CRM refused the sign-in: {reason}.") from None


def _same_page(address: str, expected: str) -> bool:
    """Return whether two addresses differ in nothing but their queries."""
    try:
        pages = [(url.scheme, url.netloc, url.path or "/") for url in map(urlsplit, (address, expected))]
    except ValueError:
        return False
    return pages[0] == pages[1]


def _lifetime(expires_in: JsonValue) -> timedelta:
    """Read ``expires_in``, seconds as a number or text; what is absent or absurd counts as ten minutes."""
    try:
        lasts = timedelta(seconds=float(str(expires_in)))
    except (ValueError, OverflowError):
        return DEFAULT_LIFETIME
    return lasts if timedelta() < lasts <= MAX_LIFETIME else DEFAULT_LIFETIME


def json_in(response: httpx.Response) -> JsonValue:
    """Return the JSON of an answer, or None."""
    try:
        body: JsonValue = response.json()
    except ValueError:
        return None
    return body
