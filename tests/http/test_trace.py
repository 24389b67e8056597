"""The trace shows everything that went over the wire but the secrets, and does its work when somebody looks."""

from __future__ import annotations

import base64
import copy
import json
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from urllib.parse import quote, quote_plus, urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from seen import shown

from appconnect.http import Exchange, RateLimit, Trace
from appconnect.http.exchange import Facts, Request, Response, Snapshot
from appconnect.redaction import ConnectionSecrets, RedactionRules, Redactor

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
RULES = RedactionRules(
    secret_headers=("X-Acme-Pass",), authorization_schemes=("Acme",), secret_names=("pin",)
)

Passed = tuple[httpx.Request, httpx.Response | None]


def exchange(
    url: str = "https://crm.example/v1/users",
    *,
    form: dict[str, str] | None = None,
    asked: object = None,
    answered: object = None,
    headers: dict[str, str] | None = None,
    came: dict[str, str] | None = None,
) -> Passed:
    body = {"data": form} if form else {"json": asked}
    request = httpx.Request("POST", url, headers=headers, **body)
    answer = {"text": answered} if isinstance(answered, str) else {"json": answered}
    return request, httpx.Response(200, headers=came, **answer)


def remember(trace: Trace, *passed: Passed, limits: RateLimit | None = None) -> None:
    for request, response in passed:
        facts = Facts(number=trace.next_number(), at=NOON, limits=limits or RateLimit())
        trace.add(facts, Snapshot(request, response))


def traced(*passed: Passed, secret: str = "", keep: int = 500) -> Trace:
    trace = Trace(Redactor(RULES, ConnectionSecrets([SecretStr(secret)])), keep=keep)
    remember(trace, *passed)
    return trace


def seen(trace: Trace) -> str:
    return "\n".join(map(shown, trace))


# -- wherever a secret is planted --

secrets = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=10, max_size=40).filter(
    lambda text: len(set(text)) >= 6 and text.strip() == text and "<" not in text
)
header_secrets = st.text("abcXYZ0189-_.~", min_size=10, max_size=40).filter(lambda text: len(set(text)) >= 6)


def forms(secret: str) -> set[str]:
    """How a secret could be read in what is shown."""
    return {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}


def in_known_places(secret: str) -> list[Passed]:
    return [
        exchange(f"https://crm.example/login?access_token={quote(secret, safe='')}&version=1"),
        exchange(form={"grant_type": "password", "password": secret}),
        exchange(form={"grant_type": "x", "code": secret, "client_secret": secret}),
        exchange(answered={"access_token": secret, "refresh_token": secret, "expires_in": 9}),
        exchange(answered={"user": {"pin": secret, "id": 1}}),
    ]


def in_headers(secret: str) -> list[Passed]:
    basic = base64.b64encode(f"{secret}:".encode()).decode()
    return [
        exchange(headers={"Authorization": f"Bearer {secret}"}),
        exchange(headers={"Authorization": f"Basic {basic}"}),
        exchange(headers={"Authorization": f"Acme {basic}"}),
        exchange(headers={"X-Acme-Pass": secret}),
        exchange(headers={"X-Never-Heard-Of": secret}),
        exchange(headers={"Cookie": f"session={secret}"}),
        exchange(came={"Set-Cookie": f"session={secret}; HttpOnly"}),
        exchange(headers={"X-Api-Token": secret}),
    ]


def anywhere(secret: str) -> list[Passed]:
    quoted = quote(secret, safe="")
    return [
        exchange(f"https://crm.example/{quoted}?q={quoted}"),
        exchange(asked={"note": f"my key is {secret}!"}, answered=[{"echo": secret}]),
        exchange(answered=f"<p>Unknown key {secret}</p>", came={"content-type": "text/html"}),
        exchange(form={"note": secret}, answered={secret: 1}),
    ]


@cache
def without_it(plant: Callable[[str], list[Passed]]) -> str:
    """What the same exchanges show with another secret: of it nothing can be a leak of this one."""
    other = "0ther-S3cret-that-nobody-draws"
    return "\n".join(seen(traced(each, secret=other)) for each in plant(other))


def leaks(plant: Callable[[str], list[Passed]], secret: str, given: str = "") -> list[str]:
    """The forms of a secret that can be read where it was planted; each exchange has a trace of its own."""
    text = "\n".join(seen(traced(each, secret=given)) for each in plant(secret))
    spelled = {*forms(secret), base64.b64encode(f"{secret}:".encode()).decode()}
    return [form for form in spelled if form in text and form not in without_it(plant)]


