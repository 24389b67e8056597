"""A secret is found however it is escaped: by percent signs, in HTML, by backslashes, partly, and several times."""

from __future__ import annotations

import base64
import html
import json
import string
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appconnect.http.bodies import Body, read_body
from appconnect.http.exchange import Request, Response
from appconnect.redaction import ConnectionSecrets, Redactor

PASSWORD = "Tr0ub'dor/&3 +ü!\"\\"
SIGNS = string.punctuation + " é😀"
typed = st.text(st.sampled_from(string.ascii_letters + string.digits + SIGNS), min_size=4, max_size=24)


def redactor(*secrets: str) -> Redactor:
    return Redactor(secrets=ConnectionSecrets(secrets))


def in_an_address(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def in_html(character: str) -> str:
    return html.escape(character) if character in "&<>\"'" else f"&#{ord(character)};"


def in_json(character: str) -> str:
    return json.dumps(character)[1:-1] if character in '"\\é😀' else f"\\u{ord(character):04x}"


def in_code(character: str) -> str:
    return f"\\{character}" if character in string.punctuation else character


ESCAPES: dict[Callable[[str], str], str] = {in_an_address: "%", in_html: "&", in_json: "\\", in_code: "\\"}
"""The ways to escape a character, and what of a text has to be."""


@st.composite
def escaped(draw: st.DrawFn, text: str) -> str:
    """Escape any part of a text, up to three times."""
    for escape in draw(st.lists(st.sampled_from(list(ESCAPES)), min_size=1, max_size=3)):
        left = draw(st.sets(st.sampled_from(text))) - {ESCAPES[escape]}
        text = "".join(each if each in left else escape(each) for each in text)
    return text


@settings(max_examples=300)
@given(typed, st.data())
def test_what_was_typed_is_masked_however_it_is_escaped(secret: str, data: st.DataObject) -> None:
    told = data.draw(escaped(secret))
    assert "wrong: <secret>, sorry" == redactor(secret).text(f"wrong: {told}, sorry")


LIBRARIES: dict[str, Callable[[str], str]] = {
    "encodeURIComponent": lambda text: quote(text, safe="!'()*~"),
    "encodeURI": lambda text: quote(text, safe="!'()*~;/?:@&=+$,#"),
    "quote": lambda text: quote(text, safe=""),
    "quote_plus": quote_plus,
    "quote, small": lambda text: quote(text, safe="").replace("%C3%BC", "%c3%bc"),
    "Python's HTML": html.escape,
    "ASP.NET's HTML": lambda text: html.escape(text).replace("&#x27;", "&#39;").replace("+", "&#43;"),
    "OWASP's HTML": lambda text: html.escape(text).replace("/", "&#x2F;").replace("ü", "&uuml;"),
    "PHP's JSON": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "Go's JSON": lambda text: json.dumps(text)[1:-1].replace("&", "\\u0026"),
    "Python's bytes": lambda text: repr(text.encode())[2:-1],
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("label", ["text/html", "text/plain", "application/json", "image/png"])
def test_a_typed_password_is_in_no_body_and_no_address_that_echoes_it(library: str, label: str) -> None:
    told = LIBRARIES[library](PASSWORD)
    content = json.dumps({"message": told}) if "json" in label else f"<b>Wrong: {told}</b>"
    raw = content.encode() if label != "image/png" else b"\xff" + content.encode()
    answer = Response(
        status=302,
        headers={"location": f"https://crm.example/login/{quote(told)}?e={told}"},
        body=read_body(raw, label),
    )
    redacts = redactor(PASSWORD)
    shown = redacts.response(answer)
    assert shown.headers["location"] == "https://crm.example/login/<secret>?e=<secret>"
    masked = content.replace(json.dumps(told)[1:-1] if "json" in label else told, "<secret>")
    expected = read_body(raw.replace(content.encode(), masked.encode()), label)
    assert expected == shown.body


def test_what_is_escaped_and_no_secret_stays() -> None:
    for text in ("100 %41", "a &amp; b &quot;c&quot;", r"C:\\temp\new", "%3Csecret%3E", "&lt;secret&gt;"):
        assert text == redactor(PASSWORD).text(text)


@pytest.mark.parametrize("escape", ESCAPES)
def test_a_longer_secret_is_masked_whole_where_a_shorter_one_begins_it(escape: Callable[[str], str]) -> None:
    redacts = redactor("wren-quill", "wren-quill/2")
    assert "a <secret>!" == redacts.text(f"a wren-quill{escape('/')}2!")


@given(typed.filter(lambda text: len(text) >= 8), st.data())
def test_a_secret_in_base64_is_masked_however_that_is_escaped(secret: str, data: st.DataObject) -> None:
    told = data.draw(escaped(base64.b64encode(f"me:{secret}".encode()).decode()))
    assert "sent <secret>!" == redactor(secret).text(f"sent {told}!")


def test_a_short_secret_is_masked_as_a_word_of_its_own_where_escapes_are_around_it() -> None:
    redacts = redactor()
    asked = Request(
        method="POST", url="https://crm.example", body=Body(kind="form", value={"password": "abcd"})
    )
    redacts.learn(asked)
    assert "%2F<password>%2F %2Fabcde" == redacts.text("%2Fabcd%2F %2Fabcde")
