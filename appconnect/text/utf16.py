"""How long a text is for a CRM that counts UTF-16 units, as .NET and JavaScript do: an emoji is two. Pure."""

from __future__ import annotations


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def first_units(text: str, room: int) -> str:
    """As much of the text's beginning as has room, whole characters only."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * max(0, room)].decode("utf-16-le", "ignore")
