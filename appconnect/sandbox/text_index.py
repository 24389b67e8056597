"""An index of pieces of text, so that a search among 100,000 records reads a few of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Set
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
PIECE = 3
"""Every run of this many characters is indexed; shorter search texts need all records."""


class TextIndex(Generic[K]):
    """Which records may hold a piece of text; whoever asks compares the texts themselves.

    Texts are taken as they are given: fold case and accents, or keep digits only, before.
    """

    def __init__(self) -> None:
        self._holders: defaultdict[str, set[K]] = defaultdict(set)
        self._pieces: dict[K, frozenset[str]] = {}

    def __len__(self) -> int:
        return len(self._pieces)

    def put(self, key: K, texts: Iterable[str]) -> None:
        """Index the texts of a record, in place of those it had."""
        pieces = frozenset(piece for text in texts for piece in _pieces(text))
        known = self._pieces.get(key, frozenset())
        for piece in known - pieces:
            self._holders[piece].discard(key)
        for piece in pieces - known:
            self._holders[piece].add(key)
        self._pieces[key] = pieces

    def remove(self, key: K) -> None:
        """Forget a record."""
        self.put(key, ())
        del self._pieces[key]

    def candidates(self, *texts: str) -> Set[K]:
        """Return the records whose texts may contain all of these; all if each is shorter than a piece."""
        pieces = {piece for text in texts for piece in _pieces(text)}
        if not pieces:
            return self._pieces.keys()
        fewest_first = sorted((self._holders.get(piece, set()) for piece in pieces), key=len)
        return set.intersection(*fewest_first)


def _pieces(text: str) -> set[str]:
    return {text[at : at + PIECE] for at in range(len(text) - PIECE + 1)}
