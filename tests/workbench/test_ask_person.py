"""What a person reads who signs in without a panel, word by word, and what a terminal takes."""

from __future__ import annotations

import asyncio
import os
import sys
import webbrowser
from typing import Any

import pytest

from appconnect.errors import ConfigurationError, SignInError
from appconnect.workbench.ask_person import ask_person

ADDRESS = "https://crm.example/authorize?state=1"
OPEN = f"To sign in to Acme, open this address in a browser:\n{ADDRESS}\n"
WINDOW = f"Approve in the browser window that has opened. If there is none, open\n{ADDRESS}\n"
HOW = 'run await workbench.sign_in(pasted="THE ADDRESS")'
STOP = f"If the browser ends at an error page, stop this and {HOW}.\n"
PASTE = "If the browser ends at an error page, paste its whole address here and press Enter.\n"
WAIT = "Waiting for 5 minutes; to stop sooner, interrupt.\n"
TAKEN = "Port 8738, where the browser would be sent back to, is taken."


class Page:
    """A page that was answered, or is when something right is pasted."""

    address = ADDRESS

    def __init__(self, problem: str = "", *, waits: bool = False) -> None:
        self.problem, self.pasted = problem, list[str]()
        self._answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        if not waits:
            self._answer.set_result("https://callback.example/?code=1")

    async def answer(self) -> str:
        return await self._answer

    def paste(self, line: str) -> None:
        self.pasted.append(line)
        if "code=" not in line:
            raise SignInError("There is no code in this address.")
        self._answer.set_result(line.strip())


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a screen nor a terminal."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "stdin", None)


async def asked(page: Any) -> str:
    return await ask_person(page, "Acme")


async def test_without_a_screen_and_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert "https://callback.example/?code=1" == await asked(Page())
    assert OPEN + STOP + WAIT == capsys.readouterr().out


async def test_an_answer_that_can_neither_be_heard_nor_typed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await asked(Page(TAKEN))
    assert f"{TAKEN} To paste it, {HOW}." == caught.value.message
    assert OPEN == capsys.readouterr().out


@pytest.mark.parametrize(
    ("platform", "variable", "is_opened"),
    [
        ("linux", "", False),
        ("linux", "DISPLAY", True),
        ("linux", "WAYLAND_DISPLAY", True),
        ("linux", "BROWSER", True),
        ("darwin", "", True),
        ("win32", "", True),
        ("freebsd14", "", False),
    ],
)
@pytest.mark.parametrize("opens", [True, False, webbrowser.Error(), OSError()], ids=repr)
async def test_a_window_is_opened_where_there_is_a_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], platform: str, variable: str,
    is_opened: bool, opens: bool | Exception,
) -> None:  # fmt: skip
    seen: list[str] = []

    def open_browser(address: str) -> bool:
        seen.append(address)
        if isinstance(opens, Exception):
            raise opens
        return opens

    monkeypatch.setattr(sys, "platform", platform)
    if variable:
        monkeypatch.setenv(variable, ":0")
    monkeypatch.setattr(webbrowser, "open", open_browser)
    await asked(Page())
    assert [ADDRESS] * is_opened == seen
    said = WINDOW if is_opened and opens is True else OPEN
    assert said + STOP + WAIT == capsys.readouterr().out


class NoTerminal:
    """A pipe, or a terminal on a system whose event loop reads none."""

    def __init__(self, *, is_terminal: bool) -> None:
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


@pytest.mark.parametrize("is_terminal", [True, False])
async def test_what_cannot_be_read_is_not_offered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_terminal: bool
) -> None:
    def never(*_: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(sys, "stdin", NoTerminal(is_terminal=is_terminal))
    monkeypatch.setattr(asyncio.get_running_loop(), "add_reader", never)
    await asked(Page())
    assert OPEN + STOP + WAIT == capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="terminals are others there")
@pytest.mark.parametrize("problem", ["", TAKEN])
async def test_a_terminal_takes_the_address_and_says_what_is_wrong_with_another(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], problem: str
) -> None:
    master, slave = os.openpty()
    with os.fdopen(slave) as terminal, os.fdopen(master, "wb", 0) as keys:
        monkeypatch.setattr(sys, "stdin", terminal)
        page = Page(problem, waits=True)
        keys.write(b"https://callback.example/\n")
        keys.write(b"https://callback.example/?code=2\n")
        async with asyncio.timeout(60):
            assert "https://callback.example/?code=2" == await asked(page)
        assert not asyncio.get_running_loop().remove_reader(terminal)  # nobody reads it any more
    wrong = "There is no code in this address. Still waiting for the right one.\n"
    assert OPEN + (f"{TAKEN}\n" if problem else PASTE) + WAIT + wrong == capsys.readouterr().out
    assert ["https://callback.example/\n", "https://callback.example/?code=2\n"] == page.pasted


class Gone:
    """A terminal that has gone: it can be read, and there is nothing."""

    def __init__(self, end: int) -> None:
        self._end, self.reads, self.is_read = end, 0, asyncio.Event()

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._end

    def readline(self) -> str:
        self.reads += 1
        self.is_read.set()
        return ""


@pytest.mark.skipif(os.name == "nt", reason="pipes are others there")
async def test_a_terminal_that_has_gone_is_read_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(writing)
    terminal, page = Gone(reading), Page(waits=True)
    monkeypatch.setattr(sys, "stdin", terminal)
    waiting = asyncio.ensure_future(asked(page))
    await terminal.is_read.wait()
    for _ in range(5):
        await asyncio.sleep(0)
    assert (1, []) == (terminal.reads, page.pasted)
    page.paste("https://callback.example/?code=3")
    assert "https://callback.example/?code=3" == await waiting
    os.close(reading)
