"""Moment's letters, durations in words, zones."""

import calendar
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from appconnect.text.amounts import duration_in_words
from appconnect.text.moment_format import format_moment
from appconnect.timezones import parse_zone

FRIDAY = datetime(2026, 1, 2, 15, 4, 5, 67000, tzinfo=timezone(timedelta(hours=-5)))


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("YYYY-MM-DD hh:mm:ss A", "2026-01-02 03:04:05 PM"),
        ("dddd, MMMM Do YY, h:mma", "Friday, January 2nd 26, 3:04pm"),
        ("ddd dd d E, DDD DDDD, Q, WW", "Fri Fr 5 5, 2 002, 1, 01"),
        ("H HH k kk M Mo D m s SSS", "15 15 15 15 1 1st 2 4 5 067"),
        ("Z ZZ X x", "-05:00 -0500 1767384245 1767384245067"),
        ("LT | LTS | L | LL", "3:04 PM | 3:04:05 PM | 01/02/2026 | January 2, 2026"),
        ("LLL | LLLL", "January 2, 2026 3:04 PM | Friday, January 2, 2026 3:04 PM"),
        ("[Day] D [of] MMM \\D", "Day 2 of Jan D"),
        ("D\\\nMM", "2\n01"),
        ("", ""),
        ("[YYYY", "[2026"),
    ],
)
def test_letters_of_moment(letters, expected):
    assert expected == format_moment(FRIDAY, letters)


@pytest.mark.parametrize(
    ("day", "expected"), [(1, "1st"), (3, "3rd"), (4, "4th"), (11, "11th"), (13, "13th"), (22, "22nd")]
)
def test_ordinals(day, expected):
    assert expected == format_moment(FRIDAY.replace(day=day), "Do")


@pytest.mark.parametrize(("hour", "expected"), [(0, "12 AM 24"), (12, "12 PM 12"), (13, "1 PM 13")])
def test_twelve_hours_begin_at_twelve(hour, expected):
    assert expected == format_moment(FRIDAY.replace(hour=hour), "h A k")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 seconds"),
        (-3, "0 seconds"),
        (1.9, "1 second"),
        (3725, "1 hour, 2 minutes, 5 seconds"),
        (90000, "25 hours"),
    ],
)
def test_durations_in_words(seconds, expected):
    assert expected == duration_in_words(seconds)


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("-05:00", -5),
        ("+05:30", 5.5),
        ("+0530", 5.5),
        (330, 5.5),
        (5.5, 5.5),
        ("-6", -6),
        ("-300", -5),
        (0, 0),
        (None, 0),
        ("", 0),
        ("Mars/Phobos", 0),
        ("../etc/passwd", 0),
        ("9" * 5000, 0),
        (float("nan"), 0),
        ("inf", 0),
        ("America", 0),
        ("+99:99", 0),
    ],
)
def test_offsets_and_what_cannot_be_read_is_utc(said, hours):
    assert timedelta(hours=hours) == FRIDAY.astimezone(parse_zone(said)).utcoffset()


def test_a_zones_name_is_right_on_both_sides_of_a_clock_change():
    lisbon = parse_zone("Europe/Lisbon")
    assert ["00:30", "02:30"] == [
        format_moment(datetime(2026, 3, 29, hour, 30, tzinfo=UTC).astimezone(lisbon), "HH:mm")
        for hour in (0, 1)
    ]


def test_the_first_zone_that_can_be_read_wins():
    assert ZoneInfo("Asia/Tokyo") == parse_zone("", "Nowhere", "Asia/Tokyo", "+01:00")


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_has_its_name_number_and_quarter(month):
    told = format_moment(FRIDAY.replace(month=month), "MMMM|MMM|MM|M|Q")
    name = calendar.month_name[month]
    assert f"{name}|{name[:3]}|{month:02}|{month}|{(month - 1) // 3 + 1}" == told


@pytest.mark.parametrize("day", range(7))
def test_every_day_of_the_week_has_its_name_and_number(day):
    told = format_moment(FRIDAY + timedelta(days=day - 4), "dddd|ddd|dd|d|E")
    name = calendar.day_name[day]
    assert f"{name}|{name[:3]}|{name[:2]}|{(day + 1) % 7}|{day + 1}" == told


@pytest.mark.parametrize("hour", range(24))
def test_every_hour_is_told_by_both_clocks(hour):
    told = format_moment(FRIDAY.replace(hour=hour), "HH|H|hh|h|kk|k|A|a")
    half, late = (hour + 11) % 12 + 1, "PM" if hour >= 12 else "AM"
    assert f"{hour:02}|{hour}|{half:02}|{half}|{hour or 24:02}|{hour or 24}|{late}|{late.lower()}" == told


def test_what_is_small_has_its_zeros():
    small = datetime(906, 12, 31, 1, 2, 3, 999, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert "0906|06|906|365|365|02|2|03|3|000|+05:30|+0530" == format_moment(
        small, "YYYY|YY|Y|DDDD|DDD|mm|m|ss|s|SSS|Z|ZZ"
    )
    assert "53|53|01|1" == format_moment(datetime(2027, 1, 1, tzinfo=UTC), "WW|W") + "|" + format_moment(
        datetime(2026, 1, 1, tzinfo=UTC), "WW|W"
    )
