"""Time in the matrix: the event loop's own is the sandbox's, so that deadlines come when the sandbox waits.

What hangs in earnest moves no clock; for that there is a watchdog, by the computer's own time.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from appconnect.sandbox.clock import START, SandboxClock


class SandboxLoop(asyncio.SelectorEventLoop):
    """An event loop for which the waits on a sandbox's clock have passed too."""

    def __init__(self) -> None:
        super().__init__()
        self._before = 0.0
        self._clock = SandboxClock()

    def time(self) -> float:
        """Return the loop's time: the computer's, and what has passed in sandboxes."""
        return super().time() + self._before + self._passed()

    def follow(self, clock: SandboxClock) -> None:
        """Let this be the clock that counts from now on."""
        self._before += self._passed()
        self._clock = clock

    def _passed(self) -> float:
        return (self._clock.now() - START).total_seconds()


def clock_of_loop() -> SandboxClock:
    """Return a new clock at the beginning of time, which the running loop follows if it can."""
    clock, loop = SandboxClock(), asyncio.get_running_loop()
    if isinstance(loop, SandboxLoop):
        loop.follow(clock)
    return clock


@asynccontextmanager
async def watchdog(seconds: float) -> AsyncIterator[None]:
    """Raise TimeoutError from the block if it takes more than these seconds of the computer's time."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    bitten = threading.Event()

    def bite() -> None:
        bitten.set()
        if task is not None:
            loop.call_soon_threadsafe(task.cancel)

    timer = threading.Timer(seconds, bite)
    timer.daemon = True
    timer.start()
    try:
        yield
    except asyncio.CancelledError:
        if bitten.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
