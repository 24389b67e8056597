"""Insightly: who is signed in, who is found, and who is made."""

import pytest

from appconnect import operation_warnings
from appconnect.connectors.insightly.sandbox.schema import CONTACT, LEAD, USER
from appconnect.errors import (
    Forbidden,
    InputError,
    NotSupported,
    RateLimited,
    Rejected,
    SessionExpired,
    Unavailable,
)
from appconnect.models import AuthType, Choice, LogFormat
from appconnect.phone import parse

SHARED, NIA = parse("+14155550177"), parse("+14155550142")


def names(contacts):
    return [(contact.type, contact.name) for contact in contacts]


def searched(world):
    return [
        (seen.path.split("/")[2], seen.query["field_name"], seen.query["field_value"])
        for seen in world.crm.requests
        if "field_name" in seen.query
    ]


async def found(world, number, **how):
    return await world.insightly.find_contact(parse(number), **how)


# -- who --


async def test_the_user_has_a_zone_by_its_iana_name(world):
    user = await world.insightly.get_user_info()
    assert ("41-insightly", "Rae Quill", "America/Los_Angeles", "") == (
        user.id, user.name, user.timezone_name, user.timezone_offset,
    )  # fmt: skip
    assert {"instanceId": 900, "email": "rae.quill@acme.example"} == user.platform_additional_info


async def test_it_is_a_key_and_no_oauth(world):
    assert AuthType.API_KEY is world.insightly.get_auth_type()
    assert LogFormat.PLAIN is world.insightly.get_log_format_type()
    with pytest.raises(NotSupported) as raised:
        await world.insightly.get_oauth_info()
    assert "Insightly has no OAuth; sign in with an API key and the API URL." == raised.value.message


async def test_signing_out_asks_nothing_of_insightly(world):
    await world.insightly.unauthorize()
    assert [] == world.sent


async def test_a_key_that_was_reset_is_a_session_that_ended(world):
    denied = {"Message": "Authorization has been denied for this request."}
    world.crm.faults.add("GET", "*/Users/Me", status=401, json=denied)
    with pytest.raises(SessionExpired):
        await world.insightly.get_user_info()


async def test_users_of_all_pages_without_those_who_left(world):
    for number in range(600):
        world.crm.database.add(USER, {"FIRST_NAME": f"User {number}", "ACTIVE": number % 2 == 0})
    users = await world.insightly.get_user_list()
    assert 2 + 300 == len(users)
    assert ("41", "Rae Quill", "rae.quill@acme.example") == (users[0].id, users[0].name, users[0].email)
    assert "Olu Gone" not in [user.name for user in users]


# -- by number --


@pytest.mark.usefixtures("searched_for")
async def test_people_who_share_a_number_are_all_found_each_once(world):
    contacts = await world.insightly.find_contact(SHARED)
    assert [("Contact", "Omar Vance"), ("Contact", "Ines Roth")] == names(contacts)
    assert ["+14155550177", "+14155550177"] == [contact.phone for contact in contacts]


@pytest.mark.usefixtures("searched_for")
async def test_asked_are_all_phone_fields_and_the_main_ones_in_the_usual_writing_too(world):
    await world.insightly.find_contact(SHARED)
    phones = ["PHONE", "PHONE_MOBILE", "PHONE_HOME", "PHONE_OTHER", "PHONE_ASSISTANT"]
    fields = [*(("Contacts", phone) for phone in phones), ("Leads", "PHONE"), ("Leads", "MOBILE")]
    asked = {(*field, form) for field in fields for form in ("+14155550177", "4155550177")}
    asked |= {(*field, "+1 415-555-0177") for field in [*fields[:2], *fields[-2:]]}
    assert asked == set(searched(world))
    assert len(asked) == len(searched(world))


@pytest.mark.parametrize("field", ["PHONE_HOME", "PHONE_OTHER", "PHONE_ASSISTANT"])
async def test_whoever_has_the_number_in_another_field_is_offered_beside_the_others(world, field):
    world.crm.database.add(CONTACT, {"FIRST_NAME": "Homer", field: "4155550177"})
    contacts = await world.insightly.find_contact(SHARED)
    assert ["Homer", "Ines Roth", "Omar Vance"] == sorted(contact.name for contact in contacts)


