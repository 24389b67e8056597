"""The deadline of an operation: what still fits in, and what was under way when it struck.

Time is the clock's that is handed in, which in a sandbox moves on by waits alone; the computer's own time
ends what hangs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import timedelta
from typing import TypeVar

from appconnect.clock import Clock
from appconnect.errors import DeadlineExceeded
from appconnect.http.rules import READS
from appconnect.text.amounts import about

T = TypeVar("T")


class Deadline:
    """When an operation must be over, and what it has sent; ``seconds`` from now."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock, self._seconds = clock, seconds
        self._ends = clock.now() + timedelta(seconds=seconds)
        self.timer = asyncio.timeout(seconds)
        self._under_way: list[str] = []
        self._has_written = False

    @property
    def remaining(self) -> float:
        """The seconds that are left."""
        return max(0.0, (self._ends - self._clock.now()).total_seconds())

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let the block take the time that it takes."""
        began = self._clock.now()
        self.timer.reschedule(None)
        try:
            yield
        finally:
            self._ends += self._clock.now() - began
            self.timer.reschedule(asyncio.get_running_loop().time() + self.remaining)

    @contextmanager
    def sending(self, method: str, path: str) -> Iterator[None]:
        """Note a request that is under way during the block; what is cancelled in it stays noted."""
        label = f"{method} {path}"
        self._under_way.append(label)
        self._has_written |= method not in READS
        try:
            yield
        except asyncio.CancelledError:
            raise
        except BaseException:
            self._under_way.remove(label)
            raise
        else:
            self._under_way.remove(label)

    def exceeded(self) -> DeadlineExceeded:
        """Return the error that says what was going on; a write that was sent may have been done."""
        doing = f"waiting for the answer to {self._under_way[-1]}" if self._under_way else "waiting"
        unsure = "; what was sent may have been done" if self._has_written else ""
        return DeadlineExceeded(
            f"This took longer than {about(self._seconds)} and was stopped while {doing}{unsure}.",
            maybe_done=self._has_written,
        )


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def seconds_left() -> float:
    """Return the seconds that are left to the operation that runs; infinite outside of one."""
    deadline = _current.get()
    return deadline.remaining if deadline else float("inf")


@contextmanager
def sending(method: str, path: str) -> Iterator[None]:
    """Note that a request of the operation is under way during the block."""
    deadline = _current.get()
    with deadline.sending(method, path) if deadline else nullcontext():
        yield


@contextmanager
def paused() -> Iterator[None]:
    """Wait during the block for a person, whose time does not count."""
    deadline = _current.get()
    with deadline.paused() if deadline else nullcontext():
        yield


async def within(seconds: float, clock: Clock, work: Coroutine[object, object, T]) -> T:
    """Do the work to its end, or stop it with :class:`DeadlineExceeded`."""
    deadline = Deadline(clock, seconds)
    token = _current.set(deadline)
    try:
        async with deadline.timer:
            return await work
    except TimeoutError:
        if deadline.timer.expired():
            raise deadline.exceeded() from None
        raise
    finally:
        _current.reset(token)
