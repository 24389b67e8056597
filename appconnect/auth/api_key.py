"""Credentials that are a key in the Authorization header, the same for every request."""

from __future__ import annotations

import base64
from collections.abc import Generator, Mapping

import httpx
from pydantic import JsonValue, SecretStr

from appconnect.auth.base import Credentials


def encoded(*parts: str) -> str:
    """The parts joined by colons, in base64: what Basic and its relatives carry."""
    return base64.b64encode(":".join(parts).encode()).decode()


class KeyHeader(Credentials):
    """Signs with ``Authorization: <scheme> base64(parts)``.

    ``kept`` is what the vault seals; the parts of the header are taken from it in the order of ``order``,
    "" standing for an empty part (Insightly's empty password). What is no secret of it is named in ``shown``.
    """

    def __init__(
        self,
        scheme: str,
        kept: Mapping[str, SecretStr],
        order: tuple[str, ...],
        base_url: str,
        shown: tuple[str, ...] = (),
    ) -> None:
        self._scheme = scheme
        self._kept = dict(kept)
        self._order = order
        self._base_url = base_url.rstrip("/")
        self._shown = shown

    @property
    def base_url(self) -> str:
        """Where the API is."""
        return self._base_url

    def secrets(self) -> Mapping[str, str]:
        """The key."""
        return {name: value.get_secret_value() for name, value in self._kept.items()}

    def public(self) -> Mapping[str, JsonValue]:
        """What may be shown of what is kept, such as whose key it is."""
        return {name: self._kept[name].get_secret_value() for name in self._shown if name in self._kept}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign and send."""
        parts = [self._kept[name].get_secret_value() if name else "" for name in self._order]
        request.headers["Authorization"] = f"{self._scheme} {encoded(*parts)}"
        yield request

    def __repr__(self) -> str:
        return f"KeyHeader({self._scheme} for {self._base_url})"
