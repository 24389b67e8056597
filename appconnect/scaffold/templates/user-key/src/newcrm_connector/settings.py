"""What New CRM needs from outside: environment variables or ``.env``."""

from __future__ import annotations

from appconnect.settings import CrmSettings
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict


class NewcrmSettings(CrmSettings):
    """The app's key, and the name and password of the person who signs in."""

    model_config = SettingsConfigDict(env_prefix="NEWCRM_")
    needed = ("app_key", "username", "password")
    where = "New CRM issues the app key to partners, name and password are those of the CRM's own login"

    app_key: SecretStr = SecretStr("")
    username: str = ""
    password: SecretStr = SecretStr("")
