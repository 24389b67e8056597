"""A secret whose name stands beside it: in forms, XML, HTML, code, headers and addresses, and what is none there."""

from __future__ import annotations

import html
import json
import string
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linear import assert_linear

from appconnect.http.bodies import Body, read_body
from appconnect.http.exchange import Request, Response
from appconnect.redaction import RedactionRules, Redactor, spellings

NAMES = (
    "password",
    "access_token",
    "Client-Secret",
    "apiKey",
    "csrf_token",
    "jwt",
    "XSRF",
    "passcode",
    "acme_seal",
)
ADDRESS_NAMES = (*NAMES, "sessionId", "session", "sid", "ticket", "sig", "otp", "pin", "code", "state")
RULES = RedactionRules(secret_names=("acme_seal",))


def redactor() -> Redactor:
    return Redactor(RULES)


def multipart(name: str, value: str) -> str:
    head = f'Content-Disposition: form-data; name="{name}"'
    return f"--b\r\n{head}\r\nContent-Type: text/plain\r\n\r\n{value}\r\n--b--\r\n"


PLACES: dict[str, Callable[[str, str], str]] = {
    "a part of a form": multipart,
    "an element": lambda name, value: f"<a><{name}>{html.escape(value)}</{name}></a>",
    "an element of a namespace": lambda name, value: f'<s:{name} x="1">{html.escape(value)}</s:{name}>',
    "CDATA": lambda name, value: f"<{name}><![CDATA[{value}]]></{name}>",
    "SOAP in SOAP": lambda name, value: html.escape(f"<{name}>{html.escape(value)}</{name}>"),
    "JSON": lambda name, value: "x = " + json.dumps({name: value}),
    "JSON that is cut off": lambda name, value: 'x = {"a": 1, ' + json.dumps({name: value})[1:-2],
    "JSON in JSON": lambda name, value: "x = " + json.dumps(json.dumps({name: value})),
    "JSON in HTML": lambda name, value: f"<a data-x='{html.escape(json.dumps({name: value}))}'>",
    "a repr": lambda name, value: f"said { ({name: value})!r}",
    "code": lambda name, value: f"{name} = {json.dumps(value)};",
    "a setting": lambda name, value: f"export {name}={json.dumps(value)}",
    "an object of JavaScript": lambda name, value: f"{{a:1,{name.replace('-', '')}:{value!r}}}",
    "an object of Ruby": lambda name, value: f"{{{json.dumps(name)} => {json.dumps(value)}}}",
    "an input": lambda name, value: f'<input name="user[{name}]" value="{html.escape(value)}">',
    "a meta": lambda name, value: f'<meta content="{html.escape(value)}" name="{name}" />',
}
ADDRESSES: dict[str, Callable[[str, str], str]] = {
    "a query": lambda name, value: f"https://crm.example/?a=1&{name}={value}&z=1",
    "a fragment": lambda name, value: f"https://crm.example/#{name}={value}",
    "a query in HTML": lambda name, value: f'<a href="/x?a=1&amp;{name}={value}">',
    "an address in an address": lambda name, value: "/x?next=" + quote(f"/y?{name}={value}", safe=""),
    "an address twice in an address": lambda name, value: (
        "/x?next=" + quote(quote(f"/y?{name}={value}", safe=""), safe="")
    ),
}
middles = st.text(
    st.sampled_from(string.ascii_letters + string.digits + "!'()*;,.-_~:@$ &<>\"\\/=%é"), max_size=12
)
passwords = middles.map(lambda middle: f"Ab7{middle}Zq9x")


@settings(max_examples=300)
@given(st.sampled_from(list(PLACES)), st.sampled_from(NAMES), passwords)
def test_what_a_machine_calls_secret_is_masked_whole(place: str, name: str, value: str) -> None:
    if "]]>" in value and place == "CDATA":
        return
    shown = redactor().text(PLACES[place](name, value))
    assert "Ab7" not in shown
    assert "Zq9x" not in shown


