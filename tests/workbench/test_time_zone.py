"""Log bodies tell the time in the user's own zone."""

from __future__ import annotations

import pytest
from platforms import CRMS, OAUTH, answers_of
from workbench_steps import signed_in

from appconnect.workbench import connect


@pytest.mark.parametrize("crm", CRMS)
async def test_the_zone_is_the_one_that_the_crm_or_a_setting_tells(crm: str) -> None:
    workbench = await signed_in(crm)
    assert workbench.user is not None
    assert workbench.user.timezone_name == workbench.timezone == answers_of(crm).time_zone


def test_before_anybody_is_signed_in_no_zone_is_known() -> None:
    assert "" == connect(OAUTH, mode="sandbox").timezone
