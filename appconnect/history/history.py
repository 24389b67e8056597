"""The history as people ask it: by words, CRM, operation, status and time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from appconnect import display
from appconnect.errors import InputError
from appconnect.history.entries import HistoryEntries, HistoryEntry
from appconnect.http.exchange import Exchange
from appconnect.http.exports.origin import Origin
from appconnect.http.operation_runs import OperationRun
from appconnect.live_outputs import mark_live_outputs
from appconnect.settings import Mode
from appconnect.text.characters import unwritable

if TYPE_CHECKING:
    from markupsafe import Markup

    from appconnect.history.file import Found, HistoryFile

FILE: Final = "history.sqlite3"
LIMIT: Final = 100
KINDS: Final = ("exchange", "operation")
_UNITS: Final = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
Since = datetime | timedelta | str
OriginOf = Callable[[str], Origin]


def unknown(crm: str) -> Origin:
    """Return a CRM of which no more is known than its name."""
    return Origin(crm, crm)


class History:
    """What was done and sent on this computer, secrets masked; also by other notebooks and before a restart.

    ``is_on``: what happens now is kept too (``APPCONNECT_HISTORY``). ``origin_of`` tells of a CRM what
    commands must know of it.
    """

    def __init__(self, path: Path, *, is_on: bool = True, origin_of: OriginOf = unknown) -> None:
        self.path = path
        self.is_on = is_on
        self._origin_of = origin_of

    def search(
        self,
        words: str = "",
        *,
        crm: str = "",
        operation: str = "",
        status: str | int = "",
        kind: str = "",
        since: Since = "",
        limit: int = LIMIT,
    ) -> HistoryEntries:
        """Return the newest entries that fit, newest first.

        ``words``, in any order and case, are looked for in everything: addresses, headers, bodies, results.
        ``status`` is a status (404), a class of them ("4xx"), "failed" or "ok". ``kind`` is "exchange" or
        "operation". ``since`` is a time, how long ago, or as text "2h", "3d", "2026-11-26".
        InputError for what is none of these, StoreError where the file cannot be read.
        """
        where, values = _conditions(
            words=words, crm=crm, operation=operation, status=status, kind=kind, since=since
        )
        return self._found(where, values, limit)

    def entry(self, number: int) -> HistoryEntry:
        """Return an entry by its number; InputError when there is none."""
        found = self._found("e.id = ?", [number], 1)
        if not found:
            raise InputError(f"There is no entry {number} in the history, or it was dropped for newer ones.")
        return found[0]

    def exchanges_of(self, entry: HistoryEntry) -> list[HistoryEntry]:
        """Return the exchanges of an operation, oldest first."""
        if entry.run is None:
            return [entry]
        where = "e.kind = 'exchange' AND e.session = ? AND e.run = ?"
        return list(self._found(where, [entry.session, entry.run.number], 10_000))[::-1]

    @property
    def operations(self) -> list[str]:
        """The names of the operations that there are."""
        return self._names("operation")

    @property
    def crms(self) -> list[str]:
        """The CRMs that there are."""
        return self._names("crm")

    def clear(self) -> None:
        """Forget everything, also what other notebooks did."""
        with self._opened() as file:
            if file is not None:
                file.clear()

    def __len__(self) -> int:
        with self._opened() as file:
            return 0 if file is None else file.count()

    def __repr__(self) -> str:
        kept = "1 entry" if len(self) == 1 else f"{len(self):,} entries"
        off = "" if self.is_on else "; off, nothing new is kept"
        return f"<History: {kept}{off}>"

    def _repr_html_(self) -> Markup:
        return self.search(limit=display.MAX_ROWS)._repr_html_()

    # -- how --

    @contextmanager
    def _opened(self) -> Iterator[HistoryFile | None]:
        """Give the file with all that has happened here; None where there is none yet."""
        from appconnect.history.file import HistoryFile
        from appconnect.history.writer import flush

        flush()
        if not self.path.exists():
            yield None
            return
        with closing(HistoryFile(self.path)) as file:
            yield file

    def _found(self, where: str, values: Sequence[object], limit: int) -> HistoryEntries:
        with self._opened() as file:
            rows = [] if file is None else file.select(where, values, limit + 1)
        entries = [entry for row in rows[:limit] if (entry := self._entry(row)) is not None]
        if any(each.mode == Mode.LIVE for each in entries):
            mark_live_outputs()
        return HistoryEntries(entries, more=len(rows) > limit)

    def _names(self, column: str) -> list[str]:
        with self._opened() as file:
            return [] if file is None else file.names(column)

    def _entry(self, row: Found) -> HistoryEntry | None:
        """Return an entry; None for one that another version wrote and this one cannot read."""
        try:
            about = {
                "id": row.id, "at": datetime.fromtimestamp(row.noted, UTC), "session": row.session,
                "crm": row.crm, "mode": row.mode, "operation": row.operation,
            }  # fmt: skip
            document = json.loads(row.document)
            if row.kind == "operation":
                return HistoryEntry.model_validate({**about, "run": OperationRun.model_validate(document)})
            exchange = Exchange.model_validate(document).of(self._origin_of(row.crm))
            return HistoryEntry.model_validate({**about, "exchange": exchange})
        except (ValueError, TypeError, OverflowError):  # the last two: a time that is none
            return None


# -- what is asked for --


def _conditions(
    *, words: str, crm: str, operation: str, status: str | int, kind: str, since: Since
) -> tuple[str, list[object]]:
    """Return the conditions of a query, and their values."""
    found: list[tuple[str, list[object]]] = []
    for text in filter(None, (words, crm, operation)):
        _check_text(text)
    if crm:
        found.append(("e.crm = ?", [crm]))
    if operation:
        found.append(("e.operation = ?", [operation]))
    if kind:
        if kind not in KINDS:
            raise InputError(f"There is no kind {kind!r}; choose {' or '.join(KINDS)}.")
        found.append(("e.kind = ?", [kind]))
    if status != "":
        found.append(_of_status(str(status).strip().lower()))
    if since:
        found.append(("e.noted >= ?", [_moment(since).timestamp()]))
    if words and (wanted := words.casefold().split()):
        found.append(("has_words(e.crm || ' ' || e.operation || ' ' || d.document, ?)", ["\n".join(wanted)]))
    where = " AND ".join(condition for condition, _ in found) or "1"
    return where, [value for _, values in found for value in values]


def _check_text(text: object) -> None:
    """Raise InputError for what can be in no entry, and SQLite does not take."""
    if not isinstance(text, str):
        raise InputError(f"What is searched for must be text, but it is of type {type(text).__name__}.")
    if found := unwritable(text):
        raise InputError(
            f"What is searched for has a character in it that cannot be written ({found}); take it out."
        )


def _of_status(status: str) -> tuple[str, list[object]]:
    if status in ("failed", "ok"):
        return "e.failed = ?", [status == "failed"]
    if re.fullmatch("[1-9]xx", status):
        return "e.status BETWEEN ? AND ?", [int(status[0]) * 100, int(status[0]) * 100 + 99]
    if re.fullmatch("[1-9][0-9]{2}", status):
        return "e.status = ?", [int(status)]
    raise InputError(f"There is no status {status!r}; write 404, 4xx, failed or ok.")


def _moment(since: Since) -> datetime:
    try:
        told = _read(since) if isinstance(since, str) else since
        moment = datetime.now(UTC) - told if isinstance(told, timedelta) else told
        return moment if moment.tzinfo else moment.astimezone()
    except (ValueError, OverflowError, AttributeError):  # the last: neither time nor text
        raise InputError(f"{since!r} is no time; write 30m, 2h, 3d or 2026-11-26.") from None


def _read(text: str) -> datetime | timedelta:
    if ago := re.fullmatch(r"([0-9]{1,6})\s*(m|min|h|d|w)", text.strip().lower()):
        return timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    return datetime.fromisoformat(text.strip())
