"""Settings from environment variables and from a ``.env`` file in the project.

Secrets are ``SecretStr``, which never show their value.
https://docs.pydantic.dev/latest/concepts/pydantic_settings/
"""

from __future__ import annotations

import os
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, ClassVar, Self
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from appconnect.errors import ConfigurationError
from appconnect.paths import current_folder, looked_up
from appconnect.text.characters import unwritable

ROOT_MARKERS = ("pyproject.toml", ".git")
PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")
CALLBACK = "http://127.0.0.1:8738/callback"


class Mode(StrEnum):
    """The source of answers: the local sandbox, a recording, or the live CRM."""

    SANDBOX = "sandbox"
    REPLAY = "replay"
    LIVE = "live"


class _FromEnvironment(BaseSettings):
    model_config = SettingsConfigDict(
        extra="ignore", env_ignore_empty=True, hide_input_in_errors=True, defer_build=True
    )

    @classmethod
    def load(cls) -> Self:
        """Read the settings. Raises `ConfigurationError` that names the variable that is wrong."""
        file = env_file()
        try:
            return cls(_env_file=file)._checked()
        except ValidationError as error:
            fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
            sentence = f"{cls.variable(str(fault['loc'][0]))} is not valid: {_plain(fault['msg'])}."
        except (OSError, UnicodeDecodeError):
            sentence = f"{file} cannot be read; it must be a text file in UTF-8."
        raise ConfigurationError(sentence)  # not in the except block, so that no traceback holds the values

    def _checked(self) -> Self:
        """Return these settings; ConfigurationError for a text that is not UTF-8, or holds NUL."""
        for name, value in self:
            text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            if found := unwritable(text):
                raise ConfigurationError(
                    f"{self.variable(name)} has a character in it that cannot be written ({found})."
                )
        return self

    @classmethod
    def variable(cls, field: str) -> str:
        """Return the environment variable of a field."""
        alias = cls.model_fields[field].validation_alias if field in cls.model_fields else field
        name = alias.choices[0] if isinstance(alias, AliasChoices) else alias
        return str(name or f"{cls.model_config.get('env_prefix', '')}{field}").upper()


class CrmSettings(_FromEnvironment):
    """The settings that signing in to a CRM needs; fields may be empty until `require` is called."""

    needed: ClassVar[tuple[str, ...]]
    where: ClassVar[str]
    """The place where a person gets the values."""

    def require(self, title: str, *fields: str) -> Self:
        """Return these settings if all ``fields`` (by default all that the CRM needs) are set.

        ``title`` is the CRM's name for people.

        Raises `ConfigurationError` that names the missing variables, and where to get their values.
        """
        missing = [self.variable(field) for field in fields or self.needed if not self._is_set(field)]
        if missing:
            raise ConfigurationError(
                f"To reach {title}, set {_listed(missing)} in the environment or in .env: {self.where}."
            )
        return self

    def _is_set(self, field: str) -> bool:
        value = getattr(self, field)
        return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


class Settings(_FromEnvironment):
    """The workbench's own settings."""

    model_config = SettingsConfigDict(env_prefix="APPCONNECT_", populate_by_name=True)

    mode: Mode = Mode.SANDBOX
    home: Path = Field(default_factory=lambda: user_data_path("appconnect"))
    """The folder of the store and of the vault's key."""
    fixtures: Path = Field(default_factory=lambda: (project_root() or current_folder()) / "fixtures")
    """The folder of recordings."""
    connectors: Annotated[tuple[Path, ...], NoDecode] = ()
    """Folders of connectors that are used without being installed; relative ones begin at the project."""
    record: bool = False
    """Record the answers of the sandbox or the live CRM into ``fixtures``."""
    history: bool = True
    """Keep what is done and sent, secrets masked, in a file in ``home``; a replay keeps nothing."""
    default_region: str = "US"
    """The country of phone numbers without "+": ISO 3166, two letters."""
    vault_key: SecretStr | None = None
    pseudonym_key: SecretStr | None = None
    """The key of the people in live recordings; None: a file in ``home``, made for the first recording."""
    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    """A PostgreSQL or SQLite address; it may hold a password. None: a SQLite file in ``home``."""
    app_server_secret_key: SecretStr | None = Field(default=None, validation_alias="APP_SERVER_SECRET_KEY")
    """The key that signs assignment tokens."""

    @property
    def unreviewed(self) -> Path:
        """The folder of live recordings that nobody has looked through yet; it is for its owner only."""
        return self.home / "recordings"

    @field_validator("mode", mode="before")
    @classmethod
    def _known_mode(cls, value: object) -> object:
        text = str(value).strip().lower()
        if text not in list(Mode):
            raise ValueError(f"choose one of {', '.join(Mode)}")
        return text

    @field_validator("connectors", mode="before")
    @classmethod
    def _folders(cls, value: object) -> object:
        """Split a list as ``PATH`` is one: by ":", on Windows by ";"."""
        if not isinstance(value, str):
            return value
        root = project_root() or current_folder()
        return tuple(
            (root / _looked_up(each.strip())).resolve() for each in value.split(os.pathsep) if each.strip()
        )

    @field_validator("home", "fixtures", mode="after")
    @classmethod
    def _from_tilde(cls, value: Path) -> Path:
        return _looked_up(value)

    @field_validator("default_region", mode="after")
    @classmethod
    def _known_region(cls, value: str) -> str:
        if value == "US":  # which spares loading what is known of all countries
            return value
        from phonenumbers import SUPPORTED_REGIONS

        if value.upper() not in SUPPORTED_REGIONS:
            raise ValueError("use a country's two letters, like US, GB or DE")
        return value.upper()


