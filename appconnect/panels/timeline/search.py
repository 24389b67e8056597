"""The filters of the timeline: words in any order over everything, a status, a CRM, an operation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from appconnect.panels.timeline.groups import Group, operation_id
from appconnect.workbench import Exchange, OperationRun

ANY: Final = "any"
TROUBLE: Final = "trouble"
NO_ANSWER: Final = "no answer"
STATUSES: Final = (
    ("any", ANY),
    ("trouble: refused, failed, unanswered", TROUBLE),
    ("2xx done", "2"),
    ("3xx sent elsewhere", "3"),
    ("4xx refused", "4"),
    ("5xx failed there", "5"),
    ("no answer", NO_ANSWER),
)


@dataclass(frozen=True)
class Filters:
    """What is looked for; "" and ``any`` keep everything."""

    words: str = ""
    status: str = ANY
    crm: str = ""
    operation: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether everything is kept."""
        return self == Filters()


class Search:
    """Keeps what fits; what was read to be searched is remembered while it is listed."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[object, str]] = {}
        self._before: dict[str, tuple[object, str]] = {}

    def fitting(self, groups: Iterable[Group], filters: Filters) -> list[Group]:
        """Return the groups that fit, each with those of its requests that do."""
        if filters.is_empty:
            return list(groups)
        self._before, self._read = self._read, {}
        parts = [self._part(each, filters) for each in groups if _is_asked_for(each, filters)]
        return [each for each in parts if each is not None]

    def _part(self, group: Group, filters: Filters) -> Group | None:
        """Return what fits of a group: all that has the status, where the operation itself has all words."""
        words = filters.words.casefold().split()
        run_fits = group.run is not None and _has_all(words, self._text_of_run(group))
        exchanges = [
            each
            for each, name in zip(group.exchanges, group.ids, strict=True)
            if _has_status(each, filters.status)
            and (run_fits or _has_all(words, self._text(name, each, partial(_of_request, group, each))))
        ]
        run_has_status = filters.status == ANY or (filters.status == TROUBLE and _failed(group.run))
        return replace(group, exchanges=exchanges) if exchanges or (run_fits and run_has_status) else None

    def _text_of_run(self, group: Group) -> str:
        name = operation_id(group.source, group.number)
        return self._text(name, group.run, partial(_of_operation, group))

    def _text(self, name: str, about: object, read: Callable[[], str]) -> str:
        """Return what is searched, read anew only where it is not the same as before."""
        known = self._before.get(name)
        if known is None or known[0] is not about:
            known = (about, read())
        self._read[name] = known
        return known[1]


def is_trouble(exchange: Exchange) -> bool:
    """Return whether a request was refused, failed, or has no answer."""
    return exchange.status is None or exchange.status >= 400


def _has_all(words: Sequence[str], text: str) -> bool:
    return all(each in text for each in words)


def _is_asked_for(group: Group, filters: Filters) -> bool:
    return filters.crm in ("", group.source.label) and filters.operation in ("", group.name)


def _has_status(exchange: Exchange, status: str) -> bool:
    if status == ANY:
        return True
    if status == TROUBLE:
        return is_trouble(exchange)
    if status == NO_ANSWER or exchange.status is None:
        return status == NO_ANSWER and exchange.status is None
    return str(exchange.status).startswith(status)


def _failed(run: OperationRun | None) -> bool:
    return run is not None and run.succeeded is False


# -- what is searched --


def _of_operation(group: Group) -> str:
    run = group.run
    if run is None:
        return ""
    parts = [run.name, group.source.label, run.outcome, run.message, run.error]
    return " ".join([*parts, *_in(run.arguments), *_in(run.result)]).casefold()


def _of_request(group: Group, exchange: Exchange) -> str:
    run, request = group.run, exchange.request
    parts = [
        *((run.name, run.message, run.error) if run else ()),
        group.source.label, exchange.method, exchange.url, exchange.outcome, exchange.error,
        exchange.purpose.value, *(each.reason for each in exchange.waits),
        *_in(dict(request.query)),
        *_in(dict(exchange.request_headers)), *_in(dict(exchange.response_headers)),
        *_in(exchange.request_body), *_in(exchange.response_body),
    ]  # fmt: skip
    return " ".join(parts).casefold()


def _in(value: object) -> Iterator[str]:
    """Iterate over names and values at any depth, as they are written."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _in(each)
    elif value is not None:
        yield value if isinstance(value, str) else json.dumps(value)