async def test_one_way_of_writing_that_finds_somebody_hides_no_other(world):
    world.crm.database.add(CONTACT, {"FIRST_NAME": "Homer", "PHONE_HOME": NIA.e164})
    contacts = await world.insightly.find_contact(NIA)
    assert ["Homer", "Nia Holt"] == sorted(contact.name for contact in contacts)


async def test_a_punctuated_number_is_found_in_its_usual_writing(world):
    assert [("Contact", "Nia Holt")] == names(await world.insightly.find_contact(NIA))


async def test_a_template_is_searched_beside_e164_and_digits(world):
    assert [] == names(await found(world, "+12125550166"))
    contacts = await found(world, "+12125550166", overriding_format="***.***.****, (***) ***-****")
    assert [("Contact", "Ulla Bare")] == names(contacts)
    assert "(212) 555-0166" == contacts[0].phone
    assert [("Contact", "Omar Vance"), ("Contact", "Ines Roth")] == names(
        await found(world, "+14155550177", overriding_format="(***) ***-****")
    )


async def test_a_template_takes_no_other_way_of_writing_away(world):
    contacts = await found(world, NIA.e164, overriding_format="(***) ***-****")
    assert [("Contact", "Nia Holt")] == names(contacts)


async def test_a_longer_number_that_contains_these_digits_is_somebody_else(world):
    assert "Lena Fuzz" not in [contact.name for contact in await world.insightly.find_contact(NIA)]


async def test_digits_without_a_country_are_a_match_only_for_the_same_digits(world):
    assert [("Contact", "Prince")] == names(await found(world, "+16125550133"))


async def test_leads_are_found_by_phone_and_by_mobile(world):
    for number in ("+35315550188", "+353865550188"):
        (lead,) = await found(world, number)
        assert ("4101", "Lead", "Sinéad O'Neil", "O'Neil & Co", number) == (
            lead.id, lead.type, lead.name, lead.organization, lead.phone,
        )  # fmt: skip


@pytest.mark.usefixtures("searched_for")
async def test_without_lead_management_contacts_are_still_found(world):
    world.crm.faults.add("GET", "*/Leads/Search", status=403, json={"Message": "no"}, times=None)
    assert [("Contact", "Omar Vance"), ("Contact", "Ines Roth")] == names(
        await world.insightly.find_contact(SHARED)
    )


@pytest.mark.usefixtures("searched_for")
async def test_without_access_to_contacts_the_reason_is_raised(world):
    world.crm.faults.add("GET", "*/Contacts/Search", status=403, json={"Message": "no"}, times=None)
    with pytest.raises(Forbidden):
        await world.insightly.find_contact(SHARED)


@pytest.mark.usefixtures("searched_for")
async def test_a_hit_that_does_not_carry_the_number_is_no_match(world):
    wrong = [{"CONTACT_ID": 3108, "FIRST_NAME": "Prince", "PHONE": "+1 612 555 0133"}]
    world.crm.faults.add("GET", "*/Contacts/Search", status=200, json=wrong)
    assert [("Contact", "Omar Vance"), ("Contact", "Ines Roth")] == names(
        await world.insightly.find_contact(SHARED)
    )


@pytest.mark.usefixtures("searched_for")
async def test_a_search_that_fails_for_a_moment_is_asked_again(world):
    world.crm.faults.add("GET", "*/Leads/Search", status=503, text="<html>busy</html>")
    world.crm.faults.add("GET", "*/Contacts/Search", drop=True)
    assert 2 == len(await world.insightly.find_contact(SHARED))


@pytest.mark.usefixtures("searched_for")
async def test_a_key_that_is_reset_in_the_middle_of_a_search_ends_it(world):
    world.crm.faults.add("GET", "*/Leads/Search", status=401, json={"Message": "no"})
    with pytest.raises(SessionExpired):
        await world.insightly.find_contact(SHARED)


@pytest.mark.usefixtures("searched_for")
async def test_an_answer_of_another_shape_is_an_error(world):
    world.crm.faults.add("GET", "*/Contacts/Search", status=200, json={"CONTACT_ID": "many"})
    with pytest.raises(Unavailable, match="the answer: Input should be a valid list"):
        await world.insightly.find_contact(SHARED)


