"""No secret is shown or stored, whatever it is called and wherever it turns up again."""

import base64
import copy
import json
import pickle
import re
import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linear import assert_linear

from appconnect.errors import ConfigurationError
from appconnect.http.bodies import Body, read_body
from appconnect.http.exchange import Request, Response
from appconnect.redaction import ConnectionSecrets, PeopleFields, RedactionRules, Redactor
from appconnect.replay.matching import canonical

RULES = RedactionRules(
    secret_headers=("X-Acme-Pass",),
    secret_names=("pin", "acme-seal"),
    secret_paths=("/tenants/{tenant}/",),
    authorization_schemes=("Acme",),
    limit_headers=("x-acme-tokens-left", "x-budget"),
)
NAMES = [
    *("access_token", "refresh_token", "client_secret", "password", "api_key", "myToken", "authKey"),
    *("pin", "PIN", "acme_seal", "AcmeSeal"),
]
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjcwMDEifQ.c2lnbmF0dXJlLWhlcmU"

secret_values = st.text(
    st.sampled_from(string.ascii_letters + string.digits + "-_:^~.%+/= é\"'&<"), min_size=7, max_size=60
).map(lambda text: "7" + text)  # not a word of the file format itself
surroundings = st.text(st.sampled_from("ab 1/?&=:;,.\"'<>\n"), max_size=8)


def redactor(*secrets: str, rules: RedactionRules = RULES) -> Redactor:
    return Redactor(rules, ConnectionSecrets(secrets))


def request(**parts) -> Request:
    return Request(**{"method": "GET", "url": "https://crm.example/api", **parts})


def answer(value: object = None, **parts) -> Response:
    return Response(**{"status": 200, "body": Body(kind="json", value=value), **parts})


SIGNED, UNSIGNED = request(signed=frozenset()), request()


@given(secret_values, st.sampled_from(NAMES), surroundings, surroundings)
def test_a_secret_seen_once_survives_nowhere(secret, name, before, after):
    teller = answer({name: secret})
    planted = f"{before}{secret}{after}"
    asked = request(
        url=f"https://crm.example/{quote(secret, safe='')}/x",
        query={"q": planted, secret: "v"},
        headers={"authorization": f"Bearer {secret}", "accept": planted},
        body=Body(kind="form", value={"note": planted}),
    )
    answered = Response(
        status=302,
        headers={"location": f"https://x.example/?q={quote(secret)}", "set-cookie": planted},
        body=Body(kind="json", value={"deep": [{"x": planted}, {secret: 1}], "next_cursor": planted}),
    )
    page = answer(body=Body(kind="text", value=planted))
    raw = answer(body=read_body(b"\xff" + planted.encode(), "image/png"))
    redacts = redactor()
    for each in (answered, page, raw, teller):
        redacts.learn(asked, each)
    answers = (answered, page, raw, teller)
    stored = [redacts.stored_request(asked), *map(redacts.stored_response, answers)]
    shown = [redacts.request(asked), *map(redacts.response, answers)]
    for message in stored + shown:
        for text in texts(json.loads(message.model_dump_json())):
            kept = (
                text.replace(f"<{name}>", "\0").replace("<authorization>", "\0").replace("<set-cookie>", "\0")
            )
            assert secret not in kept
            assert quote(secret, safe="") not in kept
    for each in (stored[3], shown[3]):
        assert secret.encode() not in base64.b64decode(str(each.body.value))


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
        keys.append(canonical(redactor().stored_request(asked)))
    assert keys[0] == keys[1]


@given(secret_values, st.sampled_from([*NAMES, "code", "state"]))
def test_redacting_twice_changes_nothing(secret, name):
    asked = request(query={name: secret, "q": "x"}, headers={"authorization": f"Bearer {secret}"})
    redacts = redactor()
    redacts.learn(asked)
    once = redacts.stored_request(asked)
    assert once == redactor().stored_request(once)
    shown = redacts.request(asked)
    assert shown == redacts.request(shown)


@given(st.sampled_from([*NAMES, "code", "state"]))
def test_the_placeholder_says_what_was_there(name):
    assert {name: f"<{name}>"} == redactor().stored_request(request(query={name: "s3cret-value"})).query


