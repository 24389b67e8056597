"""Redtail tells nobody's time zone, so that it is a setting."""

from __future__ import annotations

from answers import call
from workbench_steps import nia, options_of, signed_in

from appconnect.workbench import connect

NEW_YORK = {"redtailCustomTimezone": {"value": "America/New_York"}}
START = "2026-01-02T09:05:00Z"


async def test_a_zone_that_is_a_setting_counts_from_the_moment_it_is_set() -> None:
    workbench = await signed_in("redtail")
    body = workbench.compose_call_body(call(startTime=START), await nia(workbench))
    assert "2026-01-02 09:05:00 AM" in body  # Lisbon

    workbench.settings = NEW_YORK
    body = workbench.compose_call_body(call(startTime=START), await nia(workbench))
    assert "2026-01-02 04:05:00 AM" in body


async def test_a_zone_that_is_no_longer_set_counts_no_more() -> None:
    workbench = await signed_in("redtail", options={}, settings=NEW_YORK)
    assert "America/New_York" == workbench.timezone

    workbench.settings = {}
    assert "" == workbench.timezone


async def test_a_setting_that_is_no_zone_is_told_and_nothing_is_sent() -> None:
    workbench = await signed_in("redtail")
    contact, before = await nia(workbench), len(workbench.trace)
    workbench.settings = {"redtailCustomTimezone": {"value": "Mars/Olympus"}}

    result = await workbench.log_call(call(), contact)
    assert not result.successful
    assert "redtailCustomTimezone is 'Mars/Olympus', which is no time zone" in str(result.error)
    assert before == len(workbench.trace)


def test_it_is_known_before_anybody_is_signed_in() -> None:
    assert "Europe/Lisbon" == connect("redtail", mode="sandbox", options=options_of("redtail")).timezone
