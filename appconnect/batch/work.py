"""Matching and logging a table: surveyed, planned, worked on by several at once, stopped, gone on with."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from appconnect.batch import plan as planning
from appconnect.batch.day_budget import DayBudget
from appconnect.batch.desk import Desk
from appconnect.batch.index import ContactIndex
from appconnect.batch.ledger import Ledger
from appconnect.batch.lookup import ByIndex, BySearch, Lookup, digest_of
from appconnect.batch.outcomes import Status
from appconnect.batch.plan import READ_ALL, Plan
from appconnect.batch.records import Row, read
from appconnect.batch.result import BatchResult, Progress, Tally
from appconnect.batch.row_work import RowWork, Stop, number_of
from appconnect.batch.tables import Table, table_of
from appconnect.directory import Directory
from appconnect.errors import CrmError, InputError, NotSupported, RateLimited, SessionExpired
from appconnect.models import User
from appconnect.operation_warnings import collect
from appconnect.store import HOLD_SECONDS

if TYPE_CHECKING:
    from pandas import DataFrame

    from appconnect.store import Journal, Sealer, Store

Tell = Callable[[Progress], None]
MAX_FAILURES: Final = 20
"""Failures one after the other after which the CRM is left alone."""
CONTACTS_TOLD: Final = 500


@dataclass(frozen=True)
class BatchWork:
    """What ``workbench.batch`` can do with whole tables.

    A table is a pandas DataFrame, or a CSV, JSON-lines or Parquet file: RingCentral's records of calls and
    messages, or the download of its call log. A file's result is written beside it, or where ``output`` says.
    """

    desk: Desk
    store: Store
    sealer: Sealer
    signed_in: Callable[[], Awaitable[User]]

    async def match(
        self, table: DataFrame | Path | str, *, output: Path | str | None = None, dry_run: bool = False,
        again: bool = False, way: str = "", progress: Tell | None = None,
    ) -> BatchResult:  # fmt: skip
        """Find the contact of every call and message; each number is looked up once.

        ``dry_run`` plans only. The same call again goes on where a run was stopped; ``again`` begins anew.
        ``way`` names a way of the plan that is to be taken although it costs more.
        """
        work = await self.prepare(table, output=output, again=again, way=way)
        if dry_run:
            return BatchResult(None, work.plan, work.counts, [])
        return await work.run(progress)

    async def log(
        self, table: DataFrame | Path | str, *, output: Path | str | None = None, dry_run: bool = False,
        again: bool = False, way: str = "", progress: Tell | None = None,
    ) -> BatchResult:  # fmt: skip
        """Log every call and message at the one contact that carries its number; see :meth:`match`.

        A row with an id in ``crm_contact_id`` is logged at that contact. What was logged before stays as it
        is. ``dry_run`` matches and composes, and writes nothing into the CRM.
        """
        work = await self.prepare(table, log=True, output=output, dry_run=dry_run, again=again, way=way)
        return await work.run(progress)

    async def prepare(
        self, table: DataFrame | Path | str, *, log: bool = False, output: Path | str | None = None,
        dry_run: bool = False, again: bool = False, way: str = "",
    ) -> Batch:  # fmt: skip
        """Return the work on a table with its plan, to be run and stopped. InputError for no such table."""
        found = table_of(table, output, "logged" if log else "matched")
        found.check()
        user = await self.signed_in()
        verb = ("log, dry run" if dry_run else "log") if log else "match"
        account = f"{self.desk.platform}/{user.id}"
        name = hashlib.sha256(f"{account}/{verb}/{found.digest()}".encode()).hexdigest()
        from appconnect.store import Journal

        journal = Journal(self.store, name)
        if again:
            journal.forget()
        journal.begin(self.desk.now().timestamp())
        work = Batch(self.desk, found, journal, self.sealer, account, log=log, dry_run=dry_run)
        await work.make_plan(way)
        return work


class Batch:
    """The work on one table; ``plan`` says what it takes."""

    plan: Plan

    def __init__(
        self, desk: Desk, table: Table, journal: Journal, sealer: Sealer, account: str, *,
        log: bool, dry_run: bool,
    ) -> None:  # fmt: skip
        self._desk, self._table, self._journal, self._sealer = desk, table, journal, sealer
        self._account, self._log, self._dry_run = account, log, dry_run
        self._ledger = Ledger(table, journal, sealer)
        self._day = DayBudget(lambda: desk.limits)
        self._directory = desk.connector.directory()
        self._stopped = ""
        self._failures = 0
        self._notes: list[str] = []

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each status so far."""
        return {each.value: count for each in Status if (count := self._ledger.counts[each.value])}

    def stop(self, reason: str = "Stopped.") -> None:
        """End the work when the rows that are in hand are done."""
        self._stopped = self._stopped or reason

    async def run(self, progress: Tell | None = None) -> BatchResult:
        """Do the rows that are not done yet, and give back the table. One run at a time for an account."""
        tell = progress or (lambda _: None)
        lease = self._journal.store.lease(
            f"batch {self._account}", HOLD_SECONDS, self._desk, work="does batch work for this account"
        )
        async with lease:
            lookup = await self._lookup(tell)
            work = RowWork(self._desk, lookup, self._day, log=self._log, dry_run=self._dry_run)
            await self._work(work, tell)
        tally = Tally()
        table = self._table.give_back(tally.counted(self._ledger.outcomes()))
        counts = {each.value: count for each in Status if (count := tally.counts[each.value])}
        return BatchResult(table, self.plan, counts, tally.problems, self._stopped, tuple(self._notes))

    # -- before --

    async def make_plan(self, way: str = "") -> None:
        """Look through the table, and choose how to match it."""
        self._journal.forget_unknown_numbers()
        rows = usable = 0
        for some in self._ledger.chunks():
            rows += len(some)
            numbers = [self._number(row) for row, outcome in some.values() if not outcome.is_final]
            usable += len(numbers) - numbers.count(None)
            self._journal.add_numbers(filter(None, numbers))
            await asyncio.sleep(0)  # the panel goes on meanwhile
        self.plan = await planning.choose(
            self._desk, self._directory, rows=rows, numbers=self._journal.count_numbers(unknown=True),
            logs=usable if self._log and not self._dry_run else None, done=self._ledger.done, way=way,
        )  # fmt: skip

    def _number(self, row: Row) -> str | None:
        """Return the digest of the number to look up, "" for none, None for a row that cannot be used."""
        try:
            record = read(row, self._desk.zone)
            if record.contact is not None:
                return ""
            return digest_of(number_of(record.party, self._desk.default_region))
        except InputError:
            return None

    async def _lookup(self, tell: Tell) -> Lookup:
        """Return what finds contacts: all of them, read now, or a search."""
        if self.plan.chosen.name == READ_ALL and self._directory is not None and self.plan.numbers:
            try:
                async with self._day.room_for(self.plan.chosen.units):
                    return await self._index(self._directory, tell)
            except SessionExpired:
                raise
            except (CrmError, NotSupported) as error:
                if isinstance(error, RateLimited) and error.daily:
                    self.stop(error.message)
                else:
                    self._notes.append(
                        f"The contacts cannot be read all at once, so each is searched: {error}"
                    )
        return BySearch(self._desk, self._journal, self._sealer, self._day)

    async def _index(self, directory: Directory, tell: Tell) -> ByIndex:
        index = ContactIndex()
        with collect() as warnings:
            async for entry in directory.contacts():
                index.add(entry)
                if len(index) % CONTACTS_TOLD == 0:
                    self._tell(tell, f"{len(index):,} contacts read")
        self._notes += warnings
        return ByIndex(index, warnings.gap)

    # -- the rows --

    async def _work(self, work: RowWork, tell: Tell) -> None:
        rows = self._ledger.open_rows()
        workers = 2 * self._desk.connector.rules.max_in_flight
        tasks = [asyncio.create_task(self._do_rows(rows, work, tell)) for _ in range(workers)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._ledger.flush()
            self._tell(tell)

    async def _do_rows(self, rows: Iterator[tuple[int, Row]], work: RowWork, tell: Tell) -> None:
        """Do one row after the other of those that the others have not taken."""
        for place, row in rows:
            if self._stopped:
                break
            try:
                outcome = await work.do(row)
            except Stop as reason:
                self.stop(str(reason))
                break
            if self._ledger.note(place, outcome):
                self._tell(tell)
                await asyncio.sleep(0)  # lets a click in, also where no answer is waited for
            if outcome.status in (Status.FAILED, Status.MATCHED, Status.LOGGED):
                self._failures = self._failures + 1 if outcome.status is Status.FAILED else 0
            if self._failures >= MAX_FAILURES:
                self.stop(f"{self._failures} rows in a row failed, the last one so: {outcome.reason}")

    def _tell(self, tell: Tell, doing: str = "") -> None:
        tell(Progress(self._ledger.done, self.plan.rows, self.counts, doing))
