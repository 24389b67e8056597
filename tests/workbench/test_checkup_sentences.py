"""What ``appconnect doctor`` says of each thing, to the letter: what was found, and what to do about it."""

from __future__ import annotations

import shutil
import socket
import zoneinfo
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from acme import AcmeSettings, acme
from platforms import needs
from ports import free_port

from appconnect.connectors import registry
from appconnect.errors import ConfigurationError
from appconnect.workbench import checkup as machine
from appconnect.workbench import checkup_live, environment
from appconnect.workbench.checkup import online_checkup
from appconnect.workbench.findings import failed, note, ok

PORTS = machine.PORTS
BROKEN = ConfigurationError("ACME_PASS_PHRASE cannot be read.")


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path))
    monkeypatch.setattr(machine, "PORTS", {})
    return tmp_path


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def told() -> list[str]:
    return [str(each) for each in machine.checkup()]


def test_a_machine_that_is_well(home: Path) -> None:
    lines = told()
    version = metadata.version("appconnect")
    for line in (
        "ok      kernel: notebooks of appconnect lab run in this Python",
        "ok      panels: JupyterLab has the extension that shows them",
        "ok      mode sandbox (APPCONNECT_MODE: sandbox, replay or live)",
        f"ok      home {home} is writable",
        f"ok      Store {home / 'appconnect.sqlite3'} can be read and written; connections in it: 0",
        "ok      vault opens what it has sealed",
        "note    APP_SERVER_SECRET_KEY is not set; "
        "live, server-side logging signs its assignment tokens with it",
    ):
        assert line in lines
    [packages] = [line for line in lines if line.startswith("ok      packages: ")]
    assert packages.startswith(f"ok      packages: appconnect {version} and ")
    assert packages.endswith(" that it needs")


def test_a_package_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = metadata.version

    def version(name: str) -> str:
        if name == "httpx":
            raise metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(metadata, "version", version)
    [wanted] = [each for each in metadata.requires("appconnect") or [] if each.startswith("httpx")]
    found = machine._packages()
    assert failed(f"not installed, or in another version: {wanted}; run: pip install -e .") == found


def test_a_browser_is_found_by_any_of_its_names_or_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        monkeypatch.setattr(shutil, "which", {name: f"/opt/{name}"}.get)
        assert ok(f"Chromium at /opt/{name}") == machine._browser()
    monkeypatch.setattr(shutil, "which", lambda _: None)
    missing = "no Chromium; only the browser tests need it (Debian: apt-get install chromium)"
    assert note(missing) == machine._browser()


@pytest.mark.parametrize("error", [ValueError, zoneinfo.ZoneInfoNotFoundError, OSError])
def test_time_zones_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def fails(_: str) -> None:
        raise error

    monkeypatch.setattr(machine, "ZoneInfo", SimpleNamespace(no_cache=fails))
    sentence = "there is no time zone data, or it is damaged; run: pip install --force-reinstall tzdata"
    assert failed(sentence) == machine._time_zones()


@pytest.mark.parametrize(("count", "is_well"), [(399, False), (400, True)])
def test_time_zones_are_counted(monkeypatch: pytest.MonkeyPatch, count: int, is_well: bool) -> None:
    monkeypatch.setattr(machine, "available_timezones", lambda: set(range(count)))
    few = failed(f"there are only {count} time zones; run: pip install --force-reinstall tzdata")
    assert (ok(f"time zone data: {count} zones") if is_well else few) == machine._time_zones()


@pytest.mark.parametrize(("length", "is_long"), [(31, False), (32, True)])
def test_a_server_key_has_32_characters(monkeypatch: pytest.MonkeyPatch, length: int, is_long: bool) -> None:
    monkeypatch.setenv("APP_SERVER_SECRET_KEY", "k" * length)
    short = "FAILED  APP_SERVER_SECRET_KEY is too short to sign with; use 32 characters or more."
    assert ("ok      APP_SERVER_SECRET_KEY set" if is_long else short) in told()


def test_a_home_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    (home / "file").write_text("")
    advice = "make it writable, or set APPCONNECT_HOME to another folder"
    inside = home / "file" / "home"
    assert failed(f"home {inside} cannot be written (Not a directory): {advice}.") == machine._home(inside)
    monkeypatch.setenv("APPCONNECT_HOME", str(inside))
    assert not [line for line in told() if "vault" in line]


# -- ports --


def test_each_port_of_ours_says_who_has_it_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    assert {8888: "appconnect lab", 8700: "appconnect sandbox"} == PORTS
    assert {
        8888: "appconnect lab takes the next free one by itself",
        8700: "close the other program, or choose another one: appconnect sandbox --port 0",
    } == machine.PORT_REMEDIES
    monkeypatch.setattr(machine, "PORTS", {taken: "the tests"})
    other = "close the other program, or choose another port"
    assert f"note    port {taken} is taken (the tests); {other}" in told()
    monkeypatch.setattr(machine, "PORT_REMEDIES", {taken: "wait"})
    assert f"note    port {taken} is taken (the tests); wait" in told()


