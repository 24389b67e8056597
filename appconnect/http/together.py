"""Independent work done together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Iterable
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


async def both(one: Coroutine[object, object, T], other: Coroutine[object, object, U]) -> tuple[T, U]:
    """Do two different things together and return both results."""
    first, second = asyncio.ensure_future(one), asyncio.ensure_future(other)
    await gather([first, second])
    return first.result(), second.result()


async def gather(work: Iterable[Awaitable[T]]) -> list[T]:
    """Do independent work together and return the results in order; the first error ends the rest."""
    together = list(work)
    if len(together) == 1:
        return [await together[0]]
    tasks = [asyncio.ensure_future(each) for each in together]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        if unfinished := [task for task in tasks if not task.done()]:
            await asyncio.wait(unfinished)
        for task in tasks:
            if not task.cancelled():
                task.exception()  # looked at, so that nobody warns that it never was
        raise
