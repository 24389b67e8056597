"""Any order of SMS, lost answers, kills, full disks and other processes: each message stands there exactly once."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
from answers import sms
from hypothesis import given, settings, target
from hypothesis import strategies as st
from platforms import OAUTH, answers_of
from shared_store import Processes
from workbench_steps import nia

from appconnect.errors import StoreError
from appconnect.models import Contact
from appconnect.sandbox.server import Sandbox
from appconnect.store import Store
from appconnect.workbench.sandboxes import make_sandbox

ANSWERS = answers_of(OAUTH)
MESSAGES = [("m1", "Hello?"), ("m2", "Hello?"), ("m3", "Hello?"), ("m4", "Who is it?")]
"""Three of them say the same in the same minute."""
ENDS = ["well", "cut before", "cut after", "no answer", "killed", "disk full"]
EVENTS = st.lists(
    st.tuples(st.sampled_from(MESSAGES), st.sampled_from(ENDS), st.integers(1, 6)), min_size=1, max_size=12
)


class Killed(BaseException):
    """Ends a process at once, as far as what is stored and sent is concerned."""


class Network(httpx.AsyncBaseTransport):
    """A network that ends in some way at the n-th request that is sent."""

    def __init__(self, sandbox: Sandbox, end: str, number: int) -> None:
        self._inner, self._end, self._left = sandbox.transport(), end, number

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._left -= 1
        ends = self._left <= 0 if self._end.startswith("cut") else self._left == 0
        if ends and self._end == "cut before":
            raise httpx.ConnectError("cut")
        response = await self._inner.handle_async_request(request)
        if ends and self._end == "cut after":
            raise httpx.ReadError("cut")
        if ends and self._end == "no answer":
            return httpx.Response(502, text="upstream timed out")
        if ends and self._end == "killed":
            raise Killed
        return response


def full(*_: object, **__: object) -> None:
    raise StoreError("The store cannot be written (disk full).")


class World:
    def __init__(self) -> None:
        self.sandbox, self.store = make_sandbox(OAUTH), Store.in_memory()
        self.processes = Processes(OAUTH, self.sandbox, self.store)

    async def begin(self) -> Contact:
        first = self.processes.start()
        assert (await first.sign_in()).successful
        return await nia(first)

    async def log(self, contact: Contact, message: tuple[str, str], end: str, number: int) -> str:
        """Log a message in a process of its own; return the log's id, "" when it did not succeed."""
        workbench = self.processes.start(transport=Network(self.sandbox, end, number))
        if end == "disk full":
            vars(self.store)["complete"] = full
        try:
            result = await workbench.log_message(sms(*message), contact)
        except Killed:
            return ""
        finally:
            vars(self.store).pop("complete", None)
        self.sandbox.clock.advance(41)  # whoever was killed is taken for dead
        return result.log_id or ""


async def play(events: list[tuple[tuple[str, str], str, int]]) -> None:
    world = World()
    contact = await world.begin()
    for message, end, number in events:
        await world.log(contact, message, end, number)
    wanted = {message for message, _, _ in events}
    logs = {await world.log(contact, message, "well", 0) for message in sorted(wanted)}
    assert "" not in logs
    crm = world.sandbox[OAUTH]
    bodies = "".join(ANSWERS.stored(crm, log_id).body for log_id in logs)
    assert Counter(text for _, text in wanted) == {
        text: bodies.count(text) for text in {text for _, text in wanted}
    }
    assert (1, 1) == (len(logs), ANSWERS.count(crm))
    target(float(sum(end != "well" for _, end, _ in events)))
    world.store.close()


@settings(max_examples=20, deadline=None)
@given(events=EVENTS)
def test_each_message_stands_there_exactly_once(events: list[tuple[tuple[str, str], str, int]]) -> None:
    asyncio.run(play(events))
