"""No secret reaches a recording, whatever it is called and wherever it turns up again."""

import base64
import json
import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.replay.body import Body, read_body
from appconnect.replay.cassette import RecordedRequest, RecordedResponse
from appconnect.replay.matching import canonical
from appconnect.replay.scrub import mask_json, mask_text, scrub_request, scrub_response
from appconnect.replay.secret_values import Secrets

NAMES = [
    "access_token",
    "refresh_token",
    "client_secret",
    "password",
    "user_key",
    "BhRestToken",
    "api_key",
    "myToken",
]
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjcwMDEifQ.c2lnbmF0dXJlLWhlcmU"

secret_values = st.text(
    st.sampled_from(string.ascii_letters + string.digits + "-_:^~.%+/= é\"'&<"), min_size=7, max_size=60
).map(lambda text: "7" + text)  # not a word of the file format itself
surroundings = st.text(st.sampled_from("ab 1/?&=:;,.\"'<>\n"), max_size=8)


def request(**parts) -> RecordedRequest:
    return RecordedRequest(**{"method": "GET", "url": "https://crm.example/api", **parts})


@given(secret_values, st.sampled_from(NAMES), surroundings, surroundings)
def test_a_secret_seen_once_survives_nowhere(secret, name, before, after):
    teller = RecordedResponse(status=200, body=Body(kind="json", value={name: secret}))
    planted = f"{before}{secret}{after}"
    asked = request(
        url=f"https://crm.example/{quote(secret, safe='')}/x",
        query={"q": planted, secret: "v"},
        headers={"authorization": f"Bearer {secret}", "accept": planted},
        body=Body(kind="form", value={"note": planted}),
    )
    answered = RecordedResponse(
        status=302,
        headers={"location": f"https://x.example/?q={quote(secret)}", "set-cookie": planted},
        body=Body(kind="json", value={"deep": [{"x": planted}, {secret: 1}], "next_cursor": planted}),
    )
    page = RecordedResponse(status=200, body=Body(kind="text", value=planted))
    raw = RecordedResponse(status=200, body=read_body(b"\xff" + planted.encode(), "image/png"))
    secrets = Secrets()
    for message in (asked, answered, page, raw, teller):
        secrets.learn(message)
    stored = [
        scrub_request(asked, secrets),
        *(scrub_response(each, secrets) for each in (answered, page, raw, teller)),
    ]
    for message in stored:
        for text in texts(json.loads(message.model_dump_json())):
            kept = text.replace(f"<{name}>", "\0").replace("<authorization>", "\0")
            assert secret not in kept
            assert quote(secret, safe="") not in kept
    assert secret.encode() not in base64.b64decode(str(stored[3].body.value))


