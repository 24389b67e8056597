"""Pipedrive's sandbox answers the operations that the vendor describes as the vendor describes them."""

from __future__ import annotations

import httpx

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.sandbox import Sandbox, SandboxClock
from parity import pipedrive
from parity.ledger import Ledger, Verdict


async def test_every_described_operation_is_answered_as_described_or_not_played() -> None:
    clock, ledger = SandboxClock(), Ledger()
    sandbox = Sandbox(clock, [PipedriveSandbox(clock)])
    async with httpx.AsyncClient(
        transport=sandbox.transport(), base_url="https://acme-sandbox.pipedrive.com",
        headers={"x-api-token": pipedrive.KEY},
    ) as api:  # fmt: skip

        async def send(method: str, path: str, **sent: object) -> httpx.Response:
            clock.advance(2)
            return await api.request(method, path, **sent)  # type: ignore[arg-type]

        await pipedrive.described(ledger, send)
    wrong = [f"{call.name}: {call.why}" for call in ledger.calls if call.verdict is Verdict.WRONG]
    assert not wrong, "\n".join(wrong)
    assert ledger.share("pipedrive") > 0.95
