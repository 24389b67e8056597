"""The store itself; every operation is one transaction, and safe when several processes do it at once.

https://docs.sqlalchemy.org/en/20/
"""

from __future__ import annotations

import math
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sql
from pydantic import SecretStr
from sqlalchemy import orm
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from appconnect.clock import Clock
from appconnect.errors import StoreError
from appconnect.models import AdminConfiguration, LogKind
from appconnect.store import database
from appconnect.store.database import AdminRow, ConnectionRow, CurrentRow, LeaseRow, LogRow
from appconnect.store.records import Claim, Connection, LogLink, LogReference, Reservation

POLL = 0.1
"""Seconds between two looks at a lease that somebody else holds."""
RETRIES = 5

T = TypeVar("T")


class Store:
    """Connections, log links, admin configurations, a cache, an outbox. All errors are `StoreError`."""

    def __init__(self, engine: sql.Engine) -> None:
        """Use `at` or `in_memory`."""
        self._engine = engine
        self._sessions = orm.sessionmaker(engine, expire_on_commit=False)
        database.make_tables(engine)

    @classmethod
    def at(cls, home: Path, database_url: SecretStr | None = None) -> Store:
        """Return the store at ``database_url`` (PostgreSQL or SQLite), or else in a file in ``home``."""
        if database_url is not None and database_url.get_secret_value().strip():
            return cls(database.at_url(database_url))
        return cls(database.sqlite_file(home / database.FILE))

    @classmethod
    def in_memory(cls) -> Store:
        """Return a store that is gone with the process, for the sandbox and tests; threads may share it."""
        return cls(database.in_memory())

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __repr__(self) -> str:
        return f"<Store {database.place(self._engine.url)}>"

    # -- connections --

    def save_connection(self, connection: Connection, *, current: bool = True) -> None:
        """Remember a sign-in, and make it the platform's current one unless told otherwise."""

        def work(session: orm.Session) -> None:
            session.merge(ConnectionRow(**vars(connection)))
            if current:
                session.merge(CurrentRow(platform=connection.platform, user_id=connection.user_id))

        self.transaction(work)

    def renew_connection(self, connection: Connection) -> bool:
        """Replace what is remembered of a connection; return False, keeping nothing, when it signed out."""

        def work(session: orm.Session) -> bool:
            row = session.get(ConnectionRow, (connection.platform, connection.user_id), with_for_update=True)
            if row is not None:
                row.sealed, row.public = connection.sealed, connection.public
            return row is not None

        return self.transaction(work)

    def connection(self, platform: str, user_id: str | None = None) -> Connection | None:
        """Return the connection of a user, or the platform's current one; None when there is none."""

        def work(session: orm.Session) -> Connection | None:
            current = session.get(CurrentRow, platform) if user_id is None else None
            wanted = current.user_id if current else user_id
            row = session.get(ConnectionRow, (platform, wanted)) if wanted else None
            return _connection(row) if row else None

        return self.transaction(work)

    def connections(self, platform: str) -> list[Connection]:
        """Return everybody who is signed in to a platform, by user id."""
        query = sql.select(ConnectionRow).filter_by(platform=platform).order_by(ConnectionRow.user_id)
        return self.transaction(lambda session: [_connection(row) for row in session.scalars(query)])

    def forget_connection(self, platform: str, user_id: str) -> None:
        """Forget a user's secrets; nobody is current afterwards if that user was."""

        def work(session: orm.Session) -> None:
            for table in (ConnectionRow, CurrentRow):
                session.execute(sql.delete(table).filter_by(platform=platform, user_id=user_id))

        self.transaction(work)

    # -- logs --

    def reserve(
        self,
        reference: LogReference,
        *,
        now: datetime,
        seconds: float = 120,
        contact_id: str = "",
        sealed_draft: str = "",
    ) -> Reservation:
        """Claim the writing of a log before the CRM is called.

        Of several processes that ask at once exactly one is told ``mine``. A claim that is neither completed
        nor given back within ``seconds`` counts as abandoned.
        """
        token = secrets.token_hex(16)
        until = now.timestamp() + seconds

        def work(session: orm.Session) -> Reservation:
            row = session.get(LogRow, _key(reference), with_for_update=True)
            if row is None:
                row = _new_log(
                    reference, contact_id=contact_id, sealed_draft=sealed_draft, owner=token, expires=until
                )
                session.add(row)
                claim = Claim.FRESH
            elif row.log_id is not None:
                claim = Claim.DONE
            elif row.expires > now.timestamp():
                claim = Claim.IN_PROGRESS
            else:
                row.owner, row.expires = token, until
                claim = Claim.ABANDONED
            return Reservation(reference, claim, row.log_id or "", row.contact_id, row.sealed_draft, token)

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
            row = session.get(LogRow, _key(reservation.reference), with_for_update=True)
            if row is None or row.owner != reservation.token or row.log_id is not None:
                return False
            row.expires = now.timestamp() + seconds
            row.contact_id, row.sealed_draft = contact_id or row.contact_id, sealed_draft or row.sealed_draft
            return True

        return self.transaction(work)

    def complete(self, reference: LogReference, log_id: str, *, contact_id: str = "") -> LogLink:
        """Link the log to its id in the CRM, reserved or not; what is already linked keeps its id.

        ``contact_id`` is noted unless empty. Returns the link that stands.
        """

        def work(session: orm.Session) -> LogLink:
            row = session.get(LogRow, _key(reference), with_for_update=True)
            if row is None:
                row = _new_log(reference)
                session.add(row)
            row.log_id = row.log_id or log_id
            if row.log_id == log_id:
                row.contact_id = contact_id or row.contact_id
            return _link(row)

        return self.transaction(work)

    def release(self, reservation: Reservation) -> None:
        """Give a claim back because this attempt certainly wrote nothing.

        A fresh claim is gone, as if nobody had tried. An abandoned one stays abandoned: the earlier attempt
        may still have written.
        """
        if reservation.abandoned:
            self.abandon(reservation)
            return
        mine = sql.delete(LogRow).where(LogRow.owner == reservation.token, LogRow.log_id.is_(None))
        self.transaction(lambda session: session.execute(mine))

    def abandon(self, reservation: Reservation) -> None:
        """Give up a claim whose write may have reached the CRM: whoever comes next looks there first."""
        mine = sql.update(LogRow).where(LogRow.owner == reservation.token, LogRow.log_id.is_(None))
        self.transaction(lambda session: session.execute(mine.values(expires=0.0)))

    def link(self, reference: LogReference) -> LogLink | None:
        """Return the log that was written for a reference, None when there is none (yet)."""

        def work(session: orm.Session) -> LogLink | None:
            row = session.get(LogRow, _key(reference))
            return _link(row) if row and row.log_id is not None else None

        return self.transaction(work)

    def links_of(self, platform: str, account: str, log_id: str) -> list[LogLink]:
        """Return the links of a log of the CRM: one, or several where several days share a log."""
        query = sql.select(LogRow).filter_by(platform=platform, account=account, log_id=log_id)
        ordered = query.order_by(LogRow.kind, LogRow.reference)
        return self.transaction(lambda session: [_link(row) for row in session.scalars(ordered)])

    def forget_link(self, reference: LogReference) -> None:
        """Forget a log that is no longer in the CRM."""
        row = sql.delete(LogRow).filter_by(**vars(reference))
        self.transaction(lambda session: session.execute(row))

    # -- what admins have set --

    def save_admin(self, configuration: AdminConfiguration) -> None:
        """Remember an account's configuration in place of the one before."""
        document = configuration.to_wire()
        row = AdminRow(hashed_account_id=configuration.hashed_account_id, document=document)
        self.transaction(lambda session: session.merge(row))

    def admin(self, hashed_account_id: str) -> AdminConfiguration | None:
        """Return an account's configuration, None when its admin has set nothing."""

        def work(session: orm.Session) -> AdminConfiguration | None:
            row = session.get(AdminRow, hashed_account_id)
            return AdminConfiguration.model_validate(row.document) if row else None

        return self.transaction(work)

    # -- for a while --

    @asynccontextmanager
    async def lease(self, name: str, seconds: float, clock: Clock) -> AsyncIterator[None]:
        """Be the only one, across processes, inside ``name``; wait for one's turn with ``clock.sleep``.

        A holder that has not left after ``seconds`` is taken for dead and its lease for free. Raises
        `StoreError` when the turn does not come in ten times that long.
        """
        owner = secrets.token_hex(16)
        for _ in range(math.ceil(10 * seconds / POLL)):
            if self._acquire(name, owner, clock.now().timestamp(), seconds):
                break
            await clock.sleep(POLL)
        else:
            raise StoreError(f"Others keep {name} busy; try again in a moment.")
        try:
            yield
        finally:
            mine = sql.delete(LeaseRow).filter_by(name=name, owner=owner)
            self.transaction(lambda session: session.execute(mine))

    # -- how it is done --

    def _acquire(self, name: str, owner: str, now: float, seconds: float) -> bool:
        def work(session: orm.Session) -> bool:
            row = session.get(LeaseRow, name, with_for_update=True)
            if row is None:
                session.add(LeaseRow(name=name, owner=owner, expires=now + seconds))
            elif row.expires <= now:
                row.owner, row.expires = owner, now + seconds
            else:
                return False
            return True

        return self.transaction(work)

    def transaction(self, work: Callable[[orm.Session], T]) -> T:
        """Run ``work`` in one transaction; again when another process got in between with the same row."""
        with database.in_words(self._engine):
            for _ in range(RETRIES):
                with suppress(IntegrityError, StaleDataError), self._sessions.begin() as session:
                    return work(session)
            with self._sessions.begin() as session:
                return work(session)


def _connection(row: ConnectionRow) -> Connection:
    return Connection(row.platform, row.user_id, row.sealed, row.public)


def _key(reference: LogReference) -> tuple[str, str, str, str]:
    return reference.platform, reference.account, reference.kind.value, reference.reference


def _new_log(
    reference: LogReference,
    *,
    contact_id: str = "",
    sealed_draft: str = "",
    owner: str = "",
    expires: float = 0,
) -> LogRow:
    platform, account, kind, name = _key(reference)
    return LogRow(
        platform=platform,
        account=account,
        kind=kind,
        reference=name,
        contact_id=contact_id,
        sealed_draft=sealed_draft,
        owner=owner,
        expires=expires,
    )


def _link(row: LogRow) -> LogLink:
    reference = LogReference(row.platform, row.account, LogKind(row.kind), row.reference)
    return LogLink(reference, row.log_id or "", row.contact_id)
