"""Rows as people's exports have them: every date, time, kind and column, and what is said of those that are not read."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from appconnect.batch.records import check_names, read
from appconnect.errors import InputError
from appconnect.models import Call, Direction, Message, Party

THERE = timezone(timedelta(hours=-5))
ROW: dict[str, Any] = {
    "Direction": "Incoming", "Type": "Voice", "Phone Number": "+14155550142", "Name": "Nia Holt",
    "Date": "01/02/2026", "Time": "9:30 AM", "Action Result": "Accepted", "Duration": "0:02:05",
}  # fmt: skip


def call_of(**changes: Any) -> Call:
    found = read(ROW | {name.replace("_", " "): value for name, value in changes.items()}, THERE).what
    assert isinstance(found, Call)
    return found


def refused(row: dict[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        read(row, UTC)
    return caught.value.message


@pytest.mark.parametrize(
    "date",
    ["01/02/2026", "01/02/26", "2026-01-02", "2026/01/02", "02.01.2026", "Jan 2, 2026", "2 Jan 2026"],
)
@pytest.mark.parametrize("time", ["9:30 AM", "9:30:00 AM", "09:30", "09:30:00", "9:30AM"])
@pytest.mark.parametrize("weekday", ["", "Fri ", "Fri, ", "fri. ", "Friday,  "])
def test_a_moment_may_be_written_in_many_ways(date: str, time: str, weekday: str) -> None:
    assert datetime(2026, 1, 2, 9, 30, tzinfo=THERE) == call_of(Date=f"{weekday}{date}", Time=time).start_time


@pytest.mark.parametrize("day", ["Mon", "Tuesday", "WED", "Thu.", "Fri,", "Sat", "Sun"])
def test_every_day_of_the_week_may_stand_before_a_date(day: str) -> None:
    assert datetime(2026, 1, 2, 9, 30, tzinfo=THERE) == call_of(Date=f"{day} 01/02/2026").start_time


@pytest.mark.parametrize(
    ("date", "time", "moment"),
    [
        ("01/02/2026", "", datetime(2026, 1, 2, tzinfo=THERE)),
        ("01/02/2026", "4:12 PM", datetime(2026, 1, 2, 16, 12, tzinfo=THERE)),
        ("2026-01-02T09:30:00", "", datetime(2026, 1, 2, 9, 30, tzinfo=THERE)),
        ("2026-01-02T09:30:00+00:00", "", datetime(2026, 1, 2, 9, 30, tzinfo=UTC)),
        ("2026-01-02", "09:30:00+02:00", datetime(2026, 1, 2, 7, 30, tzinfo=UTC)),
        ("", "9:30 AM", None),
    ],
)
def test_a_moment_has_its_own_zone_or_else_the_user_s(date: str, time: str, moment: datetime | None) -> None:
    assert moment == call_of(Date=date, Time=time).start_time


@pytest.mark.parametrize("kind", ["voice", "Voice", "call", "Phone Call", "voice call", "", None])
def test_calls_are_called_many_things(kind: str | None) -> None:
    assert "Nia Holt" == call_of(Type=kind).contact_party.name


@pytest.mark.parametrize(
    ("told", "direction"),
    [("incoming", "Inbound"), ("INBOUND", "Inbound"), ("Outgoing", "Outbound"), ("outbound", "Outbound")],
)
def test_directions_are_told_in_two_words(told: str, direction: str) -> None:
    assert Direction(direction) is call_of(Direction=told).direction


@pytest.mark.parametrize(
    ("text", "duration"),
    [("1:02:05", 3725), ("2:5", 125), ("0", 0), ("125", 125), ("in progress", "pending"), ("In Progress…", "pending"),
     ("1:60", None), ("1:2:3:4", None), ("-1", None), ("about 5", None)],
)  # fmt: skip
def test_durations_are_times_or_seconds(text: str, duration: object) -> None:
    assert duration == call_of(Duration=text).duration


@pytest.mark.parametrize("text", ["101", "ext 101", "Ext. 101", "EXT101", "x101", "123456"])
def test_an_extension_may_be_called_one(text: str) -> None:
    party = call_of(Phone_Number=text).contact_party
    assert (text, "") == (party.extension_number, party.phone_number)


@pytest.mark.parametrize("text", ["1234567", "+101", "(415) 555-0142"])
def test_what_is_longer_than_six_digits_or_written_so_is_a_number(text: str) -> None:
    party = call_of(Phone_Number=text).contact_party
    assert ("", text) == (party.extension_number, party.phone_number)


@pytest.mark.parametrize(
    ("direction", "here", "there"),
    [("Incoming", "To", "From"), ("Outgoing", "From", "To"), ("", "From", "To")],
)
@pytest.mark.parametrize("spelling", ["{}", "{} Number"])
def test_both_sides_have_columns_of_their_own(direction: str, here: str, there: str, spelling: str) -> None:
    row = {
        "Direction": direction, "Date": "01/02/2026", "Result": "Missed", "Session Id": "s-1",
        spelling.format(there): "+14155550142", spelling.format(here): "+16505550110",
        f"{there} Name": "Nia Holt", f"{here} Name": "Rae Quill",
    }  # fmt: skip
    found = read(row, UTC).what
    assert isinstance(found, Call)
    sides = {"From": found.from_, "To": found.to}
    assert ("+14155550142", "Nia Holt", "+16505550110", "Rae Quill") == (
        sides[there].phone_number, sides[there].name, sides[here].phone_number, sides[here].name,
    )  # fmt: skip
    assert ("Missed", ["s-1"]) == (found.result, found.ids)


@pytest.mark.parametrize("column", ["Call Id", "Call ID", "Session Id", "session_id"])
def test_a_call_has_the_id_that_a_column_tells(column: str) -> None:
    assert ["s-7"] == read(ROW | {column: "s-7"}, UTC).what.ids  # type: ignore[union-attr]


@pytest.mark.parametrize("column", ["Direction", "Date", "Time", "Start Time", "Duration", "Phone Number"])
def test_without_an_id_each_of_these_tells_calls_apart(column: str) -> None:
    other = {"Direction": "Outgoing", "Date": "01/03/2026", "Time": "9:31 AM", "Start Time": "later",
             "Duration": "0:02:06", "Phone Number": "+14155550143"}[column]  # fmt: skip
    one, two = (read(row, UTC).what for row in (ROW, ROW | {column: other}))
    assert isinstance(one, Call)
    assert isinstance(two, Call)
    assert one.ids != two.ids
    assert all(len(each) == 36 and each.startswith("row-") for each in one.ids)
    assert one.ids == read(ROW | {"Name": "N. Holt", "Action Result": "Missed"}, UTC).what.ids  # type: ignore[union-attr]


class NotATime:
    """A cell without a value, as pandas and Arrow have them."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


