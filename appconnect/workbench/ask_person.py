"""A consent page where there is no panel: a browser window, an address to open, an answer to paste."""

from __future__ import annotations

import asyncio
import os
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from appconnect.errors import AppConnectError, ConfigurationError
from appconnect.workbench.consent_page import MAX_WAIT, ConsentPage

HOW_TO_PASTE = 'await workbench.sign_in(pasted="THE ADDRESS")'


async def ask_person(page: ConsentPage, crm: str) -> str:
    """Have a person approve, in the browser window that opens or at the address that is printed.

    Return where their browser was sent. In a terminal that address may also be typed in. Raises
    SignInStopped when nobody approves in time, ConfigurationError when the answer can neither be heard nor
    typed here.
    """
    opened = await _open_browser(page.address)
    if opened:
        _tell(f"Approve in the browser window that has opened. If there is none, open\n{page.address}")
    else:
        _tell(f"To sign in to {crm}, open this address in a browser:\n{page.address}")
    with _typing_into(page) as can_type:
        if page.problem and not can_type:
            raise ConfigurationError(f"{page.problem} To paste it, run {HOW_TO_PASTE}.")
        how = (
            "paste its whole address here and press Enter"
            if can_type
            else f"stop this and run {HOW_TO_PASTE}"
        )
        _tell(page.problem or f"If the browser ends at an error page, {how}.")
        _tell(f"Waiting for {MAX_WAIT // 60} minutes; to stop sooner, interrupt.")
        return await page.answer()


def _tell(text: str) -> None:
    print(text, flush=True)


async def _open_browser(address: str) -> bool:
    """Return whether a window has been opened; a browser of the terminal would take the terminal away."""
    on_screen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    if sys.platform not in ("darwin", "win32") and not on_screen:
        return False
    with suppress(webbrowser.Error, OSError):
        return await asyncio.to_thread(webbrowser.open, address)
    return False


@contextmanager
def _typing_into(page: ConsentPage) -> Iterator[bool]:
    """Take lines of the terminal for the page's answer while the block runs; gives whether it can be."""
    typed = sys.stdin

    def heard() -> None:
        line = typed.readline()
        if not line:  # the terminal has gone
            loop.remove_reader(typed)
            return
        try:
            page.paste(line)
        except AppConnectError as error:
            _tell(f"{error.message} Still waiting for the right one.")

    if typed is None or not typed.isatty():
        yield False
        return
    loop = asyncio.get_running_loop()
    try:
        loop.add_reader(typed, heard)
    except NotImplementedError:  # on Windows
        yield False
        return
    try:
        yield True
    finally:
        loop.remove_reader(typed)
