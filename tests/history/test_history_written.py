"""How a history is written: to the letter of its bounds, all or nothing, and what becomes of its problems."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from appconnect import history as kept_history
from appconnect.errors import StoreError
from appconnect.history import FILE, History, HistoryWriter
from appconnect.history import file as history_file
from appconnect.history import writer as history_writer
from appconnect.history.writer import Session
from appconnect.http import Exchange, OperationRun, Trace
from appconnect.http.bodies import Body
from appconnect.http.exchange import Request, Response

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def row(document: str = "x" * 10, **facts: Any) -> history_file.Row:
    about: dict[str, Any] = {
        "kind": "exchange", "noted": NOON.timestamp(), "session": "s", "crm": "acme", "mode": "sandbox",
        "operation": "", "run": 0, "status": 200, "failed": False, "document": document,
    }  # fmt: skip
    return history_file.Row(**{**about, **facts})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / FILE


# -- the file --


@pytest.mark.parametrize(
    ("bounds", "count", "left"),
    [
        ({"max_entries": 20}, 20, 20), ({"max_entries": 20}, 21, 19), ({"max_bytes": 1000}, 100, 100),
        ({"max_bytes": 1000}, 101, 95), ({"max_entries": 20, "max_bytes": 100}, 21, 9),
    ],
)  # fmt: skip
def test_the_oldest_are_dropped_once_there_are_more_than_are_kept(
    path: Path, bounds: dict[str, int], count: int, left: int
) -> None:
    with closing(history_file.HistoryFile(path, **bounds)) as file:
        assert list(range(1, count + 1)) == file.add([row()] * count)
        assert list(range(count, count - left, -1)) == [each.id for each in file.select("1", [], 1000)]
        assert [count + 1] == file.add([row()])
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT id FROM entries").fetchall() == (
                connection.execute("SELECT id FROM documents").fetchall()
            )


def test_a_size_is_that_on_the_disk_and_not_of_letters(path: Path) -> None:
    with closing(history_file.HistoryFile(path, max_bytes=1000)) as file:
        file.add([row("é" * 10)] * 51)
        assert 47 == file.count()


def test_twenty_thousand_are_kept_unless_they_are_large(path: Path) -> None:
    with closing(history_file.HistoryFile(path)) as file:
        file.add([row("")] * 20_000)
        assert 20_000 == file.count()
        file.add([row("")])
        assert 19_000 == file.count()
        file.clear()
        with (
            closing(sqlite3.connect(path)) as connection,
            connection,
        ):  # a document of half of 64 MB, as it were
            file.add([row(), row()])
            connection.execute("UPDATE entries SET size = ?", [32 * 1024 * 1024 - 5])
        file.add([row()])
        assert 3 == file.count()
        file.add([row("")])
        file.add([row("x")])
        assert 4 == file.count()


def test_all_of_what_is_written_at_once_is_kept_or_nothing(path: Path) -> None:
    with closing(history_file.HistoryFile(path)) as file:
        file.add([row()])
        with pytest.raises(StoreError):
            file.add([row(), row(crm=None)])
        assert 1 == file.count()
        assert [2] == file.add([row()])


def test_an_entry_is_read_as_it_was_written(path: Path) -> None:
    facts = {"session": "t", "mode": "live", "operation": "log_call", "run": 7, "status": 404, "failed": True}
    with closing(history_file.HistoryFile(path)) as file:
        file.add([row('{"a": "é"}', **facts)])
        assert [history_file.Found(1, NOON.timestamp(), "t", "acme", "live", "log_call", "exchange", '{"a": "é"}')] == (
            file.select("e.session = ? AND e.run = ? AND e.status = ? AND e.failed", ["t", 7, 404], 1)
        )  # fmt: skip
        file.change([(1, "[]"), (2, "{}")])
        assert ["[]"] == [each.document for each in file.select("1", [], 5)]


def test_a_file_of_a_newer_version_is_told_and_not_changed(path: Path) -> None:
    history_file.HistoryFile(path).close()
    with closing(sqlite3.connect(path)) as connection:
        assert (1,) == connection.execute("PRAGMA user_version").fetchone()
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(StoreError) as caught:
        history_file.HistoryFile(path)
    assert f"The history {path} was written by a newer appconnect: update this one." == caught.value.message
    with closing(sqlite3.connect(path)) as connection:
        assert (2,) == connection.execute("PRAGMA user_version").fetchone()


UNUSABLE = "The history {path} cannot be used ({reason}). If it is damaged, delete that file; nothing else depends on it."


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_bytes(b"this is no database" * 100), "file is not a database"),
        (Path.mkdir, "unable to open database file"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_the_reason_and_what_to_do(
    path: Path, make: Callable[[Path], object], reason: str
) -> None:
    path.parent.mkdir()
    make(path)
    with pytest.raises(StoreError) as caught:
        history_file.HistoryFile(path)
    assert UNUSABLE.format(path=path, reason=reason) == caught.value.message


def test_a_folder_that_cannot_be_made_is_told_by_the_system(path: Path) -> None:
    path.parent.touch()
    with pytest.raises(StoreError) as caught:
        history_file.HistoryFile(path)
    assert caught.value.message.startswith(f"The history {path} cannot be used (")
    assert "(File exists)" in caught.value.message or "(Not a directory)" in caught.value.message


def test_another_process_that_writes_is_waited_for(path: Path) -> None:
    with closing(history_file.HistoryFile(path)) as file, closing(_writing(path)) as other:
        threading.Timer(0.3, other.commit).start()
        assert [1] == file.add([row()])


def _writing(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def test_names_are_told_once_and_in_order(path: Path) -> None:
    with closing(history_file.HistoryFile(path)) as file:
        file.add([row(operation=each) for each in ("log_call", "", "find_contact", "log_call")])
        assert ["find_contact", "log_call"] == file.names("operation")


# -- the writer --


class Redacts:
    """Masks one word once it is known."""

    version = 1
    word = ""

    def shown(self, text: str) -> str:
        return text.replace(self.word, "<masked>") if self.word else text


@dataclass
class Written:
    """A writer, and a workbench's session that it writes for."""

    writer: HistoryWriter
    redacts: Redacts
    session: Session

    def done(self, text: str = "done", **facts: Any) -> None:
        self.session.ended(lambda: run(self.redacts.shown(text), **facts))

    def messages(self) -> list[str]:
        self.writer.flush()
        return [each.what for each in History(self.writer.path).search(limit=1000)][::-1]


