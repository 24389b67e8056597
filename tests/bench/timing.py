"""Two ways of doing one thing, timed in turns, so that a machine that is busy slows down both."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

ROUNDS = 5

Work = Callable[[], object]
AsyncWork = Callable[[], Awaitable[object]]


def cpu_seconds(*ways: Work, rounds: int = ROUNDS) -> Sequence[float]:
    """Return the processor's seconds of each way, the best of a few rounds: it is never faster than it is."""
    best = [float("inf")] * len(ways)
    for _ in range(rounds):
        for place, work in enumerate(ways):
            began = time.process_time()
            work()
            best[place] = min(best[place], time.process_time() - began)
    return best


async def cpu_seconds_of(*ways: AsyncWork, rounds: int = ROUNDS) -> Sequence[float]:
    """Return the processor's seconds of each way that is awaited, the best of a few rounds."""
    best = [float("inf")] * len(ways)
    for _ in range(rounds):
        for place, work in enumerate(ways):
            await asyncio.sleep(0)
            began = time.process_time()
            await work()
            best[place] = min(best[place], time.process_time() - began)
    return best
