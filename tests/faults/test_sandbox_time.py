"""Time in the matrix: a deadline comes when the sandbox waits, and a watchdog when nothing moves at all."""

from __future__ import annotations

import asyncio

import pytest

from appconnect.sandbox.clock import SandboxClock
from appconnect.testing.faults.sandbox_time import SandboxLoop, let_loop_follow, watchdog


async def drips(clock: SandboxClock) -> None:
    while True:
        await clock.sleep(1)


def test_a_deadline_comes_when_the_sandbox_has_waited_so_long() -> None:
    async def work() -> float:
        other, clock = SandboxClock(), SandboxClock()
        let_loop_follow(other)
        await other.sleep(7200)
        let_loop_follow(clock)
        start = clock.now()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(drips(clock), 240)
        return (clock.now() - start).total_seconds()

    with asyncio.Runner(loop_factory=SandboxLoop) as runner:
        assert 230 <= runner.run(work()) <= 260


def test_the_loops_time_never_goes_back() -> None:
    async def work() -> list[float]:
        loop, one, other = asyncio.get_running_loop(), SandboxClock(), SandboxClock()
        times = [loop.time()]
        for clock in (one, other, one, SandboxClock(), other):
            let_loop_follow(clock)
            times.append(loop.time())
            await clock.sleep(100)
            times.append(loop.time())
        return times

    with asyncio.Runner(loop_factory=SandboxLoop) as runner:
        times = runner.run(work())
    assert sorted(times) == times


async def test_the_watchdog_ends_what_moves_no_clock() -> None:
    with pytest.raises(TimeoutError):
        async with watchdog(0.05):
            await asyncio.Event().wait()


async def test_the_watchdog_lets_go_what_ends() -> None:
    async with watchdog(60):
        await asyncio.sleep(0)


async def test_other_loops_follow_no_clock() -> None:
    let_loop_follow(SandboxClock())
