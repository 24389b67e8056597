"""The account that a connector works for, by what an environment has set."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr
from pydantic.alias_generators import to_camel

from appconnect.connector import Account
from appconnect.models import UserSettings
from appconnect.workbench.environment import Environment

FROM_CREDENTIALS = ("client_id", "client_secret", "redirect_uri", "options")


class AccountOfEnvironment(Account):
    """An account whose registered app and options are read from the credentials when they are needed."""

    def __init__(self, environment: Environment, settings: UserSettings, options: Mapping[str, str]) -> None:
        self._environment, self._given_options = environment, options
        self.settings, self.admin_settings, self.user = settings, {}, None

    def __getattr__(self, name: str) -> object:
        """Read what is not there yet."""
        if name not in FROM_CREDENTIALS:
            raise AttributeError(name)
        values = self._environment.credentials.model_dump()
        plain = {to_camel(each): value for each, value in values.items() if isinstance(value, str) and value}
        secret = values.get("client_secret")
        read = {
            "client_id": plain.pop("clientId", ""),
            "client_secret": secret if isinstance(secret, SecretStr) else SecretStr(""),
            "redirect_uri": plain.pop("redirectUri", ""),
            "options": {**plain, **self._given_options},
        }
        vars(self).update({**read, **vars(self)})
        return read[name]
