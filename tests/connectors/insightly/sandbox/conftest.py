"""Insightly's sandbox, spoken to by plain httpx, slowly enough for its limit."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.sign_in import RAE_KEY
from appconnect.sandbox import Sandbox, SandboxClock

API = "https://api.na1.insightly.com/v3.1"


@pytest.fixture
def crm() -> InsightlySandbox:
    return InsightlySandbox(SandboxClock())


@pytest.fixture
async def http(crm: InsightlySandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Rae's client."""

    async def rest(_: httpx.Request) -> None:
        crm.clock.advance(0.2)

    transport, hooks = Sandbox(crm.clock, [crm]).transport(), {"request": [rest]}
    async with httpx.AsyncClient(
        transport=transport, base_url=API, auth=(RAE_KEY, ""), event_hooks=hooks
    ) as client:
        yield client
