"""Whether this computer has what the workbench needs: one finding per thing, each with what to do."""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from pydantic import SecretStr

from appconnect.auth.vault import Vault
from appconnect.connectors import registry
from appconnect.connectors.platform import Platform
from appconnect.errors import AppConnectError, ConfigurationError
from appconnect.settings import Settings
from appconnect.store import Store

NEWEST_TOO_OLD = (3, 10)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PORTS = {8888: "appconnect lab", 8700: "appconnect sandbox", 8738: "the page that sign-in returns to"}


class Verdict(StrEnum):
    """How a thing was found; only ``FAILED`` needs doing something about."""

    OK = "ok"
    NOTE = "note"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Finding:
    """One line of the checkup."""

    verdict: Verdict
    what: str

    def __str__(self) -> str:
        return f"{self.verdict:<7} {self.what}"


def checkup() -> Iterator[Finding]:
    """Look at everything, nothing is sent anywhere, and no value of a setting is shown."""
    yield _python()
    yield _packages()
    try:
        settings = Settings.load()
    except ConfigurationError as error:
        yield _failed(error.message)
        return
    yield _ok(f"mode {settings.mode} (APPCONNECT_MODE: sandbox, replay or live)")
    home = _home(settings.home)
    yield home
    if home.verdict is Verdict.OK:
        yield from _memory(settings)
    for platform in registry.platforms():
        yield _crm(platform)
    for reason in registry.failures().values():
        yield _failed(reason)
    yield _browser()
    for port, user in PORTS.items():
        yield _port(port, user)


def _ok(what: str) -> Finding:
    return Finding(Verdict.OK, what)


def _note(what: str) -> Finding:
    return Finding(Verdict.NOTE, what)


def _failed(what: str) -> Finding:
    return Finding(Verdict.FAILED, what)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] <= NEWEST_TOO_OLD:
        return _failed(f"Python {version} is too old; install 3.11 or newer.")
    return _ok(f"Python {version} at {sys.executable}")


def _packages() -> Finding:
    """What the package asks for, without its extras."""
    asked = [Requirement(each) for each in metadata.requires("appconnect") or []]
    needed = [each for each in asked if not each.marker or each.marker.evaluate({"extra": ""})]
    missing = [str(each) for each in needed if not _installed(each)]
    if missing:
        return _failed(f"not installed, or in another version: {', '.join(missing)}; run: pip install -e .")
    return _ok(f"packages: appconnect {metadata.version('appconnect')} and {len(needed)} that it needs")


def _installed(wanted: Requirement) -> bool:
    try:
        return metadata.version(wanted.name) in wanted.specifier
    except metadata.PackageNotFoundError:
        return False


def _home(home: Path) -> Finding:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return _ok(f"home {home} is writable")
    except OSError as error:
        advice = "make it writable, or set APPCONNECT_HOME to another folder"
        return _failed(f"home {home} cannot be written ({error.strerror}): {advice}.")


def _memory(settings: Settings) -> Iterator[Finding]:
    """The store, and whether the vault opens what is in it."""
    try:
        store = Store.at(settings.home, settings.database_url)
    except AppConnectError as error:
        yield _failed(error.message)
        return
    try:
        kept = [each for name in registry.names() for each in store.connections(name)]
        yield _ok(f"{str(store)[1:-1]} opens; connections in it: {len(kept)}")
        vault = Vault.at(settings.home, settings.vault_key)
        for each in kept:
            vault.open(each.sealed)
        yield _ok("vault opens what it has sealed")
    except AppConnectError as error:
        yield _failed(error.message)
    finally:
        store.close()


def _crm(platform: Platform) -> Finding:
    """Which settings are there, by name only; only the live mode needs any."""
    kind = platform.settings
    try:
        found = kind.load()
        found.require(platform.title)
    except ConfigurationError as error:
        return _note(f"{platform.title}: not set up for live use. {error.message}")
    names = [kind.variable(name) for name in kind.model_fields if _is_set(getattr(found, name))]
    return _ok(f"{platform.title}: {', '.join(names)} set")


def _is_set(value: object) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _browser() -> Finding:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path:
        return _ok(f"Chromium at {path}")
    return _note("no Chromium; only the browser tests need it (Debian: apt-get install chromium)")


def _port(port: int, user: str) -> Finding:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return _ok(f"port {port} is free ({user})")
    except OSError:
        return _note(f"port {port} is taken ({user}); close the other program, or choose another port")
