"""What tests in a real browser do with JupyterLab."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page

ROOT = Path(__file__).parents[1]
SCREENSHOTS = ROOT / "build" / "screenshots"
TOKEN = "in-the-browser-test"
SECOND = 1000
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
