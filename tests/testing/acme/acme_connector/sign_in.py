"""Acme is signed in to with a key."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from appconnect.auth.api_key import ApiKeySignIn, HeaderScheme
from appconnect.settings import CrmSettings

API = "https://api.acme.example"


class AcmeSettings(CrmSettings):
    """The key."""

    model_config = SettingsConfigDict(env_prefix="ACME_")
    needed = ("api_key",)
    where = "it is in Acme under Profile"

    api_key: SecretStr = SecretStr("")


class AcmeSignIn(ApiKeySignIn):
    """The key in the Authorization header."""

    title = "Acme"
    where = "it is in Acme under Profile"
    base_url = API
    scheme = HeaderScheme.basic("apiKey", prefix="Key")
    check = "/api/me"
