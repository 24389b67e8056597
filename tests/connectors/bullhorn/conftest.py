"""Bullhorn's connector, signed in to the played Bullhorn."""

import asyncio
from contextlib import nullcontext
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from appconnect.auth.sign_in import RenewalContext
from appconnect.connector import Account
from appconnect.connectors import registry
from appconnect.connectors.bullhorn.sandbox import BullhornSandbox
from appconnect.connectors.bullhorn.sign_in import BullhornSignIn
from appconnect.http import CrmClient, Trace
from appconnect.redaction import Redactor
from appconnect.sandbox import Sandbox, SandboxClock


class Memory:
    """A cache that never forgets."""

    def __init__(self):
        self.kept = {}

    def get(self, key):
        return self.kept.get(key)

    def put(self, key, value, seconds):
        self.kept[key] = value


class Wire(httpx.AsyncBaseTransport):
    """The way to the played Bullhorn: slow if need be, and somebody may be at work while we are."""

    def __init__(self, inner):
        self.inner = inner
        self.slow = False
        self.meanwhile = []

    async def handle_async_request(self, request):
        await self._pause()
        answer = await self.inner.handle_async_request(request)
        for each in list(self.meanwhile):
            method, path, work = each
            if request.method == method and path in request.url.path:
                self.meanwhile.remove(each)
                work()
        await self._pause()
        return answer

    async def _pause(self):
        for _ in range(3 if self.slow else 0):
            await asyncio.sleep(0)


class WorkbenchBase:
    """A connector, the CRM it speaks to, and what was stored of its credentials, oldest first."""

    def __init__(self, **toggles):
        self.clock = SandboxClock()
        self.sandbox = BullhornSandbox(self.clock, toggles=toggles)
        self.transport = Wire(Sandbox(self.clock, [self.sandbox]).transport())
        kind = registry.platform("bullhorn").connector
        self.crm = CrmClient(
            self.transport, rules=kind.rules, clock=self.clock, trace=Trace(Redactor()), jitter=lambda: 0.5
        )
        self.account = Account(
            client_id="sandbox-bullhorn-client",
            client_secret=SecretStr("sandbox-bullhorn-secret"),
            redirect_uri="http://127.0.0.1:8738/callback",
            options={"username": "rae.quill"},
        )
        self.connector = kind(self.crm, self.account, Memory())
        self.stored = []
        self.store_is_shared = False
        self.way = BullhornSignIn(
            RenewalContext(
                clock=self.clock,
                keep=lambda credentials: self.stored.append(dict(credentials.secrets())),
                lease=nullcontext,
                reload=self.reload,
            )
        )

    def reload(self):
        """What another process may have stored meanwhile."""
        return self.stored[-1] if self.store_is_shared else None

    async def auth_flow(self, steps):
        """Drive a sign-in over the client, as the workbench does."""
        try:
            request = next(steps)
            while True:
                request = steps.send(await self.crm.send_unsigned(request))
        except StopIteration as end:
            self.crm.signer = end.value
            return end.value

    async def sign_in(self, username="api.logger", password="Sandbox-0999"):
        typed = {"username": SecretStr(username), "password": SecretStr(password)}
        return await self.auth_flow(self.way.auth_flow(typed, await self.connector.get_oauth_info(), None))

    async def code(self):
        """What a person in a browser comes back with."""
        url = self.way.authorize_url(await self.connector.get_oauth_info(), "state-1")
        async with httpx.AsyncClient(transport=self.transport) as browser:
            answer = await browser.post(url, data={"decision": "approve"})
        return SecretStr(parse_qs(urlsplit(answer.headers["location"]).query)["code"][0])

    async def sign_in_by_code(self):
        info = await self.connector.get_oauth_info()
        return await self.auth_flow(self.way.auth_flow({}, info, await self.code()))

    def make_slow(self):
        """Let other tasks go on while a request is under way."""
        self.transport.slow = True

    def after(self, method, path, work):
        """Do something in Bullhorn after the next such request, before its answer is seen."""
        self.transport.meanwhile.append((method, path, work))

    def settings(self, **values):
        self.account.settings = {key: {"value": value} for key, value in values.items()}

    def record(self, entity, number):
        return self.sandbox.database.records[entity][int(number)]

    def notes(self):
        """All notes but the one that was there before."""
        return [note for number, note in self.sandbox.database.records["Note"].items() if number > 9301]

    def sent(self, method="*", path=""):
        """How many requests of that method whose path contains ``path`` arrived."""
        seen = self.sandbox.requests
        return sum(method in ("*", each.method) and path in each.path for each in seen)


@pytest.fixture
def make_bench():
    return WorkbenchBase


@pytest.fixture
def signed_out():
    return WorkbenchBase()


@pytest.fixture
async def workbench():
    made = WorkbenchBase()
    await made.sign_in_by_code()
    made.sandbox.requests.clear()
    return made


@pytest.fixture
def bullhorn(workbench):
    return workbench.connector
