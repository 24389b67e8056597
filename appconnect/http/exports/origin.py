"""The CRM that requests go to, as far as a command or a script of its own has to know it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

PLACEHOLDER: Final = re.compile("<([0-9A-Za-z_-]{1,64})>")
"""What stands in the place of a secret."""
USUAL_PARTS: Final = {"bearer": ("accessToken",)}
"""What follows a scheme of the Authorization header, where the CRM's sign-in says nothing of it."""


class Scheme(Protocol):
    """How keys travel in a header; :class:`appconnect.auth.api_key.HeaderScheme` is one."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of what is sent, joined by colons; "" for an empty part."""
        ...

    @property
    def prefix(self) -> str:
        """``Bearer``; "" where there is none."""
        ...

    @property
    def header(self) -> str:
        """``Authorization``."""
        ...

    @property
    def base64(self) -> bool:
        """Whether the parts are encoded, as HTTP Basic does."""
        ...


@dataclass(frozen=True)
class Variable:
    """An environment variable in the place of a secret."""

    name: str


Piece = str | Variable
"""A part of a text: as it is, or a secret."""


@dataclass(frozen=True)
class Signature:
    """What a header that signs is made of: ``prefix``, and the variables of ``parts`` joined by colons."""

    prefix: str
    parts: tuple[Piece, ...]
    base64: bool

    @property
    def is_basic(self) -> bool:
        """Whether this is HTTP Basic, of which every client knows."""
        return self.base64 and self.prefix.lower() == "basic" and len(self.parts) > 1


@dataclass(frozen=True)
class Origin:
    """A CRM: ``crm`` is its name in code, ``title`` that for people, ``schemes`` how its requests are signed.

    ``settings`` are the environment variables of its settings, and ``where`` says where a person gets them.
    """

    crm: str = ""
    title: str = "the CRM"
    where: str = ""
    settings: frozenset[str] = frozenset()
    schemes: tuple[Scheme, ...] = field(default=(), repr=False)

    def variable(self, name: str) -> Variable:
        """Return the variable of a secret: ``ACME_ACCESS_TOKEN`` of ``accessToken``."""
        words = re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name)
        plain = re.sub("[^0-9A-Z]+", "_", f"{self.crm}_{words}".upper()).strip("_")
        return Variable(plain if not plain[:1].isdigit() else f"_{plain}")

    def pieces(self, text: str) -> list[Piece]:
        """Return a text in which every placeholder is a secret, such as an address or a header."""
        parts = PLACEHOLDER.split(text)
        return [self.variable(part) if index % 2 else part for index, part in enumerate(parts) if part]

    def signature(self, header: str, value: str) -> Signature | None:
        """Return what a header is made of; None if nothing in it is secret or it is a text with secrets."""
        prefix, _, mark = value.rpartition(" ")
        if not PLACEHOLDER.fullmatch(mark):
            return None
        for scheme in self.schemes:
            if (scheme.header.lower(), scheme.prefix.lower()) == (header.lower(), prefix.lower()):
                return Signature(prefix, self._variables(scheme.parts), scheme.base64)
        usual = USUAL_PARTS.get(prefix.lower()) if header.lower() == "authorization" else None
        return Signature(prefix, self._variables(usual or (mark[1:-1],)), base64=False)

    def how_to_set(self, variables: Sequence[Variable]) -> list[str]:
        """Return the variables' names by where their values come from, a line each."""
        by_source: dict[str, list[str]] = {}
        for each in variables:
            by_source.setdefault(self._source(each), []).append(each.name)
        return [f"{', '.join(names)}: {source}" for source, names in by_source.items()]

    def _variables(self, parts: Sequence[str]) -> tuple[Piece, ...]:
        return tuple(self.variable(part) if part else "" for part in parts)

    def _source(self, variable: Variable) -> str:
        if variable.name in self.settings:
            return " ".join(f"as in .env ({self.where})".split()) if self.where else "as in .env"
        return f"from {self.title}'s answers to the sign-in"
