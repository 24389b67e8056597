"""A browser reads our HAR files: it answers a page's requests from one, and saves the one that the panel links."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from platforms import OAUTH
from playwright.sync_api import sync_playwright
from workbench_steps import nia, signed_in

from appconnect.panels import ExportPanel

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
ASK = "async url => (await fetch(url)).json()"


@pytest.mark.browser
def test_a_browser_answers_from_the_file_that_the_panel_links(chromium: str, tmp_path: Path) -> None:
    async def work() -> tuple[str, str, object]:
        workbench = await signed_in(OAUTH)
        await nia(workbench)
        panel = ExportPanel(workbench)
        panel.people.value = True
        await panel.har()
        read = next(each for each in workbench.trace if each.method == "GET" and each.operation == 2)
        return panel.result.value, read.url.replace("<", "%3C").replace(">", "%3E"), read.response_body

    link, url, answer = asyncio.run(work())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page()
        page.set_content(link)
        with page.expect_download() as download:
            page.get_by_role("link").click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        page.route_from_har(file, not_found="abort")
        host = url.split("/", 3)[2]
        page.route(f"https://{host}/start", lambda route: route.fulfill(body="", content_type="text/html"))
        page.goto(f"https://{host}/start")
        assert answer == page.evaluate(ASK, url)
        browser.close()
    assert "1.2" == json.loads(file.read_text("utf-8"))["log"]["version"]
