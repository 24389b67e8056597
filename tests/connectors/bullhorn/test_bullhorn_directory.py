"""How many people Bullhorn's index has, for whoever plans to read them all."""

from __future__ import annotations

import pytest
from workbench_steps import sandbox_of, signed_in


@pytest.mark.parametrize("entity", ["Candidate", "ClientContact", "Lead"])
async def test_people_whom_the_user_may_not_see_are_counted_as_none(entity: str) -> None:
    workbench = await signed_in("bullhorn")
    directory = workbench.connector.directory()
    assert directory is not None
    everybody = await directory.count()
    faults = sandbox_of(workbench).faults
    faults.add(path=f"*/search/{entity}", status=403, json={}, times=None)
    without = await directory.count()
    assert 0 < without < everybody
    faults.add(path="*/search/*", status=403, json={}, times=None)
    assert 0 == await directory.count()
    faults.clear()
    faults.add(path=f"*/search/{entity}", status=200, json={"total": 0}, times=None)
    assert without == await directory.count()
