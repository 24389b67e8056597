"""What tests in a real browser do with JupyterLab."""

from __future__ import annotations

import json
import os
import re
import signal
import urllib.request
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize
from playwright.sync_api import TimeoutError as NotInTime

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

RUN_ALL = """() => {
    window.ran = null;
    window.jupyterapp.commands.execute('notebook:run-all-cells').then(
        () => { window.ran = {lost: ''}; },
        error => { window.ran = {lost: String(error)}; },
    );
}"""
STATE = """() => {
    const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')].map(each => each.textContent);
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    return [`Its cells: ${prompts.join(' ')}; its kernel: ${kernel.status}, ${kernel.connectionStatus}.`, kernel.id];
}"""
SIZE: ViewportSize = {"width": 1280, "height": 2000}
LAB_LOG = "lab.log"
"""What JupyterLab and its kernels say, beside their runtime folder."""


@dataclass
class Lab:
    """A running JupyterLab, seen by one browser. The tests of a module share the pages of its notebooks."""

    url: str
    browser: BrowserContext
    _kept: dict[str, Page] = field(default_factory=dict)

    def open(self, notebook: str) -> Page:
        """The notebook in a fresh tab, its kernel ready."""
        page = self.browser.new_page()
        page.goto(f"{self.url}/lab/tree/{notebook}?token={TOKEN}&reset")
        _until_ready(page)
        return page

    def ran(self, notebook: str, cells: Sequence[str] = (), *, height: int = SIZE["height"]) -> Page:
        """The notebook, all its cells run just now; in the tab and kernel that it has, if it is open.

        With ``cells`` it is made of them.
        """
        page = self._kept.get(notebook)
        if page is None or page.is_closed():
            if cells:
                upload(self, notebook, cells)
            page = self._kept[notebook] = self.open(notebook)
        page.bring_to_front()
        page.set_viewport_size({"width": SIZE["width"], "height": height})
        run_all(page)
        return page

    def close_others(self) -> None:
        """Close all tabs but those that `ran` keeps."""
        for each in set(self.browser.pages) - set(self._kept.values()):
            each.close()

    def close_all(self) -> None:
        """Close all tabs, so that every notebook is opened anew."""
        self._kept.clear()
        self.close_others()


def _until_ready(page: Page) -> None:
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60 * SECOND)
    page.wait_for_function(KERNEL_READY, timeout=60 * SECOND)


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
        "PYTHONFAULTHANDLER": "1",
    }


def upload(lab: Lab, name: str, cells: Sequence[str]) -> None:
    """Put a notebook of these cells where JupyterLab finds it."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=[new_code_cell(each) for each in cells], metadata={"kernelspec": kernel})
    _contents(lab, name, {"type": "notebook", "content": json.loads(nbformat.writes(notebook))})


def saved(lab: Lab, page: Page, name: str) -> dict[str, Any]:
    """Save the notebook in the page as Ctrl+S does, and return what is in its file then."""
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    return _contents(lab, name)["content"]


def _contents(lab: Lab, name: str, put: dict[str, Any] | None = None) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{lab.url}/api/contents/{name}",
        data=json.dumps(put).encode() if put else None,
        headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        method="PUT" if put else "GET",
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def nameless(what: Locator) -> list[str]:
    """The controls that a screen reader has no name for."""
    return NAMELESS.findall(what.aria_snapshot())


def wider_than_shown(what: Page | Locator) -> list[str]:
    """The parts of the panels that stand out of them, and cannot be scrolled to."""
    found: list[str] = what.locator(".ac-panel").evaluate_all(CUT_OFF)
    return found


def run_all(page: Page) -> None:
    """Run all cells, and wait until the last one has its number.

    JupyterLab may lose a kernel on a starved machine. Then the warning says what was seen, and all runs once more.
    """
    if lost := _lost_while_running(page):
        warnings.warn(f"Not all cells ran, so they run again. {lost}", stacklevel=2)
        page.reload()
        _until_ready(page)
        lost = _lost_while_running(page)
    assert not lost, lost


def _lost_while_running(page: Page) -> str:
    """Run all cells; return why they did not come to their end, "" where they did."""
    page.evaluate(RUN_ALL)
    try:
        page.wait_for_function("() => window.ran", timeout=90 * SECOND)
        return str(page.evaluate("() => window.ran.lost"))
    except NotInTime:
        cells, kernel = page.evaluate(STATE)
        return f"{cells}\n{_stacks_of(kernel)}"


def _stacks_of(kernel: str) -> str:
    """Return where the threads of a kernel stand, which ends it; JupyterLab starts a new one."""
    for process in psutil.process_iter(["cmdline"]):
        if any(f"kernel-{kernel}" in each for each in process.info["cmdline"] or ()):
            said = Path(process.environ()["JUPYTER_RUNTIME_DIR"]).parent / LAB_LOG
            before = said.stat().st_size
            process.send_signal(signal.SIGABRT)
            process.wait(30)
            return said.read_bytes()[before:].decode()
    return "Its kernel is gone."


def panel(page: Page, title: str) -> Locator:
    """The panel with this title."""
    return page.locator(".ac-panel").filter(has=page.get_by_role("heading", name=title, exact=True, level=3))


def screenshot(what: Page | Locator, name: str) -> None:
    """Keep a picture for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    what.screenshot(path=SCREENSHOTS / f"{name}.png")
