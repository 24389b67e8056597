"""Who hears of what the trace remembers, what it is asked by number, and what it no longer holds."""

from __future__ import annotations

import gc
import weakref
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import JsonValue, SecretStr

from appconnect.errors import ConfigurationError, InputError
from appconnect.http import Exchange, OperationRun, RateLimit, Trace
from appconnect.http.exchange import Facts, Snapshot
from appconnect.http.trace import Show, ShowRun
from appconnect.redaction import ConnectionSecrets, Redactor
from appconnect.sandbox.clock import SandboxClock

SECRET = "new-0123456789"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def a_trace(keep: int = 500) -> Trace:
    return Trace(Redactor(secrets=ConnectionSecrets([SecretStr(SECRET)])), keep=keep)


def remember(trace: Trace, path: str = "/x", answered: JsonValue = None, **facts: object) -> httpx.URL:
    """Add one more exchange, and return a piece of it as it passed: its address."""
    request = httpx.Request("GET", f"https://crm.example{path}")
    about = Facts.model_validate({"number": trace.next_number(), "at": NOON, **facts})
    trace.add(about, Snapshot(request, httpx.Response(200, json=answered)))
    return request.url


def run(trace: Trace, name: str, clock: SandboxClock, *, message: str = "Done") -> None:
    with trace.operation(name, lambda: {"note": SECRET}, clock) as running:
        running.returned(succeeded=True, message=message, error="", result=lambda: {"id": SECRET})


class Following:
    """Keeps what it is handed, unread."""

    def __init__(self) -> None:
        self.exchanges: list[Show] = []
        self.runs: list[ShowRun] = []

    def exchanged(self, show: Show) -> None:
        self.exchanges.append(show)

    def ended(self, show: ShowRun) -> None:
        self.runs.append(show)


# -- who is told --


def test_whoever_listens_hears_of_exchanges_and_operations_until_it_stops() -> None:
    trace, clock = a_trace(), SandboxClock()
    exchanges: list[Exchange] = []
    runs: list[OperationRun] = []
    stops = [trace.listen(exchanges.append), trace.listen_to_operations(runs.append)]
    remember(trace, "/a", {"echo": SECRET})
    run(trace, "find_contact", clock, message=f"Found {SECRET}")
    for stop in stops:
        stop()
    remember(trace, "/b")
    run(trace, "log_call", clock)
    assert [("/a", {"echo": "<secret>"})] == [(each.path, each.response_body) for each in exchanges]
    assert [("find_contact", "Found <secret>", {"note": "<secret>"}, {"id": "<secret>"})] == [
        (each.name, each.message, each.arguments, each.result) for each in runs
    ]


def test_whoever_follows_is_handed_the_same_and_looks_when_it_likes() -> None:
    trace, clock, following = a_trace(), SandboxClock(), Following()
    stop = trace.follow(following)
    remember(trace, "/a", {"echo": SECRET})
    run(trace, "find_contact", clock)
    stop()
    remember(trace, "/b")
    run(trace, "log_call", clock)
    assert [{"echo": "<secret>"}] == [show().response_body for show in following.exchanges]
    assert ["find_contact"] == [show().name for show in following.runs]


def test_whoever_watches_is_called_for_each_change_until_it_stops() -> None:
    trace, clock = a_trace(), SandboxClock()
    seen: list[tuple[int, int]] = []
    stop = trace.watch(lambda: seen.append((len(trace), len(trace.operations))))
    remember(trace)
    run(trace, "find_contact", clock)
    trace.clear()
    stop()
    remember(trace)
    assert [(1, 0), (1, 1), (1, 1), (0, 0)] == seen


def test_an_operation_that_fails_is_told_too() -> None:
    trace = a_trace()
    runs: list[OperationRun] = []
    trace.listen_to_operations(runs.append)
    with pytest.raises(KeyError), trace.operation("log_call", dict, SandboxClock()):
        raise KeyError(SECRET)
    assert [("log_call", "failed", "KeyError", "'<secret>'")] == [
        (each.name, each.outcome, each.error, each.message) for each in runs
    ]


# -- what is asked for --


