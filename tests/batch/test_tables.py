"""A table comes back as the kind that it was, with the same rows in the same order and all of its columns."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appconnect.batch.outcomes import COLUMNS, Outcome, Status
from appconnect.batch.tables import CHUNK, table_of
from appconnect.errors import ConfigurationError, InputError

KINDS = (".csv", ".jsonl", ".parquet")
ROWS = [
    {"id": str(number), "text": f'row {number}, with "quotes"\nand a break'} for number in range(CHUNK + 3)
]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    match path.suffix:
        case ".csv":
            pd.DataFrame(rows).to_csv(path, index=False)
        case ".parquet":
            pd.DataFrame(rows).to_parquet(path)
        case _:
            path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    match path.suffix:
        case ".csv":
            return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))
        case ".parquet":
            return pd.read_parquet(path).to_dict("records")
        case _:
            return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def outcomes(count: int) -> list[Outcome]:
    return [Outcome(contact_id=f"c{number}", status=Status.MATCHED) for number in range(count)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_comes_back_with_its_rows_and_the_outcomes(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"calls{kind}", ROWS)
    table = table_of(path, suffix="matched")
    assert ROWS == [dict(row) for rows in table.chunks() for row in rows]
    given_back = table.give_back(iter(outcomes(len(ROWS))))
    assert tmp_path / f"calls.matched{kind}" == given_back
    found = read(given_back)
    assert ROWS == [{name: row[name] for name in ("id", "text")} for row in found]
    assert [each.contact_id for each in outcomes(len(ROWS))] == [row["crm_contact_id"] for row in found]
    assert {"matched"} == {row["crm_status"] for row in found}
    assert {path, given_back} == set(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_what_came_back_can_be_given_again_and_its_columns_are_replaced(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"calls{kind}", ROWS[:3])
    once = table_of(path).give_back(iter(outcomes(3)))
    assert isinstance(once, Path)
    twice = table_of(once, tmp_path / f"again{kind}").give_back(iter([Outcome()] * 3))
    assert isinstance(twice, Path)
    assert ["id", "text", *COLUMNS] == list(read(twice)[0])
    assert {"waiting"} == {row["crm_status"] for row in read(twice)}


@pytest.mark.parametrize("kind", [".csv", ".jsonl", ".parquet"])
def test_a_table_without_rows_comes_back_without_rows(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"calls{kind}"
    if kind == ".jsonl":
        path.write_text("")
    else:
        frame = pd.DataFrame({"id": pd.Series([], dtype="string")})
        frame.to_csv(path, index=False) if kind == ".csv" else frame.to_parquet(path)
    given_back = table_of(path).give_back(iter(()))
    assert isinstance(given_back, Path)
    assert [] == read(given_back)


def test_a_data_frame_comes_back_with_its_index_and_its_own_columns() -> None:
    frame = pd.DataFrame(ROWS[:3], index=["a", "b", "c"])
    given_back = table_of(frame).give_back(iter(outcomes(3)))
    assert isinstance(given_back, pd.DataFrame)
    assert (["a", "b", "c"], ["id", "text", *COLUMNS]) == (list(given_back.index), list(given_back.columns))
    assert ["id", "text"] == list(frame.columns)
    empty = table_of(frame.iloc[:0]).give_back(iter(()))
    assert isinstance(empty, pd.DataFrame)
    assert (0, ["id", "text", *COLUMNS]) == (len(empty), list(empty.columns))


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5), delimiter=st.sampled_from(",;\t")
)
def test_any_csv_comes_back_with_every_cell(
    rows: list[tuple[str, ...]], delimiter: str, tmp_path: Path
) -> None:
    path = tmp_path / "calls.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([("Phone Number", "Name", "Date"), *rows])
    given_back = table_of(path).give_back(iter(outcomes(len(rows))))
    assert isinstance(given_back, Path)
    found = list(csv.reader(io.StringIO(given_back.read_text("utf-8-sig"), newline=""), delimiter=delimiter))
    assert [("Phone Number", "Name", "Date"), *rows] == [tuple(row[:3]) for row in found]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_contents_have_the_same_digest_and_others_another(kind: str, tmp_path: Path) -> None:
    one, same, other = (
        table_of(write(tmp_path / f"{name}{kind}", rows))
        for name, rows in (("one", ROWS), ("same", ROWS), ("other", ROWS[1:]))
    )
    assert one.digest() == same.digest() != other.digest()
    frames = [table_of(pd.DataFrame(rows)) for rows in (ROWS, ROWS, ROWS[1:])]
    assert frames[0].digest() == frames[1].digest() != frames[2].digest()


@pytest.mark.parametrize(
    ("name", "contents", "sentence"),
    [
        ("calls.xlsx", b"", "calls.xlsx is no table that can be read; there are: .csv, .jsonl, .ndjson, .parquet; in Excel, save it as \"CSV UTF-8\"."),
        ("calls.txt", b"", "calls.txt is no table that can be read; there are: .csv, .jsonl, .ndjson, .parquet."),
        ("calls.csv", b"", "calls.csv is empty; its first line names the columns."),
        ("calls.csv", b"a,a\n1,2\n", "calls.csv names a column twice; its first line names the columns."),
        ("calls.csv", b"a,b\n1,2\n1,2,3\n", "Line 3 of calls.csv has 3 cells, and its first line 2."),
        ("calls.csv", b"a\n\xff\n", "calls.csv is not written in UTF-8; save it as UTF-8 (\"CSV UTF-8\" in Excel)."),
        ("calls.jsonl", b"\xff\n", "calls.jsonl is not written in UTF-8; save it as UTF-8."),
        ("calls.csv", b"a\n\0", "calls.csv is no text; it may be something else by its contents, or in UTF-16 without its mark. Save the table as UTF-8."),
        ("calls.csv", b'a\n"b\n', 'A quotation mark (") in line 2 of calls.csv is never closed.'),
        ("calls.jsonl", b'{"a": 1}\n[]\n', "Line 2 of calls.jsonl is no JSON object. Each record has its own line."),
        ("calls.jsonl", b'{"a": 1}\n{\n', "Line 2 of calls.jsonl is no JSON object. Each record has its own line."),
        ("calls.parquet", b"PAR", "calls.parquet is no Parquet file that can be read: "),
    ],
)  # fmt: skip
def test_what_is_no_table_is_told_in_a_sentence(
    name: str, contents: bytes, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(contents)
    with pytest.raises(InputError) as caught:
        list(table_of(path).chunks())
    told = caught.value.message
    assert sentence == (told if path.suffix != ".parquet" else told[: len(sentence)])


def test_a_missing_file_and_one_that_would_be_overwritten_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as missing:
        table_of(tmp_path / "calls.csv")
    assert f"There is no file {tmp_path / 'calls.csv'}." == missing.value.message
    path = write(tmp_path / "calls.csv", ROWS[:1])
    (tmp_path / "folder.csv").mkdir()
    for target, told in (
        (path, "calls.csv would be overwritten; choose another file to write."),
        (tmp_path / "out.txt", "out.txt would be a .csv file too; give it a name that ends so."),
        (tmp_path / "folder.csv", f"{tmp_path / 'folder.csv'} is a folder; name a file in it."),
    ):
        with pytest.raises(InputError) as caught:
            table_of(path, target)
        assert told == caught.value.message


def test_without_pyarrow_a_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "calls.parquet", ROWS[:1])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ConfigurationError) as caught:
        table_of(path)
    told = "Parquet files need pyarrow, which is not installed: pip install 'appconnect[parquet]'"
    assert told == caught.value.message


def test_a_table_that_was_changed_meanwhile_is_told_and_leaves_no_half_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "calls.csv", ROWS[:3])
    with pytest.raises(InputError) as caught:
        table_of(path).give_back(iter(outcomes(2)))
    told = "The table was changed while it was worked on; run the same again."
    assert told == caught.value.message
    assert [path] == list(tmp_path.iterdir())
