"""Redtail tells nobody's time zone, so that it is a setting."""

from __future__ import annotations

import pytest
from answers import call
from workbench_steps import nia, options_of, signed_in

from appconnect.models import Result
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
    assert "+00:00" == workbench.timezone


@pytest.mark.parametrize(
    ("hours", "offset", "clock"),
    [
        ("0", "+00:00", "09:05:00 AM"),
        ("-5", "-05:00", "04:05:00 AM"),
        ("5.5", "+05:30", "02:35:00 PM"),
        ("5.75", "+05:45", "02:50:00 PM"),
        ("-12", "-12:00", "09:05:00 PM"),
        (" +14 ", "+14:00", "11:05:00 PM"),
        ("-3.5", "-03:30", "05:35:00 AM"),
        (-5, "-05:00", "04:05:00 AM"),
        (5.5, "+05:30", "02:35:00 PM"),
        (-420, "-07:00", "02:05:00 AM"),
        ("+05:30", "+05:30", "02:35:00 PM"),
    ],
)
async def test_app_connects_hours_are_an_offset_at_sign_in_and_in_bodies(
    hours: object, offset: str, clock: str
) -> None:
    workbench = connect("redtail", mode="sandbox", settings={"redtailCustomTimezone": {"value": hours}})
    signed = await workbench.sign_in()
    assert (True, []) == (signed.successful, details(signed))
    assert signed.user is not None
    assert ("", offset) == (signed.user.timezone_name, signed.user.timezone_offset)
    assert offset == workbench.timezone
    assert clock in workbench.compose_call_body(call(startTime=START), await nia(workbench))


@pytest.mark.parametrize(
    "strange", ["Mars/Olympus", "five", "26", "-13", "14.5", "5.6", "0.5", "nan", "1e400", "../etc", True, []]
)
async def test_a_setting_that_is_no_zone_is_told_and_blocks_nothing(strange: object) -> None:
    workbench = connect("redtail", mode="sandbox", settings={"redtailCustomTimezone": {"value": strange}})
    signed = await workbench.sign_in()
    logged = await workbench.log_call(call(startTime=START), await nia(workbench))
    for result in (signed, logged):
        assert result.successful
        assert (not isinstance(strange, str)) == (details(result) == [])
        if isinstance(strange, str):
            assert [
                f"redtailCustomTimezone is {strange!r}, which is no time zone, so times are in UTC; "
                "use hours like -5 or 5.5, or a name like America/New_York."
            ] == details(result)
    read = await workbench.get_call_log(logged.log_id or "")
    assert read.call_log_info is not None
    assert "2026-01-02 09:05:00 AM" in read.call_log_info.full_body


def details(result: Result) -> list[str]:
    assert result.return_message is not None
    return [item.text for detail in result.return_message.details or [] for item in detail.items]


def test_it_is_known_before_anybody_is_signed_in() -> None:
    assert "Europe/Lisbon" == connect("redtail", mode="sandbox", options=options_of("redtail")).timezone
