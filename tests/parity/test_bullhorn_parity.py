"""A sample of the check of Bullhorn's sandbox: the entities that connectors use."""

from __future__ import annotations

from appconnect.connectors.bullhorn.sandbox import BullhornSandbox
from appconnect.sandbox.clock import RealClock
from appconnect.sandbox.server import Sandbox, serve
from parity.bullhorn import check
from parity.ledger import Ledger, Verdict


async def test_the_entities_that_connectors_use_are_as_the_vendor_describes_them() -> None:
    clock, ledger = RealClock(), Ledger()
    async with serve(Sandbox(clock, [BullhornSandbox(clock)])) as url:
        await check(ledger, f"{url}/bullhorn", entities=("JobOrder", "ClientContact", "Note", "NoteEntity"))
    assert [] == [f"{call.name}: {call.why}" for call in ledger.calls if call.verdict is not Verdict.RIGHT]
    assert len(ledger.calls) > 500
