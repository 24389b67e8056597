"""Requests match by what they mean, and differences are told so that they can be acted on."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from appconnect.http.bodies import Body, read_body
from appconnect.http.exchange import Request, Response
from appconnect.replay.cassette import Cassette, Header, RecordedExchange
from appconnect.replay.matching import canonical, diff, name_of, nearest, request_differences, short_name

ADDRESS = "https://api.pipedrive.com/api/v2/activities"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def post(value, url=ADDRESS, content_type="application/json", **parts) -> Request:
    body = read_body(json.dumps(value).encode(), content_type)
    headers = {"content-type": content_type}
    return Request(**{"method": "POST", "url": url, "headers": headers, "body": body, **parts})


def get(url=ADDRESS, **query) -> Request:
    return Request(method="GET", url=url, query=query)


def reordered(value):
    """The same JSON with every object's keys the other way round and whole numbers as floats."""
    if isinstance(value, dict):
        return {name: reordered(value[name]) for name in reversed(value)}
    if isinstance(value, list):
        return [reordered(each) for each in value]
    small = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
    return float(value) if small else value


@given(json_values)
def test_json_matches_whatever_its_key_order_and_number_spelling(value):
    one, other = post(value), post(reordered(value), content_type="application/json; charset=utf-8")
    assert canonical(one) == canonical(other)
    assert [] == request_differences(one, other)


@given(json_values, json_values)
def test_a_difference_is_told_exactly_when_requests_do_not_match(one, other):
    matches = canonical(post(one)) == canonical(post(other))
    assert matches == (request_differences(post(one), post(other)) == [])


def test_true_is_not_one_and_text_is_not_a_number():
    assert canonical(post({"done": True})) != canonical(post({"done": 1}))
    assert canonical(post({"deal_id": "12"})) != canonical(post({"deal_id": 12}))


def test_an_address_matches_whatever_its_spelling():
    assert canonical(get("https://API.pipedrive.com:443/a%20b")) == canonical(
        get("https://api.pipedrive.com/a b")
    )
    assert canonical(get("https://api.pipedrive.com/a%2Fb")) != canonical(
        get("https://api.pipedrive.com/a/b")
    )


def test_the_order_of_a_repeated_key_counts():
    assert canonical(get(ids=["1", "2"])) != canonical(get(ids=["2", "1"]))


def test_a_difference_in_json_is_named_by_its_path():
    one = post({"participants": [{"person_id": 501}], "done": True})
    other = post({"participants": [{"person_id": 502}], "done": True})
    assert ["body.participants[0].person_id: recorded 501, sent 502"] == request_differences(one, other)


def test_differences_in_query_method_path_and_kind_are_named():
    assert ['query.term: recorded "415", sent nothing'] == request_differences(get(term="415"), get())
    assert [
        "method: recorded GET, sent POST",
        f"path: recorded {ADDRESS}, sent {ADDRESS}/1",
        "body: recorded no body, sent json",
    ] == request_differences(get(), post(1, url=f"{ADDRESS}/1"))
    assert ["body[1]: recorded 2, sent nothing"] == request_differences(post([1, 2]), post([1]))


def test_the_nearest_recording_has_the_same_path_and_least_differences():
    far, near = get(term="1", fields="name"), get(term="4155550142", fields="phone")
    recorded = [get("https://api.pipedrive.com/v1/users"), post({}), far, near]
    assert (near, ['query.term: recorded "4155550142", sent "5"']) == nearest(
        recorded, get(term="5", fields="phone")
    )


# -- re-recordings --


def cassette(*exchanges: tuple[Request, Response], recorded_from="sandbox") -> Cassette:
    header = Header(
        crm="pipedrive",
        scenario="one",
        recorded_from=recorded_from,
        recorded_at=datetime(2026, 1, 2, tzinfo=UTC),
        appconnect="0.1.0",
    )
    return Cassette(
        header=header, exchanges=[RecordedExchange(request=one, response=two) for one, two in exchanges]
    )


def says(value, status=200, **headers) -> Response:
    return Response(status=status, headers=headers, body=Body(kind="json", value=value))


