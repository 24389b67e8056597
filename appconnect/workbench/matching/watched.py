"""A search that is watched: what it asks and decides is collected, and every request that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from appconnect import hits
from appconnect.http import Exchange, RateLimit
from appconnect.models import Contact, ContactMatches
from appconnect.workbench.context import Context
from appconnect.workbench.matching.explanation import Cost, RequestMade

TOLD, DOCUMENTED = "told by the CRM", "as documented"


class Search:
    """A search that was watched: what it gave, what it decided, and the exchanges that it took."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._sent: dict[int, Exchange] = {}
        self._before: RateLimit = context.trace.limits
        self._seconds = 0.0
        self.decisions = hits.Decisions()
        self.matches = ContactMatches()

    @contextmanager
    def watched(self) -> Iterator[Search]:
        """Collect what is asked, decided and sent during the block."""

        def heard(exchange: Exchange) -> None:
            if hits.request_sent(exchange.number):
                self._sent[exchange.number] = exchange

        stop, began = self._context.trace.listen(heard), self._context.now()
        try:
            with hits.collect_decisions() as self.decisions:
                yield self
        finally:
            stop()
            self._seconds = (self._context.now() - began).total_seconds()
        newest = {each.number: each for each in self._context.trace if each.number in self._sent}
        self._sent |= newest  # an answer may have been shared since

    @property
    def exchanges(self) -> list[Exchange]:
        """The exchanges, in order of departure."""
        return [self._sent[number] for number in sorted(self._sent)]

    @property
    def answers(self) -> list[object]:
        """What was answered so far."""
        return [each.response_body for each in self.exchanges]

    @property
    def contacts(self) -> list[Contact]:
        """Whom the search gave."""
        return self.matches.contacts

    @property
    def contact_types(self) -> Sequence[str]:
        """The types of contact that there are."""
        return self._context.connector.contact_types

    def requests(self, numbers: Sequence[int]) -> tuple[RequestMade, ...]:
        """Return some of the exchanges as they are told."""
        return tuple(RequestMade.of(self._sent[each]) for each in numbers if each in self._sent)

    def cost(self, operation: str = "") -> Cost:
        """Return what it took; ``operation`` is whose documented cost counts where the CRM tells none."""
        exchanges = self.exchanges
        left = [self._before, *(each.limits for each in exchanges)]
        told = [each.daily_remaining for each in left if each.daily_remaining is not None]
        units, units_from = (told[0] - min(told), TOLD) if len(told) > 1 else (None, "")
        documented = self._context.connector.current_costs.get(operation)
        if units is None and documented is not None and documented.units:
            units = documented.units + documented.units_per_match * len(self.contacts)
            units_from = DOCUMENTED
        waits = tuple(wait for each in exchanges for wait in each.waits)
        return Cost(
            requests=len(exchanges), units=units, units_from=units_from, seconds=self._seconds, waits=waits
        )


def is_same_kind(kind: str, other: str, known: Sequence[str]) -> bool:
    """Return whether two words may be of one kind of record: different types of contact are not."""
    types = {each.casefold() for each in known}
    return kind.casefold() == other.casefold() or not {kind.casefold(), other.casefold()} <= types


def kind_and_id(hit: str) -> tuple[str, str]:
    """Return the two parts of what a hit is called: "person 501"."""
    kind, _, number = hit.rpartition(" ")
    return kind, number
