"""Whether work grows with the size of its input and no faster: two sizes are compared, so no machine is too slow.

Calls are counted. What happens inside one, a regular expression that looks back again and again, has no counter;
there the processor's time for one size is compared with that for the other, until once they are alike enough:
a machine that is busy can make a run longer than the work is, and never shorter.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType

TIMES = 4
"""How much larger the larger input is."""
ALLOWED = 2 * TIMES
"""Linear work takes four times as much, quadratic work sixteen times."""
ROUNDS = 20
UNMEASURABLE = 0.0005
"""Seconds below which nothing is said."""


def assert_linear(work: Callable[[str], object], piece: str, size: int = 20_000) -> None:
    """Do the work on text made of the piece, and on four times as much of it."""
    small, large = (piece * (length // len(piece) + 1) for length in (size, TIMES * size))
    work(piece)  # what is compiled once is compiled now, and nothing is remembered of what is compared
    few, many = calls(lambda: work(small)), calls(lambda: work(large))
    assert many < ALLOWED * few, f"{piece!r}: {few} calls, then {many}"
    shortest, longest = min(_seconds(work, small) for _ in range(3)), _seconds(work, large)
    for _ in range(ROUNDS):
        if longest < ALLOWED * max(shortest, UNMEASURABLE):
            return
        longest = min(longest, _seconds(work, large))
    raise AssertionError(f"{piece!r}: {shortest:.4f} s, then {longest:.4f} s in the best of {ROUNDS} runs")


def calls(work: Callable[[], object]) -> int:
    """Count the calls of functions that work makes, Python's own as well."""
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


def _seconds(work: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    work(text)
    return time.process_time() - start
