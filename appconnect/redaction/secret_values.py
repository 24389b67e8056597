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


_RUN = re.compile("[0-9A-Za-z+/_-]+={0,2}")
"""What may be base64, or hexadecimal."""


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
        return self.mask_coded(self.mask_plain(text))

    def mask_plain(self, text: str) -> str:
        """Return the text without the secrets that stand in it letter by letter, or escaped."""
        return self._newest.plain(text)

    def mask_coded(self, text: str) -> str:
        """Return the text without what holds a secret in base64 or hexadecimal, whatever else is in it."""
        return self._newest.coded(text)

    @property
    def _newest(self) -> _Masking:
        if self._masked_version != self.version:
            self._masked_version = self.version
            self._masking = _Masking(self._connection.names(self._learned), self._connection.is_set)
        return self._masking

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
        self._codes = {
            each: placeholder(_safe(name, names)) for value, name in names.items() for each in _coded(value)
        }
        pieces = sorted(self._codes, key=lambda one: (-len(one), one))
        self._code = re.compile("|".join(map(re.escape, pieces))) if pieces else None

    def plain(self, text: str) -> str:
        """Return the text without secrets as they are, or escaped."""
        if self._pattern is None or len(text) < self._shortest:
            return text
        return self._pattern.sub(lambda found: self._marks.get(found[0], found[0]), text)

    def coded(self, text: str) -> str:
        """Return the text without code that a secret is in."""
        code = self._code
        if code is None or not code.search(text):
            return text
        return _RUN.sub(lambda run: self._without_code(run[0], code), text)

    def _without_code(self, run: str, code: re.Pattern[str]) -> str:
        """Hide what is between two slashes, which may be a step of a path; all, if all is one code."""
        if not (found := code.search(run)):
            return run
        if self.plain(decoded := _decoded(run)) != decoded:
            return self._codes[found[0]]
        made, end = "", 0
        for found in code.finditer(run):
            if found.start() >= end:
                made += run[end : run.rfind("/", end, found.start()) + 1 or end] + self._codes[found[0]]
                end = run.find("/", found.end())
                end = len(run) if end < 0 else end
        return made + run[end:]


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
    return {value} | quoted | lower | escaped | in_json | twice


def _coded(value: str) -> set[str]:
    """Return how a long value looks in hexadecimal and in base64, whatever stands around it there."""
    raw = value.encode("utf-8", "surrogatepass")
    if len(raw) < 8:
        return set()  # so short a piece of base64 may be a word
    coded = {raw.hex(), raw.hex().upper()}
    for before in range(3):
        in_front, behind = -(-8 * before // 6), (8 * (before + len(raw))) // 6
        inside = base64.b64encode(b"\0" * before + raw).decode()[in_front:behind]
        coded |= {inside, inside.translate(_URL_SAFE)}
    return coded


def _decoded(run: str) -> str:
    """Return what is coded in base64, "" for what is not."""
    try:
        return base64.b64decode(run.replace("-", "+").replace("_", "/"), validate=True).decode("latin-1")
    except ValueError:
        return ""