@pytest.mark.parametrize("empty", [None, "", "  ", math.nan, NotATime("NaT"), NotATime("<NA>")], ids=str)
def test_a_cell_without_a_value_is_no_value(empty: object) -> None:
    assert "" == read(ROW | {"Name": empty}, UTC).party.name


def test_a_message_to_nobody_is_nobody_s() -> None:
    message = read(
        {"type": "SMS", "direction": "Outbound", "to": [], "conversation": {"id": "7"}, "id": "1"}, UTC
    )
    assert isinstance(message.what, Message)
    assert (Party(), "thread 7") == (message.party, message.turn)


def test_a_contact_is_named_by_three_columns() -> None:
    row = ROW | {"crm_contact_id": " 501 ", "crm_contact_name": "Nia", "crm_contact_type": "Lead"}
    contact = read(row, UTC).contact
    assert contact is not None
    assert ("501", "Nia", "Lead") == (contact.id, contact.name, contact.type)


# -- what is refused --


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            ROW | {"Type": "Fax"},
            "This is a fax, and a download does not hold what it said; export it as JSON.",
        ),
        (
            {"type": "Fax", "startTime": "2026-01-02T09:30:00Z"},
            "A fax in the call log comes without its document; log it from the message store.",
        ),
        (ROW | {"Date": "the other day"}, "This row's date and time cannot be read: the other day 9:30 AM."),
        (ROW | {"Date": "x" * 50, "Time": ""}, f"This row's date and time cannot be read: {'x' * 40}."),
    ],
)
def test_a_row_that_cannot_be_used_is_told(row: dict[str, Any], sentence: str) -> None:
    assert sentence == refused(row)


def test_a_record_that_cannot_be_used_names_its_field() -> None:
    told = refused({"startTime": "soon", "sessionId": "1", "direction": "Inbound"})
    assert told.startswith("This row cannot be read: ")
    assert "startTime" in told


@pytest.mark.parametrize(
    "name",
    ["from", "To", "Phone Number", "From Number", "to_number", "crm_contact_id", "from.name", "startTime",
     "creationTime", "sessionId", "telephonySessionId", "conversation", "parties", "body"],
)  # fmt: skip
def test_one_column_that_tells_of_somebody_is_enough(name: str) -> None:
    check_names(["id", name], "calls.csv")


def test_a_table_of_something_else_is_told_with_its_first_columns() -> None:
    check_names([], "calls.csv")
    wanted = (
        "it needs from and to, as RingCentral's records have them, or Phone Number, as its download has it."
    )
    for count, told in ((8, "c0, c1, c2, c3, c4, c5, c6, c7."), (9, "c0, c1, c2, c3, c4, c5, c6, c7, ….")):
        with pytest.raises(InputError) as caught:
            check_names([*(f"c{number}" for number in range(count)), "c0"], "calls.csv")
        sentence = f"calls.csv is no table of calls or messages: {wanted} It has: {told}"
        assert sentence == caught.value.message
    with pytest.raises(InputError) as caught:
        check_names(["n" * 50], "calls.csv")
    assert caught.value.message.endswith(f"It has: {'n' * 40}.")
    with pytest.raises(InputError) as caught:
        check_names(["uri", "records", "paging"], "calls.json")
    assert (
        "calls.json holds whole answers of RingCentral's API; write each of their records on its own line."
    ) == caught.value.message
