"""The outbox in the store: follow-up writes that wait, from one run to the next and for several processes."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import sqlalchemy as sql
from pydantic import TypeAdapter
from sqlalchemy import orm

from appconnect.clock import Clock
from appconnect.errors import AppConnectError, StoreError
from appconnect.models import JsonObject
from appconnect.operation_warnings import warn
from appconnect.outbox import LONG_AGO, MAX_AGE, FollowUp, TakenOver
from appconnect.store import holders
from appconnect.store.records import HOLD_SECONDS
from appconnect.store.store import Store
from appconnect.store.tables import OutboxRow

log = logging.getLogger(__name__)
_PAYLOAD = TypeAdapter(JsonObject)


class Sealer(Protocol):
    """Seals texts; :class:`appconnect.auth.vault.Vault` is one."""

    def seal(self, data: Mapping[str, str]) -> str:
        """Return the data as text that only the vault opens."""
        ...

    def open(self, sealed: str) -> dict[str, str]:
        """Return what was sealed."""
        ...


@dataclass(frozen=True)
class StoreOutbox:
    """The outbox of one account; see :class:`appconnect.outbox.Outbox`. What it holds of people is sealed."""

    store: Store
    platform: str
    account: str
    clock: Clock
    vault: Sealer

    def put(self, work: FollowUp) -> FollowUp:
        """Note a write that is tried now, in place of an earlier one of its kind, and return it claimed."""
        claimed = replace(work, claim=secrets.token_hex(16))
        row = OutboxRow(
            **self._key(work.log_id, work.kind),
            sealed=self._seal(claimed),
            created=work.created.timestamp(),
            attempts=work.attempts,
            claim=claimed.claim,
        )

        def note(session: orm.Session) -> None:
            row.claimed_until = self._now(session) + HOLD_SECONDS
            session.merge(row)

        self.store.transaction(note)
        return claimed

    def waiting(self, log_id: str = "") -> list[FollowUp]:
        """Return what is not done yet, of one log or of all, oldest first."""
        query = sql.select(OutboxRow).filter_by(platform=self.platform, account=self.account)
        if log_id:
            query = query.filter_by(log_id=log_id)
        ordered = query.order_by(OutboxRow.created, OutboxRow.log_id, OutboxRow.kind)
        rows = self.store.transaction(lambda session: list(session.scalars(ordered)))
        return [work for row in rows if (work := self._opened(row)) is not None]

    def claim(self, work: FollowUp) -> FollowUp | None:
        """Return it claimed for another attempt, or None when somebody else is at work on it or did it.

        The error of the attempt before it is returned, and not kept: nobody knows how this one ends.
        """
        token = secrets.token_hex(16)

        def take(session: orm.Session) -> OutboxRow | None:
            row, now = self._row(session, work), self._now(session)
            if row is None or holders.holds(row.claim, row.claimed_until, now):
                return None
            row.claim, row.claimed_until, row.attempts = token, now + HOLD_SECONDS, row.attempts + 1
            return row

        row = self.store.transaction(take)
        claimed = self._opened(row) if row is not None else None
        if claimed is not None and claimed.error:
            mine = sql.update(OutboxRow).filter_by(**self._key(work.log_id, work.kind), claim=token)
            self._settle(claimed, mine.values(sealed=self._seal(replace(claimed, error=""))))
        return claimed

    def held(self, work: FollowUp) -> AbstractAsyncContextManager[None]:
        """Hold what was claimed while the block runs. Raises TakenOver in it when it is ours no more."""
        if not work.claim:  # the store could not be told
            return nullcontext()
        lost = TakenOver("Another process took over while this one stood still, or it is no longer wanted.")
        hold = holders.Hold(work.claim, lambda: self._renew(work), self.clock, HOLD_SECONDS, lost)
        return holders.kept(hold)

    def fail(self, work: FollowUp, error: str) -> None:
        """Give back what was claimed and could not be done, for an attempt ``not_before`` its time."""
        sealed = self._seal(replace(work, error=error))
        mine = sql.update(OutboxRow).filter_by(**self._key(work.log_id, work.kind), claim=work.claim)
        self._settle(work, mine.values(claim="", claimed_until=work.not_before.timestamp(), sealed=sealed))

    def done(self, work: FollowUp) -> None:
        """Forget what was claimed and is done."""
        mine = sql.delete(OutboxRow).filter_by(**self._key(work.log_id, work.kind), claim=work.claim)
        self._settle(work, mine)

    def drop(self, log_id: str, kind: str) -> None:
        """Forget a write that is no longer wanted."""
        row = sql.delete(OutboxRow).filter_by(**self._key(log_id, kind))
        self.store.transaction(lambda session: session.execute(row))

    # -- how it is kept --

    def _key(self, log_id: str, kind: str) -> dict[str, str]:
        return {"platform": self.platform, "account": self.account, "log_id": log_id, "kind": kind}

    def _row(self, session: orm.Session, work: FollowUp) -> OutboxRow | None:
        return session.get(OutboxRow, self._key(work.log_id, work.kind), with_for_update=True)

    def _now(self, session: orm.Session) -> float:
        return holders.moment(session, self.clock.now().timestamp())

    def _renew(self, work: FollowUp) -> bool:
        """Hold a claim for longer; return False when somebody else has it, or did it, or dropped it."""

        def extend(session: orm.Session) -> bool:
            row = self._row(session, work)
            if row is None or row.claim != work.claim:
                return False
            row.claimed_until = self._now(session) + HOLD_SECONDS
            return True

        return self.store.transaction(extend)

    def _settle(self, work: FollowUp, change: sql.Update | sql.Delete) -> None:
        """Note how a claim ended; nobody here waits for one that the store could not be told of."""
        try:
            self.store.transaction(lambda session: session.execute(change))
        except StoreError:
            holders.end(work.claim)
            raise

    def _seal(self, work: FollowUp) -> str:
        payload = json.dumps(work.payload)
        return self.vault.seal({"payload": payload, "missing": work.missing, "error": work.error})

    def _opened(self, row: OutboxRow) -> FollowUp | None:
        """Return what a row holds. One of another shape is forgotten; one of another key waits for that."""
        try:
            kept = self.vault.open(row.sealed)
        except AppConnectError:
            self._without_key(row)
            return None
        try:
            return FollowUp(
                log_id=row.log_id,
                kind=row.kind,
                payload=_PAYLOAD.validate_json(kept["payload"]),
                missing=kept["missing"],
                created=datetime.fromtimestamp(row.created, UTC),
                attempts=row.attempts,
                error=kept["error"],
                not_before=LONG_AGO if row.claim else datetime.fromtimestamp(row.claimed_until, UTC),
                claim=row.claim,
            )
        except (KeyError, ValueError, OverflowError, OSError) as error:  # OSError: a year too far
            log.warning("A follow-up write of log %s (%s) is lost: %s", row.log_id, row.kind, error)
            self.drop(row.log_id, row.kind)
            return None

    def _without_key(self, row: OutboxRow) -> None:
        """Leave what another vault key has sealed to whoever has that; after a month it is given up."""
        what = f"A follow-up write of log {row.log_id} ({row.kind}) was sealed with another vault key"
        if self.clock.now().timestamp() - row.created < MAX_AGE.total_seconds():
            log.warning("%s; it waits for a run with that key.", what)
            return
        warn(f"{what}; it has waited for that for {MAX_AGE.days} days and is now given up.")
        self.drop(row.log_id, row.kind)
