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
from typing import Final

import sqlalchemy as sql
from sqlalchemy import orm

from appconnect.errors import AppConnectError, StoreError
from appconnect.operations import DEADLINE_SECONDS

BEATS: Final = 4
"""Heartbeats in that time, so that one that is late does no harm."""
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


@asynccontextmanager
async def kept(
    owner: str, beat: Callable[[], bool], *, seconds: float, lost: AppConnectError
) -> AsyncIterator[None]:
    """Renew a hold by ``beat()`` while the block runs; break the block off with ``lost`` if others have it.

    ``seconds`` is how long each renewal lasts. A store that cannot be written for a moment ends nothing.
    """
    _alive.add(owner)
    try:
        async with asyncio.timeout(None) as block:
            beating = asyncio.create_task(_beat(beat, seconds / BEATS, block))
            try:
                yield
            finally:
                beating.cancel()
    except TimeoutError:
        if block.expired():
            raise lost from None
        raise
    finally:
        _alive.discard(owner)


async def _beat(beat: Callable[[], bool], pause: float, block: asyncio.Timeout) -> None:
    while True:
        await asyncio.sleep(pause)  # real time, also beside a clock that stands still: other processes wait
        with suppress(StoreError):
            if not beat():
                block.reschedule(asyncio.get_running_loop().time())
                return
