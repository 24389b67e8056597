"""What every test starts from: a machine without this person's settings, and a browser if there is one."""

from __future__ import annotations

import os
import shutil

import pytest

OURS = ("APPCONNECT_", "APP_SERVER_", "DATABASE_URL", "PIPEDRIVE_", "BULLHORN_", "INSIGHTLY_", "REDTAIL_")
KEPT = ("APPCONNECT_REQUIRE_BROWSER",)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests mean the same on every machine, whatever its environment says."""
    for name in list(os.environ):
        if name.startswith(OURS) and name not in KEPT:
            monkeypatch.delenv(name)


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
