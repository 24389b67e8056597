"""Lengths in UTF-16 units, which .NET and JavaScript count: an emoji is two."""

from __future__ import annotations


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_prefix(text: str, max_length: int) -> str:
    """Return the beginning of the text, in full characters, of ``max_length`` UTF-16 units at most."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * max(0, max_length)].decode("utf-16-le", "ignore")
