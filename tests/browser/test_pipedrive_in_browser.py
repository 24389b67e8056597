"""The Pipedrive notebook as a person uses it: JupyterLab in a real Chromium, with clicks and keys."""

from __future__ import annotations

import re

import pytest
from in_browser import Lab, panel, screenshot
from platforms import needs
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, needs("pipedrive")]


def test_a_person_signs_in_on_the_consent_page_finds_a_contact_and_logs_a_call(lab: Lab) -> None:
    page = lab.ran("11_pipedrive.ipynb")
    expect(page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)

    connect = panel(page, "Connect")
    connect.get_by_role("button", name="Sign out").click()
    expect(connect.get_by_text("Nobody is signed in to Pipedrive.")).to_be_visible()
    screenshot(connect, "connect-signed-out")

    connect.get_by_role("button", name="Approve in the browser").click()
    with lab.browser.expect_page() as opened:
        connect.get_by_role("link", name="Open Pipedrive’s consent page").click()
    screenshot(connect, "connect-waiting")
    consent = opened.value
    expect(consent.get_by_text("Rae Quill")).to_be_visible()
    screenshot(consent, "consent-page")
    consent.get_by_role("button", name="Approve").click()
    expect(consent.get_by_role("heading", name="Connected")).to_be_visible()
    screenshot(consent, "consent-done")
    consent.close()
    expect(connect.get_by_text("Connected to Pipedrive as Rae Quill")).to_be_visible()
    screenshot(connect, "connect-signed-in")

    contacts = panel(page, "Contacts")
    contacts.get_by_role("textbox", name="Number or name").fill("204")
    contacts.get_by_role("button", name="Search").click()
    expect(contacts.get_by_text("internal extension")).to_be_visible()
    screenshot(contacts, "contacts-error")
    contacts.get_by_role("textbox", name="Number or name").fill("+1 303 555 0199")
    contacts.get_by_role("textbox", name="Number or name").press("Enter")
    expect(contacts.get_by_text("Nobody in Pipedrive fits")).to_be_visible()
    screenshot(contacts, "contacts-nobody")
    contacts.get_by_role("textbox", name="Number or name").fill("+1 (415) 555-0177")
    contacts.get_by_role("button", name="Search").click()
    contacts.get_by_label("Omar Vance #502").check()
    expect(contacts.get_by_text("Omar Vance is chosen")).to_be_visible()
    expect(contacts.get_by_text("Vance pilot <A&B>")).to_be_visible()
    screenshot(contacts, "contacts-found")

    form = panel(page, "Call log")
    expect(form.get_by_role("textbox", name="Contact")).to_have_value("Omar Vance #502")
    form.get_by_role("textbox", name="Note", exact=True).fill("Pilot starts <Monday> & costs $100")
    form.get_by_role("combobox", name="Deals").select_option("Vance pilot <A&B>")
    form.get_by_role("button", name="Log call").click()
    expect(form.get_by_text("Call logged", exact=True)).to_be_visible()
    expect(form.get_by_text("POST /api/v2/activities → 200")).to_be_visible()
    screenshot(form, "call-logged")
    form.get_by_role("button", name="Read back").click()
    expect(form.get_by_text("As the CRM has it")).to_be_visible()
    expect(form.get_by_role("cell", name="Pilot starts <Monday> & costs $100")).to_be_visible()
    screenshot(form, "call-read-back")

    messages = panel(page, "Message log")
    messages.get_by_role("textbox", name="Text").fill("See you <Monday>")
    messages.get_by_role("button", name="Log message").dblclick(delay=80)
    expect(messages.get_by_text("Message logged")).to_be_visible()
    screenshot(messages, "message-logged")

    timeline = panel(page, "Timeline")
    timeline.get_by_label("Find", exact=True).fill("persons/search")
    timeline.get_by_label("Find", exact=True).press("Tab")
    timeline.get_by_role("treeitem", name=re.compile("GET .*term=4155550177")).first.click()
    timeline.locator("summary").filter(has_text="Headers").first.click()
    expect(timeline.get_by_role("cell", name="Bearer <authorization>")).to_be_visible()
    timeline.locator("summary").filter(has_text="As curl").click()
    expect(timeline.get_by_text("curl -X GET")).to_be_visible()
    screenshot(timeline, "timeline-open")
    # Both clicks were heard by now; a second message would have joined the first with a PATCH.
    expect(messages.get_by_text("POST /api/v2/activities → 200")).to_be_visible()


def test_panels_can_be_read_in_the_dark(lab: Lab) -> None:
    page = lab.ran("11_pipedrive.ipynb")
    page.evaluate(
        "() => { window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'}); }"
    )
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    shown = panel(page, "Rate limits")
    expect(shown.get_by_role("img").first).to_be_visible()
    text = shown.get_by_role("heading").first.evaluate("heading => getComputedStyle(heading).color")
    behind = shown.evaluate("panel => getComputedStyle(panel).backgroundColor")
    assert _brightness(text) - _brightness(behind) > 100, (text, behind)
    for title in ("Connect", "Contacts", "Call log", "Message log", "Rate limits", "Timeline"):
        screenshot(panel(page, title), f"dark-{title.lower().replace(' ', '-')}")


def _brightness(color: str) -> float:
    """Of ``rgb(33, 33, 33)``, from 0 to 255."""
    parts = [float(part) for part in color[color.index("(") + 1 : -1].split(",")[:3]]
    return sum(parts) / 3
