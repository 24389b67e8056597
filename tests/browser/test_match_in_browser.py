"""Finding why Lena is not a match for Nia's number, from the panel alone: typed, clicked, and by keys."""

from __future__ import annotations

import pytest
from in_browser import Lab, panel, screenshot
from platforms import needs
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, needs("pipedrive", "insightly")]


TALL = 12_000
"""So many pixels show every cell: JupyterLab takes those out of the page that are far from where one looks."""


def open_panel(lab: Lab) -> tuple[Page, Locator]:
    page = lab.ran("33_why_no_match.ipynb", height=TALL)
    return page, panel(page, "Match")


def test_a_person_finds_why_lena_is_not_a_match_for_nias_number(lab: Lab) -> None:
    _, match = open_panel(lab)
    number = match.get_by_role("textbox", name="Number", exact=True)
    whom = match.get_by_role("textbox", name="Expected")

    number.fill("")
    number.press("Enter")
    expect(match.get_by_text("Type a phone number first.")).to_be_visible()
    expect(match.get_by_text("Nothing has been searched for yet.")).to_be_visible()
    screenshot(match, "match-empty")

    number.fill("(415) 555-0142")
    whom.fill("Lena")
    match.get_by_role("button", name="Explain").click()
    lena = match.locator("section").filter(has_text="Lena Fuzz")
    expect(lena.get_by_text("✕ no match")).to_be_visible()
    expect(lena.get_by_text("+49 4155 5501 4299: The number is only a part of a longer one.")).to_be_visible()
    nia = match.locator("section").filter(has_text="Nia Holt")
    expect(nia.get_by_text("✓ match")).to_be_visible()
    screenshot(match, "match-lena")

    match.locator("summary").filter(has_text="What Pipedrive was asked").click()
    expect(match.get_by_role("cell", name="2: person 501, person 504")).to_be_visible()
    match.locator("summary").filter(has_text="How the number was read").click()
    expect(match.get_by_text("assumed from APPCONNECT_DEFAULT_REGION")).to_be_visible()


def test_the_same_is_done_by_keys_alone_and_read_in_the_dark_where_there_is_little_room(lab: Lab) -> None:
    page, match = open_panel(lab)
    number = match.get_by_role("textbox", name="Number", exact=True)
    number.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("+1 415 555 0143")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("Nia")
    page.keyboard.press("Enter")
    nia = match.locator("section").filter(has_text="Nia Holt")
    expect(nia.get_by_text("It differs from the number in one digit.").first).to_be_visible()

    what_it_took = match.locator("summary").filter(has_text="What it took")
    what_it_took.focus()
    page.keyboard.press("Enter")
    expect(match.get_by_text("looking up who was expected")).to_be_visible()
    match.get_by_role("button", name="Which spellings does Pipedrive find?").press("Enter")
    match.get_by_role("button", name="Try this number").press("Enter")
    expect(match.get_by_role("columnheader", name="By a match")).to_be_visible()
    screenshot(match, "match-spellings")

    page.set_viewport_size({"width": 800, "height": TALL})
    wider = match.evaluate("panel => panel.scrollWidth - panel.clientWidth")
    page.evaluate(
        "() => { window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'}); }"
    )
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    screenshot(match, "match-dark-narrow")
    assert 0 == wider
