"""Two of the five jobs, from panels alone: keep what was done as a test, and see which field a change broke."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import nbformat
import pytest
from in_browser import SECOND, TOKEN, Lab, panel, run_all, screenshot
from made_packages import Made, make
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
SETUP = """import os
os.environ["APPCONNECT_CONNECTORS"] = {package!r}
os.environ["APPCONNECT_FIXTURES"] = {fixtures!r}
from appconnect import Call, connect
from appconnect.panels import CheckPanel, ContactsPanel

workbench = connect("acme", mode="sandbox", record=False)
await workbench.sign_in()
matches = await workbench.find_contact("+14155550142")
call = Call(session_id="s-1", start_time="2026-01-02T09:12:00Z", duration=125)
await workbench.log_call(call, matches.contacts[0], note="Wants a quote")
ContactsPanel(workbench)"""


@pytest.fixture
def package(tmp_path: Path) -> Made:
    """A connector as ``appconnect new`` makes it, whose source can be edited."""
    return make(tmp_path, ["acme"])["acme"]


@pytest.fixture
def page(lab: Lab, package: Made, tmp_path: Path) -> Page:
    """A notebook with a panel to do something in, and one to check what was saved."""
    setup = SETUP.format(package=str(package.folder), fixtures=str(tmp_path / "fixtures"))
    cells = [nbformat.v4.new_code_cell(each) for each in (setup, 'CheckPanel("acme")')]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    name = f"{tmp_path.name}.ipynb"
    _put(lab, name, notebook)
    page = lab.open(name)
    run_all(page)
    return page


def _put(lab: Lab, name: str, notebook: nbformat.NotebookNode) -> None:
    request = urllib.request.Request(
        f"{lab.url}/api/contents/{name}?token={TOKEN}", method="PUT",
        data=json.dumps({"type": "notebook", "format": "json", "content": notebook}).encode(),
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    urllib.request.urlopen(request).close()


def save(page: Page, name: str) -> Locator:
    """Look for Nia, and save all that was done as a test, by keys alone; return the panel."""
    contacts = panel(page, "Contacts")
    query = contacts.get_by_role("textbox", name="Number or name")
    query.fill("Nia")
    query.press("Enter")
    expect(contacts.get_by_text("Nia Holt").first).to_be_visible()
    contacts.get_by_role("button", name="Save as test").press("Enter")
    field = contacts.get_by_placeholder("a_call_logged")
    field.fill(name)
    field.press("Enter")
    saved = f"acme/{name.lower().replace(' ', '_')} is saved and was run"
    expect(contacts.get_by_text(saved)).to_be_visible(timeout=90 * SECOND)
    return contacts


def test_what_was_done_is_saved_and_its_test_is_seen_to_run(page: Page, tmp_path: Path) -> None:
    contacts = save(page, "A call to Nia")
    expect(contacts.get_by_text("4 operations, all as recorded")).to_be_visible()
    expect(contacts.get_by_text("(1 passed)")).to_be_visible()
    in_both_themes(page, contacts, "saved-as-test")
    assert (tmp_path / "fixtures" / "acme" / "a_call_to_nia.json").is_file()


def test_a_broken_mapping_is_named_by_its_field(page: Page, package: Made) -> None:
    save(page, "a_call_to_break")
    check = panel(page, "Check")
    check.get_by_role("button", name="Check", exact=True).press("Enter")
    expect(check.get_by_text("4 operations, all as recorded.")).to_be_visible(timeout=90 * SECOND)
    screenshot(check, "check-green")

    payloads = package.folder / "src" / "acme_connector" / "payloads.py"
    payloads.write_text(payloads.read_text("utf-8").replace('fields["subject"]', 'fields["subjct"]'), "utf-8")
    page.wait_for_timeout(SECOND / 2)  # sooner, it is the second half of a double click
    check.get_by_role("button", name="Check", exact=True).press("Enter")
    expect(check.get_by_text("1 of 4 operations otherwise than recorded.")).to_be_visible(timeout=90 * SECOND)
    expect(check.get_by_text("body.subject: recorded")).to_be_visible()
    check.get_by_role("button", name="Accept the changes").press("Enter")
    in_both_themes(page, check, "check-red")


def in_both_themes(page: Page, what: Locator, name: str) -> None:
    """Keep pictures of a panel, light and dark, wide and narrow; nothing in it may be cut off."""
    for theme in ("Light", "Dark"):
        page.evaluate(
            "theme => { window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }",
            f"JupyterLab {theme}",
        )
        page.wait_for_function(
            f"() => document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'"
        )
        for width in (800, 1400):
            page.set_viewport_size({"width": width, "height": 1600})
            screenshot(what, f"{name}-{theme.lower()}-{width}")
            assert 0 == what.evaluate("panel => panel.scrollWidth - panel.clientWidth")
