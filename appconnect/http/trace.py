"""What went over the wire, shown without secrets.

Nothing is read or redacted until somebody looks: what was sent and answered is held privately until then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Protocol, overload

from pydantic import JsonValue

from appconnect.clock import Clock
from appconnect.errors import InputError
from appconnect.http import trace_table
from appconnect.http.exchange import Exchange, Facts, Request, Response, Snapshot
from appconnect.http.exports.origin import Origin
from appconnect.http.exports.trace_exports import Exports, WithoutPeople
from appconnect.http.operation_runs import OperationRun, OperationRuns, Read, Running
from appconnect.http.ratelimit import RateLimit

if TYPE_CHECKING:
    from markupsafe import Markup

Listener = Callable[[Exchange], None]
OperationListener = Callable[[OperationRun], None]
Show = Callable[[], Exchange]
"""Returns an exchange as it may be shown, redacted when first asked for."""
ShowRun = Callable[[], OperationRun]
"""Returns an operation as it may be shown."""


class Follower(Protocol):
    """Takes what happens without looking at it, and may look later, in another thread too."""

    def exchanged(self, show: Show) -> None:
        """Take an exchange."""
        ...

    def ended(self, show: ShowRun) -> None:
        """Take an operation that has ended."""
        ...


class Redacts(Protocol):
    """Takes secrets out of requests and answers; :class:`appconnect.redaction.Redactor` is one."""

    @property
    def version(self) -> int:
        """A number that changes whenever another secret becomes known."""
        ...

    def may_name(self, passed: Snapshot) -> bool:
        """Return False if these certainly show no secret by name that was not shown before."""
        ...

    def learn(self, request: Request, response: Response | None = None) -> None:
        """Remember the secrets that a request and its answer show."""
        ...

    def request(self, request: Request) -> Request:
        """Return the request as it may be shown."""
        ...

    def response(self, response: Response) -> Response:
        """Return the answer as it may be shown."""
        ...

    def json(self, value: JsonValue) -> JsonValue:
        """Return arguments or a result as they may be shown."""
        ...


@dataclass(repr=False, eq=False, slots=True)
class _Entry:
    """An exchange as it ``passed`` until somebody looks, and as it may be shown from then on."""

    facts: Facts
    passed: Snapshot | None
    is_learned: bool = False
    shown: Exchange | None = None
    version: int = -1


class Trace(Exports):
    """The exchanges of one workbench, oldest first, and the operations that they belong to.

    The newest ``keep`` of each are remembered.

    Secrets that become known later are taken out of earlier exchanges too, when these are looked at again.
    """

    def __init__(
        self,
        redactor: Redacts,
        keep: int = 500,
        *,
        origin: Origin | None = None,
        without_people: WithoutPeople | None = None,
    ) -> None:
        """Take what masks secrets, the CRM that is asked, and what replaces people by pseudonyms."""
        self._redactor = redactor
        self._keep = keep
        self._origin = origin or Origin()
        self._without_people = without_people
        self._entries: list[_Entry] = []
        self._not_learned: deque[_Entry] = deque()
        self._runs = OperationRuns(keep)
        self._listeners: list[Listener] = []
        self._operation_listeners: list[OperationListener] = []
        self._watchers: list[Callable[[], None]] = []
        self._followers: list[Follower] = []
        self._count = 0
        self._lock = RLock()

    def next_number(self) -> int:
        """Return the number of the request that is about to leave; counts from 1."""
        self._count += 1
        return self._count

    def add(self, facts: Facts, passed: Snapshot) -> Show:
        """Remember an exchange, in order of departure, and tell whoever listens; return what shows it."""
        entry = _Entry(facts, passed)
        with self._lock:
            self._insert(entry)
            self._not_learned.append(entry)
            if len(self._entries) > self._keep:
                self._forget(self._entries[: -self._keep])
                del self._entries[: -self._keep]
        self._tell_watchers()
        show = partial(self._show, entry)
        for follower in list(self._followers):
            follower.exchanged(show)
        for listener in list(self._listeners):
            listener(show())
        return show

    def add_recorded(self, request: Request, response: Response, at: datetime) -> None:
        """Remember an exchange of a recording, which holds no secrets, as the newest."""
        facts = Facts(number=self.next_number(), at=at)
        shown = Exchange(**dict(facts), request=request, response=response)
        with self._lock:
            self._entries = [*self._entries, _Entry(facts, None, is_learned=True, shown=shown)][-self._keep :]
        self._tell_watchers()

    def _insert(self, entry: _Entry) -> None:
        place = len(self._entries)
        while place and self._entries[place - 1].facts.number > entry.facts.number:
            place -= 1
        self._entries.insert(place, entry)

    def note_shared(self, number: int) -> None:
        """Note that the answer to a request was given to one more who asked for the same at once."""
        with self._lock:
            entry = next((each for each in reversed(self._entries) if each.facts.number == number), None)
            if entry is not None:
                more = {"shared_by": entry.facts.shared_by + 1}
                entry.facts = entry.facts.model_copy(update=more)
                entry.shown = entry.shown and entry.shown.model_copy(update=more)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with each new exchange; return the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call ``changed`` whenever there is something new, without looking at it; return what ends it."""
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    def follow(self, follower: Follower) -> Callable[[], None]:
        """Hand over each new exchange and each operation that has ended, unread; return what ends it."""
        self._followers.append(follower)
        return lambda: self._followers.remove(follower)

    def clear(self) -> None:
        """Forget all exchanges and operations; numbering goes on."""
        with self._lock:
            self._forget(self._entries)
            self._entries.clear()
        self._runs.clear()
        self._tell_watchers()

    def _tell_watchers(self) -> None:
        for changed in list(self._watchers):
            changed()

    # -- operations --

    @contextmanager
    def operation(self, name: str, arguments: Read, clock: Clock) -> Iterator[Running]:
        """Remember an operation that runs during the block, and that requests sent meanwhile are its own."""
        run = None
        try:
            with self._runs.running(name, arguments, clock) as run:
                self._tell_watchers()
                yield run
        finally:
            self._tell_watchers()
            if run is not None:
                self._tell_ended(run)

    def _tell_ended(self, run: Running) -> None:
        show = partial(self._show_run, run)
        for follower in list(self._followers):
            follower.ended(show)
        for listener in list(self._operation_listeners):
            listener(show())

    def _show_run(self, run: Running) -> OperationRun:
        self._learn_all()
        with self._lock:
            return run.shown(self._redactor.json, self._redactor.version)

    def operation_name(self, number: int) -> str:
        """Return the name of an operation ("log_call"); "" for none, or one that is forgotten."""
        return next((each.name for each in self._runs if each.number == number), "")

    @property
    def version(self) -> int:
        """A number that changes whenever another secret becomes known, and what was shown may change."""
        return self._redactor.version

    @property
    def running_operation(self) -> int:
        """The number of the operation that runs here and now; 0 outside of all."""
        return self._runs.current

    @property
    def operations(self) -> list[OperationRun]:
        """The operations that have run, or run now, oldest first."""
        return [self._show_run(each) for each in self._runs]

    def newest_operations(self, count: int) -> list[OperationRun]:
        """Return the newest operations, oldest first; only they are read."""
        return [self._show_run(each) for each in list(self._runs)[-count:]]

    @property
    def operation_names(self) -> dict[int, str]:
        """The names of the operations by number; nothing else of them is read."""
        return {each.number: each.name for each in self._runs}

    def listen_to_operations(self, listener: OperationListener) -> Callable[[], None]:
        """Call ``listener`` with each operation that has ended; return the function that ends it."""
        self._operation_listeners.append(listener)
        return lambda: self._operation_listeners.remove(listener)

    @property
    def limits(self) -> RateLimit:
        """What the CRM last said of its limits; empty when it has said nothing."""
        newest_first = (each.facts.limits for each in reversed(list(self._entries)))
        return next((limits for limits in newest_first if limits.is_known), RateLimit())

    def get(self, number: int) -> Exchange | None:
        """Return the exchange of this number; None when it is forgotten, or there was none."""
        entry = next((each for each in reversed(list(self._entries)) if each.facts.number == number), None)
        return None if entry is None else self._show(entry)

    def newest_of(self, operation: int) -> Exchange | None:
        """Return the newest exchange of an operation, by its number; None when there is none."""
        mine = (each for each in reversed(list(self._entries)) if each.facts.operation == operation)
        return next(map(self._show, mine), None)

    def __iter__(self) -> Iterator[Exchange]:
        return iter([self._show(each) for each in list(self._entries)])

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Exchange: ...

    @overload
    def __getitem__(self, index: slice) -> list[Exchange]: ...

    def __getitem__(self, index: int | slice) -> Exchange | list[Exchange]:
        if isinstance(index, slice):
            return [self._show(each) for each in self._entries[index]]
        return self._show(self._entries[index])

    def numbered(self, number: int) -> Exchange:
        """Return the exchange of this number; InputError when it is none, or forgotten."""
        found = self.get(number)
        if found is None:
            raise InputError(f"There is no request number {number} in this trace, or it is forgotten by now.")
        return found

    def __repr__(self) -> str:
        return f"<Trace: {self._count_in_words()}>"

    def _repr_html_(self) -> Markup:
        return trace_table.html(self, self._count_in_words())

    def _count_in_words(self) -> str:
        return "1 request" if len(self) == 1 else f"{len(self)} requests"

    # -- redaction --

    def _show(self, entry: _Entry) -> Exchange:
        self._learn_all()
        with self._lock:
            if entry.shown is None or entry.version != self._redactor.version:
                self._redact(entry)
            assert entry.shown is not None
            return entry.shown

    def _learn_all(self) -> None:
        """Learn from everything before any of it is shown: a secret may be named later."""
        with self._lock:
            while self._not_learned:
                self._learn(self._not_learned.popleft())

    def _learn(self, entry: _Entry) -> None:
        if entry.passed is not None and not entry.is_learned:
            entry.is_learned = True
            if self._redactor.may_name(entry.passed):
                self._redactor.learn(*entry.passed())

    def _forget(self, entries: list[_Entry]) -> None:
        """Learn the secrets of entries that are dropped unseen, for they may turn up again."""
        for entry in entries:
            self._learn(entry)
        while self._not_learned and self._not_learned[0].is_learned:
            self._not_learned.popleft()

    def _redact(self, entry: _Entry) -> None:
        request, response = _parts(entry)
        entry.version = self._redactor.version
        entry.shown = Exchange(
            **dict(entry.facts),
            request=self._redactor.request(request),
            response=self._redactor.response(response) if response else None,
        ).of(self._origin)
        entry.passed = None


def _parts(entry: _Entry) -> tuple[Request, Response | None]:
    """Return request and answer as they were, or, once redacted, as they were shown last."""
    if entry.passed is not None:
        return entry.passed()
    assert entry.shown is not None
    return entry.shown.request, entry.shown.response