async def test_a_hit_of_another_shape_hides_nobody_and_the_warning_names_the_field(world):
    wrong = [{"CONTACT_ID": "many", "FIRST_NAME": "x"}]
    everybody = await world.insightly.find_contact(SHARED)
    world.crm.faults.add("GET", "*/Contacts/Search", status=200, json=wrong, after=1)
    with operation_warnings.collect() as warnings:
        assert everybody == await world.insightly.find_contact(SHARED)
    (warning,) = warnings
    assert warning.startswith("Left out of what the CRM answered: contact number 1 of the list (CONTACT_ID: ")
    assert "many" not in warning


async def test_the_contact_of_a_converted_lead_is_not_read_when_it_was_found_itself(world):
    await world.insightly.find_contact(SHARED)
    assert [] == [path for _, path in world.sent if path == "/Contacts/3102"]


@pytest.mark.usefixtures("searched_for")
async def test_a_converted_lead_stands_for_its_contact(world):
    omar = world.crm.database.records["Contact"][3102]
    omar |= {"PHONE": None, "PHONE_MOBILE": "+1 999"}
    contacts = await world.insightly.find_contact(SHARED)
    assert [("3102", "Contact", "+14155550177"), ("3103", "Contact", "+14155550177")] == [
        (contact.id, contact.type, contact.phone) for contact in contacts
    ]


async def test_a_converted_lead_whose_contact_is_gone_is_left_out(world):
    assert [] == await found(world, "+14155550150")


@pytest.mark.usefixtures("searched_for")
async def test_more_hits_than_a_page_holds_are_all_read(world):
    for number in range(600):
        world.crm.database.add(CONTACT, {"FIRST_NAME": f"Clerk {number}", "PHONE": "+442079460999"})
    assert 600 == len(await found(world, "+442079460999"))


# -- the account's own fields --


@pytest.mark.usefixtures("searched_for")
async def test_extra_fields_are_searched_where_they_exist(world):
    world.insightly.account.options = {"phoneFields": "phone_2__C, Hotline"}
    assert [("Contact", "Anna Maria van Dyke")] == names(await found(world, "+31205550198"))
    assert [("Lead", "Hugo Linde")] == names(await found(world, "+46855501299"))
    assert 1 == world.sent.count(("GET", "/CustomFields/Contact"))
    assert ("Leads", "PHONE_2__c", "+31205550198") not in searched(world)


CONTACT_FIELDS = "insightlyExtraPhoneFieldNameForContact"
LEAD_FIELDS = "insightlyExtraPhoneFieldNameForLead"


@pytest.mark.usefixtures("searched_for")
@pytest.mark.parametrize("names_", ["PHONE_2__c", " phone_2__C ,", "PHONE_3__c,PHONE_2__c", "Second phone"])
async def test_app_connects_settings_name_the_fields_of_contacts_and_of_leads(world, names_):
    world.insightly.account.settings = {
        CONTACT_FIELDS: {"value": names_},
        LEAD_FIELDS: {"value": "Hotline__c"},
    }
    assert [("Contact", "Anna Maria van Dyke")] == names(await found(world, "+31205550198"))
    assert [("Lead", "Hugo Linde")] == names(await found(world, "+46855501299"))
    asked = {(where, field) for where, field, _ in searched(world)}
    assert {("Contacts", "PHONE_2__c"), ("Leads", "HOTLINE__c")} <= asked
    assert not {("Leads", "PHONE_2__c"), ("Contacts", "HOTLINE__c")} & asked


async def test_a_standard_field_may_be_named_as_well(world):
    world.crm.database.add(CONTACT, {"FIRST_NAME": "Fay", "PHONE_FAX": "+14155550933"})
    assert [] == await found(world, "+14155550933")
    world.insightly.account.settings = {CONTACT_FIELDS: {"value": "phone_fax, PHONE_OTHER"}}
    with operation_warnings.collect() as told:
        assert [("Contact", "Fay")] == names(await found(world, "+14155550933"))
    assert [] == told


