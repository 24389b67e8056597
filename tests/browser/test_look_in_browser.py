"""How panels look and are worked in JupyterLab: by keyboard, narrow, dark, and when a notebook is opened again."""

from __future__ import annotations

import json
import urllib.request

import pytest
from in_browser import TOKEN, Lab, nameless, panel, run_all, screenshot, wider_than_shown
from platforms import needs
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, needs("pipedrive")]
CELLS = [
    "from appconnect import connect\nfrom appconnect.panels import *\n"
    'workbench = connect("pipedrive")\nawait workbench.sign_in()\ncontacts = ContactsPanel(workbench)\ncontacts',
    'form = CallLogPanel(workbench, contacts, note="A quote")\nform',
    "ConnectPanel(workbench)",
    "MessageLogPanel(workbench, contacts, 'Hi')",
    "RateLimitsPanel(workbench)",
    "TimelinePanel(workbench)",
]
NARROW = {"800 px": (800, 900), "150 % zoom": (853, 620)}
DARK = "() => { window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'}); }"


def test_panels_are_worked_by_keys_alone(lab: Lab) -> None:
    page = lab.ran("panels.ipynb", CELLS)
    contacts = panel(page, "Contacts")
    query = contacts.get_by_role("textbox", name="Number or name")
    query.fill("+1 415 555 0177")
    query.press("Enter")
    first = contacts.get_by_role("radio", name="Omar Vance")
    expect(first).to_be_visible()
    query.press("Tab")
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(contacts.get_by_role("radio", name="Ines Roth")).to_be_checked()
    expect(contacts.get_by_text("Ines Roth is chosen")).to_be_visible()
    page.keyboard.press("Tab")
    fold = contacts.get_by_role("button", name="Create a new contact")
    expect(fold).to_be_focused()
    assert "none" != fold.evaluate("fold => getComputedStyle(fold).outlineStyle")
    page.keyboard.press("Enter")
    expect(contacts.get_by_role("textbox", name="Phone")).to_be_visible()
    page.keyboard.press("Space")
    expect(contacts.get_by_role("textbox", name="Phone")).to_be_hidden()
    screenshot(contacts, "contacts-by-keys")


def test_a_click_anywhere_in_a_row_chooses_and_a_logged_form_keeps_to_its_log(lab: Lab) -> None:
    page = lab.ran("panels.ipynb", CELLS)
    contacts, form = panel(page, "Contacts"), panel(page, "Call log")
    contacts.get_by_role("textbox", name="Number or name").fill("+1 415 555 0177")
    contacts.get_by_role("button", name="Search", exact=True).click()
    contacts.get_by_role("cell", name="Vance Ltd").or_(contacts.get_by_text("deals: Vance")).first.click()
    expect(form.get_by_role("textbox", name="Contact")).to_have_value("Omar Vance #502")
    form.get_by_role("button", name="Log call").click()
    expect(form.get_by_role("textbox", name="Log", exact=True)).not_to_have_value("")
    contacts.get_by_role("row", name="Ines Roth").click(position={"x": 200, "y": 10})
    expect(form.get_by_text("Ines Roth is chosen now, but this form belongs to log")).to_be_visible()
    expect(form.get_by_role("textbox", name="Contact")).to_have_value("Omar Vance #502")
    form.get_by_role("textbox", name="Note", exact=True).fill("Two quotes")
    form.get_by_role("button", name="Preview update").click()
    expect(form.get_by_text("+ after")).to_be_visible()
    screenshot(form, "call-log-kept")
    form.get_by_role("button", name="New call for Ines Roth").click()
    expect(form.get_by_role("textbox", name="Contact")).to_have_value("Ines Roth #503")


@pytest.mark.parametrize("size", NARROW)
def test_nothing_is_cut_off_and_every_control_has_a_name(lab: Lab, size: str) -> None:
    page = lab.ran("panels.ipynb", CELLS)
    contacts = panel(page, "Contacts")
    contacts.get_by_role("textbox", name="Number or name").fill("Nia")
    contacts.get_by_role("textbox", name="Number or name").press("Enter")
    expect(contacts.get_by_role("radio")).to_be_checked()
    panel(page, "Call log").get_by_role("button", name="Log call").click()
    expect(panel(page, "Call log").get_by_text("Call logged")).to_be_visible()
    width, height = NARROW[size]
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(500)
    assert [] == wider_than_shown(page)
    titles = ("Contacts", "Call log", "Connect", "Message log", "Rate limits", "Timeline")
    assert {} == {title: bad for title in titles if (bad := nameless(panel(page, title)))}


def test_in_the_dark_bodies_and_arrows_can_be_seen(lab: Lab) -> None:
    page = lab.ran("panels.ipynb", CELLS)
    page.evaluate(DARK)
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    form = panel(page, "Call log")
    body, arrow = form.locator(".ac-body iframe").first, form.get_by_role("combobox").first
    assert "invert" in body.evaluate("body => getComputedStyle(body).filter")
    assert "%23ddd" in arrow.evaluate("select => getComputedStyle(select).backgroundImage")
    screenshot(form, "call-log-dark")


def test_a_notebook_that_is_opened_again_shows_its_panels_and_says_how_to_use_them(lab: Lab) -> None:
    page = lab.ran("again.ipynb", CELLS)
    saved = page.get_by_text("Run this cell to use the panel.")
    expect(page.locator(".ac-panel")).to_have_count(6)
    expect(saved.first).to_be_hidden()
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    page.close()
    end_kernel_of(lab, "again.ipynb")

    page = lab.open("again.ipynb")
    saved = page.get_by_text("Run this cell to use the panel.")
    expect(saved.first).to_be_visible()
    for without_kernel in ("model not found", "Loading widget"):
        expect(page.get_by_text(without_kernel).locator("visible=true")).to_have_count(0)
    screenshot(page, "opened-again")
    run_all(page)
    expect(page.locator(".ac-panel")).to_have_count(6)
    expect(saved.first).to_be_hidden()


def end_kernel_of(lab: Lab, notebook: str) -> None:
    """As when JupyterLab was closed meanwhile."""
    sessions = f"{lab.url}/api/sessions"
    authorized = {"Authorization": f"token {TOKEN}"}
    with urllib.request.urlopen(urllib.request.Request(sessions, headers=authorized)) as answer:
        running = [each for each in json.load(answer) if each["path"] == notebook]
    assert running
    for each in running:
        request = urllib.request.Request(f"{sessions}/{each['id']}", headers=authorized, method="DELETE")
        urllib.request.urlopen(request).close()
