"""What tests in a real browser do with JupyterLab."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import BrowserContext, Locator, Page

ROOT = Path(__file__).parents[1]
SCREENSHOTS = ROOT / "build" / "screenshots"
TOKEN = "in-the-browser-test"
SECOND = 1000
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
NAMELESS = re.compile(
    r'^ *- ((?:button|textbox|combobox|radio|checkbox|spinbutton|link|tab|slider|img)\b(?! ").*)$',
    re.MULTILINE,
)
CUT_OFF = """panels => panels.flatMap(panel => {
    const edge = panel.getBoundingClientRect().right + 1;
    const scrolls = part => {
        for (let at = part; at && at !== panel; at = at.parentElement)
            if (['auto', 'scroll'].includes(getComputedStyle(at).overflowX)) return true;
        return false;
    };
    return [...panel.querySelectorAll('*')]
        .filter(part => part.getClientRects().length && part.getBoundingClientRect().right > edge && !scrolls(part))
        .map(part => `${panel.querySelector('h3')?.textContent}: ${part.tagName}.${part.className}`);
})"""
KERNEL_READY = """() => {
    const context = window.jupyterapp.shell.currentWidget?.sessionContext;
    return context?.isReady && context.session?.kernel?.status === 'idle';
}"""


@dataclass
class Lab:
    """A running JupyterLab, seen by one browser."""

    url: str
    browser: BrowserContext

    def open(self, notebook: str) -> Page:
        """The notebook in a fresh tab, its kernel ready."""
        page = self.browser.new_page()
        page.goto(f"{self.url}/lab/tree/{notebook}?token={TOKEN}&reset")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60 * SECOND)
        page.wait_for_function(KERNEL_READY, timeout=60 * SECOND)
        return page


def environment_of(home: Path) -> dict[str, str]:
    """The environment of a server of its own: nothing of the person who runs the tests."""
    places = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime"}
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("APPCONNECT_")},
        **{f"JUPYTER_{name}": str(home / folder) for name, folder in places.items()},
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "APPCONNECT_HOME": str(home / "appconnect"),
    }


def upload(lab: Lab, name: str, cells: Sequence[str]) -> None:
    """Put a notebook of these cells where JupyterLab finds it."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=[new_code_cell(each) for each in cells], metadata={"kernelspec": kernel})
    request = urllib.request.Request(
        f"{lab.url}/api/contents/{name}",
        data=json.dumps({"type": "notebook", "content": json.loads(nbformat.writes(notebook))}).encode(),
        headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        method="PUT",
    )
    urllib.request.urlopen(request).close()


def nameless(what: Locator) -> list[str]:
    """The controls that a screen reader has no name for."""
    return NAMELESS.findall(what.aria_snapshot())


def wider_than_shown(what: Page | Locator) -> list[str]:
    """The parts of the panels that stand out of them, and cannot be scrolled to."""
    found: list[str] = what.locator(".ac-panel").evaluate_all(CUT_OFF)
    return found


def run_all(page: Page) -> None:
    """Run all cells, and wait until the last one has its number."""
    page.evaluate(
        "() => { window.ranAll = false;"
        " window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => { window.ranAll = true; }); }"
    )
    page.wait_for_function("() => window.ranAll", timeout=90 * SECOND)


def panel(page: Page, title: str) -> Locator:
    """The panel with this title."""
    return page.locator(".ac-panel").filter(has=page.get_by_role("heading", name=title, exact=True, level=3))


def screenshot(what: Page | Locator, name: str) -> None:
    """Keep a picture for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    what.screenshot(path=SCREENSHOTS / f"{name}.png")
