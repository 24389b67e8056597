"""The played Redtail answers every known request, good and bad, as is known of it."""

from __future__ import annotations

import pytest
from platforms import needs

from appconnect.sandbox.clock import SandboxClock
from appconnect.sandbox.server import Sandbox, serve
from appconnect.workbench.sandboxes import sandbox_kinds
from parity.ledger import Ledger, Verdict
from parity.redtail import CALLS, check

pytestmark = needs("redtail")


@pytest.fixture
async def ledger():
    clock, told = SandboxClock(), Ledger()
    async with serve(Sandbox(clock, [sandbox_kinds()["redtail"](clock)])) as url:
        await check(told, f"{url}/redtail")
    return told


async def test_every_known_request_is_answered_right(ledger):
    assert [] == [f"{call.name}: {call.why}" for call in ledger.calls if call.verdict is not Verdict.RIGHT]
    assert len(CALLS) + 3 == len(ledger.calls)


def test_every_played_operation_is_asked_for():
    sandbox = sandbox_kinds()["redtail"](SandboxClock())
    asked = {
        str(sandbox.coverage.operation(method, f"/api/public/v1{path.partition('?')[0]}"))
        for method, _, path in (call.request.partition(" ") for call in CALLS)
    }
    played = {str(each) for group in sandbox.coverage.groups for each in group.played}
    assert {"GET /api/public/v1/authentication"} == played - asked
