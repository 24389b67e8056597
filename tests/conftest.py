"""What every test starts from: a machine without this person's settings, and a browser if there is one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from appconnect import settings

ROOT = Path(__file__).parent.parent
OURS = ("APPCONNECT_", "APP_SERVER_", "DATABASE_URL", "PIPEDRIVE_", "BULLHORN_", "INSIGHTLY_", "REDTAIL_")
KEPT = ("APPCONNECT_REQUIRE_BROWSER",)


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
