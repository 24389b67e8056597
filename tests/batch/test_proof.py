"""A sample of ``make batch``: a batch in another process, killed and resumed, against what stands in the CRM."""

from __future__ import annotations

import pytest
from batch_proof import prove
from platforms import KEY, OAUTH


@pytest.mark.parametrize(("crm", "kills", "log"), [(OAUTH, 2, True), (KEY, 0, True), (KEY, 2, False)])
async def test_every_row_is_accounted_for_exactly_once(crm: str, kills: int, log: bool) -> None:
    assert [] == await prove(crm, 150, kills, seed=3, log=log)
