"""The heartbeats of holders, a hundredth of a second apart, to be waited for: on a busy machine they come late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from appconnect.store import holders
from appconnect.store.holders import Hold


class Heartbeats:
    """How often each holder of this process has renewed its hold."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, beats: int = 3000) -> None:
        self._counts: dict[Callable[[], bool], int] = {}
        self._any = asyncio.Event()
        right = holders._beat

        async def counting(hold: Hold, block: asyncio.Timeout) -> None:
            beat = hold.beat

            def counted() -> bool:
                kept = beat()
                self._counts[counted] += 1
                self._any.set()
                return kept

            hold.beat = counted
            self._counts[counted] = 0
            try:
                await right(hold, block)
            finally:
                del self._counts[counted]

        monkeypatch.setattr(holders, "BEATS", beats)
        monkeypatch.setattr(holders, "_beat", counting)

    async def heard(self) -> None:
        """Wait until every holder has renewed its hold once more."""
        await asyncio.sleep(0)  # whoever has just begun
        before = dict(self._counts)
        async with asyncio.timeout(60):
            while any(self._counts.get(each) == count for each, count in before.items()):
                self._any.clear()
                await self._any.wait()
