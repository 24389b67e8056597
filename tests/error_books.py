"""What tests of error books ask the sandboxes, over HTTP, and what the book makes of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from workbench_steps import sandbox_of, signed_in

from appconnect.connectors import registry
from appconnect.error_book import Answered, ErrorBook


@dataclass(frozen=True)
class Asked:
    """A request that the sandbox refuses: "GET /path" below the base address, or a whole address."""

    request: str
    more: Mapping[str, Any] = field(default_factory=dict)
    signed: bool = True
    toggles: Mapping[str, bool] = field(default_factory=dict)
    plan: str = ""
    times: int = 1


def book_of(crm: str) -> ErrorBook:
    return registry.platform(crm).error_book


class Signing(httpx.Auth):
    """The credentials of a workbench, for httpx alone."""

    def __init__(self, credentials):
        self.async_auth_flow = credentials.async_auth_flow


def name_of(crm: str, answered: Answered) -> str:
    """The name of the entry that knows the answer; "" for none."""
    found = book_of(crm).find(answered)
    return found[0].name if found else ""


async def answer(crm: str, asked: Asked) -> Answered:
    """The sandbox's answer, of the last time that it was asked."""
    workbench = await signed_in(crm)
    played, signer = sandbox_of(workbench), workbench.crm.signer
    for name, position in asked.toggles.items():
        played.toggles[name] = position
    if asked.plan:
        played.plan = asked.plan
    method, _, path = asked.request.partition(" ")
    url = path if path.startswith("https://") else f"{signer.base_url}{path}"
    transport = workbench.environment.sandbox.transport()
    async with httpx.AsyncClient(transport=transport, follow_redirects=False) as client:
        for _ in range(asked.times):
            told = await client.request(
                method, url, auth=Signing(signer) if asked.signed else None, **asked.more
            )
    is_json = "json" in told.headers.get("content-type", "")
    body = told.json() if is_json and told.content else told.text
    return Answered(told.status_code, body, dict(told.headers), method=method, path=told.request.url.path)
