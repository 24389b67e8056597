"""What New CRM needs from outside: environment variables or ``.env``."""

from __future__ import annotations

from appconnect.settings import CALLBACK, CrmSettings
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict


class NewcrmSettings(CrmSettings):
    """The OAuth app that is registered with New CRM."""

    model_config = SettingsConfigDict(env_prefix="NEWCRM_")
    needed = ("client_id", "client_secret")
    where = f"register an app with New CRM, with the redirect address {CALLBACK}"

    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    redirect_uri: str = CALLBACK
