"""The requests that a CRM is known to have, from the list of the vendor's operations beside its sandbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from appconnect.sandbox.base import CrmSandbox


@dataclass(frozen=True)
class KnownPath:
    """A request that the CRM is known to have.

    ``path`` has its parameters in braces, "/v1/deals/{id}"; ``group`` is the vendor's heading, and
    ``is_played`` tells whether the sandbox answers it.
    """

    method: str
    path: str
    group: str
    is_played: bool

    def fits(self, path: str) -> bool:
        """Return whether a path, with or without a query, is this one with its parameters filled in."""
        asked, known = _segments(path.partition("?")[0]), _segments(self.path)
        return len(asked) == len(known) and all(
            each == wanted or wanted.startswith("{") for each, wanted in zip(asked, known, strict=True)
        )

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def known_paths(sandbox: Callable[[], type[CrmSandbox]] | None, base_url: str) -> tuple[KnownPath, ...]:
    """Return what can be asked below a base address, with paths that begin there; () without a sandbox.

    The sandbox is loaded for its list, also for a live connection, and only when this is called. Without a
    base address all are returned, as the vendor writes them.
    """
    every = _operations(sandbox()) if sandbox is not None else ()
    base = _segments(urlsplit(base_url).path)
    below = ((each, _below(base, each.path)) for each in every)
    return tuple(replace(each, path=path) for each, path in below if path)


@lru_cache(maxsize=16)
def _operations(kind: type[CrmSandbox]) -> tuple[KnownPath, ...]:
    from appconnect.sandbox.clock import SandboxClock

    sandbox = kind(SandboxClock())
    return tuple(
        KnownPath(each.method, each.path, each.group, sandbox.plays(each))
        for each in sandbox.coverage.operations
    )


def _below(base: list[str], path: str) -> str:
    """Return the rest of a path below the base's segments; "" for one that begins otherwise."""
    segments = _segments(path)
    first, rest = segments[: len(base)], segments[len(base) :]
    fits = len(first) == len(base) and all(
        each.startswith("{") or each.casefold() == wanted.casefold()
        for each, wanted in zip(first, base, strict=True)
    )
    return f"/{'/'.join(rest)}" if fits and rest else ""


def _segments(path: str) -> list[str]:
    return [each for each in path.split("/") if each]
