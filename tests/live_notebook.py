"""A notebook that a person runs live: who signs in where it stops for that, chooses somebody, and says yes or no."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from rehearsed import Computer

SECONDS_A_CELL = 120
CONSENT_LINE = re.compile(r"^https://\S+[?&]state=\S+$", re.MULTILINE)
CONSENT_LINK = re.compile(r'href="(https://[^"]+)"')


class CellFailed(AssertionError):
    """A cell that no person could help."""


class LiveNotebook:
    """The cells of one notebook in a kernel of its own; ``asked`` are the questions so far, ``shown`` all texts."""

    def __init__(self, computer: Computer, path: Path, answer: str = "yes") -> None:
        self.computer, self.path, self.answer = computer, path, answer
        self.asked: list[str] = []
        self.shown: list[str] = []
        self.stopped_at: dict[str, str] = {}
        """Where it stopped for a person: the error's name, and its sentence."""
        self._kernel: BlockingKernelClient

    @contextmanager
    def kernel(self, **more: str) -> Iterator[LiveNotebook]:
        """Have the kernel while the block runs, in the computer's project."""
        manager = KernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
        manager.start_kernel(cwd=str(self.computer.folder), env=self.computer.environment(**more))
        self._kernel = manager.blocking_client()
        try:
            self._kernel.start_channels()
            self._kernel.wait_for_ready(timeout=60)
            yield self
        finally:
            self._kernel.stop_channels()
            manager.shutdown_kernel(now=True)

    def run(
        self, choose: Callable[[LiveNotebook], None] | None = None, instead: tuple[str, str] = ("", "")
    ) -> None:
        """Run all cells as a person does: sign in, or choose, where a cell stops for that, and go on from there.

        ``instead`` is a text of the cells, and what was typed in its place.
        """
        for cell in nbformat.read(self.path, as_version=4).cells:
            if cell.cell_type != "code":
                continue
            cell.source = cell.source.replace(*instead) if instead[0] else cell.source
            error, sentence = self.execute(cell.source)
            if error:
                self.stopped_at[error] = sentence
            if error == "SignInNeeded":  # which says: run on below
                self._sign_in()
                continue
            if error == "NobodyChosen" and choose is not None:
                choose(self)
                error, sentence = self.execute(cell.source)
            if error:
                raise CellFailed(f"{cell.source}\n\n{error}: {sentence}")

    def execute(self, source: str) -> tuple[str, str]:
        """Run a cell; gives the name and sentence of the error that it ended with."""
        reply = self._kernel.execute_interactive(
            source, allow_stdin=True, timeout=SECONDS_A_CELL, output_hook=self._show, stdin_hook=self._answer
        )
        content = reply["content"]
        return content.get("ename", ""), content.get("evalue", "")

    def value(self, expression: str) -> str:
        """What an expression is in the kernel, a moment later."""
        error, sentence = self.execute(f"import asyncio; await asyncio.sleep(0.1); print({expression})")
        assert not error, sentence
        return self.shown[-1]

    def _sign_in(self) -> None:
        """Open the link that the panel shows, and approve."""
        tries = (CONSENT_LINK.search(self.value("connection.steps.value")) for _ in range(300))
        found = next((found for found in tries if found), None)
        assert found, "the panel shows no consent page"
        assert "Connected" in self.computer.approve(html.unescape(found[1]))
        self.execute("await connection.done()")

    def _show(self, message: dict[str, Any]) -> None:
        content = message["content"]
        if text := content.get("text") or content.get("data", {}).get("text/plain"):
            self.shown.append(str(text))
            for address in CONSENT_LINE.findall(str(text)):  # no panel: it is printed, and waited for
                assert "Connected" in self.computer.approve(address)

    def _answer(self, message: dict[str, Any]) -> None:
        self.asked.append(message["content"]["prompt"])
        self._kernel.input(self.answer)
