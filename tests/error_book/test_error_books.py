"""Which entry of an error book fits an answer, what it fills in, and what people read of it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from error_books import book_of
from linear import assert_linear
from platforms import CRMS
from pydantic import ValidationError

from appconnect.error_book import Answered, ErrorBook, ErrorEntry, Explanation, Knowledge, explain


def entry(name: str = "one", **facts: object) -> ErrorEntry:
    about = {"name": name, "meaning": "It means this.", "remedy": "Do that.", "source": "seen"}
    return ErrorEntry.model_validate({**about, **facts})


ANSWER = Answered(
    403,
    {
        "error": "Scope and URL mismatch",
        "errors": [{"type": "missing", "count": 7}, {"type": "Too_Long: subject"}, "plain"],
        "deep": {"deeper": {"code": 41.5}},
        "done": True,
    },
    {"x-reason": "over quota"},
    method="POST",
    path="/v1/Notes/7",
)
SILENCE = Answered(None, method="GET", path="/v1/notes", error="ReadTimeout")


# -- what fits --


@pytest.mark.parametrize(
    ("facts", "fits"),
    [
        ({}, True),
        ({"status": "403"}, True),
        ({"status": 403}, True),
        ({"status": "4xx"}, True),
        ({"status": "any"}, True),
        ({"status": "404"}, False),
        ({"status": "5xx"}, False),
        ({"status": "none"}, False),
        ({"method": "POST"}, True),
        ({"method": "GET"}, False),
        ({"path": "/v1/notes/*"}, True),
        ({"path": "/V1/NOTES/7"}, True),
        ({"path": "/v1/notes"}, False),
        ({"text": "scope AND url"}, True),
        ({"text": "^plain$"}, True),
        ({"text": "over quota"}, False),
        ({"text": "41"}, False),
        ({"body": {"error": "mismatch$"}}, True),
        ({"body": {"error": "^mismatch"}}, False),
        ({"body": {"errors.type": "too_long"}}, True),
        ({"body": {"errors.count": "^7$"}}, True),
        ({"body": {"errors": "plain"}}, True),
        ({"body": {"deep.deeper.code": r"^41\.5$"}}, True),
        ({"body": {"deep.deeper": "41"}}, False),
        ({"body": {"none": ".*"}}, False),
        ({"body": {"error": "mismatch", "errors.type": "short"}}, False),
        ({"body": {"done": "True"}}, True),
        ({"headers": {"x-reason": "QUOTA"}}, True),
        ({"headers": {"x-other": "quota"}}, False),
        ({"error": "Timeout"}, False),
    ],
    ids=str,
)
def test_an_entry_fits_an_answer_that_is_all_that_it_states(facts: dict[str, object], fits: bool) -> None:
    assert fits == (entry(**facts).fits(ANSWER) is not None)


@pytest.mark.parametrize(
    ("facts", "fits"),
    [({}, True), ({"status": "none"}, True), ({"status": "any"}, True), ({"status": "4xx"}, False),
     ({"error": "readtimeout"}, True), ({"error": "^Connect"}, False), ({"status": "none", "text": "x"}, False),
     ({"text": ".*"}, False), ({"body": {"": ".*"}}, False)],
    ids=str,
)  # fmt: skip
def test_where_no_answer_came_its_reason_is_looked_at(facts: dict[str, object], fits: bool) -> None:
    assert fits == (entry(**facts).fits(SILENCE) is not None)


@pytest.mark.parametrize("body", ["Slow down", ["x", "Slow down"]], ids=str)
def test_a_body_that_is_text_is_looked_at_under_no_key(body: object) -> None:
    assert {} == entry(body={"": "slow"}).fits(Answered(429, body))  # type: ignore[arg-type]
    assert {} == entry(text="slow").fits(Answered(429, body))  # type: ignore[arg-type]


@pytest.mark.parametrize("facts", [{"text": "here$"}, {"body": {"error": "here$"}}], ids=str)
def test_only_the_beginning_of_a_long_text_is_looked_at(facts: dict[str, object]) -> None:
    for length, fits in ((4_996, True), (4_997, False)):
        assert fits == (entry(**facts).fits(Answered(400, {"error": "x" * length + "here"})) is not None)


@pytest.mark.parametrize("piece", ["x7 ", "x", "field x ", "x: "])
@pytest.mark.parametrize("crm", CRMS)
def test_a_long_text_takes_no_pattern_longer_than_it_is_longer(crm: str, piece: str) -> None:
    for each in book_of(crm).entries:
        for pattern in filter(None, (each.text, each.error, *each.body.values(), *each.headers.values())):
            assert_linear(lambda text, pattern=pattern: re.search(pattern, text, re.I), piece, size=1_000)


def test_the_first_entry_that_fits_is_the_one() -> None:
    book = ErrorBook(
        [entry("special", status="403", text="quota"), entry("scope", text="scope"), entry("any")]
    )
    found = [book.find(each) for each in (ANSWER, Answered(403, "quota"), Answered(500), SILENCE)]
    assert ["scope", "special", "any", "any"] == [each[0].name for each in found if each]
    assert ErrorBook([entry(status="404")]).find(ANSWER) is None
    assert 3 == len(book)


def test_what_patterns_find_fills_the_slots_of_meaning_and_remedy() -> None:
    known = entry(
        meaning="{field} of {record} is {what}.",
        remedy="Shorten {field}.",
        body={"errors.type": r"too_long: (?P<field>\w+)|(?P<what>x)"},
        headers={"x-reason": "(?P<what>over|under)"},
    )
    told = explain(ANSWER, ErrorBook([known]), crm="Acme")
    assert ("subject of it is over.", "Shorten subject.") == (told.meaning, told.remedy)


# -- what an entry may state --


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"status": "600"}, 'a status is 403, "4xx", "any" or "none"'),
        ({"status": "40x"}, 'a status is 403, "4xx", "any" or "none"'),
        ({"status": "4xx "}, 'a status is 403, "4xx", "any" or "none"'),
        ({"documented_at": "http://acme.example"}, "the address of a page begins with https://"),
        ({"source": "", "documented_at": ""}, "say where it is documented, or what is the source"),
        ({"text": "("}, "'(' is no pattern: missing ), unterminated subpattern at position 0"),
        ({"error": "("}, "'(' is no pattern: missing ), unterminated subpattern at position 0"),
        ({"body": {"a": "["}}, "'[' is no pattern: unterminated character set at position 0"),
        ({"headers": {"a": "*"}}, "'*' is no pattern: nothing to repeat at position 0"),
        ({"meening": "x"}, "Extra inputs are not permitted"),
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_meant_is_refused(facts: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError) as caught:
        entry(**facts)
    assert fault == caught.value.errors()[0]["msg"].removeprefix("Value error, ")


def test_an_entry_is_documented_or_says_where_it_is_known_from() -> None:
    page, words = (
        "https://acme.example/errors",
        {"name": "one", "meaning": "It means this.", "remedy": "Do that."},
    )
    known = [
        ErrorEntry.model_validate({**words, **where})
        for where in ({"documented_at": page}, {"source": "seen"})
    ]
    assert [("", page), ("seen", "")] == [(each.source, each.documented_at) for each in known]
    with pytest.raises(ValidationError):
        known[0].name = "other"


def test_a_book_is_read_from_the_file_beside_its_module(tmp_path: Path) -> None:
    book = ErrorBook.in_folder_of(str(tmp_path / "acme" / "__init__.py"))
    with pytest.raises(FileNotFoundError):
        _ = book.entries
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "error_book.toml").write_text(
        '[[entry]]\nname = "a"\nmeaning = "m"\nremedy = "r"\nsource = "s"\nstatus = 403\n'
    )
    assert [("a", "403")] == [(each.name, each.status) for each in book.entries]
    assert (1, "<ErrorBook: acme>", "<ErrorBook: 2>") == (
        len(book),
        repr(book),
        repr(ErrorBook([entry(), entry()])),
    )


def test_a_book_may_have_a_file_without_entries(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text("")
    assert () == ErrorBook(file=tmp_path / "empty.toml").entries == ErrorBook().entries


# -- what people read --


def test_an_answer_that_the_book_knows_is_explained_by_it() -> None:
    page = "https://acme.example/errors"
    known = entry("scope", text="scope", documented_at=page)
    told = explain(ANSWER, ErrorBook([known]), crm="Acme", said="Scope and URL mismatch", number=4)
    assert Explanation(
        about="Acme answered 403 to POST /v1/Notes/7.", meaning="It means this.", remedy="Do that.",
        documented_at=page, source="seen", said="Scope and URL mismatch", knowledge=Knowledge.CRM, entry="scope", number=4,
    ) == told  # fmt: skip
    assert (True, f"seen: {page}") == (told.is_known, told.where)
    assert (
        "Acme answered 403 to POST /v1/Notes/7.\nIt said: Scope and URL mismatch\nIt means this.\nDo that.\n"
        f"Source: seen: {page}"
    ) == str(told)
    assert "<Explanation: scope>" == repr(told)


def test_of_an_answer_that_the_book_does_not_know_http_is_told() -> None:
    told = explain(Answered(403, method="GET", path="/x"), ErrorBook(), crm="Acme")
    assert told.meaning.startswith("Nothing is known about this answer of Acme beyond HTTP. ")
    assert (Knowledge.HTTP, True) == (told.knowledge, told.is_known)
    assert "" != told.remedy


@pytest.mark.parametrize(
    ("answered", "said", "about", "meaning"),
    [
        (Answered(200), "", "Acme answered 200.", "This is no error; there is nothing to explain."),
        (Answered(299, method="GET", path="/x"), "", "Acme answered 299 to GET /x.", "This is no error; there is nothing to explain."),
        (Answered(200), "No", "Acme answered 200.", "Unknown: nothing is known about this answer. Acme said: No"),
        (Answered(600), "", "Acme answered 600.", "Unknown: nothing is known about this answer. Acme did not say why."),
        (SILENCE, "", "Acme gave no answer to GET /v1/notes (ReadTimeout).", None),
        (Answered(None), "", "Acme gave no answer.", None),
    ],
)  # fmt: skip
def test_what_is_unknown_says_so(answered: Answered, said: str, about: str, meaning: str | None) -> None:
    told = explain(answered, ErrorBook(), crm="Acme", said=said)
    assert about == told.about
    if meaning is not None:
        assert told == Explanation(
            about=about, meaning=meaning, remedy="", documented_at="", source="", said=said,
            knowledge=Knowledge.NONE, entry="", number=0,
        )  # fmt: skip
        assert (False, "", "<Explanation: unknown>") == (told.is_known, told.where, repr(told))
        assert "\n".join([about, *([f"It said: {said}"] if said else []), meaning]) == str(told)


def test_a_book_that_cannot_be_read_hides_nothing_else(tmp_path: Path) -> None:
    broken = ErrorBook(file=tmp_path / "none.toml")
    told = explain(Answered(403), broken, crm="Acme", said="No")
    assert Knowledge.HTTP is told.knowledge
    fault = f"(Acme's error book cannot be read: [Errno 2] No such file or directory: '{broken.file}')"
    assert [f"No {fault}", fault] == [told.said, explain(Answered(403), broken, crm="Acme").said]


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"documented_at": "https://a.example/?x=1&y=2"}, 'href="https://a.example/?x=1&amp;y=2" target="_blank" rel="noopener noreferrer"'),
        ({"source": "seen <once>"}, "seen &lt;once&gt;"),
        ({"source": "seen", "documented_at": "https://a.example/"}, 'seen: <a href="https://a.example/"'),
        ({"said": "a < b"}, "a &lt; b"),
    ],
    ids=str,
)  # fmt: skip
def test_in_a_notebook_it_is_a_table_with_a_link(facts: dict[str, str], shown: str) -> None:
    html = Explanation(about="Acme answered 403.", meaning="It means this.", **facts)._repr_html_()
    assert shown in html
    assert "Acme answered 403." in html
    assert "to do" not in html


def test_the_table_has_a_row_for_what_is_told_and_none_for_what_is_not() -> None:
    told = Explanation(about="Acme answered 403.", meaning="It means this.")
    known = replace(told, said="No", remedy="Do that.", source="seen")
    for explanation, rows in (
        (told, [("means", "It means this.")]),
        (known, [("said", "No"), ("means", "It means this."), ("to do", "Do that."), ("documented", "seen")]),
    ):
        cells = re.findall("<t[hd][^>]*>(.*?)</t[hd]>", explanation._repr_html_())
        assert [text for row in rows for text in row] == cells
    page = replace(told, documented_at="https://a.example/").link
    assert (
        '<a href="https://a.example/" target="_blank" rel="noopener noreferrer">https://a.example/</a>'
        == page
    )
