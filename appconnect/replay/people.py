"""People in recordings of live accounts: replaced when recorded, and still found when replayed.

A replay does not have the key that the pseudonyms were made with, nor need it. A request answers to a
recorded one when both are the same but for pseudonyms; and whom the request named instead ("Nia", or a number
typed into the notebook) is named in the answers too, so that a search finds whom it looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from pydantic import JsonValue

from appconnect.http.bodies import Body
from appconnect.http.exchange import Request, Response
from appconnect.redaction.numbers import digits_of, with_digits
from appconnect.redaction.people import Pseudonymizer
from appconnect.redaction.pseudonyms import is_pseudonym
from appconnect.redaction.rules import RedactionRules
from appconnect.replay.cassette import Cassette
from appconnect.replay.exchanges import RecordedExchange

Pairs = Iterator[tuple[str, str]]
"""Pseudonyms of a recording, each with what a request has in its place."""


class Different(Exception):
    """Two requests differ in more than whom they name."""


def without_people(exchanges: list[RecordedExchange], pseudonymizer: Pseudonymizer) -> list[RecordedExchange]:
    """Return the exchanges with pseudonyms for people, known from any of them."""
    for each in exchanges:
        pseudonymizer.learn(each.request, each.response)
    return [
        RecordedExchange(
            request=pseudonymizer.request(each.request),
            response=pseudonymizer.response(each.response, each.request.url),
        )
        for each in exchanges
    ]


class PeopleInReplay:
    """The people of one recording while it is replayed."""

    def __init__(self, cassette: Cassette, rules: RedactionRules | None, key: bytes) -> None:
        self._exchanges = cassette.exchanges
        self._pseudonymizer = Pseudonymizer(rules, key)
        self._named: dict[str, str] = {}
        for each in cassette.exchanges:
            self._pseudonymizer.learn(each.request, each.response)

    def hidden(self, request: Request) -> Request:
        """Return the request with pseudonyms of this replay for whoever is no pseudonym yet."""
        self._pseudonymizer.replaced.clear()  # what this request names, and not an earlier one
        return self._pseudonymizer.request(request)

    def alike(self, asked: Request) -> list[int]:
        """Return the numbers of the recorded requests that differ in nothing but whom they name."""
        return [
            number
            for number, each in enumerate(self._exchanges)
            if self._pairs(each.request, asked) is not None
        ]

    def answer(self, recorded: RecordedExchange, asked: Request, as_sent: Request) -> Response:
        """Return the recorded answer, in which whom the requests have named goes by their latest name.

        What the CRM only repeated of the recorded request is what stands there in this one: ``asked`` is the
        request as it is ``hidden``, ``as_sent`` the same before that.
        """
        for pseudonym, instead in self._pairs(recorded.request, asked) or ():
            self._named[_key(pseudonym)] = self._pseudonymizer.replaced.get(instead, instead)
        response = recorded.response
        if not self._named or response.body is None:
            return response
        repeated = dict(_same_places(_plain(recorded.request.body), _plain(as_sent.body)))
        body = Body(kind=response.body.kind, value=self._with_names(response.body.value, repeated))
        return response.model_copy(update={"body": body})

    # -- requests --

    def _pairs(self, recorded: Request, asked: Request) -> list[tuple[str, str]] | None:
        if recorded.method != asked.method:
            return None
        try:
            return [
                *self._in_values(_steps(recorded.url), _steps(asked.url)),
                *self._in_values(recorded.query, asked.query),
                *self._in_values(_plain(recorded.body), _plain(asked.body)),
            ]
        except Different:
            return None

    def _in_values(self, recorded: object, asked: object) -> Pairs:
        if isinstance(recorded, dict) and isinstance(asked, dict):
            if recorded.keys() != asked.keys():
                raise Different
            for name, each in recorded.items():
                yield from self._in_values(each, asked[name])
        elif isinstance(recorded, list) and isinstance(asked, list):
            if len(recorded) != len(asked):
                raise Different
            for one, other in zip(recorded, asked, strict=True):
                yield from self._in_values(one, other)
        elif isinstance(recorded, str) and isinstance(asked, str):
            yield from self._in_texts(recorded, asked)
        elif type(recorded) is type(asked) is int and is_pseudonym("number", str(recorded)):
            yield str(recorded), str(asked)
        elif isinstance(recorded, bool) != isinstance(asked, bool) or recorded != asked:
            raise Different

    def _in_texts(self, recorded: str, asked: str) -> Pairs:
        parts = [
            each for each in self._pseudonymizer.parts(recorded) if is_pseudonym(str(each.lastgroup), each[0])
        ]
        found = re.fullmatch(_pattern(recorded, parts), asked)
        if found is None:
            raise Different
        yield from zip((each[0] for each in parts), found.groups(), strict=True)

    # -- answers --

    def _with_names(self, value: JsonValue, repeated: Mapping[str, str]) -> JsonValue:
        if isinstance(value, dict):
            return {name: self._with_names(each, repeated) for name, each in value.items()}
        if isinstance(value, list):
            return [self._with_names(each, repeated) for each in value]
        if isinstance(value, str):
            return repeated[value] if value in repeated else self._named_in(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1_000_000:
            return int(digits_of(self._named_in(str(value))))
        return value

    def _named_in(self, text: str) -> str:
        for part in reversed(list(self._pseudonymizer.parts(text))):
            text = text[: part.start()] + self._name(str(part.lastgroup), part[0]) + text[part.end() :]
        return text

    def _name(self, kind: str, pseudonym: str) -> str:
        """Return how a request has named whom the pseudonym stands for; the pseudonym if none has."""
        if kind != "number":
            name = self._named.get(_key(pseudonym), pseudonym)
            return name.upper() if kind == "word" and pseudonym.isupper() else name
        digits = digits_of(pseudonym)
        for start in range(len(digits) - 6):  # in a number with a country code is one without
            if typed := digits_of(self._named.get(digits[start:], "")):
                return with_digits(pseudonym, f"{digits[:start]}{typed}")
        return pseudonym


# -- how --

_WILD = {
    "word": r"([^\W\d_]+(?:['’-][^\W\d_]+)*)",
    "email": r"([^\s@<>\"']+@[^\s@<>\"']+)",
    "iban": r"([A-Za-z0-9 ]+)",
    "ip": r"([0-9A-Fa-f:.-]+)",
}


def _pattern(recorded: str, parts: Iterable[re.Match[str]]) -> str:
    """Return the pattern of texts that are the recorded one but for its pseudonyms."""
    pattern, end = "", 0
    for part in parts:
        digits = "".join(r"\d" if each.isdigit() else re.escape(each) for each in part[0])
        pattern += re.escape(recorded[end : part.start()]) + _WILD.get(str(part.lastgroup), f"({digits})")
        end = part.end()
    return pattern + re.escape(recorded[end:])


def _same_places(recorded: JsonValue, asked: JsonValue) -> Pairs:
    """Yield the texts that stand at the same places of two bodies of one form."""
    if isinstance(recorded, dict) and isinstance(asked, dict):
        for name, each in recorded.items():
            yield from _same_places(each, asked[name])
    elif isinstance(recorded, list) and isinstance(asked, list):
        for one, other in zip(recorded, asked, strict=True):
            yield from _same_places(one, other)
    elif isinstance(recorded, str) and isinstance(asked, str):
        yield recorded, asked


def _key(pseudonym: str) -> str:
    return digits_of(pseudonym) if is_pseudonym("number", pseudonym) else pseudonym.casefold()


def _steps(url: str) -> list[str]:
    return [unquote(step) for step in url.split("/")]


def _plain(body: Body | None) -> JsonValue:
    return body.model_dump() if body else None
