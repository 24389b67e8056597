"""Names, places and shapes that give a secret away, each beside its neighbour that does not."""

from __future__ import annotations

import base64

import pytest

from appconnect.http.bodies import Body
from appconnect.http.exchange import Request, Response
from appconnect.redaction import ConnectionSecrets, RedactionRules, Redactor

RULES = RedactionRules(
    secret_headers=("X-Acme-Pass",), secret_names=("pin",), secret_paths=("/t/{token}/of/{who}/",)
)


def redactor(*secrets: str) -> Redactor:
    return Redactor(RULES, ConnectionSecrets(secrets))


def form(**pairs: str) -> Request:
    return Request(method="POST", url="https://crm.example/x", body=Body(kind="form", value=pairs))


# -- by name --

SECRET_NAMES = (
    *("api_key", "API-Key", "accessKey", "authkey", "private_key", "signingKey", "session_private_key"),
    *("authorization", "Proxy-Authorization", "cookie", "Set-Cookie", "passwd", "passphrase", "pwd"),
    *("code_verifier", "assertion", "token", "my_secret", "credential", "user.password", "pin", "P-I-N"),
)
HARMLESS_NAMES = (
    *("key", "monkey", "session", "keyboard", "pins", "spin", "page_token", "pagetoken", "token_type"),
    *(
        "token_expires",
        "token_limit",
        "tokens_remaining",
        "token_count",
        "token_at",
        "token_url",
        "token_uri",
    ),
    *("token_cursor", "ratelimit_token", "tokenType", "public_key"),
)
ONLY_PARAMETERS = ("client_id", "code", "code_challenge", "nonce", "redirect_uri", "state", "username")


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_value_of_such_a_name_is_masked_in_json_and_forms(name: str) -> None:
    masked = redactor().json({name: "4711", "deep": [{name: "4711"}]})
    assert "4711" not in str(masked)
    assert "4711" not in str(redactor().request(form(**{name: "4711"})).body)


@pytest.mark.parametrize("name", HARMLESS_NAMES)
def test_a_value_of_such_a_name_stays(name: str) -> None:
    assert {name: "4711"} == redactor().json({name: "4711"})
    assert {name: "4711"} == redactor().request(form(**{name: "4711"})).body.pairs  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ONLY_PARAMETERS)
@pytest.mark.parametrize(
    "beside",
    ["grant_type", "client_id", "client_secret", "password", "code_verifier", "", "grant", "Password"],
)
def test_some_names_are_secret_in_forms_and_in_json_only_where_somebody_signs_in(
    name: str, beside: str
) -> None:
    assert "4711-4711" not in str(redactor().request(form(**{name: "4711-4711"})).body)
    shown = redactor().json({**({beside: "x"} if beside else {}), name: "4711-4711"})
    signs_in = beside not in ("", "grant", "Password") or name == "client_id"
    assert signs_in == ("4711-4711" not in str(shown))


def test_two_names_that_look_alike_without_their_secrets_both_stay() -> None:
    shown = redactor("hunter2", "hunter3", "hunter4").json({"hunter2": 1, "hunter3": 2, "hunter4": 3})
    assert {"<secret>": 1, "<secret>~2": 2, "<secret>~3": 3} == shown
    asked = Request(method="GET", url="https://crm.example/x", query={"hunter2": "1", "hunter3": ["2", "3"]})
    assert {"<secret>": "1", "<secret>~2": ["2", "3"]} == redactor("hunter2", "hunter3").request(asked).query


def test_a_placeholder_has_64_letters_of_a_name_at_most_and_only_those_of_names() -> None:
    long = "token" + "x" * 70
    assert {long: f"<{long[:64]}>"} == redactor().json({long: "4711"})
    assert {"my token!": "<my_token_>"} == redactor().json({"my token!": "4711"})


# -- by place --


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('<input name="city" value="Rome">', None),
        ('<input value="Rome">', None),
        ("<input NAME=csrf_token VALUE=a1 >", '<input NAME=csrf_token VALUE=<csrf_token> >'),
        ("<INPUT value='a1' name='state'>", "<INPUT value='<state>' name='state'>"),
        ('<input name="code" value="">', None),
        ('<p name="token" value="a1">', None),
        ('say "city": "Rome"', None),
        ('say "token" : "Ro\\"me", \'pin\':\'1\'', 'say "token" : "<token>", \'pin\':\'<pin>\''),
        ('say "code": "Rome"', None),
        ("say 'token\": \"Rome\"", None),
        ("token=Rome;city=Oslo", "token=<token>;city=Oslo"),
        ("city=Rome code=7", None),
        ("code=7 city=Rome", "code=<code> city=Rome"),
        ("?code=7#state=8;nonce=9", "?code=<code>#state=<state>;nonce=<nonce>"),
        ("my-token=7 my_pin=7", "my-token=<my-token> my_pin=7"),
        ("see /t/47/of/rae/x", "see /t/<token>/of/<who>/x"),
        ("see /t/47/of/rae", None),
        ("see /t/47/to/rae/x", None),
        ("//me:pw@crm.example", None),
        ("https://me@crm.example/@x", "https://<userinfo>@crm.example/@x"),
        ("https://crm.example/me@x", None),
        ("eyJabcde.abcde.", "<jwt>"),
        ("eyJabcd.abcde.", None),
        ("eyJabcde.abcd.", None),
        ("eyJabcde.abcde", None),
        ("xeyJabcde.abcde.x", None),
        ("bearer abcdefg1", "bearer <authorization>"),
        ("bearer abcdef1", None),
        ("bearer abcdefgh", None),
        ("Basic abcd=efg", "Basic <authorization>"),
        ("forbearer abcdefg1", None),
        ("bearer" + " " * 9 + "abcdefg1", "bearer" + " " * 9 + "<authorization>"),
        ("bearer" + " " * 10 + "abcdefg1", None),
        ("Digest abcdefg1", None),
        ("Nine8Q" * 5 + "A", None),
        ("Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv", "<opaque>"),
        ("cursor=Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv", "<opaque>"),
        ("~Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv", "<opaque>"),
        ("9F86D081884C7D659A2FEAA0C55AD015", "<opaque>"),
    ],
)  # fmt: skip
def test_what_stands_in_a_secret_place_is_masked_and_nothing_beside_it(text: str, masked: str | None) -> None:
    assert (text if masked is None else masked) == redactor().text(text)


