"""A CRM's error book, and which of its entries fits an answer; they load when the first one is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appconnect.error_book.entries import Answered, ErrorEntry

FILE = "error_book.toml"


class ErrorBook:
    """The entries about one CRM's answers; read from their file when they are first needed."""

    def __init__(self, entries: Sequence[ErrorEntry] = (), *, file: Path | None = None) -> None:
        self._entries = tuple(entries)
        self.file = file

    @classmethod
    def in_folder_of(cls, module_file: str) -> ErrorBook:
        """Return the book beside a module: ``ErrorBook.in_folder_of(__file__)``."""
        return cls(file=Path(module_file).with_name(FILE))

    @cached_property
    def entries(self) -> tuple[ErrorEntry, ...]:
        """All entries, those that win first. ValueError or OSError for a file that is no error book."""
        if self.file is None:
            return self._entries
        import tomllib

        from appconnect.error_book.entries import ErrorEntry

        with self.file.open("rb") as file:
            written = tomllib.load(file).get("entry", [])
        return (*self._entries, *map(ErrorEntry.model_validate, written))

    def find(self, answered: Answered) -> tuple[ErrorEntry, Mapping[str, str]] | None:
        """Return the entry that fits, and what its patterns found; None for an unknown answer."""
        for entry in self.entries:
            if (found := entry.fits(answered)) is not None:
                return entry, found
        return None

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        return f"<ErrorBook: {self.file.parent.name if self.file else len(self._entries)}>"
