"""What the store says when it cannot be used, to the letter, and how often it tries."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sql
from pydantic import SecretStr
from sqlalchemy import exc, orm
from sqlalchemy.orm.exc import StaleDataError

from appconnect.auth.vault import Vault
from appconnect.errors import BeingLogged, Busy, ConfigurationError, StoreError
from appconnect.models import AdminConfiguration, LogKind
from appconnect.outbox import FollowUp, TakenOver
from appconnect.store import LogReference, Store, StoreCache, StoreOutbox, database, holders
from appconnect.store import cache as caching

NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
CALL = LogReference("pipedrive", "acme", LogKind.CALL, "session-1")
AGAIN = "Use the version that wrote it, or move the store away to start afresh, and sign in again."


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        await asyncio.sleep(0)


def message(caught: pytest.ExceptionInfo[Exception]) -> str:
    return str(caught.value)


# -- opened --


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file")
    with pytest.raises(StoreError) as caught:
        Store.at(home)
    assert (
        f"The store {home / 'appconnect.sqlite3'} cannot be written (File exists). "
        "Make it writable, or set APPCONNECT_HOME to another folder."
    ) == message(caught)


def test_a_database_in_a_folder_that_is_a_database(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    with pytest.raises(StoreError) as caught:
        Store.at(tmp_path, SecretStr(f"sqlite:///{tmp_path / 'db'}"))
    assert message(caught).startswith(f"The store {tmp_path / 'db'} cannot be written (")
    assert message(caught).endswith("). Make it writable, or set APPCONNECT_HOME to another folder.")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "appconnect.sqlite3"
    file.write_text("this is not a database, " * 100)
    with pytest.raises(StoreError) as caught:
        Store.at(tmp_path)
    assert (
        f"The store {file} is damaged or was made by another program. "
        "Move it away to start afresh, and sign in again."
    ) == message(caught)


@pytest.mark.parametrize(
    ("document", "what"),
    [("'{\"userMappings\": 5}'", "a value does not decode"), ("'{'", "a value does not decode")],
)
def test_a_document_that_does_not_decode(tmp_path: Path, document: str, what: str) -> None:
    with closing(Store.at(tmp_path)) as store:
        store.save_admin(AdminConfiguration(hashed_account_id="h1"))
        file = tmp_path / "appconnect.sqlite3"
        with closing(sqlite3.connect(file)) as raw, raw:
            raw.execute(f"UPDATE admin_configurations SET document = {document}")
        with pytest.raises(StoreError) as caught:
            store.admin("h1")
    assert (f"The store {file} was written by another version, or is damaged: {what}. {AGAIN}") == message(
        caught
    )


def test_a_table_of_another_version(tmp_path: Path) -> None:
    file = tmp_path / "appconnect.sqlite3"
    Store.at(tmp_path).close()
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("DROP TABLE leases")
        raw.execute("CREATE TABLE leases (name TEXT)")
    with pytest.raises(StoreError) as caught:
        Store.at(tmp_path)
    told = "the table leases has no expires, owner"
    assert f"The store {file} was written by another version, or is damaged: {told}. {AGAIN}" == message(
        caught
    )


def test_a_postgresql_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store.at(tmp_path, SecretStr("postgresql://ada:wren-secret@127.0.0.1:1/app"))
    begin = "The database 127.0.0.1/app of DATABASE_URL cannot be used; start it or check the address. "
    assert message(caught).startswith(begin)
    assert message(caught) != begin


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql:///app", "localhost/app"),
        ("postgresql://db.example", "db.example/"),
        ("sqlite://", "memory"),
        ("sqlite:////a/b.db", "/a/b.db"),
    ],
)
def test_what_a_database_is_called(url: str, told: str) -> None:
    assert told == database.place(sql.make_url(url))


@pytest.mark.parametrize(("own", "seconds"), [("", "10"), ("?connect_timeout=3", "3")])
def test_a_postgresql_is_waited_for_ten_seconds_unless_its_address_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, own: str, seconds: str
) -> None:
    made: list[sql.URL] = []
    monkeypatch.setattr(sql, "create_engine", lambda address, **_: made.append(address))
    for scheme in ("postgresql", "postgres"):
        database.at_url(SecretStr(f"  {scheme}://ada:s3cret@db.example/app{own} "))
    assert ["postgresql+psycopg", "postgresql+psycopg"] == [each.drivername for each in made]
    assert [seconds, seconds] == [each.query["connect_timeout"] for each in made]
    assert {("ada", "s3cret", "db.example", "app")} == {
        (each.username, each.password, each.host, each.database) for each in made
    }


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_an_address_of_memory_is_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str) -> None:
    monkeypatch.chdir(tmp_path)
    store = Store.at(tmp_path / "home", SecretStr(url))
    assert ([], False, "<Store memory>") == (list(tmp_path.iterdir()), store.is_shared, repr(store))
    with pytest.raises(ConfigurationError):
        Store.at(tmp_path, SecretStr("mysql://db/app"))


@pytest.mark.parametrize("url", [None, SecretStr(""), SecretStr("  ")])
def test_without_an_address_the_store_is_a_file_in_the_home_folder(
    tmp_path: Path, url: SecretStr | None
) -> None:
    with closing(Store.at(tmp_path, url)) as store:
        assert (True, f"<Store {tmp_path / 'appconnect.sqlite3'}>") == (store.is_shared, repr(store))


def test_a_file_waits_for_others_is_safe_from_power_failures_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    with closing(Store.at(tmp_path)) as store:
        asked = ("journal_mode", "synchronous", "secure_delete", "busy_timeout")

        def told(connection: sql.Connection) -> list[object]:
            return [connection.exec_driver_sql(f"PRAGMA {each}").scalar() for each in asked]

        whole = store.transaction(lambda session: told(session.connection()))
        quick = store.quick_transaction(told)
    assert ["wal", 2, 1, 10_000] == whole  # 2: every transaction reaches the disk
    assert ["wal", 1, 1, 10_000] == quick  # 1: only now and then


# -- tried again --


@pytest.mark.parametrize("error", [exc.IntegrityError("", {}, Exception()), StaleDataError()])
@pytest.mark.parametrize(("failures", "is_done"), [(0, True), (5, True), (6, False)])
def test_a_transaction_that_another_process_got_into_is_done_six_times_at_most(
    error: Exception, failures: int, is_done: bool
) -> None:
    store, tries = Store.in_memory(), 0

    def work(session: orm.Session | sql.Connection) -> str:
        nonlocal tries
        tries += 1
        if tries <= failures:
            raise error
        return str(session.execute(sql.text("SELECT 'done'")).scalar())

    if is_done:
        assert "done" == store.transaction(work)
    else:
        with pytest.raises(StoreError):
            store.transaction(work)
    assert tries == min(failures + 1, 6)
    if isinstance(error, exc.IntegrityError):
        tries = 0
        if is_done:
            assert "done" == store.quick_transaction(work)
        else:
            with pytest.raises(StoreError):
                store.quick_transaction(work)
        assert tries == min(failures + 1, 6)


# -- remembered --


def test_a_value_is_at_hand_for_a_second_and_then_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    store, steady = Store.in_memory(), 100.0
    monkeypatch.setattr(caching.time, "monotonic", lambda: steady)
    mine, others = (StoreCache(store, "s", Clock()) for _ in range(2))
    mine.put("types", {"call": [1]}, 60)
    assert {"call": [1]} == mine.get("types")
    others.put("types", {"call": [2]}, 60)
    steady += 0.9
    seen = mine.get("types")
    assert {"call": [1]} == seen
    assert isinstance(seen, dict)
    seen["call"] = "changed by whoever got it"
    assert {"call": [1]} == mine.get("types")
    steady += 0.1
    assert {"call": [2]} == mine.get("types")
    mine.put("types", {"call": [3]}, 60)
    assert {"call": [3]} == mine.get("types")


def test_what_cannot_be_read_counts_as_forgotten_and_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store.in_memory()
    cache = StoreCache(store, "s", Clock())
    cache.put("types", 1, 60)

    def fails(_: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(store, "transaction", fails)
    assert cache.get("types") is None
    assert ["What was remembered of types cannot be read: The disk is full."] == caplog.messages


# -- taken over --


@pytest.mark.parametrize(
    ("hold", "kind", "told"),
    [
        ("lease", Busy, "Another process that renews it took over while this one stood still; look again."),
        (
            "unnamed",
            Busy,
            "Another process that holds refresh 7 took over while this one stood still; look again.",
        ),
        (
            "claim",
            BeingLogged,
            "Another process took over while this one stood still; look again in a moment.",
        ),
        (
            "follow-up",
            TakenOver,
            "Another process took over while this one stood still, or it is no longer wanted.",
        ),
    ],
)
async def test_who_is_broken_off_is_told_why(
    monkeypatch: pytest.MonkeyPatch, hold: str, kind: type[Busy], told: str
) -> None:
    monkeypatch.setattr(holders, "BEATS", 3000)
    monkeypatch.setattr(holders, "is_here", lambda owner: False)
    store, clock = Store.in_memory(), Clock()
    outbox = StoreOutbox(store, "acme", "41", clock, Vault.in_memory())
    work = outbox.put(FollowUp("9301", "link", {}, "A link is missing", created=NOW))
    kept = {
        "lease": lambda: store.lease("refresh 7", 30, clock, work="renews it"),
        "unnamed": lambda: store.lease("refresh 7", 30, clock),
        "claim": lambda: store.kept(store.reserve(CALL, now=NOW), clock),
        "follow-up": lambda: outbox.held(work),
    }[hold]()
    with pytest.raises(kind) as caught:
        async with kept:
            if hold == "claim":
                assert store.reserve(CALL, now=NOW + timedelta(minutes=1)).mine
            elif hold == "follow-up":
                outbox.drop("9301", "link")
            else:
                assert (
                    store._acquire("refresh 7", "another", (NOW + timedelta(minutes=1)).timestamp(), 30)
                    is None
                )
            await asyncio.sleep(60)
    assert (told, kind) == (message(caught), type(caught.value))


async def test_a_follow_up_that_the_store_could_not_be_told_of_is_held_by_nobody() -> None:
    outbox = StoreOutbox(Store.in_memory(), "acme", "41", Clock(), Vault.in_memory())
    async with outbox.held(FollowUp("9301", "link", {}, "A link is missing", created=NOW)):
        pass
    assert [] == outbox.waiting()
