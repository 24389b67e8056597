"""A call is one log and a message stands in it once, whoever asks when, and whatever breaks in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from answers import call, sms
from workbench_steps import nia, sandbox_of, signed_in, slow_sandbox

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.errors import BeingLogged, NotFound, StoreError, Unavailable, Unreachable
from appconnect.models import JsonObject, LogKind
from appconnect.store import LogReference
from appconnect.workbench import Workbench

ACTIVITIES = "/api/v2/activities"
AUTO = "From auto logging (Pending)"


@pytest.fixture
async def workbench() -> AsyncIterator[Workbench]:
    workbench = await signed_in("pipedrive", sandbox=slow_sandbox())
    yield workbench
    await workbench.close()


@pytest.fixture
def crm(workbench: Workbench) -> PipedriveSandbox:
    crm = sandbox_of(workbench)
    assert isinstance(crm, PipedriveSandbox)
    return crm


def logs(crm: PipedriveSandbox) -> list[JsonObject]:
    return [each for each in crm.database.activities.values() if not each["is_deleted"]]


async def note_of(workbench: Workbench, log_id: str | None) -> str:
    read = (await workbench.get_call_log(log_id or "")).call_log_info
    assert read is not None
    return read.note


def message_claim(workbench: Workbench, number: str) -> LogReference:
    assert workbench.user is not None
    return LogReference(workbench.platform, workbench.user.id, LogKind.SMS, f"message {number}")


# -- at the same time --


async def test_two_tasks_that_log_the_same_call_write_one_log(
    workbench: Workbench, crm: PipedriveSandbox
) -> None:
    contact = await nia(workbench)
    results = await asyncio.gather(*(workbench.log_call(call(), contact, note="Once") for _ in range(5)))
    refused = [result for result in results if result.error]
    assert (1, 4) == (len(logs(crm)), len(refused))
    sentence = "This is being logged right now by another process; look again in a moment."
    assert {(BeingLogged, sentence)} == {(type(each.error), each.message) for each in refused}
    assert (await workbench.log_call(call(), contact, note="Once")).successful


async def test_two_calls_at_the_same_time_are_two_logs(workbench: Workbench, crm: PipedriveSandbox) -> None:
    contact = await nia(workbench)
    results = await asyncio.gather(*(workbench.log_call(call(name), contact) for name in ("s-1", "s-2")))
    assert ([None, None], 2) == ([each.error for each in results], len(logs(crm)))


async def test_messages_of_one_conversation_at_the_same_time_are_all_in_one_log(
    workbench: Workbench, crm: PipedriveSandbox
) -> None:
    contact = await nia(workbench)
    texts = [f"Text number {number}" for number in range(6)]
    results = await asyncio.gather(
        *(workbench.log_message(sms(str(number), text), contact) for number, text in enumerate(texts))
    )
    assert [None] * 6 == [result.error for result in results]
    [log] = logs(crm)
    assert [1] * 6 == [str(log["note"]).count(text) for text in texts]
    assert "Conversation(6 messages)" in str(log["note"])


async def test_the_same_message_at_the_same_time_stands_there_once(
    workbench: Workbench, crm: PipedriveSandbox
) -> None:
    contact = await nia(workbench)
    results = await asyncio.gather(*(workbench.log_message(sms("1", "Only once"), contact) for _ in range(3)))
    [log] = logs(crm)
    assert (1, 1) == (str(log["note"]).count("Only once"), sum(result.error is None for result in results))
    sentence = "This message is being logged by another process; look again in a moment."
    assert {sentence} == {result.message for result in results if result.error}


async def test_a_log_that_another_process_has_reserved_is_left_to_it(
    workbench: Workbench, crm: PipedriveSandbox, told
) -> None:
    contact, store = await nia(workbench), workbench.environment.store
    assert workbench.user is not None
    reference = LogReference("pipedrive", workbench.user.id, LogKind.CALL, "s-1")
    store.reserve(reference, now=workbench.now())
    before = len(crm.requests)
    sentence = "This is being logged right now by another process; look again in a moment."
    assert (BeingLogged, sentence) == told(workbench, await workbench.log_call(call(), contact, note="Mine"))
    assert (before, None) == (len(crm.requests), workbench.logged_call("s-1"))
    await workbench.sleep(121)
    assert ((await workbench.log_call(call(), contact, note="Mine")).error, 1) == (None, len(logs(crm)))


async def test_a_process_that_finished_meanwhile_is_believed(
    workbench: Workbench, crm: PipedriveSandbox
) -> None:
    contact = await nia(workbench)
    logged = await workbench.log_call(call(), contact, note="First")
    assert workbench.user is not None
    kept = workbench.environment.store.complete(
        LogReference("pipedrive", workbench.user.id, LogKind.CALL, "s-1"), "another"
    )
    assert (logged.log_id, 1) == (kept.log_id, len(logs(crm)))


# -- broken off --


@pytest.mark.parametrize("steps", range(1, 5))
async def test_a_call_broken_off_at_any_moment_is_no_second_log(
    workbench: Workbench, crm: PipedriveSandbox, steps: int
) -> None:
    contact = await nia(workbench)
    task = asyncio.create_task(workbench.log_call(call(), contact, note="Once"))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    again = await workbench.log_call(call(), contact, note="Once")
    assert (None, 1, "Once") == (again.error, len(logs(crm)), await note_of(workbench, again.log_id))


@pytest.mark.parametrize("steps", range(1, 7))
async def test_a_message_broken_off_at_any_moment_stands_there_once(
    workbench: Workbench, crm: PipedriveSandbox, steps: int
) -> None:
    contact = await nia(workbench)
    await workbench.log_message(sms("1", "The first"), contact)
    task = asyncio.create_task(workbench.log_message(sms("2", "The second"), contact))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    again = await workbench.log_message(sms("2", "The second"), contact)
    [log] = logs(crm)
    assert (None, 1, 1) == (
        again.error,
        str(log["note"]).count("The first"),
        str(log["note"]).count("The second"),
    )


@pytest.mark.parametrize("fault", [{"drop_after": True}, {"status": 502}, {"drop": True}])
async def test_an_append_without_answer_is_not_doubled(
    workbench: Workbench, crm: PipedriveSandbox, fault: dict[str, int]
) -> None:
    contact = await nia(workbench)
    await workbench.log_message(sms("1", "The first"), contact)
    crm.faults.add("PATCH", f"{ACTIVITIES}/*", times=4, **fault)
    lost = await workbench.log_message(sms("2", "The second"), contact)
    crm.faults.clear()
    again = await workbench.log_message(sms("2", "The second"), contact)
    [log] = logs(crm)
    assert (True, None, 1) == (
        isinstance(lost.error, Unreachable | Unavailable),
        again.error,
        str(log["note"]).count("The second"),
    )


async def test_the_same_words_said_twice_are_two_messages(
    workbench: Workbench, crm: PipedriveSandbox
) -> None:
    contact = await nia(workbench)
    for number in ("1", "2"):
        await workbench.log_message(sms(number, "Hello?"), contact)
    [log] = logs(crm)
    assert 2 == str(log["note"]).count("Hello?")


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop_after": True}])
async def test_a_lost_answer_is_not_found_in_another_calls_log(
    workbench: Workbench, crm: PipedriveSandbox, fault: dict[str, int]
) -> None:
    """Two calls to the same person in the same minute with the same words are two logs."""
    contact = await nia(workbench)
    first = await workbench.log_call(call("s-1"), contact, note="No answer")
    crm.faults.add("POST", ACTIVITIES, json={}, **fault)
    await workbench.log_call(call("s-2"), contact, note="No answer")
    second = await workbench.log_call(call("s-2"), contact, note="No answer")
    assert (None, True, 2) == (second.error, first.log_id != second.log_id, len(logs(crm)))


async def test_the_crm_stores_a_log_and_this_computer_cannot_remember_it(
    workbench: Workbench, crm: PipedriveSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, store = await nia(workbench), workbench.environment.store

    def full(*_: object, **__: object) -> None:
        raise StoreError("The store cannot be written (disk full).")

    with monkeypatch.context() as broken:
        broken.setattr(store, "complete", full)
        written = await workbench.log_call(call(), contact, note="Once")
    await workbench.sleep(301)  # the claim runs out
    again = await workbench.log_call(call(), contact, note="IdempotentWrites, and more")
    assert (None, None, written.log_id, 1) == (written.error, again.error, again.log_id, len(logs(crm)))
    assert "IdempotentWrites, and more" == await note_of(workbench, again.log_id)


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
    workbench: Workbench, crm: PipedriveSandbox
) -> None:
    contact = await nia(workbench)
    first = await workbench.log_call(call(), contact, note="Mine")
    crm.database.activities[int(first.log_id or 0)]["is_deleted"] = True
    second = await workbench.log_call(call(), contact, note="Mine")
    assert (None, 1, True) == (second.error, len(logs(crm)), first.log_id != second.log_id)
    assert second.log_id == workbench.logged_call("s-1")


async def test_a_log_that_was_deleted_stays_deleted_for_automatic_logging(
    workbench: Workbench, crm: PipedriveSandbox
) -> None:
    contact = await nia(workbench)
    first = await workbench.log_call(call(), contact, note="Mine")
    crm.database.activities[int(first.log_id or 0)]["is_deleted"] = True
    result = await workbench.log_call(call(), contact, note=AUTO, automatic=True)
    assert (True, []) == (isinstance(result.error, NotFound), logs(crm))


async def test_a_conversations_log_that_was_deleted_is_begun_again(
    workbench: Workbench, crm: PipedriveSandbox
) -> None:
    contact = await nia(workbench)
    first = await workbench.log_message(sms("1", "The first"), contact)
    crm.database.activities[int(first.log_id or 0)]["is_deleted"] = True
    second = await workbench.log_message(sms("2", "The second"), contact)
    [log] = logs(crm)
    assert (None, str(log["id"]), True) == (second.error, second.log_id, "The second" in str(log["note"]))