def test_a_secret_learned_after_a_text_was_masked_is_masked_too():
    """A renewed token: the first text compiles what is masked, and that must not be the end of it."""
    redacts = redactor()
    redacts.learn(SIGNED, answer({"access_token": "first-0123456789"}))
    assert "<access_token> renewed-0123" == redacts.text("first-0123456789 renewed-0123")
    redacts.learn(SIGNED, answer({"refresh_token": "renewed-0123"}))
    assert "<access_token> <refresh_token>" == redacts.text("first-0123456789 renewed-0123")


def test_a_repeated_parameter_keeps_all_its_values():
    asked = request(
        query={"id": ["2", "1", "2"], "token": ["abcd", "efgh"]},
        body=Body(kind="form", value={"tag": ["x", "y"]}),
    )
    stored = redactor().stored_request(asked)
    assert {"id": ["2", "1", "2"], "token": ["<token>", "<token>"]} == stored.query
    assert {"form": {"tag": ["x", "y"]}} == stored.body.model_dump()


def test_a_key_in_an_answer_to_the_sign_in_is_masked_whatever_it_is_called():
    given = {
        "deep": [{"seal": "k9f8e7d6c5b4a392"}],
        "userId": "0031u00001xyzabq",
        "id": "0031u00001xyzabr",
        "sid": "s1-0123456789abc",
    }
    redacts = redactor()
    redacts.learn(UNSIGNED, answer(given))
    shown = {**given, "deep": [{"seal": "<seal>"}], "sid": "<sid>"}
    assert shown == redacts.response(answer(given)).body.data
    redacts = redactor()
    redacts.learn(SIGNED, answer(given))
    assert given == redacts.response(answer(given)).body.data


@pytest.mark.parametrize(
    ("name", "value", "text", "masked"),
    [
        ("password", "abc", "abc", "abc"),
        ("password", "abcd", "abcd xabcd abcd9", "<password> xabcd abcd9"),
        ("password", "abcdefgh", "abcdefgh xabcdefgh9", "<password> x<password>9"),
        ("state", "abcdefg", "abcdefg", "abcdefg"),
        ("state", "abcdefgh", "abcdefgh", "<state>"),
        (
            "username",
            "rae.quill",
            "rae.quill xrae.quill rae.quill@x.example",
            "<username> xrae.quill rae.quill@x.example",
        ),
        ("client_id", "our-app-4711", "our-app-4711", "our-app-4711"),
        ("nonce", "0123456789", "0123456789", "0123456789"),
    ],
)
def test_how_far_a_secret_reaches_depends_on_its_length_and_name(name, value, text, masked):
    redacts = redactor()
    redacts.learn(request(query={name: value}))
    assert masked == redacts.text(text)


def test_a_secret_that_is_the_name_of_another_is_in_no_placeholder():
    redacts = redactor()
    redacts.learn(
        request(headers={"authorization": "Bearer 70SECRET"}), answer(headers={"set-cookie": "70SECRET=1111"})
    )
    assert "<authorization> <secret>" == redacts.text("70SECRET 1111")


def test_of_two_secrets_that_overlap_the_longer_one_is_masked_whole():
    redacts = redactor()
    redacts.learn(SIGNED, answer({"access_token": "abcdefgh", "refresh_token": "abcdefgh-ijkl"}))
    assert "<refresh_token> <access_token>" == redacts.text("abcdefgh-ijkl abcdefgh")


# -- headers --


def test_a_recording_keeps_the_scheme_of_authorization_and_listed_headers_only():
    headers = {"authorization": "Bearer abc", "accept": "text/html", "x-acme-pass": "abc", "cookie": "a=b"}
    kept = redactor().stored_request(request(headers=headers)).headers
    assert {"accept": "text/html", "authorization": "Bearer <authorization>"} == kept


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a2V5OnVzZXI=", "<authorization>"),
        ("Basic a2V5OnVzZXI=", "Basic <authorization>"),
        ("Acme 4711", "Acme <authorization>"),
        ("hunter2 4711", "<authorization>"),
    ],
)
def test_of_authorization_only_a_scheme_that_is_known_to_be_one_is_shown(value, shown):
    asked = request(headers={"authorization": value})
    assert {"authorization": shown} == redactor().stored_request(asked).headers
    assert {"authorization": shown} == redactor().request(asked).headers


