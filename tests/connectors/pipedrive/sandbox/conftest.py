"""Pipedrive's sandbox, spoken to by plain httpx as the documentation describes."""

import httpx
import pytest

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.sandbox import Sandbox, SandboxClock

COMPANY = "https://acme-sandbox.pipedrive.com"


@pytest.fixture
def clock():
    return SandboxClock()


@pytest.fixture
def crm(clock):
    return PipedriveSandbox(clock)


@pytest.fixture
def sandbox(clock, crm):
    return Sandbox(clock, [crm])


@pytest.fixture
async def oauth(sandbox):
    """The OAuth host, nobody signed in."""
    async with httpx.AsyncClient(
        transport=sandbox.transport(), base_url="https://oauth.pipedrive.com"
    ) as client:
        yield client


@pytest.fixture
async def api(sandbox, crm):
    """The company's API host, Rae signed in."""
    headers = {"Authorization": f"Bearer {crm.sign_in().access}"}
    async with httpx.AsyncClient(transport=sandbox.transport(), base_url=COMPANY, headers=headers) as client:
        yield client


@pytest.fixture
async def by_key(sandbox):
    """The company's API host, with the personal API token."""
    headers = {"x-api-token": "sandbox-pipedrive-api-token"}
    async with httpx.AsyncClient(transport=sandbox.transport(), base_url=COMPANY, headers=headers) as client:
        yield client
