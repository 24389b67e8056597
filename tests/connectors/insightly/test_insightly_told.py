"""What people are told of what Insightly did not give, to the letter."""

from __future__ import annotations

from typing import Any

import pytest

from appconnect import hits, operation_warnings
from appconnect.errors import CrmError, InputError
from appconnect.models import Contact, LogDraft
from appconnect.phone import parse

NIA_NUMBER, SHARED = parse("+14155550142"), parse("+14155550177")
NIA = Contact(id="3101", name="Nia Holt", type="Contact")
LINKS, NO = "*/Events/*/[Ll]inks", {"Message": "no"}


def judged(decided: hits.Decisions) -> dict[str, tuple[bool | None, str]]:
    return {hit: (each.is_kept, each.because) for hit, each in decided.candidates.items()}


def beginnings(told: list[str]) -> list[str]:
    return sorted(line.partition(": ")[0] for line in told)


@pytest.mark.parametrize("name", ["", " \n"])
async def test_a_new_contact_needs_a_name(world: Any, name: str) -> None:
    with pytest.raises(InputError) as caught:
        await world.insightly.create_contact(NIA_NUMBER, name, "Lead")
    assert "A new contact needs a name." == caught.value.message


async def test_unless_it_is_said_a_new_one_is_a_contact(world: Any) -> None:
    made = await world.insightly.create_contact(NIA_NUMBER, "Uma New")
    assert ("Contact", "Uma New") == (made.type, made.name)


async def test_the_kinds_of_new_contacts_are_named(world: Any) -> None:
    with pytest.raises(InputError) as caught:
        await world.insightly.create_contact(NIA_NUMBER, "Uma New", "Owner")
    assert "Insightly has no contact type 'Owner'; choose one of: Contact, Lead." == caught.value.message


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"opportunity": "502"}, "The log's opportunity is not set to 502"),
        ({"organisation": ""}, "The log's organisation is not cleared"),
    ],
)
async def test_a_choice_that_cannot_be_written_is_told(world: Any, chosen: dict[str, str], told: str) -> None:
    draft = LogDraft(subject="x", additional_submission={"organisation": "77"})
    log_id = await world.insightly.create_call_log(NIA, draft)
    for method in ("POST", "DELETE"):
        world.crm.faults.add(method, "*/Links*", status=403, json=NO, times=None)
    with operation_warnings.collect() as warnings:
        await world.insightly.update_call_log(log_id, LogDraft(additional_submission=chosen))
    assert [f"{told} yet; the log's next update tries again."] == [*warnings]


async def test_what_a_new_log_is_not_linked_to_is_told_by_kind_and_number(world: Any) -> None:
    world.crm.faults.add("POST", LINKS, status=403, json=NO, times=None)
    draft = LogDraft(subject="x", additional_submission={"project": "601"})
    with operation_warnings.collect() as warnings:
        await world.insightly.create_call_log(NIA, draft)
    assert {
        f"The log is not linked to {what} yet; the log's next update tries again."
        for what in ("Contact 3101", "Project 601")
    } == {*warnings}


@pytest.mark.parametrize(
    ("refused_after", "told"),
    [
        (0, "The log's organisation is as chosen now, its opportunity and project are not."),
        (1, "The log's organisation and opportunity are as chosen now, its project is not."),
    ],
)
async def test_of_three_choices_those_that_are_set_and_those_that_are_not_are_told(
    world: Any, refused_after: int, told: str
) -> None:
    log_id = await world.insightly.create_call_log(NIA, LogDraft(subject="x"))
    world.crm.faults.add("POST", LINKS, status=403, json=NO, after=refused_after, times=None)
    with pytest.raises(CrmError) as caught:
        await world.insightly.upsert_call_disposition(
            log_id, {"organisation": "", "opportunity": "501", "project": "601"}
        )
    assert f"This CRM user may not do this. It said: no {told}" == caught.value.message


