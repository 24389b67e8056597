"""Insightly: a match asks for what the account may have stored, and finds whom a search for everything finds."""

import asyncio
from datetime import timedelta

import httpx
import pytest
import virtual_time
from virtual_time import FarSandbox, LoopClock

from appconnect import operation_warnings
from appconnect.auth.sign_in import RenewalContext
from appconnect.connectors.insightly import Insightly
from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.schema import CONTACT, LEAD
from appconnect.connectors.insightly.sandbox.sign_in import RAE_KEY
from appconnect.connectors.insightly.sign_in import InsightlySignIn
from appconnect.errors import SessionExpired
from appconnect.phone import parse
from appconnect.workbench import connect

NIA, NOBODY, NEW = "+14155550142", "+12025550100", "+13035550199"
NO_LEADS = "Insightly does not let this user search its leads."
BOTH = ["Contacts", "Leads"]


async def found(world, number, **how):
    return sorted(contact.name for contact in await world.insightly.find_contact(parse(number), **how))


async def asked_by(world, number):
    """What a match asks of the search, and how: by date (the kind of record), or by field."""
    world.crm.requests.clear()
    await world.insightly.find_contact(parse(number))
    return sorted(
        f"{kind} {seen.query['field_name']} {seen.query['field_value']}"
        if "field_name" in seen.query
        else kind
        for seen in world.crm.requests
        if seen.path.endswith("/Search")
        for kind in [seen.path.split("/")[2]]
    )


def is_searched_for(world):
    """Whether more was asked for than somebody has."""
    return len([seen for seen in world.crm.requests if "field_name" in seen.query]) > 5


def people_with_phones(world, kind, count):
    for number in range(count):
        world.crm.database.add(kind, {"LAST_NAME": f"L{number}", "PHONE": f"+1 303-556-{number:04}"})


async def test_the_first_match_reads_the_spellings_and_the_next_what_has_changed(world):
    assert BOTH == await asked_by(world, NIA)
    assert ["Contacts", "Contacts PHONE +1 415-555-0142", "Leads"] == await asked_by(world, NIA)
    since = [seen.query.get("updated_after_utc") for seen in world.crm.requests]
    assert "2000-01-01T00:00:00Z" not in since


async def test_whom_nobody_knows_costs_nothing_more(world):
    assert BOTH == await asked_by(world, NOBODY)
    assert BOTH == await asked_by(world, NOBODY)
    assert 2 == len(world.sent)


def test_matches_at_once_share_the_reading():
    assert 2 == virtual_time.run(requests_of(20, "+1202555{:04}"))


async def requests_of(matches, numbers):
    """How many requests so many matches at once take, 50 ms away."""
    clock = LoopClock()
    sandbox = FarSandbox(clock, [InsightlySandbox(clock)]).at(0.05)
    workbench = connect("insightly", mode="sandbox", sandbox=sandbox)
    await workbench.sign_in()
    await clock.sleep(2)
    sandbox.network.requests.clear()
    await asyncio.gather(*(workbench.find_contact(numbers.format(each)) for each in range(matches)))
    return len(sandbox.network.requests)


class Held(httpx.AsyncBaseTransport):
    """Holds the answers to searches by date back until they are let go."""

    def __init__(self, inner):
        self.inner, self.held, self.let_go = inner, asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request):
        answer = await self.inner.handle_async_request(request)
        if "updated_after_utc" in request.url.params and not self.held.is_set():
            self.held.set()
            await self.let_go.wait()
        return answer


async def test_whom_we_create_while_others_read_is_found(world):
    client = world.insightly.crm
    client._transport._inner = way = Held(client._transport._inner)
    reading = asyncio.ensure_future(world.insightly.find_contact(parse(NOBODY)))
    await way.held.wait()
    await world.insightly.create_contact(parse(NEW), "Uma New", "Contact")
    assert ["Uma New"] == await asyncio.wait_for(found(world, NEW), 20)
    way.let_go.set()
    assert [] == await reading
    assert ["Uma New"] == await found(world, NEW)


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
    assert not is_searched_for(world)


async def test_who_is_gone_is_not_offered(world):
    assert ["Nia Holt"] == await found(world, NIA)
    world.crm.database.records["Contact"].remove(3101)
    assert [] == await found(world, NIA)


async def test_the_one_who_changed_last_may_go(world):
    last = world.crm.database.add(CONTACT, {"FIRST_NAME": "Uma", "PHONE": NEW})
    assert ["Nia Holt"] == await found(world, NIA)
    world.insightly.crm.clock.advance(3)
    world.crm.database.records["Contact"].remove(last)
    world.crm.database.add(CONTACT, {"FIRST_NAME": "Uma again", "PHONE": NEW})
    assert ["Uma again"] == await found(world, NEW)
    assert not is_searched_for(world)


@pytest.mark.parametrize("stored", ["(303) 555-0199", "303.555.0199"])
async def test_a_spelling_is_found_by_a_format_alone_whether_it_is_known_or_not(world, stored):
    world.crm.database.add(CONTACT, {"FIRST_NAME": "Uma", "PHONE": stored})
    for _ in range(2):
        assert [] == await found(world, NEW)
        assert ["Uma"] == await found(world, NEW, overriding_format="(***) ***-****,***.***.****")


