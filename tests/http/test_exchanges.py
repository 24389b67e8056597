"""What an exchange, an operation and an API's rules say of themselves, and how a trace lists exchanges."""

from __future__ import annotations

import copy
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError
from wire import Wire, said

from appconnect.errors import ConfigurationError, InputError
from appconnect.http import (
    ApiRules,
    Exchange,
    LimitHeaders,
    OperationRun,
    Pace,
    Purpose,
    RateLimit,
    Trace,
    Wait,
)
from appconnect.http.bodies import Body, BodyKind
from appconnect.http.exchange import Facts, Request, Response, Snapshot
from appconnect.http.exports.origin import Origin
from appconnect.http.operation_runs import OperationRuns
from appconnect.http.trace_table import data_frame
from appconnect.http.unanswered import PROGRESS
from appconnect.redaction import Redactor
from appconnect.sandbox.clock import SandboxClock

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
GET = Request(method="GET", url="https://api.acme.test/x")


def exchange(**parts: object) -> Exchange:
    return Exchange.model_validate({"number": 7, "at": NOON, "request": GET, **parts})


# -- an exchange --


def test_what_is_not_known_of_an_exchange_is_nothing() -> None:
    assert (
        exchange(
            seconds=0.0, limits=RateLimit(), error="", shared_by=1, operation=0, purpose=Purpose.OPERATION,
            tries=1, waits=(), sent_bytes=0, received_bytes=0, response=None,
        )
        == exchange()
    )  # fmt: skip
    assert Request(method="GET", url=GET.url, query={}, headers={}, body=None, signed=None) == GET
    assert Response(status=200, headers={}, body=None) == Response(status=200)
    bare = exchange()
    assert (None, {}, None, None, {}) == (
        bare.status,
        bare.response_headers,
        bare.response_body,
        bare.request_body,
        bare.request_headers,
    )
    assert Origin("", "the CRM", "", frozenset(), ()) == bare.origin


def test_an_exchange_tells_what_was_asked_and_answered() -> None:
    form = Body(kind=BodyKind.FORM, value={"a": "1"})
    told = exchange(
        request=GET.model_copy(update={"method": "POST", "query": {"a": "1 <b>,:/@", "c": ["&", "="]}, "body": form}),
        response=Response(status=201, headers={"x": "y"}, body=Body(kind=BodyKind.JSON, value=[1])),
    )  # fmt: skip
    assert ("POST", "/x?a=1+<b>,:/@&c=%26&c=%3D") == (told.method, told.path)
    assert f"https://api.acme.test{told.path}" == told.url
    assert (201, {"a": "1"}, {"x": "y"}, [1]) == (
        told.status, told.request_body, told.response_headers, told.response_body,
    )  # fmt: skip
    assert f"POST {told.path} → 201" == repr(told) == str(told)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"error": "ReadTimeout"}, "ReadTimeout"),
        ({"response": Response(status=204)}, "204"),
        ({"response": Response(status=204), "shared_by": 2}, "204, shared by 2"),
    ],
    ids=str,
)
def test_its_outcome_is_a_status_or_a_reason(facts: dict[str, object], outcome: str) -> None:
    assert outcome == exchange(**facts).outcome
    assert f"GET /x → {outcome}" == repr(exchange(**facts))


@pytest.mark.parametrize(("status", "is_one"), [(99, False), (100, True), (999, True), (1000, False)])
def test_a_status_has_three_digits(status: int, is_one: bool) -> None:
    if is_one:
        assert status == Response(status=status).status
    else:
        with pytest.raises(ValidationError):
            Response(status=status)


def test_a_request_is_not_changed_and_has_nothing_else_and_its_faults_hide_it() -> None:
    with pytest.raises(ValidationError):
        GET.method = "POST"  # type: ignore[misc]
    with pytest.raises(ValidationError) as caught:
        Request.model_validate({"method": ["s3cret"], "url": "x", "more": "s3cret"})
    assert "Extra inputs are not permitted" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_what_signs_a_request_is_written_nowhere() -> None:
    signed = GET.model_copy(update={"signed": frozenset({"x-key"})})
    assert "signed" not in signed.model_dump()


def test_an_exchange_of_another_crm_is_another_one() -> None:
    plain = exchange()
    assert ("acme", "") == (plain.of(Origin("acme")).origin.crm, plain.origin.crm)


def test_what_passed_is_not_copied() -> None:
    passed = Snapshot(httpx.Request("GET", "https://api.acme.test/x"))
    assert "<Snapshot>" == repr(passed)
    with pytest.raises(TypeError, match=r"^What holds secrets is not copied and not pickled\.$"):
        copy.copy(passed)


