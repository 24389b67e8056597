"""What RingCentral sends is read as it comes, and written back in its own names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from appconnect.models import Call, Contact, Leg, LogDraft, Message, UserMapping

NINE_THIRTY = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)


def test_numbers_and_nulls_are_read_as_ringcentral_writes_them() -> None:
    message = Message.model_validate(
        {"id": 12, "subject": None, "from": {"name": None, "extensionNumber": 204}}
    )
    assert ("12", "", "", "204") == (
        message.id,
        message.subject,
        message.from_.name,
        message.from_.extension_number,
    )
    assert [] == Call.model_validate({"sessionId": 7, "legs": None}).legs


@pytest.mark.parametrize(
    "said", [1767346200000, "1767346200000", "2026-01-02T09:30:00Z", "2026-01-02T10:30:00+01:00"]
)
def test_a_moment_is_milliseconds_or_iso(said: int | str) -> None:
    assert NINE_THIRTY == Call.model_validate({"startTime": said}).start_time


def test_a_moment_without_zone_is_utc() -> None:
    assert NINE_THIRTY == Call.model_validate({"startTime": "2026-01-02T09:30:00"}).start_time


@pytest.mark.parametrize(
    "said", [1e400, -1e400, 10**30, "9" * 30, "9" * 5000, -(10**18)], ids=lambda said: str(said)[:9]
)
def test_milliseconds_that_are_no_date(said: float | str) -> None:
    with pytest.raises(ValidationError):
        Call.model_validate({"startTime": said})


@pytest.mark.parametrize("said", ["0001-01-01", "1969-12-31T23:59:59Z", "2200-01-01", "9999-12-31", -1])
def test_a_moment_is_between_1970_and_2199(said: int | str) -> None:
    with pytest.raises(ValidationError, match="is not between 1970 and 2199"):
        Call.model_validate({"startTime": said})


@pytest.mark.parametrize("said", [-1, 366 * 24 * 3600 + 1, 10**30])
def test_nothing_lasts_longer_than_a_year_or_less_than_nothing(said: int) -> None:
    for of in (Call, Leg):
        with pytest.raises(ValidationError):
            of.model_validate({"duration": said})


def test_a_call_reads_back_what_it_wrote() -> None:
    call = Call.model_validate(
        {
            "sessionId": "s",
            "direction": "Inbound",
            "startTime": 1767346200000,
            "from": {"name": "Nia"},
            "duration": 3,
        }
    )
    assert call == Call.model_validate(call.to_wire())


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ({}, None),
        ({"deals": "901"}, "901"),
        ({"deals": 901}, "901"),
        ({"deals": {"const": "901", "title": "Holt renewal"}}, "901"),
        ({"deals": ""}, ""),
        ({"deals": "none"}, ""),
        ({"deals": None}, ""),
        ({"deals": {"const": None}}, ""),
    ],
)
def test_what_a_form_says_is_an_id_or_cleared_or_unsaid(said: dict[str, object], chosen: str | None) -> None:
    assert chosen == LogDraft.model_validate({"additional_submission": said}).chosen("deals")


def test_a_real_contact_and_the_entry_for_a_new_one_have_their_own_wire_shape() -> None:
    real = Contact(id="1", name="Nia", type="contact").to_wire()
    new = Contact(
        id="createNewContact", name="New", is_new_contact=True, default_contact_type="Lead"
    ).to_wire()
    assert {"id", "name", "phone", "type", "organization", "additionalInfo"} == set(real)
    expected = {"id": "createNewContact", "name": "New", "isNewContact": True}
    assert expected | {"additionalInfo": {"defaultContactType": "Lead"}} == new


@pytest.mark.parametrize(
    ("ids", "covers"), [("101", False), ("205", True), (["101", "205"], True), (205, True), ("", False)]
)
def test_a_mapping_covers_the_extensions_it_names(ids: object, covers: bool) -> None:
    assert covers is UserMapping.model_validate({"crmUserId": "7002", "rcExtensionId": ids}).covers("205")