async def test_what_may_be_the_same_to_a_database_is_asked_for(world):
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in NEW)
    world.crm.database.add(CONTACT, {"FIRST_NAME": "Uma", "PHONE_HOME": f" {wide}\u200b"})
    for _ in range(2):
        assert f"Contacts PHONE_HOME {NEW}" in await asked_by(world, NEW)
        assert not is_searched_for(world)


async def test_all_pages_are_read_and_fit_together(world):
    people_with_phones(world, LEAD, 1200)
    numbers = (0, 499, 500, 998, 999, 1199)
    assert [f"L{number}" for number in numbers] == [
        name for number in numbers for name in await found(world, f"+1303556{number:04}")
    ]
    assert not is_searched_for(world)


async def test_an_account_that_is_too_large_is_searched_and_looked_at_once_a_day(world):
    people_with_phones(world, LEAD, 4 * 499 + 1 - len(world.crm.database.records["Lead"]))
    await found(world, NOBODY)
    assert not is_searched_for(world)
    people_with_phones(world, LEAD, 500)
    world.insightly = Insightly(world.insightly.crm, cache=world.insightly.cache)
    for expected in (2 + 6, 1 + 6):
        world.crm.requests.clear()
        await world.insightly.find_contact(parse(NOBODY))
        assert expected == len(world.crm.requests)
    world.insightly = Insightly(world.insightly.crm, cache=world.insightly.cache)
    assert 1 + 6 == len(await asked_by(world, NOBODY))


class Forgetful:
    """A cache that keeps things as long as it is told to."""

    def __init__(self, clock):
        self.clock, self.kept = clock, {}

    def get(self, key):
        value, until = self.kept.get(key, (None, self.clock.now()))
        return value if self.clock.now() < until else None

    def put(self, key, value, seconds):
        self.kept[key] = value, self.clock.now() + timedelta(seconds=seconds)


async def test_an_account_that_was_too_large_is_looked_at_again_after_a_day(world):
    clock = world.crm.clock
    people_with_phones(world, LEAD, 5 * 499)
    world.insightly = Insightly(world.insightly.crm, cache=Forgetful(clock))
    await found(world, NOBODY)
    for hours, is_looked_at in ((23.5, False), (1, True), (23.5, False)):
        await clock.sleep(hours * 60 * 60)
        assert is_looked_at is ("Leads" in await asked_by(world, NOBODY))


async def test_what_changes_no_date_is_noticed_after_a_minute_for_each_page(world):
    assert [] == await found(world, NEW)
    world.crm.database.records["Contact"].change(3105, {"PHONE_OTHER": NEW})
    world.insightly.crm.clock.advance(timedelta(minutes=1).total_seconds())
    assert 1 == len(await found(world, NEW))


def since(world, kind):
    """From when on a kind of record was read by date, each time."""
    return [
        seen.query["updated_after_utc"]
        for seen in world.crm.requests
        if seen.path == f"/v3.1/{kind}/Search" and "updated_after_utc" in seen.query
    ]


@pytest.mark.parametrize(("people", "minutes"), [(0, 1), (600, 2)])
async def test_what_was_read_is_good_for_a_minute_for_each_page(world, people, minutes):
    people_with_phones(world, LEAD, people)
    for row in [*world.crm.database.records["Lead"].values()][4:]:
        row["DATE_UPDATED_UTC"] = "2025-12-01 00:00:00"
    await found(world, NOBODY)
    for seconds, is_read_whole in ((60 * minutes - 8, False), (8, True)):
        world.insightly.crm.clock.advance(seconds)
        world.crm.requests.clear()
        await found(world, NOBODY)
        whole = "2000-01-01T00:00:00Z"
        assert ([whole] * minutes if is_read_whole else ["2026-01-02T09:29:00Z"]) == since(world, "Leads")


async def test_after_a_reading_that_proved_nothing_none_is_made_for_ten_minutes(world):
    world.crm.faults.add("GET", "*/Contacts/Search", status=400, json={"Message": "no"})
    await found(world, NOBODY)
    for seconds, is_read in ((0, False), (590, False), (10, True)):
        world.insightly.crm.clock.advance(seconds)
        world.crm.requests.clear()
        await found(world, NOBODY)
        assert is_read == bool(since(world, "Contacts"))


async def test_who_signs_in_anew_sees_nothing_of_what_the_last_one_saw(world):
    await found(world, NIA)
    kept = {"apiKey": RAE_KEY, "apiUrl": "https://api.na1.insightly.com/v3.1"}
    world.insightly.crm.signer = InsightlySignIn(RenewalContext(world.insightly.crm.clock)).restore(
        kept, None
    )
    world.crm.requests.clear()
    await found(world, NIA)
    since = [seen.query["updated_after_utc"] for seen in world.crm.requests if "Search" in seen.path]
    assert ["2000-01-01T00:00:00Z"] * 2 == since


