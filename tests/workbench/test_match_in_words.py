"""What is told of a match, word by word: the number, the searches, everybody's verdict, and the cost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.errors import Unavailable
from appconnect.http import Wait
from appconnect.phone import PhoneNumber, parse
from appconnect.workbench.matching import summaries, told
from appconnect.workbench.matching.explanation import (
    Candidate,
    Cost,
    FieldSearch,
    FormAsked,
    MatchExplanation,
    NumberRead,
    PhoneSeen,
    RequestMade,
)
from appconnect.workbench.matching.records import leaves, phones_elsewhere
from appconnect.workbench.matching.spelling_table import SpellingTable, SpellingTried, word

NUMBER = parse("+14155550142")
READ = NumberRead(
    typed="4155550142",
    e164="+14155550142",
    formatted="+1 415-555-0142",
    country_code="1",
    region="US",
    national="4155550142",
)
WAIT = Wait(seconds=1, reason="429: tried again")


def text(html: object) -> str:
    """What a person reads of HTML, on one line."""
    return " ".join(re.sub("<[^>]+>", " ", str(html)).split())


def request(number: int = 3, **facts: object) -> RequestMade:
    return RequestMade.model_validate(
        {"number": number, "method": "GET", "path": "/people/search", "status": 200, **facts}
    )


def asked(*found: str, **facts: object) -> FormAsked:
    search = FieldSearch(fields=("phone", "mobile"), requests=(request(),), found=found)
    return FormAsked.model_validate(
        {"forms": ("4155550142",), "kind": "person", "searches": (search,), **facts}
    )


NIA = Candidate(
    hit="person 501", id="501", type="Person", name="Nia Holt", is_match=True, because="It is this number.",
    phones=(PhoneSeen.of("mobile", "(415) 555-0142", NUMBER),), found_by=("4155550142",), links=("deals",), remarks=("Her lead was converted.",),
)  # fmt: skip
OMAR = Candidate(
    hit="person 7",
    id="7",
    because="It is another number.",
    phones=(PhoneSeen.of("", "415 555 0143", NUMBER),),
)
EXPLAINED = MatchExplanation(
    crm="acme", number=READ, summary="It matches Nia.", forms=(asked("person 501"),), candidates=(NIA, OMAR),
    cost=Cost(requests=2, units=40, units_from="told", seconds=2.25, waits=(WAIT, WAIT)),
)  # fmt: skip


# -- the number --


@pytest.mark.parametrize(
    ("read", "facts"),
    [
        (READ, {"typed": "4155550142", "read as": "+1 415-555-0142", "country": "US, +1", "national number": "4155550142"}),
        (NumberRead(typed="x", problem="It has no digits."), {"typed": "x", "cannot be used": "It has no digits."}),
        (NumberRead(typed="x", country_code="870"), {"typed": "x", "country": "none, +870"}),
        (READ.model_copy(update={"extension": "12", "remark": "Odd.", "region_from": "APPCONNECT_DEFAULT_REGION"}),
         {"typed": "4155550142", "read as": "+1 415-555-0142",
          "country": "US, +1, assumed from APPCONNECT_DEFAULT_REGION, for the number does not say its country",
          "national number": "4155550142", "extension": "12, which is not searched for", "note": "Odd."}),
    ],
)  # fmt: skip
def test_of_a_number_what_applies_is_told(read: NumberRead, facts: dict[str, str]) -> None:
    assert facts == told.number_facts(read)
    shown = text(told.number_table(read))
    assert shown.startswith("The number ")
    assert [] == [each for pair in facts.items() for each in pair if each not in shown]


# -- what was asked --


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ([], "none of its own; another request's answer was shared"),
        ([request()], "No. 3 → 200"),
        ([request(), request(4), request(7, status=404)], "3, No. 3–7 → 200, 404"),
        ([request(status=None, error="ReadTimeout", tries=2)], "No. 3 → ReadTimeout, try 2"),
        ([request(shared_by=3, tries=4)], "No. 3 → 200, try 4, shared by 3"),
    ],
)
def test_requests_are_told_in_few_words(made: list[RequestMade], words: str) -> None:
    assert words == told.requests(made)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (asked(), "nobody"),
        (asked("person 1"), "1: person 1"),
        (asked("person 1", "person 2", "person 1"), "2: person 1, person 2"),
        (asked(*"abcde"), "5: a, b, c, d, e"),
        (asked(*"abcdefg"), "7: a, b, c, d, e and 2 more"),
        (asked("a", is_told=False), "not told"),
        (FormAsked(forms=("1",), searches=(FieldSearch(error="Too many."), FieldSearch(error="Too many."), FieldSearch(found=("a",), error="No."))),
         "1: a; Too many.; No."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_hits_are_counted_and_the_first_five_named(form: FormAsked, words: str) -> None:
    assert words == told.found(form)


def test_every_spelling_is_a_row_with_its_fields_and_requests() -> None:
    both = FormAsked(forms=("1", "<2>"))
    explained = EXPLAINED.model_copy(update={"forms": (asked("person 501"), both)})
    assert (
        "What the CRM was searched for Searched for Among Fields Requests Found"
        " 4155550142 person phone, mobile No. 3 → 200 1: person 501"
        " 1 , &lt;2&gt; in one query not told none of its own; another request&#39;s answer was shared nobody"
    ) == text(told.forms_table(explained))
    read_off = EXPLAINED.model_copy(update={"forms": (asked(is_told=False),)})
    assert text(told.forms_table(read_off)).startswith(
        "What the CRM was searched for, read off the requests "
    )
    assert told.NOTHING == told.forms_table(EXPLAINED.model_copy(update={"forms": ()}))


@pytest.mark.parametrize(("rows", "more"), [(10, ""), (11, ", the first 10 of 11")])
def test_ten_rows_are_shown_and_how_many_there_are(rows: int, more: str) -> None:
    forms = tuple(asked(forms=(f"no {number}!",)) for number in range(rows))
    shown = text(told.forms_table(EXPLAINED.model_copy(update={"forms": forms})))
    assert shown.startswith(f"What the CRM was searched for{more} Searched for")
    assert (True, False) == ("no 9!" in shown, "no 10!" in shown)


# -- who came back --


def test_everybody_has_a_row_and_who_was_expected_comes_first_and_once() -> None:
    rows = text(told.candidates_table(EXPLAINED))
    assert (
        "Who came back, and what became of them Who Verdict Because Phones Found by"
        " Nia Holt person 501 ✓ match It is this number. Her lead was converted. The log form offers deals."
        " = (415) 555-0142 in mobile"
    ) in rows
    assert "without a name person 7 ✕ no match It is another number. ≠ 415 555 0143" in rows
    assert rows.endswith("not found by number")
    expected = text(told.candidates_table(EXPLAINED.model_copy(update={"expected": (OMAR,)})))
    assert expected.index("person 7") < expected.index("person 501")
    assert 1 == expected.count("person 7")
    assert told.NOTHING == told.candidates_table(EXPLAINED.model_copy(update={"candidates": ()}))


@pytest.mark.parametrize(
    ("seen", "because", "words"),
    [
        (PhoneSeen(stored="1 <2>", reason="No."), "", "≠ 1 &lt;2&gt; : No."),
        (PhoneSeen(stored="1", reason="No."), "No. It is not.", "≠ 1"),
        (PhoneSeen(stored="1", carries=True, field="fax", extension="9", is_searched=False, reason="Same."), "", "= 1 in fax, extension 9, which is not searched: Same."),
    ],
)  # fmt: skip
def test_a_phone_is_told_with_all_that_matters(seen: PhoneSeen, because: str, words: str) -> None:
    assert words == text(told.phone(seen, READ, because))


@pytest.mark.parametrize(
    ("digits", "above", "below"),
    [
        ("+14155550143", "14155550142", "1415555014<mark>3</mark>"),
        ("4155550142", "4155550142", "4155550142"),
        ("04155550142", " 4155550142", "<mark>0</mark>4155550142"),
        ("5550142", "14155550142", "<mark> </mark><mark> </mark><mark> </mark><mark> </mark>5550142"),
        ("4155550142 9", "4155550142  ", "4155550142 <mark>9</mark>"),
    ],
)
def test_digits_stand_below_those_of_the_number_and_the_others_are_marked(
    digits: str, above: str, below: str
) -> None:
    assert f'<pre class="ac-digits">{above} the number\n{below} this phone</pre>' == str(
        told.differing(digits, READ)
    )


# -- what it took --


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (Cost(), "0 requests"),
        (Cost(requests=1), "1 request"),
        (Cost(requests=2, units=0, units_from="told"), "2 requests, 0 units (told)"),
        (EXPLAINED.cost, "2 requests, 40 units (told), 2.2 s with 2 waits"),
        (Cost(requests=2, seconds=9), "2 requests"),
    ],
    ids=str,
)
def test_a_cost_is_told_as_far_as_it_is_known(cost: Cost, words: str) -> None:
    assert words == str(cost)


def test_waits_of_one_kind_are_counted_together() -> None:
    other = Wait(seconds=0.5, reason="the limit of 10 requests in 1 s")
    assert ["2 × 1 s: 429: tried again", "1 × 0.5 s: the limit of 10 requests in 1 s"] == Cost(
        waits=(WAIT, other, WAIT)
    ).waited_for


def test_the_cost_has_a_table_of_its_own() -> None:
    other = request(4, path="/deals", status=503, tries=2)
    explained = EXPLAINED.model_copy(
        update={
            "other_requests": (other,) * 11,
            "warnings": ("One.", "Two."),
            "expected": (OMAR,),
            "expected_cost": Cost(requests=5),
        }
    )
    shown = text(told.cost_table(explained))
    assert shown.startswith(
        "What it took the search 2 requests, 40 units (told), 2.2 s with 2 waits also read GET /deals → 503, try 2"
    )
    assert 10 == shown.count("/deals")
    assert shown.endswith(
        "waits 2 × 1 s: 429: tried again the search adds One. Two. looking up who was expected 5 requests"
    )
    plain = text(
        told.cost_table(MatchExplanation(crm="acme", number=READ, summary="", expected_problem="Nobody."))
    )
    assert "What it took the search 0 requests looking up who was expected 0 requests" == plain


# -- the whole --


def test_an_explanation_is_printed_line_by_line() -> None:
    explained = EXPLAINED.model_copy(
        update={"expected": (OMAR, NIA), "forms": (asked("person 501"), FormAsked(forms=("1", "2")))}
    )
    assert [
        "It matches Nia.",
        "  typed: 4155550142",
        "  read as: +1 415-555-0142",
        "  country: US, +1",
        "  national number: 4155550142",
        "  searched person for 4155550142: 1: person 501",
        "  searched for 1, 2: nobody",
        "  ✓ match Nia Holt (person 501): It is this number.",
        "  ✕ no match person 7: It is another number.",
        "  expected: person 7 is no match. It is another number.",
        "  expected: Nia Holt (person 501) is a match. It is this number.",
        "  cost: 2 requests, 40 units (told), 2.2 s with 2 waits",
    ] == str(explained).splitlines()
    assert "<MatchExplanation: It matches Nia.>" == repr(explained)
    assert ([NIA], [OMAR]) == (explained.matches, explained.dropped)
    shown = text(explained._repr_html_())
    heads = [
        "It matches Nia.",
        "The number",
        "What the CRM was searched for",
        "Who came back",
        "What it took",
    ]
    assert sorted(heads, key=shown.index) == heads


@pytest.mark.parametrize(
    ("candidates", "sentence"),
    [
        ([], "+1 415-555-0142 matches nobody in Acme, for the search gave no hit at all."),
        ([NIA], "+1 415-555-0142 matches Nia Holt (person 501) in Acme."),
        (
            [NIA, OMAR],
            "+1 415-555-0142 matches Nia Holt (person 501) in Acme; 1 more came back and was dropped.",
        ),
        ([OMAR, OMAR], "+1 415-555-0142 matches nobody in Acme; 2 more came back and were dropped."),
        (
            [NIA] * 7,
            f"+1 415-555-0142 matches {', '.join(['Nia Holt (person 501)'] * 5)} and 2 more in Acme.",
        ),
    ],
    ids=lambda value: value[-30:] if isinstance(value, str) else "",
)
def test_a_match_is_summed_up_in_a_sentence(candidates: list[Candidate], sentence: str) -> None:
    assert sentence == summaries.of_match("Acme", READ, candidates, None)
    failed = summaries.of_match("Acme", READ, candidates, Unavailable("It is down."))
    assert "Acme was not searched to the end for +1 415-555-0142: It is down." == failed


def seen(
    stored: str, field: str = "", number: PhoneNumber = NUMBER, *, is_searched: bool = True
) -> PhoneSeen:
    return PhoneSeen.of(field, stored, number, is_searched=is_searched)


@pytest.mark.parametrize(
    ("phones", "forms", "because"),
    [
        ([], [], "There is no phone number in the fields that are searched."),
        ([seen("+14155550142", "notes", is_searched=False)], [], "The number stands in notes, a field that is not searched."),
        ([seen("(415) 555-0142", "mobile")], ["4155550142"],
         "(415) 555-0142 in mobile is this number, but no spelling that was asked for finds it as it is written. Asked were 4155550142."
         " The number format (***) ***-**** would ask for it."),
        ([seen("415-CALL-142")], [], None),
        ([seen("+14155550142")], [], "+14155550142 is this number, but no spelling that was asked for finds it as it is written. Asked were none."),
        ([seen("+14155550143", "fax"), seen("+442079460123")], [], "+14155550143 in fax: "),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)  # fmt: skip
def test_why_somebody_is_no_match_is_told_by_the_nearest_phone(
    phones: list[PhoneSeen], forms: list[str], because: str | None
) -> None:
    told_why = summaries.why_not(phones, NUMBER, forms)
    assert told_why.startswith(because) if because else told_why


def test_who_was_expected_is_told_with_the_phone_that_decided() -> None:
    assert "(415) 555-0142 in mobile: It is this number." == summaries.as_expected(NIA).because
    other = OMAR.model_copy(update={"because": OMAR.phones[0].reason})
    assert f"415 555 0143: {OMAR.phones[0].reason}" == summaries.as_expected(other).because
    deleted = OMAR.model_copy(update={"because": "It is deleted."})
    assert "It is deleted." == summaries.as_expected(deleted).because


# -- records --


def test_a_phone_that_no_search_looks_at_is_found_in_the_record_of_whom_it_belongs_to() -> None:
    answers = [
        {"data": [
            {"id": 501, "name": "Nia Holt", "owner": 9, "phone": "+1 415-555-0142", "about": {"fax": "(415) 555-0142", "note": "415-555-0142 " + "x" * 300}},
            {"id": 501, "name": "Somebody Else", "owner": 9, "city": "Rome", "fax": "415.555.0142"},
            {"id": 7, "name": "Nia Holt", "owner": 9, "city": "Rome", "fax": "415 555 0142"},
        ]},
    ]  # fmt: skip
    known = [PhoneSeen.of("phone", "+1 415-555-0142", NUMBER)]
    assert [("fax", "(415) 555-0142", False, True)] == [
        (each.field, each.stored, each.is_searched, each.carries)
        for each in phones_elsewhere(answers, "person 501", "nia HOLT", known, NUMBER)
    ]


@given(
    st.sampled_from(["name", "full_name", "FULL_NAME", "label", "title", "first"]),
    st.dictionaries(
        st.sampled_from(["type", "city", "job", "is_new"]), st.sampled_from(["x", 7, None, True])
    ),
    st.sampled_from(["fax", "about", "phones"]),
)
def test_a_record_is_somebody_s_however_few_fields_it_has(
    name: str, others: dict[str, object], field: str
) -> None:
    record = {"id": 501, name: "Nia Holt", **others, field: "(415) 555-0142"}
    [found] = phones_elsewhere([{"data": [record]}], "person 501", "nia HOLT", [], NUMBER)
    assert (field, "(415) 555-0142") == (found.field, found.stored)
    nobody = phones_elsewhere([{"data": [record]}], "person 501", "Omar Holt", [], NUMBER)
    assert [] == nobody


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"a": "1", "b": 2, "c": True, "d": None, "e": 1.5}, [("a", "1"), ("b", "2")]),
        ({"a": {"b": ["x", {"c": "y"}]}}, [("b", "x"), ("c", "y")]),
        ({"FIELD_NAME": "Fax__c", "FIELD_VALUE": "1"}, [("Fax__c", "1")]),
        ({"phones": [{"label": "work", "value": "1"}]}, [("phones work", "1")]),
        ({"name": "a", "b": "1", "c": "2", "d": "3"}, [("a", "1"), ("a", "2"), ("a", "3")]),
        ({"name": "a", "b": "1", "c": "2", "d": "3", "e": "4"}, [("name", "a"), ("b", "1"), ("c", "2"), ("d", "3"), ("e", "4")]),
        ({"name": 7, "b": "1"}, [("name", "7"), ("b", "1")]),
        ("x", [("", "x")]),
    ],
    ids=str,
)  # fmt: skip
def test_a_text_is_told_with_the_field_that_it_stands_in(value: object, found: list[tuple[str, str]]) -> None:
    assert found == list(leaves(value))


# -- spellings --

ROWS = (
    SpellingTried(stored="(415) 555-0142", found_by={"4155550142": True, "other": False}, is_match=True),
    SpellingTried(stored="<415>", found_by={"4155550142": False}, is_match=False, because="Nobody looks so."),
)
TABLE = SpellingTable(crm="Acme", number="+1 415-555-0142", rows=ROWS, asked_by_match=("none", "4155550142"))


def test_a_table_of_spellings_is_summed_up() -> None:
    assert (
        "A match in Acme finds 1 of 2 stored spellings of +1 415-555-0142 in the sandbox; not found: <415>."
        == TABLE.summary
    )
    whose = TABLE.model_copy(update={"whose": "Nia", "rows": ROWS[:1]})
    assert "A match in Acme finds 1 of 1 stored spellings that Nia has." == whose.summary
    assert "No." == TABLE.model_copy(update={"problem": "No."}).summary
    assert f"<SpellingTable: {TABLE.summary}>" == repr(TABLE)
    assert [
        TABLE.summary,
        "  (415) 555-0142: match; found by 4155550142",
        "  <415>: Nobody looks so.; found by none",
    ] == str(TABLE).splitlines()


def test_a_table_of_spellings_has_a_column_for_each_that_was_searched() -> None:
    assert ["4155550142", "other"] == TABLE.forms
    assert ["found", "not", ""] == [
        word(ROWS[0], "4155550142"),
        word(ROWS[0], "other"),
        word(ROWS[1], "other"),
    ]
    frame = TABLE.to_dataframe()
    assert ["stored", "4155550142", "other", "match"] == sorted(
        frame.columns, key=["stored", "4155550142", "other", "match"].index
    )
    assert [("(415) 555-0142", True), ("<415>", False)] == list(
        zip(frame["stored"], frame["match"], strict=True)
    )
    assert (
        f"{TABLE.summary.replace('<415>', '&lt;415&gt;')} Down: as it is stored. Across: as it is searched for; “asked” is what a match asks by itself."
        " Spellings Stored as By a match 4155550142 asked other only tried"
        " (415) 555-0142 ✓ found ✓ yes – no &lt;415&gt; ✕ Nobody looks so. – no"
    ) == text(TABLE._repr_html_())
    assert text(TABLE.model_copy(update={"rows": (), "problem": "No."})._repr_html_()) == "No."
