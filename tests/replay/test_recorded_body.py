"""What a body looks like in a recording, and that nothing of it is lost."""

import json

from hypothesis import given
from hypothesis import strategies as st

from appconnect.replay.body import Kind, pairs, read_body, write_body
from appconnect.replay.cassette import Exchange, RecordedRequest, RecordedResponse

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None)),
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
    response = RecordedResponse(status=200, body=read_body(content, content_type))
    exchange = Exchange(request=RecordedRequest(method="GET", url="https://x.example/"), response=response)
    back = Exchange.model_validate_json(exchange.model_dump_json())
    return write_body(back.response.body, content_type)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5) | json_values
)
def test_any_json_means_the_same_after_a_round_trip(value):
    back = write_body(read_body(json.dumps(value).encode(), "application/json"), "application/json")
    assert value == json.loads(back)


@given(st.text(), media_types)
def test_any_text_comes_back_unless_it_is_json_or_a_form(text, content_type):
    content = text.encode()
    body = read_body(content, content_type)
    if body is None or body.kind in (Kind.TEXT, Kind.BASE64):
        assert content == through_a_file(content, content_type)
    else:
        assert body == read_body(through_a_file(content, content_type), content_type)


@given(st.binary(), media_types)
def test_any_bytes_come_back_unless_they_are_json_or_a_form(content, content_type):
    body = read_body(content, content_type)
    if body is None or body.kind in (Kind.TEXT, Kind.BASE64):
        assert content == through_a_file(content, content_type)
    else:
        assert body == read_body(through_a_file(content, content_type), content_type)


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


def test_repeated_query_keys_keep_their_order():
    assert {"a": "0", "b": ["2", "1"]} == pairs([("b", "2"), ("a", "0"), ("b", "1")])
