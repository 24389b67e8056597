"""Where requests and answers show secrets by name, so that they can be masked wherever they turn up again."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote

from pydantic import JsonValue

from appconnect.http.bodies import Body, BodyKind, Pairs, flat_pairs
from appconnect.http.exchange import Request, Response
from appconnect.redaction.detectors import HARMLESS_HEADERS, Detectors, is_oauth
from appconnect.redaction.shapes import is_plain_id, looks_like_key

Named = Iterator[tuple[str, str]]
"""Names and values of secrets."""

_ID = re.compile("(^|[^a-z])(id|guid|uuid)$|I[dD]$")
_COOKIE_ATTRIBUTES = frozenset(["expires", "path", "domain"])


class NamedSecrets:
    """Finds the secrets that messages of one platform show by name."""

    def __init__(self, detectors: Detectors) -> None:
        self._detectors = detectors

    def in_request(self, request: Request) -> Named:
        """Iterate over the secrets of a request."""
        signed = request.signed
        for name, value in request.headers.items():
            yield from self._in_header(name, value, by_sign_in=signed is None or name in signed)
        yield from self._in_pairs(request.query, signed or frozenset())
        yield from self._in_text(request.url)
        yield from self._in_body(request.body)

    def in_response(self, response: Response, request: Request) -> Named:
        """Iterate over the secrets of an answer; one to the sign-in may give a key under any name."""
        for name, value in response.headers.items():
            yield from self._in_header(name, value, by_sign_in=False)
        yield from self._in_body(response.body)
        if request.signed is None and response.body is not None:
            yield from _keys(response.body.data)

    def _in_header(self, name: str, value: str, *, by_sign_in: bool) -> Named:
        if name == "location":
            yield from self._in_text(value)
        elif name in ("cookie", "set-cookie"):
            yield from self._in_cookie(value)
        elif name not in HARMLESS_HEADERS:
            has_scheme = name == "authorization" or self._detectors.scheme(value)
            credentials = (value.partition(" ")[2] if has_scheme else value).strip() or value
            secret = by_sign_in or self._detectors.is_secret_header(name)
            if self._detectors.is_key_header(name) or (secret and looks_like_key(credentials)):
                yield (name, credentials)
                if not value.lower().startswith("bearer "):
                    yield from ((name, part) for part in decoded(credentials).split(":"))

    def _in_cookie(self, value: str) -> Named:
        """What a cookie holds, when its name or length says that it is a key and not a preference."""
        for crumb in re.split("[;,]", value):
            name, _, content = (part.strip() for part in crumb.partition("="))
            is_long = len(content) >= 16 and name.lower() not in _COOKIE_ATTRIBUTES
            if is_long or self._detectors.is_secret_name(name):
                yield (name, content)

    def _in_text(self, text: str) -> Named:
        """The secrets of a text, in addresses and by name."""
        if "://" in text and (user := re.search(r"://([^/\s@\"'<>?#]+)@", text)):
            yield from (("userinfo", unquote(part)) for part in user[1].split(":"))
        yield from self._detectors.path_secrets(text)
        for found in self._detectors.names_in_text.find(text):
            if found.anywhere:
                yield (found.name, unquote(text[found.start : found.end]))

    def _in_pairs(self, pairs: Pairs, signed: frozenset[str] = frozenset()) -> Named:
        for name, value in flat_pairs(pairs):
            by_sign_in = name.lower() in signed and looks_like_key(value)
            if by_sign_in or self._detectors.is_secret_anywhere(name, value, True):
                yield (name, value)

    def _in_body(self, body: Body | None) -> Named:
        if body is None:
            return
        if body.kind is BodyKind.FORM:
            yield from self._in_pairs(body.pairs)
        elif body.kind is not BodyKind.BASE64:
            yield from self._in_json(body.data)

    def _in_json(self, value: JsonValue, name: str = "") -> Named:
        if isinstance(value, dict):
            parameter = is_oauth(value)
            for key, each in value.items():
                is_secret = not name and self._detectors.is_secret_anywhere(key, each, parameter)
                yield from self._in_json(each, key if is_secret else name)
        elif isinstance(value, list):
            for each in value:
                yield from self._in_json(each, name)
        elif isinstance(value, str):
            yield from [(name, value)] if name else self._in_text(value)


def _keys(value: JsonValue, name: str = "") -> Named:
    """Iterate over what looks like a key in JSON; ids may look so too, but for those of sessions."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _keys(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _keys(each, name)
    elif isinstance(value, str) and looks_like_key(value):
        is_of_session = "session" in name.lower() and not is_plain_id(value)
        if is_of_session or not _ID.search(name):
            yield (name, value)


def decoded(credentials: str) -> str:
    """Return the text that is coded in base64, "" when it is none."""
    try:
        return base64.b64decode(credentials, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
