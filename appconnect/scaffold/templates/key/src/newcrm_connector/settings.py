"""What New CRM needs from outside: environment variables or ``.env``."""

from __future__ import annotations

from appconnect.settings import CrmSettings
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict


class NewcrmSettings(CrmSettings):
    """A person's API key."""

    model_config = SettingsConfigDict(env_prefix="NEWCRM_")
    needed = ("api_key",)
    where = "it is in New CRM under Settings, API"

    api_key: SecretStr = SecretStr("")
