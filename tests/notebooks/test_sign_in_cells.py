"""Cells that sign in live, in a real kernel: shown first, one sentence, nothing left behind by an interrupt."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from live_machine import is_free, visit
from platforms import OAUTH, OAUTH_TITLE

from appconnect.live_outputs import SENTENCE

TESTS = Path(__file__).parents[1]
SECONDS = 60
SET_UP = f"""
import sys; sys.path.insert(0, {str(TESTS)!r})
import pytest
from pathlib import Path
from live_machine import LiveMachine
from appconnect.panels import ConnectPanel

live = LiveMachine({OAUTH!r}, pytest.MonkeyPatch(), Path("home").resolve())
live.unset("password")
workbench = live.connect()
live.callback
"""
SIGN_IN = "connection = ConnectPanel(workbench)\nawait connection.sign_in()\nconnection"


@dataclass
class Ran:
    """What a cell showed."""

    shown: list[str] = field(default_factory=list)
    printed: str = ""
    error: list[str] = field(default_factory=list)


class Kernel:
    """A Python kernel, as JupyterLab starts it."""

    def __init__(self, folder: Path) -> None:
        self.manager = KernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
        self.manager.start_kernel(cwd=str(folder))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=SECONDS)

    def run(self, code: str, until: str = "") -> Ran:
        """Run a cell to its end, or until it has printed something; raises Empty when nothing more comes."""
        self._cell = self.client.execute(code)
        return self._heard(until)

    def interrupt(self) -> Ran:
        """What the stop button of JupyterLab does; how the cell ended."""
        self.manager.interrupt_kernel()
        return self._heard()

    def _heard(self, until: str = "") -> Ran:
        ran = Ran()
        while True:
            message = self.client.get_iopub_msg(timeout=SECONDS)
            content, kind = message["content"], message["msg_type"]
            if message["parent_header"].get("msg_id") != self._cell:
                continue
            if kind in ("display_data", "execute_result"):
                ran.shown += [text for form, text in content["data"].items() if form == "text/plain"]
            elif kind == "stream":
                ran.printed += content["text"]
            elif kind == "error":
                ran.error = content["traceback"]
            if (until and until in ran.printed) or (kind == "status" and content["execution_state"] == "idle"):
                return ran


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path)
    yield kernel
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel(now=True)


def port_of(callback: str) -> int:
    found = re.search(r":(\d+)/", callback)
    assert found
    return int(found[1])


def test_the_panel_is_shown_the_cell_ends_with_a_sentence_and_a_person_goes_on_below(kernel: Kernel) -> None:
    callback = kernel.run(SET_UP).shown[-1]
    stopped = kernel.run(SIGN_IN)
    sentence = f"Nobody is signed in to {OAUTH_TITLE} yet: sign in above, then run on below this cell."
    assert [f"<ConnectPanel for {OAUTH_TITLE}: not signed in>"] == stopped.shown
    assert ([sentence], "") == (stopped.error, stopped.printed)

    redirected = kernel.run(
        "import re, html\n"
        "page = re.search(r'href=\"([^\"]+)\"', connection.steps.value)[1]\n"
        "print(await live.decide(html.unescape(page)))"
    )
    assert "You can close this tab." in asyncio.run(visit(redirected.printed.strip()))
    below = kernel.run("await connection.done()\nconnection")
    assert [f"<ConnectPanel for {OAUTH_TITLE}: signed in as Rae Quill>"] == below.shown
    assert is_free(port_of(callback))

    from_the_top = kernel.run(f"workbench = live.connect()\n{SIGN_IN}")
    assert ([SENTENCE, *below.shown], []) == (from_the_top.shown, from_the_top.error)


def test_a_cell_without_a_panel_can_be_interrupted_and_the_address_be_pasted(kernel: Kernel) -> None:
    callback = kernel.run(SET_UP).shown[-1]
    waiting = kernel.run("await workbench.sign_in()", until="Waiting for 5 minutes")
    found = re.search(r"^https://\S+$", waiting.printed, re.MULTILINE)
    assert found and not is_free(port_of(callback))
    assert kernel.interrupt().error
    assert is_free(port_of(callback))
    kernel.run("'what was queued behind the interrupt is not run'")
    redirected = kernel.run(f"print(await live.decide({found[0]!r}))").printed.strip()
    pasted = kernel.run(f"(await workbench.sign_in(pasted={redirected!r})).message")
    assert [f"'Connected to {OAUTH_TITLE} as Rae Quill'"] == pasted.shown
