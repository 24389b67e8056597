"""The JSON in a HAR file, also packed (``.har.gz``, mitmproxy's ``.zhar``) or in UTF-16."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Final

from appconnect.errors import RecordingError

MAX_BYTES: Final = 512 * 1024 * 1024
_GZIP, _ZLIB = b"\x1f\x8b", (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32


def read_document(path: Path) -> object:
    """Return the JSON of a file of at most ``MAX_BYTES``, unpacked. Raises RecordingError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(path)
        content = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise RecordingError(f"{path} cannot be read ({reason}).") from None
    if content.startswith((_GZIP, *_ZLIB)):
        content = unpacked(content, MAX_BYTES)
        if len(content) >= MAX_BYTES:
            raise _too_large(path)
    try:
        document: object = json.loads(content)  # finds out which UTF it is, with a byte order mark or without
    except (ValueError, RecursionError):
        raise RecordingError(
            f"{path} is no HAR file: it is not JSON in UTF-8 or UTF-16 that can be read."
        ) from None
    return document


def unpacked(content: bytes, most: int) -> bytes:
    """Return what was packed with gzip or zlib, ``most`` bytes of it; as it is where it was not packed."""
    try:
        return zlib.decompressobj(_GZIP_OR_ZLIB).decompress(content, most)
    except zlib.error:
        return content


def _too_large(path: Path) -> RecordingError:
    return RecordingError(f"{path} is larger than {MAX_BYTES // 1024**2} MB; export fewer requests.")
