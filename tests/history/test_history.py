"""The history on disk: whole, without secrets, private, bounded, searchable later and from elsewhere."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from answers import NASTY, NOBODY, call
from workbench_steps import CRMS, nia, sandbox_of, secrets_of, signed_in

from appconnect.errors import InputError, StoreError
from appconnect.history import FILE, History, writer
from appconnect.history import file as history_file
from appconnect.settings import Settings
from appconnect.workbench import Workbench, connect

STEPS = Path(__file__).parent.parent
PROGRAM = """import asyncio, os, signal, sys
sys.path.insert(0, {steps!r})
from workbench_steps import signed_in
async def main():
    workbench = await signed_in({crm!r})
    for number in {numbers!r}:
        await workbench.find_contact(f"+1415867{{number:04}}")
    {end}
asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("APPCONNECT_HISTORY", "1")
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / FILE


async def worked(crm: str) -> Workbench:
    workbench = await signed_in(crm)
    contact = await nia(workbench)
    await workbench.log_call(call(), contact, note=NASTY)
    return workbench


def program(crm: str, numbers: range, end: str = "") -> subprocess.Popen[bytes]:
    source = PROGRAM.format(steps=str(STEPS), crm=crm, numbers=list(numbers), end=end)
    return subprocess.Popen([sys.executable, "-c", source], env=dict(os.environ))


# -- what is kept --


@pytest.mark.parametrize("crm", CRMS)
async def test_every_exchange_and_operation_is_kept_as_the_trace_shows_it(crm: str) -> None:
    workbench = await worked(crm)
    found = workbench.history.search(limit=1000)
    shown = [each.model_dump(mode="json") for each in workbench.trace]
    assert shown == [each.exchange.model_dump(mode="json") for each in found if each.exchange][::-1]
    assert workbench.trace.operations == [each.run for each in found if each.run][::-1]
    assert {crm} == {each.crm for each in found}
    assert {"sandbox"} == {each.mode for each in found}
    logged = next(each for each in found if each.operation == "log_call" and each.run)
    assert logged.run
    assert [each.number for each in workbench.trace if each.operation == logged.run.number] == [
        each.exchange.number for each in workbench.history.exchanges_of(logged) if each.exchange
    ]


@pytest.mark.parametrize("crm", CRMS)
async def test_no_secret_is_on_the_disk(crm: str, kept: Path) -> None:
    workbench = await worked(crm)
    await workbench.sign_out()
    secrets = secrets_of(workbench)
    assert len(workbench.history) > 3
    on_disk = b"".join(path.read_bytes() for path in kept.parent.glob(f"{FILE}*"))
    assert secrets
    assert [] == [secret for secret in secrets if secret.encode() in on_disk]


async def test_a_secret_that_is_known_later_is_taken_out_of_what_was_kept() -> None:
    workbench = await signed_in(CRMS[0])
    await workbench.find_contact_with_name("opensesame-4711")
    assert workbench.history.search("opensesame-4711")
    workbench.environment.connection_secrets.add(["opensesame-4711"])
    await workbench.list_users()
    assert [] == list(workbench.history.search("opensesame-4711"))


def test_the_file_is_for_its_owner_alone(kept: Path) -> None:
    with program(CRMS[0], range(1)) as process:
        assert 0 == process.wait()
    assert len(History(kept)) > 0
    assert [] == [path.name for path in kept.parent.glob(f"{FILE}*") if path.stat().st_mode & 0o077]
    assert 0o700 == kept.parent.stat().st_mode & 0o777


async def test_a_body_that_is_too_long_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MAX_DOCUMENT", 300)
    monkeypatch.setattr(writer, "KEPT_LETTERS", 50)
    workbench = await worked(CRMS[0])
    cut = workbench.history.search("letters in all", kind="exchange")
    assert cut
    assert all(each.exchange for each in cut)


# -- searching --


async def test_words_are_found_in_any_order_and_case_in_everything() -> None:
    history = (await worked(CRMS[0])).history
    assert history.search("NIA log_call")[0].run
    assert history.search("log_call nia")[0].run
    assert list(history.search("holt")) == list(history.search("HOLT")) != []
    assert [] == list(history.search("log_call nobody-has-said-this"))


