"""A replay for checks: a request that has changed is paired with its recorded one, and the run goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from appconnect.errors import NoMatch
from appconnect.http.exchange import Request
from appconnect.replay.matching import nearest_number, request_differences, short_name
from appconnect.replay.transport import ReplayTransport


@dataclass(frozen=True)
class ChangedRequest:
    """A request that is not as it was recorded; ``recorded`` is None for one that is new."""

    sent: Request
    recorded: Request | None = None

    @property
    def name(self) -> str:
        """``POST /path``."""
        return short_name(self.recorded or self.sent)

    @property
    def differences(self) -> list[str]:
        """What differs, most telling first: ``POST /path: body.subject: recorded "Call", sent "Lunch"``."""
        if self.recorded is None:
            return [f"newly asked: {self.name}"]
        found = request_differences(self.recorded, self.sent) or ["asked once more than recorded"]
        return [f"{self.name}: {each}" for each in found]


class PairingTransport(ReplayTransport):
    """Answers from a recording, one operation at a time; what was sent otherwise is in ``changed``."""

    _places: Sequence[int] = ()
    changed: list[ChangedRequest]

    def begin(self, places: Sequence[int]) -> None:
        """Pair with the exchanges at these places from now on."""
        self._places, self.changed = places, []

    def left(self) -> list[Request]:
        """Return the requests of the operation that nothing has asked for."""
        return [self._cassette.exchanges[place].request for place in self._left()]

    def _index(self, asked: Request) -> int:
        try:
            return super()._index(asked)
        except NoMatch:
            near = self._nearest(asked)
            if near is None:
                self.changed.append(ChangedRequest(asked))
                raise
            self.changed.append(ChangedRequest(asked, self._cassette.exchanges[near].request))
            return near

    def _left(self) -> list[int]:
        return [place for place in self._places if place not in self._served]

    def _nearest(self, asked: Request) -> int | None:
        """Return the place of the request that was sent with the same method, and comes nearest."""
        places = [each for each in self._left() if self._requests[each]["method"] == asked.method]
        if not places:
            return None
        return places[nearest_number([self._requests[each] for each in places], asked)]
