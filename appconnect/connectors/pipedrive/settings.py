"""Pipedrive's settings: environment variables or ``.env``."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from appconnect.settings import CALLBACK, CrmSettings


class PipedriveSettings(CrmSettings):
    """The OAuth app registered with Pipedrive."""

    model_config = SettingsConfigDict(env_prefix="PIPEDRIVE_")
    needed = ("client_id", "client_secret")
    where = (
        "create an app in the Developer Hub (developers.pipedrive.com), they are under OAuth & access scopes"
    )

    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    redirect_uri: str = CALLBACK
