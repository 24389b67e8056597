"""Very long answers, headers and inputs: a message stays one to be read."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from workbench_steps import CRMS, nia, options_of

from appconnect import operation_warnings
from appconnect.errors import AppConnectError
from appconnect.models import Contact, Result
from appconnect.testing.samples import call, sms
from appconnect.workbench import Workbench, connect
from appconnect.workbench.sandboxes import make_sandbox

LONG = "x7 " * 5_000
"""More than any text that is looked at, any path and any address may have, and many times a message."""
MAX_MESSAGE = 1_000

OPERATIONS: dict[str, Callable[[Workbench, Contact], Any]] = {
    "sign_in": lambda bench, contact: bench.sign_in(),
    "find_contact": lambda bench, contact: bench.find_contact("+14155550142"),
    "find_contact_with_name": lambda bench, contact: bench.find_contact_with_name("Nia"),
    "create_contact": lambda bench, contact: bench.create_contact("+14155550190", "Ann Lee"),
    "log_call": lambda bench, contact: bench.log_call(call(), contact, note="n"),
    "update_call_log": lambda bench, contact: bench.update_call_log("1", call(), note="n"),
    "get_call_log": lambda bench, contact: bench.get_call_log("1"),
    "log_message": lambda bench, contact: bench.log_message(sms("1", "Hi"), contact),
    "set_disposition": lambda bench, contact: bench.set_disposition("1", {"deals": "1"}),
    "list_users": lambda bench, contact: bench.list_users(),
    "sign_out": lambda bench, contact: bench.sign_out(),
    "request": lambda bench, contact: bench.request("GET", "/users/me"),
}
TYPED: dict[str, Callable[[Workbench, Contact], Any]] = {
    "find_contact": lambda bench, contact: bench.find_contact(LONG),
    "find_contact by format": lambda bench, contact: bench.find_contact(
        "+14155550142", overriding_format=LONG
    ),
    "find_contact_with_name": lambda bench, contact: bench.find_contact_with_name(LONG),
    "create_contact": lambda bench, contact: bench.create_contact(LONG, LONG, LONG),
    "create_contact of a type": lambda bench, contact: bench.create_contact("+14155550190", "Ann", LONG),
    "log_call at": lambda bench, contact: bench.log_call(call(), Contact(id=LONG, name=LONG, type=LONG)),
    "update_call_log": lambda bench, contact: bench.update_call_log(LONG, call(), note="n"),
    "get_call_log": lambda bench, contact: bench.get_call_log(LONG),
    "set_disposition": lambda bench, contact: bench.set_disposition(LONG, {LONG: LONG}),
    "sign_in": lambda bench, contact: bench.sign_in({LONG: LONG}),
    "request by method": lambda bench, contact: bench.request(LONG, "/users/me"),
    "request by path": lambda bench, contact: bench.request("GET", f"/{LONG}"),
    "request elsewhere": lambda bench, contact: bench.request("GET", f"https://{LONG}"),
}
ANSWERS = {
    "a sentence": lambda: httpx.Response(
        400, json=dict.fromkeys(("error", "message", "errorMessage", "Message"), LONG)
    ),
    "a page": lambda: httpx.Response(503, text=f"<p>{LONG}"),
    "a number of seconds": lambda: httpx.Response(
        429, headers={"retry-after": "9" * 5_000}, json={"error": LONG}
    ),
    "a key": lambda: httpx.Response(200, json={LONG: LONG}),
    "an id": lambda: httpx.Response(
        200, json={"data": [{"id": LONG}], "id": LONG, "contacts": [{"id": LONG}]}
    ),
    "a list": lambda: httpx.Response(200, json=[{"id": LONG, "CONTACT_ID": LONG}]),
    "a header": lambda: httpx.Response(302, headers={"location": LONG, "link": LONG}),
}


class Answers(httpx.AsyncBaseTransport):
    """The sandbox, until an answer is set."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.answer: Callable[[], httpx.Response] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.answer is None:
            return await self._inner.handle_async_request(request)
        response = self.answer()
        response.request = request
        return response


async def bench_of(crm: str) -> tuple[Workbench, Contact, Answers]:
    sandbox = make_sandbox(crm)
    answers = Answers(sandbox.transport())
    sandbox.transport = lambda: answers  # type: ignore[method-assign]
    workbench = connect(crm, mode="sandbox", sandbox=sandbox, options=options_of(crm))
    await workbench.sign_in()
    return workbench, await nia(workbench), answers


async def texts_of(work: Any) -> list[str]:
    """All that a person reads of what came of it."""
    try:
        result = await work
    except AppConnectError as error:
        return [error.message, repr(error)]
    if not isinstance(result, Result):
        return []
    wire = json.loads(result.model_dump_json(include={"return_message"}))["return_message"] or {}
    details = [item["text"] for detail in wire.get("details") or [] for item in detail["items"]]
    return [result.message, str(result.error), *details, *([repr(result.error)] if result.error else [])]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("crm", CRMS)
async def test_a_message_about_a_long_answer_is_short(
    crm: str, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "appconnect")
    long = list[str]()
    for name, operation in OPERATIONS.items():
        workbench, contact, answers = await bench_of(crm)
        answers.answer = ANSWERS[answer]
        texts = [*await texts_of(operation(workbench, contact)), *caplog.messages]
        long += [f"{name}: {len(text)}" for text in texts if len(text) > MAX_MESSAGE]
        caplog.clear()
    assert [] == long


async def test_a_million_characters_are_no_longer_in_a_message_than_ten_thousand() -> None:
    workbench, _, answers = await bench_of(CRMS[0])
    answers.answer = lambda: httpx.Response(400, json=dict.fromkeys(("error", "message"), LONG * 70))
    texts = await texts_of(workbench.get_call_log("1"))
    assert (True, []) == (texts != [], [len(text) for text in texts if len(text) > MAX_MESSAGE])


@pytest.mark.parametrize("operation", TYPED)
@pytest.mark.parametrize("crm", CRMS)
async def test_a_message_about_long_input_is_short(crm: str, operation: str) -> None:
    workbench, contact, _ = await bench_of(crm)
    assert [] == [
        len(text) for text in await texts_of(TYPED[operation](workbench, contact)) if len(text) > MAX_MESSAGE
    ]


def test_every_error_and_every_warning_is_cut() -> None:
    with operation_warnings.collect() as warnings:
        operation_warnings.warn("w" * 5_000)
    told = [AppConnectError("e" * 5_000).message, *warnings]
    assert [True, True] == [len(each) <= MAX_MESSAGE for each in told]
