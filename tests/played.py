"""Steps on a workbench over the sandbox, for tests of what the workbench does around connectors."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Iterator
from typing import Any

import httpx
from answers import NIA, call, sms

from appconnect.auth.base import Credentials
from appconnect.models import Contact, JsonObject, Result
from appconnect.sandbox.base import CrmSandbox, SeenRequest
from appconnect.sandbox.bullhorn import BullhornSandbox
from appconnect.sandbox.pipedrive import PipedriveSandbox
from appconnect.sandbox.server import Sandbox
from appconnect.workbench import Workbench, connect

CRMS = ("pipedrive", "bullhorn", "insightly", "redtail")
OPTIONS = {"redtail": {"redtailCustomTimezone": "Europe/Lisbon"}}
DISPOSITIONS: dict[str, JsonObject] = {
    "pipedrive": {"deals": "901"},
    "bullhorn": {"noteActions": "Left Message"},
    "insightly": {"opportunity": "502"},
    "redtail": {"category": "3"},
}
SECRET_PARAMETERS = ("code", "access_token", "refresh_token", "client_secret", "password", "token")
SECRET_PUBLICS = ("expires_at", "scope", "api_domain", "apiUrl", "userId", "databaseId", "username")


def sandbox_of(bench: Workbench) -> CrmSandbox:
    """The CRM that the workbench speaks to."""
    assert bench.environment.sandbox is not None
    return bench.environment.sandbox[bench.platform]


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
    sandbox = Sandbox()
    fast = sandbox.transport
    sandbox.transport = lambda: Slow(fast())  # type: ignore[method-assign]
    return sandbox


async def signed_in(crm: str, **how: Any) -> Workbench:
    """A workbench, signed in."""
    bench = connect(crm, **{"mode": "sandbox", "options": OPTIONS.get(crm)} | how)
    result = await bench.sign_in()
    assert result.error is None
    return bench


async def nia(bench: Workbench) -> Contact:
    """Nia Holt, who is in every CRM."""
    found = await bench.find_contact(NIA)
    assert found.error is None
    return found.contacts[0]


async def walk(bench: Workbench, note: str = "Wants a quote") -> list[Result]:
    """Everything once: sign-in, match, log, update, two messages, disposition, read back, users, sign-out.

    It goes on to the end whatever fails on the way.
    """
    results: list[Result] = [await bench.sign_in()]
    matches = await bench.find_contact(NIA)
    contact = (matches.contacts or [Contact(id="501", name="Nia Holt", type="contact")])[0]
    logged = await bench.log_call(call(), contact, note=note, ai_note="Asked for a price")
    log_id = logged.log_id or "1"
    results += [matches, logged]
    results.append(
        await bench.update_call_log(log_id, note="Sent a quote", recording_link="https://x.test/r")
    )
    results += [await bench.log_message(sms(number, f"Text {number}"), contact) for number in ("1", "2")]
    results.append(await bench.set_disposition(log_id, DISPOSITIONS[bench.platform]))
    results.append(await bench.get_call_log(log_id))
    results += [await bench.list_users(), await bench.sign_out()]
    return results


# -- what must not be seen anywhere --


def secrets_of(bench: Workbench) -> set[str]:
    """Every secret value so far: what was set, what is held, and what the sandbox saw in requests.

    What a replay holds are placeholders, ``<access_token>``, and no secrets.
    """
    found = {secret.get_secret_value() for secret in bench.environment.secrets}
    if isinstance(bench.crm.signer, Credentials):
        held = bench.crm.signer.secrets()
        found |= {value for name, value in held.items() if name not in SECRET_PUBLICS}
    if bench.environment.sandbox is not None:
        for request in sandbox_of(bench).requests:
            found |= set(_secrets_in(request))
        found |= set(_issued(sandbox_of(bench)))
    return {each for each in found if len(each) >= 8 and not each.startswith("<")}


def _issued(crm: CrmSandbox) -> Iterator[str]:
    if isinstance(crm, PipedriveSandbox):
        tokens = crm.oauth.tokens
    elif isinstance(crm, BullhornSandbox):
        tokens = crm.sign_in._tokens
    else:
        return
    for kept in tokens._kept.values():
        yield from kept


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


def sent(bench: Workbench) -> int:
    """How many requests the sandbox has seen."""
    return len(sandbox_of(bench).requests)