@settings(max_examples=200)
@given(st.sampled_from(list(ADDRESSES)), st.sampled_from(ADDRESS_NAMES), passwords, st.booleans())
def test_a_secret_of_an_address_is_masked_whole(
    place: str, name: str, value: str, of_a_browser: bool
) -> None:
    coded = quote(value.replace("'", ""), safe="!()*~") if of_a_browser else quote(value, safe="")
    shown = redactor().text(ADDRESSES[place](name, coded))
    assert "Ab7" not in shown
    assert "Zq9x" not in shown


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("X-Api-Key: letters", "X-Api-Key: <X-Api-Key>"),
        ("Authorization: Basic dTpw", "Authorization: Basic <Authorization>"),
        ("Cookie: session=abcdefgh; a=b", "Cookie: <Cookie>"),
        ("set-cookie: sid=abc; Path=/\r\nDate: now", "set-cookie: <set-cookie>\r\nDate: now"),
        ("the password: hunter2, sorry", "the password: <password>, sorry"),
        ("the password: hunter2X.", "the password: <password>."),
        ("access_token = s3cretvalue", "access_token = <access_token>"),
        ("'access_token': 4711", "'access_token': <access_token>"),
        ("user[password]=a&user%5Bpassword%5D=b", "user[password]=<password>&user%5Bpassword%5D=<password>"),
        ("access_token[]=a&access%5Ftoken=b", "access_token[]=<access_token>&access%5Ftoken=<access_token>"),
        ("/?access_token=abc'DEF&a=1", "/?access_token=<access_token>&a=1"),
        ("/?access_token=abc;DEF", "/?access_token=<access_token>"),
        ("/?access_token=abc&#39;DEF&amp;a=1", "/?access_token=<access_token>&amp;a=1"),
        ("get('/?access_token=abc')", "get('/?access_token=<access_token>')"),
        ("access_token%3Dabc%26a%3D1", "access_token%3D<access_token>%26a%3D1"),
        (r"{\"access_token\":\"abc\",\"a\":1}", r"{\"access_token\":\"<access_token>\",\"a\":1}"),
        ("<password><password></password>", "<password><password></password>"),
        ("/?sid=Zk3/9x&session=Monday", "/?sid=<sid>&session=Monday"),
        ("/?pin=4711&otp=123456&ticket=4711", "/?pin=<pin>&otp=<otp>&ticket=4711"),
    ],
)  # fmt: skip
def test_the_value_goes_and_what_is_around_it_stays(text: str, masked: str) -> None:
    assert masked == redactor().text(text)
    assert masked == redactor().text(masked)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "pin: ask Lena",
            "PIN: 4711 is the code of the gate",
            "session: the Monday call",
            "ticket: see below",
        ),
        *("password: ask Lena", 'His password: it\'s "under the mat", he said', "secret: Lena's birthday"),
        *("Token: none", "Invalid token: access_token is invalid", "token: 401", "cookie: yes, please"),
        *("authorization: pending", "Credentials: https://crm.example/help1", "password: 2026-01-02"),
        *("Session Id: s-a0d1b2c3z18c3d4e5f6az1a2b3c0000", "- Session Id: 1234567890\n- Result: ok"),
        *("<b>Session Id</b>: s-a0d1b2c3z18c", '{"sessionId": "s-a0d1b2c3z18c", x}', "sessionId=4711"),
        *("/?sessionId=s-a0d1b2c3z18c&session=4711", "/?telephonySessionId=s-a0d1b2", "/?ticket=AB-123"),
        *("<code>4711a2</code>", "<state>CA7</state>", "<p>password</p>", '<meta name="title" content="a1">'),
        *("The token <access_token> was sent to him</p>", "tokens: a1b2", 'name="token" and more'),
        'Content-Disposition: form-data; name="city"\r\n\r\nOslo7\r\n--b--',
    ],
)
def test_what_somebody_wrote_and_the_ids_of_calls_stay(text: str) -> None:
    assert text == redactor().text(text)


words = st.text(st.sampled_from(string.ascii_letters + "é"), min_size=1, max_size=12)
sentences = st.lists(words, min_size=1, max_size=6).map(" ".join)


@given(st.sampled_from([*ADDRESS_NAMES, "Session Id"]), sentences, st.sampled_from([": ", ":\n", " - "]))
def test_a_sentence_after_such_a_name_stays(name: str, sentence: str, between: str) -> None:
    assert f"{name}{between}{sentence}." == redactor().text(f"{name}{between}{sentence}.")


