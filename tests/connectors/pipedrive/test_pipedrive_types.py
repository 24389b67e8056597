"""Which type an activity gets: what the admin chose, or one with a fitting name, remembered for a day."""

from __future__ import annotations

import pytest
from answers import call
from workbench_steps import nia, sandbox_of, signed_in

from appconnect import operation_warnings
from appconnect.connectors.pipedrive.activity_types import is_fault_of_type
from appconnect.errors import Forbidden, InputError, Rejected
from appconnect.models import AdminConfiguration, LogDraft, LogKind
from appconnect.store import StoreCache

TYPES = ("GET", "/v1/activityTypes")
A_DAY = 24 * 60 * 60


async def type_of(world, kind: LogKind = LogKind.CALL) -> str:
    log_id = await world.pipedrive.create_call_log(world.nia, LogDraft(kind=kind, subject="x"))
    return world.activity(log_id)["type"]


def rename(world, **names: str) -> None:
    for row in world.crm.database.activity_types.values():
        row["name"] = names.get(row["key_string"], row["name"])


def remove(world, *keys: str) -> None:
    table = world.crm.database.activity_types
    for row in table.dump():
        if row["key_string"] in keys:
            table.remove(row["id"])


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (LogKind.CALL, "call"),
        (LogKind.SMS, "sms"),
        (LogKind.SHARED_SMS, "sms"),
        (LogKind.VOICEMAIL, "call"),
        (LogKind.FAX, "sms"),
    ],
)
async def test_without_a_choice_a_fitting_name_decides(world, kind, key):
    assert key == await type_of(world, kind)


@pytest.mark.parametrize(("name", "key"), [("Voicemail", LogKind.VOICEMAIL), ("Fax", LogKind.FAX)])
async def test_a_type_of_its_own_comes_first(world, name, key):
    world.crm.database.add_activity_type(name, "own")
    assert "own" == await type_of(world, key)


async def test_a_word_counts_and_not_a_part_of_one(world):
    remove(world, "call")
    world.crm.database.add_activity_type("Phone call", "phone_call")
    assert "phone_call" == await type_of(world)


async def test_a_key_outlives_renaming_and_comes_before_names(world):
    rename(world, call="Anruf")
    world.crm.database.add_activity_type("Call", "another")
    assert "call" == await type_of(world)


@pytest.mark.parametrize(
    ("kind", "decoy", "name"),
    [
        (LogKind.CALL, "Conference call prep", "Call"),
        (LogKind.CALL, "Conference call prep", "Phone calls"),
        (LogKind.SMS, "Message to the team lead", "Text message"),
    ],
)
async def test_a_whole_name_comes_before_a_word_in_one(world, kind, decoy, name):
    remove(world, "call", "sms")
    world.crm.database.add_activity_type(decoy, "decoy")
    world.crm.database.add_activity_type(name, "own")
    assert "own" == await type_of(world, kind)


@pytest.mark.parametrize("chosen", ["Meeting", "meeting", " MEETING ", "recall_order", "Recall order"])
async def test_the_admin_s_choice_by_name_or_key_wins(world, chosen):
    world.choose(callActivityType=chosen)
    assert chosen.strip().lower().replace(" ", "_") == await type_of(world)


async def test_each_kind_has_its_own_choice(world):
    world.choose(callActivityType="Meeting", smsActivityType="Task", voicemailActivityType="Recall order")
    assert ["meeting", "task", "recall_order"] == [
        await type_of(world, kind) for kind in (LogKind.CALL, LogKind.SMS, LogKind.VOICEMAIL)
    ]


async def test_a_renamed_type_keeps_its_key(world):
    rename(world, call="Telefonat")
    world.choose(callActivityType="Telefonat")
    assert "call" == await type_of(world)


@pytest.mark.parametrize("chosen", ["meeting", "Meeting", "recall_order"])
async def test_app_connects_own_settings_choose_the_types_of_calls_and_of_messages(world, chosen):
    key = chosen.lower()
    world.choose(pipedriveCallActivityType=chosen, pipedriveSMSActivityType="task")
    assert [key, "task", "task", "task", "task"] == [await type_of(world, kind) for kind in LogKind]
    world.choose(pipedriveSMSActivityType=chosen)
    assert ["call", key, key, key, key] == [await type_of(world, kind) for kind in LogKind]


