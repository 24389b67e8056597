"""What the store knows of logs: who is writing one, and which log of the CRM a call or conversation became.

A log may have several names: a call is known by its session, its telephony session and its record.
"""

from __future__ import annotations

import logging
import secrets
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sql
from sqlalchemy import orm

from appconnect.clock import Clock
from appconnect.errors import AppConnectError, BeingLogged, StoreError, may_be_written
from appconnect.models import LogKind
from appconnect.store import holders, log_rows
from appconnect.store.log_rows import LogState
from appconnect.store.records import (
    HOLD_SECONDS,
    Claim,
    ContactKind,
    LogLink,
    LogReference,
    Reservation,
)
from appconnect.store.tables import LogRow

T = TypeVar("T")
log = logging.getLogger(__name__)


class LogLinks(ABC):
    """The part of the store that keeps logs from being written twice."""

    @abstractmethod
    def transaction(self, work: Callable[[orm.Session], T]) -> T:
        """Run ``work`` in one transaction."""

    def reserve(
        self,
        reference: LogReference,
        *,
        now: datetime,
        seconds: float = HOLD_SECONDS,
        contact_id: str = "",
        sealed_draft: str = "",
        aliases: Sequence[LogReference] = (),
    ) -> Reservation:
        """Claim the writing of a log before the CRM is called.

        Of several processes that ask at once, under any of its names, exactly one is told ``mine``. A claim
        that is neither completed nor given back within ``seconds`` counts as abandoned. A log that is written
        is linked to those of its names that were not known yet.
        """
        token, names = secrets.token_hex(16), (reference, *aliases)

        def work(session: orm.Session) -> Reservation:
            rows, moment = log_rows.read(session, names), holders.moment(session, now.timestamp())
            claim, first = _standing(rows.values(), moment)
            if first is None:
                first = LogState(contact_id=contact_id, sealed_draft=sealed_draft)
            if claim is not Claim.IN_PROGRESS:
                mine = first if claim is Claim.DONE else replace(first, owner=token, expires=moment + seconds)
                log_rows.write(session, rows, _of_one_log(rows, names, mine))
            found = first.log_id or "", first.contact_id, first.sealed_draft
            is_here = claim is Claim.IN_PROGRESS and holders.is_here(first.owner)
            return Reservation(reference, claim, *found, token, tuple(aliases), is_here)

        return self.transaction(work)

    def renew(
        self,
        reservation: Reservation,
        *,
        now: datetime,
        seconds: float,
        contact_id: str = "",
        sealed_draft: str = "",
    ) -> bool:
        """Hold a claim for longer and note what is about to be written; return False when it is lost."""

        def work(session: orm.Session) -> bool:
            rows = log_rows.read(session, reservation.references)
            mine = {
                name: row
                for name, row in rows.items()
                if row.owner == reservation.token and row.log_id is None
            }
            if reservation.reference not in mine:
                return False
            end = holders.moment(session, now.timestamp()) + seconds
            after = {
                name: replace(
                    row,
                    expires=end,
                    contact_id=contact_id or row.contact_id,
                    sealed_draft=sealed_draft or row.sealed_draft,
                )
                for name, row in mine.items()
            }
            log_rows.write(session, rows, after)
            return True

        return self.transaction(work)

    @asynccontextmanager
    async def kept(self, reservation: Reservation, clock: Clock) -> AsyncIterator[None]:
        """Hold a claim while the block runs, and give it back when the block fails.

        Raises `BeingLogged` when another process, which took this one for dead, has the claim. After an error
        with which the CRM may have written, or that came after a write, whoever comes next looks first.
        """

        def beat() -> bool:
            return self.renew(reservation, now=clock.now(), seconds=HOLD_SECONDS)

        lost = BeingLogged("Another process took over while this one stood still; look again in a moment.")
        hold = holders.Hold(reservation.token, beat, clock, HOLD_SECONDS, lost)
        try:
            async with holders.kept(hold):
                yield
        except BaseException as error:
            is_refused = isinstance(error, AppConnectError) and not may_be_written(error)
            is_over = is_refused and error is not lost and not hold.has_written
            self._give_back(reservation, self.release if is_over else self.abandon)
            raise

    def end(self, reservation: Reservation) -> None:
        """Note that a claim's work is over, when the store cannot be told: nobody here waits for it."""
        holders.end(reservation.token)

    def _give_back(self, reservation: Reservation, how: Callable[[Reservation], None]) -> None:
        """Give a claim back; a store that fails here hides no other failure."""
        try:
            how(reservation)
        except StoreError as error:
            self.end(reservation)
            log.warning("A claim is not given back, others find it out by themselves: %s", error)

    def complete(
        self,
        reference: LogReference,
        log_id: str,
        *,
        contact_id: str = "",
        aliases: Sequence[LogReference] = (),
    ) -> LogLink:
        """Link the log to its id in the CRM, reserved or not; what is already linked keeps its id.

        ``contact_id`` is noted unless empty. Returns the link that stands.
        """
        names = (reference, *aliases)

        def work(session: orm.Session) -> LogLink:
            rows = log_rows.read(session, names)
            after = {name: _completed(rows.get(name, LogState()), log_id, contact_id) for name in names}
            log_rows.write(session, rows, after)
            return _link(reference, after[reference])

        return self.transaction(work)

    def release(self, reservation: Reservation) -> None:
        """Give a claim back because this attempt certainly wrote nothing.

        A fresh claim is gone, as if nobody had tried. An abandoned one stays abandoned: the earlier attempt
        may still have written.
        """
        if reservation.abandoned:
            self.abandon(reservation)
            return
        mine = sql.delete(LogRow).where(log_rows.claimed_by(reservation.token, reservation.references))
        self.transaction(lambda session: session.execute(mine))

    def abandon(self, reservation: Reservation) -> None:
        """Give up a claim whose write may have reached the CRM: whoever comes next looks there first."""
        mine = sql.update(LogRow).where(log_rows.claimed_by(reservation.token, reservation.references))
        self.transaction(lambda session: session.execute(mine.values(expires=0.0)))

    def link(self, *names: LogReference) -> LogLink | None:
        """Return the log under the first of these names that has one, None when there is none (yet)."""

        def work(session: orm.Session) -> LogLink | None:
            known = log_rows.read(session, names).items()
            return next((_link(name, state) for name, state in known if state.log_id is not None), None)

        return self.transaction(work) if names else None

    def links_of(
        self, platform: str, account: str, log_id: str, kinds: Iterable[LogKind | ContactKind] = LogKind
    ) -> list[LogLink]:
        """Return the links of a log of the CRM: one, or several where it has several names or days.

        ``kinds`` are all of logs or those of contacts, which may have the same ids.
        """
        query = sql.select(LogRow).filter_by(platform=platform, account=account, log_id=log_id)
        ordered = query.where(LogRow.kind.in_(list(kinds))).order_by(LogRow.kind, LogRow.reference)
        return self.transaction(lambda session: [_link_of(row) for row in session.scalars(ordered)])

    def links_like(self, like: LogReference, beginning: str) -> list[LogLink]:
        """Return what is written or reserved for an account under names of one ``beginning``."""
        named = LogRow.reference.startswith(beginning, autoescape=True)
        query = sql.select(LogRow).filter_by(**log_rows.siblings(like)).where(named)
        return self.transaction(lambda session: [_link_of(row) for row in session.scalars(query)])

    def forget_link(self, reference: LogReference, log_id: str = "") -> None:
        """Forget what a name stands for; with a ``log_id``, only while it stands for that log."""
        that_log = {"log_id": log_id} if log_id else {}
        row = sql.delete(LogRow).filter_by(**vars(reference), **that_log)
        self.transaction(lambda session: session.execute(row))

    def forget_log(self, reference: LogReference, log_id: str) -> None:
        """Forget a log that is no longer in the CRM, under all its names."""
        gone = sql.delete(LogRow).filter_by(**log_rows.siblings(reference), log_id=log_id)
        self.transaction(lambda session: session.execute(gone))

    def move_log(self, claim: LogReference, log_id: str, new: LogLink) -> None:
        """Let all names of a log mean a ``new`` one, and forget the ``claim`` that it was written under."""

        def work(session: orm.Session) -> None:
            session.execute(sql.delete(LogRow).filter_by(**vars(claim)))
            moved = sql.update(LogRow).filter_by(**log_rows.siblings(claim), log_id=log_id)
            session.execute(moved.values(log_id=new.log_id, contact_id=new.contact_id))

        self.transaction(work)