def test_the_same_recording_has_no_differences():
    one = cassette((get(), says({"a": 1})), (get(), says({"a": 2})))
    assert [] == diff(one, one)


def test_a_re_recording_tells_what_changed():
    old = cassette((get(), says({"name": "Call"})), (get(term="1"), says([])))
    new = cassette((get(), says({"name": "Lunch"}, 201)), (get(term="2"), says([])), recorded_from="live")
    assert [
        "header.recorded_from: was sandbox, now live",
        f"GET {ADDRESS} answers otherwise: status: was 200, now 201",
        f'GET {ADDRESS} answers otherwise: body.name: was "Call", now "Lunch"',
        f"No longer asked: GET {ADDRESS}?term=1",
        f"Newly asked: GET {ADDRESS}?term=2",
    ] == diff(old, new)


def test_headers_that_a_re_recording_answers_otherwise_are_told():
    old = cassette((get(), says({}, etag="1", link="a", allow="GET")))
    new = cassette((get(), says({}, etag="2", allow="GET", age="3")))
    assert [
        f'GET {ADDRESS} answers otherwise: headers.etag: was "1", now "2"',
        f'GET {ADDRESS} answers otherwise: headers.link: was "a", now nothing',
        f'GET {ADDRESS} answers otherwise: headers.age: was nothing, now "3"',
    ] == diff(old, new)


def test_a_body_of_another_kind_is_told():
    old, new = cassette((get(), says({}))), cassette((get(), Response(status=200)))
    assert [f"GET {ADDRESS} answers otherwise: body: was json, now no body"] == diff(old, new)


@given(st.lists(st.sampled_from("abc"), max_size=4), st.lists(st.sampled_from("abc"), max_size=4))
def test_a_repeated_parameter_matches_only_with_all_its_values_in_their_order(one, other):
    assert (one == other) == (canonical(get(ids=one)) == canonical(get(ids=other)))


def test_bodies_that_differ_in_kind_or_bytes_are_told():
    one, other = [Body(kind="base64", value=value) for value in ("AAAA", "AAAB")]
    bytes_of = [Request(method="POST", url=ADDRESS, body=each) for each in (one, other, one)]
    assert ["body: the bytes differ"] == request_differences(*bytes_of[:2])
    assert [] == request_differences(bytes_of[0], bytes_of[2])
    assert ["content type: recorded application/json, sent none"] == request_differences(
        post([1]), post([1]).model_copy(update={"headers": {}})
    )
    sent = post([1]).model_copy(update={"headers": {"content-type": "text/json; charset=utf-8"}})
    assert ["content type: recorded none, sent text/json"] == request_differences(
        post([1]).model_copy(update={"headers": {}}), sent
    )
    assert ["body: recorded base64, sent json"] == request_differences(
        bytes_of[0], post([1]).model_copy(update={"headers": {}})
    )


def test_a_request_is_called_by_its_method_and_address():
    assert f"GET {ADDRESS}" == name_of(get(term="1"))
    assert "GET /api/v2/activities" == short_name(get(term="1"))
    assert "GET /" == short_name(get("https://api.pipedrive.com"))


def test_an_address_is_the_same_with_the_port_of_its_scheme_only():
    pairs = [("https://a.test/x", "https://a.test:443/x"), ("http://a.test/x", "HTTP://A.test:80/x")]
    assert [] == [each for each in pairs if canonical(get(each[0])) != canonical(get(each[1]))]
    others = [
        "https://a.test:80/x",
        "http://a.test:443/x",
        "https://a.test:8443/x",
        "https://a.test/X",
        "http://a.test/x",
    ]
    assert [] == [each for each in others if canonical(get("https://a.test/x")) == canonical(get(each))]


def test_a_header_of_the_recordings_that_changed_is_told():
    one = cassette((get(), says({})))
    header = one.header.model_copy(
        update={"crm": "acme", "scenario": "two", "people": True, "note": "x", "appconnect": "9"}
    )
    assert [
        "header.crm: was pipedrive, now acme",
        "header.scenario: was one, now two",
        "header.people: was False, now True",
    ] == diff(one, one.model_copy(update={"header": header}))
