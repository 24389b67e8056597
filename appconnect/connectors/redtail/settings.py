"""Redtail's settings: environment variables or ``.env``."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from appconnect.settings import CrmSettings


class RedtailSettings(CrmSettings):
    """The partner's Redtail API key, and the name and password of the person who signs in."""

    model_config = SettingsConfigDict(env_prefix="REDTAIL_")
    needed = ("api_key", "username", "password")
    where = "Redtail issues the API key to partners, name and password are those of the CRM's own login"

    api_key: SecretStr = SecretStr("")
    username: str = ""
    password: SecretStr = SecretStr("")