def texts(value):
    """Every text in a JSON value, keys included."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


@given(
    st.text(min_size=1, max_size=30),
    st.text(min_size=1, max_size=30),
    st.sampled_from([*NAMES, "code", "state"]),
)
def test_requests_that_differ_only_in_secrets_match(one, other, name):
    keys = []
    for secret in (one, other):
        asked = request(query={name: secret, "page": "2"}, body=Body(kind="form", value={name: secret}))
        keys.append(canonical(scrub_request(asked, Secrets())))
    assert keys[0] == keys[1]


@given(secret_values, st.sampled_from([*NAMES, "code", "state"]))
def test_scrubbing_twice_changes_nothing(secret, name):
    asked = request(query={name: secret, "q": "x"}, headers={"authorization": f"Bearer {secret}"})
    secrets = Secrets()
    secrets.learn(asked)
    once = scrub_request(asked, secrets)
    assert once == scrub_request(once, Secrets())


@given(st.sampled_from([*NAMES, "code", "state"]))
def test_the_placeholder_says_what_was_there(name):
    assert {name: f"<{name}>"} == scrub_request(request(query={name: "s3cret-value"}), Secrets()).query


def test_only_the_scheme_of_authorization_and_listed_headers_are_kept():
    headers = {"authorization": "Bearer abc", "accept": "text/html", "bhresttoken": "abc", "cookie": "a=b"}
    kept = scrub_request(request(headers=headers), Secrets()).headers
    assert {"accept": "text/html", "authorization": "Bearer <authorization>"} == kept


def test_a_header_without_scheme_shows_nothing():
    kept = scrub_request(request(headers={"authorization": "a2V5OnVzZXI="}), Secrets()).headers
    assert {"authorization": "<authorization>"} == kept


def test_what_is_inside_basic_credentials_is_masked_elsewhere():
    secrets = Secrets()
    basic = base64.b64encode(b"0d9a4c11-api-key:").decode()
    secrets.learn(request(headers={"authorization": f"Basic {basic}"}))
    assert "key <authorization>!" == mask_text("key 0d9a4c11-api-key!", secrets)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"see {JWT}.", "see <jwt>."),
        ("Bearer v1u:AQIBAHj-secret", "Bearer <authorization>"),
        ("https://me:pw@crm.example/x", "https://<userinfo>@crm.example/x"),
        (
            "https://a.example/cb?code=23%3Aabc&state=xyz#x",
            "https://a.example/cb?code=<code>&state=<state>#x",
        ),
        ("oops {'client_secret': 'abc'", "oops {'client_secret': '<client_secret>'"),
        (
            '<input type="hidden" value="a1" name="csrf_token">',
            '<input type="hidden" value="<csrf_token>" name="csrf_token">',
        ),
        (
            "https://rest9.bullhornstaffing.com/rest-services/e9x/entity",
            "https://rest9.bullhornstaffing.com/rest-services/<corp_token>/entity",
        ),
        ("key 3Fq8Zt1Lw0Vn7Rk5Yb2Hs9Md4Gc6XpJa", "key <opaque>"),
        ("key 9f86d081884c7d659a2feaa0c55ad015", "key <opaque>"),
    ],
)
def test_secrets_are_known_by_their_shape(text, masked):
    assert masked == mask_text(text, Secrets())


@pytest.mark.parametrize(
    "text",
    [
        "b2c8a1d0-1111-4222-8333-444455556666",
        "2026-02-03T10:11:12.345Z",
        "Session Id: s-a0d1b2c3z18c3d4e5f6az1a2b3c0000",
        "Bad 'BhRestToken' or timed-out.",
        "Invalid token: access_token is invalid",
        "errors.authentication.invalidRestToken",
        "Basic information about Bearer of news",
        "https://rest.bullhornstaffing.com/rest-services/login",
        "Outbound-Call-To-Nia-Holt-On-2026-01-02-At-09-30",
        "fields=id,firstName,lastName,phone2,phone3,dateLastModified,dateAdded",
        "eyJhY3Rpdml0aWVzIjoyN30",
    ],
)
def test_what_is_no_secret_stays(text):
    assert text == mask_text(text, Secrets())


def test_fields_that_only_look_like_secrets_stay():
    kept = {
        "next_cursor": "eyJpZCI6NTAxLCJzb3J0IjoiaWQiLCJkaXIiOiJBU0MiLCJ2IjoxfQ3Fq8Zt1Lw0Vn7",
        "sessionId": "4711",
        "telephonySessionId": "s-0123",
        "token_type": "Bearer",
        "expires_in": 600,
        "code": "ERR_BAD_REQUEST",
        "state": "CA",
        "id": 7,
    }
    assert kept == mask_json(kept, Secrets())


def test_rate_limit_headers_stay():
    headers = {"x-daily-ratelimit-token-remaining": "29980", "ratelimit-reset": "60", "x-total-count": "3"}
    secrets = Secrets(["29980"])
    answered = RecordedResponse(status=200, headers={**headers, "server": "x"})
    assert headers == scrub_response(answered, secrets).headers


def test_a_user_name_is_masked_in_a_later_search():
    secrets = Secrets()
    secrets.learn(request(query={"username": "rae.api"}))
    asked = request(query={"where": "username='rae.api'"})
    assert {"where": "username='<username>'"} == scrub_request(asked, secrets).query


def test_given_secrets_are_masked_however_short():
    assert "a<secret>c" == mask_text("abc", Secrets(["b"]))


def test_nothing_secret_in_the_repr():
    assert "<Secrets: 1 known>" == repr(Secrets(["hunter2"]))


def test_hostile_text_is_masked_in_linear_time():
    for hostile in ("a" * 200_000, "eyJ" * 60_000, '"a":' * 50_000, "://" * 60_000, "<input " * 20_000):
        assert len(mask_text(hostile, Secrets())) > 0
