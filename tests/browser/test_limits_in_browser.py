"""Two jobs done from panels alone, in a real browser: which request used up the budget, and a fault on purpose."""

from __future__ import annotations

import pytest
from in_browser import Lab, panel, screenshot
from platforms import needs
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, needs("pipedrive")]
NOTEBOOK = "34_limits_and_retries.ipynb"
ASKS_ONCE_MORE = "practice.trace[-1].tries"


def test_we_get_429_and_find_which_request_used_up_the_budget(lab: Lab) -> None:
    page = lab.ran(NOTEBOOK)
    limits = panel(page, "Rate limits").last
    expect(limits.get_by_text("the day's budget of 300 is used up").first).to_be_visible()
    show, total = limits.get_by_role("combobox", name="Show"), limits.get_by_text("The most first; open one")
    of_everything = total.inner_text()
    show.focus()
    page.keyboard.press("End")  # the newest refusal
    expect(show.locator("option:checked")).to_contain_text("refused at")
    expect(total).not_to_have_text(of_everything)  # or what is opened is drawn anew, and closes again
    verdict = limits.locator(".ac-note").filter(has_text="was refused")
    expect(verdict).to_contain_text("Used by list users")
    expect(verdict).to_contain_text("The dearest request of list users")

    used_most = limits.locator(".ac-use > summary").first
    expect(used_most).to_contain_text("list users")
    used_most.focus()
    page.keyboard.press("Enter")
    rows = limits.locator(".ac-use[open]").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("GET /v1/users")
    expect(rows.nth(1).get_by_role("cell").nth(4)).to_have_text("20")
    screenshot(limits, "limits-budget-used-up")

    times = limits.get_by_role("spinbutton", name="How often")
    times.fill("12400")
    times.press("Enter")
    limits.get_by_role("combobox", name="On plan").select_option("Lite")
    expect(limits.get_by_text("days on Lite").first).to_be_visible()
    screenshot(limits, "limits-forecast")


def test_a_fault_is_armed_by_keys_and_meets_the_request_of_another_cell(lab: Lab) -> None:
    page = lab.ran(NOTEBOOK)
    sandbox = panel(page, "Sandbox")
    expect(_output(page)).to_contain_text("('2 active users', 1)")
    incident = sandbox.get_by_role("combobox", name="Incident")
    incident.select_option("A garbled answer")
    expect(sandbox.get_by_text("The work is done, and its answer is no JSON.")).to_be_visible()
    sandbox.get_by_role("button", name="Arm this fault").press("Enter")
    expect(sandbox.get_by_text("the next request: malformed answer", exact=True)).to_be_visible()
    screenshot(sandbox, "sandbox-armed")

    _cell(page).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(sandbox.get_by_text("No fault waits.")).to_be_visible()
    expect(_output(page)).to_contain_text("('Pipedrive is not working right now', 1)")

    sandbox.get_by_role("button", name="People").press("Enter")
    sandbox.get_by_role("textbox", name="Name").fill("Jo <Lindt>")
    sandbox.get_by_role("textbox", name="Number").fill("+1 415 555 0198")
    sandbox.get_by_role("textbox", name="Number").press("Enter")
    expect(sandbox.get_by_role("cell", name="Jo <Lindt>")).to_be_visible()
    screenshot(sandbox, "sandbox-people")
    page.set_viewport_size({"width": 800, "height": 1200})
    assert 0 == sandbox.evaluate("panel => panel.scrollWidth - panel.clientWidth")


def _cell(page: Page) -> Locator:
    return page.locator(".jp-CodeCell").filter(has_text=ASKS_ONCE_MORE)


def _output(page: Page) -> Locator:
    return _cell(page).locator(".jp-OutputArea-output").first
