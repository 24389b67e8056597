"""What a history holds: exchanges and operations, each with when, where and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, overload

from pydantic import AwareDatetime, BaseModel, ConfigDict

from appconnect import display
from appconnect.http.exchange import Exchange
from appconnect.http.operation_runs import OperationRun

if TYPE_CHECKING:
    from markupsafe import Markup
    from pandas import DataFrame

COLUMNS = ("id", "at", "crm", "mode", "operation", "what", "outcome", "seconds")


class HistoryEntry(BaseModel):
    """An exchange, or an operation that has ended; secrets are masked.

    ``at`` is when it happened by this computer's clock (the exchange's own time is the sandbox's there),
    ``session`` names the workbench, and ``operation`` the operation ("log_call"; "" for none).
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: int
    at: AwareDatetime
    session: str
    crm: str
    mode: str
    operation: str = ""
    exchange: Exchange | None = None
    run: OperationRun | None = None

    @property
    def what(self) -> str:
        """``POST /v1/notes``; of an operation, its message or its error."""
        if self.exchange is not None:
            return f"{self.exchange.method} {self.exchange.path}"
        assert self.run is not None
        return self.run.message or self.run.error or self.run.name

    @property
    def outcome(self) -> str:
        """The answer's status, or why there was none; of an operation, ``done`` or ``failed``."""
        if self.exchange is not None:
            return self.exchange.outcome
        assert self.run is not None
        return self.run.outcome

    @property
    def seconds(self) -> float:
        """How long it took."""
        seconds = self.exchange.seconds if self.exchange is not None else self.run and self.run.seconds
        return seconds or 0.0

    def __repr__(self) -> str:
        about = " ".join(filter(None, [self.crm, self.operation]))
        return f"{self.id}. {local(self.at):%Y-%m-%d %H:%M:%S} {about}: {self.what} → {self.outcome}"

    __str__ = __repr__


class HistoryEntries(Sequence[HistoryEntry]):
    """What a search found, newest first; ``more``: there is more than was asked for."""

    def __init__(self, entries: Sequence[HistoryEntry], *, more: bool = False) -> None:
        self._entries = list(entries)
        self.more = more

    @overload
    def __getitem__(self, index: int) -> HistoryEntry: ...
    @overload
    def __getitem__(self, index: slice) -> list[HistoryEntry]: ...
    def __getitem__(self, index: int | slice) -> HistoryEntry | list[HistoryEntry]:
        return self._entries[index]

    def __len__(self) -> int:
        return len(self._entries)

    def to_dataframe(self) -> DataFrame:
        """Return a row per entry, newest first."""
        rows = [{name: getattr(each, name) for name in COLUMNS} for each in self]
        return display.data_frame(rows, COLUMNS).set_index("id")

    @property
    def in_words(self) -> str:
        """``12 entries``, and whether there are more."""
        found = "1 entry" if len(self) == 1 else f"{len(self)} entries"
        return f"the newest {found}" if self.more else found

    def __repr__(self) -> str:
        return f"<History: {self.in_words}>"

    def _repr_html_(self) -> Markup:
        rows = [
            {
                "No.": each.id,
                "When": f"{local(each.at):%Y-%m-%d %H:%M:%S}",
                "CRM": each.crm,
                "Operation": each.operation,
                "What": each.what,
                "Outcome": each.outcome,
            }
            for each in self
        ]
        return display.records(f"History: {self.in_words}", rows)


def local(moment: datetime) -> datetime:
    """Return a moment in this computer's zone."""
    return moment.astimezone()
