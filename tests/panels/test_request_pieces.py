"""The pieces of the request panel: known paths, the form, and what is told of an answer."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from appconnect.errors import InputError
from appconnect.http import Exchange, RateLimit, Wait
from appconnect.http.exchange import Request, Response
from appconnect.panels import request_answer
from appconnect.panels.path_field import PathField, placeholders
from appconnect.panels.request_form import RequestForm, written
from appconnect.workbench import KnownPath
from appconnect.workbench.sending_again import DraftRequest

KNOWN = (
    KnownPath("GET", "/v1/notes", "Notes", True),
    KnownPath("POST", "/v1/notes", "Notes", False),
    KnownPath("GET", "/v1/notes/{id}", "", True),
    KnownPath("GET", "/v1/notes/fields", "Note fields", True),
    KnownPath("DELETE", "/v1/notes/{id}/files/{fileId}", "Notes", False),
)


def field(known: tuple[KnownPath, ...] = KNOWN) -> PathField:
    place = PathField()
    place.know(known, "Acme")
    return place


def offered(place: PathField) -> list[str]:
    return [label for label, _ in place.offered.options]


def about(place: PathField) -> str:
    """The sentence below the field."""
    found = re.fullmatch('<p class="ac-dim" role="status">(.*)</p>', place.about.value)
    assert found is not None
    return found[1]


# -- known paths --


def test_nothing_is_offered_before_something_is_typed() -> None:
    place = field()
    assert ([], "none") == (offered(place), place.offered.layout.display)
    assert "5 requests of Acme are known: type words of a path, such as a record’s name." == about(place)
    unknown = "No list of the CRM’s paths is known here; type any path below the API’s address."
    assert unknown == about(PathField())
    assert unknown.replace("the CRM’s", "Rose’s") == about(PathField("Rose"))


@pytest.mark.parametrize(
    ("method", "typed", "labels"),
    [
        ("GET", "note", ["GET /v1/notes  ·  Notes", "GET /v1/notes/{id}", "GET /v1/notes/fields  ·  Note fields"]),
        ("GET", "FIELDS v1", ["GET /v1/notes/fields  ·  Note fields"]),
        ("GET", "post", ["POST /v1/notes  ·  Notes"]),
        ("GET", "notes Delete files", ["DELETE /v1/notes/{id}/files/{fileId}  ·  Notes"]),
        ("POST", " note ", ["POST /v1/notes  ·  Notes"]),
        ("PATCH", "note", []),
    ],
)  # fmt: skip
def test_paths_are_offered_by_the_words_in_them_and_their_method(
    method: str, typed: str, labels: list[str]
) -> None:
    place = field()
    place.method.value, place.path.value = method, typed
    assert labels == offered(place)
    assert (None if labels else "none", None) == (place.offered.layout.display, place.offered.index)
    if labels:
        assert f"{len(labels)} of 5 known requests fit: go to the list and choose one." == about(place)


@pytest.mark.parametrize(
    ("method", "typed", "sentence"),
    [
        ("GET", "/v1/notes", "Known: GET /v1/notes (Notes)."),
        ("POST", "v1/notes/", "Known: POST /v1/notes (Notes). The sandbox does not play it."),
        ("GET", "/v1/notes/{id}", "Known: GET /v1/notes/{id}. Put a value in place of {id}."),
        ("GET", "/v1/notes/7?a=1", "Known: GET /v1/notes/{id}."),
        ("GET", "/v1/notes/fields", "Known: GET /v1/notes/fields (Note fields)."),
        ("PUT", "/v1/notes", "Known with GET, POST, not with PUT."),
        ("PUT", "/v1/notes/7", "Known with GET, not with PUT."),
        ("PUT", "/v1/notes/fields", "Known with GET, not with PUT."),
        ("GET", "/v2/roses", "Not among the 5 known requests of Acme; it can be sent all the same."),
        (
            "DELETE",
            "/v1/notes/{id}/files/{fileId}",
            "Known: DELETE /v1/notes/{id}/files/{fileId} (Notes). Put a value in place of {id}, {fileId}. "
            "The sandbox does not play it.",
        ),
    ],
)
def test_what_is_known_of_a_path_is_told(method: str, typed: str, sentence: str) -> None:
    place = field()
    place.method.value, place.path.value = method, typed
    assert ([], sentence) == (offered(place), about(place))


def test_of_paths_that_fit_the_one_with_the_fewest_gaps_is_named() -> None:
    place = field(
        (KnownPath("GET", "/{any}/{id}", "", True), *KNOWN, KnownPath("GET", "/v1/{list}", "", True))
    )
    place.path.value = "/v1/roses"
    assert "Known: GET /v1/{list}." == about(place)


def test_a_path_that_is_chosen_is_written_and_the_list_stays() -> None:
    place = field()
    place.path.value = "delete file"
    place.offered.index = 0
    assert ("DELETE", "/v1/notes/{id}/files/{fileId}") == (place.method.value, place.path.value)
    assert ["DELETE /v1/notes/{id}/files/{fileId}  ·  Notes"] == offered(place)
    assert about(place).startswith(
        "Known: DELETE /v1/notes/{id}/files/{fileId} (Notes). Put a value in place of"
    )
    place.path.value = "note"
    assert None is place.offered.index


@pytest.mark.parametrize(
    ("count", "listed", "rows", "more"),
    [
        (1, 1, 2, ""),
        (3, 3, 3, ""),
        (7, 7, 7, ""),
        (8, 8, 7, ""),
        (100, 100, 7, ""),
        (101, 100, 7, ", the first 100 are listed"),
    ],
)
def test_a_hundred_paths_are_offered_at_once(count: int, listed: int, rows: int, more: str) -> None:
    place = field(tuple(KnownPath("GET", f"/notes/{number}/rows", "", True) for number in range(count)))
    place.path.value = "note"
    assert (listed, rows) == (len(offered(place)), place.offered.rows)
    assert f"{count} of {count} known requests fit{more}: go to the list and choose one." == about(place)


def test_many_are_counted_with_commas() -> None:
    place = field(tuple(KnownPath("GET", f"/notes/{number}/rows", "", True) for number in range(1_234)))
    assert about(place).startswith("1,234 requests of Acme are known")
    place.path.value = "note"
    assert (
        "1,234 of 1,234 known requests fit, the first 100 are listed: go to the list and choose one."
        == about(place)
    )
    place.path.value = "roses"
    assert about(place).startswith("Not among the 1,234 known requests")


def test_what_is_still_to_be_filled_in_is_listed() -> None:
    assert ("", "{id}", "{id}, {linkId}") == tuple(map(placeholders, ("/a", "/a/{id}", "/{id}/b/{linkId}/c")))


# -- the form --


def form(method: str = "POST", path: str = "/notes", **more: object) -> RequestForm:
    filled = RequestForm("Acme")
    filled.fill(DraftRequest(method=method, path=path, **more))  # type: ignore[arg-type]
    return filled


def test_what_is_filled_in_is_what_is_read() -> None:
    draft = DraftRequest(method="PUT", path="/notes", query=(("a", "1"), ("b", "x=y")), body={"ü": [1, None]})
    filled = RequestForm("Acme")
    filled.fill(draft)
    assert draft == filled.draft()
    assert ("a=1\nb=x=y", '{\n  "ü": [\n    1,\n    null\n  ]\n}') == (filled.query.value, filled.body.value)
    assert "" == written(None)


@pytest.mark.parametrize(
    ("filled", "sentence"),
    [
        (form(path=" "), "Type a path first, or a word of one to choose from those that are known."),
        (form(path="/a/{id}/{to}"), "Put a value in place of {id}, {to} in the path, then send."),
        (
            form(body={"a": "<token>", "b": "<key>"}),
            "Put real values in place of the masked ones: <token>, <key>.",
        ),
    ],
)
def test_what_cannot_be_sent_is_told(filled: RequestForm, sentence: str) -> None:
    with pytest.raises(InputError) as told:
        filled.draft()
    assert sentence == told.value.message


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_request_without_a_body_has_no_field_for_it(method: str) -> None:
    filled = form(body={"a": 1})
    assert None is filled.body.layout.display
    filled.method.value = method
    assert ("none", "", None) == (filled.body.layout.display, filled.about_body.value, filled.draft().body)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("{}", "an object with 0 fields"),
        ('{"a": 1}', "an object with 1 field"),
        ('{"a": 1, "b": 2}', "an object with 2 fields"),
        ("[]", "a list with 0 entries"),
        ("[1]", "a list with 1 entry"),
        ("[1, 2]", "a list with 2 entries"),
        ('"a"', "a text"),
        ("1", "a value"),
        ("false", "a value"),
    ],
)
def test_what_a_body_is_is_told_while_it_is_typed(typed: str, kind: str) -> None:
    filled = form()
    filled.body.value = typed
    assert f'<p class="ac-dim" role="status">✓ JSON: {kind}</p>' == filled.about_body.value


def test_what_is_wrong_with_a_body_is_told_until_it_is_right() -> None:
    filled = form()
    filled.body.value = "{"
    assert "<b>This is no JSON yet. Line 1, column 2: " in filled.about_body.value
    assert filled.about_body.value.endswith('<pre class="ac-fault">{\n ^</pre>')
    filled.body.value = " "
    assert "" == filled.about_body.value


def test_a_wrong_parameter_is_told_until_it_is_right() -> None:
    filled = form()
    filled.query.value = "a=1\n\nb"
    assert "<b>Line 3 of the query is not “name = value”.</b>" in filled.about_query.value
    filled.query.value = "a=1"
    assert "" == filled.about_query.value


# -- the answer --


def answered(status: int | None, body: JsonValue = None, **more: object) -> Exchange:
    told = {} if body is None else {"body": {"json": body}}
    response = Response(status=status, **told) if status is not None else None  # type: ignore[arg-type]
    return Exchange(
        number=1, at=datetime(2026, 1, 2, tzinfo=UTC), request=Request(method="GET", url="https://crm.test/a"),
        response=response, **more,
    )  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ([answered(200)], '<b class="ac-good">200 OK</b> · 0.00 s · 0 bytes'),
        ([answered(399, "a")], '<b class="ac-good">399</b> · 0.00 s · 1 bytes'),
        ([answered(400, {"ä": "b"})], '<b class="ac-bad">400 Bad Request</b> · 0.00 s · 11 bytes'),
        ([answered(302, "x" * 999)], '<b class="ac-good">302 Found</b> · 0.00 s · 999 bytes'),
        ([answered(200, "x" * 1_000)], '<b class="ac-good">200 OK</b> · 0.00 s · 1.0 kB'),
        ([answered(200, "ä" * 1_234_500)], '<b class="ac-good">200 OK</b> · 0.00 s · 2,469.0 kB'),
        ([answered(None, error="ReadError")], '<b class="ac-bad">ReadError</b> · 0.00 s'),
        ([answered(None)], '<b class="ac-bad">no answer</b> · 0.00 s'),
        (
            [
                answered(503),
                answered(
                    200,
                    seconds=1.234,
                    tries=2,
                    waits=[Wait(seconds=1.5, reason="503"), Wait(seconds=2, reason="10 in 1 s")],
                    limits=RateLimit(remaining=3, amount=80),
                ),
            ],
            '<b class="ac-good">200 OK</b> · 1.23 s · 0 bytes · 3 of 80 left · try 2 · waited 1.5 s (503) · '
            "waited 2.0 s (10 in 1 s) · 2 requests were sent for it",
        ),
        ([answered(200, limits=RateLimit(remaining=3))], '<b class="ac-good">200 OK</b> · 0.00 s · 0 bytes · 3 left'),
    ],
)  # fmt: skip
def test_an_answer_is_told_with_what_it_took(sent: list[Exchange], told: str) -> None:
    assert f'<p class="ac-answered" role="status">{told}</p>' == request_answer.facts(sent)


def test_an_answer_without_records_is_no_table() -> None:
    assert (
        '<div class="ac-empty">This answer has no records to put into rows; look at it as a tree or as text.</div>'
        == request_answer.viewed(5, "Table")
    )
    for how in request_answer.VIEWS:
        assert '<p class="ac-dim">no body</p>' == request_answer.viewed(None, how)
