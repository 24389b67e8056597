"""A request as commands and scripts write it: where its secrets are, and which they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from pydantic import JsonValue

from appconnect.errors import InputError
from appconnect.http.bodies import Body, BodyKind, flat_pairs, write_body
from appconnect.http.exchange import Request
from appconnect.http.exports.origin import PLACEHOLDER, Origin, Piece, Signature, Variable
from appconnect.text.characters import unwritable

SET = "secret"
"""The placeholder of what a person has set, wherever it turns up."""
IN_ADDRESSES = "%/:?@!$&'()*+,;=~-._"
"""What stays as it is in an address that is written already."""


@dataclass(frozen=True)
class Header:
    """A header: a text with secrets in it, or a signature."""

    name: str
    value: tuple[Piece, ...] = ()
    signature: Signature | None = None


@dataclass
class Message:
    """A request in pieces; ``sandbox`` is the address of a port where the CRM is played in its place.

    ``variables`` are the secrets that it needs, in order.
    """

    request: Request
    origin: Origin
    sandbox: str
    variables: list[Variable] = field(default_factory=list)

    def __post_init__(self) -> None:
        if found := unwritable(self.sandbox):
            raise InputError(f"The sandbox's address has a character in it that cannot be written ({found}).")
        self.url = self._noted(self._url())
        self.query = [(name, self._noted(self._parameter(name, value))) for name, value in self._pairs()]
        self.headers = [self._header(name, value) for name, value in self.request.headers.items()]
        body = self.request.body
        is_form = body is not None and body.kind is BodyKind.FORM
        pairs = flat_pairs(body.pairs) if body is not None and is_form else ()
        self.form = [(name, self._noted(self._parameter(name, value))) for name, value in pairs]
        self.json = self._json(body)
        self.content = b"" if is_form or self.json is not None else self._written(body)

    # -- parts --

    def _url(self) -> list[Piece]:
        parts = urlsplit(self.request.url)
        beginning = f"{self.sandbox.rstrip('/')}/{self.origin.crm}" if self.sandbox else ""
        text = beginning + parts.path if self.sandbox else self.request.url
        pieces = self.origin.pieces(text)
        return [quote(each, safe=IN_ADDRESSES) if isinstance(each, str) else each for each in pieces]

    def _pairs(self) -> Iterator[tuple[str, str]]:
        yield from flat_pairs(self.request.query)

    def _parameter(self, name: str, value: str) -> list[Piece]:
        """Return a value: secret as a whole, or a text in which ``<b>`` may be anything."""
        whole = PLACEHOLDER.fullmatch(value)
        return [self.origin.variable(whole[1])] if whole and _means(whole[1], name) else [value]

    def _header(self, name: str, value: str) -> Header:
        signature = self.origin.signature(name, value)
        if signature is None:
            return Header(name, tuple(self._noted(self.origin.pieces(value))))
        self._noted(list(signature.parts))
        return Header(name, signature=signature)

    def _json(self, body: Body | None) -> JsonBody | None:
        if body is None or body.kind is not BodyKind.JSON:
            return None
        return JsonBody(body.value, list(self._secrets_in((), body.value)))

    def _secrets_in(self, names: tuple[str, ...], value: JsonValue) -> Iterator[tuple[str, Variable]]:
        """Iterate over the secrets in JSON: values that are the placeholder of a key above them."""
        if isinstance(value, dict):
            for key, each in value.items():
                yield from self._secrets_in((*names, key), each)
        elif isinstance(value, list):
            for each in value:
                yield from self._secrets_in(names, each)
        elif (
            isinstance(value, str)
            and (whole := PLACEHOLDER.fullmatch(value))
            and any(_means(whole[1], name) for name in names)
        ):
            yield value, self._note(self.origin.variable(whole[1]))

    def _written(self, body: Body | None) -> bytes:
        return write_body(body, self.request.headers.get("content-type", ""))

    def _noted(self, pieces: list[Piece]) -> list[Piece]:
        for each in pieces:
            if isinstance(each, Variable):
                self._note(each)
        return pieces

    def _note(self, variable: Variable) -> Variable:
        if variable not in self.variables:
            self.variables.append(variable)
        return variable


@dataclass(frozen=True)
class JsonBody:
    """JSON, and the placeholders in it that are secrets."""

    value: JsonValue
    secrets: list[tuple[str, Variable]]

    @property
    def has_half_characters(self) -> bool:
        """Whether a half of a character is in it, which no encoding can write."""
        return escaped(text := json.dumps(self.value, ensure_ascii=False)) != text

    def pieces(self) -> list[Piece]:
        """Return it as text."""
        text = escaped(json.dumps(self.value, ensure_ascii=False))
        pieces: list[Piece] = [text]
        for placeholder, variable in dict(self.secrets).items():
            pieces = [part for each in pieces for part in _split(each, json.dumps(placeholder), variable)]
        return pieces


def escaped(text: str) -> str:
    """Return JSON in which halves of characters are written as escapes, so that it can be encoded."""
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text)


def _split(piece: Piece, quoted: str, variable: Variable) -> Iterator[Piece]:
    """Divide a text where a placeholder stands in quotes, which stay."""
    if isinstance(piece, Variable):
        yield piece
        return
    first, *others = piece.split(quoted)
    yield first
    for each in others:
        yield '"'
        yield variable
        yield '"' + each


def _means(placeholder: str, name: str) -> bool:
    """Return whether a placeholder stands for the value of this name, and is no text in angle brackets."""
    return placeholder in (SET, re.sub("[^0-9A-Za-z_-]", "_", name)[:64])
