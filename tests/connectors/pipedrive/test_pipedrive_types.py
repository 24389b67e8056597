"""Which type an activity gets: what the admin chose, or one with a fitting name, remembered for a day."""

from __future__ import annotations

import pytest
from answers import call
from workbench_steps import nia, signed_in

from appconnect.errors import Forbidden, InputError, Rejected
from appconnect.models import LogDraft, LogKind
from appconnect.store import StoreCache

TYPES = ("GET", "/v1/activityTypes")
A_DAY = 24 * 60 * 60


async def type_of(world, kind: LogKind = LogKind.CALL) -> str:
    log_id = await world.pipedrive.create_call_log(world.nia, LogDraft(kind=kind, subject="x"))
    return world.activity(log_id)["type"]


def rename(world, **names: str) -> None:
    for row in world.crm.database.activity_types:
        row["name"] = names.get(row["key_string"], row["name"])


def remove(world, *keys: str) -> None:
    rows = world.crm.database.activity_types
    rows[:] = [row for row in rows if row["key_string"] not in keys]


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


@pytest.mark.parametrize("chosen", ["Carrier pigeon", "Old call", "old_call"])
async def test_a_choice_that_is_not_there_names_those_that_are_and_writes_nothing(world, chosen):
    world.choose(callActivityType=chosen)
    with pytest.raises(InputError) as caught:
        await type_of(world)
    assert (
        f"This Pipedrive account has no activity type '{chosen}' for a call; "
        "choose one of: Call, Meeting, Task, SMS, Recall order."
    ) == caught.value.message
    assert {} == world.crm.database.activities


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
        with pytest.raises(InputError):
            await type_of(world)
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


async def test_another_refusal_reads_nothing_again(world):
    await type_of(world)
    world.crm.faults.add("POST", "/api/v2/activities", status=400, json={"error": "prototype: bad"})
    with pytest.raises(Rejected):
        await type_of(world)
    assert 1 == world.sent.count(TYPES)


async def test_an_unknown_activity_type_names_those_there_are(told) -> None:
    workbench = await signed_in("pipedrive", settings={"callActivityType": {"value": "Seance"}})
    sentence = (
        "This Pipedrive account has no activity type 'Seance' for a call; "
        "choose one of: Call, Meeting, Task, SMS, Recall order."
    )
    contact = await nia(workbench)
    assert (InputError, sentence) == told(workbench, await workbench.log_call(call(), contact, note="Mine"))
    workbench.settings = {}
    logged = await workbench.log_call(call(), contact, note="Mine")
    assert (None, "Call logged") == (logged.error, logged.message)
