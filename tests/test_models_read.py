"""Every field of what RingCentral and App Connect send, in each way in which it may be written."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from appconnect.models import (
    AdminConfiguration,
    Attachment,
    AuthType,
    Call,
    Conversation,
    Direction,
    Leg,
    LogDraft,
    LogFormat,
    LogKind,
    Message,
    MessageLevel,
    MessageType,
    Party,
    Recipient,
    Recording,
    ReturnMessage,
    User,
    direction_told,
    first_fault,
    setting,
)

NINE_THIRTY = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
NIA, RAE = Party(phone_number="+1", name="Nia"), Party(phone_number="+2", name="Rae")


def test_the_words_are_those_of_app_connect() -> None:
    assert "7" == User(id="7-acme", name="Rae").crm_id
    assert ["oauth", "apiKey"] == [AuthType.OAUTH, AuthType.API_KEY]
    assert ["text/html", "text/markdown", "text/plain"] == [
        LogFormat.HTML, LogFormat.MARKDOWN, LogFormat.PLAIN,
    ]  # fmt: skip
    assert (["Inbound", "Outbound"], Direction.OUTBOUND) == (list(Direction), direction_told("outbound"))


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (LogKind.CALL, "call"),
        (LogKind.SMS, "sms"),
        (LogKind.SHARED_SMS, "shared sms"),
        (LogKind.VOICEMAIL, "voicemail"),
        (LogKind.FAX, "fax"),
    ],
)
def test_a_draft_is_of_the_kind_that_it_names(kind: LogKind, word: str) -> None:
    draft = LogDraft.model_validate({"kind": word, "additional_submission": {"deals": "7"}})
    assert (kind, "7") == (draft.kind, draft.chosen("deals"))


@pytest.mark.parametrize(
    ("level", "word"),
    [
        (MessageLevel.SUCCESS, "success"),
        (MessageLevel.WARNING, "warning"),
        (MessageLevel.DANGER, "danger"),
        (MessageLevel.ERROR, "error"),
    ],
)
def test_a_message_to_a_person_has_a_level(level: MessageLevel, word: str) -> None:
    message = ReturnMessage.model_validate({"message": "Hi", "messageType": word})
    assert (level, []) == (message.message_type, message.lines)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (MessageType.SMS, "SMS"),
        (MessageType.MMS, "MMS"),
        (MessageType.TEXT, "Text"),
        (MessageType.PAGER, "Pager"),
        (MessageType.VOICEMAIL, "VoiceMail"),
        (MessageType.FAX, "Fax"),
    ],
)
def test_a_message_of_each_type(kind: MessageType, word: str) -> None:
    assert (
        kind
        is Message.model_validate({"type": word}).type
        is Message.model_validate({"type": word.upper()}).type
    )


def fault(kind: type[Call | Message], **values: object) -> str:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(values)
    return first_fault(caught.value)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("yesterday", "this is no date and time"),
        (10**30, "so many milliseconds since 1970 are no date"),
        ("9" * 30, "so many milliseconds since 1970 are no date"),
        ("1969-12-31", "the year 1969 is not between 1970 and 2199"),
        ("2200-01-01", "the year 2200 is not between 1970 and 2199"),
        (True, "input should be a valid datetime"),
    ],
)
def test_what_is_no_moment_is_said(said: object, told: str) -> None:
    assert f"creationTime: {told}" == fault(Message, creationTime=said)
    assert f"startTime: {told}" == fault(Call, startTime=said)


def test_a_fault_is_told_where_it_is_without_the_value() -> None:
    told = fault(Call, legs=[{}, {"from": {"phoneNumber": ["secret"]}}])
    assert "legs.1.from.phoneNumber: input should be a valid string" == told


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("1970-01-01T00:00:01Z", None),
        (0, None),
        ("0", None),
        ("", None),
        (" ", None),
        (None, None),
        ("1971-01-01T00:00:00Z", datetime(1971, 1, 1, tzinfo=UTC)),
        ("2199-12-31T23:59:59Z", datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (" 1767346200000 ", NINE_THIRTY),
        ("1767346200000.", NINE_THIRTY),
        (1767346200000.0, NINE_THIRTY),
        (NINE_THIRTY, NINE_THIRTY),
        (NINE_THIRTY.replace(tzinfo=None), NINE_THIRTY),
    ],
)
def test_nothing_of_a_message_was_in_1970(said: object, moment: datetime | None) -> None:
    message = Message.model_validate({"creationTime": said})
    assert moment == message.creation_time == message.time
    assert moment == Message.model_validate({"lastModifiedTime": said}).time


def test_a_message_is_of_when_it_was_made_else_of_when_it_was_changed() -> None:
    later = NINE_THIRTY.replace(hour=10)
    assert NINE_THIRTY == Message(creation_time=NINE_THIRTY, last_modified_time=later).time


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({"duration": 5}, 5),
        ({"duration": "5"}, 5),
        ({"duration": " 5.9 "}, 5),
        ({"duration": 5.9}, 5),
        ({"duration": 0, "durationMs": 7000}, 0),
        ({"duration": 366 * 86400}, 366 * 86400),
        ({"durationMs": 5900}, 5),
        ({"durationMs": "5900"}, 5),
        ({"duration": "", "durationMs": 5900}, 5),
        ({"duration": " ", "durationMs": ""}, None),
        ({"duration": "PENDING "}, None),
        ({"durationMs": None}, None),
        ({}, None),
    ],
)
def test_how_long_it_took(said: dict[str, object], seconds: int | None) -> None:
    assert seconds == Call.model_validate(said).seconds == Leg.model_validate(said).seconds


def test_what_goes_on_is_pending() -> None:
    assert "pending" == Call.model_validate({"duration": " Pending"}).duration
    assert Call.model_validate({}).duration is None
    for odd in ({"duration": "long"}, {"durationMs": "long"}):
        with pytest.raises(ValidationError):
            Leg.model_validate(odd)


@pytest.mark.parametrize(
    ("said", "link"),
    [
        ({"link": "a", "contentUri": "b"}, "a"),
        ({"contentUri": "b"}, "b"),
        ({"link": "", "contentUri": "b"}, "b"),
        ({}, ""),
    ],
)
def test_a_recording_is_its_link_or_its_content(said: dict[str, object], link: str) -> None:
    assert link == Recording.model_validate(said).link


@pytest.mark.parametrize(
    ("direction", "ours", "theirs", "subject"),
    [
        (Direction.OUTBOUND, NIA, RAE, "Outbound Call to Uma"),
        (Direction.INBOUND, RAE, NIA, "Inbound Call from Uma"),
        (None, Party(), Party(), "Outbound Call to Uma"),
    ],
)
def test_the_sides_of_a_call(direction: Direction | None, ours: Party, theirs: Party, subject: str) -> None:
    call = Call(direction=direction, from_=NIA, to=RAE)
    assert (ours, theirs) == (call.own_party, call.contact_party)
    assert (subject, subject.removesuffix(" Uma")) == (call.subject("Uma"), call.subject(""))
    assert "Mine" == call.model_copy(update={"custom_subject": "Mine"}).subject("Uma")


def test_a_call_is_outbound_only_when_made_in_python() -> None:
    assert Direction.OUTBOUND is inspect.signature(Call).parameters["direction"].default
    assert "Call()" == repr(Call())
    assert Direction.OUTBOUND is Call().direction
    assert Call.model_validate({}).direction is None
    assert Direction.INBOUND is Call.model_validate({"direction": "Inbound"}).direction


def test_a_call_has_each_of_its_ids_once() -> None:
    call = Call(id="1", session_id="2", telephony_session_id="3")
    assert ["2", "3", "1"] == call.ids
    assert ["1"] == Call(id="1", session_id="1").ids
    assert [] == Call().ids


@pytest.mark.parametrize(
    ("said", "thread"),
    [
        ({"conversation": {"id": "1"}, "conversationId": "2", "conversationLogId": "3"}, "1"),
        ({"conversation": {"id": " "}, "conversationId": 2, "conversationLogId": "3"}, "2"),
        ({"conversationLogId": " 3 "}, "3"),
        ({"conversation": "4"}, "4"),
        ({"conversation": 5}, "5"),
        ({"conversation": None}, ""),
        ({}, ""),
    ],
)
def test_a_thread_is_told_in_three_ways(said: dict[str, object], thread: str) -> None:
    assert thread == Message.model_validate(said).thread


def test_a_conversation_may_be_a_model() -> None:
    assert "1" == Message(conversation=Conversation(id="1")).thread


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        *((each.value, each) for each in MessageType),
        *((each.value.upper(), each) for each in MessageType),
        *((each.value.lower(), each) for each in MessageType),
        ("RCS", "RCS"),
        (None, MessageType.SMS),
    ],
)
def test_the_type_of_a_message_in_any_case_or_one_to_come(said: str | None, kind: object) -> None:
    found = Message.model_validate({"type": said}).type
    assert (kind, type(kind)) == (found, type(found))


@pytest.mark.parametrize(
    ("said", "direction"),
    [
        ("Outbound", Direction.OUTBOUND),
        (" OUTBOUND ", Direction.OUTBOUND),
        ("inbound", Direction.INBOUND),
        ("Unknown", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_a_direction_in_any_case(said: object, direction: Direction | None) -> None:
    assert direction is direction_told(said)
    assert (direction or Direction.INBOUND) is Message.model_validate({"direction": said}).direction


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ([{"name": "Nia"}, None, {"name": "Rae"}], ["Nia", "Rae"]),
        (({"name": "Nia"},), ["Nia"]),
        ({"name": "Nia"}, ["Nia"]),
        (NIA, ["Nia"]),
        ([NIA, Recipient(name="Uma")], ["Nia", "Uma"]),
        (Recipient(name="Uma"), ["Uma"]),
        ([], []),
        (None, []),
    ],
)
def test_who_a_message_went_to(said: object, names: list[str]) -> None:
    message = Message.model_validate({"to": said})
    assert names == [each.name for each in message.to]
    assert {Recipient} >= {type(each) for each in message.to}
    assert message.is_group is (len(names) > 1)


def test_a_party_in_the_list_of_recipients_keeps_what_it_has() -> None:
    [nia] = Message(to=[NIA]).to  # type: ignore[list-item]
    assert ("+1", "Nia", False, "") == (nia.phone_number, nia.name, nia.target, nia.message_status)


def test_files_are_a_list_of_one_or_several() -> None:
    one = {"type": "Text", "contentType": "text/plain", "link": "a", "uri": "b", "fileName": "c"}
    for said in (one, [one, None]):
        [file] = Message.model_validate({"attachments": said}).attachments
        assert Attachment(type="Text", content_type="text/plain", link="a", uri="b", file_name="c") == file


@pytest.mark.parametrize(
    ("whole", "each", "is_undelivered"),
    [
        ("SendingFailed", [], True),
        ("DeliveryFailed", ["Delivered"], True),
        ("Sent", [], False),
        ("", ["SendingFailed", "DeliveryFailed"], True),
        ("Sent", ["SendingFailed"], True),
        ("", ["SendingFailed", "Delivered"], False),
        ("", [""], False),
        ("", [], False),
    ],
)
def test_a_message_that_reached_nobody(whole: str, each: list[str], is_undelivered: bool) -> None:
    to = [Recipient(message_status=status) for status in each]
    assert is_undelivered is Message(message_status=whole, to=to).is_undelivered


@pytest.mark.parametrize(("id_", "crm_id"), [("31-pipedrive", "31"), ("a-b-acme", "a-b"), ("31", "")])
def test_the_crms_own_id_of_a_user(id_: str, crm_id: str) -> None:
    assert crm_id == User(id=id_, name="Rae").crm_id


@pytest.mark.parametrize(
    ("said", "chosen"),
    [(False, ""), (0, "0"), (True, "True"), ({"const": False}, ""), ({"const": ""}, ""), ({}, ""), ("None", "None")],
)  # fmt: skip
def test_what_is_no_choice_clears_the_field(said: Any, chosen: str) -> None:
    assert chosen == LogDraft(additional_submission={"deals": said}).chosen("deals")


def test_a_draft_is_of_a_call_that_nothing_is_known_of() -> None:
    draft = LogDraft()
    assert (LogKind.CALL, "", {}, None) == (
        draft.kind, draft.reference, draft.additional_submission, draft.current,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "value"),
    [({"value": False}, False), ({"value": 0}, 0), ({"value": None}, "usual"), ({}, "usual"), ("bare", "usual")],
)  # fmt: skip
def test_a_setting_is_its_value_or_else_the_usual(entry: Any, value: object) -> None:
    assert value == setting({"key": entry}, "key", "usual")
    assert "usual" == setting({}, "key", "usual")


def test_an_admins_settings_for_users_win_over_their_own_which_may_be_bare() -> None:
    admin = AdminConfiguration(
        hashed_account_id="acme",
        custom={"a": True, "b": {"value": 1}, "c": {"value": 2}},
        user_settings={"c": {"value": 3}, "d": {"value": 4}},
    )
    expected = {"a": {"value": True}, "b": {"value": 1}, "c": {"value": 3}, "d": {"value": 4}}
    assert expected == admin.settings
