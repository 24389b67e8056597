"""Files as people have them: each is read as it is meant, or refused in a sentence before anything is done."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from exports import calls, people
from platforms import OAUTH, answers_of
from shared_store import Processes
from workbench_steps import sandbox_of, sent, signed_in

from appconnect.batch import COLUMNS, Outcome, Status
from appconnect.batch.tables import table_of
from appconnect.errors import AppConnectError, ConfigurationError, InputError
from appconnect.store import Store
from appconnect.testing import cast
from appconnect.workbench import Workbench
from appconnect.workbench.sandboxes import make_sandbox

DOWNLOAD = ("Direction", "Type", "Phone Number", "Name", "Date", "Time", "Action Result", "Duration")
MUELLER = ("Incoming", "Voice", cast.NIA.number, "Nia Müller", "01/02/2026", "9:30 AM", "Accepted", "0:02:05")


def rows_of(path: Path) -> list[dict[str, object]]:
    return [dict(row) for rows in table_of(path).chunks() for row in rows]


def given_back(path: Path, count: int = 1) -> Path:
    table = table_of(path)
    table.digest()
    written = table.give_back(iter([Outcome(contact_name="Ōno", status=Status.MATCHED)] * count))
    assert isinstance(written, Path)
    return written


def line(*cells: str, sign: str = ",") -> str:
    return sign.join(cells)


MEANT = dict(zip(DOWNLOAD, MUELLER, strict=True))
HEADER, ROW = line(*DOWNLOAD), line(*MUELLER)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_encodings_line_ends_and_separators_are_read_and_kept(
    encoding: str, newline: str, sign: str, tmp_path: Path
) -> None:
    path = tmp_path / "calls.csv"
    text = newline.join([line(*DOWNLOAD, sign=sign), line(*MUELLER, sign=sign), ""])
    path.write_bytes(text.encode(encoding))
    assert [MEANT] == rows_of(path)
    raw = given_back(path).read_bytes()
    assert raw[:2] == path.read_bytes()[:2]  # the mark by which Excel knows the encoding
    [found] = csv.DictReader(io.StringIO(raw.decode(encoding)), delimiter=sign)
    assert MEANT | {"crm_contact_name": "Ōno", "crm_status": "matched"} == {
        name: text for name, text in found.items() if name in MEANT or text
    }


@pytest.mark.parametrize(
    "text",
    [
        f"sep=,\r\n{HEADER}\r\n{ROW}\r\n",
        f"{HEADER},,\r\n{ROW},,\r\n",
        f"{HEADER}\r\n{ROW},,,\r\n",
        f"{HEADER}\r\n\r\n{ROW}\r\n\r\n",
        f"{HEADER}\r\n{ROW}",
    ],
    ids=[
        "its separator told",
        "columns without names",
        "empty cells too many",
        "blank lines",
        "no end of line",
    ],
)
def test_what_excel_leaves_around_a_table_is_nothing(text: str, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(text, "utf-8", newline="")
    assert [MEANT] == rows_of(path)
    [found] = csv.DictReader(io.StringIO(given_back(path).read_text("utf-8")))
    assert MEANT == {name: found[name] for name in DOWNLOAD}


def test_signs_inside_of_quoted_names_separate_nothing(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text('"Name, first, or last, or both";"Phone Number"\n"Holt, Nia";1\n')
    assert [{"Name, first, or last, or both": "Holt, Nia", "Phone Number": "1"}] == rows_of(path)


@pytest.mark.parametrize(
    ("contents", "sentence"),
    [
        (f"{HEADER}\n{ROW}\n".encode("cp1252"), 'calls.csv is not written in UTF-8; save it as UTF-8 ("CSV UTF-8" in'),
        (f"{HEADER}\n{ROW}\n".encode("utf-16")[:-1], "calls.csv is not written in UTF-8"),
        (f'{HEADER}\n{ROW}\nIncoming,"Voice\n{ROW}\n{ROW}\n'.encode(), 'A quotation mark (") in line 3 of calls.csv is'),
        (f'sep=,\n{HEADER}\n"{ROW}\n'.encode(), 'A quotation mark (") in line 3 of calls.csv is never closed.'),
        (f'"{HEADER}\n{ROW}\n'.encode(), 'A quotation mark (") in line 1 of calls.csv is never closed.'),
        (f"sep=,\n{HEADER}\n{ROW},more\n".encode(), "Line 3 of calls.csv has 9 cells, and its first line 8."),
        (b"\n\n", "calls.csv is empty"), (b",,\n1,2,3\n", "calls.csv is empty"), (b"sep=;\n", "calls.csv is empty"),
        (b"\xef\xbb\xbf", "calls.csv is empty"), (b"\xff\xfe", "calls.csv is empty"),
        (b'a\n"' + b"x" * 200_000 + b'"\n', "calls.csv is no CSV file: field larger than field limit"),
    ],
)  # fmt: skip
def test_what_is_no_csv_is_told_with_its_line(contents: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(contents)
    with pytest.raises(InputError) as caught:
        rows_of(path)
    assert caught.value.message.startswith(sentence)


@pytest.mark.parametrize(
    ("name", "contents", "sentence"),
    [
        ("calls.csv", b"\x7fELF\0\0", "calls.csv is no text; it may be something else by its contents"),
        ("calls.jsonl", b"PK\3\4\0", "calls.jsonl is no text; "),
        ("calls.csv", f"{HEADER}\n{ROW}\n".encode("utf-16-le"), "calls.csv is no text; it may be"),
        ("calls.jsonl", b'{"name": "\xfc"}\n', "calls.jsonl is not written in UTF-8; save it as UTF-8."),
        ("calls.jsonl", b'[{"id": 1}]', "Line 1 of calls.jsonl is no JSON object. Each record has its own line."),
        ("calls.csv", b"x" * 10_000_001, "Line 1 of calls.csv has more than 10,000,000 characters."),
        ("calls.jsonl", b"{}\n" + b" " * 10_000_001, "Line 2 of calls.jsonl has more than 10,000,000 char"),
    ],
    ids=["a program", "an archive", "UTF-16 without its mark", "cp1252", "a list", "a long line", "a longer one"],
)  # fmt: skip
def test_a_file_that_is_something_else_is_told_after_its_beginning(
    name: str, contents: bytes, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(contents)
    with pytest.raises(InputError) as caught:
        rows_of(tmp_path / name)
    assert caught.value.message.startswith(sentence)


def test_a_file_of_gigabytes_that_is_no_text_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.touch()
    os.truncate(path, 2_000_000_000)
    tracemalloc.start()
    with pytest.raises(InputError, match="is no text"):
        rows_of(path)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_folder_is_told_from_no_file(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").mkdir()
    with pytest.raises(InputError, match=r"calls\.csv is a folder; name a file in it\."):
        table_of(tmp_path / "calls.csv")


@pytest.mark.parametrize("name", ["x" * 300, "~nobody-of-this-name/x", f"{'x' * 300}/x"])
def test_a_file_that_cannot_be_looked_up_is_told(tmp_path: Path, name: str) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(f"{HEADER}\n{ROW}\n")
    for given, output in ((f"{name}.csv", None), (path, f"{name}.csv")):
        with pytest.raises(ConfigurationError, match=r"cannot be looked up \(.+\); choose another path\.$"):
            table_of(given, output)


def test_halves_of_characters_in_json_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text('{"text": "cut \\ud83d", "name": "Ōno"}\n{"text": "Ōno"}\n', "utf-8")
    first, second = map(json.loads, given_back(path, 2).read_text("utf-8").splitlines())
    assert ("cut \ud83d", "Ōno", "Ōno") == (first["text"], first["name"], second["text"])


# -- where the result goes --


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("calls.csv", "calls.csv would be overwritten"), ("same.csv", "calls.csv would be overwritten"),
        ("folder.csv", "is a folder; name a file in it."), ("missing/found.csv", "Nothing can be written into the folder"),
        ("found.parquet", "found.parquet would be a .csv file too"), ("found", "found would be a .csv file too"),
    ],
)  # fmt: skip
def test_a_result_that_could_not_be_written_is_refused_before_the_work(
    output: str, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(f"{HEADER}\n{ROW}\n")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "same.csv").symlink_to(path)
    with pytest.raises(InputError, match=sentence):
        table_of(path, tmp_path / output)
    assert f"{HEADER}\n{ROW}\n" == path.read_text()


def test_a_file_that_was_replaced_meanwhile_gets_no_outcomes_of_others(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("a\n1\n2\n")
    table = table_of(path)
    table.digest()
    path.write_text("a\n2\n1\n")
    with pytest.raises(InputError, match="The table was changed while it was worked on"):
        table.give_back(iter([Outcome()] * 2))
    assert [path] == list(tmp_path.iterdir())


def test_nobodys_file_is_in_the_way_while_a_result_is_written(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("a\n1\n")
    mine = tmp_path / "calls.done.csv.part"
    mine.write_text("mine")
    given_back(path)
    assert "mine" == mine.read_text()


# -- a whole run --


async def table_in(folder: Path, rows: int = 20) -> tuple[Workbench, Path]:
    workbench = await signed_in(OAUTH)
    path = folder / "calls.jsonl"
    write_calls(path, people(sandbox_of(workbench), 25), rows)
    return workbench, path


def write_calls(path: Path, numbers: list[str], rows: int) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in calls(rows, numbers)))


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def logs(workbench: Workbench) -> int:
    return answers_of(workbench.platform).count(sandbox_of(workbench))


def column(path: object, name: str) -> list[str]:
    assert isinstance(path, Path)
    return [json.loads(each)[name] for each in path.read_text("utf-8").splitlines()]


async def test_a_full_disk_loses_nothing_and_the_next_run_only_writes_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench, path = await table_in(tmp_path)
    before = logs(workbench)

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", full)
        with pytest.raises(
            AppConnectError, match=r"cannot be written: No space left on device\. What was done"
        ):
            await workbench.batch.log(path)
    assert (["calls.jsonl"], 14) == (names_in(tmp_path), logs(workbench) - before)
    seen = sent(workbench)
    result = await workbench.batch.log(path)
    assert (14, 14, seen) == (result.counts["logged"], logs(workbench) - before, sent(workbench))
    assert 14 == len({*column(result.table, "crm_log_id")} - {""})


@pytest.mark.parametrize("broken", ["{", "[1]", '{"id": 7', "\ufffe{}"])
async def test_a_broken_line_in_the_middle_is_named_before_anything_is_written(
    broken: str, tmp_path: Path
) -> None:
    workbench, path = await table_in(tmp_path)
    before, lines = logs(workbench), path.read_text().splitlines()
    path.write_text("\n".join([*lines[:10], broken, *lines[10:]]), "utf-8")
    with pytest.raises(InputError, match=r"Line 11 of calls\.jsonl is no JSON object\."):
        await workbench.batch.log(path)
    assert (before, ["calls.jsonl"]) == (logs(workbench), names_in(tmp_path))


async def test_two_processes_on_one_file_write_each_call_once_and_one_result(tmp_path: Path) -> None:
    sandbox, store = make_sandbox(OAUTH), Store.in_memory()
    processes = Processes(OAUTH, sandbox, store)
    one, other = processes.start(), processes.start()
    assert (await one.sign_in()).successful
    path = tmp_path / "calls.jsonl"
    write_calls(path, people(sandbox[OAUTH], 10), 40)
    before = answers_of(OAUTH).count(sandbox[OAUTH])
    results = await asyncio.gather(one.batch.log(path), other.batch.log(path))
    assert 28 == answers_of(OAUTH).count(sandbox[OAUTH]) - before
    assert [{"no contact": 4, "logged": 28, "refused": 8}] * 2 == [each.counts for each in results]
    assert ["calls.jsonl", "calls.logged.jsonl"] == names_in(tmp_path)
    assert 28 == len({*column(results[0].table, "crm_log_id")} - {""})


def twice(rows: list[str]) -> list[str]:
    return [*rows, *rows]


def backwards(rows: list[str]) -> list[str]:
    return rows[::-1]


@pytest.mark.parametrize("odd", [twice, backwards])
async def test_a_call_that_stands_there_twice_is_logged_once_in_whichever_order(
    odd: Callable[[list[str]], list[str]], tmp_path: Path
) -> None:
    workbench, path = await table_in(tmp_path)
    before, rows = logs(workbench), odd(path.read_text().splitlines())
    path.write_text("\n".join(rows))
    result = await workbench.batch.log(path)
    assert (14, len(rows)) == (logs(workbench) - before, result.rows)
    assert 14 == result.counts["logged"] == len({*column(result.table, "crm_log_id")} - {""})
    ids = [json.loads(each)["id"] for each in rows]
    assert ids == column(result.table, "id")
    by_call = {each: {*()} for each in ids}
    for each, log_id in zip(ids, column(result.table, "crm_log_id"), strict=True):
        by_call[each].add(log_id)
    assert {1} == {len(each) for each in by_call.values()}


@pytest.mark.parametrize("missing", ["from", "to", "direction", "startTime", "id", "duration", "result"])
async def test_rows_without_a_column_are_logged_or_refused_in_a_sentence(
    missing: str, tmp_path: Path
) -> None:
    workbench, path = await table_in(tmp_path, rows=10)
    before, rows = logs(workbench), [json.loads(each) for each in path.read_text().splitlines()]
    path.write_text("\n".join(json.dumps({**row, missing: None}) for row in rows))
    result = await workbench.batch.log(path)
    named = {*column(result.table, "crm_log_id")} - {""}
    assert (10, len(named)) == (result.rows, logs(workbench) - before)
    for status, reason in zip(
        column(result.table, "crm_status"), column(result.table, "crm_reason"), strict=True
    ):
        assert status in ("logged", "no contact", "refused")
        assert status != "refused" or reason[-1] == "."


async def test_a_parquet_with_times_and_nested_columns_is_logged(tmp_path: Path) -> None:
    workbench, path = await table_in(tmp_path)
    before = logs(workbench)
    frame = pd.DataFrame([json.loads(each) for each in path.read_text().splitlines()])
    frame["startTime"] = pd.to_datetime(frame["startTime"])
    frame.to_parquet(tmp_path / "calls.parquet")
    result = await workbench.batch.log(tmp_path / "calls.parquet")
    assert ({"no contact": 2, "logged": 14, "refused": 4}, 14) == (result.counts, logs(workbench) - before)
    assert isinstance(result.table, Path)
    written = pd.read_parquet(result.table)
    assert [*frame.columns, *COLUMNS] == list(written.columns)
    pd.testing.assert_series_equal(frame["startTime"], written["startTime"])


@pytest.mark.parametrize(
    ("name", "contents", "sentence"),
    [
        ("calls.csv", "<html>Sign in</html>\n<p>again</p>\n", "calls.csv is no table of calls or messages: it needs"),
        ("calls.csv", "a,b\n1,2\n", "or Phone Number, as its download has it. It has: a, b."),
        ("calls.csv", f"{','.join('abcdefghij')}\n1\n", "It has: a, b, c, d, e, f, g, h, …."),
        ("calls.jsonl", '{"a": 1}\n{"b": 2}\n', "It has: a, b."),
        ("calls.jsonl", '{"uri": "x", "records": [{"id": "1"}]}\n', "calls.jsonl holds whole answers of RingCentral's API"),
    ],
)  # fmt: skip
async def test_a_table_of_something_else_is_told_with_its_columns_before_anybody_is_asked(
    name: str, contents: str, sentence: str, tmp_path: Path
) -> None:
    workbench = await signed_in(OAUTH)
    seen = sent(workbench)
    (tmp_path / name).write_text(contents)
    with pytest.raises(InputError) as caught:
        await workbench.batch.log(tmp_path / name)
    assert sentence in caught.value.message
    assert (seen, [name]) == (sent(workbench), names_in(tmp_path))


@pytest.mark.parametrize(
    "column", ["crm_contact_id", "From", "from.phoneNumber", "To number", "telephonySessionId"]
)
async def test_a_column_that_may_tell_of_somebody_is_enough(column: str, tmp_path: Path) -> None:
    workbench = await signed_in(OAUTH)
    (tmp_path / "calls.csv").write_text(f"id,{column}\n1,\n")
    result = await workbench.batch.match(tmp_path / "calls.csv")
    assert ({"refused": 1}, "1 row: 1 refused.") == (result.counts, result.message)


async def test_a_table_without_rows_comes_back_as_it_is_and_says_so(tmp_path: Path) -> None:
    workbench = await signed_in(OAUTH)
    (tmp_path / "calls.csv").write_text(f"{HEADER}\n")
    result = await workbench.batch.match(tmp_path / "calls.csv")
    assert "There is nothing to do: the table has no rows." == str(result.plan)
    assert "The table has no rows." == result.message


@pytest.mark.parametrize("name", ["calls.csv", "calls.jsonl", "calls.parquet"])
async def test_a_file_without_a_byte_is_told_or_comes_back_so(name: str, tmp_path: Path) -> None:
    workbench = await signed_in(OAUTH)
    path = tmp_path / name
    path.touch()
    try:
        result = await workbench.batch.log(path)
    except InputError as error:
        assert error.message.startswith((f"{name} is empty", f"{name} is no Parquet file"))
    else:
        assert (0, b"") == (result.rows, (tmp_path / "calls.logged.jsonl").read_bytes())
