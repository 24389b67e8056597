"""Settings from environment variables and from a ``.env`` file in the project.

Secrets are ``SecretStr``, which never show their value.
https://docs.pydantic.dev/latest/concepts/pydantic_settings/
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar, Self

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from appconnect.errors import ConfigurationError

ROOT_MARKERS = ("pyproject.toml", ".git")
CALLBACK = "http://127.0.0.1:8738/callback"


class Mode(StrEnum):
    """The source of answers: the local sandbox, a recording, or the live CRM."""

    SANDBOX = "sandbox"
    REPLAY = "replay"
    LIVE = "live"


class _FromEnvironment(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    @classmethod
    def load(cls) -> Self:
        """Read the settings. Raises `ConfigurationError` that names the variable that is wrong."""
        try:
            return cls(_env_file=env_file())
        except ValidationError as error:
            fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
            sentence = f"{cls.variable(str(fault['loc'][0]))} is not valid: {_plain(fault['msg'])}."
        except (OSError, UnicodeDecodeError):
            sentence = f"{env_file()} cannot be read; it must be a text file in UTF-8."
        raise ConfigurationError(sentence)  # not in the except block, so that no traceback holds the values

    @classmethod
    def variable(cls, field: str) -> str:
        """Return the environment variable of a field."""
        alias = cls.model_fields[field].validation_alias
        return str(alias or f"{cls.model_config.get('env_prefix', '')}{field}").upper()


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
    fixtures: Path = Field(default_factory=lambda: (project_root() or Path.cwd()) / "fixtures")
    """The folder of recordings."""
    connectors: Annotated[tuple[Path, ...], NoDecode] = ()
    """Folders of connectors that are used without being installed; relative ones begin at the project."""
    record: bool = False
    """Record the answers of the sandbox or the live CRM into ``fixtures``."""
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
        root = project_root() or Path.cwd()
        return tuple(
            (root / Path(each.strip()).expanduser()).resolve()
            for each in value.split(os.pathsep)
            if each.strip()
        )

    @field_validator("home", "fixtures", mode="after")
    @classmethod
    def _from_tilde(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("default_region", mode="after")
    @classmethod
    def _known_region(cls, value: str) -> str:
        from phonenumbers import SUPPORTED_REGIONS

        if value.upper() not in SUPPORTED_REGIONS:
            raise ValueError("use a country's two letters, like US, GB or DE")
        return value.upper()


def project_root(start: Path | None = None) -> Path | None:
    """Return the nearest project folder, from ``start`` (the current folder) upwards; None without one."""
    here = (start or Path.cwd()).resolve()
    return next(
        (each for each in [here, *here.parents] if any((each / m).exists() for m in ROOT_MARKERS)), None
    )


def env_file(start: Path | None = None) -> Path | None:
    """Return the nearest ``.env``, from ``start`` up to the project's root, never above; None without one."""
    here = (start or Path.cwd()).resolve()
    root = project_root(here) or here
    inside = [each for each in [here, *here.parents] if each.is_relative_to(root)]
    return next((each / ".env" for each in inside if (each / ".env").is_file()), None)


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".")


def _listed(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
