"""JupyterLab hands some clicks and keys over in another thread; the work is done where the cells run."""

from __future__ import annotations

import asyncio
import threading

from platforms import KEY
from workbench_steps import signed_in, slow_sandbox

from appconnect.panels import ContactsPanel


async def test_a_key_pressed_in_another_thread_searches_where_the_cells_run() -> None:
    workbench = await signed_in(KEY, sandbox=slow_sandbox(KEY))
    panel = ContactsPanel(workbench, "+14155550177")
    await panel.search()  # more requests at once than are let out: somebody has waited in this loop
    here, began = threading.current_thread(), asyncio.Event()
    worked_in: list[threading.Thread] = []

    async def search() -> None:
        worked_in.append(threading.current_thread())
        began.set()
        await panel.search()

    async def press() -> None:
        panel.start(search)

    await asyncio.to_thread(asyncio.run, press())
    await began.wait()
    await panel.done()
    assert [here] == worked_in
    assert ["Ines Roth", "Omar Vance"] == sorted(each.name for each in panel.contacts)
