"""JupyterLab with a copy of the notebooks, and a Chromium to drive it with."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from in_browser import FLAGS, LAB_LOG, ROOT, SECOND, SIZE, TOKEN, Lab, environment_of
from playwright.sync_api import Browser, expect, sync_playwright
from ports import free_port

from appconnect.settings import CALLBACK

expect.set_options(timeout=30 * SECOND)  # a busy machine is slow, which is no fault
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run a test in the browser once more when it fails: on a starved machine JupyterLab loses clicks now and then.

    The summary names each that needed it, with "RERUN".
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def callback_port() -> None:
    """The port that sign-in returns to, free for the notebooks' own page."""
    port = urlsplit(CALLBACK).port or 0
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        pytest.fail(
            f"Port {port}, where sign-in returns to, is taken by another program; close that first.",
            pytrace=False,
        )


@pytest.fixture(scope="session")
def lab_notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of the notebooks; tests add their own to them."""
    return shutil.copytree(ROOT / "notebooks", tmp_path_factory.mktemp("lab") / "notebooks")


@pytest.fixture(scope="session")
def lab_url(callback_port: None, lab_notebooks: Path) -> Iterator[str]:
    """JupyterLab on 127.0.0.1, with settings of its own, on copies of the notebooks."""
    notebooks, home = lab_notebooks, lab_notebooks.parent
    _write_settings(home / "settings")
    port = free_port()
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root",
        "--ServerApp.port_retries=0", f"--ServerApp.root_dir={notebooks}",
        f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    with (home / LAB_LOG).open("w") as log:
        server = subprocess.Popen(command, env=environment_of(home), stderr=log)
    try:
        _wait_until_it_runs(server, home / LAB_LOG)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=60)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A Chromium for all tests of a module; no longer, for its event loop runs in the thread of the tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab_of_module(lab_url: str, browser: Browser) -> Lab:
    """JupyterLab in that Chromium, with the tabs that the tests of a module share."""
    context = browser.new_context(viewport=SIZE)
    context.set_default_timeout(30 * SECOND)
    return Lab(lab_url, context)


@pytest.fixture
def lab(lab_of_module: Lab, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """JupyterLab; for a test that is run once more, all is opened anew."""
    if getattr(request.node, "execution_count", 1) > 1:
        lab_of_module.close_all()
    yield lab_of_module
    lab_of_module.browser.clear_permissions()
    lab_of_module.browser.unroute_all()
    lab_of_module.close_others()


def _write_settings(folder: Path) -> None:
    file = folder / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(NO_NEWS))


def _wait_until_it_runs(server: subprocess.Popen[bytes], log: Path) -> None:
    while server.poll() is None:
        if "is running at" in log.read_text("utf-8"):
            return
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text('utf-8')}")
