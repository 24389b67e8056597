"""What a history is asked for, to the edges of each condition, and how an entry is told."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from appconnect.errors import InputError
from appconnect.history import FILE, History, HistoryEntry, writer
from appconnect.history import file as history_file
from appconnect.http import Exchange, OperationRun
from appconnect.http.bodies import Body
from appconnect.http.exchange import Request, Response

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def exchange(status: int | None = 200, number: int = 7, operation: int = 0, error: str = "") -> Exchange:
    response = None if status is None else Response(status=status)
    request = Request(method="POST", url="https://api.acme.test/v1/notes")
    return Exchange(
        number=number,
        at=NOON,
        seconds=0.5,
        operation=operation,
        request=request,
        response=response,
        error=error,
    )


def run(number: int = 3, **facts: object) -> OperationRun:
    about = {"number": number, "name": "log_call", "at": NOON, "seconds": 1.5, "succeeded": True}
    return OperationRun.model_validate({**about, **facts})


def row(shown: Exchange | OperationRun, **facts: object) -> history_file.Row:
    is_run = isinstance(shown, OperationRun)
    about: dict[str, object] = {
        "kind": "operation" if is_run else "exchange", "noted": NOON.timestamp(), "session": "s", "crm": "acme",
        "mode": "live", "operation": "log_call" if is_run else "", "run": shown.number if is_run else shown.operation,
        "status": None if is_run else shown.status, "failed": False, "document": writer.document_of(shown),
    }  # fmt: skip
    return history_file.Row(**{**about, **facts})  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / FILE


def kept(path: Path, *rows: history_file.Row) -> History:
    file = history_file.HistoryFile(path)
    file.add(rows)
    file.close()
    return History(path)


def numbers(entries: object) -> list[int]:
    return [each.id for each in entries]  # type: ignore[attr-defined]


# -- conditions --


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (99, []), (100, [1]), ("199", [2]), (200, [3]), (" 404 ", [6]), ("1xx", [2, 1]), ("2XX", [4, 3]),
        ("3xx", [5]), ("4xx", [6]), ("9xx", [7]), ("failed", [7, 6]), ("OK", [8, 5, 4, 3, 2, 1]), ("", [8, 7, 6, 5, 4, 3, 2, 1]),
    ],
)  # fmt: skip
def test_a_status_is_one_or_a_class_or_whether_it_went_well(
    path: Path, asked: str | int, found: list[int]
) -> None:
    rows = [row(exchange(status), failed=status >= 400) for status in (100, 199, 200, 299, 300, 404, 999)]
    history = kept(path, *rows, row(run()))
    if asked == 99:
        with pytest.raises(InputError, match=r"^There is no status '99'; write 404, 4xx, failed or ok\.$"):
            history.search(status=asked)
    else:
        assert found == numbers(history.search(status=asked))


@pytest.mark.parametrize(
    ("since", "reaches"),
    [
        ("30m", 30 * 60), ("30 min", 30 * 60), ("2h", 2 * 3600), ("2 H", 2 * 3600), ("3d", 3 * 86400), (" 1w ", 7 * 86400),
        (timedelta(seconds=90), 90),
    ],
    ids=str,
)  # fmt: skip
def test_a_time_ago_reaches_so_far_back_and_no_further(
    path: Path, since: str | timedelta, reaches: float
) -> None:
    now = datetime.now(UTC).timestamp()
    older, newer = (row(exchange(), noted=now - reaches + seconds) for seconds in (-30, 30))
    assert [2] == numbers(kept(path, older, newer).search(since=since))


@pytest.mark.parametrize(
    "since",
    ["2026-01-02T12:00:00+00:00", NOON, NOON.astimezone().replace(tzinfo=None), "2026-01-02T13:00+01:00"],
    ids=str,
)
def test_a_moment_is_in_the_zone_that_it_tells_else_in_this_computers(
    path: Path, since: str | datetime
) -> None:
    rows = [row(exchange(), noted=NOON.timestamp() + seconds) for seconds in (-1, 0, 1)]
    assert [3, 2] == numbers(kept(path, *rows).search(since=since))


@pytest.mark.parametrize("text", ["yesterday", "2x", "9999999d", "999999w", "h", "2026-13-01", "-2h", "2.5h"])
def test_what_is_no_time_is_told_with_how_to_write_one(path: Path, text: str) -> None:
    with pytest.raises(InputError) as caught:
        kept(path).search(since=text)
    assert f"{text!r} is no time; write 30m, 2h, 3d or 2026-11-26." == caught.value.message


@pytest.mark.parametrize("bad", ["\ud800", "a\udcff", "\0", b"x"], ids=ascii)
@pytest.mark.parametrize("condition", ["words", "crm", "operation", "status", "kind", "since"])
def test_what_can_be_in_no_entry_is_no_condition(path: Path, condition: str, bad: Any) -> None:
    with pytest.raises(InputError) as caught:
        kept(path, row(run())).search(**{condition: bad})
    assert caught.value.message.encode()


def test_conditions_hold_together(path: Path) -> None:
    history = kept(
        path,
        row(exchange(), crm="acme", operation="log_call"),
        row(exchange(), crm="zeta", operation="log_call"),
        row(run(), crm="acme"),
        row(exchange(404), crm="acme", operation="find_contact", failed=True),
    )
    asked: list[dict[str, str]] = [
        {"crm": "acme"}, {"operation": "log_call"}, {"kind": "operation"}, {"kind": "exchange"},
        {"crm": "acme", "operation": "log_call", "kind": "exchange"}, {"crm": "acme", "status": "failed"}, {"crm": "none"},
    ]  # fmt: skip
    assert [[4, 3, 1], [3, 2, 1], [3], [4, 2, 1], [1], [4], []] == [
        numbers(history.search(**each)) for each in asked
    ]
    assert (["acme", "zeta"], ["find_contact", "log_call"]) == (history.crms, history.operations)
    with pytest.raises(InputError, match=r"^There is no kind 'thing'; choose exchange or operation\.$"):
        history.search(kind="thing")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("nia", [1]),
        ("NIA holt", [1]),
        ("acme nia", [1]),
        ("log_call omar", [2]),
        ("nia omar", []),
        ("ni", [1]),
        ("  ", [2, 1]),
    ],
)
def test_words_are_looked_for_in_name_crm_and_text(path: Path, words: str, found: list[int]) -> None:
    one, other = run(message="Nia Holt was called"), run(message="Omar was called")
    assert found == numbers(kept(path, row(one), row(other)).search(words))


@pytest.mark.parametrize(
    ("limit", "found", "more"),
    [(1, [3], True), (2, [3, 2], True), (3, [3, 2, 1], False), (4, [3, 2, 1], False)],
)
def test_it_is_said_whether_there_is_more_than_was_asked_for(
    path: Path, limit: int, found: list[int], more: bool
) -> None:
    entries = kept(path, *[row(run())] * 3).search(limit=limit)
    assert (found, more) == (numbers(entries), entries.more)
    words = "1 entry" if limit == 1 else f"{len(found)} entries"
    assert f"<History: {'the newest ' if more else ''}{words}>" == repr(entries)


def test_unless_more_is_asked_for_a_hundred_are_told(path: Path) -> None:
    entries = kept(path, *[row(run())] * 101).search()
    assert (100, True) == (len(entries), entries.more)


def test_the_exchanges_of_an_operation_are_those_of_its_session_in_their_order(path: Path) -> None:
    mine, others = exchange(operation=3), exchange(operation=4)
    history = kept(path, row(mine), row(others), row(mine, session="t"), row(mine), row(run()))
    assert [1, 4] == numbers(history.exchanges_of(history.entry(5)))
    assert [2] == numbers(history.exchanges_of(history.entry(2)))


def test_an_entry_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(
        InputError, match=r"^There is no entry 2 in the history, or it was dropped for newer ones\.$"
    ):
        kept(path, row(run())).entry(2)


def test_what_another_version_wrote_is_passed_over(path: Path) -> None:
    rows = [
        row(run()),
        row(run(), document="{}"),
        row(run(), document="no JSON"),
        row(exchange(), document='{"a": 1}'),
    ]
    assert [1] == numbers(kept(path, *rows).search())


COLUMNS = [
    "kind",
    "noted",
    "session",
    "crm",
    "mode",
    "operation",
    "run",
    "status",
    "failed",
    "size",
    "document",
]


@pytest.mark.parametrize(
    "value", ["x", "", b"\xff", 1e300, -1e300, float("inf"), 2**63 - 1, "{}", "\0"], ids=ascii
)
@pytest.mark.parametrize("column", COLUMNS)
def test_an_entry_with_an_odd_value_hurts_no_other(path: Path, column: str, value: object) -> None:
    history = kept(path, row(run()), row(run()))
    table = "documents" if column == "document" else "entries"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE id = 2", [value])
    assert 1 in numbers(history.search())
    assert "log_call" in str(history.search()._repr_html_())
    assert all(each.encode() for each in [*history.crms, *history.operations, repr(history)])


def test_where_nothing_was_kept_yet_nothing_is_found_and_no_file_made(path: Path) -> None:
    history = History(path, is_on=False)
    assert ([], [], [], 0) == (list(history.search()), history.crms, history.operations, len(history))
    history.clear()
    assert "<History: 0 entries; off, nothing new is kept>" == repr(history)
    assert not path.exists()


@pytest.mark.parametrize(("count", "words"), [(1, "1 entry"), (2, "2 entries"), (1001, "1,001 entries")])
def test_a_history_tells_how_many_it_has(path: Path, count: int, words: str) -> None:
    assert f"<History: {words}>" == repr(kept(path, *[row(run())] * count))


# -- how an entry is told --


def entry(shown: Exchange | OperationRun, **facts: object) -> HistoryEntry:
    what = "run" if isinstance(shown, OperationRun) else "exchange"
    about = {"id": 4, "at": NOON, "session": "s", "crm": "acme", "mode": "live", what: shown}
    return HistoryEntry.model_validate({**about, **facts})


@pytest.mark.parametrize(
    ("shown", "what", "outcome", "seconds"),
    [
        (exchange(), "POST /v1/notes", "200", 0.5),
        (exchange(None, error="ReadTimeout"), "POST /v1/notes", "ReadTimeout", 0.5),
        (run(), "log_call", "done", 1.5),
        (run(message="Call logged"), "Call logged", "done", 1.5),
        (run(message="No", error="RateLimited", succeeded=False), "No", "failed", 1.5),
        (run(error="RateLimited", succeeded=False), "RateLimited", "failed", 1.5),
        (run(seconds=None, succeeded=None), "log_call", "running", 0.0),
    ],
    ids=str,
)
def test_an_entry_is_told_by_what_was_done_and_what_came_of_it(
    shown: Exchange | OperationRun, what: str, outcome: str, seconds: float
) -> None:
    told = entry(shown, operation="log_call")
    assert (what, outcome, seconds) == (told.what, told.outcome, told.seconds)
    assert re.fullmatch(
        rf"4\. 2026-01-0\d \d\d:\d\d:\d\d acme log_call: {re.escape(what)} → {outcome}", repr(told)
    )


def test_an_entry_of_no_operation_is_told_without_one_and_stays_as_it_is() -> None:
    told = entry(exchange())
    assert " acme: POST /v1/notes → 200" in str(told)
    with pytest.raises(ValueError, match="frozen"):
        told.crm = "other"


def test_entries_are_rows_of_a_table(path: Path) -> None:
    found = kept(path, row(run(message="Call logged")), row(exchange(404), operation="log_call")).search()
    frame = found.to_dataframe()
    assert (["at", "crm", "mode", "operation", "what", "outcome", "seconds"], [2, 1]) == (
        list(frame.columns),
        list(frame.index),
    )
    assert ["POST /v1/notes", "Call logged"] == list(frame["what"])
    html = found._repr_html_()
    assert [] == [
        word
        for word in ("No.", "When", "CRM", "Operation", "What", "Outcome", "404", "Call logged")
        if word not in html
    ]


# -- what is too long --


@pytest.fixture
def bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MAX_DOCUMENT", 1000)
    monkeypatch.setattr(writer, "KEPT_LETTERS", 20)


@pytest.mark.usefixtures("bounds")
def test_of_an_operation_that_is_too_long_arguments_and_result_are_left_out() -> None:
    document = writer.document_of(run(arguments={"note": "x" * 1000}, result=[1], message="Call logged"))
    told = OperationRun.model_validate_json(document)
    assert (None, "Call logged") == (told.arguments, told.message)
    assert re.fullmatch(r"too long: 1,\d{3} letters", str(told.result))
    short = run(arguments={"note": "x"}, result=[1])
    assert short == OperationRun.model_validate_json(writer.document_of(short))


@pytest.mark.usefixtures("bounds")
@pytest.mark.parametrize("place", ["request", "response"])
def test_of_an_exchange_that_is_too_long_the_long_bodies_are_cut(place: str) -> None:
    long, short = Body(kind="json", value="é" * 1000), Body(kind="json", value="x" * 18)
    bodies = {"request": short, "response": short, place: long}
    whole = exchange()
    assert whole.response is not None
    whole = whole.model_copy(
        update={
            "request": whole.request.model_copy(update={"body": bodies["request"]}),
            "response": whole.response.model_copy(update={"body": bodies["response"]}),
        }
    )
    told = Exchange.model_validate_json(writer.document_of(whole))
    assert told.response is not None
    shown = {"request": told.request.body, "response": told.response.body}
    assert Body(kind="text", value='"' + "é" * 19 + "… (cut: 1,002 letters in all)") == shown.pop(place)
    assert [short] == list(shown.values())


@pytest.mark.usefixtures("bounds")
def test_a_request_without_an_answer_is_cut_too() -> None:
    whole = exchange(None)
    whole = whole.model_copy(
        update={"request": whole.request.model_copy(update={"body": Body(kind="text", value="x" * 1000)})}
    )
    told = Exchange.model_validate_json(writer.document_of(whole))
    assert told.request.body is not None
    assert (None, "(cut: 1,002 letters in all)") == (told.response, str(told.request.body.value)[-27:])