@pytest.mark.parametrize(
    ("setting", "names_", "sentence"),
    [
        ("phoneFields", "PHONE_2__c, NOPE__c", "phoneFields names NOPE__c, but neither contacts nor leads"),
        (CONTACT_FIELDS, "PHONE_2__c,NOPE__c", f"{CONTACT_FIELDS} names NOPE__c, but no contacts"),
        (CONTACT_FIELDS, "PHONE_2__c,HOTLINE__c", f"{CONTACT_FIELDS} names HOTLINE__c, but no contacts"),
    ],
)
async def test_an_extra_field_that_does_not_exist_is_told_and_left_out(world, setting, names_, sentence):
    world.insightly.account.settings = {setting: {"value": names_}}
    with operation_warnings.collect() as told:
        assert [("Contact", "Anna Maria van Dyke")] == names(await found(world, "+31205550198"))
    [line] = told
    assert line.startswith(f"{sentence} of this Insightly account have such a field, so it was left out.")
    assert "Their own fields are: " in line and "PHONE_2__c" in line


async def test_own_fields_that_cannot_be_read_block_no_search(world):
    world.crm.faults.add("GET", "*/CustomFields/*", status=500, json={}, times=None)
    world.insightly.account.settings = {CONTACT_FIELDS: {"value": "PHONE_2__c"}}
    with operation_warnings.collect() as told:
        assert [] == await found(world, "+31205550198")
    reason, left_out = told
    assert reason.startswith("Could not read the account's own fields: ")
    assert f"{CONTACT_FIELDS} names PHONE_2__c, which cannot be checked now, so it was left out." == left_out


async def test_without_an_activity_the_last_update_is_the_most_recent_one(world):
    number = world.crm.database.add(CONTACT, {"FIRST_NAME": "Una", "PHONE": "+14155550944"})
    stored = world.crm.database.records[CONTACT.name][number]
    stored |= {"DATE_UPDATED_UTC": "2026-01-03 10:00:00", "LAST_ACTIVITY_DATE_UTC": None}
    [una] = await world.insightly.find_contact(parse("+14155550944"))
    assert "2026-01-03T10:00:00Z" == una.to_wire()["mostRecentActivityDate"]
    stored["LAST_ACTIVITY_DATE_UTC"] = "2026-01-02 09:00:00"
    [una] = await world.insightly.find_contact(parse("+14155550944"))
    assert "2026-01-02T09:00:00Z" == una.to_wire()["mostRecentActivityDate"]


async def test_a_field_that_was_made_since_yesterday_is_looked_up_again(world):
    world.insightly.account.options = {"phoneFields": "PHONE_2__c"}
    await found(world, "+31205550198")
    fields = world.crm.database.custom_fields["Contact"]
    fields.append({**fields[0], "FIELD_NAME": "PHONE_3__c", "FIELD_LABEL": "Third phone"})
    world.insightly.account.options = {"phoneFields": "PHONE_3__c"}
    assert [] == await found(world, "+31205550198")
    assert 2 == world.sent.count(("GET", "/CustomFields/Contact"))


# -- what is linked --


async def test_a_contact_comes_with_what_the_form_offers(world):
    (nia,) = await world.insightly.find_contact(NIA)
    assert {
        "organisation": [Choice(const="77", title="Holt Ltd")],
        "opportunity": [
            Choice(const="501", title="Holt renewal"),
            Choice(const="502", title="Holt support plan"),
        ],
        "project": [Choice(const="601", title="Holt rollout")],
    } == nia.additional_info
    assert ("Holt Ltd", "77", "Owner", "2026-01-02T09:30:00+00:00") == (
        nia.organization, nia.organization_id, nia.title, nia.created_date.isoformat(),
    )  # fmt: skip


