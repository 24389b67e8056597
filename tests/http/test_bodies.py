"""A body is read in the richest form that loses nothing, and written back as what it was."""

import json
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from appconnect.http.bodies import Body, BodyKind, pairs, read_body, read_data, strict_json, write_body
from appconnect.http.exchange import Request, Response
from appconnect.replay.cassette import Cassette, Header, RecordedExchange

FORM = "application/x-www-form-urlencoded"
HEADER = Header(
    crm="acme", scenario="one", recorded_from="sandbox", appconnect="0", recorded_at="2026-01-02T09:30:00Z"
)
lone_surrogates = st.characters(categories=["Cs"])
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None) | lone_surrogates),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
media_types = st.sampled_from(
    [
        "",
        "application/json",
        "application/json; charset=UTF-8",
        "text/html",
        "text/html; charset=iso-8859-1",
        "text/plain; charset=utf-16",
        "text/plain; charset=no-such-thing",
        "application/x-www-form-urlencoded",
        "image/png",
    ]
)


def through_a_file(content: bytes, content_type: str) -> bytes:
    """The content as it comes back out of a cassette's text."""
    response = Response(status=200, body=read_body(content, content_type))
    exchange = RecordedExchange(request=Request(method="GET", url="https://x.example/"), response=response)
    document = json.loads(Cassette(header=HEADER, exchanges=[exchange]).to_text())
    back = RecordedExchange.model_validate(document["exchanges"][0])
    return write_body(back.response.body, content_type)


def assert_nothing_is_lost(content: bytes, content_type: str) -> None:
    """The bytes come back; of JSON and forms the meaning does, as Python's own readers see it."""
    back, body = through_a_file(content, content_type), read_body(content, content_type)
    if body is not None and body.kind is BodyKind.JSON:
        assert json.loads(content) == json.loads(back)
    elif body is not None and body.kind is BodyKind.FORM:
        assert by_name(content) == by_name(back)
    else:
        assert content == back


def by_name(form: bytes) -> list[tuple[str, str]]:
    """A form's names and values; values of one name in order."""
    return sorted(parse_qsl(form.decode("ascii"), keep_blank_values=True), key=lambda pair: pair[0])


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5) | json_values
)
def test_any_json_means_the_same_after_a_round_trip(value):
    back = through_a_file(json.dumps(value).encode(), "application/json")
    assert value == json.loads(back)


@given(st.text(), media_types)
def test_any_text_comes_back(text, content_type):
    assert_nothing_is_lost(text.encode(), content_type)


@given(st.binary(), media_types)
def test_any_bytes_come_back(content, content_type):
    assert_nothing_is_lost(content, content_type)


@given(st.lists(st.tuples(st.sampled_from("aäb c"), st.text(max_size=5)), min_size=1))
def test_any_form_comes_back(items):
    content = urlencode(items).encode()
    body = read_body(content, FORM)
    assert BodyKind.FORM is body.kind
    assert_nothing_is_lost(content, FORM)


def test_json_is_kept_as_json():
    assert {"json": {"a": 1}} == read_body(b'{"a": 1}', "application/json").model_dump()


def test_a_form_is_kept_as_an_object_with_lists_for_repeated_names():
    body = read_body(b"b=2&a=1&b=3&c=", "application/x-www-form-urlencoded")
    assert {"form": {"a": "1", "b": ["2", "3"], "c": ""}} == body.model_dump()


def test_long_text_is_kept_as_lines():
    page = "<p>a</p>\n" * 20
    body = read_body(page.encode(), "text/html")
    assert {"text": page.split("\n")} == body.model_dump()


def test_bytes_are_kept_as_base64():
    assert {"base64": "iVBORw=="} == read_body(b"\x89PNG", "image/png").model_dump()


def test_no_body_is_nothing():
    assert None is read_body(b"", "application/json")


def test_json_that_would_not_survive_is_kept_as_text():
    for text in ("NaN", '{"a": 1, "a": 2}', "1e999", "{"):
        assert {"text": text} == read_body(text.encode(), "application/json").model_dump()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[NaN]", "NaN is not JSON"),
        ("-Infinity", "-Infinity is not JSON"),
        ("[1e999]", "the number is too large"),
        ("-1e999", "the number is too large"),
        ('{"a": 1, "b": {"c": 1, "c": 1}}', "a key occurs twice"),
    ],
)
def test_strict_json_tells_what_would_not_survive(text, fault):
    with pytest.raises(ValueError) as caught:
        strict_json(text)
    assert fault == str(caught.value)


def test_repeated_query_keys_keep_their_order():
    assert {"a": "0", "b": ["2", "1"]} == pairs([("b", "2"), ("a", "0"), ("b", "1")])


# -- as a program reads it --


def test_json_is_read_whatever_it_is_labelled():
    for label in ("application/json", "text/plain", "text/html; charset=iso-8859-1", ""):
        assert {"a": [1]} == read_data(b'{"a": [1]}', label)


