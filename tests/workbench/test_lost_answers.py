"""The answer to a write was lost, and what is asked for next says something else: nothing doubled, nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from answers import NINE_THIRTY, call, sms
from platforms import OAUTH, answers_of
from shared_store import Processes
from workbench_steps import CRMS, nia, sandbox_of, signed_in, slow_sandbox

from appconnect.connector import Connector
from appconnect.errors import AppConnectError, StoreError, Unconfirmed, Unreachable
from appconnect.models import AdminConfiguration, Contact, Json, LogDraft, Logged, UserMapping
from appconnect.sandbox.base import CrmSandbox
from appconnect.sandbox.networks import CutOff
from appconnect.store import Store
from appconnect.testing import cast, steps
from appconnect.workbench import Workbench
from appconnect.workbench.sandboxes import make_sandbox


async def upset(crm: str) -> tuple[Workbench, CrmSandbox, Contact]:
    """A workbench whose next created log gets no answer, and which then cannot look for it either."""
    workbench = await signed_in(crm)
    sandbox, contact = sandbox_of(workbench), await nia(workbench)
    await workbench.log_call(call("warm-up"), contact)  # so that nothing needs to be read before a write
    answers = answers_of(crm)
    sandbox.faults.add(answers.write_method, answers.write_path, drop_after=True)
    sandbox.faults.add("GET", drop=True, times=None)
    return workbench, sandbox, contact


async def stored(workbench: Workbench, log_id: str | None) -> str:
    info = (await workbench.get_call_log(log_id or "")).call_log_info
    assert info is not None
    return info.full_body


@pytest.mark.parametrize("crm", CRMS)
async def test_a_log_whose_answer_was_lost_is_found_at_once(crm: str) -> None:
    workbench, answers = await signed_in(crm), answers_of(crm)
    sandbox, contact = sandbox_of(workbench), await nia(workbench)
    before = answers.count(sandbox)
    sandbox.faults.add(answers.write_method, answers.write_path, drop_after=True)
    logged = await workbench.log_call(call(), contact)
    assert (None, before + 1) == (logged.error, answers.count(sandbox))
    assert logged.log_id == (await workbench.log_call(call(), contact)).log_id
    await workbench.close()


def assigned_to_kit(workbench: Workbench) -> dict[str, Any]:
    """What logs a call, or updates its log, as Kit's."""
    mapping = UserMapping(crm_user_id=answers_of(workbench.platform).kit, rc_extension_id="77")
    workbench.save_admin(AdminConfiguration(hashed_account_id="acc", user_mappings=[mapping]))
    form = {"isAssignedToUser": True, "adminAssignedUserRcId": "77"}
    return {"additional_submission": form, "hashed_account_id": "acc"}


@pytest.mark.parametrize("crm", CRMS)
async def test_a_new_owner_that_nobody_can_read_back_is_not_called_set(crm: str) -> None:
    workbench = await signed_in(crm)
    sandbox, kit = sandbox_of(workbench), answers_of(crm).kit
    logged = await workbench.log_call(call(), await nia(workbench))
    to_kit = assigned_to_kit(workbench)
    sandbox.faults.add("WRITE", named="timeout", times=None)
    updated = await workbench.update_call_log(logged.log_id or "", **to_kit)
    sandbox.faults.clear()
    assert updated.error is not None
    assert kit != answers_of(crm).stored(sandbox, logged.log_id or "").owner
    await workbench.close()


@pytest.mark.parametrize("crm", CRMS)
async def test_what_the_retry_of_a_call_adds_is_in_the_one_log(crm: str) -> None:
    workbench, sandbox, contact = await upset(crm)
    lost = await workbench.log_call(call(), contact, note="First")
    sandbox.faults.clear()
    again = await workbench.log_call(call(result="Call ended"), contact, note="First, and more")
    third = await workbench.log_call(call(), contact, note="First, and more")
    assert isinstance(lost.error, AppConnectError)
    assert (None, again.log_id) == (again.error, third.log_id)
    body = await stored(workbench, again.log_id)
    assert ("First, and more" in body, "Call ended" in body) == (True, False)
    await workbench.close()


