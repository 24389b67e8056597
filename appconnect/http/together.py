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
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
