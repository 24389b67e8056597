"""What a term, a range and a query of the index mean, value by value."""

from __future__ import annotations

import time
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.connectors.bullhorn.sandbox import terms
from appconnect.connectors.bullhorn.sandbox.lucene import parse_query
from appconnect.connectors.bullhorn.sandbox.terms import Range, Term
from appconnect.sandbox.base import Json

MOMENT = 1_767_346_200_000
"""9:30 on 2 January 2026, in UTC."""


def word(text: str, distance: float | None = None) -> Term:
    return Term(text, is_phrase=False, distance=distance)


def phrase(text: str, distance: float | None = None) -> Term:
    return Term(text, is_phrase=True, distance=distance)


@pytest.mark.parametrize(
    ("type_", "term", "value", "is_found"),
    [
        ("STRING", word("holt"), "Holt", True),
        ("STRING", word("HOLT"), "Holt", True),
        ("STRING", word("holt"), "Nia Holt", False),
        ("STRING", word(r"ho\*t"), "ho*t", True),
        ("STRING", word(r"ho\*t"), "hoot", False),
        ("STRING", word("ho*t"), "Hoot", True),
        ("STRING", word("ho?t"), "Holt", True),
        ("STRING", word("ho?t"), "hot", False),
        ("STRING", word("ho*t"), "Nia hot", False),
        ("STRING", word(r"*\*t"), "ho*t", True),
        ("STRING", word(r"*\*t"), "hott", False),
        ("STRING", word("[*"), "[x", True),
        ("STRING", word("[x]*"), "x", False),
        ("STRING", phrase("ho*t"), "ho*t", True),
        ("STRING", phrase("ho*t"), "hoot", False),
        ("STRING", word("a\\\nb"), "a\nb", True),
        ("STRING_ANALYZED", word("holt"), "Nia Holt", True),
        ("STRING_ANALYZED", word("hol"), "Nia Holt", False),
        ("STRING_ANALYZED", word("ho*"), "Nia Holt", True),
        ("STRING_ANALYZED", word("*ia*"), "Nia Holt", True),
        ("STRING_ANALYZED", word("nia*holt"), "Nia Holt", False),
        ("STRING_ANALYZED", word("o'neil"), "Sinéad O'Neil", True),
        ("STRING_ANALYZED", phrase("Nia Holt"), "Ms. Nia, Holt", True),
        ("STRING_ANALYZED", phrase("Holt Nia"), "Nia Holt", False),
        ("STRING_ANALYZED", phrase("Nia Holt"), "Nia B. Holt", False),
        ("STRING_ANALYZED", phrase("&"), "Nia & Holt", False),
        ("STRING_ANALYZED", phrase("a b c"), "a b", False),
        ("STRING_ANALYZED_STORED", word("holt"), "Nia Holt", True),
        ("BOOLEAN", word("1"), True, True),
        ("BOOLEAN", word("TRUE"), True, True),
        ("BOOLEAN", word("0"), False, True),
        ("BOOLEAN", word("no"), False, True),
        ("BOOLEAN", word("1"), False, False),
        ("BOOLEAN", word("0"), True, False),
        ("INTEGER", word("0105"), 105, True),
        ("INTEGER", word("105"), "105", True),
        ("INTEGER", word("105.0"), 105, True),
        ("INTEGER", word("104"), 105, False),
        ("INTEGER", word("x"), "x", False),
        ("INTEGER", word("1"), True, False),
        ("INTEGER", word("1"), [1], False),
        ("ID", word("7.0"), 7, True),
        ("INTEGER_PADDED", word("7.0"), 7, True),
        ("DOUBLE_PADDED", word("7"), 7.0, True),
        ("LATITUDE", word("7"), 7.0, True),
        ("LONGITUDE", word("7"), 7.0, True),
        ("DATETIME", word("20260102"), MOMENT, True),
        ("DATETIME", word("2026-01-02"), MOMENT, True),
        ("DATETIME", word("20260102093000"), MOMENT, True),
        ("DATETIME", word("20260102093001"), MOMENT, False),
        ("DATETIME", word("20260103"), MOMENT, False),
        ("DATETIME", word("today"), MOMENT, False),
        ("DATETIME", word("2026"), 10**18, False),
        ("DATE", word("20260102"), MOMENT, True),
        ("DATE", word("1"), True, False),
        ("DATE", word("2"), "2", False),
        ("PHONE", phrase("+1 (415) 555-0142"), "1-415-555-0142", True),
        ("PHONE", word("5550142"), "+1 415-555-0142", True),
        ("PHONE", word("550142"), "+1 415-555-0142", False),
        ("PHONE", word("550142"), "550-142", True),
        ("PHONE", word("4155550143"), "+1 415-555-0142", False),
        ("PHONE", word("*0142"), "+1 415-555-0142", True),
        ("PHONE", word("1415*"), "+1 415-555-0142", True),
        ("PHONE", word("0142*"), "+1 415-555-0142", False),
        ("PHONE", word("4155550*"), "+1 415-555-0142", False),
        ("PHONE", word("*555*"), "+1 415-555-0142", True),
        ("PHONE", word("*1415"), "+1 415-555-0142", False),
        ("PHONE", word("*556*"), "+1 415-555-0142", False),
        ("PHONE", word("*"), "+1 415-555-0142", True),
        ("PHONE", word("*"), "none", False),
        ("PHONE", word("none"), "none", False),
        ("PHONE", phrase("*0142"), "0142", True),
        ("PHONE", phrase("*0142"), "+1 415-555-0142", False),
    ],
)
def test_a_term_finds_a_value(type_: str, term: Term, value: Json, is_found: bool) -> None:
    assert is_found is terms.test_for(type_, term)(value)


