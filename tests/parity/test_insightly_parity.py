"""Insightly's sandbox answers every described operation that it plays as described."""

from __future__ import annotations

import httpx

from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.sign_in import RAE_KEY
from appconnect.sandbox import Sandbox, SandboxClock
from parity.insightly_calls import Check
from parity.ledger import Ledger, Verdict


async def test_every_operation_is_answered_as_described_when_it_is_good_and_when_it_is_bad() -> None:
    crm, ledger = InsightlySandbox(SandboxClock()), Ledger()

    async def rest(_: httpx.Request) -> None:
        crm.clock.advance(0.2)

    async with httpx.AsyncClient(
        transport=Sandbox(crm.clock, [crm]).transport(),
        base_url="https://api.na1.insightly.com/v3.1",
        auth=(RAE_KEY, ""),
        event_hooks={"request": [rest]},
    ) as http:
        await Check(ledger, http).run()
    assert [] == [f"{call.name}: {call.why}" for call in ledger.calls if call.verdict is Verdict.WRONG]
    assert ledger.share("insightly") >= 0.95
