"""The timeline as a person uses it, by typing, clicking and keys: in JupyterLab in a real Chromium."""

from __future__ import annotations

import re

import pytest
from in_browser import SECOND, Lab, panel, screenshot
from platforms import needs
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, needs("pipedrive")]
SIZES = {"wide": 1400, "narrow": 800}


@pytest.fixture
def page(lab: Lab) -> Page:
    return lab.ran("32_debug_an_exchange.ipynb")


def timeline(page: Page) -> Locator:
    shown = panel(page, "Timeline").first
    expect(shown.get_by_role("treeitem").first).to_be_visible()
    return shown


def show_everything(shown: Locator) -> None:
    shown.get_by_label("Operation", exact=True).select_option(label="all")
    shown.get_by_label("Status", exact=True).select_option(label="any")


def selected(shown: Locator) -> Locator:
    return shown.get_by_role("treeitem", selected=True)


def test_a_refused_request_is_found_opened_mended_and_sent_again(page: Page) -> None:
    shown = timeline(page)
    shown.get_by_role("button", name="Stop comparing").click()
    show_everything(shown)
    shown.get_by_label("Find", exact=True).fill("delivery post 400")
    shown.get_by_label("Find", exact=True).press("Tab")
    refused = shown.get_by_role("treeitem", name=re.compile("POST .*activities, 400"))
    expect(refused).to_have_count(1)
    refused.click()
    expect(shown.get_by_text("names a record that is not there").first).to_be_visible()
    screenshot(shown, "timeline-refused")

    shown.get_by_role("button", name="Edit and send …").press("Enter")
    body = shown.get_by_label("JSON body", exact=True)
    body.fill('{"subject": ')
    expect(shown.get_by_text("The body is no JSON. Line 1")).to_be_visible()
    expect(shown.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    body.fill('{"subject": "Delivery", "participants": [{"person_id": 501, "primary": true}]}')
    screenshot(shown, "timeline-editing")
    shown.get_by_label("Find", exact=True).fill("")
    shown.get_by_role("button", name="Send", exact=True).click()
    expect(shown.get_by_text("was answered with 200")).to_be_visible()
    expect(selected(shown)).to_have_attribute("aria-label", re.compile("POST .*activities, 200"))
    expect(shown.get_by_role("cell", name="answer.status")).to_be_visible()
    screenshot(shown, "timeline-mended")


def test_the_list_is_worked_by_keys_alone(page: Page) -> None:
    shown = timeline(page)
    show_everything(shown)
    rows = shown.get_by_role("treeitem")
    first = shown.get_by_role("treeitem", name=re.compile("^list_users"))
    expect(first).to_have_attribute("aria-expanded", "true")
    selected(shown).focus()
    page.keyboard.press("Home")
    expect(first).to_be_focused()
    expect(selected(shown)).to_have_attribute("aria-label", re.compile("^list_users"))
    page.keyboard.press("ArrowDown")
    expect(shown.locator("h4").filter(has_text="GET /v1/users → 429")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    before = rows.count()
    page.keyboard.press("ArrowLeft")
    expect(first).to_have_attribute("aria-expanded", "false")
    expect(rows).to_have_count(before - 2)
    page.keyboard.press("ArrowRight")
    expect(rows).to_have_count(before)
    page.keyboard.press("End")
    expect(rows.last).to_be_focused()
    assert 1 == shown.locator("[role=treeitem][tabindex='0']").count()
    page.keyboard.press("Tab")
    expect(rows.last).not_to_be_focused()
    shown.get_by_role("button", name="Fold all").press("Enter")
    expect(rows.filter(has_text="GET")).to_have_count(0)


def test_the_panel_follows_and_fits_in_both_themes_at_any_width(page: Page) -> None:
    shown = timeline(page)
    show_everything(shown)
    shown.get_by_label("Order", exact=True).select_option(label="Following")
    tree = shown.get_by_role("tree")
    tree.scroll_into_view_if_needed()
    expect(shown.get_by_role("treeitem").last).to_be_in_viewport(timeout=5 * SECOND)
    assert tree.evaluate("tree => tree.scrollTop + tree.clientHeight >= tree.scrollHeight - 8")
    wider = {}
    for theme in ("Light", "Dark"):
        page.evaluate(
            "theme => { window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }",
            f"JupyterLab {theme}",
        )
        page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light", arg=str(theme == "Light").lower()
        )
        for size, width in SIZES.items():
            page.set_viewport_size({"width": width, "height": 1800})
            wider[theme, size] = shown.evaluate("panel => panel.scrollWidth - panel.clientWidth")
            screenshot(shown, f"timeline-{theme.lower()}-{size}")
    assert {0} == set(wider.values())