@pytest.mark.parametrize(
    "name",
    [
        *("x-acme-pass", "cookie", "x-api-token", "x-acme-key", "acme-auth", "x-session", "x-signature"),
        *("proxy-authorization", "apikey", "x-amz-security-token"),
    ],
)
@pytest.mark.parametrize("signed", [None, frozenset()])
def test_a_header_whose_name_tells_of_a_secret_is_never_shown(name, signed):
    asked = request(headers={name: "s3cr3t"}, signed=signed)
    assert "s3cr3t" not in str(redactor().request(asked).headers)
    assert "s3cr3t" not in str(redactor().response(answer(headers={name: "s3cr3t"})).headers)


def test_what_the_sign_in_added_is_masked_whatever_it_is_called():
    headers = {"x-who": "s3cr3t", "accept": "text/html", "include": "phones"}
    asked = request(headers=headers, query={"k": "s3cr3t", "page": "2"}, signed={"x-who", "k", "accept"})
    shown = redactor().request(asked)
    assert {"x-who": "<x-who>", "accept": "text/html", "include": "phones"} == shown.headers
    assert {"k": "<k>", "page": "2"} == shown.query
    assert {"k": "<k>", "page": "2"} == redactor().stored_request(asked).query


def test_of_a_request_of_the_sign_in_no_unknown_header_is_shown():
    headers = {"x-who": "s3cr3t", "content-type": "text/html"}
    assert {"x-who": "<x-who>", "content-type": "text/html"} == redactor().request(
        request(headers=headers)
    ).headers


def test_an_unknown_header_that_looks_like_a_key_is_not_shown():
    headers = {"x-one": "k9f8e7d6c5b4a392", "x-two": "2026-01-02T03:04:05", "x-three": "contacts"}
    shown = redactor().request(request(headers=headers, signed=frozenset())).headers
    assert {**headers, "x-one": "<x-one>"} == shown


def test_a_known_secret_in_base64_is_not_shown():
    coded = base64.b64encode(b"me:hunter2").decode()
    asked = request(headers={"x-who": f"Plain {coded}"}, signed=frozenset())
    assert {"x-who": "<x-who>"} == redactor("hunter2").request(asked).headers


@pytest.mark.parametrize("place", ["headers", "query"])
def test_a_key_that_signs_is_masked_where_the_crm_echoes_it(place):
    redacts = redactor()
    redacts.learn(request(**{place: {"x-who": "k9f8e7d6c5b4a392"}}, signed={"x-who"}))
    assert "no key <x-who> here" == redacts.text("no key k9f8e7d6c5b4a392 here")


def test_a_header_that_only_sounds_secret_teaches_nothing_but_keys():
    redacts = redactor()
    headers = {
        "access-control-allow-credentials": "true",
        "x-cache-key": "contacts",
        "x-some-token": "k9f8e7d6c5b4a392",
    }
    redacts.learn(SIGNED, answer(headers=headers))
    assert "true contacts <x-some-token>" == redacts.text("true contacts k9f8e7d6c5b4a392")
    assert "true" == redacts.response(answer(headers=headers)).headers["access-control-allow-credentials"]


def test_what_a_signer_adds_that_is_no_key_is_masked_there_and_nowhere_else():
    redacts = redactor()
    redacts.learn(
        request(
            headers={"x-version": "2026-01-02"}, query={"locale": "en-GB"}, signed={"x-version", "locale"}
        )
    )
    assert "on 2026-01-02 in en-GB" == redacts.text("on 2026-01-02 in en-GB")


