"""Who changes a row keeps others from it meanwhile, and whoever could not say that it is done keeps nobody waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sql
from pydantic import SecretStr

from appconnect import operation_warnings
from appconnect.auth.vault import Vault
from appconnect.errors import StoreError
from appconnect.models import LogKind
from appconnect.outbox import FollowUp, FollowUpWrites
from appconnect.sandbox import SandboxClock
from appconnect.store import Connection, LogReference, Store, StoreBook, StoreOutbox, database, holders

CALL = LogReference("pipedrive", "locks", LogKind.CALL, "session-1")
NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
LINK = FollowUp("9301", "link", {}, "A link is missing", created=NOW)
Use = Callable[[Store, StoreOutbox], object]


@pytest.fixture
def store(postgresql: SecretStr, tmp_path: Path) -> Iterator[Store]:
    with closing(Store.at(tmp_path, postgresql)) as store:
        yield store
        store.forget_link(CALL)


def outbox_in(store: Store) -> StoreOutbox:
    return StoreOutbox(store, "pipedrive", "locks", SandboxClock(), Vault.in_memory())


@pytest.mark.parametrize(
    ("table", "use"),
    [
        ("outbox", lambda store, outbox: outbox.claim(LINK)),
        ("outbox", lambda store, outbox: outbox._renew(LINK)),
        ("leases", lambda store, outbox: store._acquire("locks", "me", 0.0, 1)),
        ("leases", lambda store, outbox: store._extend("locks", "me", outbox.clock, 1)),
        ("logs", lambda store, outbox: store.reserve(CALL, now=NOW)),
        ("connections", lambda store, outbox: store.renew_connection(Connection("pipedrive", "locks", "s"))),
        ("rate_limits", lambda store, outbox: StoreBook(store, "locks").change(lambda noted, now: None, 0.0)),
    ],
)
def test_a_row_that_is_to_be_changed_is_locked_when_it_is_read(store: Store, table: str, use: Use) -> None:
    statements: list[str] = []
    for engine in (store._engine, store._quick_engine):
        sql.event.listen(
            engine, "before_cursor_execute", lambda *told: statements.append(" ".join(told[2].split()))
        )
    use(store, outbox_in(store))
    reads = [each for each in statements if each.startswith("SELECT") and f"FROM {table} " in each]
    assert reads
    assert [] == [each for each in reads if not each.endswith("FOR UPDATE")]


def test_of_several_that_make_tables_at_once_one_is_first(postgresql: SecretStr) -> None:
    engine, locks = database.at_url(postgresql), list[object]()

    def seen(*told: object) -> None:
        if "pg_advisory_xact_lock" in str(told[2]):
            assert isinstance(told[3], dict)
            locks.extend(told[3].values())

    sql.event.listen(engine, "before_cursor_execute", seen)
    database.make_tables(engine)
    engine.dispose()
    assert [int] == [type(each) for each in locks]


@pytest.mark.parametrize("ends", [StoreOutbox.done, lambda outbox, work: outbox.fail(work, "no")])
def test_what_the_store_could_not_be_told_of_may_be_claimed_at_once(
    monkeypatch: pytest.MonkeyPatch, ends: Callable[[StoreOutbox, FollowUp], None]
) -> None:
    def fails(_: object) -> None:
        raise StoreError("The disk is full.")

    outbox = outbox_in(Store.in_memory())
    work = outbox.put(LINK)
    with monkeypatch.context() as broken, pytest.raises(StoreError):
        broken.setattr(outbox.store, "transaction", fails)
        ends(outbox, work)
    assert outbox.claim(work) is not None


async def test_of_what_another_process_is_at_work_on_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holders, "is_here", lambda owner: False)
    outbox = outbox_in(Store.in_memory())
    outbox.put(LINK)
    writes = FollowUpWrites(outbox, {}, outbox.clock)
    with operation_warnings.collect() as told:
        assert ["9301"] == [each.log_id for each in await writes.catch_up()]
    assert [] == told