@pytest.mark.parametrize("is_set_up", [True, False])
def test_a_port_that_browsers_come_back_to_must_be_free_only_where_a_sign_in_needs_it(
    monkeypatch: pytest.MonkeyPatch, taken: int, is_set_up: bool
) -> None:
    platform = acme()
    monkeypatch.setattr(checkup_live, "callbacks", lambda: {taken: [platform, platform]})
    if is_set_up:
        monkeypatch.setenv("ACME_PASS_PHRASE", "quiet as 7 mice")
    verdict = "FAILED" if is_set_up else "note"
    whose = "browsers come back to it for Acme, Acme"
    remedy = (
        "close the other program (or the notebook that still waits there), "
        "or register a redirect address with another port"
    )
    assert f"{verdict:<7} port {taken} is taken ({whose}); {remedy}" in told()


@needs("bullhorn", "pipedrive")
def test_crms_that_share_a_port_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("PIPEDRIVE_REDIRECT_URI", f"http://localhost:{port}/callback")
    monkeypatch.setenv("BULLHORN_REDIRECT_URI", f"http://127.0.0.1:{port}/callback")
    titles = [each.title for each in registry.platforms() if each.name in ("bullhorn", "pipedrive")]
    assert f"ok      port {port} is free (browsers come back to it for {', '.join(titles)})" in told()


# -- the CRMs --


def test_settings_of_a_crm_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AcmeSettings, "load", _broken)
    assert [failed(f"Acme: {BROKEN.message}")] == list(checkup_live.needs(acme()))
    assert not checkup_live.is_set_up(acme())


def test_what_is_set_for_a_crm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_PASS_PHRASE", "quiet as 7 mice")
    assert [ok("Acme: ACME_PASS_PHRASE set")] == list(checkup_live.needs(acme()))


@needs("pipedrive")
def test_an_address_that_is_elsewhere_is_pasted(monkeypatch: pytest.MonkeyPatch) -> None:
    platform = registry.platform("pipedrive")
    for name, value in (
        ("CLIENT_ID", "a1b2c3"),
        ("CLIENT_SECRET", "d4e5f6a7"),
        ("REDIRECT_URI", "https://a.example/cb"),
    ):
        monkeypatch.setenv(f"PIPEDRIVE_{name}", value)
    [first, *others] = checkup_live.needs(platform)
    assert "ok      Pipedrive: " == str(first)[:19]
    assert [
        note(
            "Pipedrive: PIPEDRIVE_REDIRECT_URI is not a page on this computer, so the address that the "
            "browser ends at is pasted when signing in"
        )
    ] == others


async def test_a_crm_without_a_host_to_try() -> None:
    platform = acme()
    rules = replace(platform.connector.rules, hosts=("*.acme.test",))
    connector = type("Everywhere", (platform.connector,), {"rules": rules})
    assert [
        note("Acme: no host to try; its Platform states none in reachable_at")
    ] == await checkup_live.reach(replace(platform, connector=connector))


async def test_hosts_are_tried_though_settings_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network() -> None:
        raise ConfigurationError("HTTPS_PROXY is no address.")

    monkeypatch.setattr(AcmeSettings, "load", _broken)
    monkeypatch.setattr(environment, "network", no_network)
    assert [failed("Acme: HTTPS_PROXY is no address.")] == await checkup_live.reach(acme())


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("https://eu.acme.test/v1", ["api.acme.test", "eu.acme.test"]),
        ("https://elsewhere.test", ["api.acme.test"]),
        ("https://[half", ["api.acme.test"]),
        ("no address", ["api.acme.test"]),
    ],
)
def test_of_the_addresses_that_are_set_the_crm_s_own_hosts_are_tried_too(
    monkeypatch: pytest.MonkeyPatch, address: str, hosts: list[str]
) -> None:
    class WithAddress(AcmeSettings):
        address: str = ""

    platform = acme()
    rules = replace(platform.connector.rules, hosts=("api.acme.test", "*.acme.test"))
    connector = type("Everywhere", (platform.connector,), {"rules": rules})
    monkeypatch.setenv("ACME_ADDRESS", address)
    assert hosts == checkup_live._hosts(replace(platform, connector=connector, settings=WithAddress))


async def test_proxies_are_named_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "platforms", list)
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    assert [ok("no proxy is set")] == await online_checkup()
    monkeypatch.setenv("HTTPS_PROXY", "http://rae:s3cret@proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "localhost")
    assert [note("set for the network: HTTPS_PROXY, NO_PROXY")] == await online_checkup()
    monkeypatch.setenv("HTTPS_PROXY", "gopher://s3cret")
    [found] = await online_checkup()
    assert found == failed(found.what)
    assert ("HTTPS_PROXY" in found.what, "s3cret" in found.what) == (True, False)


@classmethod  # type: ignore[misc]
def _broken(_: type) -> None:
    raise BROKEN
