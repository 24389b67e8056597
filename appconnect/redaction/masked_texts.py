"""What short texts became when they were masked: the same names and values come in answer after answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn

MAX_LETTERS: Final = 200
"""Longer texts seldom come twice."""
MAX_TEXTS: Final = 5_000


class MaskedTexts:
    """Masks texts, those that came before from memory, as long as no further secret is known.

    It shows nothing of itself, for it holds texts as they were.
    """

    def __init__(self, mask: Callable[[str], str], version: Callable[[], int]) -> None:
        """Take what masks, and what returns a number that changes with every further secret."""
        self._mask, self._version = mask, version
        self._masked: dict[str, tuple[int, str]] = {}

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        if len(text) > MAX_LETTERS:
            return self._mask(text)
        version, known = self._version(), self._masked.get(text)
        if known is not None and known[0] == version:
            return known[1]
        masked = self._mask(text)
        if len(self._masked) >= MAX_TEXTS:
            self._masked.clear()
        self._masked[text] = version, masked
        return masked

    def __repr__(self) -> str:
        return f"<MaskedTexts: {len(self._masked)} texts>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("What holds secrets is not copied and not pickled.")