def test_rate_limit_headers_stay_because_the_platform_says_so():
    headers = {
        "ratelimit-reset": "60",
        "retry-after": "3",
        "x-acme-tokens-left": "29980",
        "x-budget": "7",
        "x-daily-ratelimit-token-remaining": "29980",
        "x-total-count": "3",
    }
    answered = answer(headers={**headers, "server": "x"})
    redacts = redactor("29980")
    redacts.learn(SIGNED, answered)
    assert headers == redacts.stored_response(answered).headers
    assert {**headers, "server": "x"} == redacts.response(answered).headers
    assert "x-acme-tokens-left" not in redactor(rules=RedactionRules()).stored_response(answered).headers


def test_a_recording_keeps_the_headers_that_a_platform_reads():
    headers = {"x-next": "4", "link": '<https://x.example/?token=s3cr3t>; rel="next"'}
    rules = RedactionRules(kept_headers=("X-Next",))
    stored = redactor(rules=rules).stored_response(answer(headers=headers)).headers
    assert {"x-next": "4", "link": '<https://x.example/?token=<token>>; rel="next"'} == stored


def test_a_cookie_is_masked_elsewhere_when_it_is_long_or_its_name_tells():
    redacts = redactor()
    cookies = "sid=k9f8e7d6c5b4a392; theme=dark; my_token=abcd; Path=/a/rather/long/path"
    redacts.learn(SIGNED, answer(headers={"set-cookie": cookies}))
    assert "<sid> dark <my_token> /a/rather/long/path" == redacts.text(
        "k9f8e7d6c5b4a392 dark abcd /a/rather/long/path"
    )


# -- by place and shape --


def base64_of(text: str, *, is_url_safe: bool) -> str:
    encode = base64.urlsafe_b64encode if is_url_safe else base64.b64encode
    return encode(text.encode()).decode()


@given(
    st.text(min_size=8, max_size=60),
    st.text(max_size=9),
    st.text(max_size=9),
    st.sampled_from(["Basic", "Bearer", "Acme"]),
    st.booleans(),
)
def test_a_header_that_holds_a_secret_in_base64_is_masked_whole(secret, before, after, scheme, is_url_safe):
    header = base64_of(f"{before}:{secret}:{after}", is_url_safe=is_url_safe)
    told = redactor(secret).text(f"sent {scheme} {header} at last")
    assert told in {f"sent {scheme} {mark} at last" for mark in ("<authorization>", "<secret>")}


@given(
    st.text(min_size=8, max_size=60),
    st.text(max_size=9),
    st.text(max_size=9),
    st.sampled_from(['{{"echo": "{}"}}', "key={}&x=1", "got {}, sorry", "{}"]),
    st.sampled_from(["base64", "url-safe base64", "hexadecimal"]),
)
def test_what_holds_a_secret_in_code_is_masked_whole_wherever_it_stands(secret, before, after, place, code):
    text = f"{before}:{secret}:{after}"
    coded = text.encode().hex() if code == "hexadecimal" else base64_of(text, is_url_safe=code != "base64")
    assert re.fullmatch(
        re.escape(place.format("MARK")).replace("MARK", "<secret>"),
        redactor(secret).text(place.format(coded)),
    )


@given(secret_values.filter(lambda text: " " not in text), st.sampled_from(["Basic", "Bearer", "Acme"]))
def test_a_known_secret_behind_a_scheme_keeps_its_name_and_leaves_nothing(secret, scheme):
    redacts = redactor()
    redacts.learn(UNSIGNED, answer({"access_token": secret}))
    assert f"{scheme} <access_token>, sorry" == redacts.text(f"{scheme} {secret}, sorry")


def test_a_path_beside_a_secret_in_base64_stays():
    coded = base64_of("wren:s3cr3t-s3cr3t", is_url_safe=True)
    told = f"https://crm.example/api/{coded}/notes and https://crm.example/api/notes/of/the/day"
    assert told.replace(coded, "<secret>") == redactor("s3cr3t-s3cr3t").text(told)


