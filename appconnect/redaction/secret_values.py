"""The secret values of a connection: those it was given, and those that were seen in its traffic."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NoReturn

from pydantic import SecretStr

from appconnect.redaction import spellings
from appconnect.redaction.detectors import PARAMETERS, is_placeholder
from appconnect.redaction.secret_index import NEUTRAL, Secret, SecretIndex
from appconnect.redaction.shapes import is_date_or_address
from appconnect.redaction.spellings import Place

_NOT_LEARNED = frozenset(["client_id", "code_challenge", "nonce"])
"""Masked where they stand, but too ordinary to be masked elsewhere."""


MAX_LEARNED: Final = 5_000
"""Secrets learned from traffic that are remembered: those of some weeks of renewed sessions and cookies."""
MAX_HELD: Final = 500
"""Secrets of renewed credentials that are remembered."""
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
    added by :meth:`add`, what credentials hold by :meth:`hold`, also when it is renewed. Of those that were
    held the latest are remembered.
    """

    def __init__(self, values: Iterable[str | SecretStr] = ()) -> None:
        self._set: set[str] = set()
        self._held: dict[str, str] = {}
        self.version = 0
        """A number that goes up with every change."""
        self.be_set(values)

    def be_set(self, values: Iterable[str | SecretStr]) -> None:
        """Remember secrets that are set, however short they are."""
        self._know({plain for each in values if (plain := _plain(each))})

    def add(self, values: Iterable[str | SecretStr]) -> None:
        """Remember secrets that were typed, but for those of less than four characters."""
        self._know({plain for each in values if len(plain := _plain(each)) >= 4})

    def _know(self, values: set[str]) -> None:
        self.version += len(values - self._set)
        self._set |= values

    def hold(self, secrets: Mapping[str, str], public: Iterable[object] = ()) -> None:
        """Remember secrets by name, but for what is ``public``; addresses and dates are no secrets."""
        shown = {str(value) for value in public}
        for name, value in secrets.items():
            if value not in shown and _worth_learning(name, value) and not is_date_or_address(value):
                self.version += value not in self._held
                self._held[value] = self._held.pop(value, name)  # the first name stays, as the latest
        for value in list(self._held)[:-MAX_HELD]:
            del self._held[value]

    def names(self) -> dict[str, str]:
        """Return the name of every secret."""
        return {**self._held, **dict.fromkeys(self._set, NEUTRAL)}

    def is_set(self, value: str) -> bool:
        """Return whether the value was set."""
        return value in self._set

    def __len__(self) -> int:
        return len(self._set) + len(self._held)


class SecretValues(_Private):
    """All secrets of a connection; ``mask`` takes them out of any text, however they are encoded there.

    Values of eight characters and more are found inside other words too; shorter ones and user names only
    as words of their own (user names not in front of an @), and values of less than four characters not at
    all, unless they were set. Of those that were learned from traffic the latest are remembered.
    """

    def __init__(self, connection: ConnectionSecrets | None = None) -> None:
        self._connection = ConnectionSecrets() if connection is None else connection
        self._of_connection: dict[str, str] = {}
        self._learned: dict[str, str] = {}
        self._plain = SecretIndex()
        self._codes = SecretIndex()
        self._changes = 0
        self._indexed_version = -1

    @property
    def version(self) -> int:
        """A number that goes up with every further secret."""
        return self._changes + self._connection.version

    def learn(self, secrets: Iterable[tuple[str, str]]) -> bool:
        """Remember secrets, each with its first name; return whether others were forgotten for them."""
        for name, value in secrets:
            if _worth_learning(name, value):
                is_new = value not in self._learned
                self._learned[value] = self._learned.pop(value, name)
                if is_new:
                    self._changes += 1
                    self._index_anew(value)
        return self._forget_oldest()

    def mask(self, text: str) -> str:
        """Return the text with a placeholder for every secret in it."""
        return self.mask_coded(self.mask_plain(text))

    def mask_plain(self, text: str) -> str:
        """Return the text without the secrets that stand in it letter by letter, or escaped."""
        self._follow_connection()
        return spellings.mask(text, self._plain.find)

    def mask_coded(self, text: str) -> str:
        """Return the text without what holds a secret in base64 or hexadecimal, whatever else is in it."""
        self._follow_connection()
        return spellings.mask(text, self._coded)

    def __len__(self) -> int:
        return len(self._connection) + len(self._learned)

    def _forget_oldest(self) -> bool:
        """Forget a part of what was learned when it has grown too much."""
        if len(self._learned) <= MAX_LEARNED:
            return False
        for value in list(self._learned)[: MAX_LEARNED // 10]:
            del self._learned[value]
            self._index_anew(value)
        return True

    def _coded(self, text: str) -> Iterator[Place]:
        """Iterate over what is between two slashes, perhaps a step of a path; all, if all is one code."""
        if not self._codes.find(text):
            return
        for run in _RUN.finditer(text):
            found = self._codes.find(run[0])
            if found and self._plain.find(_decoded(run[0])):
                yield Place(run.start(), run.end(), found[0].mark)
                continue
            for each in found:
                start, end = run[0].rfind("/", 0, each.start) + 1, run[0].find("/", each.end)
                yield Place(run.start() + start, run.start() + end if end >= 0 else run.end(), each.mark)

    def _follow_connection(self) -> None:
        if self._indexed_version == self._connection.version:
            return
        self._indexed_version = self._connection.version
        before, self._of_connection = self._of_connection, self._connection.names()
        for value in {value for value, _ in before.items() ^ self._of_connection.items()}:
            self._index_anew(value)

    def _index_anew(self, value: str) -> None:
        """Find a value by its present name, or no longer; a name by which it was learned tells more."""
        is_set = self._connection.is_set(value)
        name = NEUTRAL if is_set else self._learned.get(value) or self._of_connection.get(value)
        spelled, codes = _spelled(value), _coded(value)
        self._plain.discard(value, spelled)
        self._codes.discard(value, codes)
        if name is not None:
            inside = is_set or (len(value) >= 8 and name != "username")
            self._plain.add(Secret(value, name, inside), spelled)
            self._codes.add(Secret(value, name, inside=True), codes)


def _plain(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _worth_learning(name: str, value: str) -> bool:
    plain = name.lower().replace("_", "")
    shortest = 8 if plain in PARAMETERS - {"username"} or name == "authorization" else 4
    return len(value) >= shortest and name.lower() not in _NOT_LEARNED and not is_placeholder(value)


def _spelled(value: str) -> set[str]:
    """Return how a value stands where nothing is escaped: also with a form's spaces, or UTF-8 as Latin-1."""
    return {value, value.replace(" ", "+"), value.encode("utf-8", "surrogatepass").decode("latin-1")}


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
