"""Ids of records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping


class Ids:
    """Ids that count up, one sequence per name, so that outputs repeat."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()

    def next(self, sequence: str, first: int = 1) -> int:
        """Return the next id of a sequence, which begins with ``first``."""
        self._used[sequence] += 1
        return first + self._used[sequence] - 1

    def used(self) -> dict[str, int]:
        """Return how many ids of each sequence are used."""
        return dict(self._used)

    def restore(self, used: Mapping[str, int]) -> None:
        """Go on where another run ended."""
        self._used = Counter(used)
