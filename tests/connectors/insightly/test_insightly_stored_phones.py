"""Insightly: the phones that an account has stored are read once, so that a match takes few requests."""

import asyncio

import pytest

from appconnect import operation_warnings
from appconnect.auth.sign_in import RenewalContext
from appconnect.connectors.insightly.sandbox.schema import CONTACT, LEAD
from appconnect.connectors.insightly.sandbox.sign_in import RAE_KEY
from appconnect.connectors.insightly.sign_in import InsightlySignIn
from appconnect.connectors.insightly.stored_phones import MAX_AGE
from appconnect.phone import parse

NIA, NOBODY, NEW = "+14155550142", "+12025550100", "+13035550199"
LISTS = [("GET", "/Contacts"), ("GET", "/Leads")]
CHANGES = [("GET", "/Contacts/Search"), ("GET", "/Leads/Search")]


async def found(world, number, **how):
    return sorted(contact.name for contact in await world.insightly.find_contact(parse(number), **how))


async def sent_by(world, number):
    """What a match sends, without what it reads for the log form."""
    world.crm.requests.clear()
    await world.insightly.find_contact(parse(number))
    return [each for each in world.sent if each[1].split("/")[1] in ("Contacts", "Leads")]


def is_searched_for(world):
    return any("field_name" in seen.query for seen in world.crm.requests)


def forget(world, kind, number):
    """Delete a record as nobody would notice who asks for changes."""
    world.crm.database.records[kind.name].remove(number)


async def test_the_first_match_reads_all_and_the_next_what_has_changed(world):
    assert [*LISTS, ("GET", "/Contacts/3101")] == await sent_by(world, NIA)
    assert [*CHANGES, ("GET", "/Contacts/3101")] == await sent_by(world, NIA)


async def test_whom_nobody_knows_costs_nothing_more(world):
    assert LISTS == await sent_by(world, NOBODY)
    assert CHANGES == await sent_by(world, NOBODY)


async def test_matches_at_once_share_the_reading(world):
    await asyncio.gather(*(world.insightly.find_contact(parse(NOBODY)) for _ in range(20)))
    assert LISTS == world.sent


@pytest.mark.parametrize("kind", [CONTACT, LEAD], ids=["contact", "lead"])
async def test_who_is_new_is_found_at_once(world, kind):
    assert [] == await found(world, NEW)
    world.crm.database.add(kind, {"FIRST_NAME": "Uma", "LAST_NAME": "New", "PHONE": NEW})
    assert ["Uma New"] == await found(world, NEW)
    assert not is_searched_for(world)


async def test_a_number_that_has_changed_is_found_as_it_is_now(world):
    assert ["Nia Holt"] == await found(world, NIA)
    world.crm.database.change(CONTACT, 3101, {"PHONE": NEW, "PHONE_MOBILE": None})
    assert ([], ["Nia Holt"]) == (await found(world, NIA), await found(world, NEW))


async def test_who_is_gone_is_not_offered(world):
    assert ["Nia Holt"] == await found(world, NIA)
    forget(world, CONTACT, 3101)
    assert [] == await found(world, NIA)


async def test_who_took_the_place_of_somebody_who_is_gone_is_found(world):
    assert ["Nia Holt"] == await found(world, NIA)
    forget(world, CONTACT, 3101)
    world.crm.database.add(CONTACT, {"FIRST_NAME": "Homer", "PHONE_HOME": NIA})
    assert ["Homer"] == await found(world, NIA)


async def test_a_number_is_found_however_it_is_written(world):
    world.crm.database.add(CONTACT, {"FIRST_NAME": "Homer", "PHONE_HOME": "(303) 555.01 99 ext. 7"})
    assert ["Homer"] == await found(world, NEW)


async def test_everybody_whom_a_search_finds_is_found_without(world):
    records = world.crm.database.records
    people = [*records["Contact"].values(), *records["Lead"].values()]
    phones = {each[name] for each in people for name in ("PHONE", "PHONE_MOBILE", "MOBILE") if each.get(name)}
    numbers = sorted(each for each in phones if each.startswith("+"))
    assert 5 < len(numbers)
    known = [await found(world, number) for number in numbers]
    assert not is_searched_for(world)
    world.crm.faults.add("GET", "*/Contacts", status=200, json=[], times=None)
    world.insightly.crm.clock.advance(MAX_AGE.total_seconds() + 1)
    searched = [await found(world, number) for number in numbers]
    assert is_searched_for(world)
    assert [] == [each for some, each in zip(known, searched, strict=True) if not set(each) <= set(some)]


async def test_all_pages_are_read_and_fit_together(world):
    for number in range(1200):
        world.crm.database.add(LEAD, {"LAST_NAME": f"L{number}", "PHONE": f"+1 303-556-{number:04}"})
    assert [f"L{number}" for number in (0, 499, 500, 998, 1199)] == [
        name for number in (0, 499, 500, 998, 1199) for name in await found(world, f"+1303556{number:04}")
    ]
    assert not is_searched_for(world)