async def test_crm_operation_status_kind_and_time_narrow_it() -> None:
    one, other = await worked(CRMS[0]), await signed_in(CRMS[1])
    sandbox_of(other).faults.add(status=404)
    await other.find_contact(NOBODY)
    history = one.history
    assert {CRMS[1]} == {each.crm for each in history.search(crm=CRMS[1])}
    assert {"log_call"} == {each.operation for each in history.search(operation="log_call")}
    assert {404} == {each.exchange.status for each in history.search(status=404) if each.exchange}
    assert list(history.search(status="404")) == list(history.search(status="4xx"))
    assert {True} == {bool(each.run) for each in history.search(kind="operation")}
    assert {"failed"} >= {each.outcome for each in history.search(kind="operation", status="failed")}
    everything = list(history.search(limit=1000))
    for since in (
        "5m",
        "1h",
        "2 d",
        timedelta(minutes=1),
        datetime.now(UTC) - timedelta(minutes=1),
        "2020-01-01",
    ):
        assert everything == list(history.search(since=since, limit=1000))
    assert [] == list(history.search(since=datetime.now(UTC) + timedelta(minutes=1)))
    assert sorted(CRMS[:2]) == history.crms
    assert {"sign_in", "find_contact", "log_call"} <= set(history.operations)


@pytest.mark.parametrize(
    "asked", [{"status": "many"}, {"status": "9"}, {"since": "yesterday"}, {"kind": "thing"}], ids=str
)
async def test_what_is_no_query_is_told_in_a_sentence(asked: dict[str, str]) -> None:
    with pytest.raises(InputError, match=next(iter(asked.values()))):
        connect(CRMS[0], mode="sandbox").history.search(**asked)  # type: ignore[arg-type]


async def test_the_newest_come_first_and_more_is_said() -> None:
    history = (await worked(CRMS[0])).history
    found = history.search(limit=2)
    assert 2 == len(found)
    assert found.more
    assert found[0].id > found[1].id
    assert "the newest 2 entries" in repr(found)
    assert found[:1][0] == history.entry(found[0].id)
    assert 2 == len(found.to_dataframe())
    assert "log_call" in found._repr_html_()
    with pytest.raises(InputError, match="no entry 99999"):
        history.entry(99999)


@pytest.mark.parametrize("crm", CRMS)
async def test_what_was_kept_is_a_command_again(crm: str) -> None:
    workbench = await worked(crm)
    newest = workbench.history.search(kind="exchange", limit=1)[0].exchange
    assert newest
    assert workbench.trace[-1].as_curl() == newest.as_curl()


# -- a restart, other processes, a kill --


def test_another_kernel_finds_what_one_did_before_it_ended(kept: Path) -> None:
    with program(CRMS[0], range(3)) as process:
        assert 0 == process.wait()
    history = History(kept)
    assert 3 == len(history.search(operation="find_contact", kind="operation"))
    assert history.search("4158670002")


def test_a_killed_kernel_loses_no_more_than_the_last_moment(kept: Path) -> None:
    end = "await asyncio.sleep(1); os.kill(os.getpid(), signal.SIGKILL)"
    with program(CRMS[0], range(5), end) as process:
        assert -signal.SIGKILL == process.wait()
    assert 5 == len(History(kept).search(operation="find_contact", kind="operation"))


def test_two_processes_write_at_once_and_none_loses_anything(kept: Path) -> None:
    running = [program(crm, range(number, number + 40)) for number, crm in ((0, CRMS[0]), (1000, CRMS[1]))]
    assert [0, 0] == [process.wait() for process in running]
    history = History(kept)
    for crm in CRMS[:2]:
        assert 40 == len(history.search(crm=crm, operation="find_contact", kind="operation"))


async def test_a_process_that_was_forked_off_writes_its_own_only() -> None:
    workbench = await signed_in(CRMS[0])
    before = len(workbench.history)
    await workbench.list_users()
    if (child := os.fork()) == 0:
        try:
            writer.flush()
        finally:
            os._exit(0)
    assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])  # noqa: ASYNC222
    assert {1} == {
        len(workbench.history.search(kind="operation", operation=name)) for name in ("sign_in", "list_users")
    }
    assert len(workbench.history) > before


