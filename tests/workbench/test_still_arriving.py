"""A slow CRM does what was sent long after its sender has died or given up: it stands there once all the same."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from contextvars import Context
from datetime import datetime, timedelta

import httpx
import pytest
from answers import NINE_THIRTY, call, sms
from platforms import CRMS, answers_of
from shared_store import Processes
from workbench_steps import nia

from appconnect.models import Contact
from appconnect.models.results import Result
from appconnect.store import Store
from appconnect.workbench import Workbench

NUMBER, NAME = "+14155550123", "Dora Double"
DEAD = 41.0
"""After so many seconds a process that is not heard of is taken for dead."""
LONGEST = 65.0
"""After so many seconds nothing that was sent is still arriving."""
Work = Callable[[Workbench, Contact], Coroutine[object, object, Result]]

pytestmark = pytest.mark.parametrize("crm", CRMS)


class SlowNetwork(httpx.AsyncBaseTransport):
    """A CRM that does the first write so many seconds after it was sent, whoever asks it anything meanwhile."""

    def __init__(self, processes: Processes, seconds: float) -> None:
        self._clock, self._inner = processes.sandbox.clock, processes.sandbox.transport()
        self._seconds = timedelta(seconds=seconds)
        self.writes: list[datetime] = []
        self._held: httpx.Request | None = None
        self.is_sent = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        is_write = request.method != "GET" and "/search" not in str(request.url)
        if is_write and not self.writes:
            self._held = request
            self.writes.append(self._clock.now())
            self.is_sent.set()
            return await self.first_answer(request)
        await self.arrive()
        if is_write:
            self.writes.append(self._clock.now())
        return await self._inner.handle_async_request(request)

    async def arrive(self) -> None:
        """Do the first write now, if it is time."""
        if self._held is not None and self._clock.now() - self.writes[0] >= self._seconds:
            await self._inner.handle_async_request(self._held)
            self._held = None

    async def first_answer(self, request: httpx.Request) -> httpx.Response:
        """Hang until whoever waits is killed."""
        await asyncio.Event().wait()
        raise AssertionError


class GivenUp(SlowNetwork):
    """The same, where whoever waits gives up."""

    async def first_answer(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("no answer", request=request)


class Dead(GivenUp):
    """The same, where no further try is carried out or answered before it ``answers`` again."""

    answers = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        is_write = request.method != "GET" and "/search" not in str(request.url)
        if is_write and self.writes and not self.answers:
            raise httpx.ReadTimeout("no answer", request=request)
        return await super().handle_async_request(request)


async def a_call(workbench: Workbench, contact: Contact) -> Result:
    return await workbench.log_call(call(), contact, note="Only once")


async def a_message(workbench: Workbench, contact: Contact) -> Result:
    return await workbench.log_message(sms("m1", "Only once"), contact)


async def one_more_message(workbench: Workbench, contact: Contact) -> Result:
    later = sms("m2", "Only once", at=NINE_THIRTY + timedelta(minutes=1))
    return await workbench.log_message(later, contact)


async def a_contact(workbench: Workbench, contact: Contact) -> Result:
    return await workbench.create_contact(NUMBER, NAME, answers_of(workbench.platform).contact_type)


async def times(processes: Processes, work: Work, done: Result) -> int:
    """How often what was to be done once is there."""
    if work is a_contact:
        return len((await processes.start().find_contact(NUMBER)).contacts)
    crm, answers = processes.sandbox[processes.crm], answers_of(processes.crm)
    log_id = getattr(done, "log_id", "")
    return answers.count(crm) * answers.stored(crm, log_id).body.count("Only once")


async def killed(work: Coroutine[object, object, object], network: SlowNetwork) -> None:
    """Let a process die as soon as its write has left: it gives nothing back, and is not heard of any more."""
    task = asyncio.create_task(work, context=Context())
    await network.is_sent.wait()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "_give_back", lambda *_: None)
        patch.setattr(Store, "end", lambda *_: None)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


EACH_WORK = pytest.mark.parametrize("work", [a_call, a_message, one_more_message, a_contact])


@EACH_WORK
@pytest.mark.parametrize("seconds", [45.0, 62.0])
async def test_what_a_slow_crm_does_after_its_sender_died_stands_there_once(
    processes: Processes, work: Work, seconds: float
) -> None:
    contact = await nia(processes.start())
    if work is one_more_message:
        assert (await processes.start().log_message(sms("m0", "The first"), contact)).successful
    network = SlowNetwork(processes, seconds)
    await killed(work(processes.start(transport=network), contact), network)
    processes.sandbox.clock.advance(DEAD)
    done = await work(processes.start(transport=network), contact)
    processes.sandbox.clock.advance(LONGEST)
    await network.arrive()
    assert (None, 1) == (done.error, await times(processes, work, done))


@EACH_WORK
async def test_what_a_slow_crm_does_after_its_sender_gave_up_stands_there_once(
    processes: Processes, work: Work
) -> None:
    contact = await nia(processes.start())
    if work is one_more_message:
        assert (await processes.start().log_message(sms("m0", "The first"), contact)).successful
    network = GivenUp(processes, 30.0)
    first = await work(processes.start(transport=network), contact)
    assert first.error is not None or work is one_more_message  # some CRMs are told once more at once
    done = await work(processes.start(transport=network), contact)
    processes.sandbox.clock.advance(LONGEST)
    await network.arrive()
    assert (None, 1) == (done.error, await times(processes, work, done))


@EACH_WORK
async def test_what_never_arrives_is_written_when_it_cannot_arrive_any_more(
    processes: Processes, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    contact = await nia(processes.start())
    if work is one_more_message:
        assert (await processes.start().log_message(sms("m0", "The first"), contact)).successful
    network = SlowNetwork(processes, 1e9)
    await killed(work(processes.start(transport=network), contact), network)
    processes.sandbox.clock.advance(DEAD)
    done = await work(processes.start(transport=network), contact)
    assert (None, 1) == (done.error, await times(processes, work, done))
    assert LONGEST <= (network.writes[1] - network.writes[0]).total_seconds() < LONGEST + 1
    said = caplog.text
    assert re.search(r"may still be arriving in \w+; it is looked for again at \d\d:\d\d", said) or (
        "Waiting 24 seconds for a contact that may have been created just now." in said
    )


async def test_what_the_crm_has_answered_is_not_waited_for(processes: Processes) -> None:
    """A server's failure may have written, and is looked through; but nothing is under way any more."""
    contact = await nia(processes.start())

    class Fails(SlowNetwork):
        async def first_answer(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(500, json={"message": "Something failed"})

    network = Fails(processes, 1e9)
    await a_call(processes.start(transport=network), contact)
    done = await a_call(processes.start(transport=network), contact)
    assert (None, 1) == (done.error, await times(processes, a_call, done))
    assert (network.writes[-1] - network.writes[0]).total_seconds() < DEAD


Change = Callable[[Workbench, Contact, str], Coroutine[object, object, Result]]


async def texts(workbench: Workbench, contact: Contact, words: str) -> Result:
    return await workbench.log_message(sms(words, words), contact)


async def notes_of_a_call(workbench: Workbench, contact: Contact, words: str) -> Result:
    kind = {"Second": "ai_note", "Third": "transcript"}.get(words, "note")
    return await workbench.log_call(call(), contact, **{kind: words})


EACH_CHANGE = pytest.mark.parametrize("change", [texts, notes_of_a_call])


async def stands(processes: Processes, first: Result) -> list[int]:
    """How often each of the words stands in the log, when nothing is under way any more."""
    crm, log_id = processes.sandbox[processes.crm], getattr(first, "log_id", "")
    body = answers_of(processes.crm).stored(crm, log_id).body
    return [body.count(words) for words in ("First", "Second", "Third")]


@EACH_CHANGE
@pytest.mark.parametrize("network", [GivenUp, Dead], ids=["one try is lost", "all tries are lost"])
async def test_a_change_that_arrives_late_overwrites_no_later_one(
    processes: Processes, change: Change, network: type[GivenUp]
) -> None:
    contact = await nia(processes.start())
    first, slow = await change(processes.start(), contact, "First"), network(processes, 30.0)
    await change(processes.start(transport=slow), contact, "Second")
    if isinstance(slow, Dead):
        slow.answers = True
    third = await change(processes.start(transport=slow), contact, "Third")
    processes.sandbox.clock.advance(LONGEST)
    await slow.arrive()
    assert (None, [1, 1, 1]) == (third.error, await stands(processes, first))
    again = await change(processes.start(), contact, "Second")
    assert (None, [1, 1, 1]) == (again.error, await stands(processes, first))


@EACH_CHANGE
@pytest.mark.parametrize("seconds", [45.0, 62.0])
async def test_a_change_of_one_who_died_overwrites_no_later_one(
    processes: Processes, change: Change, seconds: float
) -> None:
    contact = await nia(processes.start())
    first, slow = await change(processes.start(), contact, "First"), SlowNetwork(processes, seconds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "_leave", lambda *_: None)
        await killed(change(processes.start(transport=slow), contact, "Second"), slow)
    processes.sandbox.clock.advance(DEAD)
    third = await change(processes.start(transport=slow), contact, "Third")
    processes.sandbox.clock.advance(LONGEST)
    await slow.arrive()
    assert (None, [1, 1, 1]) == (third.error, await stands(processes, first))


@EACH_CHANGE
async def test_a_change_that_was_answered_keeps_nobody_waiting(processes: Processes, change: Change) -> None:
    contact, began = await nia(processes.start()), processes.sandbox.clock.now()
    for words in ("First", "Second", "Third"):
        assert (await change(processes.start(), contact, words)).error is None
    assert (processes.sandbox.clock.now() - began).total_seconds() < DEAD


async def test_a_disposition_that_arrives_late_overwrites_no_later_one(processes: Processes) -> None:
    answers, contact = answers_of(processes.crm), await nia(processes.start())
    if not answers.clears:
        pytest.skip("what this CRM's log belongs to cannot be taken away from it")
    (field, value), *_ = answers.associations.items()
    log_id = getattr(await a_call(processes.start(), contact), "log_id", "")
    slow = Dead(processes, 30.0)
    await processes.start(transport=slow).set_disposition(log_id, {field: value})
    slow.answers = True
    cleared = await processes.start(transport=slow).set_disposition(log_id, {field: ""})
    processes.sandbox.clock.advance(LONGEST)
    await slow.arrive()
    stored = answers.stored(processes.sandbox[processes.crm], log_id)
    assert (None, False) == (cleared.error, value in stored.associations.values())
