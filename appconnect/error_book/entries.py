"""The entries of an error book, and which of them fits an answer.

::

    [[entry]]
    name = "scope"
    status = 403
    text = "scope and url mismatch"
    meaning = "The app was not given the scope that this request needs."
    remedy = "Add the scope in the app's registration, and sign in again."
    documented_at = "https://…"

The first entry that fits is the one, so that what is special stands before what is general.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property

from pydantic import BaseModel, ConfigDict, JsonValue, field_validator, model_validator

NO_ANSWER = "none"
MAX_TEXT = 5_000
"""How much of a text is looked at."""
_STATUS = re.compile(r"[1-5]xx|[1-5]\d\d|any|none")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Answered:
    """An answer and what was asked; ``path`` is without host and query, header names are lower-case.

    ``status`` is None, and ``error`` names the reason ("ReadTimeout"), where no answer came.
    """

    status: int | None
    body: JsonValue = None
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = ""
    path: str = ""
    error: str = ""

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Every text in the body, without those of what was sent; a whole body that is text, too."""
        return tuple(text[:MAX_TEXT] for text in _texts(self.body))


class ErrorEntry(BaseModel):
    """One kind of answer. What is not stated fits everything; patterns are searched for, in any case.

    ``status`` is 403, "4xx", "any", or "none" where no answer came. ``body`` has patterns for the texts under
    keys ("errors.type" for one of a list, "" for a body that is text itself), ``text`` one for any text of
    the body, ``headers`` for headers, ``error`` for the name of the reason why no answer came. ``path`` is a
    glob, in any case. Groups of a pattern, ``(?P<field>…)``, fill ``{field}`` in ``meaning`` and ``remedy``.
    ``documented_at`` is the page that says so; without one, ``source`` says where it is known from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, defer_build=True)

    name: str
    meaning: str
    remedy: str
    documented_at: str = ""
    source: str = ""
    status: str = "any"
    method: str = ""
    path: str = "*"
    text: str = ""
    error: str = ""
    body: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}

    @field_validator("status")
    @classmethod
    def _be_a_status(cls, status: str) -> str:
        if not _STATUS.fullmatch(status):
            raise ValueError('a status is 403, "4xx", "any" or "none"')
        return status

    @field_validator("documented_at")
    @classmethod
    def _be_an_address(cls, address: str) -> str:
        if address and not address.startswith("https://"):
            raise ValueError("the address of a page begins with https://")
        return address

    @model_validator(mode="after")
    def _tell_where_it_is_known_from(self) -> ErrorEntry:
        if not (self.documented_at or self.source):
            raise ValueError("say where it is documented, or what is the source")
        for pattern in (self.text, self.error, *self.body.values(), *self.headers.values()):
            try:
                re.compile(pattern)
            except re.error as fault:
                raise ValueError(f"{pattern!r} is no pattern: {fault}") from None
        return self

    def fits(self, answered: Answered) -> Mapping[str, str] | None:
        """Return what the patterns' groups found if the entry fits the answer, else None."""
        if not (self._fits_status(answered.status) and self._fits_request(answered)):
            return None
        wanted = [
            (self.text, answered.texts),
            (self.error, (answered.error,)),
            *((pattern, tuple(_under(answered.body, key))) for key, pattern in self.body.items()),
            *((pattern, (answered.headers.get(key, ""),)) for key, pattern in self.headers.items()),
        ]
        found: dict[str, str] = {}
        for pattern, texts in wanted:
            if not pattern:
                continue
            match = next(filter(None, (re.search(pattern, each, re.I) for each in texts)), None)
            if match is None:
                return None
            found |= {name: text for name, text in match.groupdict().items() if text}
        return found

    def _fits_status(self, status: int | None) -> bool:
        if self.status in ("any", NO_ANSWER):
            return self.status == "any" or status is None
        return status is not None and re.fullmatch(self.status.replace("x", r"\d"), str(status)) is not None

    def _fits_request(self, answered: Answered) -> bool:
        path = answered.path.casefold()
        return self.method in ("", answered.method) and fnmatchcase(path, self.path.casefold())


def filled(text: str, found: Mapping[str, str]) -> str:
    """Return the text with its ``{slots}`` filled by what was found; one that was not found says "it"."""
    return _SLOT.sub(lambda slot: found.get(slot[1], "it"), text)


def _texts(body: JsonValue) -> Iterator[str]:
    if isinstance(body, str):
        yield body
    elif isinstance(body, dict):
        for value in body.values():
            yield from _texts(value)
    elif isinstance(body, list):
        for value in body:
            yield from _texts(value)


def _under(body: JsonValue, path: str) -> Iterator[str]:
    """Yield the texts and numbers under a dotted key, of each of a list."""
    for each in body if isinstance(body, list) else [body]:
        if not path:
            if isinstance(each, str | int | float):
                yield str(each)[:MAX_TEXT]
        elif isinstance(each, dict):
            key, _, rest = path.partition(".")
            if key in each:
                yield from _under(each[key], rest)
