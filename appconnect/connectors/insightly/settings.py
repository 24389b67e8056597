"""Insightly's settings: environment variables or ``.env``."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from appconnect.settings import CrmSettings


class InsightlySettings(CrmSettings):
    """A person's Insightly API key and the address of their pod, ``https://api.na1.insightly.com``."""

    model_config = SettingsConfigDict(env_prefix="INSIGHTLY_")
    needed = ("api_key", "api_url")
    where = "both are in Insightly under User Settings, API"

    api_key: SecretStr = SecretStr("")
    api_url: str = ""