def test_what_passed_is_read_without_fragment_and_query_and_without_what_repeats_the_body() -> None:
    headers = {"X-A": "1", "Connection": "close", "Accept-Encoding": "gzip"}
    request = httpx.Request("POST", "https://api.acme.test/x?b=2&a=1#part", json=[1], headers=headers)
    assert {"host", "content-length", "connection", "accept-encoding"} <= request.headers.keys()
    asked, answer = Snapshot(request)()
    expected = Request(
        method="POST", url="https://api.acme.test/x", query={"a": "1", "b": "2"},
        headers={"x-a": "1", "content-type": "application/json"}, body=Body(kind=BodyKind.JSON, value=[1]),
    )  # fmt: skip
    assert (expected, None) == (asked, answer)
    assert ["a", "b"] == list(asked.query)
    _, answer = Snapshot(request, httpx.Response(200, headers={"content-length": "2", "x": "1"}, text="{}"))()
    assert answer is not None
    assert ("2", "1", "text") == (
        answer.headers["content-length"],
        answer.headers["x"],
        answer.body and answer.body.kind,
    )


async def test_what_travels_with_a_request_and_its_answer_is_called_ours() -> None:
    """Extensions are shared with httpx and httpcore, and with whoever else notes something there."""
    answers: list[httpx.Response] = []

    def answer(request: httpx.Request) -> httpx.Response:
        answers.append(said())
        return answers[-1]

    wire = Wire(answer)
    await wire.client.get("/x")
    ours = {"appconnect.signed", "appconnect.departure", "appconnect.number"}
    assert {"timeout", *ours} == wire.sent[0].extensions.keys()
    assert {"appconnect.show", "appconnect.number"} == answers[0].extensions.keys()
    assert "appconnect.progress" == PROGRESS


# -- an operation --


def test_what_is_not_known_of_an_operation_is_nothing() -> None:
    run = OperationRun(number=1, name="log_call", at=NOON)
    assert run == OperationRun(
        number=1, name="log_call", at=NOON, seconds=None, succeeded=None, message="", error="", arguments=None, result=None,
    )  # fmt: skip
    assert ["running", "done", "failed"] == [
        run.model_copy(update={"succeeded": each}).outcome for each in (None, True, False)
    ]
    with pytest.raises(ValidationError):
        run.name = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        OperationRun.model_validate({"number": 1, "name": "log_call", "at": NOON, "more": 1})


def test_an_operation_has_its_arguments_from_the_beginning_and_its_result_when_it_is_over() -> None:
    runs, clock = OperationRuns(5), SandboxClock()
    with runs.running("log_call", lambda: {"a": 1}, clock) as running:
        clock.advance(2)
        assert 1 == runs.current
        begun = running.shown(lambda value: value, 0)
        running.returned(succeeded=True, message="Done", error="", result=lambda: {"id": 7})
        still = running.shown(lambda value: value, 0)
    ended = running.shown(lambda value: value, 0)
    assert (0, 2.0) == (runs.current, ended.seconds)
    assert [(None, {"a": 1}, None), (None, {"a": 1}, None), (True, {"a": 1}, 2.0)] == [
        (each.succeeded, each.arguments, each.seconds) for each in (begun, still, ended)
    ]
    assert (None, {"id": 7}) == (begun.result, ended.result)
    assert ended is running.shown(lambda value: "masked", 0)
    assert "masked" == running.shown(lambda value: "masked", 1).message


def test_an_operation_of_another_workbench_is_none_of_ours() -> None:
    ours, theirs = OperationRuns(5), OperationRuns(5)
    with theirs.running("log_call", dict, SandboxClock()):
        assert (0, 1) == (ours.current, theirs.current)


def test_only_the_newest_operations_are_kept() -> None:
    runs = OperationRuns(2)
    for name in ("a", "b", "c"):
        with runs.running(name, dict, SandboxClock()):
            pass
    assert [(2, "b"), (3, "c")] == [(each.number, each.name) for each in runs]


# -- a trace --


def test_the_newest_500_exchanges_are_kept_unless_somebody_says_otherwise() -> None:
    trace = Trace(Redactor())
    for _ in range(502):
        trace.add(Facts(number=trace.next_number(), at=NOON), Snapshot(httpx.Request("GET", GET.url)))
    assert (500, 3) == (len(trace), trace[0].number)


def test_an_exchange_of_a_recording_is_the_newest() -> None:
    trace, changes = Trace(Redactor(), keep=2), []
    trace.watch(lambda: changes.append(len(trace)))
    for minute in range(3):
        trace.add_recorded(GET, Response(status=200 + minute), NOON + timedelta(minutes=minute))
    assert [(2, NOON + timedelta(minutes=1), 201), (3, NOON + timedelta(minutes=2), 202)] == [
        (each.number, each.at, each.status) for each in trace
    ]
    assert [1, 2, 2] == changes


def test_a_trace_shows_itself_as_a_table_without_times() -> None:
    trace = Trace(Redactor())
    passed = Snapshot(httpx.Request("GET", "https://api.acme.test/x?a=1"), httpx.Response(200))
    lost = Snapshot(httpx.Request("POST", GET.url))
    trace.add(Facts(number=1, at=NOON, limits=RateLimit(remaining=0)), passed)
    trace.add(Facts(number=2, at=NOON, error="ReadTimeout"), lost)
    trace.note_shared(1)
    html = trace._repr_html_()
    assert "<caption>2 requests</caption>" in html
    assert [
        "No.", "Request", "Status", "Left",
        "1", "GET /x?a=1", "200, shared by 2", "0",
        "2", "POST /x", "ReadTimeout", "",
    ] == re.findall("<t[hd](?: [^>]*)?>(.*?)</t[hd]>", html)  # fmt: skip