@pytest.mark.parametrize("crm", CRMS)
async def test_a_call_without_a_start_is_found_again(crm: str) -> None:
    workbench, sandbox, contact = await upset(crm)
    await workbench.log_call(call(start_time=None), contact)
    sandbox.faults.clear()
    await workbench.sleep(600)
    before = (await workbench.log_call(call("warm-up"), contact)).log_id
    again = await workbench.log_call(call(start_time=None), contact)
    third = await workbench.log_call(call(start_time=None), contact)
    assert (None, again.log_id) == (again.error, third.log_id)
    assert before != again.log_id
    await workbench.close()


@pytest.mark.parametrize("crm", CRMS)
async def test_a_message_whose_answer_was_lost_and_the_next_one_stand_in_one_log_once(crm: str) -> None:
    workbench, sandbox, contact = await upset(crm)
    await workbench.log_message(sms("m1", "The first"), contact)
    sandbox.faults.clear()
    second = await workbench.log_message(
        sms("m2", "The second", at=NINE_THIRTY + timedelta(minutes=1)), contact
    )
    first = await workbench.log_message(sms("m1", "The first"), contact)
    body = await stored(workbench, second.log_id)
    assert (None, None, second.log_id) == (second.error, first.error, first.log_id)
    assert (1, 1) == (body.count("The first"), body.count("The second"))
    await workbench.close()


async def test_updates_at_the_same_time_lose_nothing() -> None:
    workbench = await signed_in(OAUTH, sandbox=slow_sandbox(OAUTH))
    logged = await workbench.log_call(call(), await nia(workbench), note="From auto logging (Pending)")
    assert logged.log_id
    await asyncio.gather(
        workbench.update_call_log(logged.log_id, note="Rae wrote this"),
        workbench.update_call_log(logged.log_id, ai_note="A summary", note="auto", automatic=True),
        workbench.update_call_log(logged.log_id, transcript="Rae: hi"),
    )
    body = await stored(workbench, logged.log_id)
    assert [True] * 3 == [text in body for text in ("Rae wrote this", "A summary", "Rae: hi")]
    await workbench.close()


# -- changes of a log: done if the log says so, uncertain if nobody can tell, and never made twice --

DONE_OR_NOT = [{"drop_after": True}, {"drop": True}, {"status": 502}]


async def logged(crm: str) -> tuple[Workbench, CrmSandbox, Contact, str]:
    """A workbench, and a log of a call."""
    workbench = await signed_in(crm)
    contact = await nia(workbench)
    log_id = (await workbench.log_call(call(), contact, note="First")).log_id
    assert log_id
    return workbench, sandbox_of(workbench), contact, log_id


def break_writes(sandbox: CrmSandbox, fault: dict[str, int]) -> None:
    for method in ("PATCH", "POST", "PUT"):
        sandbox.faults.add(method, times=None, **fault)


@pytest.mark.parametrize("fault", DONE_OR_NOT, ids=str)
@pytest.mark.parametrize("crm", CRMS)
async def test_an_update_without_answer_is_done_only_if_the_log_says_so(
    crm: str, fault: dict[str, int]
) -> None:
    workbench, sandbox, _, log_id = await logged(crm)
    break_writes(sandbox, fault)
    result = await workbench.update_call_log(log_id, note="Second")
    sandbox.faults.clear()
    assert ("Second" in await stored(workbench, log_id)) is (result.error is None) is ("drop_after" in fault)
    assert (await workbench.update_call_log(log_id, note="Second")).error is None
    assert 1 == (await stored(workbench, log_id)).count("Second")
    await workbench.close()