async def test_our_own_setting_for_one_kind_of_message_wins_over_app_connects_for_all(world):
    world.choose(pipedriveSMSActivityType="task", faxActivityType="meeting")
    assert ["task", "meeting"] == [await type_of(world, kind) for kind in (LogKind.SMS, LogKind.FAX)]


@pytest.mark.parametrize(
    "admin",
    [
        {"userSettings": {"pipedriveCallActivityType": {"value": "meeting", "customizable": True}}},
        {"custom": {"pipedriveCallActivityType": {"value": "meeting"}}},
        {"custom": {"pipedriveCallActivityType": "meeting"}},
    ],
)
async def test_the_admins_configuration_chooses_where_the_user_does_not(admin) -> None:
    workbench = await signed_in("pipedrive")
    workbench.save_admin(AdminConfiguration.model_validate({"hashedAccountId": "h", **admin}))
    contact = await nia(workbench)

    async def type_for(number: str, account: str) -> str:
        logged = await workbench.log_call(
            call(id=number, sessionId=number), contact, hashed_account_id=account
        )
        return sandbox_of(workbench).database.activities[int(logged.log_id or 0)]["type"]

    assert ["meeting", "call"] == [await type_for("1", "h"), await type_for("2", "")]
    workbench.settings = {"pipedriveCallActivityType": {"value": "task"}}
    assert "task" == await type_for("3", "h")


@pytest.mark.parametrize("name", ["callActivityType", "pipedriveCallActivityType"])
@pytest.mark.parametrize("chosen", ["Carrier pigeon", "Old call", "old_call"])
async def test_a_choice_that_is_not_there_names_those_that_are_and_is_left_out(world, chosen, name):
    world.choose(**{name: chosen})
    with operation_warnings.collect() as told:
        assert "call" == await type_of(world)
    assert [
        f"{name} is '{chosen}', which is no activity type of this Pipedrive account, so it was left out; "
        "there are: Call, Meeting, Task, SMS, Recall order."
    ] == told


async def test_without_any_fitting_type_nothing_is_written(world):
    remove(world, "call", "sms")
    with pytest.raises(InputError, match="has no activity type for a call; choose one of: Meeting"):
        await type_of(world)
    assert [] == world.written


async def test_without_the_scope_for_types_nothing_is_written(world):
    world.crm.faults.add(*TYPES, status=403, json={"error": "Scope and URL mismatch"})
    with pytest.raises(Forbidden):
        await type_of(world)
    assert [] == world.written


# -- remembered --


async def test_types_are_read_once_a_day(world):
    for _ in range(3):
        await type_of(world)
    assert 1 == world.sent.count(TYPES)
    world.crm.clock.advance(A_DAY - 1)
    await type_of(world, LogKind.SMS)
    assert 1 == world.sent.count(TYPES)
    world.crm.clock.advance(2)
    await type_of(world)
    assert 2 == world.sent.count(TYPES)


async def test_a_type_that_is_new_is_found_by_reading_once_more(world):
    await type_of(world)
    world.crm.database.add_activity_type("Dialler", "dialler")
    world.choose(callActivityType="Dialler")
    assert ["dialler", "dialler"] == [await type_of(world), await type_of(world)]
    assert 2 == world.sent.count(TYPES)


async def test_a_type_that_is_missing_is_looked_for_once_more_each_time(world):
    await type_of(world)
    world.choose(callActivityType="Carrier pigeon")
    for times in (2, 3):
        assert "call" == await type_of(world)
        assert times == world.sent.count(TYPES)


async def test_each_account_has_its_own_types(world):
    await type_of(world)
    world.pipedrive.cache = StoreCache(world.store, "pipedrive/7002-pipedrive", world.crm.clock)
    await type_of(world)
    assert 2 == world.sent.count(TYPES)


