"""The secret values of a connection: those it was given, and those that were seen in its traffic."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

from appconnect.redaction.detectors import PARAMETERS, is_date_or_address, is_placeholder, placeholder

_NOT_LEARNED = frozenset(["client_id", "code_challenge", "nonce"])
"""Masked where they stand, but too ordinary to be masked elsewhere."""


_URL_SAFE = str.maketrans("+/", "-_")
"""To the alphabet of base64 in addresses (RFC 4648, 5)."""


class _Private:
    """Shows none of what it holds."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)} values>"

    def __len__(self) -> int:
        raise NotImplementedError

    def __reduce__(self) -> NoReturn:
        raise TypeError("Secrets are not copied and not pickled.")


class ConnectionSecrets(_Private):
    """The secrets that a connection holds; they are masked wherever they turn up.

    ``values`` were set: they are masked however short they are, as ``<secret>``. What is typed to sign in is
    added by :meth:`add`, what credentials hold by :meth:`hold`, also when it is renewed.
    """

    def __init__(self, values: Iterable[str | SecretStr] = ()) -> None:
        self._set = {plain for each in values if (plain := _plain(each))}
        self._held: dict[str, str] = {}

    def add(self, values: Iterable[str | SecretStr]) -> None:
        """Remember secrets that were typed, but for those of less than four characters."""
        self._set |= {plain for each in values if len(plain := _plain(each)) >= 4}

    def hold(self, secrets: Mapping[str, str], public: Iterable[object] = ()) -> None:
        """Remember secrets by name, but for what is ``public``; addresses and dates are no secrets."""
        shown = {str(value) for value in public}
        for name, value in secrets.items():
            if value not in shown and _worth_learning(name, value) and not is_date_or_address(value):
                self._held.setdefault(value, name)

    def names(self, learned: Mapping[str, str]) -> dict[str, str]:
        """Return the name of every secret, with those that were ``learned`` from traffic."""
        return {**self._held, **learned, **dict.fromkeys(self._set, "secret")}

    def is_set(self, value: str) -> bool:
        """Return whether the value was set."""
        return value in self._set

    def __len__(self) -> int:
        return len(self._set) + len(self._held)


class SecretValues(_Private):
    """All secrets of a connection; ``mask`` takes them out of any text, however they are encoded there.

    Values of eight characters and more are found inside other words too; shorter ones and user names only
    as words of their own (user names not in front of an @), and values of less than four characters not at
    all, unless they were set.
    """

    def __init__(self, connection: ConnectionSecrets | None = None) -> None:
        self._connection = ConnectionSecrets() if connection is None else connection
        self._learned: dict[str, str] = {}
        self._masking = _Masking({}, self._connection.is_set)
        self._masked_version = 0

    @property
    def version(self) -> int:
        """A number that goes up with every further secret."""
        return len(self)

    def learn(self, secrets: Iterable[tuple[str, str]]) -> None:
        """Remember secrets, each with its name; the first name stays."""
        for name, value in secrets:
            if _worth_learning(name, value):
                self._learned.setdefault(value, name)

    def mask(self, text: str) -> str:
        """Return the text with a placeholder for every secret in it."""
        if self._masked_version != self.version:
            self._masked_version = self.version
            self._masking = _Masking(self._connection.names(self._learned), self._connection.is_set)
        return self._masking(text)

    def __len__(self) -> int:
        return len(self._connection) + len(self._learned)


class _Masking:
    """One pattern for all secrets: placeholders (which stay), then the secrets, the longest first."""

    def __init__(self, names: Mapping[str, str], is_set: Callable[[str], bool]) -> None:
        written = {each: (value, name) for value, name in names.items() for each in _encodings(value)}
        self._shortest = min(map(len, written), default=0)
        self._marks = {each: placeholder(_safe(name, names)) for each, (_, name) in written.items()}
        choices = [re.escape(mark) for mark in sorted(set(self._marks.values()) - set(written))]
        for each in sorted(written, key=lambda one: (-len(one), one)):
            value, name = written[each]
            choices.append(
                _choice(each, name, inside=is_set(value) or (len(value) >= 8 and name != "username"))
            )
        self._pattern = re.compile("|".join(choices)) if choices else None

    def __call__(self, text: str) -> str:
        if self._pattern is None or len(text) < self._shortest:
            return text
        return self._pattern.sub(lambda found: self._marks.get(found[0], found[0]), text)


def _safe(name: str, secrets: Iterable[str]) -> str:
    """Return the name of a secret, unless another secret is in it: a CRM may use one as a key."""
    return "secret" if any(value in name for value in secrets) else name


def _choice(written: str, name: str, *, inside: bool) -> str:
    """Return the pattern of one spelling of a secret; ``inside`` other words too."""
    if inside:
        return re.escape(written)
    ahead = "0-9A-Za-z@" if name == "username" else "0-9A-Za-z"  # rae@acme.example is an address
    return rf"(?<![0-9A-Za-z]){re.escape(written)}(?![{ahead}])"


def _plain(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _worth_learning(name: str, value: str) -> bool:
    plain = name.lower().replace("_", "")
    shortest = 8 if plain in PARAMETERS - {"username"} or name == "authorization" else 4
    return len(value) >= shortest and name.lower() not in _NOT_LEARNED and not is_placeholder(value)


def _encodings(value: str) -> set[str]:
    """Return how a value can stand in a URL, a form, HTML, JSON or as UTF-8 read as Latin-1."""
    raw = value.encode("utf-8", "surrogatepass")
    quoted = {quote(raw, safe=""), quote(raw), quote_plus(raw)}
    lower = {re.sub("%..", lambda code: code[0].lower(), each) for each in quoted}
    escaped = {html.escape(value), html.escape(value, quote=False), raw.decode("latin-1")}
    in_json = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    twice = {quote(each, safe="") for each in quoted}
    return {value} | quoted | lower | escaped | in_json | twice | _coded(raw)


def _coded(raw: bytes) -> set[str]:
    """Return how a long value looks in hexadecimal and in base64, whatever stands around it there."""
    if len(raw) < 8:
        return set()  # so short a piece of base64 may be a word
    coded = {raw.hex(), raw.hex().upper()}
    for before in range(3):
        in_front, behind = -(-8 * before // 6), (8 * (before + len(raw))) // 6
        inside = base64.b64encode(b"\0" * before + raw).decode()[in_front:behind]
        coded |= {inside, inside.translate(_URL_SAFE)}
    return coded
