"""Schemathesis against the sandboxes: made-up requests, good and bad, must be answered as described, never by a 500.

Redtail and Bullhorn publish no OpenAPI document, the others' is not kept here: each CRM's module makes one of the
operations that its sandbox plays, of the vendor's fields that stand beside these tests, and of the ids that are there.
A run repeats: the seed is fixed, and time moves with the requests.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util

from appconnect.sandbox.clock import SandboxClock
from appconnect.sandbox.server import Sandbox, serve
from appconnect.workbench.sandboxes import sandbox_kinds
from parity.fuzzing.documents import document
from parity.ledger import Ledger

CRMS = ("bullhorn", "insightly", "pipedrive", "redtail")
EXAMPLES = 12
"""So many requests an operation, and more to make a found one small."""


async def fuzz(ledger: Ledger, crm: str, *, examples: int = EXAMPLES) -> dict[str, dict[int, int]]:
    """Fuzz a new sandbox of the CRM on a port; return which operations were only refused, with the statuses."""
    if importlib.util.find_spec("schemathesis") is None:
        ledger.skip("schemathesis", "it is not installed")
        return {}
    from parity.fuzzing.run import Fuzzer

    described = importlib.import_module(f"parity.fuzzing.{crm}")
    clock = SandboxClock()
    played = sandbox_kinds()[crm](clock)
    async with serve(Sandbox(clock, [played])) as url:
        headers = await described.headers(f"{url}/{crm}")
        made = document(played, described.shape, described.VALUES)
        fuzzer = Fuzzer(ledger, played, clock, f"{url}/{crm}", headers)
        await asyncio.to_thread(fuzzer.run, made, examples=examples)
    return fuzzer.only_refused