@settings(max_examples=40)
@given(secrets)
def test_a_secret_in_a_known_place_is_masked(secret: str) -> None:
    assert [] == leaks(in_known_places, secret)


@settings(max_examples=40)
@given(header_secrets)
def test_a_secret_in_a_header_is_masked(secret: str) -> None:
    assert [] == leaks(in_headers, secret)


@settings(max_examples=40)
@given(secrets)
def test_a_secret_that_was_set_is_masked_wherever_it_turns_up(secret: str) -> None:
    assert [] == leaks(anywhere, secret, given=secret)


def test_a_secret_that_nobody_named_would_be_seen() -> None:
    assert "hunter2-0123" in leaks(anywhere, "hunter2-0123")


@settings(max_examples=40)
@given(header_secrets)
def test_a_secret_that_was_seen_once_is_masked_from_then_on(secret: str) -> None:
    trace = traced(exchange(answered={"access_token": secret, "token_type": "Bearer"}))
    assert secret not in seen(trace)
    remember(trace, exchange(asked={"note": f"token {secret} here"}, answered={"error": f"{secret} is old"}))
    assert secret not in seen(trace)


# -- when somebody looks --


class Counting(Redactor):
    """Counts what it is asked to redact."""

    count = 0

    def request(self, request: Request) -> Request:
        self.count += 1
        return super().request(request)

    def response(self, response: Response) -> Response:
        self.count += 1
        return super().response(response)


def test_nothing_is_redacted_before_somebody_looks_and_then_once() -> None:
    redactor = Counting()
    trace = Trace(redactor)
    remember(trace, *[exchange(answered={"id": 1})] * 5, limits=RateLimit(remaining=3))
    assert (5, 3, "<Trace: 5 requests>", 0) == (
        len(trace),
        trace.limits.remaining,
        repr(trace),
        redactor.count,
    )
    assert [1, 2, 3, 4, 5] == [each.number for each in trace]
    assert {"id": 1} == trace[-1].response_body
    assert 10 == redactor.count


def test_a_listener_looks_at_once() -> None:
    trace, heard = traced(), []
    trace.listen(heard.append)
    remember(trace, exchange(answered={"access_token": "new-0123456789"}))
    assert [{"access_token": "<access_token>"}] == [each.response_body for each in heard]


def test_a_secret_that_is_named_later_is_masked_in_what_came_before_whether_it_was_looked_at_or_not() -> None:
    echo = exchange(answered={"echo": "new-0123456789"})
    trace = traced(echo)
    assert {"echo": "new-0123456789"} == trace[0].response_body
    remember(trace, echo, exchange(answered={"access_token": "new-0123456789"}))
    assert [{"echo": "<access_token>"}] * 2 == [each.response_body for each in list(trace)[:2]]


def test_secrets_of_what_was_dropped_or_cleared_unseen_are_masked_all_the_same() -> None:
    echo = exchange(answered={"echo": "one-0123456789 two-0123456789"})
    trace = traced(exchange(answered={"access_token": "one-0123456789"}), keep=1)
    remember(trace, exchange(answered={"refresh_token": "two-0123456789"}))
    trace.clear()
    remember(trace, echo)
    assert [{"echo": "<access_token> <refresh_token>"}] == [each.response_body for each in trace]


class Learning(Redactor):
    """Notes how often it is told what to learn from."""

    count = 0

    def learn(self, request: Request, response: Response | None = None) -> None:
        self.count += 1
        super().learn(request, response)


def test_only_what_is_dropped_is_read_before_somebody_looks() -> None:
    redactor = Learning()
    trace = Trace(redactor, keep=3)
    remember(trace, *[exchange(answered={"access_token": f"new-012345678{number}"}) for number in range(5)])
    assert 2 == redactor.count
    assert "<access_token>" in str(trace[-1].response_body)
    trace.clear()
    assert 5 == redactor.count


def test_what_was_dropped_can_still_be_shown_by_whoever_sent_it() -> None:
    trace = traced(keep=1)
    request, response = exchange(answered={"pin": "4711"})
    show = trace.add(Facts(number=1, at=NOON), Snapshot(request, response))
    trace.clear()
    assert {"pin": "<pin>"} == show().response_body


def test_only_the_newest_are_kept_in_order_of_departure() -> None:
    trace = traced(keep=3)
    for number in (2, 1, 4, 3, 5):
        trace.add(Facts(number=number, at=NOON), Snapshot(*exchange()))
    assert [3, 4, 5] == [each.number for each in trace]