def test_a_short_text_holds_no_key() -> None:
    assert ["Basic a1", "Basic abcdef1", "Basic <authorization>"] == [
        redactor().text(text) for text in ("Basic a1", "Basic abcdef1", "Basic abcdefg1")
    ]


# -- in headers --


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("x-acme-pass", "4711", "<x-acme-pass>"),
        ("x-acme-passport", "4711", "4711"),
        ("x-sso", "4711", "<x-sso>"),
        ("x-jwt", "4711", "<x-jwt>"),
        ("x-assorted", "4711", "4711"),
        ("x-keys", "4711", "4711"),
        ("x-ratelimit-key", "4711", "4711"),
        ("ratelimit-token", "4711", "4711"),
        ("x-separate-limit-key", "4711", "<x-separate-limit-key>"),
        ("location", "https://crm.example/?token=4711", "https://crm.example/?token=<token>"),
        ("set-cookie", "theme=dark", "<set-cookie>"),
        ("idempotency-key", "4711", "4711"),
        ("authorization", "Bearer 4711", "Bearer <authorization>"),
        ("proxy-authorization", "Digest 4711", "Digest <proxy-authorization>"),
        ("authorization", "Bearer", "<authorization>"),
    ],
)
def test_a_header_is_shown_unless_its_name_tells_of_a_secret(name: str, value: str, shown: str) -> None:
    answered = Response(status=200, headers={name: value})
    assert {name: shown} == redactor().response(answered).headers


@pytest.mark.parametrize(
    ("cookie", "known"),
    [
        ("theme=0123456789abcdef", True),
        ("theme=0123456789abcde", False),
        ("my_token=abcd", True),
        ("my_token=abc", False),
        ("path=/0123456789abcdef", False),
        ("Domain=0123456789abcdef", False),
        ("a=b; theme=0123456789abcdef", True),
        ("a=b, theme=0123456789abcdef", True),
    ],
)
def test_of_a_cookie_what_is_long_or_named_a_secret_is_known_from_then_on(cookie: str, known: bool) -> None:
    redacts = redactor()
    asked = Request(method="GET", url="https://crm.example/x", headers={"cookie": cookie}, signed=frozenset())
    redacts.learn(asked)
    held = cookie.rpartition("=")[2]
    assert known == (held not in redacts.text(f"it was {held}!"))


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"authorization": f"Basic {base64.b64encode(b'me:hunter2-0123').decode()}"}, "hunter2-0123"),
        ({"x-acme-pass": base64.b64encode(b"me:hunter2-0123").decode()}, "hunter2-0123"),
        ({"x-acme-pass": "hunter2-0123"}, "hunter2-0123"),
        ({"authorization": "hunter2-0123"}, "hunter2-0123"),
        ({"authorization": "Bearer hunter2-0123"}, "hunter2-0123"),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_header_of_credentials_holds_is_known_from_then_on(headers: dict[str, str], told: str) -> None:
    redacts = redactor()
    redacts.learn(Request(method="GET", url="https://crm.example/x", headers=headers, signed=frozenset()))
    assert told not in redacts.text(f"no {told} here")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"kind": "text", "value": "see https://me:hunter2-0123@crm.example/"}, "hunter2-0123"),
        ({"kind": "json", "value": ["https://crm.example/?pin=4711&x=1"]}, "4711"),
        ({"kind": "json", "value": {"a": "x https://crm.example/?x=1&token=ab%20cd"}}, "ab cd"),
        ({"kind": "json", "value": "https://crm.example/t/4711%2F1/of/rae-q/"}, "4711/1"),
        ({"kind": "form", "value": {"token": ["abcd", "efgh"]}}, "efgh"),
        ({"kind": "json", "value": {"token": {"deep": [["abcd"]]}}}, "abcd"),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_body_names_is_known_from_then_on(body: dict[str, object], told: str) -> None:
    redacts = redactor()
    asked = Request(
        method="POST", url="https://crm.example/x", body=Body.model_validate(body), signed=frozenset()
    )
    assert f"no {told} here" == redacts.text(f"no {told} here")
    redacts.learn(asked)
    assert told not in redacts.text(f"no {told} here")


def test_bytes_name_nothing() -> None:
    redacts = redactor()
    raw = base64.b64encode(b'{"token": "abcd-1234"}').decode()
    redacts.learn(form(), Response(status=200, body=Body(kind="base64", value=raw)))
    assert "abcd-1234" == redacts.text("abcd-1234")
