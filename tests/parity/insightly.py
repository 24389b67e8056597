"""Insightly's sandbox against the vendor's description of v3.1, and against a client made from it."""

from __future__ import annotations

import httpx

from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.sign_in import RAE_KEY
from appconnect.sandbox.clock import RealClock
from appconnect.sandbox.server import Sandbox, serve
from parity import insightly_client
from parity.insightly_calls import Check
from parity.ledger import Ledger


async def check(ledger: Ledger, url: str) -> None:
    """Check the sandbox at an address on a port; calls wait where it has no request left in this second.

    The second client gets a fresh one: emails can be deleted, not made.
    """
    async with httpx.AsyncClient(base_url=f"{url}/v3.1", auth=(RAE_KEY, "")) as http:
        await Check(ledger, http).run()
    clock = RealClock()
    async with serve(Sandbox(clock, [InsightlySandbox(clock)])) as fresh:
        await insightly_client.check(ledger, f"{fresh}/insightly")
