"""The steps that our tests of workbench and panels begin with, and a look for secrets."""

from __future__ import annotations

import base64
import binascii
import logging
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
from platforms import CRMS, answers_of

from appconnect.auth.base import Credentials
from appconnect.errors import AppConnectError
from appconnect.models import Result
from appconnect.sandbox.base import SeenRequest
from appconnect.sandbox.networks import Slow
from appconnect.sandbox.server import Sandbox
from appconnect.testing import steps
from appconnect.testing.steps import nia, walk
from appconnect.testing.workbench_internals import sandbox_of
from appconnect.workbench import Workbench
from appconnect.workbench.sandboxes import make_sandbox

__all__ = [
    "CRMS",
    "Told",
    "nia",
    "options_of",
    "sandbox_of",
    "secrets_of",
    "sent",
    "signed_in",
    "slow_sandbox",
    "teller",
    "walk",
]
SECRET_PARAMETERS = ("code", "access_token", "refresh_token", "client_secret", "password", "token")
SECRET_PUBLICS = ("expires_at", "scope", "api_domain", "apiUrl", "userId", "databaseId", "username")


def options_of(crm: str) -> Mapping[str, str]:
    """What the CRM's contract tells `connect` beside the settings."""
    return answers_of(crm).options


async def signed_in(crm: str, **how: Any) -> Workbench:
    """A workbench, signed in."""
    return await steps.signed_in(crm, **{"options": options_of(crm)} | how)


def slow_sandbox(*crms: str) -> Sandbox:
    """A sandbox in which tasks overtake each other; without, each request is answered in one go."""
    sandbox = make_sandbox(*crms)
    fast = sandbox.transport
    sandbox.transport = lambda: Slow(fast())  # type: ignore[method-assign]
    return sandbox


def sent(workbench: Workbench) -> int:
    """How many requests the sandbox has seen."""
    return len(sandbox_of(workbench).requests)


# -- what must not be seen anywhere --

Told = Callable[..., tuple[type[AppConnectError] | None, str]]


def teller(caplog: pytest.LogCaptureFixture) -> Told:
    """What tells the kind of a result's error and its sentence, after a look for secrets everywhere."""
    caplog.set_level(logging.DEBUG)

    def look(workbench: Workbench, result: Result, secrets: Iterable[str] = ()) -> tuple[type | None, str]:
        error = result.error
        shown = [
            repr(result),
            str(result),
            repr(result.to_wire()),
            repr(workbench),
            repr(workbench.trace),
            caplog.text,
        ]
        shown += [repr(error), *(traceback.format_exception(error) if error else [])]
        for exchange in workbench.trace:
            shown += [repr(exchange), exchange.as_curl(), repr(vars(exchange))]
        seen = "\n".join(shown)
        assert [] == [secret for secret in {*secrets, *secrets_of(workbench)} if secret in seen]
        return type(error) if error else None, result.message

    return look


def secrets_of(workbench: Workbench) -> set[str]:
    """Every secret value so far: what was set, what is held, and what the sandbox saw in requests.

    What a replay holds are placeholders, ``<access_token>``, and no secrets.
    """
    found = {secret.get_secret_value() for secret in workbench.environment.secrets}
    public: set[str] = set()
    if isinstance(workbench.crm.signer, Credentials):
        held = workbench.crm.signer.secrets()
        found |= {value for name, value in held.items() if name not in SECRET_PUBLICS}
    if workbench.environment.sandbox is not None:
        crm = sandbox_of(workbench)
        for request in crm.requests:
            found |= set(_secrets_in(request))
        found |= set(crm.issued_secrets())
        public = {crm.credentials.get(name, "") for name in ("client_id", "username")}
    return {each for each in found - public if len(each) >= 8 and not each.startswith("<")}


def _secrets_in(request: SeenRequest) -> Iterator[str]:
    _, _, credentials = request.headers.get("authorization", "").partition(" ")
    yield from (credentials, request.headers.get("bhresttoken", ""))
    yield from _parts(credentials)
    for pairs in (request.query, request.form):
        yield from (value for name, value in pairs.items() if name.lower() in SECRET_PARAMETERS)


def _parts(credentials: str) -> Iterator[str]:
    """User name and password, or key and user key, of what is in base64; names are no secrets."""
    try:
        yield from base64.b64decode(credentials, validate=True).decode().split(":")
    except (binascii.Error, UnicodeDecodeError):
        return