def test_what_was_sent_is_noted_before_the_request_is_signed_anew() -> None:
    request, response = exchange("https://crm.example/x?q=1", headers={"Accept": "one"})
    trace = traced((request, response))
    request.headers["Accept"] = "two"
    request.url = httpx.URL("https://crm.example/y")
    assert ("/x?q=1", "one") == (trace[0].path, trace[0].request_headers["accept"])


@pytest.mark.parametrize("look", [False, True])
def test_what_is_not_redacted_yet_cannot_be_reached_from_the_trace(look: bool) -> None:
    trace = traced(
        exchange(headers={"Authorization": "Bearer hunter2-0123"}, answered={"pin": "hunter2-0123"})
    )
    if look:
        assert 200 == trace[0].status
    public = [getattr(trace, name) for name in dir(trace) if name[0] != "_"]
    assert "hunter2" not in f"{trace!r} {public} {vars(trace)} {[repr(each) for each in trace._entries]}"
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
        pickle.dumps(trace)


def test_what_passed_shows_nothing_of_itself_until_it_is_read() -> None:
    passed = Snapshot(
        *exchange(headers={"Authorization": "Bearer hunter2-0123"}, answered={"pin": "hunter2-0123"})
    )
    assert "hunter2" not in f"{passed!r} {passed}"
    with pytest.raises(TypeError):
        vars(passed)
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            copied(passed)


def test_a_shown_exchange_can_be_pickled_and_compared() -> None:
    trace = traced(exchange(form={"pin": "4711", "a": "1"}, answered={"id": 7}), (exchange()[0], None))
    for each in trace:
        assert (
            each == pickle.loads(pickle.dumps(each)) == Exchange.model_validate_json(each.model_dump_json())
        )


def test_threads_that_look_together_see_no_secret_and_all_exchanges() -> None:
    teller = exchange(answered={"access_token": "new-0123456789"})
    trace = traced(*[exchange(answered={"echo": "new-0123456789"})] * 40, teller)
    with ThreadPoolExecutor(8) as pool:
        looks = list(pool.map(lambda number: trace[number % 41], range(200)))
    assert [] == [each for each in looks if "new-0123456789" in shown(each)]


# -- what is shown --


def test_repeated_parameters_are_all_shown_also_in_curl() -> None:
    content = urlencode([("b", "2"), ("a", "1"), ("b", "3")])
    headers = {"content-type": "application/x-www-form-urlencoded"}
    request = httpx.Request("POST", "https://crm.example/x?id=2&id=1", headers=headers, content=content)
    shown_one = traced((request, httpx.Response(200)))[0]
    assert "/x?id=2&id=1" == shown_one.path
    assert {"b": ["2", "3"], "a": "1"} == shown_one.request_body
    assert "--data-urlencode b=2 --data-urlencode b=3 --data-urlencode a=1" in shown_one.as_curl()


def test_harmless_text_is_shown_as_it_is() -> None:
    record = {
        "id": 7,
        "uuid": "b2c8a1d0-1111-4222-8333-444455556666",
        "note": "Call at 09:30: price is $100, token of thanks; state=open?",
        "link": "https://x.example/r/4711?page=2&sort=name",
        "when": "2026-02-03T10:11:12.345Z",
    }
    answered = traced(exchange(asked=record, answered=record, came={"etag": '"k9f8e7d6c5b4a392"'}))[0]
    assert (record, record, '"k9f8e7d6c5b4a392"') == (
        answered.request_body,
        answered.response_body,
        answered.response_headers["etag"],
    )


def test_a_slice_of_the_trace_is_a_list_of_exchanges() -> None:
    trace = traced(*(exchange(f"https://crm.example/v1/{number}") for number in range(5)))
    assert ["/v1/2", "/v1/3", "/v1/4"] == [each.path for each in trace[-3:]]
    assert ["/v1/4", "/v1/2", "/v1/0"] == [each.path for each in trace[::-2]]
    assert [] == trace[7:]


def test_what_is_sliced_is_without_secrets() -> None:
    trace = traced(exchange(asked={"password": "hunter2222"}), exchange(answered={"echo": "hunter2222"}))
    assert "hunter2222" not in "".join(shown(each) for each in trace[:])


def test_a_request_shows_its_method_and_host_and_an_answer_its_status() -> None:
    request = Request(
        method="GET", url="https://api.acme.example/s3cret", query={"token": "s3cret"},
        headers={"x-key": "s3cret"}, signed=frozenset({"token", "s3cret"}),
    )  # fmt: skip
    response = Response(status=200, headers={"set-cookie": "s3cret"}, body=None)
    assert ["<Request: GET api.acme.example>"] * 2 == [repr(request), str(request)]
    assert "Response(status=200)" == repr(response)
    assert "s3cret" not in f"{request!r}{response!r}{response}"
