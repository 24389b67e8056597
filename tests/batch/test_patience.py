"""How long a row of batch work waits for a CRM that has no room for it."""

from __future__ import annotations

import pandas as pd
import pytest
from exports import calls, people
from platforms import OAUTH
from workbench_steps import sandbox_of, signed_in

from appconnect.batch.plan import SEARCH
from appconnect.errors import RateLimited
from appconnect.models import ContactMatches
from appconnect.workbench import Workbench


@pytest.mark.parametrize(
    ("refusals", "wait", "found"),
    [
        (9, 60.0, {"matched": 1}),
        (10, 60.0, {"failed": 1}),
        (9, None, {"matched": 1}),
        (1, 60.1, {"waiting": 1}),
    ],
)
async def test_a_row_that_there_is_no_room_for_is_tried_ten_times_unless_that_takes_long(
    monkeypatch: pytest.MonkeyPatch, refusals: int, wait: float | None, found: dict[str, int]
) -> None:
    workbench = await signed_in(OAUTH)
    frame = pd.DataFrame(list(calls(1, people(sandbox_of(workbench), 1))))
    search, left = Workbench.find_contact, [RateLimited("No room.", retry_after=wait)] * refusals

    async def find(self: Workbench, number: str) -> ContactMatches:
        if left:
            raise left.pop()
        return await search(self, number)

    monkeypatch.setattr(Workbench, "find_contact", find)
    result = await workbench.batch.match(frame, way=SEARCH)
    assert (found, "No room." if "waiting" in found else "") == (result.counts, result.stopped)
    assert [] == left
