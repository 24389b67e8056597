"""AuthFlow on a workbench over the sandbox, for tests of what the workbench does around connectors."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Iterator
from typing import Any

import httpx
from answers import NIA, call, sms

from appconnect.auth.base import Credentials
from appconnect.connectors import registry
from appconnect.models import Contact, JsonObject, Result
from appconnect.sandbox.base import CrmSandbox, SeenRequest
from appconnect.sandbox.server import Sandbox
from appconnect.workbench import Workbench, connect
from appconnect.workbench.sandboxes import make_sandbox

CRMS = registry.names()
OPTIONS = {"redtail": {"redtailCustomTimezone": "Europe/Lisbon"}}
DISPOSITIONS: dict[str, JsonObject] = {
    "pipedrive": {"deals": "901"},
    "bullhorn": {"noteActions": "Left Message"},
    "insightly": {"opportunity": "502"},
    "redtail": {"category": "3"},
}
SECRET_PARAMETERS = ("code", "access_token", "refresh_token", "client_secret", "password", "token")
SECRET_PUBLICS = ("expires_at", "scope", "api_domain", "apiUrl", "userId", "databaseId", "username")


def sandbox_of(workbench: Workbench) -> CrmSandbox:
    """The CRM that the workbench speaks to."""
    assert workbench.environment.sandbox is not None
    return workbench.environment.sandbox[workbench.platform]


class Slow(httpx.AsyncBaseTransport):
    """Gives other tasks their turn before a request arrives and before its answer does, as a network would."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        response = await self._inner.handle_async_request(request)
        await asyncio.sleep(0)
        return response


def slow_sandbox() -> Sandbox:
    """A sandbox in which tasks overtake each other; without, each request is answered in one go."""
    sandbox = make_sandbox()
    fast = sandbox.transport
    sandbox.transport = lambda: Slow(fast())  # type: ignore[method-assign]
    return sandbox


async def signed_in(crm: str, **how: Any) -> Workbench:
    """A workbench, signed in."""
    workbench = connect(crm, **{"mode": "sandbox", "options": OPTIONS.get(crm)} | how)
    result = await workbench.sign_in()
    assert result.error is None
    return workbench


async def nia(workbench: Workbench) -> Contact:
    """Nia Holt, who is in every CRM."""
    found = await workbench.find_contact(NIA)
    assert found.error is None
    return found.contacts[0]


async def walk(workbench: Workbench, note: str = "Wants a quote") -> list[Result]:
    """Everything once: sign-in, match, log, update, two messages, disposition, read back, users, sign-out.

    It goes on to the end whatever fails on the way.
    """
    results: list[Result] = [await workbench.sign_in()]
    matches = await workbench.find_contact(NIA)
    contact = (matches.contacts or [Contact(id="501", name="Nia Holt", type="contact")])[0]
    logged = await workbench.log_call(call(), contact, note=note, ai_note="Asked for a price")
    log_id = logged.log_id or "1"
    results += [matches, logged]
    results.append(
        await workbench.update_call_log(log_id, note="Sent a quote", recording_link="https://x.test/r")
    )
    results += [await workbench.log_message(sms(number, f"Text {number}"), contact) for number in ("1", "2")]
    results.append(await workbench.set_disposition(log_id, DISPOSITIONS[workbench.platform]))
    results.append(await workbench.get_call_log(log_id))
    results += [await workbench.list_users(), await workbench.sign_out()]
    return results


# -- what must not be seen anywhere --


def secrets_of(workbench: Workbench) -> set[str]:
    """Every secret value so far: what was set, what is held, and what the sandbox saw in requests.

    What a replay holds are placeholders, ``<access_token>``, and no secrets.
    """
    found = {secret.get_secret_value() for secret in workbench.environment.secrets}
    if isinstance(workbench.crm.signer, Credentials):
        held = workbench.crm.signer.secrets()
        found |= {value for name, value in held.items() if name not in SECRET_PUBLICS}
    if workbench.environment.sandbox is not None:
        for request in sandbox_of(workbench).requests:
            found |= set(_secrets_in(request))
        found |= set(sandbox_of(workbench).issued_secrets())
    return {each for each in found if len(each) >= 8 and not each.startswith("<")}


def _secrets_in(request: SeenRequest) -> Iterator[str]:
    _, _, credentials = request.headers.get("authorization", "").partition(" ")
    yield from (credentials, request.headers.get("bhresttoken", ""))
    yield from _parts(credentials)
    for pairs in (request.query, request.form):
        yield from (value for name, value in pairs.items() if name.lower() in SECRET_PARAMETERS)


def _parts(credentials: str) -> Iterator[str]:
    """User name and password, or key and user key, of what is in base64; names are no secrets."""
    try:
        parts = base64.b64decode(credentials, validate=True).decode().split(":")
    except (binascii.Error, UnicodeDecodeError):
        return
    yield from (part for part in parts if part not in ("sandbox-pipedrive-client", "rae.quill"))


def sent(workbench: Workbench) -> int:
    """How many requests the sandbox has seen."""
    return len(sandbox_of(workbench).requests)
