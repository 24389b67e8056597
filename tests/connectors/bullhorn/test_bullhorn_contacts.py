"""Who the user is, whom Bullhorn finds by number and by name, and whom it is told of."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from appconnect.connectors.bullhorn.time_zone import NAMES, time_zone
from appconnect.errors import ConfigurationError, Forbidden, InputError, RateLimited, Rejected, Unavailable
from appconnect.models import AuthType, Choice, LogFormat
from appconnect.phone import parse

NIA, SHARED, NOBODY = parse("+14155550142"), parse("+14155550177"), parse("+14155550100")
SINEAD, ZOE = parse("+35315550188"), parse("+442079460123")
JANUARY, JULY = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 7, 2, tzinfo=UTC)


def names(contacts):
    return sorted(contact.name for contact in contacts)


# -- who --


async def test_the_user_has_a_zone_that_knows_summer_time(bullhorn):
    user = await bullhorn.get_user_info()
    assert ("101-bullhorn", "Rae Quill") == (user.id, user.name)
    assert ("America/Los_Angeles", "-08:00") == (user.timezone_name, user.timezone_offset)


async def test_a_zone_that_was_set_wins(workbench, bullhorn):
    workbench.account.options = {**workbench.account.options, "timezone": "America/Phoenix"}
    assert "America/Phoenix" == (await bullhorn.get_user_info()).timezone_name


async def test_a_zone_that_is_none_is_said_plainly(workbench, bullhorn):
    workbench.account.options = {**workbench.account.options, "timezone": "Mars"}
    with pytest.raises(ConfigurationError, match="'Mars' is not a time zone"):
        await bullhorn.get_user_info()


@pytest.mark.parametrize(
    ("minutes", "option", "now", "expected"),
    [
        (0, "", JANUARY, ("America/New_York", "-05:00")),
        (0, "", JULY, ("America/New_York", "-04:00")),
        (-60, "", JANUARY, ("America/Chicago", "-06:00")),
        (-60, "", JULY, ("America/Chicago", "-05:00")),
        (-120, "", JANUARY, ("America/Denver", "-07:00")),
        (-120, "", JULY, ("America/Denver", "-06:00")),
        (-180, "", JANUARY, ("America/Los_Angeles", "-08:00")),
        (-180, "", JULY, ("America/Los_Angeles", "-07:00")),
        (-240, "", JANUARY, ("America/Anchorage", "-09:00")),
        (-240, "", JULY, ("America/Anchorage", "-08:00")),
        (300, "", JANUARY, ("Europe/London", "+00:00")),
        (300, "", JULY, ("Europe/London", "+01:00")),
        (360, "", JANUARY, ("Europe/Paris", "+01:00")),
        (360, "", JULY, ("Europe/Paris", "+02:00")),
        (630, "", JULY, ("", "+05:30")),
        (-300, "", JULY, ("", "-10:00")),
        (-270, "", JANUARY, ("", "-09:30")),
        (None, "", JANUARY, ("", "")),
        (None, "Asia/Kolkata", JANUARY, ("Asia/Kolkata", "+05:30")),
    ],
)
def test_minutes_from_eastern_become_a_zone(minutes, option, now, expected):
    assert expected == time_zone(minutes, option, now)


@pytest.mark.parametrize("minutes", NAMES)
def test_a_zone_of_the_table_is_that_far_from_eastern_in_winter(minutes):
    away = JANUARY.astimezone(ZoneInfo(NAMES[minutes])).utcoffset()
    assert timedelta(minutes=minutes) == away - JANUARY.astimezone(ZoneInfo("America/New_York")).utcoffset()


def test_it_is_oauth_and_html(bullhorn):
    assert (AuthType.OAUTH, LogFormat.HTML) == (bullhorn.get_auth_type(), bullhorn.get_log_format_type())


async def test_all_pages_of_users_without_those_who_left(workbench, bullhorn):
    workbench.sandbox.database.add_crowd("CorporateUser", 600)
    workbench.sandbox.database.records["CorporateUser"][102]["isDeleted"] = True
    users = await bullhorn.get_user_list()
    assert (602, 2) == (len(users), workbench.sent("GET", "/query/CorporateUser"))
    assert ("101", "Rae Quill", "rae.quill@acme.example") == (users[0].id, users[0].name, users[0].email)
    assert not {"Olu Gone", "Kit Moss"} & {user.name for user in users}


# -- by number --


async def test_a_number_is_found_in_any_punctuation_and_any_field(bullhorn):
    [nia] = await bullhorn.find_contact(NIA)
    assert ("105", "Nia Holt", "+1 415-555-0142") == (nia.id, nia.name, nia.phone)
    assert ("Candidate", "Welder", "Holt Ltd") == (nia.type, nia.title, nia.organization)
    assert datetime(2026, 1, 2, 9, 30, tzinfo=UTC) == nia.created_date == nia.most_recent_activity_date


async def test_a_look_alike_is_no_match(workbench, bullhorn):
    assert "Lena Fuzz" not in names(await bullhorn.find_contact(NIA))
    assert ["Lena Fuzz"] == names(await bullhorn.find_contact(parse("+49304155550142")))


async def test_people_of_different_kinds_who_share_a_number_are_all_found(bullhorn):
    found = {contact.name: contact.type for contact in await bullhorn.find_contact(SHARED)}
    assert {"Omar Vance": "Contact", "Ines Roth": "Lead"} == found


async def test_a_contacts_company_is_named(bullhorn):
    omar = next(each for each in await bullhorn.find_contact(SHARED) if each.name == "Omar Vance")
    assert ("Vance Partners", "801", "Buyer") == (omar.organization, omar.organization_id, omar.title)


@pytest.mark.parametrize(("number", "name"), [(SINEAD, "Sinéad O'Neil"), (ZOE, "Zoë 🌟 & Sons")])
async def test_numbers_of_other_countries_and_awkward_names(bullhorn, number, name):
    assert [name] == names(await bullhorn.find_contact(number))


async def test_nobody_has_the_number(bullhorn):
    assert [] == await bullhorn.find_contact(NOBODY)


async def test_where_phones_are_compared_by_all_digits_the_country_code_helps(make_bench):
    workbench = make_bench(exact_phones=True)
    await workbench.sign_in_by_code()
    assert ["Nia Holt"] == names(await workbench.connector.find_contact(NIA))
    assert ["Ines Roth", "Omar Vance"] == names(await workbench.connector.find_contact(SHARED))


async def test_where_phones_are_compared_by_all_digits_the_trunk_prefix_helps(make_bench):
    workbench = make_bench(exact_phones=True)
    await workbench.sign_in_by_code()
    workbench.sandbox.database.records["Candidate"].change(105, {"mobile": "020 7946 0999"})
    assert ["Nia Holt"] == names(await workbench.connector.find_contact(parse("+442079460999")))


async def test_a_search_too_long_for_an_address_is_posted(workbench, bullhorn):
    formats = ",".join("." * number + "(***) ***-****" for number in range(1, 60))
    assert ["Nia Holt"] == names(await bullhorn.find_contact(NIA, overriding_format=formats))
    assert (0, 3) == (workbench.sent("GET", "/search/"), workbench.sent("POST", "/search/"))


@pytest.mark.parametrize("status", [400, 403, 404, 500])
async def test_without_the_list_of_actions_contacts_are_still_found(workbench, bullhorn, status):
    workbench.sandbox.faults.add("GET", "*/settings/*", status=status, json={}, times=None)
    [nia] = await bullhorn.find_contact(NIA)
    assert {"noteActions": []} == nia.additional_info


@pytest.mark.parametrize("status", [400, 403, 404, 500])
async def test_without_the_statuses_a_contact_can_still_be_made(workbench, bullhorn, status):
    workbench.sandbox.faults.add("GET", "*/meta/*", status=status, json={}, times=None)
    choices = await bullhorn.new_contact_choices()
    assert [{"status": []}] * 3 == [choices[kind] for kind in ("Lead", "Candidate", "Contact")]
    made = await bullhorn.create_contact(NOBODY, "Prince", "Contact")
    assert "Prince" == workbench.record("ClientContact", made.id)["name"]


async def test_three_searches_and_the_actions_are_asked_together_each_once(workbench, bullhorn):
    await bullhorn.find_contact(NIA)
    assert (3, 1, 4) == (
        workbench.sent("GET", "/search/"),
        workbench.sent("GET", "/settings/"),
        workbench.sent(),
    )
    await bullhorn.find_contact(NIA)
    assert 1 == workbench.sent("GET", "/settings/")


async def test_the_form_offers_the_companys_note_actions(bullhorn):
    [nia] = await bullhorn.find_contact(NIA)
    assert ["noteActions"] == list(nia.additional_info)
    assert Choice(const="Outbound Call", title="Outbound Call") == nia.additional_info["noteActions"][0]


async def test_forms_of_the_number_are_searched_as_well(workbench, bullhorn):
    await bullhorn.find_contact(NIA, overriding_format="(***) ***-****")
    query = next(each.query["query"] for each in workbench.sandbox.requests if "/search/" in each.path)
    assert "phone:4155550142" in query
    assert 'phone:"(415) 555-0142"' in query


async def test_all_pages_are_read(workbench, bullhorn):
    workbench.sandbox.database.add_crowd("Lead", 1001)
    assert 1001 == len(await bullhorn.find_contact(parse("+17025550190")))
    assert 3 == workbench.sent("GET", "/search/Lead")


async def test_a_hidden_entity_does_not_hide_the_others(make_bench):
    workbench = make_bench(leads_hidden=True)
    await workbench.sign_in_by_code()
    assert ["Omar Vance"] == names(await workbench.connector.find_contact(SHARED))


async def test_hidden_note_actions_do_not_hide_the_contact(workbench, bullhorn):
    workbench.sandbox.faults.add(path="*/settings/*", status=403, json={})
    [nia] = await bullhorn.find_contact(NIA)
    assert {"noteActions": []} == nia.additional_info


async def test_who_may_see_nobody_is_told_so(workbench, bullhorn):
    workbench.sandbox.faults.add(path="*/search/*", status=403, json={}, times=None)
    with pytest.raises(Forbidden, match="neither candidates nor contacts nor leads"):
        await bullhorn.find_contact(NIA)


async def test_a_hit_that_the_database_no_longer_has_is_left_out(workbench, bullhorn):
    rows = {"total": 1, "data": [{"id": 7, "mobile": "+14155550142", "_error": "gone"}]}
    workbench.sandbox.faults.add(path="*/search/Candidate", status=200, json=rows)
    assert [] == await bullhorn.find_contact(NIA)


async def test_a_search_that_is_down_once_is_asked_again(workbench, bullhorn):
    workbench.sandbox.faults.add(path="*/search/Candidate", status=503, text="busy")
    assert ["Nia Holt"] == names(await bullhorn.find_contact(NIA))


async def test_a_search_that_stays_down_is_an_error_and_no_empty_result(workbench, bullhorn):
    workbench.sandbox.faults.add(path="*/search/Candidate", status=503, text="busy", times=None)
    with pytest.raises(Unavailable):
        await bullhorn.find_contact(NIA)


async def test_a_pause_that_bullhorn_asks_for_is_made(workbench, bullhorn):
    workbench.sandbox.faults.add(path="*/search/*", status=429, json={"errorMessage": "Too many requests."})
    assert ["Nia Holt"] == names(await bullhorn.find_contact(NIA))
    assert 1 <= (workbench.clock.now() - datetime(2026, 1, 2, 9, 30, tzinfo=UTC)).total_seconds()


async def test_a_long_pause_is_an_error_with_bullhorns_words(workbench, bullhorn):
    workbench.sandbox.plan = "tiny"
    with pytest.raises(RateLimited, match="Too many requests"):
        for _ in range(4):
            await bullhorn.find_contact(NIA)


async def test_limits_are_noted_from_every_answer(workbench, bullhorn):
    with workbench.crm.watch() as seen:
        await bullhorn.find_contact(NIA)
    assert (4, 1500) == (len(seen), seen[-1].amount)


# -- by name --


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Nia Holt", ["Nia Holt"]),
        ("holt", ["Nia Holt"]),
        (" nia   holt ", ["Nia Holt"]),
        ("O'Neil", ["Sinéad O'Neil"]),
        ("Sinéad O'Neil", ["Sinéad O'Neil"]),
        ("Zoë 🌟 & Sons", ["Zoë 🌟 & Sons"]),
        ("Nina Deleted", []),
        ("Cora", []),
        ("Arno", []),
        ("*", []),
        ("Ni*", []),
        ("(", []),
        ('"', []),
        ("name:*", []),
        ("Holt OR Roth", []),
        ('x") OR (isDeleted:1', []),
        ("\\", []),
    ],
)
async def test_a_typed_name_is_taken_literally(bullhorn, typed, expected):
    assert expected == names(await bullhorn.find_contact_with_name(typed))


async def test_somebody_whose_whole_name_is_empty_is_found_by_its_parts(workbench, bullhorn):
    workbench.record("Candidate", 105)["name"] = None
    [nia] = await bullhorn.find_contact_with_name("Nia Holt")
    assert ("Nia Holt", "+1 415-555-0142") == (nia.name, nia.phone)


@pytest.mark.parametrize("typed", ["", "  ", "x" * 101])
async def test_no_name_is_not_searched_for(workbench, bullhorn, typed):
    with pytest.raises(InputError):
        await bullhorn.find_contact_with_name(typed)
    assert 0 == workbench.sent()


# -- new contacts --


@pytest.mark.parametrize(
    ("asked", "entity", "type_"),
    [("", "Lead", "Lead"), ("Lead", "Lead", "Lead"), ("Candidate", "Candidate", "Candidate"),
     ("Contact", "ClientContact", "Contact")],
)  # fmt: skip
async def test_a_new_contact_of_each_type(workbench, bullhorn, asked, entity, type_):
    new = await bullhorn.create_contact(NOBODY, "Anna Maria van Dyke", asked)
    record = workbench.record(entity, new.id)
    assert ("Anna Maria van Dyke", type_) == (new.name, new.type)
    assert ("Anna Maria", "van Dyke", "Anna Maria van Dyke", "+14155550100") == (
        record["firstName"], record["lastName"], record["name"], record["phone"]
    )  # fmt: skip
    assert [new.id] == [each.id for each in await bullhorn.find_contact(NOBODY)]


async def test_a_chosen_status_is_kept_in_either_form(workbench, bullhorn):
    for chosen in ("Qualified", {"const": "Qualified", "title": "Qualified"}):
        new = await bullhorn.create_contact(NOBODY, "Ann", "Lead", {"status": chosen})
        assert "Qualified" == workbench.record("Lead", new.id)["status"]


@pytest.mark.parametrize("name", ["A" * 100, "A" * 60 + " " + "B" * 39, "Wolfeschlegelsteinhausen " * 4])
async def test_a_long_name_is_whole_and_its_parts_are_cut_to_what_bullhorn_takes(workbench, bullhorn, name):
    new = await bullhorn.create_contact(NOBODY, name)
    record = workbench.record("Lead", new.id)
    assert name.strip() == record["name"] == new.name
    assert (True, True) == (len(record["firstName"]) <= 50, len(record["lastName"]) <= 50)


@pytest.mark.parametrize("name", ["A" * 101, "A" * 60 + " " + "B" * 60])
async def test_a_name_that_would_be_cut_is_refused(workbench, bullhorn, name):
    """It could not be found again by its name."""
    with pytest.raises(InputError, match="has at most 100 characters; shorten it"):
        await bullhorn.create_contact(NOBODY, name)
    assert 0 == workbench.sent()


async def test_an_unknown_type_or_no_name_sends_nothing(workbench, bullhorn):
    with pytest.raises(InputError, match="Lead, Candidate or Contact"):
        await bullhorn.create_contact(NOBODY, "Ann", "Unicorn")
    with pytest.raises(InputError, match="needs a name"):
        await bullhorn.create_contact(NOBODY, "  ")
    assert 0 == workbench.sent()


async def test_contacts_share_one_placeholder_company_also_while_the_index_lags(make_bench):
    workbench = make_bench(index_lag=True)
    await workbench.sign_in_by_code()
    workbench.connector.cache = type(workbench.connector.cache)()
    first = await workbench.connector.create_contact(NOBODY, "Ann One", "Contact")
    workbench.connector.cache.kept.clear()
    second = await workbench.connector.create_contact(NOBODY, "Ann Two", "Contact")
    made = {workbench.record("ClientContact", each.id)["clientCorporation"] for each in (first, second)}
    [company] = made
    record = workbench.record("ClientCorporation", company)
    assert ("RingCentral_CRM_Extension_Placeholder_Company", "Active") == (record["name"], record["status"])
    assert 3 == len(workbench.sandbox.database.records["ClientCorporation"])


async def test_contacts_made_at_once_share_one_company(workbench, bullhorn):
    await workbench.crm.gather(bullhorn.create_contact(NOBODY, f"Ann {n}", "Contact") for n in range(3))
    assert 1 == workbench.sent("PUT", "/entity/ClientCorporation")


async def test_a_company_with_a_similar_name_is_not_taken(workbench, bullhorn):
    name = "RingCentral_CRM_Extension_Placeholder_Company"
    workbench.sandbox.database.create("ClientCorporation", {"name": name.lower()}, 101)
    await bullhorn.create_contact(NOBODY, "Ann", "Contact")
    assert 1 == workbench.sent("PUT", "/entity/ClientCorporation")


async def test_a_database_that_does_not_tell_capitals_apart_gives_no_other_company(workbench, bullhorn):
    named = {"id": 99, "name": "RINGCENTRAL_CRM_EXTENSION_PLACEHOLDER_COMPANY"}
    answer = {"start": 0, "count": 1, "data": [named]}
    workbench.sandbox.faults.add("GET", "*/query/ClientCorporation", status=200, json=answer)
    await bullhorn.create_contact(NOBODY, "Ann", "Contact")
    assert 1 == workbench.sent("PUT", "/entity/ClientCorporation")


async def test_the_companys_own_archived_contact_is_nobodys_match(bullhorn):
    await bullhorn.create_contact(NOBODY, "Ann", "Contact")
    assert [] == await bullhorn.find_contact_with_name("Default Contact")


async def test_a_contact_that_bullhorn_refuses_is_said_with_its_words(workbench, bullhorn):
    refusal = {"errorMessage": "Missing required property: email", "errorCode": 400}
    workbench.sandbox.faults.add("PUT", "*/entity/Lead", status=400, json=refusal)
    with pytest.raises(Rejected, match="Missing required property: email"):
        await bullhorn.create_contact(NOBODY, "Ann")


async def test_the_form_offers_each_types_statuses_lead_first(workbench, bullhorn):
    choices = await bullhorn.new_contact_choices()
    assert ["Lead", "Candidate", "Contact", "noteActions"] == list(choices)
    assert Choice(const="New Lead", title="New Lead") == choices["Lead"]["status"][0]
    assert Choice(const="Outbound Call", title="Outbound Call") == choices["noteActions"][0]
    await bullhorn.new_contact_choices()
    assert 3 == workbench.sent("GET", "/meta/")


async def test_a_type_that_may_not_be_seen_has_no_statuses_to_choose(make_bench):
    workbench = make_bench(leads_hidden=True)
    await workbench.sign_in_by_code()
    choices = await workbench.connector.new_contact_choices()
    assert {"status": []} == choices["Lead"]  # App Connect's client reads additionalInfo[type].status
    assert ["Active", "Passive", "Archive"] == [each.const for each in choices["Contact"]["status"]]


async def test_matches_are_in_app_connects_order_contacts_candidates_leads(workbench, bullhorn):
    kinds = {"Lead": "Ava Lead", "Candidate": "Ava Candidate", "ClientContact": "Ava Contact"}
    for entity, name in kinds.items():
        company = {"clientCorporation": {"id": 801}} if entity == "ClientContact" else {}
        fields = {"name": name, "phone": "+14155550911", **company}
        workbench.sandbox.database.create(entity, fields, 101)
    found = await bullhorn.find_contact(parse("+14155550911"))
    assert ["Contact", "Candidate", "Lead"] == [contact.type for contact in found]
    by_name = await bullhorn.find_contact_with_name("Ava")
    assert ["Contact", "Candidate", "Lead"] == [contact.type for contact in by_name]