@pytest.mark.parametrize(
    ("term", "value", "is_found"),
    [
        (word("14155550142"), "+1 415-555-0142", True),
        (word("4155550142"), "+1 415-555-0142", False),
        (word("*4155550142"), "+1 415-555-0142", True),
        (word("1415*"), "+1 415-555-0142", True),
    ],
)
def test_where_phones_are_compared_exactly_only_a_wildcard_finds_a_part(
    term: Term, value: str, is_found: bool
) -> None:
    assert is_found is terms.test_for("PHONE", term, exact_phones=True)(value)


@pytest.mark.parametrize(
    ("term", "value", "is_found"),
    [
        (word("hotl", 1.0), "Holt", True),
        (word("hol", 1.0), "Holt", True),
        (word("hoolt", 1.0), "Holt", True),
        (word("halt", 1.0), "Holt", True),
        (word("haly", 1.0), "Holt", False),
        (word("haly", 2.0), "Holt", True),
        (word("xaly", 3.0), "Holt", False),
        (word("holt", 0.5), "Hoxx", True),
        (word("holt", 0.75), "Hoxx", False),
        (word("holt", 0.75), "Hoxt", True),
        (word("holt", 0.76), "Hoxt", False),
        (word("holt", 0.0), "Hoxx", True),
        (word(r"h\olt", 1.0), "Holt", True),
    ],
)
def test_a_fuzzy_word_may_have_a_few_wrong_letters(term: Term, value: str, is_found: bool) -> None:
    assert is_found is terms.test_for("STRING", term)(value)
    assert is_found is terms.test_for("STRING_ANALYZED", term)(f"Nia {value}")
    assert not terms.test_for("STRING", term)(f"Nia {value}")


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.sampled_from([1, 2]))
def test_wrong_letters_are_counted_as_added_dropped_changed_or_swapped(
    one: str, other: str, most: int
) -> None:
    @lru_cache(None)
    def edits(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        ways = [edits(i - 1, j) + 1, edits(i, j - 1) + 1, edits(i - 1, j - 1) + (one[i - 1] != other[j - 1])]
        if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
            ways.append(edits(i - 2, j - 2) + 1)
        return min(ways)

    assert (edits(len(one), len(other)) <= most) is terms.test_for("STRING", word(one, float(most)))(other)


@pytest.mark.parametrize(
    ("text", "distance", "value", "is_found"),
    [
        ("nia holt", 0.0, "Nia Holt", True),
        ("nia holt", 0.0, "Nia B Holt", False),
        ("nia holt", 1.0, "Nia B Holt", True),
        ("nia holt", 1.0, "Nia B C Holt", False),
        ("holt nia", 1.0, "Nia Holt", False),
        ("holt nia", 2.0, "Nia Holt", True),
        ("nia nia", 5.0, "Nia Holt", False),
        ("nia nia", 1.0, "Nia Holt Nia", True),
        ("nia moss", 9.0, "Nia Holt", False),
        ("&", 9.0, "Nia & Holt", False),
        ("b c", 0.0, "b x b c", True),
    ],
)
def test_a_sloppy_phrase_allows_words_to_be_moved(
    text: str, distance: float, value: str, is_found: bool
) -> None:
    assert is_found is terms.test_for("STRING_ANALYZED", phrase(text, distance))(value)


@pytest.mark.parametrize(
    ("type_", "text", "value", "is_found"),
    [
        ("INTEGER", "[105 TO 108]", 105, True),
        ("INTEGER", "[105 TO 108]", 108, True),
        ("INTEGER", "{105 TO 108}", 105, False),
        ("INTEGER", "{105 TO 108}", 106, True),
        ("INTEGER", "{105 TO 108}", 108, False),
        ("INTEGER", "{105 TO 108]", 108, True),
        ("INTEGER", "[105 TO 108}", 108, False),
        ("INTEGER", "[9 TO 100]", 50, True),
        ("INTEGER", "[* TO 100]", -5, True),
        ("INTEGER", "[* TO 100]", 101, False),
        ("INTEGER", "[9 TO *]", 10**12, True),
        ("INTEGER", "[9 TO *]", 8, False),
        ("INTEGER", "[x TO 9]", 5, False),
        ("INTEGER", "[1 TO x]", 5, False),
        ("INTEGER", "[* TO *]", None, False),
        ("DATETIME", "[20260102 TO 20260102]", MOMENT, True),
        ("DATETIME", "{20260102 TO *]", MOMENT, False),
        ("DATETIME", "{20260101 TO *]", MOMENT, True),
        ("DATETIME", "[* TO 20260102}", MOMENT, False),
        ("DATETIME", "[* TO 20260103}", MOMENT, True),
        ("DATETIME", "[20260102093000 TO 20260102093000]", MOMENT, True),
        ("DATETIME", "[20260102093001 TO *]", MOMENT, False),
        ("DATETIME", "[* TO 20260102092959]", MOMENT, False),
        ("DATETIME", "[2026-01-02 TO *]", MOMENT, True),
        ("DATETIME", "[2026-01-03 TO *]", MOMENT, False),
        ("DATETIME", "[* TO 2026-01-02]", MOMENT, True),
        ("DATETIME", "[* TO *]", "no time", False),
        ("PHONE", "[141 TO 142]", "+1 415", True),
        ("PHONE", '["+1 (41)" TO 142]', "+1 415", True),
        ("PHONE", '["+1 (42)" TO 200]', "+1 415", False),
        ("PHONE", '[1 TO "1 (43)"]', "+1 415", True),
        ("PHONE", "[* TO *]", "none", False),
        ("STRING", "[G TO M]", "Holt", True),
        ("STRING", "[g TO m]", "Moss", False),
        ("STRING", "[g TO M]", "M", True),
        ("STRING", "[g TO M}", "M", False),
        ("STRING", '["nia a" TO "nia z"]', "Nia Holt", True),
        ("STRING", "[g TO m]", "Nia Holt", False),
        ("STRING", r"[\g TO m]", "Holt", True),
        ("STRING", "[ g  TO\tm ]", "Holt", True),
        ("STRING_ANALYZED", "[G TO M]", "Nia Holt", True),
        ("STRING_ANALYZED", "[o TO z]", "Nia Holt", False),
    ],
)
def test_a_range_holds_a_value(type_: str, text: str, value: Json, is_found: bool) -> None:
    assert is_found is Range.parse(text).test(type_)(value)


@pytest.mark.parametrize(
    ("type_", "term", "hint"),
    [
        ("STRING", word("HO*lt"), ("ho", "lt")),
        ("STRING", word("ho?t"), ("ho", "t")),
        ("STRING", word(r"ho\*t"), ("ho*t",)),
        ("STRING", word(r"a*\*t"), ("a", "*", "t")),
        ("STRING", phrase("Nia Holt"), ("nia holt",)),
        ("STRING", word("holt", 1.0), ()),
        ("STRING_ANALYZED", phrase("Nia & Holt"), ("nia", "holt")),
        ("PHONE", phrase("+1 415"), ("1415",)),
        ("PHONE", word("1415", 1.0), ()),
    ],
)
def test_a_term_tells_what_every_value_that_it_finds_contains(
    type_: str, term: Term, hint: tuple[str, ...]
) -> None:
    assert hint == terms.hint_for(type_, term)


@pytest.mark.parametrize(
    ("query", "hints"),
    [
        ("lastName:Holt", [("holt",)]),
        ("phone:415", [("415",)]),
        ("occupation:welder", None),
        ("lastName:[a TO b]", None),
        ("lastName:Holt~", None),
        ("lastName:Holt OR firstName:Nia", [("holt",), ("nia",)]),
        ("lastName:Holt OR occupation:welder", None),
        ("lastName:Holt AND occupation:welder", [("holt",)]),
        ("lastName:Holt AND firstName:Nia", [("holt", "nia")]),
        ("lastName:Holt AND (firstName:Nia OR firstName:Lena)", [("holt",)]),
        ("isDeleted:0 AND (firstName:Nia OR firstName:Lena)", [("nia",), ("lena",)]),
        ("(firstName:a OR firstName:b OR firstName:c) AND (phone:1 OR phone:2)", [("1",), ("2",)]),
        ("isDeleted:0 AND occupation:welder", None),
        ("+lastName:Holt firstName:Nia", [("holt",)]),
        ("NOT lastName:Holt", None),
    ],
)
def test_a_query_tells_what_every_record_that_passes_holds(
    query: str, hints: list[tuple[str, ...]] | None
) -> None:
    found = parse_query("Candidate", query, exact_phones=False).hints
    assert (None if hints is None else frozenset(hints)) == found


NIA: dict[str, Json] = {
    "id": 105,
    "firstName": "Nia",
    "lastName": "Holt",
    "name": "Nia Holt",
    "isDeleted": False,
}


@pytest.mark.parametrize(
    ("query", "passes"),
    [
        ("firstName:Nia lastName:Moss", True),
        ("firstName:Nia OR lastName:Moss", True),
        ("firstName:Nia || lastName:Moss", True),
        ("firstName:Nia AND lastName:Moss", False),
        ("firstName:Nia && lastName:Holt", True),
        ("firstName:Lena OR firstName:Nia AND lastName:Moss", False),
        ("firstName:Nia +lastName:Moss", False),
        ("firstName:Lena +lastName:Holt", True),
        ("firstName:Nia -lastName:Holt", False),
        ("firstName:Nia !lastName:Moss", True),
        ("firstName:Nia NOT lastName:Moss", True),
        ("firstName:Nia AND NOT lastName:Moss", True),
        ("NOT lastName:Moss", False),
        ("(NOT lastName:Moss) OR firstName:Lena", False),
        ("firstName:(Lena OR Nia)", True),
        ("lastName:(Moss OR Nia)", False),
        ("lastName:(Moss Nia)", False),
        ("firstName:(Nia AND Lena)", False),
        ("firstName:(Nia AND lastName:Holt)", True),
        ("(firstName:Nia)^2 AND lastName:Holt^0.5", True),
        ("firstName:Nia~1^2", True),
        ("firstName:Nai~^2", True),
        ("firstName:Naii~1", False),
        ("holt", True),
        ("moss", False),
        ("*", True),
        ("*:*", True),
        ("firstName:*", True),
        ("occupation:*", False),
        ("*:holt", False),
        ("lastName:holt-moss", False),
        (r"lastName:Ho\lt", True),
        (r"last\Name:Holt", True),
        ("lastName:Holt AND id[0 TO 9]", True),
        ("id:[0 TO 9]", False),
        ("lastName[0 TO 9]", True),
        ("lastName:(x [0 TO 9])", False),
        ("nobodyID:0105", False),
        ("isDeleted:0", True),
    ],
)
def test_a_record_passes_a_query(query: str, passes: bool) -> None:
    assert passes is parse_query("Candidate", query, exact_phones=False)(NIA)


@pytest.mark.parametrize(("entity", "name"), [("Tearsheet", "name"), ("JobOrder", "title"), ("Task", "subject"),
                                              ("Note", "comments")])  # fmt: skip
def test_a_bare_word_is_looked_for_in_what_names_a_record(entity: str, name: str) -> None:
    query = parse_query(entity, "welder", exact_phones=False)
    assert query({name: "Welder"})
    assert not query({"other": "Welder"})


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("noteID", "id"),
        ("userID", "personReference.id"),
        ("commentingUserID", "commentingPerson.id"),
        ("candidateUserID", "candidates.id"),
        ("clientContactUserID", "clientContacts.id"),
        ("corporateUserID", "corporateUsers.id"),
        ("jobOrderID", "jobOrders.id"),
        ("placementID", "placements.id"),
        ("entities.noteEntityID", "entities.id"),
        ("entities.targetEntity", "entities.targetEntityID"),
    ],
)
def test_the_index_of_notes_has_names_of_its_own(name: str, path: str) -> None:
    assert parse_query("Note", f"{name}:105", exact_phones=False)({path: 105})
    assert not parse_query("Task", f"{name}:105", exact_phones=False)({path: 105})


def test_who_wrote_a_note_is_searched_by_name() -> None:
    assert parse_query("Note", "commentingPerson:Quill", exact_phones=False)(
        {"commentingPerson.name": "Quill"}
    )


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("mobile_REVERSED", "mobile"),
        ("address.country.id", "address.countryID"),
        ("secondaryAddress.country.name", "secondaryAddress.countryName"),
    ],
)
def test_the_index_has_other_names_for_some_fields(name: str, path: str) -> None:
    assert parse_query("Candidate", f"{name}:105", exact_phones=False)({path: "105"})


def test_the_index_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert terms.test_for("DATETIME", word("20260102093000"))(MOMENT)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_star_alone_finds_what_has_no_name_as_well() -> None:
    assert parse_query("JobOrder", "*", exact_phones=False)({})
    assert not parse_query("JobOrder", "title:*", exact_phones=False)({})
