"""The store itself; every operation is one transaction, and safe when several processes do it at once.

https://docs.sqlalchemy.org/en/20/
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sql
from pydantic import SecretStr
from sqlalchemy import orm
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from appconnect.clock import Clock
from appconnect.errors import Busy, StoreError
from appconnect.models import AdminConfiguration
from appconnect.store import database, holders
from appconnect.store.log_links import LogLinks
from appconnect.store.records import Connection
from appconnect.store.tables import AdminRow, ConnectionRow, CurrentRow, LeaseRow, put

POLL = 0.1
"""Seconds between two looks at a lease that somebody else holds."""
A_MOMENT = 1.0
"""Waits of less seconds are not worth a word."""
RETRIES = 5

log = logging.getLogger(__name__)

T = TypeVar("T")


class Store(LogLinks):
    """Connections, log links, admin configurations, a cache, an outbox. All errors are `StoreError`."""

    def __init__(self, engine: sql.Engine) -> None:
        """Use `at` or `in_memory`."""
        self._engine = engine
        self._quick_engine = database.without_syncing(engine)

    @classmethod
    def at(cls, home: Path, database_url: SecretStr | None = None) -> Store:
        """Return the store at ``database_url`` (PostgreSQL or SQLite), or else in a file in ``home``."""
        if database_url is not None and database_url.get_secret_value().strip():
            engine = database.at_url(database_url)
        else:
            engine = database.sqlite_file(home / database.FILE)
        database.make_tables(engine)
        return cls(engine)

    @classmethod
    def in_memory(cls) -> Store:
        """Return a store that is gone with the process, for the sandbox and tests; threads may share it."""
        return cls(database.in_memory())

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
        self._quick_engine.dispose()

    @property
    def is_shared(self) -> bool:
        """Whether other processes may use this store too."""
        return self._engine.url.get_backend_name() != "sqlite" or bool(self._engine.url.database)

    def __repr__(self) -> str:
        return f"<Store {database.place(self._engine.url)}>"

    # -- connections --

    def save_connection(self, connection: Connection, *, current: bool = True) -> None:
        """Remember a sign-in, and make it the platform's current one unless told otherwise."""

        def work(session: orm.Session) -> None:
            put(session, ConnectionRow, vars(connection))
            if current:
                put(session, CurrentRow, {"platform": connection.platform, "user_id": connection.user_id})

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
    async def lease(
        self,
        name: str,
        seconds: float,
        clock: Clock,
        *,
        work: str = "",
        patience: float = holders.PATIENCE_SECONDS,
    ) -> AsyncIterator[None]:
        """Be the only one, across processes, inside ``name``; wait for one's turn with ``clock.sleep``.

        A holder that has not been heard of for ``seconds`` is taken for dead and its lease for free; the one
        inside is heard of by its heartbeat. ``work`` says what a holder does ("writes this log"). Raises
        `Busy` when the turn does not come within ``patience`` seconds, or when others took the lease.
        """
        owner, work = secrets.token_hex(16), work or f"holds {name}"
        await self._turn(name, owner, seconds, clock, work=work, patience=patience)
        lost = Busy(f"Another process that {work} took over while this one stood still; look again.")
        hold = holders.Hold(owner, lambda: self._extend(name, owner, clock, seconds), clock, seconds, lost)
        try:
            async with holders.kept(hold):
                yield
        finally:
            self._leave(name, owner)

    # -- how it is done --

    async def _turn(
        self, name: str, owner: str, seconds: float, clock: Clock, *, work: str, patience: float
    ) -> None:
        """Wait until the lease is ours; say once for whom and how long, if it takes more than a moment."""
        waited, told, who = 0.0, False, ""
        while waited < patience:
            holder = self._acquire(name, owner, clock.now().timestamp(), seconds)
            if holder is None:
                return
            is_here = holders.is_here(holder)
            who = f"another {'task of this process' if is_here else 'process'} that {work}"
            if waited >= A_MOMENT and not told:
                told = True
                log.warning("Waiting for %s, up to %d seconds.", who, patience)
            await (asyncio.sleep(POLL) if is_here else clock.sleep(POLL))  # a task needs real time to end
            waited += POLL
        raise Busy(f"Waited {patience:g} seconds for {who}, in vain; try again in a moment.")

    def _acquire(self, name: str, owner: str, now: float, seconds: float) -> str | None:
        """Take the lease if it is free; return its holder if it is not."""

        def work(session: orm.Session) -> str | None:
            row, moment = session.get(LeaseRow, name, with_for_update=True), holders.moment(session, now)
            if row is None:
                session.add(LeaseRow(name=name, owner=owner, expires=moment + seconds))
            elif holders.holds(row.owner, row.expires, moment):
                return row.owner
            else:
                row.owner, row.expires = owner, moment + seconds
            return None

        return self.transaction(work)

    def _extend(self, name: str, owner: str, clock: Clock, seconds: float) -> bool:
        """Hold the lease for longer; return False when it is lost."""

        def work(session: orm.Session) -> bool:
            row = session.get(LeaseRow, name, with_for_update=True)
            if row is None or row.owner != owner:
                return False
            row.expires = holders.moment(session, clock.now().timestamp()) + seconds
            return True

        return self.transaction(work)

    def _leave(self, name: str, owner: str) -> None:
        """Give the lease back. What was done inside is done, also when the store cannot be told."""
        mine = sql.delete(LeaseRow).filter_by(name=name, owner=owner)
        try:
            self.transaction(lambda session: session.execute(mine))
        except StoreError as error:
            holders.end(owner)
            log.warning("The lease %s is not given back; others wait up to a minute for it: %s", name, error)

    def transaction(self, work: Callable[[orm.Session], T]) -> T:
        """Run ``work`` in one transaction; again when another process got in between with the same row."""
        with database.in_words(self._engine):
            for _ in range(RETRIES):
                with suppress(IntegrityError, StaleDataError), self._begun() as session:
                    return work(session)
            with self._begun() as session:
                return work(session)

    @contextmanager
    def _begun(self) -> Iterator[orm.Session]:
        with orm.Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    def quick_transaction(self, work: Callable[[sql.Connection], T]) -> T:
        """Run ``work`` in a transaction that may be lost when the power fails, and waits for no disk."""
        with database.in_words(self._engine):
            for _ in range(RETRIES):
                with suppress(IntegrityError), self._quick_engine.begin() as connection:
                    return work(connection)
            with self._quick_engine.begin() as connection:
                return work(connection)


def _connection(row: ConnectionRow) -> Connection:
    return Connection(row.platform, row.user_id, row.sealed, row.public)
