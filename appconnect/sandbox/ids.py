"""Ids of records."""

from __future__ import annotations

from collections import Counter


class Ids:
    """Ids that count up, one sequence per name, so that outputs repeat."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()

    def next(self, sequence: str, first: int = 1) -> int:
        """Return the next id of a sequence, which begins with ``first``."""
        self._used[sequence] += 1
        return first + self._used[sequence] - 1
