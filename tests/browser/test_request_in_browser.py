"""The request panel as a person uses it: with the keyboard alone, in JupyterLab in a real Chromium."""

from __future__ import annotations

import pytest
from in_browser import Lab, panel, screenshot
from platforms import needs
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, needs("pipedrive")]
CODE = """from appconnect import connect
from appconnect.panels import RequestPanel

workbench = connect("pipedrive", mode="sandbox")
await workbench.sign_in()
RequestPanel(workbench)"""


@pytest.fixture
def page(lab: Lab) -> Page:
    """A notebook that shows the panel."""
    return lab.ran("request_panel.ipynb", [CODE])


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until a control has the focus."""
    for _ in range(12):
        if wanted.evaluate("control => control === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"The Tab key never came to {wanted}.")


def test_a_request_is_written_sent_and_read_with_the_keyboard_alone(page: Page) -> None:
    shown = panel(page, "Request")
    path, send = (
        shown.get_by_role("textbox", name="Path"),
        shown.get_by_role("button", name="Send", exact=True),
    )
    path.focus()

    page.keyboard.type("search persons")
    known = shown.get_by_role("listbox", name="Known paths")
    expect(known.get_by_role("option")).to_have_count(2)
    tab_to(page, known)
    page.keyboard.press("ArrowDown")
    expect(path).to_have_value("/api/v2/persons/search")
    screenshot(shown, "request-completed")

    tab_to(page, shown.get_by_role("textbox", name="Query"))
    page.keyboard.type("term=4155550142")
    tab_to(page, send)
    page.keyboard.press("Enter")
    expect(shown.get_by_text("200 OK")).to_be_visible()

    shown.locator(".ac-json summary").filter(has_text="items: [").focus()
    for _ in ("items", "0", "item"):
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
    expect(shown.get_by_text('"Nia Holt"').first).to_be_visible()
    screenshot(shown, "request-tree")

    shown.get_by_role("radio", name="Tree").focus()
    page.keyboard.press("ArrowRight")
    expect(shown.get_by_role("columnheader", name="item.name", exact=True)).to_be_visible()
    screenshot(shown, "request-table")


def test_broken_json_is_told_by_its_place_and_is_not_sent(page: Page) -> None:
    shown = panel(page, "Request")
    method = shown.get_by_role("combobox", name="Method")
    method.focus()
    page.keyboard.press("ArrowDown")
    expect(method).to_have_value("POST")
    page.keyboard.press("Tab")
    page.keyboard.type("/api/v2/persons")
    body = shown.get_by_role("textbox", name="JSON body")
    tab_to(page, body)
    page.keyboard.type('{"name": Ada}')
    expect(shown.get_by_text("Line 1, column 10")).to_be_visible()
    tab_to(page, shown.get_by_role("button", name="Send", exact=True))
    page.keyboard.press("Space")
    expect(shown.get_by_text("The body is no JSON.")).to_be_visible()
    screenshot(shown, "request-broken-json")

    body.fill('{"name": "Ada New"}')
    expect(shown.get_by_text("✓ JSON: an object with 1 field")).to_be_visible()
    shown.get_by_role("button", name="Send", exact=True).press("Enter")
    expect(shown.get_by_text("201 Created").or_(shown.get_by_text("200 OK"))).to_be_visible()
    again = shown.get_by_role("combobox", name="Sent before")
    expect(again.locator("option", has_text="POST /api/v2/persons")).to_have_count(1)