def test_json_that_is_damaged_in_its_characters_is_read_all_the_same():
    assert {"a": "�"} == read_data(b'{"a": "\xff"}', "application/json")


def test_what_is_no_json_is_read_as_text_or_form():
    assert "<p>Zoë" == read_data("<p>Zoë".encode("latin-1"), "text/html; charset=iso-8859-1")
    assert {"b": ["2", "3"], "a": ""} == read_data(b"b=2&a=&b=3", FORM)
    assert None is read_data(b"", "application/json")


def test_the_repr_of_a_body_shows_nothing_of_it():
    assert "hunter2" not in repr(read_body(b'{"password": "hunter2"}', "application/json"))


def test_what_cannot_be_written_is_kept_but_read_with_a_sign_in_its_place():
    for bad in ("\ud83d", "\udc00", "\x00", "\x1b"):
        content = json.dumps({"a": f"x{bad}", bad: [bad]}).encode()
        body = read_body(content, "application/json")
        assert ({"a": "x�", "�": ["�"]}, True) == (body.data, body.has_unwritable)
        assert json.loads(content) == body.value


def test_a_body_that_can_be_written_is_read_as_it_is():
    for good in ("a\tb\r\n\x0b\x0c", "🧡", "�", "\x85\u2028", "\\ud83d"):
        body = read_body(json.dumps(good).encode(), "application/json")
        assert (good, False) == (body.data, body.has_unwritable)


def test_json_that_is_nested_without_measure_is_read_as_text():
    for depth in (50, 400, 600, 900, 5000, 200_000):
        data = read_data(b"[" * depth + b"]" * depth, "application/json")
        assert isinstance(data, str if depth > 900 else (str, list))


def test_json_that_is_too_deep_to_be_looked_through_is_read_as_its_text():
    for depth in range(100, 1500, 100):
        content = '{"a": ' * depth + "1" + "}" * depth
        data = read_data(content.encode(), "application/json")
        assert content == (data if isinstance(data, str) else json.dumps(data))
    assert isinstance(data, str)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ({"form": ["a"]}, "a form is an object of texts, or lists of texts"),
        ({"form": {"a": 1}}, "a form is an object of texts, or lists of texts"),
        ({"form": {"a": ["x", 1]}}, "a form is an object of texts, or lists of texts"),
        ({"text": 7}, "text holds text"),
        ({"text": ["a", 7]}, "text holds text"),
        ({"base64": ["a"]}, "base64 holds text"),
        ({"base64": "not base64!"}, "Only base64 data is allowed"),
        ({}, "a body has exactly one of the keys json, form, text and base64"),
        ({"json": 1, "text": "a"}, "a body has exactly one of the keys json, form, text and base64"),
        ({"xml": "a"}, "a body has exactly one of the keys json, form, text and base64"),
    ],
    ids=repr,
)
def test_a_body_in_a_file_holds_what_its_kind_can_hold(written, fault):
    with pytest.raises(ValidationError) as caught:
        Body.model_validate(written)
    assert fault == caught.value.errors()[0]["msg"].removeprefix("Value error, ")
    assert "not base64!" not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ({"form": {"a": "1", "b": ["2", "3"]}}, {"a": "1", "b": ["2", "3"]}),
        ({"text": ["a", "b"]}, "a\nb"),
        ({"text": "a"}, "a"),
        ({"base64": "aGFsbG8="}, "aGFsbG8="),
        ({"json": ["a", "b"]}, ["a", "b"]),
        ({"json": None}, None),
    ],
    ids=repr,
)
def test_a_body_in_a_file_is_read_as_it_was_written(written, value):
    assert value == Body.model_validate(written).value


def test_only_a_long_text_of_several_lines_is_written_as_lines():
    long = "a" * 99
    for text, kept in ((f"{long}\n", f"{long}\n"), (f"{long}\nb", [long, "b"]), (long * 2, long * 2)):
        assert {"text": kept} == Body(kind="text", value=text).model_dump()


@pytest.mark.parametrize("charset", ["latin-1", '"latin-1"', "'latin-1'", " latin-1 "])
def test_a_text_is_read_in_the_characters_that_it_names(charset):
    body = read_body("Zoë".encode("latin-1"), f"text/plain; a=b; Charset={charset}")
    assert ("text", "Zoë") == (body.kind, body.value)
    assert "Zoë".encode("latin-1") == write_body(body, f"text/plain;charset={charset}")


def test_characters_that_nobody_knows_are_utf_8():
    assert "Zoë" == read_body("Zoë".encode(), "text/plain; charset=martian").value


@pytest.mark.parametrize(
    "media", ["application/json", "text/json", "application/vnd.crm+json", "Application/JSON; charset=UTF-8"]
)
def test_json_is_known_by_any_of_its_names(media):
    assert "json" == read_body(b"[1]", media).kind
    assert "text" == read_body(b"[1]", "application/jsonl").kind