def test_what_is_inside_basic_credentials_is_masked_elsewhere():
    redacts = redactor()
    basic = base64.b64encode(b"0d9a4c11-api-key:").decode()
    redacts.learn(request(headers={"authorization": f"Basic {basic}"}))
    assert "key <authorization>!" == redacts.text("key 0d9a4c11-api-key!")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"see {JWT}.", "see <jwt>."),
        ("Bearer v1u:AQIBAHj-secret", "Bearer <authorization>"),
        ("use Acme a2V5OnVzZXI=", "use Acme <authorization>"),
        ("https://me:pw@crm.example/x", "https://<userinfo>@crm.example/x"),
        (
            "https://a.example/cb?code=23%3Aabc&state=xyz#x",
            "https://a.example/cb?code=<code>&state=<state>#x",
        ),
        ("oops {'client_secret': 'abc'", "oops {'client_secret': '<client_secret>'"),
        ("oops {'pin': 'abc'", "oops {'pin': '<pin>'"),
        ("pin=4711", "pin=<pin>"),
        (
            '<input type="hidden" value="a1" name="csrf_token">',
            '<input type="hidden" value="<csrf_token>" name="csrf_token">',
        ),
        (
            "https://crm.example/tenants/e9x/entity and /tenants/e9x/tenants/f7/",
            "https://crm.example/tenants/<tenant>/entity and /tenants/<tenant>/tenants/<tenant>/",
        ),
        ("key 3Fq8Zt1Lw0Vn7Rk5Yb2Hs9Md4Gc6XpJa", "key <opaque>"),
        ("key 9f86d081884c7d659a2feaa0c55ad015", "key <opaque>"),
        ("3Fq8Zt1Lw0Vn7Rk5Yb2Hs9Md4Gc6XpJa", "<opaque>"),
    ],
)
def test_secrets_are_known_by_their_shape_or_place(text, masked):
    assert masked == redactor().text(text)


def test_a_secret_that_percent_signs_hide_in_a_path_is_masked():
    shown = redactor("hunter2").request(request(url="https://crm.example/%68unter2/a%20b")).url
    assert "https://crm.example/<secret>/a%20b" == shown


def test_a_secret_in_a_path_is_masked_where_it_turns_up_again():
    redacts = redactor()
    redacts.learn(request(url="https://crm.example/tenants/t-4711%2Fx/people"))
    assert "of <tenant>" == redacts.text("of t-4711/x")


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
        "https://crm.example/tenants/login",
        "Outbound-Call-To-Nia-Holt-On-2026-01-02-At-09-30",
        "fields=id,firstName,lastName,phone2,phone3,dateLastModified,dateAdded",
        "eyJhY3Rpdml0aWVzIjoyN30",
        # 32 characters and more, each lacking one thing that made-up keys have
        "12345678901234567890123456789012",
        "abcdefabcdefabcdefabcdefabcdefab",
        "Call-00000000000000000000000000000000000000",
        "CamelCaseNamesOfFieldsThatAreLongButHaveNoDigits",
        "lower_case_names_with_1_digit_and_no_capital_letters",
        "UPPER_CASE_NAMES_WITH_1_DIGIT_AND_NO_SMALL_LETTERS",
        "Aa1-Aa1-Aa1-Aa1-Aa1-Aa1-Aa1-Aa1-Aa1",
        "Deal-2026-Renewal-Of-The-Northern-Branch-Phase-2",
        "B2c8A1d0-93eF-4a67-8b5C-0f1E2d3c4B5a",
        "Aa1Aa1Aa1Aa1Aa1Aa1Aa1Aa1Aa1Aa1Aa1Aa1",
        "Deal-2026-RenewalOfTheNorthernBranch-Phase-2-Quick",
        "Call-From-202601020930123-By-Jack-Vexing-Sphinx",
        "Phase-2b-Of-The-Northern-Branch-Renewal-Quick-2026",
    ],
)
def test_what_is_no_secret_stays(text):
    redacts = redactor()
    redacts.learn(SIGNED, answer({"text": text}))
    assert text == redacts.text(text)