async def test_the_fields_that_cannot_be_read_are_told_with_their_kind(world: Any) -> None:
    world.crm.faults.add("GET", "*/CustomFields/Lead", status=403, json=NO)
    world.insightly.account.options = {"phoneFields": "PHONE_2__c, HOTLINE__c"}
    with operation_warnings.collect() as told:
        await world.insightly.find_contact(NIA_NUMBER)
    assert "Could not read the account's own fields of a lead" in beginnings(told)
    assert (
        "phoneFields names HOTLINE__c, but neither contacts nor leads of this Insightly account have such a "
        "field, so it was left out. Their own fields are: PHONE_2__c, TEA__c."
    ) in told


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("phoneFields", "phoneFields names X__c, but neither contacts nor leads of this Insightly account"),
        ("insightlyExtraPhoneFieldNameForLead", "insightlyExtraPhoneFieldNameForLead names X__c, but no leads of this Insightly account"),
    ],
)  # fmt: skip
async def test_where_there_are_no_own_fields_none_is_named(world: Any, setting: str, sentence: str) -> None:
    world.crm.database.custom_fields.update({"Contact": [], "Lead": []})
    world.insightly.account.options = {setting: "X__c"}
    with operation_warnings.collect() as told:
        await world.insightly.find_contact(NIA_NUMBER)
    left_out = f"{sentence} have such a field, so it was left out. Their own fields are: none."
    assert [left_out] == [*told]


async def test_a_lead_that_became_a_contact_which_cannot_be_read_is_told(world: Any) -> None:
    world.crm.faults.add("GET", "*/Contacts/Search", status=200, json=[], times=None)
    world.crm.faults.add("GET", "*/Contacts/3102", status=404, json=NO, times=None)
    with operation_warnings.collect() as told, hits.collect_decisions() as decided:
        await world.insightly.find_contact(SHARED)
    assert ["Could not read contact 3102, which a lead that was found became"] == beginnings(told)
    assert {"lead 4102": (False, "It was converted, and its contact cannot be read.")} == judged(decided)


async def test_who_stands_in_the_place_of_a_converted_lead_is_told(world: Any) -> None:
    world.crm.faults.add("GET", "*/Contacts/Search", status=200, json=[], times=None)
    with hits.collect_decisions() as decided:
        await world.insightly.find_contact(SHARED)
    assert {
        "lead 4102": (False, "It was converted; contact 3102 stands in its place."),
        "contact 3102": (True, "It is what lead 4102 became, who was found."),
    } == judged(decided)
    assert {"Omar Vance"} == {each.name for each in decided.candidates.values()}


async def test_a_converted_lead_that_is_asked_for_is_told_with_its_contact(world: Any) -> None:
    with hits.collect_decisions() as decided:
        await world.insightly.directory().contact("4102", "Lead")
    assert {"lead 4102": (False, "It was converted into contact 3102.")} == judged(decided)
    assert "Omar Vance" == decided.candidates["lead 4102"].name


async def test_who_explains_a_match_is_told_what_was_asked_and_who_was_found(world: Any) -> None:
    with hits.collect_decisions() as decided:
        await world.insightly.find_contact_with_name("Nia Holt")
    asked = [("FIRST_NAME", "Nia Holt"), ("LAST_NAME", "Nia Holt"), ("LAST_NAME", "Holt")]
    assert [
        ((text,), (field,), kind, ["contact 3101"] if (kind, text) == ("contacts", "Holt") else [])
        for kind in ("contacts", "leads")
        for field, text in asked
    ] == [(each.forms, each.fields, each.kind, each.found) for each in decided.questions]
    nia = decided.candidates["contact 3101"]
    assert ("Nia Holt", [("PHONE", "+1 415-555-0142")]) == (nia.name, nia.noted)


async def test_who_explains_a_match_is_told_what_needed_no_question(world: Any) -> None:
    with hits.collect_decisions() as decided:
        await world.insightly.find_contact(SHARED)
    found = {(each.kind, *each.fields, *each.forms): (each.found, each.unasked) for each in decided.questions}
    because = "the spellings of all {} are known"
    assert (["contact 3102"], because.format("contacts")) == found["contacts", "PHONE", "+14155550177"]
    assert (["contact 3103"], because.format("contacts")) == found["contacts", "PHONE_MOBILE", "+14155550177"]
    assert ([], because.format("leads")) == found["leads", "MOBILE", "4155550177"]
    assert {"Omar Vance", "Ines Roth"} == {each.name for each in decided.candidates.values()}
