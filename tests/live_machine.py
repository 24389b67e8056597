"""A computer in live mode whose network leads to a sandbox, and a person at its browser."""

from __future__ import annotations

import asyncio
import html
import re
import socket
from pathlib import Path

import httpx
import pytest
from ports import free_port

from appconnect.auth.loopback import approve_in
from appconnect.panels import ConnectPanel
from appconnect.sandbox.base import CrmSandbox
from appconnect.workbench import Workbench, connect
from appconnect.workbench import environment as surroundings
from appconnect.workbench.sandboxes import make_sandbox

NO_SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


class LiveMachine:
    """Everything of a CRM is set, its redirect address has a port of its own, and there is no screen."""

    def __init__(self, crm: str, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
        self.name, self.home, self.all = crm, home, make_sandbox(crm)
        self._monkeypatch = monkeypatch
        self.callback = f"http://127.0.0.1:{free_port()}/callback"
        monkeypatch.setattr(surroundings, "network", lambda *_: self.all.transport())
        monkeypatch.setattr(surroundings, "SystemClock", lambda: self.all.clock)
        monkeypatch.setenv("APPCONNECT_HOME", str(home))
        for name, value in {**self.crm.credentials, "redirect_uri": self.callback}.items():
            monkeypatch.setenv(self.variable(name), value)
        for name in NO_SCREEN:
            monkeypatch.delenv(name, raising=False)

    @property
    def crm(self) -> CrmSandbox:
        """The CRM that answers."""
        return self.all[self.name]

    @property
    def port(self) -> int:
        """Where the browser is sent back to."""
        return httpx.URL(self.callback).port or 0

    def variable(self, name: str) -> str:
        return f"{self.name}_{name}".upper()

    def unset(self, *names: str) -> None:
        """Have settings of the CRM not set."""
        for name in names:
            self._monkeypatch.delenv(self.variable(name), raising=False)

    def connect(self) -> Workbench:
        """A new workbench on the same store, as after a restart of the kernel."""
        return connect(self.name, mode="live")

    async def sign_in(self) -> Workbench:
        """A workbench that somebody has signed in to."""
        workbench = self.connect()
        (await workbench.sign_in(consent=approve_in(self.all.transport()))).raise_for_error()
        return workbench

    async def decide(self, address: str, decision: str = "approve") -> str:
        """Press a button of the consent page; gives the address that the browser is sent to."""
        return await approve_in(self.all.transport(), decision=decision)(address)

    async def approve(self, address: str, decision: str = "approve") -> str:
        """Press a button, and follow the browser back to this computer; gives the page that it shows."""
        return await visit(await self.decide(address, decision))

    def consents(self) -> int:
        """How often the consent page was asked for."""
        return sum("authorize" in each.path and each.method == "GET" for each in self.crm.requests)

    def codes(self) -> int:
        """How often a code was exchanged for tokens."""
        return sum(each.form.get("grant_type") == "authorization_code" for each in self.crm.requests)


def is_free(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


async def visit(address: str) -> str:
    """What a browser shows at an address of this computer."""
    async with httpx.AsyncClient(trust_env=False) as browser:
        return (await browser.get(address)).text


async def printed(capsys: pytest.CaptureFixture[str], pattern: str) -> str:
    """What is printed, as soon as the pattern is in it."""
    text = ""
    async with asyncio.timeout(30):
        while not re.search(pattern, text):
            await asyncio.sleep(0.01)
            text += capsys.readouterr().out
    return text


def address_in(text: str) -> str:
    """The consent page's address in what was printed."""
    found = re.search(r"^https://\S+$", text, re.MULTILINE)
    assert found, text
    return found[0]


async def consent_address(panel: ConnectPanel) -> str:
    """The consent page's address, as soon as the panel shows it."""
    shown = asyncio.get_running_loop().create_future()

    def look(_: object = None) -> None:
        found = re.search(r'href="([^"]+)"', panel.steps.value)
        if found and not shown.done():
            shown.set_result(html.unescape(found[1]))

    panel.steps.observe(look, "value")
    look()
    async with asyncio.timeout(30):
        return await shown
