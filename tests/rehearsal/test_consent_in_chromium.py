"""The consent page at the CRM's own address, in a real Chromium that goes through the proxy."""

from __future__ import annotations

import asyncio

import pytest
from live_machine import address_in, printed
from platforms import OAUTH, OAUTH_TITLE
from playwright.async_api import async_playwright, expect
from rehearsed import Computer

from appconnect.workbench import connect

pytestmark = pytest.mark.browser
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


async def test_a_person_approves_at_the_crms_own_address(
    here: Computer, chromium: str, capsys: pytest.CaptureFixture[str]
) -> None:
    signing_in = asyncio.create_task(connect(OAUTH).sign_in())
    address = address_in(await printed(capsys, r"https://\S+\n"))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=[*FLAGS, f"--proxy-server={here.internet.proxy_address}"]
        )
        page = await browser.new_page(ignore_https_errors=True)
        await page.goto(address)
        await page.get_by_role("button", name="Approve").click()
        await expect(page.get_by_role("heading", name="Connected")).to_be_visible()
        await browser.close()
    assert f"Connected to {OAUTH_TITLE} as Rae Quill" == (await signing_in).message
