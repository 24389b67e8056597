"""A log has the wrong time: a person finds the zone behind it from panels alone, typing, clicking, by keyboard."""

from __future__ import annotations

import pytest
from in_browser import Lab, panel, screenshot
from platforms import needs
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, needs("insightly")]
CELLS = (
    "from appconnect.panels import *\n"
    "from appconnect.workbench import connect\n"
    "workbench = connect('insightly', mode='sandbox')\n"
    "await workbench.sign_in()\n"
    "contacts = ContactsPanel(workbench)\n"
    "contacts",
    "form = CallLogPanel(workbench, contacts)\nform",
    "ValueOriginsPanel(workbench, form)",
)
WIDTHS = (800, 1400)


def shown_in(page: Page, theme: str) -> None:
    command = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
    page.evaluate(command, f"JupyterLab {theme}")


def tabbed_to(page: Page, name: str) -> None:
    """Press Tab until a control of this name has the focus."""
    for _ in range(12):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const e = document.activeElement; return [e.textContent, e.ariaLabel, e.title,"
            " ...[...(e.labels || [])].map(each => each.textContent)].join(' '); }"
        )
        if name in focused:
            return
    raise AssertionError(f"Tab does not reach {name!r}")


def test_a_person_finds_the_zone_of_a_wrong_time(lab: Lab) -> None:
    page = lab.ran("wrong_time.ipynb", CELLS)

    contacts = panel(page, "Contacts")
    contacts.get_by_role("textbox", name="Number or name").fill("+1 415 555 0142")
    contacts.get_by_role("textbox", name="Number or name").press("Enter")
    expect(contacts.get_by_text("Nia Holt is chosen")).to_be_visible()

    form = panel(page, "Call log")
    form.get_by_role("textbox", name="Start (UTC)").fill("2026-01-02 09:12")
    form.get_by_role("textbox", name="Note", exact=True).fill("She rang in the morning")
    form.get_by_role("button", name="Log call").click()
    expect(form.get_by_text("Call logged")).to_be_visible()
    expect(form.get_by_text("2026-01-02 01:12").first).to_be_visible()  # in New York, it was 04:12

    origins = panel(page, "Value origins")
    expected = origins.get_by_role("textbox", name="You expected")
    expected.fill("04:12")
    expected.press("Enter")
    expect(origins.get_by_text("Nothing was written.").first).to_be_visible()
    expect(origins.get_by_text("09:12 UTC = 01:12 America/Los_Angeles").first).to_be_visible()
    expect(origins.get_by_text("04:12 is the time in UTC-05:00 (America/New_York)")).to_be_visible()
    expect(
        origins.get_by_text("The zone in use is America/Los_Angeles, from Insightly’s user.")
    ).to_be_visible()

    expected.focus()
    tabbed_to(page, "Show only")
    page.keyboard.type("start_date")
    page.keyboard.press("Tab")
    expect(origins.get_by_role("rowheader", name="START_DATE_UTC")).to_be_visible()
    expect(origins.get_by_role("rowheader", name="DETAILS")).to_have_count(0)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1600})
        screenshot(origins, f"value-origins-{width}")


def test_its_panel_can_be_read_at_every_width_in_both_themes(lab: Lab) -> None:
    page = lab.ran("wrong_time.ipynb", CELLS)
    contacts = panel(page, "Contacts")
    contacts.get_by_role("textbox", name="Number or name").fill("+1 415 555 0142")
    contacts.get_by_role("textbox", name="Number or name").press("Enter")
    expect(contacts.get_by_text("Nia Holt is chosen")).to_be_visible()
    origins = panel(page, "Value origins")
    origins.get_by_role("textbox", name="You expected").fill("04:12")
    origins.get_by_role("button", name="Explain").click()
    expect(origins.get_by_role("rowheader", name="LINK_OBJECT_ID")).to_be_visible()
    for theme in ("Light", "Dark"):
        shown_in(page, theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 2200})
            expect(origins).to_be_visible()
            is_cut = origins.evaluate("each => each.scrollWidth > each.clientWidth + 1")
            assert not is_cut, (theme, width)
            screenshot(origins, f"value-origins-{theme.lower()}-{width}")


def test_a_refused_answer_is_explained_and_opens_by_keyboard(lab: Lab) -> None:
    page = lab.ran("refused.ipynb", [*CELLS, "form.log_id = '999999'; await form.read(); form"])
    form = panel(page, "Call log").last
    summary = form.locator(".ac-explained summary")
    expect(summary).to_contain_text("There is no such record")
    expect(form.get_by_text("What to do")).not_to_be_visible()
    summary.focus()
    page.keyboard.press("Enter")
    expect(form.get_by_text("What to do")).to_be_visible()
    link = form.get_by_role("link", name="https://api.na1.insightly.com/v3.1/")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    for theme in ("Light", "Dark"):
        shown_in(page, theme)
        screenshot(form, f"explained-{theme.lower()}")
