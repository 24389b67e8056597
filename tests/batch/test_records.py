"""Rows as RingCentral exports them are read as the calls and messages that they are, or refused in a sentence."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.batch.records import Record, read
from appconnect.errors import InputError
from appconnect.models import Call, Direction, Message

NEW_YORK = timezone(timedelta(hours=-5))
DOWNLOAD = {
    "Direction": "Incoming", "Type": "Voice", "Phone Number": "(415) 555-0142", "Name": "Nia Holt",
    "Date": "Fri 01/02/2026", "Time": "9:30 AM", "Action": "Phone Call", "Action Result": "Accepted",
    "Result Description": "The call connected.", "Included": "0", "Purchased": "0", "Duration": "0:02:05",
}  # fmt: skip
RECORD = {
    "id": "Ab1", "sessionId": "4503991004", "direction": "Outbound", "type": "Voice", "duration": 125,
    "startTime": "2026-01-02T14:30:00.000Z", "result": "Call connected", "reason": "Call Connected",
    "from": {"phoneNumber": "+16505550110", "extensionNumber": "204"}, "to": {"phoneNumber": "+14155550142"},
}  # fmt: skip
SMS = {
    "id": 90011, "type": "SMS", "direction": "Inbound", "creationTime": "2026-01-02T09:30:00.000Z",
    "subject": "Is it ready?", "conversation": {"id": 77}, "from": {"phoneNumber": "+14155550142"},
    "to": [{"phoneNumber": "+16505550110"}], "messageStatus": "Received", "readStatus": "Read",
}  # fmt: skip


def call_of(row: dict[str, Any]) -> Call:
    found = read(row, NEW_YORK).what
    assert isinstance(found, Call)
    return found


def test_a_download_is_a_call_at_its_local_time() -> None:
    call = call_of(DOWNLOAD)
    assert (Direction.INBOUND, "(415) 555-0142", "Nia Holt") == (
        call.direction, call.contact_party.phone_number, call.contact_party.name,
    )  # fmt: skip
    assert (datetime(2026, 1, 2, 14, 30, tzinfo=UTC), 125, "Accepted") == (
        call.start_time,
        call.seconds,
        call.result,
    )


def test_the_same_row_of_two_downloads_is_one_call_and_another_row_is_another() -> None:
    again = dict(reversed(DOWNLOAD.items())) | {"Included": "1"}
    assert call_of(DOWNLOAD).ids == call_of(again).ids
    for name, other in (("Time", "9:31 AM"), ("Phone Number", "(415) 555-0143"), ("Direction", "Outgoing")):
        assert call_of(DOWNLOAD).ids != call_of(DOWNLOAD | {name: other}).ids


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("Fri 01/02/2026", "9:30 AM"), ("01/02/26", "09:30"), ("2026-01-02", "09:30:00"), ("Jan 2, 2026", "9:30AM"),
        ("02.01.2026", "9:30:00 AM"), ("2026-01-02T09:30:00", ""), ("Friday, 2 Jan 2026", "09:30"),
    ],
)  # fmt: skip
def test_dates_and_times_are_read_as_they_are_written(date: str, time: str) -> None:
    call = call_of(DOWNLOAD | {"Date": date, "Time": time})
    assert datetime(2026, 1, 2, 9, 30, tzinfo=NEW_YORK) == call.start_time


@pytest.mark.parametrize(
    ("text", "seconds", "is_pending"),
    [("0:02:05", 125, False), ("2:05", 125, False), ("125", 125, False), ("In Progress", None, True), ("", None, False)],
)  # fmt: skip
def test_durations_are_read_as_they_are_written(text: str, seconds: int | None, is_pending: bool) -> None:
    call = call_of(DOWNLOAD | {"Duration": text})
    assert (seconds, is_pending) == (call.seconds, call.duration == "pending")


@pytest.mark.parametrize(
    ("direction", "own", "other"), [("Incoming", "To", "From"), ("Outgoing", "From", "To")]
)
def test_a_download_with_from_and_to_has_the_other_side_by_its_direction(
    direction: str, own: str, other: str
) -> None:
    row = {
        "Direction": direction,
        "Type": "Voice",
        own: "+16505550110",
        other: "+14155550142",
        "Date": "01/02/2026",
    }
    call = call_of(row)
    assert ("+14155550142", "+16505550110") == (call.contact_party.phone_number, call.own_party.phone_number)


def test_an_extension_in_a_download_is_no_phone_number() -> None:
    assert ("", "101") == (
        (party := call_of(DOWNLOAD | {"Phone Number": "101"}).contact_party).phone_number,
        party.extension_number,
    )


def test_a_record_is_the_call_that_it_is_also_flattened_and_with_empty_cells() -> None:
    flat = {
        **{name: value for name, value in RECORD.items() if name not in ("from", "to")},
        "from.phoneNumber": "+16505550110", "from.extensionNumber": "204", "to.phoneNumber": "+14155550142",
        "to.name": math.nan, "recording": None, "legs": math.nan,
    }  # fmt: skip
    assert call_of(RECORD) == call_of(flat)
    assert ["4503991004", "Ab1"] == call_of(RECORD).ids


def test_a_record_of_the_message_store_is_a_message() -> None:
    record = read(SMS, UTC)
    assert isinstance(record.what, Message)
    assert ("thread 77", "+14155550142") == (record.turn, record.party.phone_number)
    sent = read(SMS | {"direction": "Outbound", "from": SMS["to"][0], "to": [SMS["from"]]}, UTC)  # type: ignore[index]
    assert "+14155550142" == sent.party.phone_number


def test_a_row_may_name_its_contact() -> None:
    named = read(RECORD | {"crm_contact_id": 501, "crm_contact_name": "Nia Holt"}, UTC).contact
    assert named is not None
    assert ("501", "Nia Holt") == (named.id, named.name)
    assert read(RECORD | {"crm_contact_id": math.nan}, UTC).contact is None


@pytest.mark.parametrize(
    "row",
    [
        DOWNLOAD | {"Date": "the other day"}, DOWNLOAD | {"Time": "noon"}, DOWNLOAD | {"Type": "Fax"},
        RECORD | {"type": "Fax"}, RECORD | {"startTime": "soon"}, RECORD | {"duration": -1}, SMS | {"to": "nobody"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_a_sentence(row: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"^[A-Z].*[.]$"):
        read(row, UTC)


CELLS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.dictionaries(st.text(), st.text())
)
NAMES = st.sampled_from(
    [*DOWNLOAD, *RECORD, *SMS, "from.name", "to.x.y", "parties", "crm_contact_id"]
) | st.text(max_size=9)


@given(st.dictionaries(NAMES, CELLS, max_size=9))
def test_any_row_is_read_or_refused(row: dict[str, Any]) -> None:
    try:
        assert isinstance(read(row, UTC), Record)
    except InputError as error:
        assert error.message
