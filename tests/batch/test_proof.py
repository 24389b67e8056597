"""A sample of ``make batch``: a batch in another process, killed and resumed, against what stands in the CRM."""

from __future__ import annotations

import pytest
from batch_proof import prove
from platforms import KEY, OAUTH


@pytest.mark.parametrize(("crm", "kills"), [(OAUTH, 2), (KEY, 0)])
async def test_every_row_is_accounted_for_exactly_once(crm: str, kills: int) -> None:
    assert [] == await prove(crm, 150, kills, seed=3)
