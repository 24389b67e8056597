"""A quick look at what passed, as bytes: whether it could show a secret by name and is worth reading at all.

Reading an answer takes longer than all else that a client does with it, and hardly any names a secret. No is
certain; yes is not, and leads to :mod:`appconnect.redaction.named_secrets`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final, TypeVar

from appconnect.http.exchange import RawHeaders, Snapshot
from appconnect.redaction.detectors import HARMLESS_HEADERS, Detectors

T = TypeVar("T")
V = TypeVar("V")

MAX_KNOWN: Final = 256
"""Sets of headers that were read already, such as that of every signed request."""

_FRAGMENTS = (
    *(b"token", b"secret", b"pass", b"pwd", b"credential", b"authorization", b"cookie", b"assertion"),
    *(b"codeverifier", b"granttype", b"clientid", b"jwt", b"csrf", b"xsrf"),
)
"""One of them is in every name of a secret, and in the names that make an OAuth message of an object."""
_KEY = re.compile(b"(?:api|access|auth|private|signing)key")
_LETTERS = bytes(range(97, 123))
_TO_LOWER = bytes.maketrans(_LETTERS.upper(), _LETTERS)
_NO_LETTERS = bytes(set(range(256)) - set(_LETTERS + _LETTERS.upper()))
_ODD = (b"\xe2\x84\xaa", b"\xc4\xb0")
"""K and İ, whose small forms are ASCII letters."""
_ASCII_ESCAPED = re.compile(rb"\\u(?:00[2-7]|212[aA]|0130)")
"""Letters, signs, and the two of ``_ODD``, written as escapes."""
_ESCAPES = re.compile(rb"\\(?:u[0-9a-fA-F]{4}|[bfnrt\\\"]|(/))")
_USER = re.compile(rb"://[^/\s@\"'<>?#]+@")
_PARAMETER = re.compile(rb"[?&#]([^?&#]+)\Z")
_MAX_PARAMETER = 260
_READABLE = re.compile(
    r"(?!application/x-www-form-urlencoded|multipart/)[^;]*(;\s*charset=\"?(utf-8|us-ascii)\"?\s*)?",
    re.IGNORECASE,
)


class SecretHints:
    """Tells what could show secrets by name, for one platform's detectors."""

    def __init__(self, detectors: Detectors) -> None:
        self._detectors = detectors
        self._known: dict[tuple[tuple[bytes, bytes], ...], None] = {}
        self._places: dict[tuple[Callable[[bytes], bool], tuple[bytes, ...]], list[int]] = {}
        self._fragments = (*_FRAGMENTS, *detectors.name_fragments)

    def may_name(self, passed: Snapshot) -> bool:
        """Return False if a request and its answer certainly name no secret that was not named before."""
        return (
            passed.signed is None  # a sign-in's own: its answer may give a key under any name
            or self._is_new(self._telling(passed.headers, _is_harmless))
            or self._is_new(self._telling(passed.answer_headers, self._is_plain))
            or self._is_new(self._in_address(passed.url.raw_path, passed.signed))
            or self._in_body(passed.content, passed.headers)
            or self._in_body(passed.answer, passed.answer_headers)
        )

    def forget(self) -> None:
        """Take nothing for known any more."""
        self._known.clear()

    def _is_new(self, found: Iterable[tuple[bytes, bytes]]) -> bool:
        telling = tuple(found)
        if not telling or telling in self._known:
            return False
        self._known[telling] = None
        _bound(self._known)
        return True

    def _telling(self, headers: RawHeaders, passes: Callable[[bytes], bool]) -> Iterable[tuple[bytes, bytes]]:
        """Return the headers that may tell a secret; their names are the same again and again."""
        names = passes, tuple([name for name, _ in headers])
        places = self._places.get(names)
        if places is None:
            places = self._places[names] = [place for place, name in enumerate(names[1]) if not passes(name)]
            _bound(self._places)
        return [headers[place] for place in places]

    def _is_plain(self, header: bytes) -> bool:
        return self._detectors.is_plain_header(header.decode("latin-1").lower())

    def _in_address(self, address: bytes, signed: frozenset[str]) -> Iterator[tuple[bytes, bytes]]:
        path, _, query = address.partition(b"?")
        if self._is_in_path(path):
            yield b"", path
        for pair in query.split(b"&") if query else ():
            name, _, value = pair.partition(b"=")
            plain = name.decode("latin-1")
            if b"%" in name or plain.lower() in signed or self._detectors.is_secret_name(plain, True):
                yield name, value

    def _is_in_path(self, text: bytes) -> bool:
        return any(marker in text for marker in self._detectors.path_markers)

    def _in_body(self, content: bytes, headers: RawHeaders) -> bool:
        if not content:
            return False
        media = next((value for name, value in headers if name.lower() == b"content-type"), b"")
        if not _is_readable(media):
            return True
        if b"\\" in content:
            if _ASCII_ESCAPED.search(content):
                return True
            content = _ESCAPES.sub(rb"\1", content)
        return b'"otp"' in content or self._in_names(content) or self._in_text(content)

    def _in_names(self, content: bytes) -> bool:
        letters = content.translate(_TO_LOWER, _NO_LETTERS)
        for each in self._fragments:
            if each in letters:
                return True
        if b"key" in letters and (b"session" in letters or _KEY.search(letters)):
            return True
        return not content.isascii() and any(odd in content for odd in _ODD)

    def _in_text(self, content: bytes) -> bool:
        """Look for secrets in addresses: of users, in parameters and in the platform's paths."""
        if b"://" in content and _USER.search(content):
            return True
        before = content.split(b"=")[:-1] if b"?" in content or b"&" in content or b"#" in content else ()
        found = (_PARAMETER.search(each[-_MAX_PARAMETER:]) for each in before)
        names = (each[1].decode("utf-8", "replace") for each in found if each)
        return self._is_in_path(content) or any(self._detectors.is_secret_name(name, True) for name in names)


def _bound(known: dict[T, V]) -> None:
    if len(known) > MAX_KNOWN:
        del known[next(iter(known))]


def _is_harmless(header: bytes) -> bool:
    return header.lower() in _HARMLESS


@lru_cache(maxsize=64)
def _is_readable(media: bytes) -> bool:
    return _READABLE.fullmatch(media.decode("latin-1")) is not None


_HARMLESS = frozenset(each.encode() for each in HARMLESS_HEADERS)
