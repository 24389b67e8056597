"""A process stands still for so long that another one takes its work over, and then goes on: nothing is doubled.

A laptop sleeps, a notebook is busy with something else, a write waits for its next try: what was decided before
is not true any more when the write leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context
from datetime import timedelta
from typing import TypeVar

import httpx
import pytest
from answers import NINE_THIRTY, call, sms
from platforms import CRMS, answers_of
from shared_store import Processes, elsewhere
from workbench_steps import nia, signed_in

from appconnect.errors import Busy
from appconnect.models import Contact, ContactCreated, Logged
from appconnect.store import holders
from appconnect.workbench import Workbench

NUMBER, NAME = "+14155550123", "Dora Double"
DEAD = 41.0
"""After so many seconds a process that is not heard of is taken for dead."""
T = TypeVar("T")
Work = Callable[[Workbench, Contact], Coroutine[object, object, Logged]]

pytestmark = pytest.mark.parametrize("crm", CRMS)


class Network(httpx.AsyncBaseTransport):
    """A network at whose first write to the CRM ``happens``, which may give the answer to it."""

    def __init__(
        self, processes: Processes, happens: Callable[[httpx.Request], Awaitable[httpx.Response | None]]
    ) -> None:
        self._inner, self._happens = processes.sandbox.transport(), happens
        self.writes = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET" or "/search" in str(request.url):
            return await self._inner.handle_async_request(request)
        self.writes += 1
        if self.writes == 1 and (answer := await self._happens(request)):
            return answer
        return await self._inner.handle_async_request(request)


TOO_MANY = httpx.Response(429, headers={"Retry-After": "1"}, json={"message": "Too many requests"})


async def a_call(workbench: Workbench, contact: Contact) -> Logged:
    return await workbench.log_call(call(), contact, note="Only once")


async def a_message(workbench: Workbench, contact: Contact) -> Logged:
    return await workbench.log_message(sms("m2", "Only once"), contact)


async def another_message(workbench: Workbench, contact: Contact) -> Logged:
    return await workbench.log_message(
        sms("m3", "Something else", at=NINE_THIRTY + timedelta(minutes=1)), contact
    )


async def a_contact(workbench: Workbench, contact: Contact) -> ContactCreated:
    kind = answers_of(workbench.platform).contact_type
    return await workbench.create_contact(NUMBER, NAME, kind)


async def elsewhere_done(work: Coroutine[object, object, T]) -> T:
    """What another process does, which knows nothing of what this one is in the middle of."""
    return await asyncio.create_task(work, context=Context())


async def there(processes: Processes, log_id: str | None, text: str) -> int:
    """How often a text stands in the only log there is."""
    crm, answers = processes.sandbox[processes.crm], answers_of(processes.crm)
    assert (1, True) == (answers.count(crm), bool(log_id))
    return answers.stored(crm, log_id or "").body.count(text)


@pytest.mark.parametrize("work", [a_call, a_message])
async def test_who_stood_still_before_its_next_try_does_not_write_what_another_one_wrote(
    processes: Processes, work: Work
) -> None:
    contact = await nia(processes.start())

    async def stand_still(_: httpx.Request) -> httpx.Response:
        processes.sandbox.clock.advance(DEAD)
        assert (await elsewhere_done(work(processes.start(), contact))).successful
        return TOO_MANY

    late = await work(processes.start(transport=Network(processes, stand_still)), contact)
    assert isinstance(late.error, Busy)
    again = await work(processes.start(), contact)
    assert isinstance(again, Logged)
    assert (None, 1) == (again.error, await there(processes, again.log_id, "Only once"))


async def test_who_stood_still_before_its_next_try_does_not_create_whom_another_one_created(
    processes: Processes,
) -> None:
    contact = await nia(processes.start())

    async def stand_still(_: httpx.Request) -> httpx.Response:
        processes.sandbox.clock.advance(DEAD)
        assert (await elsewhere_done(a_contact(processes.start(), contact))).successful
        return TOO_MANY

    late = await a_contact(processes.start(transport=Network(processes, stand_still)), contact)
    assert isinstance(late.error, Busy)
    assert 1 == len((await processes.start().find_contact(NUMBER)).contacts)


@pytest.mark.parametrize("work", [a_message, another_message])
async def test_who_stood_still_before_its_next_try_does_not_write_over_what_was_added_meanwhile(
    processes: Processes, work: Work
) -> None:
    contact = await nia(processes.start())
    log_id = (await processes.start().log_message(sms("m1", "The first"), contact)).log_id

    async def stand_still(_: httpx.Request) -> httpx.Response:
        processes.sandbox.clock.advance(DEAD)
        assert (await elsewhere_done(work(processes.start(), contact))).successful
        return TOO_MANY

    late = await a_message(processes.start(transport=Network(processes, stand_still)), contact)
    assert isinstance(late.error, Busy)
    for each in (a_message, another_message):
        assert (await each(processes.start(), contact)).successful
    texts = ("The first", "Only once", "Something else")
    assert [1, 1, 1] == [await there(processes, log_id, text) for text in texts]


async def test_a_message_that_was_sent_before_its_conversation_was_lost_is_looked_for_first(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim of the message is still held, the lease of the conversation is another one's."""
    contact = await nia(processes.start())
    log_id = (await processes.start().log_message(sms("m1", "The first"), contact)).log_id
    monkeypatch.setattr(holders, "BEATS", 4000)  # every hundredth of a second
    sandbox = processes.sandbox.transport()

    async def lose_the_lease(request: httpx.Request) -> httpx.Response:
        answer = await sandbox.handle_async_request(request)
        processes.store.transaction(take_leases)
        await asyncio.sleep(60)
        return answer

    late = await a_message(processes.start(transport=Network(processes, lose_the_lease)), contact)
    assert isinstance(late.error, Busy)
    processes.sandbox.clock.advance(DEAD)
    assert (await a_message(processes.start(), contact)).successful
    assert 1 == await there(processes, log_id, "Only once")