async def test_a_type_that_was_replaced_meanwhile_is_read_again_and_used(world):
    await type_of(world)
    remove(world, "call")
    world.crm.database.add_activity_type("Phone call", "phone_call")
    assert "phone_call" == await type_of(world)
    assert 2 == world.sent.count(TYPES)
    assert 2 == len(world.crm.database.activities)


async def test_a_type_that_is_refused_though_it_is_there_is_said(world):
    await type_of(world)
    refusal = {"error": "Validation failed: type: this user may not use it"}
    world.crm.faults.add("POST", "/api/v2/activities", status=400, json=refusal, times=None)
    with pytest.raises(Rejected, match="this user may not use it"):
        await type_of(world)
    assert 2 == len(world.written)


@pytest.mark.parametrize(
    "refusal",
    [
        {"error": "Validation failed: type: Invalid value"},
        {"error": "Validation failed: due_time: This value is not a valid time; type: Not found"},
        {"error": "Bad request", "error_info": "type: unknown"},
        {"error": "Bad request", "error_info": "type must be one of the account's activity types"},
        {"error": "'type' is not valid"},
        {"error": "Parameter 'type' is not allowed"},
        {"error": "Activity type 'call' was not found"},
    ],
    ids=str,
)
async def test_a_refusal_that_names_the_type_reads_the_types_again(world, refusal):
    await type_of(world)
    world.crm.faults.add("POST", "/api/v2/activities", status=400, json=refusal)
    remove(world, "call")
    world.crm.database.add_activity_type("Phone call", "phone_call")
    assert "phone_call" == await type_of(world)
    assert 2 == world.sent.count(TYPES)


@pytest.mark.parametrize(
    "refusal",
    [
        {"error": "prototype: bad"},
        {"error": "Validation failed: owner_id: Invalid type"},
        {"error": "Invalid type: expected a number at owner_id"},
        {"error": "Bad request", "error_info": "due_date is of the wrong type"},
        {"error": "Validation failed: participants.0.type: not allowed"},
        {"error": "Validation failed: due_time: Input should be a string, type: int"},
        {"error": "Unsupported media type"},
    ],
    ids=str,
)
async def test_another_refusal_reads_nothing_again(world, refusal):
    await type_of(world)
    world.crm.faults.add("POST", "/api/v2/activities", status=400, json=refusal)
    with pytest.raises(Rejected):
        await type_of(world)
    assert 1 == world.sent.count(TYPES)


@pytest.mark.parametrize(
    ("message", "is_one"),
    [
        ("type: Invalid", True), ("Validation failed: owner_id: Not found; type: Not found", True),
        ("Validation failed: owner_id: Not found;type: Not found", True), ("Type is unknown", True),
        ("Field type must be set", True), ("Parameter `type` may not be empty", True), ("type has expired", True),
        ("'type' does not exist", True), ("type should be a text", True), ("type can not be used", True),
        ("type was removed", True), ("Bad request: Validation failed: type: no", True),
        ("The activity type is gone", True), ("Activity type: gone", True), ("", False), ("type", False),
        ("owner_id: Invalid type", False), ("types: Invalid", False), ("subtype is wrong", False),
        ("owner: x, type: no", False), ("type isolated", False), ("an activity typed by hand", False),
    ],
)  # fmt: skip
def test_a_refusal_names_the_type_where_a_fault_begins_with_it(message: str, is_one: bool) -> None:
    assert is_one is is_fault_of_type(message)


async def test_an_unknown_activity_type_is_told_in_the_result_and_blocks_nothing() -> None:
    workbench = await signed_in("pipedrive", settings={"pipedriveCallActivityType": {"value": "Seance"}})
    logged = await workbench.log_call(call(), await nia(workbench), note="Mine")
    assert (None, "Call logged") == (logged.error, logged.message)
    assert logged.return_message is not None
    assert "warning" == logged.return_message.message_type
    [detail] = logged.return_message.details or []
    assert (
        "pipedriveCallActivityType is 'Seance', which is no activity type of this Pipedrive account, so it was "
        "left out; there are: Call, Meeting, Task, SMS, Recall order."
    ) == detail.items[0].text