@pytest.mark.parametrize("part", ["", "additional_submission", "duration", "body"])
@pytest.mark.parametrize("crm", CRMS)
async def test_an_update_whose_answer_proves_nothing_is_done_if_the_log_says_all_of_it(
    crm: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it does not say of what was wanted makes it uncertain."""
    workbench, _, contact, log_id = await logged(crm)
    right = type(workbench.connector).update_call_log

    async def loses_the_answer(connector: Connector, log_id: str, draft: LogDraft) -> None:
        left_out = {part: {} if part == "additional_submission" else None} if part else {}
        await right(connector, log_id, draft.model_copy(update=left_out))
        raise Unconfirmed("Nobody knows.")

    monkeypatch.setattr(type(workbench.connector), "update_call_log", loses_the_answer)
    chosen = steps.disposition(workbench, contact)
    longer = call().model_copy(update={"duration": 600})
    result = await workbench.update_call_log(log_id, longer, note="Second", additional_submission=chosen)
    assert (part == "") is (result.error is None), result.error
    await workbench.close()


@pytest.mark.parametrize("crm", CRMS)
async def test_an_update_that_nobody_can_look_up_is_told_as_uncertain(crm: str) -> None:
    store, sandbox = Store.in_memory(), make_sandbox()
    processes = Processes(crm, sandbox, store)
    first = processes.start()
    assert (await first.sign_in()).successful
    contact = await nia(first)
    log_id = (await first.log_call(call(), contact, note="First")).log_id or ""
    workbench = processes.start(transport=(network := CutOff(sandbox.transport(), done=True)))
    result = await workbench.update_call_log(log_id, note="Second")
    assert isinstance(result.error, Unreachable)
    assert f"{workbench.title} did not answer; the change may already be saved" == result.message
    network.mend()
    assert (await workbench.update_call_log(log_id, note="Second")).error is None
    assert 1 == (await stored(workbench, log_id)).count("Second")
    store.close()


@pytest.mark.parametrize("fault", DONE_OR_NOT, ids=str)
@pytest.mark.parametrize("crm", CRMS)
async def test_a_disposition_without_answer_is_set_only_if_the_log_says_so(
    crm: str, fault: dict[str, int]
) -> None:
    workbench, sandbox, contact, log_id = await logged(crm)
    chosen = steps.disposition(workbench, contact)
    break_writes(sandbox, fault)
    result = await workbench.set_disposition(log_id, chosen)
    sandbox.faults.clear()
    read = (await workbench.get_call_log(log_id)).call_log_info
    assert read is not None
    is_set = chosen.items() <= read.dispositions.items()
    assert result.error is not None or is_set
    assert (await workbench.set_disposition(log_id, chosen)).error is None
    await workbench.close()


@pytest.mark.parametrize("crm", CRMS)
@pytest.mark.parametrize("fault", DONE_OR_NOT, ids=str)
async def test_the_same_words_said_again_are_appended_once_more_whatever_answer_is_lost(
    crm: str, fault: dict[str, int]
) -> None:
    """An earlier message with the same words must not stand for the one whose answer was lost."""
    workbench = await signed_in(crm)
    sandbox, contact = sandbox_of(workbench), await nia(workbench)
    first = await workbench.log_message(sms("m1", "Hello?"), contact)
    break_writes(sandbox, fault)
    await workbench.log_message(sms("m2", "Hello?"), contact)
    sandbox.faults.clear()
    for _ in range(2):
        again = await workbench.log_message(sms("m2", "Hello?"), contact)
        assert (None, first.log_id) == (again.error, again.log_id)
    assert 2 == (await stored(workbench, first.log_id)).count("Hello?")
    await workbench.close()


@pytest.mark.parametrize("crm", CRMS)
async def test_a_message_whose_answer_was_lost_stays_in_its_log_when_the_next_log_has_begun(
    crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = await signed_in(crm)
    sandbox, contact = sandbox_of(workbench), await nia(workbench)
    first = await workbench.log_message(sms("m1", "One"), contact)
    store = workbench.environment.store
    with monkeypatch.context() as broken:
        broken.setattr(store, "complete", _full)
        lost = await workbench.log_message(sms("m2", "Two"), contact)
    monkeypatch.setattr(type(workbench.connector), "max_body", 1)
    third = await workbench.log_message(sms("m3", "Three"), contact)
    again = await workbench.log_message(sms("m2", "Two"), contact)
    assert (None, None, first.log_id) == (lost.error, again.error, again.log_id)
    assert third.log_id != first.log_id
    bodies = [answers_of(crm).stored(sandbox, each or "").body for each in (first.log_id, third.log_id)]
    assert (1, 1) == ("".join(bodies).count("Two"), "".join(bodies).count("Three"))
    await workbench.close()


@pytest.mark.parametrize("crm", CRMS)
async def test_a_message_that_is_logged_and_cannot_be_remembered_is_a_success_with_a_warning(
    crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = await signed_in(crm)
    contact, store = await nia(workbench), workbench.environment.store
    for number in ("m1", "m2"):
        with monkeypatch.context() as broken:
            broken.setattr(store, "complete", _full)
            written = await workbench.log_message(sms(number, f"Text {number}"), contact)
        assert (None, True) == (written.error, written.return_message is not None)
        assert written.return_message is not None
        assert "The message is written, but not remembered here" in " ".join(written.return_message.lines)
        again = await workbench.log_message(sms(number, f"Text {number}"), contact)
        assert (None, written.log_id) == (again.error, again.log_id)
    body = await stored(workbench, written.log_id)
    assert [1, 1] == [body.count(f"Text {number}") for number in ("m1", "m2")]
    await workbench.close()


def _full(*_: object, **__: object) -> None:
    raise StoreError("The store cannot be written (disk full).")


# -- an answer, or a log, that is another write's --


def answer_again(sandbox: CrmSandbox, answer: Json, *, done: bool) -> None:
    """Let the next log that is written be answered like this, whether or not it is written."""
    answers = answers_of(sandbox.name)
    method, path = answers.write_method, answers.write_path
    if done:
        sandbox.faults.add(method, path, change=lambda _: answer)
    else:
        sandbox.faults.add(method, path, status=200, json=answer)


async def logged_and_answered(workbench: Workbench, contact: Contact) -> tuple[str, Json]:
    """Log a call; return its log's id, and what the CRM answered."""
    answers, seen = answers_of(workbench.platform), list[Json]()
    keep = lambda answer: seen.append(answer) or answer  # noqa: E731
    sandbox_of(workbench).faults.add(answers.write_method, answers.write_path, change=keep)
    log_id = (await workbench.log_call(call(), contact, note="First")).log_id
    assert log_id
    return log_id, seen[0]


ANOTHER: dict[str, Callable[[Workbench, Contact], Awaitable[Logged]]] = {
    "another call": lambda workbench, contact: workbench.log_call(
        call("s-2", start_time=NINE_THIRTY + timedelta(minutes=7)), contact, note="Second"
    ),
    "a call of the same second": lambda workbench, contact: workbench.log_call(
        call("s-2"), contact, note="Second"
    ),
    "a message": lambda workbench, contact: workbench.log_message(sms("m1", "Second"), contact),
}


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("what", ANOTHER)
@pytest.mark.parametrize("crm", CRMS)
async def test_an_answer_that_names_another_one_s_log_is_no_proof(crm: str, what: str, done: bool) -> None:
    workbench, log = await signed_in(crm), ANOTHER[what]
    sandbox, contact = sandbox_of(workbench), await nia(workbench)
    first, answer = await logged_and_answered(workbench, contact)
    answer_again(sandbox, answer, done=done)
    second = await log(workbench, contact)
    assert done or (Unconfirmed, None) == (type(second.error), second.log_id)
    again = await log(workbench, contact)
    assert not done or (None, again.log_id) == (second.error, second.log_id)
    assert (None, 2, True) == (again.error, answers_of(crm).count(sandbox), again.log_id not in ("", first))
    bodies = [await stored(workbench, each) for each in (first, again.log_id)]
    assert [(True, False), (False, True)] == [("First" in each, "Second" in each) for each in bodies]
    await workbench.close()


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("crm", CRMS)
async def test_a_move_whose_answer_names_the_old_log_does_not_take_it_away(crm: str, done: bool) -> None:
    workbench = await signed_in(crm)
    sandbox, contact = sandbox_of(workbench), await nia(workbench)
    first, answer = await logged_and_answered(workbench, contact)
    found = (await workbench.find_contact(cast.SHARED)).contacts
    omar = next(each for each in found if each.name == cast.OMAR.name)
    answer_again(sandbox, answer, done=done)
    moved = await workbench.log_call(call(), omar, note="First", move=True)
    assert done or (Unconfirmed, True) == (type(moved.error), "First" in await stored(workbench, first))
    again = await workbench.log_call(call(), omar, note="First", move=True)
    assert (None, True) == (again.error, again.log_id not in ("", first))
    assert omar.id == answers_of(crm).stored(sandbox, again.log_id or "").contact
    await workbench.close()


@pytest.mark.parametrize("mine", ["Rae's", "Kit's"])
@pytest.mark.parametrize("crm", ["bullhorn", "insightly", "pipedrive"])  # Redtail tells who wrote a log
async def test_an_equal_log_of_another_owner_is_not_taken_for_the_lost_one(crm: str, mine: str) -> None:
    sandbox = make_sandbox(crm)
    workbench, colleague = await signed_in(crm, sandbox=sandbox), await signed_in(crm, sandbox=sandbox)
    contact = await nia(workbench)
    hers = assigned_to_kit(workbench) if mine == "Kit's" else {}
    theirs = await colleague.log_call(
        call(), contact, **({} if mine == "Kit's" else assigned_to_kit(colleague))
    )
    answer_again(sandbox[crm], {}, done=False)
    assert Unconfirmed is type((await workbench.log_call(call(), contact, **hers)).error)
    again = await workbench.log_call(call(), contact, **hers)
    assert (None, 2, True) == (
        again.error,
        answers_of(crm).count(sandbox[crm]),
        again.log_id not in ("", theirs.log_id),
    )
    await colleague.close()
    await workbench.close()


@pytest.mark.parametrize("crm", CRMS)
async def test_a_lost_log_that_was_written_for_another_user_is_found(crm: str) -> None:
    workbench = await signed_in(crm)
    sandbox, contact = sandbox_of(workbench), await nia(workbench)
    answer_again(sandbox, {}, done=True)
    logged = await workbench.log_call(call(), contact, **assigned_to_kit(workbench))
    assert (None, 1) == (logged.error, answers_of(crm).count(sandbox))
    assert answers_of(crm).kit == answers_of(crm).stored(sandbox, logged.log_id or "").owner
    await workbench.close()


# -- tries of one request --


class TwoTries(httpx.AsyncBaseTransport):
    """The first write is done, or not, and answered by a proxy that failed; the next one is refused."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, done: bool, status: int) -> None:
        self._inner, self._done, self._status, self.writes = inner, done, status, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        is_read = request.method == "GET" or "/search" in str(request.url)
        self.writes += not is_read
        if is_read or self.writes > 2:
            return await self._inner.handle_async_request(request)
        if self.writes == 2:
            return httpx.Response(self._status, json={"message": "Not now"})
        if self._done:
            assert (await self._inner.handle_async_request(request)).is_success
        return httpx.Response(502, text="upstream timed out")


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("status", [400, 403, 404])
@pytest.mark.parametrize("crm", CRMS)
async def test_a_try_that_is_refused_does_not_hide_that_an_earlier_one_may_have_been_done(
    crm: str, status: int, done: bool
) -> None:
    store = Store.in_memory()
    processes = Processes(crm, make_sandbox(crm), store)
    first = processes.start()
    assert (await first.sign_in()).successful
    contact = await nia(first)
    log_id = (await first.log_message(sms("m1", "The first"), contact)).log_id
    processes.sandbox.clock.advance(2)  # or the CRM's own limit refuses what is to be done
    network = TwoTries(processes.sandbox.transport(), done=done, status=status)
    lost = await processes.start(transport=network).log_message(sms("m2", "Only once"), contact)
    assert not done or lost.error is None  # it was looked for, and is there
    again = await processes.start().log_message(sms("m2", "Only once"), contact)
    assert (None, log_id) == (again.error, again.log_id)
    assert 1 == (await stored(first, log_id)).count("Only once")
    store.close()
