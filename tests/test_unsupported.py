"""What a connector does not support is declared with a reason: it refuses, and the person is told why."""

from __future__ import annotations

from typing import Any

import pytest

from appconnect import user_messages
from appconnect.connector import Connector, never_claimed
from appconnect.errors import NotSupported
from appconnect.http import ApiRules
from appconnect.models import AuthType, Contact, LogDraft, LogFormat, LogKind, LogRecord, MessageLevel, User
from appconnect.operations import NEVER_UNSUPPORTED, OPERATIONS

REASONS = {name: f"Acme cannot {name}." for name in OPERATIONS if name not in NEVER_UNSUPPORTED}


def connector(**members: Any) -> type[Connector]:
    """A connector class with what every one must have, and these members."""

    async def get_user_info(self: Connector) -> User:
        raise AssertionError

    needed: dict[str, Any] = {
        "platform": "acme",
        "title": "Acme",
        "rules": ApiRules(hosts=("api.acme.example",)),
        "get_auth_type": lambda self: AuthType.API_KEY,
        "get_log_format_type": lambda self: LogFormat.PLAIN,
        "get_user_info": get_user_info,
    }
    return type("Acme", (Connector,), needed | members)


async def something(self: Connector, *_: object, **__: object) -> str:
    return "done"


def without(*names: str) -> dict[str, str]:
    return {name: reason for name, reason in REASONS.items() if name not in names}


def test_the_operations_are_those_of_app_connects_connector_guide() -> None:
    guide = """getAuthType getOauthInfo getUserInfo unAuthorize findContact findContactWithName createContact
        createCallLog updateCallLog getCallLog upsertCallDisposition createMessageLog updateMessageLog
        getLogFormatType getUserList"""
    assert [each.lower() for each in guide.split()] == [each.replace("_", "") for each in OPERATIONS]
    assert {"get_auth_type", "get_user_info", "get_log_format_type"} == set(NEVER_UNSUPPORTED)


@pytest.mark.parametrize("name", REASONS)
async def test_every_operation_that_may_be_unsupported_refuses_with_its_reason(name: str) -> None:
    acme = connector(unsupported=REASONS)(None)  # type: ignore[arg-type]
    with pytest.raises(NotSupported) as caught:
        await getattr(acme, name)("1", LogDraft())
    assert REASONS[name] == caught.value.message


async def test_where_no_log_can_be_written_none_needs_to_be_found() -> None:
    acme = connector(unsupported=REASONS)(None)  # type: ignore[arg-type]
    with pytest.raises(NotSupported):
        await acme.find_log(Contact(id="1", name="Nia Holt"), LogDraft(), is_claimed=never_claimed)


async def test_message_logs_that_rest_on_unsupported_call_logs_are_unsupported_too() -> None:
    declared = without("create_message_log", "update_message_log")
    kind = connector(unsupported=declared)
    assert REASONS["create_call_log"] == kind.unsupported["create_message_log"]
    assert REASONS["update_call_log"] == kind.unsupported["update_message_log"]


@pytest.mark.parametrize("name", ["unauthorize", "create_message_log", "update_message_log"])
def test_what_is_inherited_need_not_be_written(name: str) -> None:
    rest_on = {"create_message_log": "create_call_log", "update_message_log": "update_call_log"}
    written = {each: something for each in (name, rest_on.get(name)) if each and each != name}
    kind = connector(unsupported=without(name, *written), **written, find_log=something)
    assert name not in kind.unsupported


async def test_message_logs_that_are_written_by_themselves_stay_supported() -> None:
    kind = connector(
        unsupported=without("create_message_log"), create_message_log=something, find_log=something
    )
    assert "create_message_log" not in kind.unsupported
    assert "done" == await kind(None).create_message_log(  # type: ignore[arg-type]
        Contact(id="1", name="Nia Holt"), LogDraft()
    )


@pytest.mark.parametrize(
    ("members", "told"),
    [
        (
            {"unsupported": without("get_user_list")},
            "Acme lacks get_user_list: write it, or name it in `unsupported` with the reason.",
        ),
        (
            {"unsupported": without("create_call_log"), "create_call_log": something},
            "Acme lacks find_log: write it, or name it in `unsupported` with the reason.",
        ),
        (
            {"unsupported": REASONS, "get_user_list": something},
            "Acme has get_user_list and declares it unsupported; take out one of them.",
        ),
        (
            {"unsupported": {**REASONS, "get_users": "No."}},
            f"Acme.unsupported cannot name 'get_users'; there are: {', '.join(REASONS)}.",
        ),
        *(
            (
                {"unsupported": {**REASONS, name: "No."}},
                f"Acme.unsupported cannot name {name!r}; there are: {', '.join(REASONS)}.",
            )
            for name in NEVER_UNSUPPORTED
        ),
        (
            {"unsupported": {**REASONS, "get_user_list": " "}},
            "Acme.unsupported lacks the reason for 'get_user_list'.",
        ),
    ],
)
def test_a_wrong_declaration_is_told_when_the_class_is_made(members: dict[str, Any], told: str) -> None:
    with pytest.raises(TypeError) as caught:
        connector(**members)
    assert told == str(caught.value)


def test_what_a_parent_refuses_must_be_declared_or_written_again() -> None:
    parent = connector(unsupported=REASONS)
    with pytest.raises(TypeError, match="Child lacks get_oauth_info"):
        type("Child", (parent,), {"unsupported": {}})


def test_the_person_reads_the_reason_and_what_to_do() -> None:
    message = user_messages.for_error(NotSupported("Acme has no list of users."), crm="Acme")
    assert ("Acme has no list of users.", MessageLevel.WARNING) == (message.message, message.message_type)
    assert message.details is not None
    assert ["Do this in Acme itself; nothing was sent."] == [item.text for item in message.details[0].items]


@pytest.mark.parametrize("kind", LogKind)
async def test_a_log_to_change_is_read_as_what_it_is(kind: LogKind) -> None:
    """Where calls and messages are records of different kinds, each is read by its own method."""

    async def read_call(self: Connector, log_id: str) -> LogRecord:
        return LogRecord(id=log_id, subject="call")

    async def read_message(self: Connector, log_id: str) -> LogRecord:
        return LogRecord(id=log_id, subject="message")

    declared = without("get_call_log")
    acme = connector(unsupported=declared, get_call_log=read_call, get_message_log=read_message)(None)  # type: ignore[arg-type]
    record = await acme.get_log_to_change("7", kind)
    assert ("7", "call" if kind is LogKind.CALL else "message") == (record.id, record.subject)
