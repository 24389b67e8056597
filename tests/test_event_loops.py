"""Several event loops: what was abandoned in one that ended hinders nobody in another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from appconnect.errors import InputError
from appconnect.event_loops import Lock, OneLoop, PerLoop


def in_a_loop(work: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await work()

    asyncio.run(run())


def elsewhere(work: Callable[[], Awaitable[None]]) -> list[BaseException]:
    """Work in a loop of another thread; returns what was raised there."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            in_a_loop(work)
        except InputError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised


def test_work_that_was_abandoned_with_its_loop_hinders_nobody() -> None:
    work = OneLoop("This workbench")
    abandoned = []

    async def begin() -> None:
        block = work.at_work()
        block.__enter__()
        abandoned.append(block)

    async def others() -> None:
        with work.at_work():
            abandoned.pop().__exit__(None, None, None)  # late: it does not end what is done here
            assert len(elsewhere(begin)) == 1
        assert elsewhere(begin) == []

    in_a_loop(begin)
    in_a_loop(others)


def test_an_idle_loop_hinders_nobody_and_one_at_work_does_until_all_is_done() -> None:
    work = OneLoop("This workbench")

    async def some() -> None:
        with work.at_work():
            pass

    async def much() -> None:
        await some()
        assert elsewhere(some) == []
        with work.at_work():
            with work.at_work():
                assert len(elsewhere(some)) == 1
            assert len(elsewhere(some)) == 1
        assert elsewhere(some) == []

    in_a_loop(much)


def test_a_lock_lets_one_in_at_a_time_in_each_loop() -> None:
    lock, order = Lock(), list[str]()

    async def enter(name: str) -> None:
        async with lock:
            order.append(f"{name} in")
            await asyncio.sleep(0)
            order.append(f"{name} out")

    async def two() -> None:
        await asyncio.gather(enter("a"), enter("b"))

    for _ in range(2):
        in_a_loop(two)
    assert ["a in", "a out", "b in", "b out"] * 2 == order


def test_each_loop_makes_its_own_once() -> None:
    made: list[int] = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    each = PerLoop(make)

    async def ask() -> None:
        assert each.here() == each.here() == made[-1]

    in_a_loop(ask)
    in_a_loop(ask)
    assert [0, 1] == made


@pytest.mark.parametrize("name", ["This workbench", "The store"])
def test_who_is_at_work_is_named(name: str) -> None:
    work = OneLoop(name)

    async def some() -> None:
        with work.at_work():
            pass

    async def at_work() -> None:
        with work.at_work():
            (told,) = elsewhere(some)
        assert (
            f"{name} is at work in another event loop (or thread). Wait until it is done, or give each loop its own."
            == str(told)
        )

    in_a_loop(at_work)
