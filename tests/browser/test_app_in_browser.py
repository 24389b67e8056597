"""The workbench without code, as ``appconnect app`` serves it: in a real Chromium, with clicks and keys."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from in_browser import SECOND, environment_of, nameless, panel, screenshot, wider_than_shown
from platforms import needs
from playwright.sync_api import Browser, Page, expect
from ports import free_port

pytestmark = [pytest.mark.browser, needs("pipedrive"), needs("redtail")]


@pytest.fixture(scope="module")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home: Path = tmp_path_factory.mktemp("app")
    port = free_port()
    command = [sys.executable, "-m", "appconnect", "app", "--no-browser", f"--port={port}"]
    server = subprocess.Popen(
        command,
        cwd=home,
        env=environment_of(home),
        stderr=subprocess.STDOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        said = next((line for line in server.stdout if "running at" in line), "")
        threading.Thread(target=server.stdout.read, daemon=True).start()
        assert said, "Voilà did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=60)


@pytest.fixture
def page(app_url: str, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(30 * SECOND)
    page.goto(app_url)
    page.get_by_role("combobox", name="CRM").wait_for(timeout=60 * SECOND)
    yield page
    page.close()


def test_the_page_fetches_nothing_from_elsewhere(app_url: str, browser: Browser) -> None:
    """So that it opens at once without the internet."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(app_url)
    page.get_by_role("combobox", name="CRM").wait_for(timeout=60 * SECOND)
    page.close()
    assert len(asked) > 5
    assert [] == [each for each in asked if not each.startswith((app_url, "data:", "blob:"))]


def open_tab(page: Page, title: str) -> None:
    page.get_by_role("tab", name=title, exact=True).click()
    expect(panel(page, title).last).to_be_visible()


def test_a_call_is_logged_without_code(page: Page) -> None:
    page.get_by_role("combobox", name="CRM").select_option("Pipedrive")
    expect(page.get_by_text("Pipedrive · sandbox · not signed in")).to_be_visible()
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Connected to Pipedrive as Rae Quill")).to_be_visible()
    page.get_by_role("tab", name="Connect").press("ArrowRight")
    page.keyboard.press("Enter")
    query = page.get_by_role("textbox", name="Number or name")
    query.fill("+1 415 555 0142")
    query.press("Enter")
    expect(page.get_by_text("Nia Holt is chosen")).to_be_visible()
    screenshot(page, "app-contacts")
    open_tab(page, "Call log")
    page.get_by_role("textbox", name="Note", exact=True).fill("Asked for a quote")
    page.get_by_role("button", name="Log call").click()
    expect(page.get_by_text("Call logged", exact=True)).to_be_visible()
    screenshot(page, "app-call-logged")
    open_tab(page, "Timeline")
    expect(page.get_by_role("treeitem", name="log_call")).to_be_visible()

    page.get_by_role("combobox", name="CRM").select_option("Redtail")
    expect(page.get_by_text("Redtail · sandbox · not signed in")).to_be_visible()
    expect(page.get_by_text("Nia Holt is chosen")).to_have_count(0)


@pytest.mark.parametrize("width", [1400, 800])
def test_in_every_tab_all_controls_have_names_and_nothing_is_cut_off(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Connected to")).to_be_visible()
    tabs = page.get_by_role("tab").all_inner_texts()
    bad = {}
    for title in tabs:
        open_tab(page, title)
        if found := [*nameless(panel(page, title).last), *wider_than_shown(page)]:
            bad[title] = found
        screenshot(page, f"app-{title.lower().replace(' ', '-')}-{width}")
    assert {} == bad