def take_leases(session: object) -> None:
    """Take every lease, as another process does that takes their holders for dead."""
    import sqlalchemy as sql
    from sqlalchemy import orm

    from appconnect.store.tables import LeaseRow

    assert isinstance(session, orm.Session)
    session.execute(sql.update(LeaseRow).values(owner="another"))


@pytest.mark.parametrize("reads", range(1, 6))
async def test_a_write_that_arrives_while_it_is_looked_for_is_not_done_again(
    processes: Processes, reads: int
) -> None:
    """It was given up, is on its way all the same, and arrives after so many reads of the next attempt."""
    contact, sandbox = await nia(processes.start()), processes.sandbox.transport()
    log_id = (await processes.start().log_message(sms("m1", "The first"), contact)).log_id
    on_its_way: list[httpx.Request] = []

    async def hold_up(request: httpx.Request) -> httpx.Response:
        on_its_way.append(request)
        raise httpx.ReadTimeout("no answer", request=request)

    class LosesAnswers(Network):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if on_its_way:
                raise httpx.ReadTimeout("no answer", request=request)
            return await super().handle_async_request(request)

    class Delivers(httpx.AsyncBaseTransport):
        seen = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await sandbox.handle_async_request(request)
            self.seen += 1
            if self.seen == reads:
                await sandbox.handle_async_request(on_its_way[0])
            return answer

    lost = await a_message(processes.start(transport=LosesAnswers(processes, hold_up)), contact)
    assert lost.error is not None
    assert (await a_message(processes.start(transport=Delivers()), contact)).successful
    assert 1 == await there(processes, log_id, "Only once")


async def test_what_was_held_for_a_renewal_is_in_the_way_of_no_later_write(
    crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sign-in is renewed by a generator, which may end in another task's context than it began in."""
    elsewhere(monkeypatch)
    workbench = await signed_in(crm)
    contact = await nia(workbench)
    for number in range(3):
        await workbench.sleep(86_400)  # every session is over
        assert (await workbench.find_contact(NUMBER)).error is None
        await workbench.sleep(60)
        assert (await workbench.log_call(call(f"s-{number}"), contact)).error is None
    await workbench.close()