async def test_hidden_and_deleted_links_are_left_out_and_the_rest_stays(world):
    (zoe,) = await found(world, "+442079460123")
    assert {"organisation": [Choice(const="78", title="Zoë & Sons")], "opportunity": [], "project": []} == (
        zoe.additional_info
    )
    assert "Zoë 🌟 & Sons" == zoe.name


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 400, "json": {"Message": "no"}},
        {"status": 402, "json": {}},
        {"status": 500, "text": "broken"},
        {"status": 200, "text": "<html>"},
        {"status": 200, "json": ["ORGANISATION_NAME"]},
        {"drop": True},
    ],
)
async def test_whatever_is_wrong_with_a_linked_record_the_person_is_found(world, fault):
    world.crm.faults.add("GET", "*/[Oo]rganisations/*", times=None, **fault)
    (zoe,) = await found(world, "+442079460123")
    assert ("Zoë 🌟 & Sons", []) == (zoe.name, zoe.additional_info["organisation"])


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_whatever_is_wrong_with_the_contact_of_a_converted_lead_the_others_are_found(world, status):
    world.crm.faults.add("GET", "*/[Cc]ontacts/[0-9]*", status=status, json={}, times=None)
    assert [] == await found(world, "+14155550150")


async def test_a_session_that_ends_is_not_a_record_that_is_hidden(world):
    world.crm.faults.add("GET", "*/[Oo]rganisations/*", status=401, json={})
    with pytest.raises(SessionExpired):
        await found(world, "+442079460123")


async def test_a_day_that_is_used_up_in_the_middle_still_gives_the_person(world):
    world.crm.faults.add(
        "GET", "*/[Oo]rganisations/*", status=429, json={}, headers={"X-RateLimit-Remaining": "0"}
    )
    (zoe,) = await found(world, "+442079460123")
    assert ("Zoë 🌟 & Sons", []) == (zoe.name, zoe.additional_info["organisation"])


async def test_what_two_people_are_linked_to_is_read_once(world):
    for row in (3102, 3103):
        world.crm.database.records["Contact"][row]["ORGANISATION_ID"] = 77
    await world.insightly.find_contact(SHARED)
    assert 1 == world.sent.count(("GET", "/Organisations/77"))


async def test_somebody_with_nothing_linked_offers_nothing(world):
    (ulla,) = await found(world, "+12125550166", overriding_format="(***) ***-****")
    assert {"organisation": [], "opportunity": [], "project": []} == ulla.additional_info
    assert ("", "") == (ulla.organization, ulla.organization_id)


# -- pace --


@pytest.mark.usefixtures("searched_for")
async def test_a_search_with_many_requests_keeps_to_ten_a_second(world):
    world.crm.toggles["retry_after"] = True
    await found(world, "+12025550111", overriding_format="***-***-****,(***) ***-****,*** *** ****")
    assert set() == {seen.status for seen in world.crm.requests} - {200}
    assert 4 * 5 + 3 * 5 + 4 == len(world.crm.requests)


@pytest.mark.usefixtures("searched_for")
async def test_a_burst_of_somebody_else_is_waited_for(world):
    world.crm.faults.add("GET", "*/Contacts/Search", status=429, json={"Message": "slow down"})
    assert 2 == len(await world.insightly.find_contact(SHARED))


async def test_a_day_that_is_used_up_is_not_tried_again(world):
    with world.insightly.crm.watch() as limits:
        world.crm.plan = "tiny"
        world.crm.limits.day.spend(50)
        with pytest.raises(RateLimited) as raised:
            await world.insightly.get_user_info()
    assert (True, 1) == (raised.value.daily, len(world.crm.requests))
    assert [(50, 0)] == [(limit.daily_amount, limit.daily_remaining) for limit in limits]


# -- by name --


@pytest.mark.parametrize(
    ("typed", "whom"),
    [
        ("Nia", ["Nia Holt"]),
        ("holt", ["Nia Holt"]),
        ("nia holt", ["Nia Holt"]),
        ("Prince", ["Prince"]),
        ("Anna Maria van Dyke", ["Anna Maria van Dyke"]),
        ("Anna van Dyke", ["Anna Maria van Dyke"]),
        ("van Dyke", ["Anna Maria van Dyke"]),
        ("Anna Maria", ["Anna Maria van Dyke"]),
        ("Sinéad O'Neil", ["Sinéad O'Neil"]),
        ("Zoë 🌟 & Sons", ["Zoë 🌟 & Sons"]),
        ("Omar Vance", ["Omar Vance"]),
        ("Otto Holt", []),
        ("ia Holt", []),
        ("*", []),
        ("  ", []),
    ],
)
async def test_people_by_name(world, typed, whom):
    assert whom == [contact.name for contact in await world.insightly.find_contact_with_name(typed)]