def test_fields_that_only_look_like_secrets_stay():
    kept = {
        "next_cursor": "eyJpZCI6NTAxLCJzb3J0IjoiaWQiLCJkaXIiOiJBU0MiLCJ2IjoxfQ3Fq8Zt1Lw0Vn7",
        "sessionId": "4711",
        "telephonySessionId": "s-0123",
        "token_type": "Bearer",
        "expires_in": 600,
        "code": "ERR_BAD_REQUEST",
        "state": "CA",
        "key": "name",
        "id": 7,
    }
    assert kept == redactor().json(kept)
    cursors = dict.fromkeys(("cursor", "next_cursor", "nextCursor"), kept["next_cursor"])
    assert cursors == redactor().request(request(query=cursors)).query


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer Ab1Cd2Ef3Gh4", "Authorization: Bearer <authorization>"),
        ("sent with Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv", "sent with <opaque>"),
    ],
)
@pytest.mark.parametrize(
    "where", [lambda text: {"note": text}, lambda text: [{"deep": [text]}], lambda text: text]
)
def test_a_secret_shows_by_its_shape_wherever_in_json_it_stands(text, shown, where):
    assert where(shown) == redactor().json(where(text))


def test_a_secret_that_is_empty_is_shown_as_empty():
    empty = {"password": "", "token": None, "my_secret": False, "pin": ["", None]}
    assert empty == redactor().json(empty)
    assert {"password": ""} == redactor().request(request(query={"password": ""})).query


def test_what_is_below_a_secret_is_masked_under_its_name():
    redacts = redactor()
    redacts.learn(SIGNED, answer({"token": {"password": "abcdefgh", "x": ["ijklmnop"]}}))
    assert "<token> <token>" == redacts.text("abcdefgh ijklmnop")


@pytest.mark.parametrize("label", ["text/plain", "application/json", ""])
def test_json_is_redacted_by_name_whatever_its_label(label):
    body = read_body(b'{"pin": 4711, "token": {"deep": ["abcd"]}, "id": 7}', label)
    shown = redactor().response(answer(body=body)).body
    assert {"pin": "<pin>", "token": {"deep": ["<token>"]}, "id": 7} == shown.data


def test_text_that_is_json_without_secrets_stays_as_it_was_written():
    text = '{ "id":7,"n":1.0 }'
    assert text == redactor().response(answer(body=read_body(text.encode(), "text/plain"))).body.value


@pytest.mark.parametrize("frames", [0, 300, 600, 850])
@pytest.mark.parametrize("depth", [100, 400, 900, 5000])
def test_a_secret_is_not_shown_however_deep_it_lies_and_whoever_asks(depth, frames):
    deep = '{"a":' * depth + '{"access_token":"hunter2"}' + "}" * depth
    answered = answer(body=read_body(deep.encode(), "text/plain"))
    redacts = redactor()

    def at_the_edge(left: int) -> Response:
        if left:
            return at_the_edge(left - 1)
        redacts.learn(SIGNED, answered)
        return redacts.response(answered)

    assert "hunter2" not in str(at_the_edge(frames).body.value)


@pytest.mark.parametrize("depth", [100, 300, 900, 5000, 50_000])
@pytest.mark.parametrize("label", ["application/json", "text/plain"])
def test_no_nesting_is_too_deep_to_look_at(depth, label):
    deep = '{"a":' * depth + '"hunter2"' + "}" * depth
    redacts, answered = redactor("hunter2"), answer(body=read_body(deep.encode(), label))
    redacts.learn(UNSIGNED, answered)
    assert "hunter2" not in redacts.response(answered).model_dump_json()


# -- what a connection holds --


def test_a_user_name_is_masked_in_a_later_search():
    redacts = redactor()
    redacts.learn(request(query={"username": "rae.api"}))
    asked = request(query={"where": "username='rae.api'"})
    assert {"where": "username='<username>'"} == redacts.stored_request(asked).query


def test_secrets_that_were_set_are_masked_however_short():
    assert "a<secret>c" == redactor("b").text("abc")


def test_what_is_typed_is_masked_like_what_is_set_unless_it_is_too_short_to_be_a_secret():
    secrets = ConnectionSecrets()
    secrets.add(["typed words", "abc"])
    assert "my <secret>, abc" == Redactor(secrets=secrets).text("my typed words, abc")


def test_what_credentials_hold_is_masked_also_after_a_renewal():
    secrets = ConnectionSecrets()
    redacts = Redactor(secrets=secrets)
    for number in (1, 2):
        secrets.hold({"seal": f"seal-number-{number}", "shop": "shop-4711"}, public=["shop-4711"])
        assert f"<seal> of shop-4711, not seal-number-{number + 1}" == redacts.text(
            f"seal-number-{number} of shop-4711, not seal-number-{number + 1}"
        )


