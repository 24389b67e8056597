"""Recorded requests by what they mean: of many, only those that ask for the same are looked at closely."""

from __future__ import annotations

from collections.abc import Sequence

from appconnect.replay.exchanges import PlainRequest
from appconnect.replay.matching import asked_of, canonical_plain


class RequestIndex:
    """The numbers of recorded requests: first by whom is asked for what, then by all that they say."""

    def __init__(self, requests: Sequence[PlainRequest]) -> None:
        self._requests = requests
        self._by_address: dict[tuple[str, ...], list[int]] = {}
        for number, each in enumerate(requests):
            self._by_address.setdefault(asked_of(each), []).append(number)
        self._by_meaning: dict[tuple[str, ...], dict[str, list[int]]] = {}

    def alike(self, asked: PlainRequest) -> list[int]:
        """Return the numbers of the requests that mean the same, in the recorded order."""
        address = asked_of(asked)
        if address not in self._by_meaning:
            self._by_meaning[address] = self._compared(self._by_address.get(address, []))
        return self._by_meaning[address].get(canonical_plain(asked), [])

    def _compared(self, numbers: Sequence[int]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number in numbers:
            found.setdefault(canonical_plain(self._requests[number]), []).append(number)
        return found
