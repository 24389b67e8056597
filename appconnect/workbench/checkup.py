"""Whether this computer has what the workbench needs: one finding per thing, each with what to do."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from packaging.requirements import Requirement

from appconnect.auth.vault import Vault
from appconnect.connectors import registry
from appconnect.errors import AppConnectError, ConfigurationError
from appconnect.settings import NetworkSettings, Settings
from appconnect.store import Store
from appconnect.workbench import checkup_jupyter, checkup_live
from appconnect.workbench.findings import Finding, Verdict, failed, note, ok

__all__ = ["Finding", "Verdict", "checkup", "online_checkup"]

NEWEST_TOO_OLD = (3, 10)
CLOSE_IT = "close the other program, or choose another port"
RETURN_REMEDY = (
    "close the other program (or the notebook that still waits there), or register a redirect address with "
    "another port"
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PORTS = {8888: "appconnect lab", 8700: "appconnect sandbox"}
PORT_REMEDIES = {
    8888: "appconnect lab takes the next free one by itself",
    8700: "close the other program, or choose another one: appconnect sandbox --port 0",
}
ANY_ZONE = "America/Los_Angeles"
MIN_ZONES = 400
"""The data of the time zones has more than 400 since long ago."""
MIN_SERVER_KEY = 32
"""Bytes that a key for HS256 should have: https://www.rfc-editor.org/rfc/rfc7518#section-3.2"""


def checkup() -> Iterator[Finding]:
    """Look at everything, nothing is sent anywhere, and no value of a setting is shown."""
    yield _python()
    yield _packages()
    yield checkup_jupyter.kernel()
    yield checkup_jupyter.widgets()
    yield _time_zones()
    try:
        settings = Settings.load()
    except ConfigurationError as error:
        yield failed(error.message)
        return
    yield ok(f"mode {settings.mode} (APPCONNECT_MODE: sandbox, replay or live)")
    home = _home(settings.home)
    yield home
    if home.verdict is Verdict.OK:
        yield from _memory(settings)
    yield _server_key(settings)
    for platform in registry.platforms():
        yield from checkup_live.needs(platform)
    for reason in registry.failures().values():
        yield failed(reason)
    yield _browser()
    yield from _ports()


async def online_checkup() -> list[Finding]:
    """Try every CRM's hosts, without credentials: name, network, proxy, certificate, and the clock."""
    found = await asyncio.gather(*(checkup_live.reach(each) for each in registry.platforms()))
    return [_proxies(), *(each for findings in found for each in findings)]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] <= NEWEST_TOO_OLD:
        return failed(f"Python {version} is too old; install 3.11 or newer.")
    return ok(f"Python {version} at {sys.executable}")


def _packages() -> Finding:
    """What the package asks for, without its extras."""
    asked = [Requirement(each) for each in metadata.requires("appconnect") or []]
    needed = [each for each in asked if not each.marker or each.marker.evaluate({"extra": ""})]
    missing = [str(each) for each in needed if not _installed(each)]
    if missing:
        return failed(f"not installed, or in another version: {', '.join(missing)}; run: pip install -e .")
    return ok(f"packages: appconnect {metadata.version('appconnect')} and {len(needed)} that it needs")


def _installed(wanted: Requirement) -> bool:
    try:
        return metadata.version(wanted.name) in wanted.specifier
    except metadata.PackageNotFoundError:
        return False


def _time_zones() -> Finding:
    """Whether zones can be looked up afresh, and all of them."""
    try:
        ZoneInfo.no_cache(ANY_ZONE)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return failed(
            "there is no time zone data, or it is damaged; run: pip install --force-reinstall tzdata"
        )
    count = len(available_timezones())
    if count < MIN_ZONES:
        return failed(f"there are only {count} time zones; run: pip install --force-reinstall tzdata")
    return ok(f"time zone data: {count} zones")


def _server_key(settings: Settings) -> Finding:
    """The key of assignment tokens; nothing else needs it."""
    key = settings.app_server_secret_key
    if key is None or not key.get_secret_value():
        return note(
            "APP_SERVER_SECRET_KEY is not set; live, server-side logging signs its assignment tokens with it"
        )
    if len(key.get_secret_value().encode()) < MIN_SERVER_KEY:
        return failed(
            f"APP_SERVER_SECRET_KEY is too short to sign with; use {MIN_SERVER_KEY} characters or more."
        )
    return ok("APP_SERVER_SECRET_KEY set")


def _proxies() -> Finding:
    """Which variables lead requests another way, by name only."""
    try:
        told = NetworkSettings.load()
    except ConfigurationError as error:
        return failed(error.message)
    found = [name.upper() for name in type(told).model_fields if getattr(told, name)]
    return note(f"set for the network: {', '.join(found)}") if found else ok("no proxy is set")


def _home(home: Path) -> Finding:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return ok(f"home {home} is writable")
    except OSError as error:
        advice = "make it writable, or set APPCONNECT_HOME to another folder"
        return failed(f"home {home} cannot be written ({error.strerror}): {advice}.")


def _memory(settings: Settings) -> Iterator[Finding]:
    """The store, and whether the vault opens what is in it."""
    try:
        store = Store.at(settings.home, settings.database_url)
    except AppConnectError as error:
        yield failed(error.message)
        return
    try:
        store.forget_connection("", "")  # changes nothing, but only where the store can be written
        kept = [each for name in registry.names() for each in store.connections(name)]
        yield ok(f"{str(store)[1:-1]} can be read and written; connections in it: {len(kept)}")
        vault = Vault.at(settings.home, settings.vault_key)
        for each in kept:
            vault.open(each.sealed)
        yield ok("vault opens what it has sealed")
    except AppConnectError as error:
        yield failed(error.message)
    finally:
        store.close()


def _browser() -> Finding:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path:
        return ok(f"Chromium at {path}")
    return note("no Chromium; only the browser tests need it (Debian: apt-get install chromium)")


def _ports() -> Iterator[Finding]:
    """The ports that programs of ours listen at, and those that browsers are sent back to."""
    for port, user in PORTS.items():
        yield _port(port, user, PORT_REMEDIES.get(port, ""))
    for port, crms in checkup_live.callbacks().items():
        in_use = [each.title for each in crms if checkup_live.is_set_up(each)]
        whose = f"browsers come back to it for {', '.join(each.title for each in crms)}"
        yield _port(port, whose, RETURN_REMEDY, is_needed=bool(in_use))


def _port(port: int, user: str, remedy: str = "", *, is_needed: bool = False) -> Finding:
    """Whether a port is free; one that is taken must be mended only where it ``is_needed`` for a sign-in."""
    try:
        with socket.create_server(("127.0.0.1", port)):
            return ok(f"port {port} is free ({user})")
    except OSError:
        told = f"port {port} is taken ({user}); {remedy or CLOSE_IT}"
        return failed(told) if is_needed else note(told)
