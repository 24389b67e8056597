"""Takes secrets out of requests and answers: for the trace, for recordings, and to look a request up in one.

All use the same rules, so a request with a real token finds its redacted recording. A secret becomes a
placeholder that says what was there: ``<access_token>``, ``<code>``. Secrets are recognised

- by name: of a header, query parameter, form field or JSON key (:mod:`~appconnect.redaction.detectors`),
- by place: in a path that the platform states, or added to the request by its credentials,
- by shape: bearer tokens, JWTs, user information in addresses, long random strings,
- by value: what the connection holds, and what was named once
  (:mod:`~appconnect.redaction.secret_values`, :mod:`~appconnect.redaction.named_secrets`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Container, Iterable
from contextlib import suppress
from typing import cast
from urllib.parse import unquote

from pydantic import JsonValue

from appconnect.http.bodies import Body, BodyKind, Pairs
from appconnect.http.exchange import Request, Response, Snapshot
from appconnect.redaction.detectors import HARMLESS_HEADERS, detectors, is_oauth, placeholder
from appconnect.redaction.hints import SecretHints
from appconnect.redaction.masked_texts import MaskedTexts
from appconnect.redaction.named_secrets import NamedSecrets, decoded
from appconnect.redaction.rules import RedactionRules
from appconnect.redaction.secret_values import ConnectionSecrets, SecretValues
from appconnect.redaction.shapes import looks_like_key

_AUTHORIZATIONS = ("authorization", "proxy-authorization")
_STORED_OF_REQUEST = frozenset({"content-type", "accept", "authorization"})
_STORED_OF_RESPONSE = frozenset({"content-type", "link", "location", "retry-after", "x-total-count"})
_TOO_DEEP = Body(kind=BodyKind.TEXT, value="<nested_too_deep_to_be_shown>")


class Redactor:
    """Takes the secrets of one connection out of its traffic, by the rules of its platform.

    ``secrets`` are those that the connection holds. What is learned belongs to this redactor alone.
    """

    def __init__(self, rules: RedactionRules | None = None, secrets: ConnectionSecrets | None = None) -> None:
        self.rules = RedactionRules() if rules is None else rules
        self._detectors = detectors(self.rules)
        self._named = NamedSecrets(self._detectors)
        self._hints = SecretHints(self._detectors)
        self._secrets = SecretValues(secrets)
        self._text = MaskedTexts(self._masked_text, lambda: self._secrets.version)
        self._name = MaskedTexts(self._secrets.mask, lambda: self._secrets.version)

    @property
    def version(self) -> int:
        """A number that changes whenever another secret becomes known."""
        return self._secrets.version

    def may_name(self, passed: Snapshot) -> bool:
        """Return False if these certainly show no secret by name that was not shown before."""
        return self._hints.may_name(passed)

    def learn(self, request: Request, response: Response | None = None) -> None:
        """Remember every secret that these show by name; it is masked everywhere from then on."""
        found = [self._named.in_request(request)]
        if response is not None:
            found.append(self._named.in_response(response, request))
        for secrets in found:
            with suppress(RecursionError):  # a body that is nested too deep is not shown either
                if self._secrets.learn(secrets):
                    self._hints.forget()

    # -- as it may be shown, with all headers --

    def request(self, request: Request) -> Request:
        """Return the request as it may be shown."""
        return self._request(request, request.headers)

    def response(self, response: Response) -> Response:
        """Return the answer as it may be shown."""
        return self._response(response, response.headers)

    # -- as it is stored, with the headers that matter --

    def stored_request(self, request: Request) -> Request:
        """Return the request as it is stored, and looked up."""
        kept = _STORED_OF_REQUEST.union(name.lower() for name in self.rules.kept_headers)
        redacted = self._request(request, kept)
        return redacted.model_copy(update={"headers": dict(sorted(redacted.headers.items())), "signed": None})

    def stored_response(self, response: Response) -> Response:
        """Return the answer as it is stored."""
        kept = _STORED_OF_RESPONSE.union(name.lower() for name in self.rules.kept_headers)
        kept |= {name for name in response.headers if self._detectors.is_limit(name)}
        redacted = self._response(response, kept)
        return redacted.model_copy(update={"headers": dict(sorted(redacted.headers.items()))})

    # -- parts of a message --

    def text(self, text: str) -> str:
        """Return the text without secrets that were seen, or that show by their shape or place."""
        return self._text(text)

    def _masked_text(self, text: str) -> str:
        text = self._detectors.mask_authorization(self._secrets.mask_plain(text))
        return self._detectors.mask_shapes(self._secrets.mask_coded(text))

    def json(self, value: JsonValue) -> JsonValue:
        """Return the same JSON without secrets, keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.json(each) for each in value]
        return self._object(value) if isinstance(value, dict) else value

    def _request(self, request: Request, kept: Container[str]) -> Request:
        signed = request.signed or frozenset()
        return Request(
            method=request.method,
            url="/".join(self._segment(each) for each in self.text(request.url).split("/")),
            query=self._pairs(request.query, signed),
            headers={
                name: self._header(
                    name, value, secret=request.signed is None or name in signed or looks_like_key(value)
                )
                for name, value in request.headers.items()
                if name in kept
            },
            body=self._body(request.body),
            signed=request.signed,
        )

    def _response(self, response: Response, kept: Container[str]) -> Response:
        headers = {
            name: self._header(name, value, secret=False)
            for name, value in response.headers.items()
            if name in kept
        }
        return Response(status=response.status, headers=headers, body=self._body(response.body))

    def _header(self, name: str, value: str, *, secret: bool) -> str:
        if self._detectors.is_limit(name):
            return value
        if name in _AUTHORIZATIONS:
            return f"{self._detectors.scheme(value)} {placeholder(name)}".lstrip()
        if name not in HARMLESS_HEADERS and (
            secret or self._detectors.is_secret_header(name) or self._hides_secret(value)
        ):
            return placeholder(name)
        return self.text(value)

    def _hides_secret(self, value: str) -> bool:
        """Return whether a header's value is a known secret in base64."""
        plain = decoded(value.rpartition(" ")[2])
        return self._secrets.mask(plain) != plain

    def _segment(self, segment: str) -> str:
        """Redact one step of a path; a secret may be hidden in it by percent signs."""
        plain = unquote(segment)
        masked = self.text(plain)
        return masked if masked != plain else segment

    def _pairs(self, pairs: Pairs, signed: frozenset[str] = frozenset()) -> Pairs:
        masked: Pairs = {}
        for name, value in pairs.items():
            key = _free(self._name(name), masked)
            is_signed = name.lower() in signed
            if isinstance(value, str):
                masked[key] = self._parameter(name, value, is_signed=is_signed)
            else:
                masked[key] = [self._parameter(name, each, is_signed=is_signed) for each in value]
        return masked

    def _parameter(self, name: str, value: str, *, is_signed: bool) -> str:
        if is_signed or self._detectors.is_secret(name, value, True):
            return value and placeholder(self._secrets.mask(name))
        return self._secrets.mask(value) if _is_cursor(name) else self.text(value)

    def _body(self, body: Body | None) -> Body | None:
        try:
            return body and Body(kind=body.kind, value=self._value(body))
        except RecursionError:
            return _TOO_DEEP

    def _value(self, body: Body) -> JsonValue:
        if body.kind is BodyKind.JSON:
            return self.json(body.value)
        if body.kind is BodyKind.FORM:
            return cast(JsonValue, self._pairs(body.pairs))
        if body.kind is BodyKind.TEXT:
            return self.text(self._json_text(body))
        raw = base64.b64decode(str(body.value)).decode("latin-1")
        return base64.b64encode(self.text(raw).encode("latin-1")).decode()

    def _json_text(self, body: Body) -> str:
        """Return a text, written anew if it is JSON with secrets by name."""
        text = str(body.value)
        if text.lstrip()[:1] not in ("{", "["):
            return text
        data = body.data
        masked = self.json(data)
        return text if isinstance(data, str) or masked == data else json.dumps(masked, ensure_ascii=False)

    def _object(self, value: dict[str, JsonValue]) -> JsonValue:
        parameter = is_oauth(value)
        masked: dict[str, JsonValue] = {}
        for name, each in value.items():
            key = _free(self._name(name), masked)
            if self._detectors.is_secret(name, each, parameter):
                masked[key] = self._hidden(each, placeholder(key))
            elif _is_cursor(name) and isinstance(each, str):
                masked[key] = self._secrets.mask(each)
            else:
                masked[key] = self.json(each)
        return masked

    def _hidden(self, value: JsonValue, mark: str) -> JsonValue:
        """Hide everything below a secret's name; what is empty may stay."""
        if isinstance(value, dict):
            return {self._name(name): self._hidden(each, mark) for name, each in value.items()}
        if isinstance(value, list):
            return [self._hidden(each, mark) for each in value]
        return value if value in ("", None) or isinstance(value, bool) else mark


def _is_cursor(name: str) -> bool:
    return name.lower() in ("cursor", "next_cursor", "nextcursor")


def _free(name: str, taken: Iterable[str]) -> str:
    """Return the name, or with a number when masking made two keys alike."""
    if name not in taken:
        return name
    count, free = 1, name
    while free in taken:
        count += 1
        free = f"{name}~{count}"
    return free
