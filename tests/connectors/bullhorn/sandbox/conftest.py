"""A played Bullhorn, and a client with a session in it."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from appconnect.connectors.bullhorn.sandbox import BullhornSandbox
from appconnect.sandbox import Sandbox, SandboxClock

APP = {"client_id": "sandbox-bullhorn-client", "client_secret": "sandbox-bullhorn-secret"}
PASSWORD = {"username": "rae.quill", "password": "Sandbox-0110", "action": "Login", "response_type": "code"}


@pytest.fixture
def crm():
    return BullhornSandbox(SandboxClock())


@pytest.fixture
async def web(crm):
    async with httpx.AsyncClient(transport=Sandbox(crm.clock, [crm]).transport()) as client:
        yield client


@pytest.fixture
async def api(web):
    """A client with a session of a day."""
    oauth = "https://auth-east.bullhornstaffing.com/oauth"
    answer = await web.post(f"{oauth}/authorize", params={**APP, **PASSWORD})
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    form = {**APP, "grant_type": "authorization_code", "code": code}
    access = (await web.post(f"{oauth}/token", data=form)).json()["access_token"]
    login = "https://rest-east.bullhornstaffing.com/rest-services/login"
    params = {"version": "*", "access_token": access, "ttl": 1440}
    session = (await web.post(login, params=params)).json()
    headers = {"BhRestToken": session["BhRestToken"]}
    async with httpx.AsyncClient(
        transport=web._transport, base_url=session["restUrl"], headers=headers
    ) as client:
        yield client
