"""Signing in with a key that a person pastes: no consent page, nothing to renew, nothing to revoke."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from appconnect.auth.api_key import KeyHeader
from appconnect.auth.oauth2 import json_in
from appconnect.auth.sign_in import AuthFlow, FormField, SignIn
from appconnect.errors import CredentialsRejected, ForeignHost, InputError, SignInError, Unavailable
from appconnect.models import OAuthInfo

POD_HOST = re.compile(r"api\.[a-z]{2,3}\d{1,2}\.insightly\.com")
API_PATHS = ("", "/", "/v3.1", "/v3.1/")
WHERE = "both are in Insightly under User Settings > API"


class InsightlySignIn(SignIn):
    """HTTP Basic with the API key as user name and an empty password, to the pod of the account.

    https://api.na1.insightly.com/v3.1/#!/Overview/Authentication
    """

    fields = (
        FormField("apiKey", "API key", secret=True, hint="User Settings > API"),
        FormField("apiUrl", "API URL", hint="https://api.na1.insightly.com, shown below the key"),
    )

    def auth_flow(
        self, typed: Mapping[str, SecretStr], info: OAuthInfo | None, code: SecretStr | None
    ) -> AuthFlow:
        """One request, ``GET /Users/Me``, tells whether the key and the pod belong together."""
        base_url = insightly_api(_typed(typed, "apiUrl"))
        key = _typed(typed, "apiKey")
        if not key:
            raise InputError(f"The API key is missing; {WHERE}.")
        if ":" in key:  # it would end the user name of HTTP Basic (RFC 7617, 2)
            raise InputError(f"This is not an API key, which has no colon in it; {WHERE}.")
        credentials = _basic(key, base_url)
        request = httpx.Request("GET", f"{base_url}/Users/Me", headers={"Accept": "application/json"})
        answer = yield next(credentials.auth_flow(request))
        _check(answer, urlsplit(base_url).hostname or "")
        return credentials

    def restore(self, kept: Mapping[str, str], info: OAuthInfo | None) -> KeyHeader:
        """The key and pod of an earlier sign-in; the pod is checked again."""
        return _basic(kept["apiKey"], insightly_api(kept["apiUrl"]))


def insightly_api(typed: str) -> str:
    """The address of the API for what a person pasted: with or without ``/v3.1``, with or without https.

    Raises `ForeignHost` for anything but ``https://api.<pod>.insightly.com``, so that no key goes there.
    """
    text = typed.strip()
    if not text:
        raise InputError(f"The API URL is missing; {WHERE}.")
    host = _pod_host(text if "://" in text else f"https://{text}")
    if host is None:
        raise ForeignHost(
            "This is not the API URL of an Insightly account, so nothing was sent to it. It looks like "
            f"https://api.na1.insightly.com, with the pod in place of na1; {WHERE}."
        )
    return f"https://{host}/v3.1"


def _pod_host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = parts.netloc.lower()  # not .hostname: a user or a port has no place here
    except ValueError:
        return None
    if parts.scheme != "https" or parts.path.lower() not in API_PATHS or parts.query or parts.fragment:
        return None
    return host if POD_HOST.fullmatch(host) else None


def _basic(key: str, base_url: str) -> KeyHeader:
    kept = {"apiKey": SecretStr(key), "apiUrl": SecretStr(base_url)}
    return KeyHeader("Basic", kept, order=("apiKey", ""), base_url=base_url, shown=("apiUrl",))


def _typed(typed: Mapping[str, SecretStr], name: str) -> str:
    value = typed.get(name)
    return value.get_secret_value().strip() if value else ""


def _check(answer: httpx.Response, host: str) -> None:
    status = answer.status_code
    if status == 401:
        raise CredentialsRejected(f"Insightly does not accept this API key at {host}: {WHERE}.")
    if status == 429 or status >= 500:
        raise Unavailable(
            f"Insightly did not answer properly (status {status}); try again later.", status=status
        )
    body = json_in(answer)
    if status != 200 or not isinstance(body, dict) or "USER_ID" not in body:
        raise SignInError(f"{host} did not answer as Insightly's API does (status {status}): {WHERE}.")
