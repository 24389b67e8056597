"""A request taken away as a command or file, and found again after a restart: with keys, in a real Chromium."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from har_schema import check
from in_browser import (
    KERNEL_READY,
    SECOND,
    Lab,
    nameless,
    panel,
    screenshot,
    wider_than_shown,
)
from platforms import needs
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, needs("pipedrive")]
DONE = """from appconnect import connect
from appconnect.panels import ExportPanel, HistoryPanel

workbench = connect("pipedrive", mode="sandbox")
await workbench.sign_in()
await workbench.find_contact("+1 415 555 0142")"""


def test_a_request_is_copied_as_curl_and_all_are_saved_as_har_by_keyboard(lab: Lab, tmp_path: Path) -> None:
    lab.browser.grant_permissions(["clipboard-read", "clipboard-write"])
    page = lab.ran("export.ipynb", [DONE, "ExportPanel(workbench)"])
    shown = panel(page, "Export")
    shown.get_by_role("button", name="curl", exact=True).press("Enter")
    expect(shown.get_by_text("This runs in any shell")).to_be_visible()
    shown.get_by_role("button", name="Copy").press("Enter")
    expect(shown.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert "$PIPEDRIVE_ACCESS_TOKEN" in copied
    assert copied.splitlines()[-1].startswith("curl -X GET ")
    assert [] == [*nameless(shown), *wider_than_shown(page)]
    screenshot(shown, "export-curl")

    shown.get_by_role("button", name="HAR", exact=True).press("Enter")
    with page.expect_download() as download:
        shown.get_by_role("link", name="Save pipedrive.har").press("Enter")
    download.value.save_as(tmp_path / "mine.har")
    document = json.loads((tmp_path / "mine.har").read_text("utf-8"))
    check(document)
    assert "find_contact" in document["log"]["pages"][-1]["title"]


def test_a_command_is_copied_where_the_browser_has_no_clipboard_to_write_to(lab: Lab) -> None:
    """As from a lab on another computer, by http."""
    lab.browser.grant_permissions(["clipboard-read", "clipboard-write"])
    page = lab.ran("export.ipynb", [DONE, "ExportPanel(workbench)"])
    shown = panel(page, "Export")
    shown.get_by_role("button", name="curl", exact=True).press("Enter")
    page.evaluate(
        "() => { window.board = navigator.clipboard;"
        " Object.defineProperty(navigator, 'clipboard', { value: undefined }) }"
    )
    shown.get_by_role("button", name="Copy").press("Enter")
    expect(shown.get_by_role("button", name="Copied")).to_be_focused()
    assert "$PIPEDRIVE_ACCESS_TOKEN" in page.evaluate("() => window.board.readText()")


@pytest.mark.parametrize("width", [1400, 800])
def test_what_was_done_is_found_after_a_restart_of_the_kernel(lab: Lab, width: int) -> None:
    page = lab.ran("history.ipynb", [DONE])
    page.set_viewport_size({"width": width, "height": 1000})
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.wait_for_function(KERNEL_READY, timeout=60 * SECOND)
    page = lab.ran("later.ipynb", [DONE.split("\n\n")[0], 'HistoryPanel(connect("pipedrive"))'])
    page.set_viewport_size({"width": width, "height": 1000})
    shown = panel(page, "History")
    status = shown.get_by_role("status")
    newest = status.inner_text()
    shown.get_by_role("textbox", name="Words").press_sequentially("find_contact 4155550142")
    shown.get_by_role("textbox", name="Words").press("Enter")
    expect(status).not_to_have_text(newest)  # or what is opened is drawn anew, and closes again
    first = shown.locator(".ac-history summary").first
    expect(first).to_contain_text("find_contact")
    first.press("Enter")
    expect(
        shown.get_by_role("heading", name="Answer").or_(shown.get_by_role("heading", name="Result")).first
    ).to_be_visible()
    assert [] == [*nameless(shown), *wider_than_shown(page)]
    screenshot(shown, f"history-{width}")