def _looked_up(path: Path | str) -> Path:
    """Return a path as :func:`looked_up` does; ValueError, so that the variable is named."""
    try:
        return looked_up(path)
    except ConfigurationError as error:
        raise ValueError(error.message) from None


def _either_case(name: str) -> AliasChoices:
    """Return the names of a variable that other programs read too; the lower-case one wins, as with curl."""
    return AliasChoices(name.lower(), name)


class NetworkSettings(_FromEnvironment):
    """How this computer reaches the network, by the variables that other programs read too.

    A proxy's address may hold a name and password: ``http://NAME:PASSWORD@HOST:PORT``. ``no_proxy`` lists
    hosts and domains with commas.
    """

    model_config = SettingsConfigDict(case_sensitive=True, populate_by_name=True)

    https_proxy: SecretStr | None = Field(default=None, validation_alias=_either_case("HTTPS_PROXY"))
    http_proxy: SecretStr | None = Field(default=None, validation_alias=_either_case("HTTP_PROXY"))
    all_proxy: SecretStr | None = Field(default=None, validation_alias=_either_case("ALL_PROXY"))
    no_proxy: str = Field(default="", validation_alias=_either_case("NO_PROXY"))
    ssl_cert_file: str = Field(default="", validation_alias="SSL_CERT_FILE")
    ssl_cert_dir: str = Field(default="", validation_alias="SSL_CERT_DIR")

    @field_validator("https_proxy", "http_proxy", "all_proxy", mode="after")
    @classmethod
    def _is_address(cls, value: SecretStr | None) -> SecretStr | None:
        """Return the address with its scheme; without one it is http."""
        if value is None or not (text := value.get_secret_value().strip()):
            return None
        address = text if "://" in text else f"http://{text}"
        try:
            parts = urlsplit(address)
            is_proxy = parts.scheme.lower() in PROXY_SCHEMES and bool(parts.hostname) and parts.port != 0
        except ValueError:  # a port that is none, half an IPv6 address
            is_proxy = False
        if not is_proxy:
            raise ValueError("it must look like http://proxy.example:3128")
        if parts.scheme.lower().startswith("socks") and find_spec("socksio") is None:
            raise ValueError("for a SOCKS proxy, first run: pip install 'httpx[socks]'")
        return SecretStr(address)

    @property
    def proxies(self) -> dict[str, str]:
        """The proxies by scheme, with their passwords."""
        told = {"https": self.https_proxy, "http": self.http_proxy, "all": self.all_proxy}
        return {scheme: proxy.get_secret_value() for scheme, proxy in told.items() if proxy}


def project_root(start: Path | None = None) -> Path | None:
    """Return the nearest project folder, from ``start`` (the current folder) upwards; None without one."""
    here = (start or current_folder()).resolve()
    return next(
        (each for each in [here, *here.parents] if any((each / m).exists() for m in ROOT_MARKERS)), None
    )


def env_file(start: Path | None = None) -> Path | None:
    """Return the nearest ``.env``, from ``start`` up to the project's root, never above; None without one."""
    here = (start or current_folder()).resolve()
    root = project_root(here) or here
    inside = [each for each in [here, *here.parents] if each.is_relative_to(root)]
    return next((each / ".env" for each in inside if (each / ".env").is_file()), None)


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".")


def _listed(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
