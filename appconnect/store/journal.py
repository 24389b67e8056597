"""The journal of batch work: what became of each row, who carries each number, from one run to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sql
from sqlalchemy import orm

from appconnect.store.store import Store
from appconnect.store.tables import BatchNumberRow, BatchOutcomeRow, BatchRow

KEPT_SECONDS = 90 * 86400.0
"""What was not gone on with for so long is forgotten."""


@dataclass(frozen=True)
class Journal:
    """The journal of one piece of batch work. What it holds of people comes here sealed."""

    store: Store
    batch: str

    def begin(self, now: float) -> None:
        """Note that the work begins or goes on, and forget what nobody has gone on with."""

        def work(session: orm.Session) -> None:
            old = session.scalars(sql.select(BatchRow.batch).where(BatchRow.begun < now - KEPT_SECONDS))
            for batch in list(old):
                _forget(session, batch)
            session.merge(BatchRow(batch=self.batch, begun=now))

        self.store.transaction(work)

    def forget(self) -> None:
        """Forget all of it, so that the work begins anew."""
        self.store.transaction(lambda session: _forget(session, self.batch))

    # -- rows --

    def outcomes(self, first: int, last: int) -> dict[int, tuple[str, str]]:
        """Return status and sealed outcome of the rows from ``first`` up to, and without, ``last``."""
        columns = BatchOutcomeRow.position, BatchOutcomeRow.status, BatchOutcomeRow.sealed
        rows = sql.select(*columns).where(
            BatchOutcomeRow.batch == self.batch,
            BatchOutcomeRow.position >= first,
            BatchOutcomeRow.position < last,
        )
        return self.store.transaction(
            lambda session: {place: (status, sealed) for place, status, sealed in session.execute(rows)}
        )

    def put(self, outcomes: Mapping[int, tuple[str, str]]) -> None:
        """Note status and sealed outcome of rows, in place of what was noted of them before."""

        rows = [
            {"batch": self.batch, "position": position, "status": status, "sealed": sealed}
            for position, (status, sealed) in outcomes.items()
        ]
        before = sql.delete(BatchOutcomeRow).where(
            BatchOutcomeRow.batch == self.batch, BatchOutcomeRow.position.in_(outcomes)
        )

        def work(session: orm.Session) -> None:
            session.execute(before)
            session.execute(sql.insert(BatchOutcomeRow), rows)

        if rows:
            self.store.transaction(work)

    def counts(self) -> dict[str, int]:
        """Return how many rows there are of each status."""
        query = (
            sql.select(BatchOutcomeRow.status, sql.func.count())
            .filter_by(batch=self.batch)
            .group_by(BatchOutcomeRow.status)
        )
        found = self.store.transaction(lambda session: session.execute(query).all())
        return {status: count for status, count in found}  # noqa: C416 – rows are no plain tuples

    # -- numbers --

    def add_numbers(self, numbers: Iterable[str]) -> None:
        """Note numbers, as digests, that are still to be looked up."""
        wanted = set(numbers)

        def work(session: orm.Session) -> None:
            known = sql.select(BatchNumberRow.number).where(
                BatchNumberRow.batch == self.batch, BatchNumberRow.number.in_(wanted)
            )
            for number in sorted(wanted - set(session.scalars(known))):
                session.add(BatchNumberRow(batch=self.batch, number=number, sealed=""))

        self.store.transaction(work)

    def forget_unknown_numbers(self) -> None:
        """Forget the numbers that nobody has looked up."""
        unknown = sql.delete(BatchNumberRow).filter_by(batch=self.batch, sealed="")
        self.store.transaction(lambda session: session.execute(unknown))

    def count_numbers(self, *, unknown: bool = False) -> int:
        """Return how many different numbers are noted, or only those that nobody has looked up yet."""
        query = sql.select(sql.func.count()).select_from(BatchNumberRow).filter_by(batch=self.batch)
        if unknown:
            query = query.filter_by(sealed="")
        return self.store.transaction(lambda session: session.scalar(query) or 0)

    def carriers(self, number: str) -> str:
        """Return who carries a number, sealed; "" while that is not known."""
        key = (self.batch, number)
        row = self.store.transaction(lambda session: session.get(BatchNumberRow, key))
        return row.sealed if row else ""

    def put_carriers(self, number: str, sealed: str) -> None:
        """Note who carries a number."""
        row = BatchNumberRow(batch=self.batch, number=number, sealed=sealed)
        self.store.transaction(lambda session: session.merge(row))


def _forget(session: orm.Session, batch: str) -> None:
    for table in (BatchRow, BatchOutcomeRow, BatchNumberRow):
        session.execute(sql.delete(table).filter_by(batch=batch))
