"""Pipedrive's persons: found by digits and by name with all that the log form offers, and made; and its users."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from appconnect import operation_warnings
from appconnect.errors import Forbidden, RateLimited, Rejected, SessionExpired
from appconnect.models import Contact
from appconnect.phone import parse

NIA, SHARED, CROWD = parse("+14155550142"), parse("+14155550177"), parse("+14155550199")
SEARCH, PERSONS, DEALS, LEADS = "/api/v2/persons/search", "/api/v2/persons", "/api/v2/deals", "/v1/leads"


def titles(contact: Contact, field: str) -> list[str]:
    return [choice.title for choice in contact.additional_info[field]]


# -- by number --


async def test_a_contact_comes_with_everything_that_a_log_needs(world):
    (nia,) = await world.pipedrive.find_contact(NIA)
    assert ("501", "Nia Holt", "+1 415-555-0142", "contact") == (nia.id, nia.name, nia.phone, nia.type)
    assert ("Holt Ltd", "61") == (nia.organization, nia.organization_id)
    assert datetime(2026, 1, 2, 9, 30, tzinfo=UTC) == nia.created_date == nia.most_recent_activity_date


async def test_open_deals_and_living_leads_are_offered(world):
    (nia,) = await world.pipedrive.find_contact(NIA)
    assert ["Holt renewal", "Holt training"] == titles(nia, "deals")
    assert ["Holt second site"] == titles(nia, "leads")
    assert "901" == nia.additional_info["deals"][0].const
    assert "00000000-0000-4000-8000-000000000001" == nia.additional_info["leads"][0].const


async def test_the_search_is_for_national_digits_in_phones_only(world):
    await world.pipedrive.find_contact(NIA)
    query = world.crm.requests[0].query
    assert ("4155550142", "phone") == (query["term"], query["fields"])


async def test_a_number_that_merely_contains_the_digits_is_no_match(world):
    everyone = await world.pipedrive.crm.get(SEARCH, term="4155550142", fields="phone")
    assert "Lena Fuzz" in str(everyone)
    assert ["Nia Holt"] == [contact.name for contact in await world.pipedrive.find_contact(NIA)]


async def test_any_of_several_phones_counts_and_is_shown_as_it_is_stored(world):
    (nia,) = await world.pipedrive.find_contact(parse("+16285550143"))
    assert ("Nia Holt", "+1 (628) 555-0143") == (nia.name, nia.phone)


async def test_everybody_who_shares_a_number_is_found_once(world):
    found = await world.pipedrive.find_contact(SHARED)
    assert [("Ines Roth", "+1 415 555 0177"), ("Omar Vance", "(415) 555-0177")] == sorted(
        (contact.name, contact.phone) for contact in found
    )
    assert [["Vance pilot <A&B>"], []] == [titles(contact, "deals") for contact in found]
    assert [[], ["Roth newsletter"]] == [titles(contact, "leads") for contact in found]


async def test_nobody_costs_one_request(world):
    assert [] == await world.pipedrive.find_contact(parse("+13035550199"))
    assert [("GET", SEARCH)] == world.sent


async def test_somebody_with_nothing_linked_has_empty_choices(world):
    (ulla,) = await world.pipedrive.find_contact(parse("+12125550166"))
    assert {"deals": [], "leads": []} == ulla.additional_info
    assert ("", "") == (ulla.organization, ulla.organization_id)


# -- how it is asked --


async def test_a_match_costs_what_the_connector_says(world):
    found = await world.pipedrive.find_contact(SHARED)
    cost = world.pipedrive.costs["find_contact"]
    assert cost.requests + cost.requests_per_match * len(found) == len(world.sent)
    budget = world.crm.limits.budget
    assert cost.units + cost.units_per_match * len(found) == budget.limit - budget.remaining


async def test_deals_and_leads_of_all_are_fetched_together_and_bounded(world):
    world.crm.database.add_crowd(30)
    assert 30 == len(await world.pipedrive.find_contact(CROWD))
    assert 62 == len(world.sent)
    assert 1 < world.transport.most <= world.pipedrive.rules.max_in_flight


async def test_all_pages_of_the_search_are_read(world):
    world.crm.database.add_crowd(500, phone="+49 4155 5501 9999")
    world.crm.database.add_person("Last One", {"phones": [{"value": "415 555 0199", "primary": True}]})
    assert ["Last One"] == [contact.name for contact in await world.pipedrive.find_contact(CROWD)]
    assert 2 == world.sent.count(("GET", SEARCH))


async def test_dates_of_more_than_a_hundred_persons_are_read(world):
    world.crm.database.add_crowd(101)
    found = await world.pipedrive.find_contact(CROWD)
    assert [] == [contact.name for contact in found if contact.created_date is None]
    assert 2 == world.sent.count(("GET", PERSONS))


async def test_deals_and_leads_are_read_for_the_first_matches_only(world):
    world.crm.database.add_crowd(120)
    found = await world.pipedrive.find_contact(CROWD)
    assert 120 == len(found)
    assert [50, 50] == [world.sent.count(("GET", path)) for path in (DEALS, LEADS)]
    assert ([{"deals", "leads"}] * 50, [set()] * 70) == (
        [set(contact.additional_info) for contact in found[:50]],
        [set(contact.additional_info) for contact in found[50:]],
    )


async def test_a_name_that_thousands_have_does_not_spend_the_day(world):
    world.crm.database.add_crowd(2100)
    found = await world.pipedrive.find_contact_with_name("Guest")
    assert world.pipedrive.max_matches == len({contact.id for contact in found}) == len(found)
    assert 2 == world.sent.count(("GET", SEARCH))
    budget = world.crm.limits.budget
    assert budget.limit - budget.remaining < 2000


async def test_a_number_that_thousands_contain_does_not_either(world):
    world.crm.database.add_crowd(3000, phone="+49 4155 5501 9999")
    assert [] == await world.pipedrive.find_contact(CROWD)
    assert 5 == world.sent.count(("GET", SEARCH))


async def test_a_person_who_is_on_two_pages_is_found_once(world):
    def page(cursor):
        hit = {"id": 501, "type": "person", "name": "Nia", "phones": ["+1 415-555-0142"]}
        data = {"items": [{"result_score": 1, "item": hit}]}
        return {"success": True, "data": data, "additional_data": {"next_cursor": cursor}}

    for cursor in ("more", None):
        world.crm.faults.add("GET", SEARCH, status=200, json=page(cursor))
    assert ["501"] == [contact.id for contact in await world.pipedrive.find_contact(NIA)]


async def test_forms_that_are_set_are_searched_as_well_and_judged_by_digits(world):
    world.crm.toggles["phones_by_digits"] = False
    phones = [{"value": "+49 (415) 555-01779", "primary": True}]
    world.crm.database.add_person("Longer Number", {"phones": phones})
    omar, both = "(***) ***-****", "(***) ***-****, ***-***-****,*** *** ****"
    assert [] == await world.pipedrive.find_contact(SHARED)
    found = await world.pipedrive.find_contact(SHARED, overriding_format=omar)
    assert ["Omar Vance"] == [contact.name for contact in found]
    found = await world.pipedrive.find_contact(SHARED, overriding_format=both)
    assert ["Ines Roth", "Omar Vance"] == sorted(contact.name for contact in found)


async def test_whoever_is_found_by_several_forms_is_there_once(world):
    assert 2 == len(await world.pipedrive.find_contact(SHARED, overriding_format="(***) ***-****"))
    terms = [seen.query["term"] for seen in world.crm.requests if seen.path == SEARCH]
    assert ["4155550177", "(415) 555-0177"] == sorted(terms, reverse=True)


async def test_all_pages_of_deals_and_leads_are_read(world):
    for number in range(501):
        world.crm.database.add_deal(f"Deal {number}", 501)
        world.crm.database.add_lead(f"Lead {number}", 501)
    (nia,) = await world.pipedrive.find_contact(NIA)
    assert (503, 502) == (len(nia.additional_info["deals"]), len(nia.additional_info["leads"]))
    assert [2, 2] == [world.sent.count(("GET", path)) for path in (DEALS, LEADS)]


async def test_leads_may_put_their_place_below_pagination(world):
    world.crm.toggles["nested_pagination"] = True
    for number in range(501):
        world.crm.database.add_lead(f"Lead {number}", 501)
    (nia,) = await world.pipedrive.find_contact(NIA)
    assert 502 == len(nia.additional_info["leads"])


async def test_everything_goes_to_the_company_s_own_host(world):
    await world.pipedrive.find_contact(NIA)
    await world.pipedrive.get_user_info()
    assert {"acme-sandbox.pipedrive.com"} == {seen.host for seen in world.crm.requests}


# -- what may be missing --


async def test_without_the_leads_feature_contacts_still_match(world):
    world.crm.toggles["leads_feature"] = False
    with operation_warnings.collect() as told:
        (nia,) = await world.pipedrive.find_contact(NIA)
    assert ["Could not read the leads of Nia Holt: "] == [each.partition("This")[0] for each in told]
    assert "leads" not in nia.additional_info
    assert ["Holt renewal", "Holt training"] == titles(nia, "deals")


async def test_without_the_scope_for_deals_contacts_still_match(world):
    world.crm.faults.add("GET", DEALS, status=403, json={"error": "Scope and URL mismatch"})
    with operation_warnings.collect() as told:
        (nia,) = await world.pipedrive.find_contact(NIA)
    assert ["Could not read the deals of Nia Holt: "] == [each.partition("This")[0] for each in told]
    assert "deals" not in nia.additional_info
    assert ["Holt second site"] == titles(nia, "leads")


@pytest.mark.parametrize("status", [402, 404, 410, 415, 500])
@pytest.mark.parametrize("path", [DEALS, LEADS, PERSONS])
async def test_trouble_with_details_fails_no_match(world, path, status):
    world.crm.faults.add("GET", path, status=status, json={}, times=None)
    (nia,) = await world.pipedrive.find_contact(NIA)
    assert "Nia Holt" == nia.name
    assert (path == PERSONS) == (nia.created_date is None)


@pytest.mark.parametrize(("path", "left"), [(DEALS, {"leads"}), (LEADS, {"deals"})])
async def test_what_cannot_be_read_is_not_taken_for_nothing_there(world, path, left):
    world.crm.faults.add("GET", path, status=500, json={}, times=None)
    (nia,) = await world.pipedrive.find_contact(NIA)
    assert left == nia.additional_info.keys()


async def test_a_session_that_ends_on_the_way_is_said(world):
    world.crm.faults.add("GET", DEALS, status=401, json={"error": "unauthorized access"}, times=None)
    with pytest.raises(SessionExpired):
        await world.pipedrive.find_contact(NIA)


@pytest.mark.parametrize("path", [DEALS, LEADS, PERSONS])
async def test_a_day_that_ends_on_the_way_gives_who_was_found_and_asks_no_further(world, path):
    world.crm.database.add_crowd(40)
    gone = {"x-daily-ratelimit-token-remaining": "0"}
    world.crm.faults.add("GET", path, status=429, headers=gone, json={"error": "x"}, times=None)
    assert 40 == len(await world.pipedrive.find_contact(CROWD))
    assert len(world.sent) < 40  # of 82


@pytest.mark.parametrize("blocked", [{"text": "error code: 1015"}, {"text": "<html>Error 1015"}])
async def test_a_block_on_the_way_is_no_reason_to_go_on_asking(world, blocked):
    world.crm.database.add_crowd(40)
    world.crm.faults.add("GET", LEADS, status=403, times=None, **blocked)
    assert 40 == len(await world.pipedrive.find_contact(CROWD))
    assert len(world.sent) < 40  # of 82


async def test_without_the_scope_for_persons_it_is_forbidden(world):
    world.crm.faults.add("GET", SEARCH, status=403, json={"error": "Scope and URL mismatch"})
    with pytest.raises(Forbidden, match="Scope and URL mismatch"):
        await world.pipedrive.find_contact(NIA)


async def test_a_person_who_is_hidden_after_the_search_has_no_dates(world):
    world.crm.faults.add("GET", PERSONS, status=200, json={"success": True, "data": []})
    (nia,) = await world.pipedrive.find_contact(NIA)
    assert (None, None) == (nia.created_date, nia.most_recent_activity_date)


async def test_a_burst_on_a_tiny_plan_is_waited_out(world):
    world.crm.plan = "tiny"
    world.crm.database.add_crowd(2)
    assert 2 == len(await world.pipedrive.find_contact(CROWD))
    assert 429 in {seen.status for seen in world.crm.requests}


async def test_a_day_that_is_used_up_is_said_and_not_retried(world):
    world.crm.limits.budget.spend(world.crm.limits.budget.remaining)
    with pytest.raises(RateLimited) as caught:
        await world.pipedrive.find_contact(NIA)
    assert caught.value.daily
    assert 1 == len(world.sent)


# -- by name --


@pytest.mark.parametrize(
    "name", ["Sinéad O'Neil", "Zoë 🌟 & Sons", "nia holt", "Vance", '100% #1 + a&b=c;d/e?f \\ "x" *']
)
async def test_a_name_is_searched_as_it_is_typed(world, name):
    await world.pipedrive.find_contact_with_name(f" {name} ")
    query = world.crm.requests[0].query
    assert (name, "name") == (query["term"], query["fields"])
    assert "exact_match" not in query


@pytest.mark.parametrize(
    ("name", "found"),
    [("Sinéad O'Neil", "Sinéad O'Neil"), ("Zoë 🌟 & Sons", "Zoë 🌟 & Sons"), ("nia", "Nia Holt")],
)
async def test_a_person_is_found_by_name_and_comes_complete(world, name, found):
    (contact,) = await world.pipedrive.find_contact_with_name(name)
    assert found == contact.name
    assert contact.phone
    assert contact.created_date


async def test_a_single_letter_must_be_the_whole_name(world):
    world.crm.database.add_person("Z", {})
    assert ["Z"] == [contact.name for contact in await world.pipedrive.find_contact_with_name("z")]
    assert "true" == world.crm.requests[0].query["exact_match"]


# -- making one --


async def test_a_contact_is_made_with_its_number_in_full(world):
    world.crm.toggles["v1_gone"] = True
    made = await world.pipedrive.create_contact(parse(" 13035550199"), " Uma New & Söhne ")
    assert "Uma New & Söhne" == made.name
    assert [("POST", PERSONS)] == world.sent
    phones = world.crm.database.persons[int(made.id)]["phones"]
    assert [{"value": "+13035550199", "primary": True, "label": "work"}] == phones
    (found,) = await world.pipedrive.find_contact(parse("+13035550199"))
    assert made.id == found.id


async def test_a_full_company_is_said_in_pipedrive_s_words(world):
    limit = {"success": False, "error": "Persons limit reached.", "code": "feature_capping_persons_limit"}
    world.crm.faults.add("POST", PERSONS, status=403, json=limit)
    with pytest.raises(Forbidden, match=r"Persons limit reached\."):
        await world.pipedrive.create_contact(NIA, "Uma New")


async def test_what_pipedrive_does_not_accept_is_no_sign_in_problem(world):
    world.crm.faults.add("POST", PERSONS, status=400, json={"error": "Validation failed: name: too long"})
    with pytest.raises(Rejected, match="Validation failed: name"):
        await world.pipedrive.create_contact(NIA, "Uma New")


# -- users --


async def test_the_user_comes_with_company_and_time_zone(world):
    user = await world.pipedrive.get_user_info()
    assert ("7001-pipedrive", "7001", "Rae Quill") == (user.id, user.crm_id, user.name)
    assert ("Europe/Lisbon", "+00:00") == (user.timezone_name, user.timezone_offset)
    assert {"companyId": 88, "companyName": "Acme", "companyDomain": "acme-sandbox"} == (
        user.platform_additional_info
    )


async def test_users_are_those_who_are_active(world):
    world.crm.database.users[7002]["is_deleted"] = True
    assert [("7001", "Rae Quill", "rae.quill@acme.example")] == [
        (user.id, user.name, user.email) for user in await world.pipedrive.get_user_list()
    ]


async def test_signing_out_ends_the_refresh_token_and_all_that_stems_from_it(world):
    await world.pipedrive.unauthorize()
    (revoke,) = world.crm.requests
    assert ("/oauth/revoke", "refresh_token") == (revoke.path, revoke.form["token_type_hint"])
    with pytest.raises(Exception, match="sign in again"):
        await world.pipedrive.get_user_info()
