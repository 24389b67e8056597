"""What is told of a log draft: its times in both zones, which zone was expected, and where each value is from."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appconnect.errors import InputError, RecordingError
from appconnect.http.held_writes import HeldWrite
from appconnect.workbench.expected_time import offset_text, read_time, verdict, zones_for
from appconnect.workbench.log_explanation import LogExplanation, ValueOrigin, in_both_zones, in_words, shown
from appconnect.workbench.scenarios.repeating import rebuilt, repeatable
from appconnect.workbench.scenarios.used_names import unused

WINTER = datetime(2026, 1, 2, 9, 12, tzinfo=UTC)
DENVER = ZoneInfo("America/Denver")


# -- which zone was expected --


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("04:12", time(4, 12)), (" 4:12 ", time(4, 12)), ("4.12", time(4, 12)), ("04:12:59", time(4, 12)), ("23:59", time(23, 59)),
        ("0:00", time(0, 0)), ("4:12 PM", time(16, 12)), ("4:12pm", time(16, 12)), ("4:12 p.m.", time(16, 12)), ("4:12 AM", time(4, 12)),
        ("12:00 AM", time(0, 0)), ("12:00 PM", time(12, 0)), ("1:00 a", time(1, 0)),
    ],
)  # fmt: skip
def test_a_time_of_day_is_read_as_people_write_it(typed: str, told: time) -> None:
    assert told == read_time(typed)


@pytest.mark.parametrize(
    "typed", ["", "noon", "4", "24:00", "4:60", "0:99 PM", "4:1", "123:00", "04:12 UTC", "-4:12"]
)
def test_what_is_no_time_of_day_is_told_with_how_to_write_one(typed: str) -> None:
    with pytest.raises(InputError) as caught:
        read_time(f" {typed} ")
    assert f"{typed!r} is no time of day; write it like 04:12 or 4:12 PM." == caught.value.message


@pytest.mark.parametrize(
    ("offset", "text"),
    [(timedelta(), "UTC"), (timedelta(hours=-5), "UTC-05:00"), (timedelta(hours=5, minutes=30), "UTC+05:30"),
     (timedelta(hours=-9, minutes=-30), "UTC-09:30"), (timedelta(minutes=-30), "UTC-00:30"), (timedelta(hours=14), "UTC+14:00")],
)  # fmt: skip
def test_an_offset_has_its_sign_and_minutes(offset: timedelta, text: str) -> None:
    assert text == offset_text(offset)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (time(9, 12), [(0, ["UTC", "Europe/London", "Europe/Lisbon"])]),
        (time(2, 12), [(-7, ["America/Denver"])]),
        (time(10, 12), [(1, ["Europe/Berlin", "Europe/Paris"])]),
        (time(21, 12), [(-12, []), (12, [])]),
        (time(22, 12), [(-11, []), (13, ["Pacific/Auckland"])]),
        (time(23, 12), [(-10, ["Pacific/Honolulu"]), (14, [])]),
        (time(0, 12), [(-9, ["America/Anchorage"])]),
        (time(14, 42), [(5.5, ["Asia/Kolkata"])]),
    ],
    ids=str,
)  # fmt: skip
def test_zones_that_give_a_time_are_named_by_their_offset_then(
    expected: time, found: list[tuple[float, list[str]]]
) -> None:
    assert found == [(offset.total_seconds() / 3600, names) for offset, names in zones_for(WINTER, expected)]


def test_another_season_is_another_offset() -> None:
    (found,) = zones_for(datetime(2026, 7, 2, 9, 12, tzinfo=UTC), time(3, 12))
    assert (timedelta(hours=-6), ["America/Denver"]) == found


ALL_ZONES = [
    "UTC",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Europe/Athens",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "America/Anchorage",
]


@pytest.mark.parametrize("name", ALL_ZONES)
def test_a_zone_that_many_people_live_in_is_recognized(name: str) -> None:
    there = WINTER.astimezone(ZoneInfo(name))
    found = dict(zones_for(WINTER, there.time()))
    offset = there.utcoffset()
    assert offset is not None
    assert name in found[offset]


@pytest.mark.parametrize(
    ("typed", "source", "fits", "text"),
    [
        ("02:12", "user setting", True, "02:12 is what is written: the zone is as you expected, America/Denver."),
        ("09:12", "Acme’s user", False,
         "09:12 is the time in UTC (UTC, Europe/London, Europe/Lisbon). The zone in use is America/Denver, Acme’s user. "
         "Change it there if it is wrong. A CRM user's zone is read at sign-in: sign in again."),
        ("09:12", "the default, for nobody names one", False,
         "09:12 is the time in UTC (UTC, Europe/London, Europe/Lisbon). The zone in use is America/Denver, the default, for nobody names one. "
         "Set a zone in the connector's options or in the CRM."),
        ("22:12", "x", False, "22:12 is the time in UTC+13:00 (Pacific/Auckland). The zone in use is America/Denver, x. "
         "Change it there if it is wrong. A CRM user's zone is read at sign-in: sign in again."),
        ("09:13", "x", False, "09:13 fits no well-known time zone, so the zone does not explain 02:12. Look at the start of the call."),
    ],
)  # fmt: skip
def test_an_expected_time_names_the_zone_that_would_give_it(
    typed: str, source: str, fits: bool, text: str
) -> None:
    told = verdict(WINTER, WINTER.astimezone(DENVER), typed, source)
    assert (fits, text) == (told.fits, str(told))


# -- the explanation --

WRITE = HeldWrite("POST", "/Events", {}, {})
VALUES = (
    ValueOrigin("POST /Events", "subject", "Call to\nNia", source="from call.subject"),
    ValueOrigin("POST /Events", "participants.0.person_id", 501, source="from contact.id", old=7),
    ValueOrigin(
        "POST /Events", "start", "x" * 100, source="from call.start_time", time="09:12 UTC", written_in="UTC"
    ),
    ValueOrigin("", "type", None, source="the log", is_kept=True),
)
EXPLAINED = LogExplanation(
    crm="acme", requests=(WRITE,), values=VALUES, zone="America/Denver", zone_source="from the user", moment="09:12 UTC = 02:12 America/Denver",
    at=WINTER, tz=DENVER,
)  # fmt: skip


def test_a_value_is_found_by_its_place_or_the_end_of_it() -> None:
    assert VALUES[1] is EXPLAINED["participants.0.person_id"] is EXPLAINED["person_id"]
    for field in ("erson_id", "participants", "nobody"):
        with pytest.raises(KeyError, match=field):
            EXPLAINED[field]


def test_values_are_told_apart_by_what_becomes_of_them() -> None:
    assert (VALUES[:3], VALUES[3:], VALUES[2:3]) == (EXPLAINED.sent, EXPLAINED.kept, EXPLAINED.times)
    assert "participants.0.person_id: from contact.id" == repr(VALUES[1])
    assert EXPLAINED.expected("2:12 AM").fits


def test_an_explanation_is_named_by_what_would_be_written() -> None:
    assert "<LogExplanation: new log, 1 requests, 4 values>" == repr(EXPLAINED)
    update = LogExplanation(**{**vars(EXPLAINED), "log_id": "9"})
    assert "<LogExplanation: update of log 9, 1 requests, 4 values>" == repr(update)
    assert (
        "09:12 UTC = 02:12 America/Denver. Bodies are written in America/Denver: from the user."
        == EXPLAINED.caption
    )


def test_values_are_rows_of_a_table() -> None:
    frame = EXPLAINED.to_dataframe()
    assert ["request", "field", "value", "from", "time", "written in", "old", "kept"] == list(frame.columns)
    assert [
        "POST /Events",
        "participants.0.person_id",
        501,
        "from contact.id",
        "",
        "",
        7,
        False,
    ] == frame.iloc[1].tolist()
    assert [False, False, False, True] == list(frame["kept"])
    text = " ".join(re.sub("<[^>]+>", " ", str(EXPLAINED._repr_html_())).split())
    assert text.startswith(
        f"{EXPLAINED.caption} request field value from time POST /Events subject Call to ⏎ Nia from call.subject"
    )
    assert "x" * 100 not in text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (WINTER, "09:12 UTC = 02:12 America/Denver"),
        (datetime(2026, 1, 2, 7, 0, tzinfo=UTC), "07:00 UTC = 00:00 America/Denver"),
        (datetime(2026, 1, 2, 6, 59, tzinfo=UTC), "2026-01-02 06:59 UTC = 2026-01-01 23:59 America/Denver"),
    ],
)
def test_a_moment_is_told_in_both_zones_with_dates_where_they_differ(moment: datetime, text: str) -> None:
    assert text == in_both_zones(moment, DENVER)


def test_titles_are_listed_as_people_do() -> None:
    assert ["a", "a and b", "a, b and c"] == [in_words(list(titles)) for titles in ("a", "ab", "abc")]
    assert ["", "0", "a ⏎ b"] == [shown(value) for value in (None, 0, "a\nb")]


# -- recordings: what is used, and what can be repeated --


def test_a_recording_is_used_where_its_name_stands_in_code_or_is_the_files(tmp_path: Path) -> None:
    names = ["walkthrough", "one", "two-more", "three", "four", "five", "six", "seven"]
    files = {
        "a.py": b'scenario="one"', "notebooks/b.ipynb": b'"two-more"', "tests/three.py": b"", "c.md": b"four", "d.py": b"xfive fivex",
        ".hidden/e.py": b"six", "build/f.py": b"six", "dist/g.py": b"six", "node_modules/h.py": b"six", "bad.py": b"\xff seven",
    }  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert ["five", "four", "seven", "six"] == unused(names, tmp_path)
    assert [] == unused(["walkthrough"], tmp_path)
    (tmp_path / "z.py").write_text("six, seven")
    assert ["five", "four"] == unused(names, tmp_path)


def test_what_cannot_be_done_again_names_the_operation_and_the_argument() -> None:
    assert (
        {}
        == repeatable("sign_in", {"password": "x"})
        == repeatable("finish_sign_in", {"code": "x"})
        == repeatable("sign_out", None)
    )
    assert {"name": "Nia"} == repeatable("find_contact_with_name", {"name": "Nia"})
    with pytest.raises(
        RecordingError, match=r"^log_call cannot be repeated: its note is no value that can be stored\.$"
    ):
        repeatable("log_call", {"call": 1, "note": "<a.B object at 0x7f00>"})
    for name in ("fly", "_private", "__init__"):
        with pytest.raises(RecordingError, match=rf"^There is no operation '{name}' \(any more\)\.$"):
            rebuilt(name, {})
    with pytest.raises(RecordingError, match=r"^find_contact takes no argument 'colour' \(any more\)\.$"):
        rebuilt("find_contact", {"colour": "red"})
