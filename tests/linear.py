"""Whether work grows with the size of its input and no faster: two sizes are compared, so no machine is too slow."""

from __future__ import annotations

import time
from collections.abc import Callable

TIMES = 8
"""How much larger the larger input is."""
ALLOWED = 3 * TIMES
"""Linear work takes eight times as long, quadratic work sixty-four times."""


def assert_linear(work: Callable[[str], object], piece: str, size: int = 20_000) -> None:
    """Do the work on text made of the piece, and on eight times as much of it."""
    small, large = (piece * (length // len(piece) + 1) for length in (size, TIMES * size))
    work(small)  # what is compiled once is compiled now
    seconds = [max(_best(work, text), 0.0005) for text in (small, large)]
    assert seconds[1] < ALLOWED * seconds[0], f"{piece!r}: {seconds[0]:.4f} s, then {seconds[1]:.4f} s"


def _best(work: Callable[[str], object], text: str) -> float:
    """The processor's seconds in the best of three runs, since a run can only be slower than the work is."""
    seconds = []
    for _ in range(3):
        start = time.process_time()
        work(text)
        seconds.append(time.process_time() - start)
    return min(seconds)
