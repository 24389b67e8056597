"""Writes what happens into the history, behind the back of who works: in a thread, a few times a second.

Nothing is read or redacted in the operations' own time. What is done is on disk a moment later; at the end of
the process the rest is written.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, RLock, Thread
from typing import TYPE_CHECKING, Final

from appconnect import lazily
from appconnect.errors import AppConnectError
from appconnect.http.bodies import Body, BodyKind
from appconnect.http.exchange import Exchange
from appconnect.http.operation_runs import OperationRun
from appconnect.http.trace import Show, ShowRun, Trace

if TYPE_CHECKING:
    from appconnect.history import file as history_file
    from appconnect.history.file import HistoryFile, Row
    from appconnect.http.exports import message
else:  # with SQLite
    history_file = lazily.module("appconnect.history.file")
    message = lazily.module("appconnect.http.exports.message")

PAUSE: Final = 0.2
"""Seconds between something that happens and its place on the disk."""
BATCH: Final = 100
MAX_DOCUMENT: Final = 256_000
"""Letters of an entry; longer bodies are cut."""
KEPT_LETTERS: Final = 20_000
RECENT: Final = 500
"""Entries that are written anew when a secret in them becomes known later."""

log = logging.getLogger(__name__)


@dataclass
class Written:
    """An entry on the disk, and what shows it as it may be shown now."""

    id: int
    document: str
    show: Callable[[], str]


@dataclass
class Session:
    """The trace of one workbench, followed; it belongs to the trace, and goes when that goes."""

    writer: HistoryWriter
    trace: Trace
    crm: str
    mode: str
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    version: int = -1
    recent: deque[Written] = field(default_factory=lambda: deque(maxlen=RECENT))

    def exchanged(self, show: Show) -> None:
        """Take an exchange."""
        self.writer.put(Item(self, time.time(), exchange=show))

    def ended(self, show: ShowRun) -> None:
        """Take an operation."""
        self.writer.put(Item(self, time.time(), run=show))


@dataclass
class Item:
    """What happened, as it is handed over: nothing of it is read yet."""

    session: Session
    noted: float
    exchange: Show | None = None
    run: ShowRun | None = None

    def shown(self) -> Exchange | OperationRun:
        """Return what it is as it may be shown now."""
        if self.exchange is not None:
            return self.exchange()
        assert self.run is not None
        return self.run()

    def document(self) -> str:
        """Return the entry's text as it may be shown now."""
        return document_of(self.shown())

    def row(self) -> Row:
        """Return what is written of it."""
        shown, about = self.shown(), self.session
        if isinstance(shown, Exchange):
            kind, number, status = "exchange", shown.operation, shown.status
            name, failed = about.trace.operation_name(number), status is None or status >= 400
        else:
            kind, number, status = "operation", shown.number, None
            name, failed = shown.name, not shown.succeeded
        return history_file.Row(
            kind=kind, noted=self.noted, session=about.name, crm=about.crm, mode=about.mode, operation=name,
            run=number, status=status, failed=failed, document=document_of(shown),
        )  # fmt: skip


class HistoryWriter:
    """Writes into one file for all workbenches of this process.

    ``problem`` is a sentence on why the newest could not be written; "" when all is well.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        self._items: deque[Item] = deque()
        self._file: HistoryFile | None = None
        self._new = Event()
        self._writing, self._starting = RLock(), Lock()
        self._thread: Thread | None = None
        self._process = os.getpid()

    def follow(self, trace: Trace, *, crm: str, mode: str) -> None:
        """Write what happens in a trace from now on."""
        trace.follow(Session(self, trace, crm, mode))

    def put(self, item: Item) -> None:
        """Take what has happened; it is written soon."""
        if self._process != os.getpid():
            self._begin_anew()
        self._items.append(item)
        if self._thread is None:
            self._start()
        self._new.set()

    def flush(self) -> None:
        """Write what is waiting, now."""
        if self._process != os.getpid():
            self._begin_anew()
        with self._writing:
            while self._items:
                self._write(self._next())

    # -- how --

    def _begin_anew(self) -> None:
        """Leave to the parent what waits there: this process was forked off."""
        self._process, self._file, self._thread = os.getpid(), None, None
        self._items, self._new = deque(), Event()
        self._writing, self._starting = RLock(), Lock()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="appconnect-history", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._new.wait()
            time.sleep(PAUSE)
            self._new.clear()
            self.flush()

    def _next(self) -> list[Item]:
        return [self._items.popleft() for _ in range(min(len(self._items), BATCH))]

    def _write(self, items: list[Item]) -> None:
        try:
            told = [(item, row) for item in items if (row := _row(item)) is not None]
            file = self._file = self._file or history_file.HistoryFile(self.path)
            numbers = file.add([row for _, row in told])
            for (item, row), number in zip(told, numbers, strict=True):
                item.session.recent.append(Written(number, row.document, item.document))
            for session in {id(item.session): item.session for item, _ in told}.values():
                self._rewrite(file, session)
            self.problem = ""
        except AppConnectError as error:
            self._note(error.message)

    def _rewrite(self, file: HistoryFile, session: Session) -> None:
        """Write anew what shows a secret that has become known since."""
        version = session.trace.version
        if version == session.version:
            return
        session.version = version
        changed = []
        for each in session.recent:
            document = each.show()
            if document != each.document:
                each.document = document
                changed.append((each.id, document))
        file.change(changed)

    def _note(self, problem: str) -> None:
        if not self.problem:
            log.warning("%s What is done is not kept in it meanwhile.", problem)
        self.problem = problem
        if self._file is not None:
            self._file.close()
            self._file = None


def _row(item: Item) -> Row | None:
    """Return the row, None for what cannot be shown: a history is no reason for anything to fail."""
    try:
        return item.row()
    except Exception:
        log.exception("An entry of the history could not be read.")
        return None


# -- texts --


def document_of(shown: Exchange | OperationRun) -> str:
    """Return an entry's JSON; a body that is too long is cut, and says so."""
    text = _dump(shown)
    if len(text) <= MAX_DOCUMENT:
        return text
    if isinstance(shown, OperationRun):
        return _dump(
            shown.model_copy(update={"arguments": None, "result": f"too long: {len(text):,} letters"})
        )
    return _dump(_cut(shown))


def _cut(exchange: Exchange) -> Exchange:
    request, response = exchange.request, exchange.response
    return exchange.model_copy(
        update={
            "request": request.model_copy(update={"body": _shortened(request.body)}),
            "response": response and response.model_copy(update={"body": _shortened(response.body)}),
        }
    )


def _shortened(body: Body | None) -> Body | None:
    if body is None or len(text := json.dumps(body.value, ensure_ascii=False)) <= KEPT_LETTERS:
        return body
    return Body(kind=BodyKind.TEXT, value=f"{text[:KEPT_LETTERS]}… (cut: {len(text):,} letters in all)")


def _dump(shown: Exchange | OperationRun) -> str:
    return message.escaped(json.dumps(shown.model_dump(mode="json"), ensure_ascii=False))


# -- the writers of this process --

_writers: dict[Path, HistoryWriter] = {}


def writer_to(path: Path) -> HistoryWriter:
    """Return the one writer of this process that writes into a file."""
    if not _writers:
        atexit.register(flush)
    return _writers.setdefault(path, HistoryWriter(path))


def flush() -> None:
    """Write what is waiting, into all files."""
    for each in list(_writers.values()):
        each.flush()