def run(message: str, **facts: Any) -> OperationRun:
    about = {
        "number": 3,
        "name": "log_call",
        "at": NOON,
        "seconds": 1.5,
        "succeeded": True,
        "message": message,
    }
    return OperationRun.model_validate({**about, **facts})


def exchange(status: int | None = 200, **facts: Any) -> Exchange:
    request = Request(method="POST", url="https://api.acme.test/v1/notes")
    response = None if status is None else Response(status=status)
    return Exchange(number=7, at=NOON, seconds=0.5, request=request, response=response, **facts)


@pytest.fixture
def written(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    monkeypatch.setattr(HistoryWriter, "_start", lambda self: None)  # what is written is written by flush
    redacts, writer = Redacts(), HistoryWriter(path)
    trace = Trace(redacts)  # type: ignore[arg-type]
    yield Written(writer, redacts, Session(writer, trace, "acme", "sandbox"))
    if writer._file is not None:
        writer._file.close()


@pytest.mark.parametrize(
    ("status", "failed"), [(None, True), (200, False), (399, False), (400, True), (500, True)]
)
def test_an_exchange_has_failed_without_an_answer_or_with_a_bad_one(
    written: Written, status: int | None, failed: bool
) -> None:
    began = time.time()
    written.session.exchanged(lambda: exchange(status, operation=4))
    written.writer.flush()
    history = History(written.writer.path)
    (found,) = history.search(status="failed" if failed else "ok", kind="exchange")
    assert (written.session.name, "acme", "sandbox", "") == (
        found.session, found.crm, found.mode, found.operation,
    )  # fmt: skip
    assert began <= found.at.timestamp() <= time.time()
    assert found.exchange is not None
    assert exchange(status, operation=4).model_dump() == found.exchange.model_dump()
    assert [] == list(history.search(status="ok" if failed else "failed"))
    if status is not None:
        assert 1 == len(history.search(status=status))


@pytest.mark.parametrize("succeeded", [True, False])
def test_an_operation_has_failed_unless_it_succeeded(written: Written, succeeded: bool) -> None:
    written.done(succeeded=succeeded)
    written.writer.flush()
    history = History(written.writer.path)
    (found,) = history.search(status="ok" if succeeded else "failed", kind="operation", operation="log_call")
    assert (run("done", succeeded=succeeded), None) == (found.run, found.exchange)


def test_each_session_has_a_name_of_its_own(written: Written) -> None:
    other = Session(written.writer, written.session.trace, "acme", "sandbox")
    assert len({written.session.name, other.name}) == 2
    assert len(other.name) == 16


def test_what_cannot_be_shown_is_left_out_and_told_in_the_log(
    written: Written, caplog: pytest.LogCaptureFixture
) -> None:
    def falls() -> OperationRun:
        raise ZeroDivisionError("no reason")

    written.done("before")
    written.session.ended(falls)
    written.done("after")
    assert ["before", "after"] == written.messages()
    assert "An entry of the history could not be read." in caplog.messages
    assert "ZeroDivisionError: no reason" in caplog.text


@pytest.mark.parametrize("more", [499, 500])
def test_a_secret_is_taken_out_of_the_five_hundred_newest(written: Written, more: int) -> None:
    for text in ("the word abc", *["nothing"] * more):
        written.done(text)
    assert "the word abc" == written.messages()[0]
    written.redacts.word, written.redacts.version = "abc", 2
    written.done("what comes next")
    is_masked = more + 2 <= 500
    assert ("the word <masked>" if is_masked else "the word abc") == written.messages()[0]


def test_a_secret_that_becomes_known_twice_is_taken_out_twice(written: Written) -> None:
    written.done("abc and xyz")
    for word, version in (("abc", 2), ("xyz", 3)):
        written.messages()
        written.redacts.word, written.redacts.version = word, version
        written.done("next")
    assert "abc and <masked>" == written.messages()[0], "as it is shown now"


def test_a_problem_is_told_once_until_all_is_well_again(
    written: Written, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    written.writer.path.parent.mkdir(mode=0o700)
    written.writer.path.write_bytes(b"this is no database" * 100)
    written.writer.path.chmod(0o600)
    problem = UNUSABLE.format(path=written.writer.path, reason="file is not a database")
    for _ in range(2):
        written.done("lost")
        written.writer.flush()
        assert problem == written.writer.problem
    assert [f"{problem} What is done is not kept in it meanwhile."] == caplog.messages
    written.writer.path.unlink()
    written.done("kept")
    assert (["kept"], "") == (written.messages(), written.writer.problem)
    assert 1 == len(caplog.messages)


def test_a_file_that_was_opened_and_fails_is_opened_anew(
    written: Written, caplog: pytest.LogCaptureFixture
) -> None:
    written.done("before")
    written.messages()
    with closing(sqlite3.connect(written.writer.path)) as connection, connection:
        connection.execute("ALTER TABLE documents RENAME TO gone")
    written.done("lost")
    written.writer.flush()
    assert "no such table" in written.writer.problem
    with closing(sqlite3.connect(written.writer.path)) as connection, connection:
        connection.execute("ALTER TABLE gone RENAME TO documents")
    written.done("after")
    assert ["before", "after"] == written.messages()


def test_many_are_written_in_their_order(written: Written) -> None:
    texts = [f"No. {number}" for number in range(250)]
    for text in texts:
        written.done(text)
    assert texts == written.messages()


def test_what_happens_is_written_soon_by_itself_and_then_it_rests(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []
    monkeypatch.setattr(time, "sleep", rests.append)
    writer, moment = HistoryWriter(path), threading.Event()
    session = Session(writer, Trace(Redacts()), "acme", "sandbox")  # type: ignore[arg-type]
    for number in (1, 2):
        session.ended(lambda: run("done"))
        for _ in range(1000):
            if path.exists() and number == len(History(path)):
                break
            moment.wait(0.02)
        assert number == len(History(path))
        moment.wait(0.1)
        assert [0.2] * number == rests
    assert writer._thread is not None
    assert (True, "appconnect-history") == (writer._thread.daemon, writer._thread.name)


def test_a_writer_follows_a_trace(path: Path) -> None:
    writer, trace = HistoryWriter(path), Trace(Redacts())  # type: ignore[arg-type]
    writer.follow(trace, crm="acme", mode="live")
    (session,) = trace._followers
    assert isinstance(session, Session)
    assert (writer, trace, "acme", "live") == (session.writer, session.trace, session.crm, session.mode)


def test_there_is_one_writer_for_a_file(path: Path) -> None:
    one = history_writer.writer_to(path)
    try:
        assert one is history_writer.writer_to(path) is not history_writer.writer_to(path.with_name("other"))
    finally:
        for each in (path, path.with_name("other")):
            del history_writer._writers[each]


@pytest.mark.parametrize(("letters", "is_cut"), [(256_000, False), (256_001, True)])
def test_an_entry_of_some_length_is_cut(letters: int, is_cut: bool) -> None:
    short = len(history_writer.document_of(run("", arguments={})))
    document = history_writer.document_of(run("x" * (letters - short), arguments={}))
    assert is_cut == ("too long" in document)
    assert (f'"too long: {letters:,} letters"' in document) == is_cut
    assert ("null" if is_cut else "{}") in document.partition('"arguments"')[2][:6]


@pytest.mark.parametrize(("letters", "is_cut"), [(20_000, False), (20_001, True)])
def test_a_body_of_some_length_is_cut_where_the_whole_is_too_long(letters: int, is_cut: bool) -> None:
    whole = exchange()
    assert whole.response is not None
    bodies = {
        "request": whole.request.model_copy(update={"body": Body(kind="text", value="x" * (letters - 2))}),
        "response": whole.response.model_copy(update={"body": Body(kind="text", value="y" * 256_000)}),
    }
    told = Exchange.model_validate_json(history_writer.document_of(whole.model_copy(update=bodies)))
    assert told.response is not None and told.response.body is not None and told.request.body is not None
    assert '"' + "y" * 19_999 + "… (cut: 256,002 letters in all)" == told.response.body.value
    kept = '"' + "x" * 19_999 + "… (cut: 20,001 letters in all)" if is_cut else "x" * 19_998
    assert kept == told.request.body.value


def test_an_item_of_a_live_account_marks_the_outputs_of_a_notebook(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[int] = []
    monkeypatch.setattr("appconnect.history.history.mark_live_outputs", lambda: marked.append(1))
    with closing(history_file.HistoryFile(path)) as file:
        file.add(
            [
                row(history_writer.document_of(run("done")), kind="operation", mode=mode)
                for mode in ("sandbox", "live")
            ]
        )
    history = History(path)
    history.search(limit=0)
    history.entry(1)
    assert [] == marked
    history.search()
    assert [1] == marked


def test_the_package_has_what_it_names() -> None:
    for name in kept_history.__all__:
        assert getattr(kept_history, name) is not None
