"""Signing in to New CRM: an API key, which a person pastes once, signs every request.

https://docs.newcrm.example/authentication (replace by your vendor's page).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping

import httpx
from appconnect.auth.base import Credentials
from appconnect.auth.sign_in import AuthFlow, FormField, SignIn
from appconnect.errors import CredentialsRejected
from appconnect.models import OAuthInfo
from pydantic import SecretStr

BASE_URL = "https://api.newcrm.example/v1"


class NewcrmSignIn(SignIn):
    """The key goes into the header ``X-Newcrm-Key``; one request tells whether it is accepted."""

    fields = (FormField("apiKey", "API key", secret=True, hint="Settings > API"),)

    def auth_flow(
        self, typed: Mapping[str, SecretStr], info: OAuthInfo | None, code: SecretStr | None
    ) -> AuthFlow:
        credentials = Key(typed["apiKey"])
        answer = yield next(credentials.auth_flow(httpx.Request("GET", f"{BASE_URL}/me")))
        if answer.status_code == 401:
            raise CredentialsRejected("New CRM does not accept this API key.")
        return credentials

    def restore(self, kept: Mapping[str, str], info: OAuthInfo | None) -> Credentials:
        return Key(SecretStr(kept["apiKey"]))


class Key(Credentials):
    base_url = BASE_URL

    def __init__(self, key: SecretStr) -> None:
        self.key = key

    def secrets(self) -> Mapping[str, str]:
        return {"apiKey": self.key.get_secret_value()}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["X-Newcrm-Key"] = self.key.get_secret_value()
        yield request
