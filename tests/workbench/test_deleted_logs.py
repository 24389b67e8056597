"""A log that was deleted in the CRM: written anew once, with all that whoever asks has to tell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from answers import call, sms
from platforms import CRMS, answers_of
from shared_store import Processes, elsewhere
from workbench_steps import nia, sandbox_of, sent, signed_in, slow_sandbox

from appconnect.models import Contact, Logged, Message, MessageType
from appconnect.store import Store
from appconnect.testing.workbench_internals import connector_of
from appconnect.workbench import Workbench

Work = Callable[[Workbench, Contact, str], Awaitable[Logged]]
NOTE, AI_NOTE = "What the agent wrote", "What the machine wrote"
LINK = "https://media.example.com/7"


@pytest.fixture(params=CRMS)
async def workbench(request: pytest.FixtureRequest) -> AsyncIterator[Workbench]:
    made = await signed_in(request.param, sandbox=slow_sandbox(request.param))
    yield made
    await made.close()


def of_type(kind: MessageType) -> Message:
    return sms("d-1", "").model_copy(update={"type": kind})


async def a_call(workbench: Workbench, contact: Contact, words: str) -> Logged:
    if words == NOTE:
        return await workbench.log_call(call("s-1"), contact, note=words)
    return await workbench.log_call(call("s-1"), contact, ai_note=words)


async def a_voicemail(workbench: Workbench, contact: Contact, words: str) -> Logged:
    return await workbench.log_message(of_type(MessageType.VOICEMAIL), contact, recording_link=words)


async def a_fax(workbench: Workbench, contact: Contact, words: str) -> Logged:
    return await workbench.log_message(of_type(MessageType.FAX), contact, fax_link=words)


async def a_shared_conversation(workbench: Workbench, contact: Contact, words: str) -> Logged:
    texts = [{"recordType": "AliveMessage", "text": text} for text in ("The first", words) if text]
    return await workbench.log_shared_sms({"entities": texts}, contact, conversation_id="q-1")


KINDS: dict[str, tuple[Work, str, str]] = {
    "call": (a_call, NOTE, AI_NOTE),
    "voicemail": (a_voicemail, "", LINK),
    "fax": (a_fax, "", LINK),
    "shared conversation": (a_shared_conversation, "", "What came later"),
}
"""How it is logged, what the first one tells of it, and what another one does."""
of_each_kind = pytest.mark.parametrize("kind", KINDS)


def delete(workbench: Workbench, log: Logged) -> None:
    answers_of(workbench.platform).delete(sandbox_of(workbench), log.log_id or "")


def count(workbench: Workbench) -> int:
    return answers_of(workbench.platform).count(sandbox_of(workbench))


def body(workbench: Workbench, log: Logged) -> str:
    return answers_of(workbench.platform).stored(sandbox_of(workbench), log.log_id or "").body


# -- at the same time --


@of_each_kind
async def test_several_that_log_it_again_at_once_write_one_log(workbench: Workbench, kind: str) -> None:
    log, words, _ = KINDS[kind]
    contact = await nia(workbench)
    first = await log(workbench, contact, words)
    delete(workbench, first)
    before = count(workbench)
    results = await asyncio.gather(*(log(workbench, contact, words) for _ in range(3)))
    [log_id] = {each.log_id for each in results if each.successful}
    assert (True, before + 1) == (log_id != first.log_id, count(workbench))


@of_each_kind
async def test_processes_that_log_it_again_at_once_write_one_log(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, words, _ = KINDS[kind]
    elsewhere(monkeypatch)
    processes = Processes(CRMS[0], slow_sandbox(CRMS[0]), Store.in_memory())
    one, other = processes.start(), processes.start()
    assert (await one.sign_in()).successful
    assert (await other.sign_in()).successful
    contact = await nia(one)
    delete(one, await log(one, contact, words))
    before = count(one)
    results = await asyncio.gather(*(log(each, contact, words) for each in (one, other)))
    assert (1, before + 1) == (len({each.log_id for each in results if each.successful}), count(one))


@of_each_kind
async def test_what_each_of_them_tells_stands_in_the_log(workbench: Workbench, kind: str) -> None:
    log, words, others = KINDS[kind]
    contact = await nia(workbench)
    delete(workbench, await log(workbench, contact, words))
    results = await asyncio.gather(log(workbench, contact, words), log(workbench, contact, others))
    assert [None, None] == [each.error for each in results]
    stands = body(workbench, results[1])
    assert (True, True) == (words in stands, others in stands)


async def test_of_a_call_that_others_log_elsewhere_meanwhile_it_is_said_where(workbench: Workbench) -> None:
    contact = await nia(workbench)
    delete(workbench, await a_call(workbench, contact, NOTE))
    found = await workbench.find_contact_with_name("Omar Vance")
    results = await asyncio.gather(
        a_call(workbench, contact, NOTE), a_call(workbench, found.contacts[0], AI_NOTE)
    )
    assert [True, False] == [each.successful for each in results]
    assert "logged already, at Nia Holt" in results[1].message


# -- a text, which stands in the log of its conversation --


def stands(workbench: Workbench, *logs: Logged) -> str:
    return "".join(body(workbench, each) for each in {each.log_id: each for each in logs}.values())


async def test_a_text_whose_log_was_deleted_is_written_anew(workbench: Workbench) -> None:
    contact = await nia(workbench)
    texts = [sms("m-1", "The first"), sms("m-2", "The second")]
    [first, *_] = [await workbench.log_message(each, contact) for each in texts]
    delete(workbench, first)
    again = [await workbench.log_message(each, contact) for each in (*texts, *texts)]
    assert ([None] * 4, 1) == ([each.error for each in again], len({each.log_id for each in again}))
    assert first.log_id != again[0].log_id
    assert [1, 1] == [stands(workbench, *again).count(text) for text in ("The first", "The second")]


async def test_a_text_whose_log_was_deleted_is_added_to_the_one_that_was_begun_since(
    workbench: Workbench,
) -> None:
    contact = await nia(workbench)
    delete(workbench, await workbench.log_message(sms("m-1", "The first"), contact))
    since = await workbench.log_message(sms("m-2", "The second"), contact)
    again = await workbench.log_message(sms("m-1", "The first"), contact)
    assert (None, since.log_id) == (again.error, again.log_id)
    assert [1, 1] == [stands(workbench, again).count(text) for text in ("The first", "The second")]


async def test_of_a_conversation_in_two_logs_only_what_stood_in_the_deleted_one_is_written_anew(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = await nia(workbench)
    first = await workbench.log_message(sms("m-1", "The first"), contact)
    with monkeypatch.context() as full:
        full.setattr(type(connector_of(workbench)), "max_body", 1)
        second = await workbench.log_message(sms("m-2", "The second"), contact)
    assert first.log_id != second.log_id
    delete(workbench, first)
    again = [
        await workbench.log_message(each, contact)
        for each in (sms("m-1", "The first"), sms("m-2", "The second"))
    ]
    assert [(None, second.log_id)] * 2 == [(each.error, each.log_id) for each in again]
    assert [1, 1] == [stands(workbench, *again).count(text) for text in ("The first", "The second")]


async def test_texts_that_are_logged_again_at_once_are_all_in_one_log(workbench: Workbench) -> None:
    contact = await nia(workbench)
    texts = [sms(f"m-{number}", f"Text {number}") for number in range(3)]
    [first, *_] = [await workbench.log_message(each, contact) for each in texts]
    delete(workbench, first)
    before = count(workbench)
    again = await asyncio.gather(*(workbench.log_message(each, contact) for each in texts))
    assert ([None] * 3, before + 1) == ([each.error for each in again], count(workbench))
    assert [1] * 3 == [stands(workbench, *again).count(f"Text {number}") for number in range(3)]


async def test_a_text_of_which_nobody_can_say_whether_it_stands_there_is_not_called_logged(
    workbench: Workbench,
) -> None:
    contact = await nia(workbench)
    first = await workbench.log_message(sms("m-1", "The first"), contact)
    sandbox_of(workbench).faults.add("GET", named="503", times=None)
    assert not (await workbench.log_message(sms("m-1", "The first"), contact)).successful
    sandbox_of(workbench).faults.clear()
    again = await workbench.log_message(sms("m-1", "The first"), contact)
    assert (first.log_id, 1) == (again.log_id, stands(workbench, again).count("The first"))


async def test_automatic_logging_takes_a_text_that_was_logged_for_logged(workbench: Workbench) -> None:
    contact = await nia(workbench)
    first = await workbench.log_message(sms("m-1", "The first"), contact)
    delete(workbench, first)
    before = sent(workbench)
    again = await workbench.log_message(sms("m-1", "The first"), contact, automatic=True)
    assert (None, first.log_id, before) == (again.error, again.log_id, sent(workbench))


async def test_automatic_logging_leaves_a_deleted_text_out_of_the_log_that_was_begun_since(
    workbench: Workbench,
) -> None:
    contact = await nia(workbench)
    delete(workbench, await workbench.log_message(sms("m-1", "The first"), contact))
    since = await workbench.log_message(sms("m-2", "The second"), contact)
    again = await workbench.log_message(sms("m-1", "The first"), contact, automatic=True)
    assert (None, 0) == (again.error, stands(workbench, since).count("The first"))
