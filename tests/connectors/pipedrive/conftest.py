"""Rae, signed in to the played Pipedrive through the real client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from pydantic import SecretStr

from appconnect.auth.authorization_code import BearerTokens
from appconnect.auth.oauth2 import Tokens
from appconnect.auth.sign_in import RenewalContext
from appconnect.connector import Account
from appconnect.connectors.pipedrive import Pipedrive
from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.connectors.pipedrive.sign_in import PipedriveSignIn
from appconnect.http import CrmClient, Trace
from appconnect.models import Contact, JsonObject
from appconnect.redaction import Redactor
from appconnect.sandbox import Sandbox, SandboxClock
from appconnect.store import Store, StoreCache


class Counting(httpx.AsyncBaseTransport):
    """Passes on, and counts how many requests are under way at once."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner, self.now, self.most = inner, 0, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0)  # the sandbox answers at once, a network does not
            return await self.inner.handle_async_request(request)
        finally:
            self.now -= 1


@dataclass
class World:
    """The sandbox, the connector on it, and what lies between."""

    crm: PipedriveSandbox
    pipedrive: Pipedrive
    transport: Counting
    store: Store
    nia: Contact = field(
        default_factory=lambda: Contact(id="501", name="Nia Holt", type="contact", organization_id="61")
    )

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What was sent since sign-in: method and path."""
        return [(seen.method, seen.path) for seen in self.crm.requests]

    @property
    def written(self) -> list[JsonObject]:
        """The bodies of what was written."""
        return [seen.json for seen in self.crm.requests if isinstance(seen.json, dict)]

    def activity(self, number: str) -> JsonObject:
        return self.crm.database.activities[int(number)]

    def choose(self, **types: str) -> None:
        """What the admin has chosen: ``callActivityType="Meeting"``."""
        self.pipedrive.account.settings = {name: {"value": value} for name, value in types.items()}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = SandboxClock()
    crm = PipedriveSandbox(clock)
    transport = Counting(Sandbox(clock, [crm]).transport())
    client = CrmClient(
        transport, rules=Pipedrive.rules, clock=clock, trace=Trace(Redactor()), jitter=lambda: 0.5
    )
    known = crm.credentials
    account = Account(known["client_id"], SecretStr(known["client_secret"]), "http://127.0.0.1:8738/callback")
    store = Store.in_memory()
    pipedrive = Pipedrive(client, account, StoreCache(store, "pipedrive/7001-pipedrive", clock))
    pair = crm.sign_in()
    body: JsonObject = {
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "expires_in": pair.expires_in,
        "api_domain": "https://acme-sandbox.pipedrive.com",
    }
    context = RenewalContext(clock)
    flow = PipedriveSignIn(context).flow(await pipedrive.get_oauth_info())
    tokens: Tokens = flow.tokens_in(200, body, clock.now())
    client.signer = BearerTokens(flow, tokens, context=context)
    yield World(crm, pipedrive, transport, store)
    await client.aclose()
    store.close()
