"""One workbench and several event loops: one after the other works, two at once get a sentence."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from answers import NIA, call
from networks import Authority, answer, answering, serving
from platforms import ALL_OAUTH, CRMS
from workbench_steps import nia, sandbox_of, signed_in, slow_sandbox

from appconnect.errors import InputError, SessionExpired
from appconnect.event_loops import Lock
from appconnect.http import ApiRules, CrmClient, Trace
from appconnect.http.network import Network, Route
from appconnect.redaction import Redactor
from appconnect.sandbox.clock import SandboxClock
from appconnect.workbench import Workbench


@pytest.mark.parametrize("crm", CRMS)
def test_asyncio_run_again_and_again(crm: str) -> None:
    """In each, several tasks wait for the same locks."""
    workbench = asyncio.run(signed_in(crm, sandbox=slow_sandbox(crm)))
    for number in range(3):
        results = asyncio.run(all_at_once(workbench, f"s-{number}"))
        assert [None] * len(results) == [each.error for each in results]


async def all_at_once(workbench: Workbench, session: str) -> list[Any]:
    person = await nia(workbench)
    together = [workbench.find_contact(NIA), workbench.log_call(call(session), person, note="Mine")]
    return list(await asyncio.gather(*together, *(workbench.find_contact_with_name("Nia") for _ in range(4))))


@pytest.mark.parametrize("crm", ALL_OAUTH)
def test_renewals_in_several_loops(crm: str) -> None:
    workbench = asyncio.run(signed_in(crm, sandbox=slow_sandbox(crm)))
    for _ in range(2):
        sandbox_of(workbench).clock.advance(3 * 86400)
        results = asyncio.run(all_at_once(workbench, "s-1"))
        assert {type(None)} >= {type(each.error) for each in results} - {SessionExpired}


@pytest.mark.parametrize("crm", CRMS)
def test_a_loop_in_a_thread_after_one_in_this(crm: str) -> None:
    workbench, results = asyncio.run(signed_in(crm)), list[Any]()
    thread = threading.Thread(target=lambda: results.extend(asyncio.run(all_at_once(workbench, "s-1"))))
    thread.start()
    thread.join()
    assert [None] * 6 == [each.error for each in results]


@pytest.mark.parametrize("crm", CRMS)
async def test_two_loops_at_once_get_a_sentence(crm: str, told: Any) -> None:
    workbench = await signed_in(crm)
    arrived, go_on = asyncio.Event(), asyncio.Event()
    inner = workbench.crm._transport._inner

    class Held(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            arrived.set()
            await go_on.wait()
            return await inner.handle_async_request(request)

    workbench.crm._transport._inner = Held()
    first = asyncio.ensure_future(workbench.find_contact(NIA))
    await arrived.wait()
    second = await asyncio.to_thread(lambda: asyncio.run(workbench.find_contact(NIA)))
    kind, sentence = told(workbench, second)
    assert (InputError, True) == (
        kind,
        sentence.startswith("This workbench is at work in another event loop"),
    )
    go_on.set()
    assert (await first).successful
    assert (await workbench.find_contact(NIA)).successful


def test_a_loop_that_ended_in_the_midst_of_work_does_not_block_the_next(tmp_path: Path) -> None:
    workbench = asyncio.run(signed_in(CRMS[0]))
    loop = asyncio.new_event_loop()
    work = workbench.crm.at_work()

    async def begin() -> None:
        work.__enter__()

    loop.run_until_complete(begin())
    loop.close()
    assert asyncio.run(workbench.find_contact(NIA)).successful


def test_connections_of_an_earlier_loop_are_not_used(tmp_path: Path) -> None:
    """The server keeps its connections open, and each loop opens its own."""
    authority = Authority(tmp_path)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serving_it = serving(answering(answer()), authority.tls("localhost"))
    server = asyncio.run_coroutine_threadsafe(serving_it.__aenter__(), loop).result()
    network = Network(Route(ca_file=str(authority.file)))
    crm = CrmClient(
        network, rules=ApiRules(hosts=("localhost",)), clock=SandboxClock(), trace=Trace(Redactor())
    )
    try:
        for _ in range(2):
            asyncio.run(several(crm, f"https://localhost:{server.port}/x"))
    finally:
        asyncio.run_coroutine_threadsafe(serving_it.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
    assert server.connections >= 2


async def several(crm: CrmClient, url: str) -> None:
    for _ in range(2):
        answers = await crm.gather(crm.get(url) for _ in range(20))
        assert [{"ok": True}] * 20 == answers


def test_a_lock_is_one_s_own_in_each_loop() -> None:
    lock = Lock()

    async def contended() -> list[int]:
        order: list[int] = []

        async def enter(number: int) -> None:
            async with lock:
                order.append(number)
                await asyncio.sleep(0)
                order.append(number)

        await asyncio.gather(*(enter(number) for number in range(3)))
        return order

    assert [[0, 0, 1, 1, 2, 2]] * 2 == [asyncio.run(contended()) for _ in range(2)]