def test_a_table_has_a_row_for_each_exchange_with_its_operation_and_waits() -> None:
    waits = (Wait(seconds=1, reason="503: tried again"), Wait(seconds=0.5, reason="the limit"))
    limits = RateLimit(amount=9, remaining=8, daily_amount=99, daily_remaining=98)
    told = exchange(operation=3, tries=2, waits=waits, limits=limits, seconds=0.25, sent_bytes=1, received_bytes=2,
                    purpose=Purpose.SIGN_OUT, response=Response(status=200))  # fmt: skip
    lost = exchange(number=8, error="ReadTimeout")
    frame = data_frame([told, lost], [OperationRun(number=3, name="log_call", at=NOON)])
    assert ("number", [7, 8]) == (frame.index.name, list(frame.index))
    assert {
        "operation": 3, "operation_name": "log_call", "purpose": "sign-out", "at": NOON, "method": "GET", "path": "/x",
        "status": 200, "seconds": 0.25, "tries": 2, "waited": 1.5, "waited_for": "503: tried again; the limit",
        "sent_bytes": 1, "received_bytes": 2, "remaining": 8, "daily_remaining": 98, "error": "",
    } == dict(frame.loc[7])  # fmt: skip
    assert (0, "", 0, "", "ReadTimeout") == tuple(
        frame.loc[8][["operation", "operation_name", "waited", "waited_for", "error"]]
    )
    empty = data_frame([])
    assert (0, list(frame.columns)) == (len(empty), list(empty.columns))


async def test_exports_name_people_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    other = exchange(request=GET.model_copy(update={"url": "https://api.acme.test/nobody"}))
    trace = Trace(Redactor(), without_people=lambda exchanges: [other for _ in exchanges])
    trace.add_recorded(GET, Response(status=200), NOON)
    for people, path in (({}, "/x"), ({"people": True}, "/x"), ({"people": False}, "/nobody")):
        url = f"https://api.acme.test{path}"
        document = trace.har(**people)
        assert url == document["log"]["entries"][0]["request"]["url"]
        assert document == json.loads(trace.har_bytes(**people))
        assert [path] == list(trace.to_dataframe(**people)["path"])
        file = trace.to_har(tmp_path / "x.har", **people)
        assert (document, people.get("people", True)) == (json.loads(file.path.read_text()), file.people)


def test_people_cannot_be_taken_out_where_nobody_knows_where_they_are() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Trace(Redactor()).har(people=False)
    told = "This trace does not know where people's data is in its requests."
    assert told == caught.value.message


def test_a_request_that_is_forgotten_is_told() -> None:
    with pytest.raises(InputError) as caught:
        Trace(Redactor()).numbered(7)
    told = "There is no request number 7 in this trace, or it is forgotten by now."
    assert told == caught.value.message


# -- rules --


def test_what_a_connector_does_not_state_of_its_api() -> None:
    reads = frozenset({"GET", "HEAD", "OPTIONS"})
    assert ApiRules(hosts=("a.test",)) == ApiRules(
        hosts=("a.test",), limit_headers=LimitHeaders("", "", "", "", ""), rate_limits=(), error_keys=("message",),
        reason_keys=(), boilerplate="", min_wait=1.0, max_in_flight=8, timeout=20.0, total_timeout=60.0,
        plain_text_403_blocks=False, idempotent=reads, reads=reads,
    )  # fmt: skip
    assert Pace(4, 1.0) == Pace(4, 1.0, path="*", slack=0.0)


@pytest.mark.parametrize(
    ("method", "path", "is_read"),
    [
        ("GET", "/x/../y", True),
        ("HEAD", "/x", True),
        ("OPTIONS", "/x", True),
        ("POST", "/x", False),
        ("POST", "/search", True),
        ("POST", "/search?q=1", True),
        ("POST", "/search#part", True),
        ("POST", "/x?q=/search", False),
        ("POST", "/x#/search", False),
        ("POST", "/../search", False),
        ("POST", "/%2e%2e/search", False),
        ("POST", "/x..y/search", True),
        ("PUT", "/search", False),
    ],
)
def test_a_read_changes_nothing_and_cannot_be_taken_for_something_else(
    method: str, path: str, is_read: bool
) -> None:
    rules = ApiRules(hosts=(), reads=frozenset({"GET", "HEAD", "OPTIONS", "POST */search"}))
    assert is_read is rules.is_read(method, path)


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (Pace(4, 1.0), "the limit of 4 requests in 1 s"),
        (Pace(4, 0.5, path="*/search"), "the limit of 4 requests to */search in 0.5 s"),
    ],
)
def test_a_pace_is_told_in_words(pace: Pace, words: str) -> None:
    assert words == pace.in_words


def test_the_names_of_headers_are_known_in_any_case_and_only_those_that_there_are() -> None:
    names = LimitHeaders(remaining="X-Left", daily_amount="X-Day")
    assert {"remaining": "x-left", "daily_amount": "x-day"} == names.headers
