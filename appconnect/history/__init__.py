"""What was done and sent, kept on this computer: searchable after a restart and from other notebooks.

Secrets are masked; people's data is in it, so the file is for its owner alone.
"""

from typing import TYPE_CHECKING

from appconnect.history.entries import HistoryEntries, HistoryEntry
from appconnect.history.history import FILE, History

if TYPE_CHECKING:
    from appconnect.history.writer import HistoryWriter

__all__ = ["FILE", "History", "HistoryEntries", "HistoryEntry", "HistoryWriter"]


def __getattr__(name: str) -> object:
    """Load the writer when something is written first."""
    if name != "HistoryWriter":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from appconnect.history.writer import HistoryWriter

    return HistoryWriter
