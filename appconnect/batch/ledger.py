"""The outcomes of a table's rows, by way of the journal: which are still to be done, what became of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from appconnect.batch.outcomes import WAITING, Outcome, Status
from appconnect.batch.tables import Row, Table

if TYPE_CHECKING:
    from appconnect.store import Journal, Sealer

FLUSH: Final = 50
"""Outcomes that are noted together; of those that a kill takes with it nothing is done twice."""


class Ledger:
    """The outcomes of one table."""

    def __init__(self, table: Table, journal: Journal, sealer: Sealer) -> None:
        self._table, self._journal, self._sealer = table, journal, sealer
        self._fresh: dict[int, Outcome] = {}
        self.counts = Counter(journal.counts())
        """How many rows there are of each status."""

    @property
    def done(self) -> int:
        """How many rows another run leaves as they are."""
        return sum(count for status, count in self.counts.items() if Status(status).is_final)

    def chunks(self) -> Iterator[dict[int, tuple[Row, Status]]]:
        """Yield the rows by their place in the table, some at a time, each with its status so far."""
        place = 0
        for rows in self._table.chunks():
            known = self._journal.outcomes(place, place + len(rows))
            statuses = {each: Status(status) for each, (status, _) in known.items()}
            numbered = enumerate(rows, place)
            yield {each: (row, statuses.get(each, Status.WAITING)) for each, row in numbered}
            place += len(rows)

    def open_rows(self) -> Iterator[tuple[int, Row]]:
        """Yield the rows that have no final outcome yet, with their place in the table."""
        for rows in self.chunks():
            for place, (row, status) in rows.items():
                if not status.is_final:
                    self.counts[status.value] -= self.counts[status.value] > 0
                    yield place, row

    def note(self, place: int, outcome: Outcome) -> bool:
        """Note an outcome; return True when it was written down with those before it."""
        self._fresh[place] = outcome
        self.counts[outcome.status.value] += 1
        if len(self._fresh) < FLUSH:
            return False
        self.flush()
        return True

    def flush(self) -> None:
        """Write down what is noted."""
        sealed = {place: (each.status.value, self._seal(each)) for place, each in self._fresh.items()}
        self._journal.put(sealed)
        self._fresh.clear()

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the outcomes of all rows, in order."""
        place = 0
        for rows in self._table.chunks():
            known = self._journal.outcomes(place, place + len(rows))
            for each in range(place, place + len(rows)):
                yield self._opened(*known[each]) if each in known else WAITING
            place += len(rows)

    def _seal(self, outcome: Outcome) -> str:
        texts = {each.name: getattr(outcome, each.name) for each in fields(outcome)}
        return self._sealer.seal({name: text for name, text in texts.items() if text and name != "status"})

    def _opened(self, status: str, sealed: str) -> Outcome:
        return Outcome(status=Status(status), **self._sealer.open(sealed))
