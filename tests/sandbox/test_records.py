"""Tables of records: found by text without reading them all, dumped and loaded whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.sandbox.people import made_up_people
from appconnect.sandbox.records import Table
from appconnect.sandbox.text_index import TextIndex

TEXTS = st.text(alphabet="ab1 ", max_size=12)


@given(st.dictionaries(st.integers(), st.lists(TEXTS, max_size=3), max_size=20), TEXTS)
def test_an_index_never_misses_a_record_that_holds_the_text(texts, wanted):
    index: TextIndex[int] = TextIndex()
    for key, each in texts.items():
        index.put(key, each)
    holding = {key for key, each in texts.items() if any(wanted in text for text in each)}
    assert holding <= index.candidates(wanted)


@given(st.lists(TEXTS, min_size=1), TEXTS)
def test_what_a_record_held_before_it_was_changed_does_not_find_it(earlier, now):
    index: TextIndex[int] = TextIndex()
    for text in (*earlier, now):
        index.put(1, [text])
    other: TextIndex[int] = TextIndex()
    other.put(1, [now])
    for text in earlier:
        assert index.candidates(text) == other.candidates(text)


def test_a_search_reads_few_of_many_records():
    table = Table(texts=lambda row: [str(row["phone"])])
    for number, person in enumerate(made_up_people(2_000)):
        table.put({"id": number, "phone": person.number})
    wanted = table[1234]["phone"]
    found = table.containing(str(wanted))
    assert table[1234] in found
    assert len(found) < 20


def test_a_table_keeps_its_order_through_changes_and_finds_changed_records():
    table = Table(texts=lambda row: [str(row["name"])])
    for number, name in enumerate(["Nia Holt", "Omar Vance", "Ines Holt"]):
        table.put({"id": number, "name": name})
    table.change(0, {"name": "Nia Vance"})
    table.remove(2)
    assert [row["name"] for row in table.containing("Vance")] == ["Nia Vance", "Omar Vance"]
    assert table.containing("Holt") == []


def test_a_dumped_table_is_loaded_whole_and_replaces_what_was_there():
    table, other = Table("ID"), Table("ID", texts=lambda row: [str(row["name"])])
    table.put({"ID": 7, "name": "Nia Holt"})
    other.put({"ID": 8, "name": "Omar Vance"})
    other.load(table.dump())
    assert dict(other) == {7: {"ID": 7, "name": "Nia Holt"}}
    assert other.containing("Holt") == [other[7]]
    assert other.containing("Vance") == []


def test_a_record_without_an_id_is_refused():
    with pytest.raises(ValueError, match="needs an id in ID"):
        Table("ID").put({"id": 7})


def test_made_up_people_are_the_same_for_a_seed_and_share_no_number():
    people = list(made_up_people(5_000, seed=3))
    assert people == list(made_up_people(5_000, seed=3))
    assert people != list(made_up_people(5_000, seed=4))
    assert len({person.number for person in people}) == len({person.email for person in people}) == 5_000


def test_a_record_is_found_by_its_keys_of_now_only():
    table = Table(keys=lambda row: [(name, row[name]) for name in ("first", "last")])
    for number, first in enumerate(("Ana", "Bo", "Ana")):
        table.put({"id": number, "first": first, "last": f"L{number}"})
    assert [0, 2] == [row["id"] for row in table.having(("first", "Ana"))]
    assert [] == table.having(("last", "Ana"))
    table.change(0, {"first": "Cleo"})
    table.remove(2)
    assert [] == table.having(("first", "Ana"))
    assert [0] == [row["id"] for row in table.having(("first", "Cleo"))]
    table.load([{"id": 7, "first": "Ana", "last": "L"}])
    assert [7] == [row["id"] for row in table.having(("first", "Ana"))]
    assert [] == table.having(("first", "Bo"))