async def test_fields_that_are_named_later_are_read_too(world):
    assert [] == await found(world, "+31205550198")
    world.insightly.account.options = {"phoneFields": "PHONE_2__c"}
    assert ["Anna Maria van Dyke"] == await found(world, "+31205550198")
    assert ["Anna Maria van Dyke"] == await found(world, "+31205550198")
    assert not is_searched_for(world)


async def test_an_account_without_leads_is_told_and_asked_once_a_match(world):
    world.crm.faults.add("GET", "*/Leads/Search", status=403, json={"Message": "no"}, times=None)
    for _ in range(2):
        with operation_warnings.collect() as warnings:
            assert 1 == len([each for each in await asked_by(world, NIA) if each.startswith("Leads")])
        assert [NO_LEADS] == warnings


async def test_a_connector_tells_what_a_match_costs_now(world):
    assert 18 == world.insightly.current_costs["find_contact"].requests
    await found(world, NIA)
    assert 2 == world.insightly.current_costs["find_contact"].requests
    world.insightly.crm.clock.advance(timedelta(minutes=1).total_seconds())
    assert 18 == world.insightly.current_costs["find_contact"].requests


async def test_a_recording_that_replaces_people_is_asked_for_everything(world):
    world.insightly.crm.replaces_people = True
    assert 18 == len(await asked_by(world, NIA))
    assert 18 == len(await asked_by(world, NIA))


# -- what proves nothing is not relied on --


@pytest.mark.parametrize(
    "answer",
    [
        {"json": []},
        {"json": [], "headers": {"X-Total-Count": "2"}},
        {"json": [{"CONTACT_ID": "many"}], "headers": {"X-Total-Count": "1"}},
        {"json": [{"CONTACT_ID": 3105, "PHONE": {}}], "headers": {"X-Total-Count": "1"}},
        {"json": {"Message": "no"}, "status": 400},
        {"json": {"Message": "no"}, "status": 403},
        {"json": {"CONTACT_ID": 3105}},
    ],
    ids=["no length", "too short", "unreadable", "an odd phone", "not understood", "refused", "no list"],
)
async def test_a_reading_that_proves_nothing_leaves_it_to_the_search(world, answer):
    world.crm.faults.add("GET", "*/Contacts/Search", **{"status": 200} | answer)
    with operation_warnings.collect() as warnings:
        assert ["Nia Holt"] == await found(world, NIA)
    assert (True, []) == (is_searched_for(world), warnings)
    world.crm.requests.clear()
    await found(world, NIA)
    by_date = [seen.path for seen in world.crm.requests if "updated_after_utc" in seen.query]
    assert ["/v3.1/Leads/Search"] == by_date


async def test_a_record_that_slips_from_a_page_while_it_is_read_leaves_it_to_the_search(world):
    people_with_phones(world, CONTACT, 700)

    def two_are_gone(answer):
        for number in (3105, 3106):
            world.crm.database.records["Contact"].remove(number)
            world.crm.database.add(CONTACT, {"FIRST_NAME": "New"})  # so that there are as many as before
        return answer

    slips = 500 - (len(world.crm.database.records["Contact"]) - 700)  # the first one of the second page
    world.crm.faults.add("GET", "*/Contacts/Search", change=two_are_gone)
    assert [f"L{slips}"] == await found(world, f"+1303556{slips:04}")
    assert is_searched_for(world)


@pytest.mark.parametrize("answer", [[], None, "cut"], ids=["nothing", "refused", "cut short"])
async def test_a_search_by_date_that_does_not_work_hides_nobody(world, answer):
    assert [] == await found(world, NEW)
    how = {"status": 400, "json": {"Message": "no"}} if answer is None else {"status": 200, "json": answer}
    if answer == "cut":
        how = {"change": lambda rows: rows[:-1]}
    world.crm.faults.add("GET", "*/Contacts/Search", headers={"X-Total-Count": "0"}, **how)
    world.crm.database.add(CONTACT, {"FIRST_NAME": "Uma", "PHONE": NEW})
    assert ["Uma"] == await found(world, NEW)


async def test_a_search_by_date_that_fails_for_a_moment_is_asked_again(world):
    assert ["Nia Holt"] == await found(world, NIA)
    world.crm.faults.add("GET", "*/Contacts/Search", status=503, text="<html>busy</html>")
    assert ["Nia Holt"] == await found(world, NIA)
    assert not is_searched_for(world)


async def test_a_key_that_is_reset_between_two_matches_ends_the_second(world):
    await found(world, NIA)
    world.crm.faults.add("GET", "*/Leads/Search", status=401, json={"Message": "no"})
    with pytest.raises(SessionExpired):
        await found(world, NIA)


async def test_a_field_that_may_not_be_searched_is_told_where_somebody_has_the_number_in_it(world):
    await found(world, NIA)
    world.crm.faults.add("GET", "*/Contacts/Search", status=400, json={"Message": "no"})
    with operation_warnings.collect() as warnings:
        assert [] == await found(world, NIA)
    assert ["Insightly did not search the PHONE of its Contacts: no"] == warnings
