"""Signing out of a CRM that does not come to an end: the credentials are forgotten here all the same."""

from __future__ import annotations

import pytest
from platforms import ALL_OAUTH

from appconnect.testing.faults import run_faults


@pytest.mark.parametrize("platform", ALL_OAUTH)
def test_a_crm_that_drips_is_signed_out_of(platform: str) -> None:
    report = run_faults([platform], cell=f"{platform}/sign out/1/slow drip/each time", processes=1)
    assert [] == report.forbidden, report
