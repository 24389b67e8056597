"""Any text is one literal term: it finds itself and nothing else, whatever is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.connectors.bullhorn.queries import any_of, literal, named, only, quoted
from appconnect.connectors.bullhorn.sandbox import jpql, lucene

TEXT = st.text(min_size=1, max_size=60)
HOSTILE = [
    "*",
    "(",
    '"',
    "\\",
    '\\"',
    "a AND b",
    "x OR isDeleted:0",
    "name:*",
    "[a TO b]",
    "~",
    "O'Neil",
    "' OR '1'='1",
]


def found(query, **person):
    return lucene.parse_query("Candidate", query, exact_phones=False)(person)


@given(TEXT)
def test_any_text_is_one_lucene_term(text):
    assert found(f"status:{literal(text)}", status=text)
    assert not found(f"status:{literal(text)}", status=f"{text}x")


@given(TEXT)
def test_any_name_stays_within_its_parentheses(text):
    query = only(named(text, text, text), "isDeleted:0")
    assert found(query, firstName=text, isDeleted=False)
    assert not found(query, firstName=text, isDeleted=True)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_finds_nobody_else(text):
    somebody = {"name": "Nia Holt", "firstName": "Nia", "lastName": "Holt", "isDeleted": False}
    assert not found(only(named(text, "", ""), "isDeleted:0"), **somebody)


@given(st.lists(TEXT, min_size=1, max_size=3))
def test_any_phone_forms_are_a_query_that_is_read(forms):
    assert found(any_of(["status"], forms), status=forms[-1])


@given(TEXT)
def test_any_text_is_one_jpql_string(text):
    test = jpql.parse_where("ClientCorporation", f"name={quoted(text)} AND id=1")
    assert test(lambda path: [{"name": text, "id": 1}[path]])
    assert not test(lambda path: [{"name": text, "id": 2}[path]])
    assert not test(lambda path: [{"name": f"{text}'", "id": 1}[path]])
