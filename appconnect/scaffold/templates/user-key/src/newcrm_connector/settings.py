"""What New CRM needs from outside: environment variables or ``.env``."""

from __future__ import annotations

from appconnect.settings import CrmSettings
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict


class NewcrmSettings(CrmSettings):
    """The name and password of the person who signs in."""

    model_config = SettingsConfigDict(env_prefix="NEWCRM_")
    needed = ("username", "password")
    where = "they are those of New CRM's own login"

    username: str = ""
    password: SecretStr = SecretStr("")
