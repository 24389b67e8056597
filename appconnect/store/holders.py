"""Who holds a claim or a lease: kept by a heartbeat, and taken for dead when that is not heard any more.

A claim is short, so that a dead holder is noticed soon; who is at work renews it until the work is over, up
to the deadline of its operation. In this process it is known who is alive, whatever the clock says.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sql
from sqlalchemy import orm

from appconnect.clock import Clock
from appconnect.errors import Busy, StoreError
from appconnect.operations import DEADLINE_SECONDS
from appconnect.writes_under_way import held_by

BEATS: Final = 4
"""Heartbeats in that time, so that one that is late does no harm."""
STALE: Final = 3 / 8
"""Part of that time after which a hold is proved again before a write: one heartbeat is late then.

What is left of it is for the write to arrive in, before anybody else may take over and look.
"""
PATIENCE_SECONDS: Final = DEADLINE_SECONDS / 2
"""How long a turn is waited for: half of an operation's time, so that the other half is left for the work."""

_alive: set[str] = set()
_ended: set[str] = set()
"""Holders of this process that are done, though the store could not be told."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_alive.clear)


def is_here(owner: str) -> bool:
    """Return True for a holder of this process that is at work."""
    return owner in _alive


def holds(owner: str, expires: float, now: float) -> bool:
    """Return whether a holder is still at work, as far as can be told from here."""
    return is_here(owner) or (owner not in _ended and now < expires)


def end(owner: str) -> None:
    """Note that a holder is done, when the store cannot be told."""
    _ended.add(owner)


def moment(session: orm.Session, now: float) -> float:
    """Return ``now`` by the database's clock, which the computers that share one have in common."""
    if session.get_bind().dialect.name != "postgresql":
        return now
    there = session.scalar(sql.text("SELECT extract(epoch FROM clock_timestamp())::float"))
    return now + float(there or time.time()) - time.time()


@dataclass
class Hold:
    """What ``owner`` holds, for ``seconds`` after each ``beat``, which returns False when others have it.

    ``lost`` is the error with which the work is broken off then. ``has_written`` tells whether a write was
    sent meanwhile that was not certainly refused.
    """

    owner: str
    beat: Callable[[], bool]
    clock: Clock
    seconds: float
    lost: Busy
    has_written: bool = False
    is_over: bool = False
    _sure: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        self._sure = self._moment()

    def renew(self) -> bool:
        """Hold it for longer; return False when it is lost."""
        at = self._moment()
        if is_held := self.beat():
            self._sure = at
        return is_held

    def before_write(self) -> None:
        """Raise ``lost`` when others have it; they are asked for if nothing was heard for too long."""
        if self.is_over:  # a generator that was left unfinished has left it behind in its caller's context
            return
        age = max(abs(now - then) for now, then in zip(self._moment(), self._sure, strict=True))
        if age > self.seconds * STALE and not self.renew():
            raise self.lost

    def after_write(self, *, may_arrive: bool) -> None:
        """Note that something was written, or may have been."""
        self.has_written = self.lost.maybe_done = True

    def _moment(self) -> tuple[float, float]:
        """Return the time by two clocks: one stands still while a computer sleeps, the other may be set."""
        return time.monotonic(), self.clock.now().timestamp()


@asynccontextmanager
async def kept(hold: Hold) -> AsyncIterator[None]:
    """Renew a hold while the block runs; break the block off when others have it.

    A store that cannot be written for a moment ends nothing.
    """
    _alive.add(hold.owner)
    try:
        async with asyncio.timeout(None) as block:
            beating = asyncio.create_task(_beat(hold, block))
            try:
                with held_by(hold):
                    yield
            finally:
                beating.cancel()
    except TimeoutError:
        if block.expired():
            raise hold.lost from None
        raise
    finally:
        hold.is_over = True
        _alive.discard(hold.owner)


async def _beat(hold: Hold, block: asyncio.Timeout) -> None:
    while True:
        # real time, also beside a clock that stands still: other processes wait
        await asyncio.sleep(hold.seconds / BEATS)
        with suppress(StoreError):
            if not hold.renew():
                block.reschedule(asyncio.get_running_loop().time())
                return
