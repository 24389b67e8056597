"""Acme is signed in to with a key."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from appconnect.auth.api_key import KeyHeader
from appconnect.auth.sign_in import AuthFlow, FormField, SignIn
from appconnect.errors import CredentialsRejected
from appconnect.models import OAuthInfo
from appconnect.settings import CrmSettings

API = "https://api.acme.example"


class AcmeSettings(CrmSettings):
    """The key."""

    model_config = SettingsConfigDict(env_prefix="ACME_")
    needed = ("api_key",)
    where = "it is in Acme under Profile"

    api_key: SecretStr = SecretStr("")


class AcmeSignIn(SignIn):
    """The key in the Authorization header."""

    fields = (FormField("apiKey", "API key", secret=True),)

    def auth_flow(
        self, typed: Mapping[str, SecretStr], info: OAuthInfo | None, code: SecretStr | None
    ) -> AuthFlow:
        credentials = _credentials(typed)
        answer = yield next(credentials.auth_flow(httpx.Request("GET", f"{API}/api/me")))
        if answer.status_code == 401:
            raise CredentialsRejected("Acme does not accept this key; it is in Acme under Profile.")
        return credentials

    def restore(self, kept: Mapping[str, str], info: OAuthInfo | None) -> KeyHeader:
        return _credentials({name: SecretStr(value) for name, value in kept.items()})


def _credentials(kept: Mapping[str, SecretStr]) -> KeyHeader:
    return KeyHeader("Key", kept, order=("apiKey",), base_url=API)