def test_addresses_dates_and_placeholders_that_are_kept_with_secrets_are_none():
    secrets = ConnectionSecrets()
    held = {
        "api": "https://crm.example",
        "ends": "2026-01-02T03:04:05Z",
        "day": "2026-01-02",
        "seal": "<seal>",
        "id": "7",
    }
    secrets.hold({**held, "code": "2026-01-02-4711"})
    assert f"{held} <code>" == Redactor(secrets=secrets).text(f"{held} 2026-01-02-4711")


def test_a_name_learned_from_traffic_is_better_than_the_one_it_is_held_under():
    secrets = ConnectionSecrets(["set-0123456789"])
    redacts = Redactor(secrets=secrets)
    redacts.learn(SIGNED, answer({"access_token": "held-0123456789", "refresh_token": "set-0123456789"}))
    secrets.hold({"access": "held-0123456789"})
    assert "<access_token> <secret>" == redacts.text("held-0123456789 set-0123456789")


def test_secrets_are_in_no_repr_and_no_pickle_and_no_copy():
    secrets = ConnectionSecrets(["hunter2"])
    secrets.hold({"seal": "0123456789"})
    redacts = Redactor(secrets=secrets)
    assert "<ConnectionSecrets: 2 values>" == repr(secrets)
    for thing in (secrets, redacts._secrets):
        assert "hunter2" not in repr(thing)
        for copied in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="not copied and not pickled"):
                copied(thing)
    with pytest.raises((TypeError, pickle.PicklingError)):
        pickle.dumps(redacts)


def test_messages_show_nothing_secret_in_their_repr():
    asked = request(
        url="https://me:hunter2@crm.example/hunter2", query={"q": "hunter2"}, headers={"x": "hunter2"}
    )
    answered = answer({"x": "hunter2"}, headers={"x": "hunter2"})
    assert "hunter2" not in f"{asked!r} {asked} {answered!r} {answered} {answered.body!r}"


# -- rules --


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (
            lambda: RedactionRules(secret_headers="X-Acme-Key"),
            "RedactionRules(secret_headers=…) takes a tuple",
        ),
        (lambda: RedactionRules(limit_headers=[1]), "RedactionRules(limit_headers=…) takes a tuple"),
        (lambda: PeopleFields(phones="dial"), "PeopleFields(phones=…) takes a tuple"),
        (lambda: RedactionRules(secret_paths=("/t/token/",)), "with the secret in braces"),
        (lambda: RedactionRules(secret_paths=("{token}.acme.test",)), "write it like /t/{token}/"),
        (lambda: PeopleFields(settings_paths="("), "settings_paths"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused_in_a_sentence(make, told):
    with pytest.raises(ConfigurationError) as caught:
        make()
    assert told in caught.value.message


# -- time --


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "eyJ",
        '"a":',
        "://",
        "<input ",
        "a=",
        "Bearer ",
        "/tenants/",
        "Aa1",
        "%a",
        "{",
        "[",
        "é",
        " ",
        "'a':'\\",
    ],
)
def test_hostile_text_is_redacted_in_linear_time(piece):
    redacts = redactor("one-secret", "another secret")
    assert_linear(redacts.text, piece)
    assert_linear(lambda text: redacts.learn(UNSIGNED, answer(body=Body(kind="text", value=text))), piece)


@pytest.mark.parametrize("place", ["a text", "a key"])
def test_a_text_that_was_shown_before_is_masked_once_a_secret_in_it_is_known(place: str) -> None:
    held = ConnectionSecrets()
    redacts = Redactor(secrets=held)
    shown = {"a text": {"echo": "zebra-0123456789"}, "a key": {"zebra-0123456789": "x"}}[place]
    assert shown == redacts.json(shown)
    held.hold({"access_token": "zebra-0123456789"})
    assert "zebra-0123456789" not in str(redacts.json(shown))
    assert "zebra-0123456789" not in repr(vars(redacts))
