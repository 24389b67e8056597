"""The computer's clock tells UTC, and really waits: the only one that does."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from appconnect.clock import SystemClock


async def test_it_waits_as_long_as_it_is_told() -> None:
    began = time.monotonic()
    await SystemClock().sleep(0.05)
    assert 0.05 <= time.monotonic() - began < 5


def test_it_tells_utc() -> None:
    before, told, after = datetime.now(UTC), SystemClock().now(), datetime.now(UTC)
    assert before <= told <= after
    assert UTC is told.tzinfo
