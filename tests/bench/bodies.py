"""The update of a log whose note is hostile, and of one four times as long: linear work gives about four."""

from __future__ import annotations

from collections.abc import Iterable

from appconnect.logs.calls import body
from appconnect.logs.calls.body import CallFacts
from appconnect.models import LogFormat
from bench.rows import MILLISECONDS, Row, at_most, measurement
from bench.timing import cpu_seconds


@measurement
def update_of_a_long_note() -> Iterable[Row]:
    """Compare 200 kB with 50 kB."""
    long, short = cpu_seconds(lambda: _update(200_000), lambda: _update(50_000))
    yield Row("update of a malformed body of 200 kB", long * 1000, short * 1000, "of 50 kB",
              at_most(5), MILLISECONDS, floor=short * 4000,
              why="linear work takes four times as long")  # fmt: skip


def _update(length: int) -> None:
    note = "- Result: <li><b>" + " " * length
    old = body.compose(CallFacts(note=note), format=LogFormat.PLAIN, settings={}, timezone=None)
    body.update(old, CallFacts(result="Call ended"), format=LogFormat.PLAIN, settings={}, timezone=None)
