"""The secrets that were seen so far, and where an exchange shows them by name."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import cast
from urllib.parse import quote, quote_plus, unquote

from pydantic import JsonValue, SecretStr

from appconnect.replay.body import Kind, Pairs, flat_pairs, strict_json
from appconnect.replay.cassette import RecordedRequest, RecordedResponse
from appconnect.replay.detectors import PARAMETERS, is_oauth, is_placeholder, placeholder, secret_name

_HEADERS = frozenset(
    [
        *("authorization", "bhresttoken", "userkey"),
        *("xapitoken", "xapikey", "apikey"),
        *("cookie", "setcookie"),
    ]
)
_COOKIE_ATTRIBUTES = frozenset(["expires", "path", "domain"])
_NOT_LEARNED = frozenset(["client_id", "code_challenge", "nonce"])
"""Masked where they stand, but too ordinary to be masked elsewhere."""


class Secrets:
    """Secret values seen so far; ``mask`` takes them out of any text, however they are encoded there.

    Values of eight characters and more are found inside other words too; shorter ones and user names only
    as words of their own (user names not in front of an @), and values of less than four characters not at
    all, unless they were ``given``.
    """

    def __init__(self, given: Iterable[str | SecretStr] = ()) -> None:
        plain = (each.get_secret_value() if isinstance(each, SecretStr) else each for each in given)
        self._given = frozenset(value for value in plain if value)
        self._names = dict.fromkeys(self._given, "secret")
        self._pattern: re.Pattern[str] | None = None
        self._marks: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"<Secrets: {len(self._names)} known>"

    def learn(self, *messages: RecordedRequest | RecordedResponse) -> None:
        """Remember every secret that these messages show by its name; the first name stays."""
        for message in messages:
            for name, value in _named_secrets(message):
                if _worth_learning(name, value) and value not in self._names:
                    self._names[value] = name
                    self._pattern = None

    def mask(self, text: str) -> str:
        """The text with a placeholder for every secret in it."""
        if not self._names:
            return text
        if self._pattern is None:
            self._pattern = self._compiled()
        return self._pattern.sub(lambda found: self._marks.get(found[0], found[0]), text)

    def _compiled(self) -> re.Pattern[str]:
        """One pattern for all: placeholders (which stay), then the secrets, the longest first."""
        written = {each: (value, name) for value, name in self._names.items() for each in _encodings(value)}
        self._marks = {each: placeholder(name) for each, (_, name) in written.items()}
        choices = [re.escape(mark) for mark in sorted(set(self._marks.values()) - set(written))]
        choices += [
            self._choice(each, *written[each]) for each in sorted(written, key=lambda one: (-len(one), one))
        ]
        return re.compile("|".join(choices))

    def _choice(self, written: str, value: str, name: str) -> str:
        if value in self._given or (len(value) >= 8 and name != "username"):
            return re.escape(written)
        ahead = "0-9A-Za-z@" if name == "username" else "0-9A-Za-z"  # rae@acme.example is an address
        return rf"(?<![0-9A-Za-z]){re.escape(written)}(?![{ahead}])"


def _worth_learning(name: str, value: str) -> bool:
    plain = name.lower().replace("_", "")
    shortest = 8 if plain in PARAMETERS - {"username"} or name == "authorization" else 4
    return len(value) >= shortest and name.lower() not in _NOT_LEARNED and not is_placeholder(value)


def _encodings(value: str) -> set[str]:
    """The ways in which a value can stand in a URL, a form, HTML, JSON or as UTF-8 read as Latin-1."""
    raw = value.encode("utf-8", "surrogatepass")
    quoted = {quote(raw, safe=""), quote(raw), quote_plus(raw)}
    lower = {re.sub("%..", lambda code: code[0].lower(), each) for each in quoted}
    escaped = {html.escape(value), html.escape(value, quote=False), raw.decode("latin-1")}
    in_json = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    return {value} | quoted | lower | escaped | in_json


# -- where secrets are learned --


def _named_secrets(message: RecordedRequest | RecordedResponse) -> Iterator[tuple[str, str]]:
    for name, value in message.headers.items():
        yield from _header_secrets(name, value)
    if isinstance(message, RecordedRequest):
        yield from _pair_secrets(message.query)
        yield from _url_secrets(message.url)
    if (body := message.body) is None:
        return
    if body.kind is Kind.FORM:
        yield from _pair_secrets(cast(Pairs, body.value))
    elif body.kind is Kind.JSON:
        yield from _json_secrets(body.value)
    elif body.kind is Kind.TEXT:
        yield from _text_secrets(str(body.value))


def _header_secrets(name: str, value: str) -> Iterator[tuple[str, str]]:
    if name == "location":
        yield from _url_secrets(value)
    if re.sub("[^a-z]", "", name) not in _HEADERS:
        return
    if name in ("cookie", "set-cookie"):
        yield from _cookie_secrets(value)
        return
    scheme, bare, credentials = value.partition(" ")
    credentials = credentials.strip() if bare else scheme
    yield (name, credentials)
    if scheme.lower() != "bearer":
        yield from ((name, part) for part in _decoded(credentials).split(":"))


def _cookie_secrets(value: str) -> Iterator[tuple[str, str]]:
    """What a cookie holds, when its name or length says that it is a key and not a preference."""
    for crumb in re.split("[;,]", value):
        name, _, content = (part.strip() for part in crumb.partition("="))
        if secret_name(name) or (len(content) >= 16 and name.lower() not in _COOKIE_ATTRIBUTES):
            yield (name, content)


def _decoded(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _url_secrets(url: str) -> Iterator[tuple[str, str]]:
    if user := re.search(r"://([^/\s@\"'<>?#]+)@", url):
        yield from (("userinfo", unquote(part)) for part in user[1].split(":"))
    if corporation := re.search(r"/rest-services/(?!login\b|loginInfo\b)([^/?#\s\"'<>]+)/", url):
        yield ("corp_token", unquote(corporation[1]))
    for found in re.finditer(r"(?<=[?&#])([\w-]{1,64})=([^&#\s\"'<>]+)", url):
        if secret_name(found[1], parameter=True):
            yield (found[1], unquote(found[2]))


def _pair_secrets(named: Pairs) -> Iterator[tuple[str, str]]:
    for name, value in flat_pairs(named):
        if secret_name(name, parameter=True):
            yield (name, value)


def _text_secrets(text: str) -> Iterator[tuple[str, str]]:
    try:
        yield from _json_secrets(strict_json(text))
    except (ValueError, RecursionError):
        yield from _url_secrets(text)


def _json_secrets(value: JsonValue, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        parameter = is_oauth(value)
        for key, each in value.items():
            yield from _json_secrets(
                each, key if not name and secret_name(key, parameter=parameter) else name
            )
    elif isinstance(value, list):
        for each in value:
            yield from _json_secrets(each, name)
    elif isinstance(value, str):
        yield from [(name, value)] if name else _url_secrets(value)
