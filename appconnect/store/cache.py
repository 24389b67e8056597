"""A cache in the store: small values, kept from one run to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import JsonValue

from appconnect.clock import Clock

if TYPE_CHECKING:
    from appconnect.store.store import Store


@dataclass(frozen=True)
class StoreCache:
    """The cache of one scope; see :class:`appconnect.remembered.Cache`."""

    store: Store
    scope: str
    clock: Clock

    def get(self, key: str) -> JsonValue | None:
        """Return the value, or None when there is none or it is too old."""
        return self.store.cached(f"{self.scope}/{key}", self.clock.now())

    def put(self, key: str, value: JsonValue, seconds: float) -> None:
        """Remember a value for that long."""
        self.store.put_cached(f"{self.scope}/{key}", value, now=self.clock.now(), seconds=seconds)
