"""How keys travel in a header of every request."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass


def fits_header(text: str) -> bool:
    """Return whether a header can carry a text as it is; a token is such a text (RFC 6749, A.12)."""
    return text.isascii() and text.isprintable()


@dataclass(frozen=True)
class HeaderScheme:
    """How keys travel in a header of every request.

    ``parts`` name what is sent, by the fields of the sign-in ("" for an empty part). They are joined by
    colons; ``base64`` encodes them, as HTTP Basic does (RFC 7617).
    """

    parts: tuple[str, ...]
    prefix: str = ""
    header: str = "Authorization"
    base64: bool = False

    @classmethod
    def bearer(cls, part: str = "apiKey") -> HeaderScheme:
        """Return ``Authorization: Bearer KEY``."""
        return cls((part,), prefix="Bearer")

    @classmethod
    def basic(cls, *parts: str, prefix: str = "Basic") -> HeaderScheme:
        """Return ``Authorization: Basic base64(NAME:PASSWORD)``."""
        return cls(parts, prefix=prefix, base64=True)

    @classmethod
    def plain(cls, header: str, part: str = "apiKey") -> HeaderScheme:
        """Return a header that holds nothing but the key: ``X-Api-Key: KEY``."""
        return cls((part,), header=header)

    def headers(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the header for these values."""
        text = ":".join(values[part] if part else "" for part in self.parts)
        if self.base64:
            text = base64.b64encode(text.encode()).decode()
        return {self.header: f"{self.prefix} {text}" if self.prefix else text}

    def problem(self, part: str, value: str) -> str:
        """Return why a value cannot travel this way: "a colon in it"; "" when it can."""
        if part not in self.parts:
            return ""
        if self.base64:  # a colon would end the part; the last one goes on to the end
            return "a colon in it" if ":" in value and part != self.parts[-1] else ""
        return "" if fits_header(value) else "letters in it that no header can carry"