def test_operations_are_told_by_number_with_what_they_sent() -> None:
    trace, clock = a_trace(), SandboxClock()
    for name in ("sign_in", "find_contact"):
        with trace.operation(name, dict, clock):
            for path in ("/a", "/b"):
                remember(trace, f"/{name}{path}", operation=trace.running_operation)
            assert ("running", None) == (trace.operations[-1].outcome, trace.operations[-1].succeeded)
    remember(trace, "/of/none")
    assert 0 == trace.running_operation
    assert ["sign_in", "find_contact", ""] == [trace.operation_name(number) for number in (1, 2, 3)]
    assert {1: "sign_in", 2: "find_contact"} == trace.operation_names
    assert ["/sign_in/b", "/find_contact/b"] == [
        each.path for number in (1, 2) if (each := trace.newest_of(number)) is not None
    ]
    assert trace.newest_of(3) is None
    assert [["find_contact"], ["sign_in", "find_contact"]] == [
        [each.name for each in trace.newest_operations(count)] for count in (1, 9)
    ]


def test_an_operation_is_told_in_one_line() -> None:
    trace = a_trace()
    run(trace, "find_contact", SandboxClock())
    assert "1. find_contact: done" == repr(trace.operations[0]) == str(trace.operations[0])


def test_an_exchange_is_found_by_its_number_as_long_as_it_is_remembered() -> None:
    trace = a_trace(keep=2)
    for path in ("/a", "/b", "/c"):
        remember(trace, path)
    assert ["/b", "/c"] == [trace.numbered(number).path for number in (2, 3)]
    assert [None, None] == [trace.get(1), trace.get(4)]
    for number in (1, 4):
        with pytest.raises(InputError, match=f"no request number {number} in this trace, or it is forgotten"):
            trace.numbered(number)


def test_an_answer_that_several_were_given_says_so_also_when_it_was_looked_at_before() -> None:
    trace = a_trace()
    for _ in range(3):
        remember(trace)
    assert "200" == trace.numbered(2).outcome
    trace.note_shared(2)
    trace.note_shared(2)
    trace.note_shared(3)
    trace.note_shared(9)
    assert ["200", "200, shared by 3", "200, shared by 2"] == [each.outcome for each in trace]


def test_the_limits_are_those_that_were_told_last() -> None:
    trace = a_trace()
    assert RateLimit() == trace.limits
    for remaining in (7, 6, None):
        remember(trace, limits=RateLimit(remaining=remaining))
    assert 6 == trace.limits.remaining


@pytest.mark.parametrize(("count", "words"), [(0, "0 requests"), (1, "1 request"), (2, "2 requests")])
def test_its_repr_counts(count: int, words: str) -> None:
    trace = a_trace()
    for _ in range(count):
        remember(trace)
    assert f"<Trace: {words}>" == repr(trace)
    assert words in trace._repr_html_()


def test_numbering_goes_on_after_everything_was_forgotten() -> None:
    trace, clock = a_trace(), SandboxClock()
    remember(trace)
    run(trace, "sign_in", clock)
    trace.clear()
    remember(trace)
    run(trace, "log_call", clock)
    assert ([2], [2]) == ([each.number for each in trace], [each.number for each in trace.operations])


def test_an_operation_that_runs_is_not_forgotten() -> None:
    trace, clock = a_trace(), SandboxClock()
    run(trace, "sign_in", clock)
    with trace.operation("log_call", dict, clock):
        trace.clear()
    assert ["log_call"] == [each.name for each in trace.operations]


def test_people_are_taken_out_only_where_it_is_known_where_they_are() -> None:
    trace = a_trace()
    remember(trace)
    assert 1 == len(trace.har()["log"]["entries"])
    with pytest.raises(ConfigurationError, match=r"^This trace does not know where people's data is"):
        trace.har(people=False)


# -- what is held --


@pytest.mark.parametrize("keep", [1, 2, 4, 5])
def test_what_is_dropped_unseen_is_not_held_any_longer(keep: int) -> None:
    trace = a_trace(keep)
    came = [weakref.ref(remember(trace, answered={"pin": str(number)})) for number in range(5)]
    gc.collect()
    assert [False] * (5 - keep) + [True] * keep == [each() is not None for each in came]
    trace.clear()
    gc.collect()
    assert [] == [each for each in came if each() is not None]


def test_what_was_looked_at_is_held_as_it_is_shown_and_no_other_way() -> None:
    trace = a_trace()
    came = weakref.ref(remember(trace, answered={"echo": SECRET}))
    assert {"echo": "<secret>"} == trace[0].response_body
    gc.collect()
    assert came() is None
    assert {"echo": "<secret>"} == trace[0].response_body
