"""A computer that is set up for the live CRMs, in a world where their hosts are played."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from internet import Internet
from live_machine import NO_SCREEN
from ports import free_port

from appconnect.connectors import registry

ROOT = Path(__file__).parents[1]
NETWORK = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


@pytest.fixture
def internet(tmp_path: Path) -> Iterator[Internet]:
    with Internet(tmp_path).running() as internet:
        yield internet


@dataclass
class Computer:
    """A project folder with a ``.env`` in which everything stands that live mode needs, and nothing elsewhere."""

    internet: Internet
    folder: Path
    callback: str

    def write_env(self, **instead: str) -> None:
        """Fill ``.env``: the network, the store's place, and each CRM's credentials; "" leaves one out."""
        settings = {
            **self.internet.route(),
            "APPCONNECT_HOME": str(self.folder / "home"),
            "APPCONNECT_FIXTURES": str(self.folder / "fixtures"),
        }
        for name in registry.names():
            for variable, value in self.credentials(name).items():
                settings[f"{name}_{variable}".upper()] = value
        lines = [f"{name}={value}" for name, value in (settings | instead).items() if value]
        (self.folder / ".env").write_text("\n".join([*lines, ""]), "utf-8")

    def credentials(self, crm: str) -> dict[str, str]:
        """What a person fills in; where there is a consent page, a person approves, no password does."""
        known = dict(self.internet[crm].credentials)
        if "redirect_uri" in registry.platform(crm).settings.model_fields:
            known |= {"redirect_uri": self.callback}
            known.pop("password", None)
        return known

    def environment(self, **more: str) -> dict[str, str]:
        """What a process sees: little, so that ``.env`` has to say the rest."""
        kept = {name: value for name, value in os.environ.items() if name in KEPT}
        return {**kept, "HOME": str(self.folder), "APPCONNECT_MODE": "live", **more}

    def python(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """A new process in the project's folder."""
        return subprocess.Popen(
            [sys.executable, "-u", *arguments], cwd=self.folder, env=self.environment(**more), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def browser(self) -> httpx.Client:
        """A browser without a screen: it goes through the proxy, and trusts the authority."""
        trusted = ssl.create_default_context(cafile=str(self.internet.authority.file))
        return httpx.Client(
            proxy=self.internet.proxy_address, verify=trusted, trust_env=False, timeout=30,
            mounts={"all://127.0.0.1": httpx.HTTPTransport()},
        )  # fmt: skip

    def press_approve(self, address: str) -> str:
        """Open the consent page and press *Approve*; gives where the CRM sends the browser."""
        with self.browser() as browser:
            page = browser.get(address)
            assert page.status_code == 200, page.text
            return str(browser.post(address, data={"decision": "approve"}).headers["location"])

    def approve(self, address: str) -> str:
        """Approve, and go where the CRM sends the browser; gives what it shows."""
        with self.browser() as browser:
            return browser.get(self.press_approve(address)).text

    async def consent(self, address: str) -> str:
        """A person's consent, for `sign_in`."""
        return await asyncio.to_thread(self.press_approve, address)


@pytest.fixture
def computer(internet: Internet, tmp_path: Path) -> Computer:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    made = Computer(internet, folder, f"http://127.0.0.1:{free_port()}/callback")
    made.write_env()
    return made


@pytest.fixture
def here(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> Computer:
    """That computer is this process."""
    monkeypatch.chdir(computer.folder)
    monkeypatch.setenv("APPCONNECT_MODE", "live")
    for name in (*NO_SCREEN, *NETWORK, *map(str.lower, NETWORK)):
        monkeypatch.delenv(name, raising=False)
    return computer
