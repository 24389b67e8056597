"""What was done and sent, kept on this computer: searchable after a restart and from other notebooks.

Secrets are masked; people's data is in it, so the file is for its owner alone.
"""

from typing import TYPE_CHECKING

from appconnect import lazily

if TYPE_CHECKING:
    from appconnect.history.entries import HistoryEntries, HistoryEntry
    from appconnect.history.history import FILE, History
    from appconnect.history.writer import HistoryWriter
else:
    __getattr__ = lazily.exported(
        __name__,
        {
            ".entries": "HistoryEntries HistoryEntry",
            ".history": "FILE History",
            ".writer": "HistoryWriter",
        },
    )

__all__ = ["FILE", "History", "HistoryEntries", "HistoryEntry", "HistoryWriter"]
