"""Bullhorn's settings: environment variables or ``.env``."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from appconnect.settings import CALLBACK, CrmSettings


class BullhornSettings(CrmSettings):
    """The OAuth app registered with Bullhorn; an API user's name and password for signing in unattended."""

    model_config = SettingsConfigDict(env_prefix="BULLHORN_")
    needed = ("client_id", "client_secret")
    where = "Bullhorn Support issues API keys and registers the redirect address with them"

    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    redirect_uri: str = CALLBACK
    username: str = ""
    password: SecretStr = SecretStr("")
