"""JupyterLab with a copy of the notebooks, and a Chromium to drive it with."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
TOKEN = "in-the-browser-test"
SECOND = 1000
KERNEL_READY = """() => {
    const context = window.jupyterapp.shell.currentWidget?.sessionContext;
    return context?.isReady && context.session?.kernel?.status === 'idle';
}"""
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}


@dataclass
class Lab:
    """A running JupyterLab, seen by one browser."""

    url: str
    browser: BrowserContext

    def open(self, notebook: str) -> Page:
        """The notebook in a fresh tab, its kernel ready."""
        page = self.browser.new_page()
        page.goto(f"{self.url}/lab/tree/{notebook}?token={TOKEN}&reset")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60 * SECOND)
        page.wait_for_function(KERNEL_READY, timeout=60 * SECOND)
        return page


def run_all(page: Page) -> None:
    """Run all cells, and wait until the last one has its number."""
    page.evaluate(
        "() => { window.ranAll = false;"
        " window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => { window.ranAll = true; }); }"
    )
    page.wait_for_function("() => window.ranAll", timeout=40 * SECOND)


@pytest.fixture(scope="session")
def lab_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab on 127.0.0.1, with settings of its own, on copies of the notebooks."""
    home = tmp_path_factory.mktemp("lab")
    notebooks = shutil.copytree(ROOT / "notebooks", home / "notebooks")
    _write_settings(home / "settings")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root",
        "--ServerApp.port_retries=0", f"--ServerApp.root_dir={notebooks}",
        f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    server = subprocess.Popen(command, env=_environment(home), stderr=subprocess.PIPE, text=True)
    try:
        _wait_until_it_runs(server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture
def lab(lab_url: str, chromium: str) -> Iterator[Lab]:
    """A browser of its own for each test."""
    with sync_playwright() as playwright:
        browser = _launch(playwright.chromium, chromium)
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        context.set_default_timeout(30 * SECOND)
        yield Lab(lab_url, context)
        context.close()
        browser.close()


def _launch(kind: object, path: str) -> Browser:
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    return kind.launch(executable_path=path, args=arguments)  # type: ignore[attr-defined,no-any-return]


def _write_settings(folder: Path) -> None:
    file = folder / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(NO_NEWS))


def _environment(home: Path) -> dict[str, str]:
    places = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime"}
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("APPCONNECT_")},
        **{f"JUPYTER_{name}": str(home / folder) for name, folder in places.items()},
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "APPCONNECT_HOME": str(home / "appconnect"),
    }


def _wait_until_it_runs(server: subprocess.Popen[str]) -> None:
    assert server.stderr is not None
    said: list[str] = []
    for line in server.stderr:
        said.append(line)
        if "is running at" in line:
            threading.Thread(target=server.stderr.read, daemon=True).start()
            return
    pytest.fail(f"JupyterLab did not start:\n{''.join(said)}")
