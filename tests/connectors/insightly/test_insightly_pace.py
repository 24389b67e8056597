"""Ten requests a second, as Insightly counts them: when they arrive, not when they left."""

import asyncio
import random
from datetime import timedelta

import httpx
import pytest

from appconnect.auth.sign_in import RenewalContext
from appconnect.connector import Account
from appconnect.connectors.insightly import Insightly
from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.sign_in import RAE_KEY
from appconnect.connectors.insightly.sign_in import InsightlySignIn
from appconnect.http import CrmClient, Trace
from appconnect.models import Contact, LogDraft
from appconnect.phone import parse
from appconnect.redaction import Redactor
from appconnect.sandbox import Sandbox, SandboxClock

START = SandboxClock().now()
NUMBERS = ["+14155550142", "+14155550177", "+442079460123"]
NIA = Contact(id="3101", name="Nia Holt", type="Contact")


class Hurry(asyncio.SelectorEventLoop):
    """A loop whose time goes as it should, only that nobody waits for it."""

    def __init__(self):
        super().__init__()
        self.passed = 0.0
        look = self._selector.select

        def select(timeout=None):
            self.passed += timeout or 0.0
            return look(0)

        self._selector.select = select

    def time(self):
        return self.passed


class LoopClock:
    """The loop's time."""

    def now(self):
        return START + timedelta(seconds=asyncio.get_running_loop().time())

    async def sleep(self, seconds):
        await asyncio.sleep(seconds)

    def advance(self, seconds):
        raise NotImplementedError


class Latency(httpx.AsyncBaseTransport):
    """The way there and the way back, each as long as chance has it."""

    def __init__(self, inner, most):
        self.inner, self.most, self.chance = inner, most, random.Random(1)

    async def handle_async_request(self, request):
        await asyncio.sleep(self.chance.uniform(0, self.most))
        answer = await self.inner.handle_async_request(request)
        await asyncio.sleep(self.chance.uniform(0, self.most))
        return answer


@pytest.mark.parametrize("most", [0.0, 0.05, 0.25])
def test_never_do_more_than_ten_arrive_in_a_second(most):
    with asyncio.Runner(loop_factory=Hurry) as runner:
        crm = runner.run(busy(most))
    assert [] == [seen.path for seen in crm.requests if seen.status == 429]
    assert 60 < len(crm.requests)


def test_where_requests_take_no_time_the_limit_is_used():
    with asyncio.Runner(loop_factory=Hurry) as runner:
        crm = runner.run(busy(0.0))
        assert len(crm.requests) / runner.get_loop().time() >= 0.95 * 10


async def busy(most):
    """Three searches and thirty logs, all at once."""
    clock = LoopClock()
    crm = InsightlySandbox(clock)
    transport = Latency(Sandbox(clock, [crm]).transport(), most)
    client = CrmClient(
        transport, rules=Insightly.rules, clock=clock, trace=Trace(Redactor()), jitter=lambda: 0.5
    )
    url = "https://api.na1.insightly.com/v3.1"
    client.signer = InsightlySignIn(RenewalContext(clock)).restore({"apiKey": RAE_KEY, "apiUrl": url}, None)
    insightly = Insightly(client, Account())
    drafts = [LogDraft(subject=f"Call {number}", body="", start=START) for number in range(30)]
    await asyncio.gather(
        *(insightly.find_contact(parse(number)) for number in NUMBERS),
        *(insightly.create_call_log(NIA, draft) for draft in drafts),
    )
    return crm
