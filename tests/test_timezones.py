"""Time zones by Windows and IANA names."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from babel.core import get_global
from hypothesis import assume, given
from hypothesis import strategies as st

from appconnect.timezones import iana_name, parse_zone, zone_text


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("US Mountain Standard Time", "America/Phoenix"),
        ("Singapore Standard Time", "Asia/Singapore"),
        ("Arabian Standard Time", "Asia/Dubai"),
        ("Alaskan Standard Time", "America/Anchorage"),
        ("Alaskan Daylight Time", "America/Anchorage"),
        ("Kamchatka Standard Time", "Asia/Kamchatka"),
        ("Mid-Atlantic Standard Time", "Etc/GMT+2"),
        ("  pacific  standard time ", "America/Los_Angeles"),
        ("UTC", "Etc/UTC"),
        ("Europe/Lisbon", "Europe/Lisbon"),
        ("Middle-earth Standard Time", ""),
        ("../../etc/passwd", ""),
        ("", ""),
    ],
)
def test_a_zone_by_either_name(name, zone):
    assert zone == iana_name(name)


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("-5", "-05:00"),
        ("\N{MINUS SIGN}5", "-05:00"),
        ("5", "+05:00"),
        ("5.75", "+05:45"),
        ("-3.5", "-03:30"),
        ("+05:30", "+05:30"),
        ("-09:30", "-09:30"),
        ("14", "+14:00"),
        ("14.25", ""),
        ("-12", "-12:00"),
        ("-12.25", ""),
        ("1", "+01:00"),
        ("0.75", ""),
        ("-0.75", ""),
        ("5.1", ""),
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("Middle-earth", ""),
    ],
)
def test_a_zone_is_a_name_or_an_offset_of_quarters_of_an_hour(said, zone):
    assert zone == zone_text(said)


WINDOWS = get_global("windows_zone_mapping")


def test_every_windows_name_is_its_own_zone_of_python():
    assert len(WINDOWS) > 130
    for name, zone in WINDOWS.items():
        assert zone == iana_name(name) == ZoneInfo(zone).key


@pytest.mark.parametrize("zone", sorted(available_timezones()))
def test_every_iana_name_is_itself(zone):
    assert zone in {iana_name(zone), WINDOWS.get(zone, zone)} or zone.casefold() in map(str.casefold, WINDOWS)


@given(st.sampled_from(sorted(WINDOWS)), st.data())
def test_case_and_white_space_of_a_windows_name_do_not_matter(name, data):
    spaces = st.text(" \t", max_size=3)
    typed = "".join(data.draw(st.sampled_from([letter.lower(), letter.upper()])) for letter in name)
    typed = data.draw(spaces) + typed.replace(" ", data.draw(spaces) + " ") + data.draw(spaces)
    assert WINDOWS[name] == iana_name(typed)


@given(st.text())
def test_any_other_text_is_no_zone(text):
    assume(text.strip().casefold() not in {each.casefold() for each in (*WINDOWS, *available_timezones())})
    assert "" == iana_name(text)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        *(("-5", "-05:00"), ("5.75", "+05:45"), ("0", "+00:00"), ("-9.5", "-09:30"), ("\u22125", "-05:00")),
        *(("+05:30", "+05:30"), ("-0330", "-03:30"), ("14:00", "+14:00"), ("-12", "-12:00"), (" 01:00 ", "+01:00")),
        *(("Europe/Lisbon", "Europe/Lisbon"), ("UTC", "Etc/UTC"), ("Pacific Standard Time", "America/Los_Angeles")),
        # no zone is so far from UTC, in minutes like these, or within an hour of it
        *((text, "") for text in ("14:15", "-12:15", "15", "-13", "05:20", "0.5", "-0:15", "soon", "")),
    ],
)  # fmt: skip
def test_the_zone_that_a_text_means(text, zone):
    assert zone == zone_text(text)


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        (None, 0), ("", 0), (" ", 0), ("soon", 0), ("Europe", 0), ("../x", 0), ("x\0", 0), (0, 0), ("0", 0), (5.5, 330), (-6, -360), ("-6", -360),
        (15, 900), (15.75, 945), (16, 16), (-16, -16), (330, 330), ("330", 330), (-1439, -1439), (1439, 1439), (1440, 0),
        (-1440, 0), ("+05:30", 330), ("05:30", 330), ("-05:30", -330), ("-0530", -330), ("+0530", 330), ("0530", 530), (" -5:30 ", -330),
        ("+5:3", 0), ("nan", 0), ("inf", 0), ("Asia/Tokyo", 540), (" Asia/Tokyo ", 540), (timezone(timedelta(hours=2)), 120),
    ],
)  # fmt: skip
def test_an_offset_is_hours_minutes_or_a_clock(said, minutes):
    summer = datetime(2026, 7, 1, tzinfo=parse_zone(said))
    assert timedelta(minutes=minutes) == summer.utcoffset()


def test_the_first_that_is_a_zone_counts():
    assert timedelta(hours=2) == parse_zone("", "Nowhere", 2, 3).utcoffset(None)
    assert UTC is parse_zone() is parse_zone("", "Nowhere", None)
