"""A call is one log and a message stands in it once, whoever asks when, and whatever breaks in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from itertools import count
from typing import Any

import pytest
from answers import call, sms
from platforms import OAUTH, answers_of
from workbench_steps import nia, sandbox_of, signed_in, slow_sandbox

from appconnect.errors import BeingLogged, NotFound, StoreError, Unavailable, Unreachable
from appconnect.models import Logged, LogKind
from appconnect.sandbox.base import CrmSandbox
from appconnect.store import LogReference, StoreOutbox
from appconnect.workbench import Workbench

ANSWERS = answers_of(OAUTH)
AUTO = "From auto logging (Pending)"


@pytest.fixture
async def workbench() -> AsyncIterator[Workbench]:
    workbench = await signed_in(OAUTH, sandbox=slow_sandbox(OAUTH))
    yield workbench
    await workbench.close()


@pytest.fixture
def crm(workbench: Workbench) -> CrmSandbox:
    return sandbox_of(workbench)


def logs(crm: CrmSandbox) -> int:
    """How many logs the CRM has ever got."""
    return ANSWERS.count(crm)


def body(crm: CrmSandbox, result: Logged) -> str:
    """What the CRM has of the only log there is."""
    assert (1, True) == (logs(crm), bool(result.log_id))
    return ANSWERS.stored(crm, result.log_id or "").body


async def note_of(workbench: Workbench, log_id: str | None) -> str:
    read = (await workbench.get_call_log(log_id or "")).call_log_info
    assert read is not None
    return read.note


def message_claim(workbench: Workbench, number: str) -> LogReference:
    assert workbench.user is not None
    return LogReference(workbench.platform, workbench.user.id, LogKind.SMS, f"message {number}")


# -- at the same time --


async def test_two_tasks_that_log_the_same_call_write_one_log(workbench: Workbench, crm: CrmSandbox) -> None:
    contact = await nia(workbench)
    results = await asyncio.gather(*(workbench.log_call(call(), contact, note="Once") for _ in range(5)))
    refused = [result for result in results if result.error]
    assert (1, 4) == (logs(crm), len(refused))
    sentence = "This is being logged right now by another task of this process; look again in a moment."
    assert {(BeingLogged, sentence)} == {(type(each.error), each.message) for each in refused}
    assert (await workbench.log_call(call(), contact, note="Once")).successful


async def test_two_calls_at_the_same_time_are_two_logs(workbench: Workbench, crm: CrmSandbox) -> None:
    contact = await nia(workbench)
    results = await asyncio.gather(*(workbench.log_call(call(name), contact) for name in ("s-1", "s-2")))
    assert ([None, None], 2) == ([each.error for each in results], logs(crm))


async def test_messages_of_one_conversation_at_the_same_time_are_all_in_one_log(
    workbench: Workbench, crm: CrmSandbox
) -> None:
    contact = await nia(workbench)
    texts = [f"Text number {number}" for number in range(6)]
    results = await asyncio.gather(
        *(workbench.log_message(sms(str(number), text), contact) for number, text in enumerate(texts))
    )
    assert [None] * 6 == [result.error for result in results]
    log = body(crm, results[0])
    assert [1] * 6 == [log.count(text) for text in texts]
    assert "Conversation(6 messages)" in log


async def test_the_same_message_at_the_same_time_stands_there_once(
    workbench: Workbench, crm: CrmSandbox
) -> None:
    contact = await nia(workbench)
    results = await asyncio.gather(*(workbench.log_message(sms("1", "Only once"), contact) for _ in range(3)))
    [done] = [result for result in results if result.error is None]
    assert 1 == body(crm, done).count("Only once")
    by = "another task of this process"
    sentence = f"This message is being logged right now by {by}; look again in a moment."
    assert {sentence} == {result.message for result in results if result.error}


async def test_a_log_that_another_process_has_reserved_is_left_to_it(
    workbench: Workbench, crm: CrmSandbox, told
) -> None:
    contact, store = await nia(workbench), workbench.environment.store
    assert workbench.user is not None
    reference = LogReference(OAUTH, workbench.user.id, LogKind.CALL, "s-1")
    store.reserve(reference, now=workbench.now())
    before = len(crm.requests)
    sentence = "This is being logged right now by another process; look again in a moment."
    assert (BeingLogged, sentence) == told(workbench, await workbench.log_call(call(), contact, note="Mine"))
    assert (before, None) == (len(crm.requests), workbench.logged_call("s-1"))
    await workbench.sleep(41)
    assert ((await workbench.log_call(call(), contact, note="Mine")).error, 1) == (None, logs(crm))


async def test_a_process_that_finished_meanwhile_is_believed(workbench: Workbench, crm: CrmSandbox) -> None:
    contact = await nia(workbench)
    logged = await workbench.log_call(call(), contact, note="First")
    assert workbench.user is not None
    kept = workbench.environment.store.complete(
        LogReference(OAUTH, workbench.user.id, LogKind.CALL, "s-1"), "another"
    )
    assert (logged.log_id, 1) == (kept.log_id, logs(crm))


# -- broken off --


async def broken_off(work: Coroutine[Any, Any, object], turns: int) -> bool:
    """Whether the work could still be broken off after so many turns of the loop."""
    task = asyncio.create_task(work)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return task.cancelled()


async def test_a_call_broken_off_at_any_moment_is_no_second_log(
    workbench: Workbench, crm: CrmSandbox
) -> None:
    contact = await nia(workbench)
    for turns in count(1):
        its_call = call(f"s-{turns}")
        was_cancelled = await broken_off(workbench.log_call(its_call, contact, note="Once"), turns)
        again = await workbench.log_call(its_call, contact, note="Once")
        assert (None, turns, "Once") == (again.error, logs(crm), await note_of(workbench, again.log_id))
        if not was_cancelled:
            break
    assert turns > 2


async def test_a_message_broken_off_at_any_moment_stands_there_once(
    workbench: Workbench, crm: CrmSandbox
) -> None:
    contact = await nia(workbench)
    await workbench.log_message(sms("1", "The first"), contact)
    for turns in count(1):
        message = sms(f"m-{turns}", f"After {turns}.")
        was_cancelled = await broken_off(workbench.log_message(message, contact), turns)
        again = await workbench.log_message(message, contact)
        log = body(crm, again)
        assert (None, 1, 1) == (again.error, log.count("The first"), log.count(f"After {turns}."))
        if not was_cancelled:
            break
    assert turns > 4


@pytest.mark.parametrize("fault", [{"drop_after": True}, {"status": 502}, {"drop": True}])
async def test_an_append_without_answer_is_not_doubled(
    workbench: Workbench, crm: CrmSandbox, fault: dict[str, int]
) -> None:
    contact = await nia(workbench)
    await workbench.log_message(sms("1", "The first"), contact)
    for method in ("PATCH", "POST", "PUT"):
        crm.faults.add(method, ANSWERS.log_paths, times=4, **fault)
    lost = await workbench.log_message(sms("2", "The second"), contact)
    crm.faults.clear()
    again = await workbench.log_message(sms("2", "The second"), contact)
    stood_there = "drop_after" in fault
    assert (stood_there, None, 1) == (
        not isinstance(lost.error, Unreachable | Unavailable),
        again.error,
        body(crm, again).count("The second"),
    )


async def test_the_same_words_said_twice_are_two_messages(workbench: Workbench, crm: CrmSandbox) -> None:
    contact = await nia(workbench)
    results = [await workbench.log_message(sms(number, "Hello?"), contact) for number in ("1", "2")]
    assert 2 == body(crm, results[0]).count("Hello?")


async def test_words_that_another_message_says_are_no_proof_that_a_lost_one_arrived(
    workbench: Workbench, crm: CrmSandbox
) -> None:
    contact = await nia(workbench)
    first = await workbench.log_message(sms("1", "Hello?"), contact)
    crm.faults.add("WRITE", named="timeout", times=None)
    lost = await workbench.log_message(sms("2", "Hello?"), contact)
    crm.faults.clear()
    again = await workbench.log_message(sms("2", "Hello?"), contact)
    assert (True, None, 2) == (bool(lost.error), again.error, body(crm, first).count("Hello?"))


async def test_what_others_began_anew_while_a_lost_log_was_looked_for_is_left_to_them(
    workbench: Workbench, crm: CrmSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, store = await nia(workbench), workbench.environment.store
    await workbench.log_call(call("warm-up"), contact)  # so that nothing needs to be read before a write
    crm.faults.add("WRITE", named="timeout", times=None)
    crm.faults.add("GET", drop=True, times=None)
    assert (await workbench.log_call(call("s-1"), contact)).error
    crm.faults.clear()
    crm.clock.advance(120)  # so that nothing can be arriving any more
    find = workbench.connector.find_log

    async def find_while_others_write(*told: Any, **how: Any) -> str | None:
        monkeypatch.undo()
        found = await find(*told, **how)
        assert workbench.user is not None
        for each in call("s-1").ids:
            store.forget_link(LogReference(workbench.platform, workbench.user.id, LogKind.CALL, each))
        assert (await workbench.log_call(call("s-1"), contact)).successful
        return found

    monkeypatch.setattr(workbench.connector, "find_log", find_while_others_write)
    late = await workbench.log_call(call("s-1"), contact)
    assert (BeingLogged, 2) == (type(late.error), logs(crm))


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop_after": True}])
async def test_a_lost_answer_is_not_found_in_another_calls_log(
    workbench: Workbench, crm: CrmSandbox, fault: dict[str, int]
) -> None:
    """Two calls to the same person in the same minute with the same words are two logs."""
    contact = await nia(workbench)
    first = await workbench.log_call(call("s-1"), contact, note="No answer")
    crm.faults.add(ANSWERS.write_method, ANSWERS.write_path, json={}, **fault)
    await workbench.log_call(call("s-2"), contact, note="No answer")
    second = await workbench.log_call(call("s-2"), contact, note="No answer")
    assert (None, True, 2) == (second.error, first.log_id != second.log_id, logs(crm))


async def test_the_crm_stores_a_log_and_this_computer_cannot_remember_it(
    workbench: Workbench, crm: CrmSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, store = await nia(workbench), workbench.environment.store

    def full(*_: object, **__: object) -> None:
        raise StoreError("The store cannot be written (disk full).")

    with monkeypatch.context() as broken:
        for work in ("complete", "links_of"):
            broken.setattr(store, work, full)
        written = await workbench.log_call(call(), contact, note="Once")
    again = await workbench.log_call(call(), contact, note="IdempotentWrites, and more")
    assert (None, None, written.log_id, 1) == (written.error, again.error, again.log_id, logs(crm))
    assert "IdempotentWrites, and more" == await note_of(workbench, again.log_id)


async def test_an_outbox_that_cannot_be_used_makes_no_update_fail(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = await nia(workbench)
    logged = await workbench.log_call(call(), contact, note="First")

    def locked(*_: object) -> None:
        raise StoreError("The database is locked.")

    for each in ("put", "waiting", "claim", "fail", "done", "drop"):
        monkeypatch.setattr(StoreOutbox, each, locked)
    (field, value), *_ = answers_of(workbench.platform).associations.items()
    chosen = {field: value}
    updated = await workbench.log_call(call(), contact, note="Second", additional_submission=chosen)
    assert (None, logged.log_id) == (updated.error, updated.log_id)
    assert "Second" == await note_of(workbench, logged.log_id)
    assert (await workbench.set_disposition(str(logged.log_id), chosen)).error is None


# -- automatic logging and agents --


async def test_automatic_logging_never_replaces_an_agents_note(workbench: Workbench) -> None:
    contact = await nia(workbench)
    logged = await workbench.log_call(call(), contact, note="Written by Rae")
    result = await workbench.log_call(call(), contact, note=AUTO, automatic=True)
    assert (None, logged.log_id) == (result.error, result.log_id)
    assert "Written by Rae" == await note_of(workbench, logged.log_id)


async def test_an_agents_note_replaces_the_placeholder(workbench: Workbench) -> None:
    contact = await nia(workbench)
    logged = await workbench.log_call(call(), contact, note=AUTO, automatic=True)
    await workbench.log_call(call(), contact, note="Written by Rae")
    assert "Written by Rae" == await note_of(workbench, logged.log_id)


async def test_a_log_that_was_deleted_is_written_again_when_a_person_asks(
    workbench: Workbench, crm: CrmSandbox
) -> None:
    contact = await nia(workbench)
    first = await workbench.log_call(call(), contact, note="Mine")
    ANSWERS.delete(crm, first.log_id or "")
    second = await workbench.log_call(call(), contact, note="Mine")
    assert (None, True) == (second.error, first.log_id != second.log_id)
    assert "Mine" in ANSWERS.stored(crm, second.log_id or "").body
    assert second.log_id == workbench.logged_call("s-1")


async def test_a_log_that_was_deleted_stays_deleted_for_automatic_logging(
    workbench: Workbench, crm: CrmSandbox
) -> None:
    contact = await nia(workbench)
    first = await workbench.log_call(call(), contact, note="Mine")
    before = logs(crm)
    ANSWERS.delete(crm, first.log_id or "")
    result = await workbench.log_call(call(), contact, note=AUTO, automatic=True)
    assert (True, True) == (isinstance(result.error, NotFound), logs(crm) <= before)


async def test_a_conversations_log_that_was_deleted_is_begun_again(
    workbench: Workbench, crm: CrmSandbox
) -> None:
    contact = await nia(workbench)
    first = await workbench.log_message(sms("1", "The first"), contact)
    ANSWERS.delete(crm, first.log_id or "")
    second = await workbench.log_message(sms("2", "The second"), contact)
    assert (None, True) == (second.error, first.log_id != second.log_id)
    assert "The second" in ANSWERS.stored(crm, second.log_id or "").body
