"""The store of a workbench, opened when something is to be remembered: SQLAlchemy is loaded with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from appconnect.settings import Settings

if TYPE_CHECKING:
    from appconnect.store import Store


@dataclass
class LazyStore:
    """A store that ``open`` returns, once; ``begins_empty`` says that nothing is in it then."""

    open: Callable[[], Store]
    begins_empty: bool = False
    _store: Store | None = field(default=None, init=False, repr=False)

    def get(self) -> Store:
        """Return the store."""
        if self._store is None:
            self._store = self.open()
        return self._store

    @property
    def is_empty(self) -> bool:
        """Whether there is certainly nothing in it; asking does not open it."""
        return self.begins_empty and self._store is None

    def close(self) -> None:
        """Close the store, if it was opened."""
        if self._store is not None:
            self._store.close()


def store_in_memory() -> LazyStore:
    """Return a store that lasts as long as the process."""

    def opened() -> Store:
        from appconnect.store import Store

        return Store.in_memory()

    return LazyStore(opened, begins_empty=True)


def store_at_home(settings: Settings) -> LazyStore:
    """Return the store that is set, opened at once: StoreError comes before anything is done with it."""
    from appconnect.store import Store

    store = Store.at(settings.home, settings.database_url)
    return LazyStore(lambda: store)