# -- rows --


def _standing(rows: Iterable[LogState], now: float) -> tuple[Claim, LogState | None]:
    """Return how far a log is under any of its names, and the row that says so."""
    known = list(rows)
    for row in known:
        if row.log_id is not None:
            return Claim.DONE, row
    for row in known:
        if holders.holds(row.owner, row.expires, now):
            return Claim.IN_PROGRESS, row
    return (Claim.ABANDONED, known[0]) if known else (Claim.FRESH, None)


def _of_one_log(
    rows: Mapping[LogReference, LogState], names: Iterable[LogReference], first: LogState
) -> dict[LogReference, LogState]:
    """Return the rows of all names, which now say what the first one says; the other log of a name stays."""
    return {name: row if (row := rows.get(name)) and row.log_id is not None else first for name in names}


def _completed(row: LogState, log_id: str, contact_id: str) -> LogState:
    stands = row.log_id or log_id
    is_same = stands == log_id
    return replace(row, log_id=stands, contact_id=(contact_id if is_same else "") or row.contact_id)


def _link(name: LogReference, state: LogState) -> LogLink:
    return LogLink(name, state.log_id or "", state.contact_id, state.sealed_draft)


def _link_of(row: LogRow) -> LogLink:
    kind = ContactKind.NEW if row.kind == ContactKind.NEW else LogKind(row.kind)
    reference = LogReference(row.platform, row.account, kind, row.reference)
    return LogLink(reference, row.log_id or "", row.contact_id, row.sealed_draft)