async def test_an_account_that_is_too_large_is_searched_and_looked_at_once_an_hour(world):
    for number in range(18 * 499):
        world.crm.database.add(LEAD, {"LAST_NAME": f"L{number}"})
    for expected in (2 + 18, 18):
        world.crm.requests.clear()
        await world.insightly.find_contact(parse(NOBODY))
        assert expected == len(world.crm.requests)


async def test_what_changes_no_date_is_noticed_after_an_hour(world):
    assert [] == await found(world, NEW)
    world.crm.database.records["Contact"].change(3105, {"PHONE_OTHER": NEW})
    world.insightly.crm.clock.advance(MAX_AGE.total_seconds())
    assert 1 == len(await found(world, NEW))


async def test_who_signs_in_anew_sees_nothing_of_what_the_last_one_saw(world):
    await found(world, NIA)
    kept = {"apiKey": RAE_KEY, "apiUrl": "https://api.na1.insightly.com/v3.1"}
    world.insightly.crm.signer = InsightlySignIn(RenewalContext(world.insightly.crm.clock)).restore(
        kept, None
    )
    assert LISTS == (await sent_by(world, NOBODY))


async def test_fields_that_are_named_later_are_read_too(world):
    assert [] == await found(world, "+31205550198")
    world.insightly.account.options = {"phoneFields": "PHONE_2__c"}
    assert ["Anna Maria van Dyke"] == await found(world, "+31205550198")
    assert not is_searched_for(world)


async def test_an_account_without_leads_is_told_and_needs_no_search(world):
    world.crm.faults.add("GET", "*/Leads*", status=403, json={"Message": "no"}, times=None)
    for _ in range(2):
        with operation_warnings.collect() as warnings:
            assert ["Nia Holt"] == await found(world, NIA)
        assert ["Insightly does not let this user search its leads."] == warnings
    assert not is_searched_for(world)


# -- what proves nothing is not relied on --


@pytest.mark.parametrize(
    "answer",
    [
        {"json": []},
        {"json": [], "headers": {"X-Total-Count": "2"}},
        {"json": [{"CONTACT_ID": "many"}], "headers": {"X-Total-Count": "1"}},
        {"json": [{"CONTACT_ID": 3105, "PHONE": {}}], "headers": {"X-Total-Count": "1"}},
        {"json": {"Message": "no"}, "status": 403},
        {"json": {"Message": "no"}, "status": 400},
    ],
    ids=["no length", "too short", "unreadable", "an odd phone", "refused", "not understood"],
)
async def test_a_list_that_proves_nothing_leaves_it_to_the_search(world, answer):
    world.crm.faults.add("GET", "*/Contacts", **{"status": 200, "times": None} | answer)
    with operation_warnings.collect() as warnings:
        assert ["Nia Holt"] == await found(world, NIA)
    assert (True, []) == (is_searched_for(world), warnings)


async def test_a_record_that_slips_from_a_page_while_it_is_read_leaves_it_to_the_search(world):
    for number in range(700):
        world.crm.database.add(CONTACT, {"FIRST_NAME": f"C{number}", "PHONE": f"+1 303-556-{number:04}"})

    def two_are_gone(answer):
        for number in (3105, 3106):
            forget(world, CONTACT, number)
            world.crm.database.add(CONTACT, {"FIRST_NAME": "New"})  # so that there are as many as before
        return answer

    first = len(world.crm.database.records["Contact"]) - 700
    slips = 500 - first  # the first one of the second page
    world.crm.faults.add("GET", "*/Contacts", change=two_are_gone)
    assert [f"C{slips}"] == await found(world, f"+1303556{slips:04}")
    assert is_searched_for(world)


@pytest.mark.parametrize("answer", [[], None], ids=["nothing", "refused"])
async def test_a_search_by_date_that_does_not_work_hides_nobody(world, answer):
    assert [] == await found(world, NEW)
    how = {"status": 400, "json": {"Message": "no"}} if answer is None else {"status": 200, "json": answer}
    world.crm.faults.add("GET", "*/Contacts/Search", headers={"X-Total-Count": "0"}, **how)
    world.crm.database.add(CONTACT, {"FIRST_NAME": "Uma", "PHONE": NEW})
    assert ["Uma"] == await found(world, NEW)


async def test_a_search_by_date_that_fails_for_a_moment_is_asked_again(world):
    assert ["Nia Holt"] == await found(world, NIA)
    world.crm.faults.add("GET", "*/Contacts/Search", status=503, text="<html>busy</html>")
    assert ["Nia Holt"] == await found(world, NIA)


async def test_more_carriers_than_a_search_has_requests_are_searched_for(world):
    for number in range(30):
        world.crm.database.add(CONTACT, {"FIRST_NAME": f"Clerk {number}", "PHONE": NEW})
    assert 30 == len(await found(world, NEW))
    assert is_searched_for(world)
