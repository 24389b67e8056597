"""The traffic of one or several workbenches, grouped by the operations that sent it, oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import count
from typing import NamedTuple

from appconnect.workbench import Exchange, OperationRun, Workbench

Place = tuple[int, float, int, int]
"""When an operation was first heard of, when it began, its workbench, its place among that one's."""
MAX_HEARD = 20_000


@dataclass(frozen=True)
class Source:
    """A workbench whose traffic is listed; ``label`` tells it from the others: "Acme", "Acme (2)"."""

    index: int
    workbench: Workbench
    label: str


@dataclass(frozen=True)
class Group:
    """An operation and its requests; ``run`` is None for a request that belongs to none.

    ``number`` is the operation's, 0 for none; an operation that the trace has forgotten has no run either.
    ``is_cut`` says that only its newest requests are here; ``version`` is that of the trace it was read from.
    """

    source: Source
    number: int
    run: OperationRun | None
    exchanges: Sequence[Exchange]
    version: int
    is_cut: bool = False

    @property
    def may_be_shown(self) -> bool:
        """Whether no secret became known since it was read."""
        return self.version == self.source.workbench.trace.version

    @property
    def id(self) -> str:
        """What names it in the list; that of its only request where there is no operation."""
        return operation_id(self.source, self.number) if self.number else self.ids[0]

    @property
    def ids(self) -> list[str]:
        """What names its requests."""
        return [request_id(self.source, each.number) for each in self.exchanges]

    @property
    def name(self) -> str:
        """The operation's name; "" where there is none."""
        return self.run.name if self.run else f"operation {self.number}" if self.number else ""


class Total(NamedTuple):
    """How many operations and requests there are."""

    operations: int
    requests: int

    @classmethod
    def of(cls, groups: Iterable[Group]) -> Total:
        """Count those in these groups."""
        listed = list(groups)
        return cls(sum(bool(each.number) for each in listed), sum(len(each.exchanges) for each in listed))

    @classmethod
    def kept(cls, all_sources: Iterable[Source]) -> Total:
        """Count those that the traces keep, without reading them."""
        traces = [each.workbench.trace for each in all_sources]
        return cls(sum(len(each.operation_names) for each in traces), sum(map(len, traces)))

    def __str__(self) -> str:
        return f"{_number(self.operations, 'operation')} with {_number(self.requests, 'request')}"


def _number(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def operation_id(source: Source, number: int) -> str:
    """Return what names an operation in the list."""
    return f"{source.index}.operation.{number}"


def request_id(source: Source, number: int) -> str:
    """Return what names a request in the list."""
    return f"{source.index}.request.{number}"


def sources(workbenches: Sequence[Workbench]) -> list[Source]:
    """Number the workbenches, and give each a label of its own."""
    titles = [each.title for each in workbenches]
    return [
        Source(index, each, _label(titles, index)) for index, each in enumerate(dict.fromkeys(workbenches))
    ]


def _label(titles: Sequence[str], index: int) -> str:
    before = titles[:index].count(titles[index])
    return f"{titles[index]} ({before + 1})" if before else titles[index]


@dataclass
class Arrivals:
    """In which order the operations of several workbenches began, whose clocks may differ."""

    _first: dict[tuple[int, int], int] = field(default_factory=dict)
    _ticks: count[int] = field(default_factory=lambda: count(1))

    def heard(self, source: Source) -> None:
        """Note that something happens now in the operation that runs here; it must cost next to nothing."""
        if number := source.workbench.trace.running_operation:
            self._first.setdefault((source.index, number), next(self._ticks))
            if len(self._first) > MAX_HEARD:
                del self._first[next(iter(self._first))]

    def of(self, group: Group) -> int:
        """Return when an operation was first heard of; 0 for one that ran before, or for none."""
        return self._first.get((group.source.index, group.number), 0)


def gather(all_sources: Iterable[Source], arrivals: Arrivals, latest: int | None = None) -> list[Group]:
    """Return what the traces hold, oldest first: of each workbench in order, of several as it happened.

    With ``latest`` only as many of the newest requests and operations of each are read.
    """
    placed = (_placed(each, arrivals, latest) for each in all_sources)
    return [group for _, group in merge(*placed, key=lambda each: each[0])]


def _placed(source: Source, arrivals: Arrivals, latest: int | None) -> list[tuple[Place, Group]]:
    placed: list[tuple[Place, Group]] = []
    tick, at = 0, 0.0
    for place, group in enumerate(_groups(source, latest)):
        tick, at = max(tick, arrivals.of(group)), max(at, _begun(group))
        placed.append(((tick, at, source.index, place), group))
    return placed


def _begun(group: Group) -> float:
    return (group.run.at if group.run else group.exchanges[0].at).timestamp()


def _groups(source: Source, latest: int | None) -> list[Group]:
    """Return a workbench's operations by number, and between them the requests that belong to none."""
    trace = source.workbench.trace
    version = trace.version
    exchanges = list(trace) if latest is None else trace[-latest:]
    known = trace.operations if latest is None else trace.newest_operations(latest)
    runs = {each.number: each for each in known}
    sent: dict[int, list[Exchange]] = {}
    for each in exchanges:
        sent.setdefault(each.operation, []).append(each)
    alone = sent.pop(0, [])
    cut = exchanges[0].operation if len(exchanges) < len(trace) else 0
    """Of operations up to this one, not all requests were read."""
    numbers = [each for each in sorted(runs.keys() | sent.keys()) if each > cut or each in sent]
    found = [(each.number, 0, Group(source, 0, None, [each], version)) for each in alone]
    last = 0
    for number in numbers:
        of_it = sent.get(number, [])
        last = max(last, of_it[0].number) if of_it else last
        group = Group(source, number, runs.get(number), of_it, version, is_cut=number <= cut)
        found.append((last, number, group))
    return [group for _, _, group in sorted(found, key=lambda each: each[:2])]
