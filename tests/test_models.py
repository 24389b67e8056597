"""What RingCentral sends is read as it comes, and written back in its own names."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticUndefinedType

from appconnect import connectors, models
from appconnect.errors import InputError
from appconnect.models import (
    AdminConfiguration,
    Call,
    Contact,
    Conversation,
    CrmUser,
    Direction,
    Leg,
    LogDraft,
    LogRecord,
    Message,
    MessageType,
    Model,
    Party,
    Recording,
    User,
    UserMapping,
)
from appconnect.models.call_records import read_call
from appconnect.models.phone_system import Recipient

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
    assert expected | {"additionalInfo": {}, "defaultContactType": "Lead"} == new


@pytest.mark.parametrize(
    ("ids", "covers"), [("101", False), ("205", True), (["101", "205"], True), (205, True), ("", False)]
)
def test_a_mapping_covers_the_extensions_it_names(ids: object, covers: bool) -> None:
    assert covers is UserMapping.model_validate({"crmUserId": "7002", "rcExtensionId": ids}).covers("205")


def test_a_mapping_that_names_no_extension_covers_none_and_says_none() -> None:
    mapping = UserMapping(crm_user_id="7002")
    assert {"crmUserId": "7002", "rcExtensionId": ""} == mapping.to_wire()
    assert not mapping.covers("205")


def test_a_user_of_whom_no_zone_is_known_has_none() -> None:
    wire = User(id="31-pipedrive", name="Rae Quill").to_wire()
    assert ("", "") == (wire["timezoneName"], wire["timezoneOffset"])


# -- made in Python --

NEEDED: dict[type[Model], dict[str, Any]] = {
    Call: {"direction": "Outbound"},
    Message: {},
    Contact: {"id": "1", "name": "Nia"},
    Party: {},
    Conversation: {},
    Recording: {},
    Leg: {},
    AdminConfiguration: {"hashed_account_id": "acme"},
    UserMapping: {"crm_user_id": "7001"},
    LogDraft: {},
    LogRecord: {"id": "1"},
}


@pytest.mark.parametrize(
    ("kind", "misspelt", "meant"),
    [
        (Call, "sesion_id", "session_id"),
        (Call, "sesionId", "session_id"),
        (Call, "form", "from_"),
        (Message, "creation_tme", "creation_time"),
        (Contact, "fone", "phone"),
        (Contact, "organisation", "organization"),
        (Party, "phone_nr", "phone_number"),
        (Conversation, "idd", "id"),
        (Recording, "lnk", "link"),
        (Leg, "legtype", "leg_type"),
        (AdminConfiguration, "user_mapping", "user_mappings"),
        (UserMapping, "rc_extension_ids", "rc_extension_id"),
        (LogDraft, "durations", "duration"),
        (LogRecord, "contactname", "contact_name"),
    ],
)
def test_a_misspelt_argument_is_an_error_that_names_the_right_one(
    kind: type[Model], misspelt: str, meant: str
) -> None:
    sentence = f"{kind.__name__} has no field {misspelt!r}; did you mean {meant}?"
    with pytest.raises(InputError) as caught:
        kind(**NEEDED[kind], **{misspelt: "x"})
    assert sentence == caught.value.message
    with pytest.raises(InputError) as caught:
        kind(**NEEDED[kind]).model_copy(update={misspelt: "x"})
    assert sentence == caught.value.message


def test_an_argument_that_is_like_no_field_is_answered_with_the_fields() -> None:
    with pytest.raises(InputError) as caught:
        Party(zebra="x")  # type: ignore[call-arg]
    expected = "Party has no field 'zebra'; its fields are: phone_number, extension_number, name."
    assert expected == caught.value.message


@pytest.mark.parametrize("kind", NEEDED)
def test_unknown_keys_from_the_wire_are_welcome(kind: type[Model]) -> None:
    expected = kind(**NEEDED[kind])
    assert expected == kind.model_validate({**NEEDED[kind], "zebra": 1})
    assert expected == kind.model_validate_json(expected.model_dump_json()[:-1] + ', "zebra": 1}')


def test_unknown_keys_deeper_down_are_welcome_too() -> None:
    call = Call.model_validate({"from": {"name": "Nia", "zebra": 1}, "legs": [{"zebra": 1}]})
    assert ("Nia", [Leg()]) == (call.from_.name, call.legs)


def test_arguments_may_have_their_names_on_the_wire() -> None:
    known: dict[str, Any] = {"sessionId": "s-1", "from": Party(name="Nia")}
    assert Call(session_id="s-1", from_=Party(name="Nia")) == Call(**known)


def test_help_and_tab_show_the_arguments_as_python_has_them() -> None:
    arguments = inspect.signature(Call).parameters
    assert {"session_id", "from_", "start_time"} < set(arguments)
    assert "sessionId" not in arguments


def test_help_shows_which_arguments_may_be_left_out_and_what_they_are_then() -> None:
    arguments = inspect.signature(Contact).parameters
    assert {"id": inspect.Parameter.empty, "title": "", "organization_id": None, "additional_info": {}} == {
        name: arguments[name].default for name in ("id", "title", "organization_id", "additional_info")
    }
    assert {inspect.Parameter.KEYWORD_ONLY} == {each.kind for each in arguments.values()}
    assert (str, str | None) == (arguments["id"].annotation, arguments["organization_id"].annotation)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (Call(session_id="s-1", duration=0), "Call(session_id='s-1', duration=0)"),
        (Party(), "Party()"),
        (
            Contact.model_validate(
                {
                    "id": "501",
                    "name": "Nia Holt",
                    "phone": "+1",
                    "createdDate": "2026-01-02T09:30:00Z",
                    "additionalInfo": {"deals": [{"const": "901", "title": "Holt renewal"}]},
                }
            ),
            "Contact(id='501', name='Nia Holt', phone='+1')",
        ),
        (LogRecord(id="9", body="x", raw={"id": 9}), "LogRecord(id='9', body='x')"),
    ],
)
def test_a_repr_says_what_was_set(model: Model, expected: str) -> None:
    assert expected == repr(model)


def test_what_a_message_does_not_tell_is_taken_for_the_usual() -> None:
    """An SMS that came in, said by nobody to nobody."""
    message = Message.model_validate({})
    assert (MessageType.SMS, Direction.INBOUND, "", []) == (
        message.type,
        message.direction,
        message.subject,
        message.attachments,
    )
    assert "SMS" == message.to_wire()["type"]


LENIENT = ConfigDict(arbitrary_types_allowed=True)


def own_models(base: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    for each in base.__subclasses__():
        if each.__module__.startswith("appconnect."):
            yield each
        yield from own_models(each)


def test_what_is_not_said_is_of_the_type_that_it_has_when_it_is() -> None:
    """Of whatever is read: pydantic does not look at defaults."""
    for package in (models, connectors):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    wrong, found = list[str](), set(own_models())
    for model in found:
        for name, field in model.model_fields.items():
            if not field.is_required():
                usual, annotation = field.get_default(call_default_factory=True), field.rebuild_annotation()
                kind = TypeAdapter(tuple[annotation], config=LENIENT)  # type: ignore[valid-type]
                try:
                    kind.validate_python((usual,), strict=True)
                except ValidationError:
                    wrong.append(f"{model.__module__}.{model.__name__}.{name}: {usual!r}")
    assert ([], True) == (wrong, len(found) > 50)


@pytest.mark.parametrize(
    "model", [User, CrmUser, Contact, Message, Recipient, Call], ids=lambda model: model.__name__
)
def test_a_text_that_is_not_said_is_empty(model: type[BaseModel]) -> None:
    texts = [field.get_default() for field in model.model_fields.values() if field.annotation is str]
    assert {""} == {each for each in texts if not isinstance(each, PydanticUndefinedType)}


def test_what_a_draft_does_not_say_is_none_for_an_empty_text_empties_a_part() -> None:
    parts = ("subject", "body", "start", "duration", "direction", "result", "owner_id", "note")
    assert dict.fromkeys(parts) == {name: getattr(LogDraft(), name) for name in parts}


# -- calls in the shapes that RingCentral tells them in --

NIA, RAE, QUEUE = ({"name": name} for name in ("Nia", "Rae", "Queue"))


def party(direction: str = "Inbound", extension: str = "", **facts: object) -> dict[str, object]:
    return {"direction": direction, "extensionId": extension, "from": NIA, "to": RAE, **facts}


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({}, {}),
        ({"sessionId": "1", "result": None, "startTime": "", "direction": "Unknown"}, {"sessionId": "1"}),
        ({"startTime": 0, "direction": "", "legs": [None, {"result": "x"}]}, {"legs": [{"result": "x"}]}),
        ({"startTime": "0", "legs": "none"}, {"legs": "none"}),
        ({"body": {"sessionId": "2"}, "sessionId": "1"}, {"sessionId": "2"}),
        ({"parties": []}, {}),
        ({"parties": "none"}, {}),
        ({"parties": [party()]}, {"direction": "Inbound", "from": NIA, "to": RAE}),
        ({"direction": "Outbound", "parties": [party()]}, {"direction": "Outbound", "from": NIA, "to": RAE}),
        ({"parties": [None, party("Outbound", "9", to=QUEUE), party("Inbound", "7")]}, {"direction": "Outbound", "from": NIA, "to": QUEUE}),
        ({"ownerId": 7, "parties": [party("Outbound", "9"), party("Inbound", "7", to=QUEUE)]}, {"ownerId": 7, "direction": "Inbound", "from": NIA, "to": QUEUE}),
        ({"parties": [party("Outbound"), party("Inbound", "7", to=QUEUE)]}, {"direction": "Inbound", "from": NIA, "to": QUEUE}),
        ({"parties": [{"to": QUEUE}, party("Outbound")]}, {"direction": "Outbound", "from": NIA, "to": RAE}),
        ({"parties": [{"to": QUEUE}]}, {"to": QUEUE}),
        ({"parties": [party(to=None), party("Outbound", to=RAE), party(to=QUEUE)]}, {"direction": "Inbound", "from": NIA, "to": QUEUE}),
        ({"creationTime": "t", "parties": [{}]}, {"startTime": "t", "creationTime": "t"}),
        ({"creationTime": "t", "startTime": "s", "parties": [{}]}, {"startTime": "s", "creationTime": "t"}),
        ({"id": "s-1", "parties": [{}]}, {"telephonySessionId": "s-1", "id": "s-1"}),
        ({"id": 1, "parties": [{}]}, {"id": 1}),
        ({"parties": [{"missedCall": True, "status": {"code": "Answered"}}]}, {"result": "Missed"}),
        ({"parties": [{"missedCall": "yes"}]}, {}),
        ({"parties": [{"status": {"code": "Answered"}}]}, {"duration": "pending"}),
        ({"parties": [{"status": "Answered"}]}, {"duration": "pending"}),
        ({"parties": [{"status": {}}]}, {}),
        ({"durationMs": 7, "parties": [{"status": "Answered"}]}, {"durationMs": 7}),
        *(({"parties": [{"status": {"code": code}}]}, {}) for code in ("Disconnected", "Gone", "VoiceMail", "VoiceMailScreening", "FaxReceive")),
    ],
    ids=str,
)  # fmt: skip
def test_a_call_is_what_its_session_and_our_party_say(record: dict[str, Any], told: dict[str, Any]) -> None:
    assert told == read_call(record)