def test_what_a_process_that_was_forked_off_does_is_kept_too(kept: Path) -> None:
    async def work() -> None:
        await (await signed_in(CRMS[0])).list_users()

    asyncio.run(work())
    if (child := os.fork()) == 0:
        try:
            asyncio.run(work())
            writer.flush()
        finally:
            os._exit(0)
    assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    writer.flush()
    assert 2 == len(History(kept).search(kind="operation", operation="list_users"))


def test_who_reads_the_file_keeps_nobody_from_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_file, "PATIENCE", 0.0)
    path = tmp_path / "home" / FILE
    file = history_file.HistoryFile(path)
    file.add([row(1)])
    count = "SELECT count(*) FROM entries"
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert (1,) == reader.execute(count).fetchone()
        file.add([row(2)])
        assert ((1,), 2) == (reader.execute(count).fetchone(), file.count())
        reader.execute("COMMIT")
        assert (2,) == reader.execute(count).fetchone()


# -- bounds, and off --


def row(number: int, letters: int = 10) -> history_file.Row:
    return history_file.Row("exchange", number, "s", "acme", "live", "", 0, 200, False, "x" * letters)


@pytest.mark.parametrize(("bounds", "left"), [({"max_entries": 20}, 20), ({"max_bytes": 1000}, 100)])
def test_the_oldest_are_dropped_where_there_are_too_many_or_too_large(
    bounds: dict[str, int], left: int, tmp_path: Path
) -> None:
    file = history_file.HistoryFile(tmp_path / "home" / FILE, **bounds)
    for number in range(0, 300, 10):
        ids = file.add([row(number + each) for each in range(10)])
    assert left * 0.9 <= file.count() <= left
    found = file.select("1", [], 1000)
    assert ids[-1] == found[0].id
    assert [each.id for each in found] == list(range(found[0].id, found[-1].id - 1, -1))


async def test_with_the_setting_off_nothing_is_written(monkeypatch: pytest.MonkeyPatch, kept: Path) -> None:
    monkeypatch.setenv("APPCONNECT_HISTORY", "0")
    workbench = await worked(CRMS[0])
    assert "off" in repr(workbench.history)
    assert [] == list(workbench.history.search())
    assert not kept.exists()  # noqa: ASYNC240


async def test_a_replay_writes_nothing(kept: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    async with connect(CRMS[0], mode="sandbox", scenario="x", record=True) as workbench:
        await workbench.sign_in()
    before = len(History(kept))
    async with connect(CRMS[0], mode="replay", scenario="x") as workbench:
        await workbench.sign_in()
        assert before == len(workbench.history) > 0


async def test_clearing_forgets_everything(kept: Path) -> None:
    history = (await worked(CRMS[0])).history
    assert len(history) > 0
    history.clear()
    assert 0 == len(history)
    assert b"Nia" not in b"".join(path.read_bytes() for path in kept.parent.glob(f"{FILE}*"))


# -- when it cannot be written --


def damage(path: Path) -> None:
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_bytes(b"this is no database" * 1000)
    path.chmod(0o600)


async def test_a_damaged_file_is_told_in_a_sentence_and_stops_nobody(
    kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damage(kept)
    workbench = await worked(CRMS[0])
    with pytest.raises(StoreError, match="cannot be used"):
        workbench.history.search()
    assert 1 == caplog.text.count("cannot be used")


async def test_a_file_of_a_newer_version_is_left_alone(kept: Path) -> None:
    history_file.HistoryFile(kept).close()
    with sqlite3.connect(kept) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer appconnect"):
        connect(CRMS[0], mode="sandbox").history.search()


async def test_operations_hardly_notice_it() -> None:
    """What is done in their own time is an append; the rest waits."""
    workbench = await signed_in(CRMS[0])
    followers = workbench.trace._followers
    (session,) = followers
    show, began = (lambda: pytest.fail("read in the operation's own time")), time.perf_counter()
    for _ in range(1000):
        session.writer._items.append(writer.Item(session, time.time(), exchange=show))
    assert time.perf_counter() - began < 0.1
    session.writer._items.clear()
    assert Settings.load().history
