"""What people are told of what Pipedrive did not give, to the letter."""

from __future__ import annotations

from typing import Any

import pytest

from appconnect import hits, operation_warnings
from appconnect.errors import InputError, NotFound
from appconnect.models import LogDraft, LogKind
from appconnect.phone import parse

NIA, CROWD = parse("+14155550142"), parse("+14155550199")
PERSON, PERSONS = "/api/v2/persons/*", "/api/v2/persons"


async def logged(world: Any) -> str:
    return str(await world.pipedrive.create_call_log(world.nia, LogDraft(subject="x")))


async def test_of_a_log_that_was_deleted_that_is_told(world: Any) -> None:
    log_id = await logged(world)
    world.activity(log_id)["is_deleted"] = True
    world.crm.toggles["deleted_answer_404"] = False
    with pytest.raises(NotFound) as caught:
        await world.pipedrive.get_call_log(log_id)
    assert ("This log was deleted in Pipedrive.", 404) == (caught.value.message, caught.value.status)


async def test_whose_name_cannot_be_read_is_told_by_number(world: Any) -> None:
    log_id = await logged(world)
    world.crm.faults.add("GET", PERSON, status=403, json={"error": "no"})
    with operation_warnings.collect() as told:
        assert "" == (await world.pipedrive.get_call_log(log_id)).contact_name
    assert ["Could not read the name of person 501"] == [line.partition(":")[0] for line in told]


@pytest.mark.parametrize(("status", "what"), [(429, "the dates, deals and leads"), (403, "the dates")])
async def test_whose_details_cannot_be_read_is_told_by_name_or_number(
    world: Any, status: int, what: str
) -> None:
    world.crm.database.add_person("Guest", {"phones": [{"value": "+14155550199", "primary": True}]})
    world.crm.database.add_person("", {"phones": [{"value": "+14155550199", "primary": True}]})
    gone = {"x-daily-ratelimit-token-remaining": "0"}
    world.crm.faults.add("GET", PERSONS, status=status, headers=gone, json={"error": "no"}, times=None)
    with operation_warnings.collect() as told:
        guest, nameless = await world.pipedrive.find_contact(CROWD)
    assert ("Guest", "") == (guest.name, nameless.name)
    assert [f"Could not read {what} of Guest, person {nameless.id}"] == [
        line.partition(":")[0] for line in told
    ]


@pytest.mark.parametrize(
    ("left", "there"), [((), "none"), (("Meeting", "Task"), "Meeting, Task")], ids=["none", "two"]
)
async def test_an_account_without_a_fitting_type_has_its_types_named(
    world: Any, left: tuple[str, ...], there: str
) -> None:
    table = world.crm.database.activity_types
    for row in table.dump():
        if row["name"] not in left:
            table.remove(row["id"])
    with pytest.raises(InputError) as caught:
        await world.pipedrive.create_call_log(world.nia, LogDraft(kind=LogKind.FAX, subject="x"))
    told = f"This Pipedrive account has no activity type for a fax; choose one of: {there}."
    assert told == caught.value.message


async def test_hits_are_called_by_their_number(world: Any) -> None:
    with hits.collect() as left_out:
        await world.pipedrive.find_contact(NIA)
    assert {"person 504": "The number is only a part of a longer one."} == left_out


async def test_who_explains_a_match_is_told_what_was_asked_and_who_was_found(world: Any) -> None:
    with hits.collect_decisions() as decided:
        await world.pipedrive.find_contact(NIA)
        await world.pipedrive.find_contact_with_name("Nia Holt")
    assert [
        (("4155550142",), ("phone",), "persons", ["person 501", "person 504"]),
        (("Nia Holt",), ("name",), "persons", ["person 501"]),
    ] == [(each.forms, each.fields, each.kind, each.found) for each in decided.questions]
    assert {"person 501": "Nia Holt", "person 504": "Lena Fuzz"} == {
        hit: each.name for hit, each in decided.candidates.items()
    }
    phones = [("", "+1 415-555-0142"), ("", "+1 (628) 555-0143")]
    assert phones == decided.candidates["person 501"].noted