def test_what_a_text_names_is_known_from_then_on() -> None:
    for place, write in PLACES.items():
        if place not in ("JSON in JSON", "JSON in HTML", "SOAP in SOAP"):
            redacts = redactor()
            body = read_body(write("password", "hunter2-0123").encode(), "text/plain")
            redacts.learn(Request(method="POST", url="https://crm.example/", body=body, signed=frozenset()))
            assert "no hunter2-0123" != redacts.text("no hunter2-0123"), place


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"otp": "123456", "pin": "4711", "sessionId": "Zk3/9x"}, {"otp": "<otp>", "pin": "<pin>", "sessionId": "<sessionId>"}),
        ({"password": "", "session": {"id": 7}}, {"password": "", "session": {"id": "<session>"}}),
        ({"jwt": "abc", "pin": "560001"}, {"jwt": "<jwt>", "pin": "560001"}),
        ({"pin": True, "sid": "Zk3/9x", "ticket": "Zk3/9x"}, None),
        ({"sessionId": "s-a0d1", "telephonySessionId": "s-a0d1", "session": "Zk3/9x"}, None),
        ({"password": "", "sessionId": "s-a0d1", "ticket": "4711"}, None),
    ],
)  # fmt: skip
def test_in_json_codes_and_sessions_are_secret_where_somebody_signs_in(value: object, shown: object) -> None:
    answer = Response(status=200, body=Body.model_validate({"kind": "json", "value": value}))
    body = redactor().response(answer).body
    assert body is not None
    assert (value if shown is None else shown) == body.data


@pytest.mark.parametrize("kind", ["query", "form"])
def test_in_queries_and_forms_codes_and_sessions_are_secret_and_ids_are_not(kind: str) -> None:
    pairs = {
        "session": "Zk3/9x",
        "login[pin]": "4711",
        "sid": "Zk3-9x",
        "ticket": "4711",
        "sessionId": "s-a0d1",
    }
    shown = {**pairs, "session": "<session>", "login[pin]": "<login_pin_>", "sid": "<sid>"}
    more = (
        {"query": pairs}
        if kind == "query"
        else {"body": Body.model_validate({"kind": "form", "value": pairs})}
    )
    asked = Request.model_validate({"method": "GET", "url": "https://crm.example/", "signed": [], **more})
    redacts = redactor()
    redacts.learn(asked)
    stored = redacts.stored_request(asked)
    assert shown == (stored.query if kind == "query" else stored.body and stored.body.pairs)
    assert "deal 4711" == redacts.text("deal 4711")


def test_a_session_that_the_answer_to_a_sign_in_gives_is_known_from_then_on() -> None:
    given = {
        "sessionId": "k9f8e7d6c5b4a392",
        "userId": "k9f8e7d6c5b4a393",
        "callSessionId": "s-k9f8e7d6c5b4a3",
    }
    body = Body.model_validate({"kind": "json", "value": given})
    redacts = redactor()
    redacts.learn(Request(method="POST", url="https://crm.example/login"), Response(status=200, body=body))
    assert {**given, "sessionId": "<sessionId>"} == redacts.json({**given})


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "<token>",
            "<a>",
            "<a b",
            "</token",
            "<meta ",
            "token: ",
            "token='",
            'token="a\\',
            "?token=a'",
            "?token=a;",
        ),
        *(
            "?token=a&#39;",
            "token ",
            "token[]",
            "cookie:a=",
            "&#1;",
            "&amp;",
            "%25",
            "%",
            "\\u0041",
            "\\\\",
            "\\",
        ),
        *(
            'Content-Disposition: form-data; name="token"\r\n\r\n',
            "Content-Disposition: form-data; name=",
            "\r\n--",
        ),
        *("<token><![CDATA[", "authorization: basic ", "token: a1"),
    ],
)
def test_hostile_text_is_looked_through_in_linear_time(piece: str) -> None:
    redacts, asked = redactor(), Request(method="GET", url="https://crm.example/", signed=frozenset())

    def learn(text: str) -> None:
        redacts.learn(asked, Response(status=200, body=Body(kind="text", value=text)))

    for work in (redacts.text, learn):
        spellings._undone.cache_clear()  # or half of a longer text that was looked through is remembered
        assert_linear(work, piece)
