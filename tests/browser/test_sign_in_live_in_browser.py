"""Live, as a person signs in: *Run All* stops at the panel, its link is followed, and the cells below run."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from in_browser import Lab, panel, run_all, saved, screenshot, upload
from platforms import needs
from playwright.sync_api import Page, Route, expect

pytestmark = [pytest.mark.browser, needs("pipedrive")]
TESTS = Path(__file__).parents[1]
SET_UP = f"""
import sys; sys.path.insert(0, {str(TESTS)!r})
import pytest
from pathlib import Path
from live_machine import LiveMachine
from appconnect.panels import ConnectPanel, ContactsPanel
from appconnect.sandbox.server import serve

live = LiveMachine("pipedrive", pytest.MonkeyPatch(), Path("live-home").resolve())
workbench = live.connect()
served = serve(live.all)
print("the CRM is at", await served.__aenter__())
"""
CELLS = [
    SET_UP,
    "workbench = live.connect()",
    "connection = ConnectPanel(workbench)\nawait connection.sign_in()\nconnection",
    'contacts = ContactsPanel(workbench, "+14155550142")\nawait contacts.search()\ncontacts',
]


def lead_to_the_sandbox(lab: Lab, page: Page) -> None:
    """Have the browser find the CRM's own sign-in address where the kernel serves its sandbox."""
    printed = page.get_by_text("the CRM is at http").last.inner_text()
    sandbox = printed.rpartition(" ")[2].strip()

    def handle(route: Route) -> None:
        url = urlsplit(route.request.url)
        path = url.path.removeprefix("/pipedrive")
        there = f"{sandbox}/pipedrive{path}?{url.query}"
        as_there = {name: value for name, value in route.request.headers.items() if name != "origin"}
        route.fulfill(response=route.fetch(url=there, headers=as_there, max_redirects=0))

    lab.browser.route("https://oauth.pipedrive.com/**", handle)


def test_run_all_stops_at_the_panel_and_goes_on_when_a_person_has_approved(lab: Lab) -> None:
    upload(lab, "live.ipynb", CELLS)
    page = lab.open("live.ipynb")
    run_all(page)
    sentence = "Nobody is signed in to Pipedrive yet: sign in above, then run on below this cell."
    expect(page.get_by_text(sentence, exact=True)).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)
    connect = panel(page, "Connect")
    expect(connect.get_by_text("Pipedrive · live · not signed in")).to_be_visible()
    screenshot(connect, "connect-live")

    lead_to_the_sandbox(lab, page)
    with lab.browser.expect_page() as opened:
        connect.get_by_role("link", name="Open Pipedrive’s consent page").click()
    opened.value.get_by_role("button", name="Approve").click()
    expect(opened.value.get_by_role("heading", name="Connected")).to_be_visible()
    opened.value.close()
    expect(connect.get_by_text("Connected to Pipedrive as Rae Quill")).to_be_visible()
    expect(connect.get_by_text("Pipedrive · live · signed in as Rae Quill")).to_be_visible()

    run_below(page)
    expect(panel(page, "Contacts").get_by_text("Nia Holt").first).to_be_visible()
    notebook = saved(lab, page, "live.ipynb")
    assert [cell["outputs"] for cell in notebook["cells"]] == [[], [], [], []]
    expect(panel(page, "Contacts").get_by_text("Nia Holt").first).to_be_visible()


def run_below(page: Page) -> None:
    """Run the last cell: what stands below the sign-in."""
    page.evaluate(
        "async () => { const widget = window.jupyterapp.shell.currentWidget;"
        " widget.content.activeCellIndex = widget.content.widgets.length - 1;"
        " await window.jupyterapp.commands.execute('notebook:run-cell'); }"
    )
