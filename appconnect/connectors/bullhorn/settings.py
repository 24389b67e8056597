"""Bullhorn's settings: environment variables or ``.env``."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from appconnect.settings import CALLBACK, CrmSettings


class BullhornSettings(CrmSettings):
    """The OAuth app registered with Bullhorn, and a user's name, by which their data centre is found.

    With an API user's password the sign-in is unattended.
    """

    model_config = SettingsConfigDict(env_prefix="BULLHORN_")
    needed = ("client_id", "client_secret", "username")
    where = (
        "Bullhorn Support issues API keys and registers the redirect address with them, "
        "the user name is that of Bullhorn's own login"
    )

    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    redirect_uri: str = CALLBACK
    username: str = ""
    password: SecretStr = SecretStr("")