async def test_a_name_whose_case_counts_is_found_as_written(world):
    world.crm.toggles["case_sensitive_search"] = True
    assert [] == await world.insightly.find_contact_with_name("nia")
    assert 1 == len(await world.insightly.find_contact_with_name("Nia"))


async def test_nobody_is_asked_for_without_a_name(world):
    await world.insightly.find_contact_with_name(" ")
    assert [] == world.sent


# -- making --


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Anna Maria van Dyke", "Anna Maria", "van Dyke"),
        ("Solo", "Solo", None),
        ("Zoë 🌟 & Sons", "Zoë 🌟 &", "Sons"),
    ],
)
async def test_a_contact_is_made_with_all_its_names(world, name, first, last):
    made = await world.insightly.create_contact(parse("+14155550100"), name)
    row = world.crm.database.records["Contact"][int(made.id)]
    assert (name, "Contact") == (made.name, made.type)
    assert (first, last, "+14155550100") == (row["FIRST_NAME"], row["LAST_NAME"], row["PHONE"])


@pytest.mark.parametrize("defaults", [True, False])
async def test_a_lead_gets_the_account_s_default_source_and_status(world, defaults):
    world.crm.toggles["lead_defaults"] = defaults
    made = await world.insightly.create_contact(parse("+14155550100"), "Solo", "lead")
    row = world.crm.database.records["Lead"][int(made.id)]
    assert ("Solo", "Lead", 12, 21) == (made.name, made.type, row["LEAD_SOURCE_ID"], row["LEAD_STATUS_ID"])
    assert (None, "Solo") == (row["FIRST_NAME"], row["LAST_NAME"])
    await world.insightly.create_contact(parse("+14155550101"), "Second Lead", "Lead")
    assert 1 == world.sent.count(("GET", "/LeadSources"))


@pytest.mark.parametrize(("name", "kind"), [("", ""), ("  ", "Lead"), ("Nia", "Candidate")])
async def test_a_contact_without_name_or_of_no_type_is_refused_before_anything_is_sent(world, name, kind):
    with pytest.raises(InputError):
        await world.insightly.create_contact(parse("+14155550100"), name, kind)
    assert [] == world.sent


async def test_what_insightly_does_not_accept_is_told_in_its_words(world):
    with pytest.raises(Rejected) as raised:
        await world.insightly.create_contact(parse("+14155550100"), f"{'x' * 300} y")
    assert "FIRST_NAME" in raised.value.crm_message
    assert {} == {
        number: row
        for number, row in world.crm.database.records["Contact"].items()
        if row["LAST_NAME"] == "y"
    }


async def test_errors_in_plain_text_are_told_as_well(world):
    world.crm.toggles["plain_errors"] = True
    with pytest.raises(Rejected) as raised:
        await world.insightly.create_contact(parse("+14155550100"), f"{'x' * 300} y")
    assert "FIRST_NAME" in raised.value.crm_message


async def test_a_lead_that_was_made_is_found_again(world):
    made = await world.insightly.create_contact(parse("+14155550100"), "Nora New", "Lead")
    assert [made.id] == [contact.id for contact in await found(world, "+14155550100")]
    assert LEAD.name == made.type


@pytest.mark.parametrize("kind", ["Organisations", "Projects", "Opportunities"])
async def test_a_linked_record_that_cannot_be_read_is_told_of_with_its_number(world, kind):
    await found(world, "+14155550142")
    read = {seen.path for seen in world.crm.requests if seen.path.split("/")[2] == kind}
    world.crm.faults.add("GET", f"*/{kind}/*", status=403, json={"Message": "no"}, times=None)
    with operation_warnings.collect() as told:
        await found(world, "+14155550142")
    one = {"Organisations": "organisation", "Projects": "project", "Opportunities": "opportunity"}[kind]
    named = {f"Could not read the name of {one} {path.rpartition('/')[2]}" for path in read}
    assert named
    assert named == {line.partition(":")[0] for line in told}
