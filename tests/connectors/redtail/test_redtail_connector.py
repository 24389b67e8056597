"""Redtail's operations against the played Redtail: what they find, write, keep and survive."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from answers import call
from pydantic import SecretStr
from workbench_steps import nia, sandbox_of, signed_in

from appconnect import operation_warnings
from appconnect.auth.sign_in import RenewalContext
from appconnect.connector import Account
from appconnect.connectors import registry
from appconnect.connectors.redtail.sandbox import RedtailSandbox
from appconnect.connectors.redtail.schemas import Phone
from appconnect.connectors.redtail.sign_in import RedtailSignIn
from appconnect.errors import (
    CredentialsRejected,
    InputError,
    NotFound,
    NotSignedIn,
    NotSupported,
    RateLimited,
    Rejected,
    SessionExpired,
    Unavailable,
    Unreachable,
)
from appconnect.http import CrmClient, Trace
from appconnect.models import AuthType, Choice, Contact, LogDraft, LogFormat, LogKind
from appconnect.phone import parse
from appconnect.redaction import Redactor
from appconnect.sandbox import Sandbox, SandboxClock

API = "/api/public/v1"
TYPED = {"apiKey": "sandbox-partner-key", "username": "rae.quill", "password": "quiet:as:a:mouse"}
NIA_NUMBER = parse("+14155550142")
NIA = Contact(id="501", name="Nia Holt")
START = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)
DRAFT = LogDraft(
    subject="Outbound Call to Nia Holt", body="<b>Agent notes</b><br>Hi", start=START, duration=240,
    reference="session-1",
)  # fmt: skip


class Memory:
    """A cache that never forgets."""

    def __init__(self):
        self.kept = {}

    def get(self, key):
        return self.kept.get(key)

    def put(self, key, value, seconds):
        self.kept[key] = value


@pytest.fixture
def redtail():
    return RedtailSandbox(SandboxClock())


@pytest.fixture
async def client(redtail):
    transport = Sandbox(redtail.clock, [redtail]).transport()
    crm = CrmClient(
        transport,
        rules=registry.platform("redtail").connector.rules,
        clock=redtail.clock,
        trace=Trace(Redactor()),
        jitter=lambda: 0.5,
    )
    yield crm
    await crm.aclose()


async def sign_in(crm, **typed):
    way = RedtailSignIn(RenewalContext(crm.clock))
    steps = way.auth_flow({k: SecretStr(v) for k, v in {**TYPED, **typed}.items()}, None, None)
    request = next(steps)
    answer = await crm.send_unsigned(request)
    try:
        steps.send(answer)
    except StopIteration as end:
        return end.value


@pytest.fixture
async def crm(client, redtail):
    """Rae's connection; nothing counted yet."""
    client.signer = await sign_in(client)
    redtail.requests.clear()
    return client


@pytest.fixture
async def connector(crm, redtail):
    connector = registry.platform("redtail").connector(crm, Account(), Memory())
    connector.account.user = await connector.get_user_info()
    redtail.requests.clear()
    return connector


def sent(redtail):
    """What was sent, in order."""
    return [f"{each.method} {each.path.removeprefix(API)}" for each in redtail.requests]


def activities(redtail):
    return list(redtail.database.activities.values())


# -- who --


async def test_the_user_is_redtail_s_and_the_database_stands_beside_it(connector):
    user = await connector.get_user_info()
    assert ("880042-redtail", "880042", "Rae Quill", {"databaseId": "880011"}) == (
        user.id,
        user.crm_id,
        user.name,
        user.platform_additional_info,
    )


async def test_every_request_is_signed_with_userkeyauth(connector, redtail):
    await connector.get_user_info()
    assert ["Userkeyauth"] == [each.headers["authorization"].split()[0] for each in redtail.requests]


@pytest.mark.parametrize("envelope", [True, False])
async def test_signing_in_works_with_and_without_an_envelope(client, redtail, envelope):
    redtail.toggles["sign_in_envelope"] = envelope
    client.signer = await sign_in(client)
    assert "880042-redtail" == (await registry.platform("redtail").connector(client).get_user_info()).id


async def test_a_wrong_password_is_rejected(client):
    with pytest.raises(CredentialsRejected):
        await sign_in(client, password="wrong")


async def test_no_network_at_sign_in_is_not_a_wrong_password(client, redtail):
    redtail.faults.add(drop=True, times=None)
    with pytest.raises(Unreachable):
        await sign_in(client)


async def test_a_server_in_trouble_at_sign_in_is_not_a_wrong_password(client, redtail):
    redtail.faults.add(status=503, text="down", times=None)
    with pytest.raises(Unavailable):
        await sign_in(client)


async def test_nobody_is_nobody(client):
    with pytest.raises(NotSignedIn):
        await registry.platform("redtail").connector(client).get_user_info()


@pytest.mark.parametrize("status", [403, 404])
async def test_whoever_may_not_read_the_users_goes_by_their_user_name(connector, redtail, status):
    redtail.faults.add(path="*/database_users/*", status=status, json={"message": "no"})
    assert "rae.quill" == (await connector.get_user_info()).name


@pytest.mark.parametrize(
    "account",
    [
        Account(settings={"redtailCustomTimezone": {"value": "America/Denver"}}),
        Account(options={"redtailCustomTimezone": "America/Denver"}),
    ],
    ids=["setting", "option"],
)
async def test_the_time_zone_is_a_setting(crm, account):
    assert (
        "America/Denver"
        == (await registry.platform("redtail").connector(crm, account).get_user_info()).timezone_name
    )


@pytest.mark.parametrize("name", ["Mars/Phobos", "../../etc/passwd", "America", "+05:07"])
async def test_what_is_no_time_zone_is_told_and_left_out(crm, name):
    account = Account(settings={"redtailCustomTimezone": {"value": name}})
    with operation_warnings.collect() as told:
        user = await registry.platform("redtail").connector(crm, account).get_user_info()
    assert ("", "+00:00") == (user.timezone_name, user.timezone_offset)
    assert "America/New_York" in told[0]


async def test_without_the_setting_it_is_utc(connector):
    user = await connector.get_user_info()
    assert ("", "+00:00") == (user.timezone_name, user.timezone_offset)


async def test_there_is_no_oauth_and_nothing_to_revoke(connector, redtail):
    assert AuthType.API_KEY == connector.get_auth_type()
    with pytest.raises(NotSupported):
        await connector.get_oauth_info()
    await connector.unauthorize()
    assert [] == sent(redtail)


async def test_a_key_that_has_become_invalid_asks_to_sign_in_again(connector, redtail):
    redtail.database.user_keys.change(880042, {"user_key": "another"})
    with pytest.raises(SessionExpired):
        await connector.find_contact(NIA_NUMBER)


# -- contacts --


async def test_a_number_finds_whoever_carries_it_and_no_lookalike_or_deleted_one(connector, redtail):
    (nia,) = await connector.find_contact(NIA_NUMBER)
    assert ("501", "Nia Holt", "+1 415-555-0142", "Individual", "Owner") == (
        nia.id,
        nia.name,
        nia.phone,
        nia.type,
        nia.title,
    )
    searches = [each for each in redtail.requests if each.path.endswith("search_basic")]
    assert [("4155550142", "phones")] == [
        (each.query["phone_number"], each.headers["include"]) for each in searches
    ]


@pytest.mark.parametrize("included", [True, False])
@pytest.mark.parametrize("strict", [True, False])
async def test_people_who_share_a_number_are_both_found_however_redtail_searches(
    connector, redtail, included, strict
):
    redtail.toggles["search_includes_phones"] = included
    redtail.toggles["strict_phone_search"] = strict
    found = await connector.find_contact(parse("+14155550177"))
    assert ["Omar Vance", "Ines Roth"] == [contact.name for contact in found]


async def test_phones_that_the_search_leaves_out_are_fetched_for_each_hit(connector, redtail):
    redtail.toggles["search_includes_phones"] = False
    found = await connector.find_contact(NIA_NUMBER)
    assert (["Nia Holt"], ["GET /contacts/501/phones", "GET /contacts/504/phones"]) == (
        [contact.name for contact in found],
        [line for line in sent(redtail) if line.endswith("/phones")],
    )


@pytest.mark.parametrize("status", [403, 404])
async def test_a_hit_whose_phones_are_hidden_stays_and_that_is_told(connector, redtail, status):
    redtail.toggles["search_includes_phones"] = False
    redtail.faults.add(path="*/contacts/501/phones", status=status, json={"message": "no"})
    with operation_warnings.collect() as told:
        [nia] = await connector.find_contact(NIA_NUMBER)
    assert ("Nia Holt", "") == (nia.name, nia.phone)
    assert [
        "Redtail found Nia Holt #501 by this number, but does not show the phones; check them in Redtail."
    ] == told


@pytest.mark.parametrize(
    ("number", "name"),
    [("+35315550188", "Sinéad O'Neil"), ("+442079460123", "Zoë 🌟 & Sons"), ("+12125550166", "Ulla Bare")],
)
async def test_numbers_of_other_countries_are_found_by_their_national_digits(connector, number, name):
    assert [name] == [contact.name for contact in await connector.find_contact(parse(number))]


async def test_the_same_digits_in_another_country_are_another_number(connector):
    assert [] == await connector.find_contact(parse("+4915155550142"))


async def test_other_formats_are_searched_as_well_and_nobody_comes_twice(connector, redtail):
    found = await connector.find_contact(NIA_NUMBER, overriding_format="(***) ***-****,***-***-****")
    assert ["Nia Holt"] == [contact.name for contact in found]
    assert ["4155550142", "(415) 555-0142", "415-555-0142"] == [
        each.query["phone_number"] for each in redtail.requests if "phone_number" in each.query
    ]


async def test_all_pages_are_read(connector, redtail):
    redtail.database.add_crowd(120)
    assert 120 == len(await connector.find_contact(parse("+17025550190")))


async def test_nobody_found_is_no_error(connector):
    assert [] == await connector.find_contact(parse("+12125550100"))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Nia", ["Nia Holt"]),
        ("holt", ["Nia Holt", "Holt Ltd"]),
        ("Anna Maria van Dyke", ["Anna Maria van Dyke"]),
        ("O'Neil", ["Sinéad O'Neil"]),
        ("🌟 & Sons", ["Zoë 🌟 & Sons"]),
        ("Nia&page=9", []),
        ("Nia#x", []),
        ("  Nia   Holt ", ["Nia Holt"]),
    ],
)
async def test_a_name_is_searched_as_it_is(connector, name, found):
    assert found == [contact.name for contact in await connector.find_contact_with_name(name)]


async def test_a_business_goes_by_its_company_name(connector):
    (business,) = await connector.find_contact_with_name("Holt Ltd")
    assert ("Holt Ltd", "Business", "+1 415-555-0100") == (business.name, business.type, business.phone)


# -- categories --


async def test_the_log_form_offers_the_categories_in_use(connector):
    (nia,) = await connector.find_contact(NIA_NUMBER)
    categories = [
        Choice(const="1", title="Review"),
        Choice(const="2", title="General Information"),
        Choice(const="3", title="Prospecting & Referrals"),
    ]
    assert {"category": categories} == nia.additional_info == await connector.new_contact_choices()


@pytest.mark.parametrize("switch", [{"labels_as_code": True}, {"categories_paged": False}])
async def test_categories_are_read_however_redtail_writes_them(connector, redtail, switch):
    redtail.database.add_crowd(60)
    redtail.toggles.update(switch)
    categories = (await connector.new_contact_choices())["category"]
    assert (63, "General Information", "Category 60") == (
        len(categories),
        categories[1].title,
        categories[-1].title,
    )


def category_of(redtail, log_id):
    return redtail.database.activities[int(log_id)]["category_id"]


@pytest.mark.parametrize("default", ["3", 3, " prospecting & REFERRALS "])
async def test_the_setting_is_the_category_of_logs_for_which_none_is_chosen(connector, redtail, default):
    connector.account.settings = {"defaultCategory": {"value": default}}
    log_id = await connector.create_call_log(NIA, DRAFT)
    assert 3 == category_of(redtail, log_id)
    chosen = DRAFT.model_copy(update={"additional_submission": {"category": "1"}, "reference": "other"})
    assert 1 == category_of(redtail, await connector.create_call_log(NIA, chosen))
    await connector.upsert_call_disposition(log_id, {"category": "1"})
    await connector.upsert_call_disposition(log_id, {"category": "none"})
    assert 3 == category_of(redtail, log_id)
    message = DRAFT.model_copy(update={"kind": LogKind.SMS, "reference": "sms"})
    assert 3 == category_of(redtail, await connector.create_message_log(NIA, message))


@pytest.mark.parametrize("default", ["99", "Nonsense", "-1", "²", "3.5"])
async def test_a_default_category_that_is_none_is_told_and_blocks_nothing(connector, redtail, default):
    connector.account.settings = {"defaultCategory": {"value": default}}
    with operation_warnings.collect() as told:
        assert 2 == category_of(redtail, await connector.create_call_log(NIA, DRAFT))
    assert [
        f"defaultCategory is {default!r}, which is none of Redtail's categories, so it was left out. "
        "There are: 1 (Review), 2 (General Information), 3 (Prospecting & Referrals)."
    ] == told


@pytest.mark.parametrize("default", ["", "none", None, {}])
async def test_an_empty_default_category_is_none_and_needs_no_words(connector, redtail, default):
    connector.account.settings = {"defaultCategory": {"value": default}}
    with operation_warnings.collect() as told:
        assert 2 == category_of(redtail, await connector.create_call_log(NIA, DRAFT))
    assert [] == told


async def test_a_default_category_is_believed_while_the_list_cannot_be_read(connector, redtail):
    redtail.faults.add(path="*/categories", status=503, text="down", times=None)
    connector.account.settings = {"defaultCategory": {"value": "3"}}
    assert 3 == category_of(redtail, await connector.create_call_log(NIA, DRAFT))


async def test_categories_are_asked_for_once_a_day_only(connector, redtail):
    for _ in "abc":
        await connector.find_contact(NIA_NUMBER)
    await connector.create_call_log(NIA, DRAFT)
    assert 1 == sent(redtail).count("GET /lists/categories")


async def test_without_categories_there_are_contacts_and_logs_all_the_same(connector, redtail):
    redtail.faults.add(path="*/categories", status=503, text="down", times=None)
    (nia,) = await connector.find_contact(NIA_NUMBER)
    log_id = await connector.create_call_log(nia, DRAFT)
    assert ({"category": []}, "9001", 2) == (
        nia.additional_info,
        log_id,
        redtail.database.activities[9001]["category_id"],
    )


@pytest.mark.parametrize(
    ("categories", "used"),
    [
        ({1: "Review", 2: "General Information"}, 2),
        ({2: "Something else", 7: "General Information"}, 7),
        ({1: "Review", 2: "Something else"}, 2),
        ({8: "Review", 9: "Tax"}, 8),
    ],
)
async def test_the_default_category_is_found_in_this_database_s_list(connector, redtail, categories, used):
    redtail.database.lists["categories"].load([])
    for number, name in categories.items():
        redtail.database.add_entry("categories", number, name)
    await connector.create_call_log(NIA, DRAFT)
    assert used == redtail.database.activities[9001]["category_id"]


# -- new contacts --


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Ivy Marsh", "Ivy", "Marsh"),
        ("Berta Luisa van Dyke", "Berta Luisa", "van Dyke"),
        ("Madonna", None, "Madonna"),
        (" Zoë 🌟  O'Hara ", "Zoë 🌟", "O'Hara"),
    ],
)
async def test_a_new_person_keeps_every_word_of_the_name(connector, redtail, name, first, last):
    made = await connector.create_contact(parse("+12125550199"), name)
    contact = redtail.database.contacts[int(made.id)]
    assert (first, last, "Crm::Contact::Individual", " ".join(name.split())) == (
        contact["first_name"],
        contact["last_name"],
        contact["type"],
        made.name,
    )


@pytest.mark.parametrize("kind", ["Business", "Trust", "Association", "Union"])
async def test_what_is_no_person_has_a_company_name(connector, redtail, kind):
    made = await connector.create_contact(parse("+12125550199"), "Roth & Sons Ltd", kind)
    contact = redtail.database.contacts[int(made.id)]
    assert ("Roth & Sons Ltd", f"Crm::Contact::{kind}", "Roth & Sons Ltd", kind) == (
        contact["company_name"],
        contact["type"],
        made.name,
        made.type,
    )


async def test_a_new_contact_s_phone_is_split_and_found_again(connector, redtail):
    made = await connector.create_contact(parse("+442079460999"), "Ivy Marsh")
    (phone,) = redtail.database.contacts[int(made.id)]["phones"]
    assert ("2079460999", 44, 3, True, True) == tuple(
        phone[key] for key in ("number", "country_code", "phone_type", "is_primary", "is_preferred")
    )
    assert [made.id] == [each.id for each in await connector.find_contact(parse("+442079460999"))]


async def test_a_new_contact_takes_the_category_of_the_form(connector, redtail):
    made = await connector.create_contact(
        NIA_NUMBER, "Ivy Marsh", additional_submission={"category": {"const": "3", "title": "Prospecting"}}
    )
    assert 3 == redtail.database.contacts[int(made.id)]["category_id"]


@pytest.mark.parametrize(
    ("name", "kind", "submission"),
    [("", "", {}), (" ", "Business", {}), ("Ivy", "Person", {}), ("Ivy", "", {"category": "x"})],
)
async def test_a_contact_that_cannot_be_is_not_sent(connector, redtail, name, kind, submission):
    with pytest.raises(InputError):
        await connector.create_contact(NIA_NUMBER, name, kind, submission)
    assert [] == sent(redtail)


# -- writing a log --


async def test_a_call_is_one_completed_activity_of_the_contact(connector, redtail):
    log_id = await connector.create_call_log(NIA, DRAFT)
    (activity,) = activities(redtail)
    assert log_id == "9001"
    assert {
        "subject": "Outbound Call to Nia Holt",
        "description": "<b>Agent notes</b><br>Hi",
        "start_date": "2026-01-02T09:00:00.000Z",
        "end_date": "2026-01-02T09:04:00.000Z",
        "all_day": False,
        "repeats": "never",
        "activity_code_id": 3,
        "category_id": 2,
        "linked_contacts": [{"contact_id": 501}],
        "attendees": [],
        "completed": True,
    }.items() <= activity.items()


async def test_the_body_stands_in_the_description_only(connector, redtail):
    await connector.create_call_log(NIA, DRAFT)
    assert (["POST /activities", "PUT /activities/9001"], 0) == (
        [line for line in sent(redtail) if not line.startswith("GET")],
        len(redtail.database.notes),
    )


async def test_an_assigned_user_attends_and_the_form_s_category_is_used(connector, redtail):
    draft = DRAFT.model_copy(update={"owner_id": "880043", "additional_submission": {"category": "3"}})
    await connector.create_call_log(NIA, draft)
    (activity,) = activities(redtail)
    assert ([{"type": "Crm::Activity::Attendee::User", "user_id": 880043}], 3) == (
        activity["attendees"],
        activity["category_id"],
    )


async def test_a_call_without_start_begins_now_and_one_of_no_length_ends_then(connector, redtail):
    await connector.create_call_log(NIA, LogDraft(subject="Call", body="", duration=0))
    (activity,) = activities(redtail)
    assert ("2026-01-02T09:30:00.000Z",) * 2 == (activity["start_date"], activity["end_date"])


@pytest.mark.parametrize("kind", list(LogKind))
async def test_messages_are_completed_activities_too(connector, redtail, kind):
    log_id = await connector.create_message_log(NIA, DRAFT.model_copy(update={"kind": kind}))
    await connector.update_message_log(log_id, LogDraft(kind=kind, body="<b>more</b>"))
    assert ("<b>more</b>", True) == (
        activities(redtail)[0]["description"],
        activities(redtail)[0]["completed"],
    )


@pytest.mark.parametrize(
    ("contact", "change"),
    [
        ("createNewContact", {}),
        ("501", {"owner_id": "Kit"}),
        ("501", {"additional_submission": {"category": "General"}}),
    ],
)
async def test_ids_that_are_none_are_said_before_anything_is_written(connector, redtail, contact, change):
    with pytest.raises(InputError):
        await connector.create_call_log(Contact(id=contact, name="?"), DRAFT.model_copy(update=change))
    assert [] == activities(redtail)


async def test_what_redtail_refuses_is_told_in_its_words(connector):
    draft = DRAFT.model_copy(update={"additional_submission": {"category": "99"}})
    with pytest.raises(Rejected, match="Category must exist"):
        await connector.create_call_log(NIA, draft)


# -- surviving --


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}, {"drop_after": True}, {"status": 429}])
async def test_a_completion_that_fails_now_and_then_is_sent_again(connector, redtail, fault):
    redtail.faults.add("PUT", "*", times=3, **fault)
    await connector.create_call_log(NIA, DRAFT)
    (activity,) = activities(redtail)
    assert (True, "2026-01-02T09:00:00.000Z") == (activity["completed"], activity["start_date"])


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"drop": True}, {"status": 401}, {"status": 403}, {"status": 422}]
)
async def test_a_completion_that_fails_for_good_keeps_the_log_and_the_next_update_completes_it(
    connector, redtail, fault, caplog
):
    redtail.faults.add("PUT", "*", times=None, **fault)
    with caplog.at_level(logging.WARNING):
        log_id = await connector.create_call_log(NIA, DRAFT)
    assert ("9001", False, True) == (
        log_id,
        activities(redtail)[0]["completed"],
        "The activity is not completed in Redtail (log 9001)" in caplog.text,
    )
    redtail.faults.clear()
    await connector.update_call_log(log_id, LogDraft(body="<b>more</b>"))
    assert [(True, "<b>more</b>")] == [(a["completed"], a["description"]) for a in activities(redtail)]


@pytest.mark.parametrize("catch_up", ["update", "disposition", "message"])
async def test_an_activity_that_was_left_open_is_completed_by_whatever_comes_next(
    connector, redtail, catch_up
):
    redtail.faults.add("PUT", "*", status=403, times=None)
    log_id = await connector.create_call_log(NIA, DRAFT)
    redtail.faults.clear()
    match catch_up:
        case "update":
            await connector.update_call_log(log_id, LogDraft())
        case "message":
            await connector.update_message_log(log_id, LogDraft())
        case "disposition":
            await connector.upsert_call_disposition(log_id, {"category": "3"})
    assert [True] == [activity["completed"] for activity in activities(redtail)]
    redtail.requests.clear()
    await connector.update_call_log(log_id, LogDraft())
    assert [] == sent(redtail)


# -- the agent's note in the notes tab --


@pytest.fixture
def noted(connector):
    """The draft of a call with a note, where notes go to the notes tab."""
    connector.account.settings = {"redtailAgentNotes": {"value": True}}
    return DRAFT.model_copy(update={"note": "Hi"})


@pytest.fixture
async def redtail_workbench():
    workbench = await signed_in("redtail")
    yield workbench, sandbox_of(workbench)
    await workbench.close()


def notes(redtail):
    return [note["body"] for note in redtail.database.notes.values()]


@pytest.mark.parametrize("status", [401, 403, 404, 422, 429, 500])
async def test_a_note_that_cannot_be_added_is_said_and_added_by_the_next_update(
    connector, redtail, noted, status, caplog
):
    redtail.faults.add("POST", "*/notes", status=status, times=None)
    log_id = await connector.create_call_log(NIA, noted)
    assert ([], [True]) == (notes(redtail), [activity["completed"] for activity in activities(redtail)])
    assert f"The agent's note is not in Redtail's notes tab (log {log_id})" in caplog.text
    await connector.update_call_log(log_id, LogDraft())
    assert [] == notes(redtail)
    redtail.faults.clear()
    for _ in range(2):
        await connector.update_call_log(log_id, LogDraft())
    assert ["Hi"] == notes(redtail)
    assert 2 == redtail.database.notes[7001]["category_id"]


async def test_an_update_renews_the_note_and_only_a_new_one(redtail_workbench):
    workbench, redtail = redtail_workbench
    workbench.settings = {"redtailAgentNotes": {"value": True}}
    log_id = (await workbench.log_call(call(), await nia(workbench), note="Hi")).log_id
    assert ["Hi"] == notes(redtail)
    for _ in range(2):
        await workbench.update_call_log(log_id, note="New <one>")
    await workbench.update_call_log(log_id, transcript="Rae: hi")
    await workbench.log_call(call(), await nia(workbench), note="New <one>")
    await workbench.log_call(call(), await nia(workbench), note="Theirs", automatic=True)
    assert ["Hi", "New <one>"] == notes(redtail)
    assert 2 == [*redtail.database.notes.values()][-1]["category_id"]
    workbench.settings = {}
    await workbench.update_call_log(log_id, note="Quiet")
    assert ["Hi", "New <one>"] == notes(redtail)


async def test_a_note_that_is_renewed_before_the_first_was_added_is_added_alone(connector, redtail, noted):
    redtail.faults.add("POST", "*/notes", status=500, times=None)
    log_id = await connector.create_call_log(NIA, noted)
    redtail.faults.clear()
    await connector.update_call_log(log_id, LogDraft(note="Better", body="Better"))
    await connector.update_call_log(log_id, LogDraft(body="Same"))
    assert ["Better"] == notes(redtail)


async def test_a_note_whose_answer_was_lost_is_not_added_again(connector, redtail, noted):
    redtail.faults.add("POST", "*/notes", drop_after=True)
    log_id = await connector.create_call_log(NIA, noted)
    await connector.update_call_log(log_id, LogDraft(body="more"))
    assert ["Hi"] == notes(redtail)


async def test_a_log_that_is_found_again_gets_its_note(connector, redtail, noted):
    redtail.faults.add("POST", "*/activities", drop_after=True)
    with pytest.raises(Unreachable):
        await connector.create_call_log(NIA, noted)
    for _ in range(2):
        assert "9001" == await connector.find_log(NIA, noted)
    assert (["Hi"], [True]) == (notes(redtail), [activity["completed"] for activity in activities(redtail)])


async def test_a_log_that_is_found_open_with_its_note_gets_no_second_one(connector, redtail, noted):
    redtail.faults.add("PUT", "*", status=500, times=None)
    await connector.create_call_log(NIA, noted)
    redtail.faults.clear()
    assert "9001" == await connector.find_log(NIA, noted)
    assert (["Hi"], [True]) == (notes(redtail), [activity["completed"] for activity in activities(redtail)])


async def test_a_note_that_is_not_wanted_any_more_is_not_added(connector, redtail, noted):
    redtail.faults.add("POST", "*/notes", status=403)
    log_id = await connector.create_call_log(NIA, noted)
    connector.account.settings = {}
    await connector.update_call_log(log_id, LogDraft())
    assert [] == notes(redtail)


# -- after a lost answer --


async def test_an_activity_whose_answer_was_lost_is_found_and_completed_not_doubled(connector, redtail):
    redtail.faults.add("POST", "*/activities", drop_after=True)
    with pytest.raises(Unreachable) as lost:
        await connector.create_call_log(NIA, DRAFT)
    found = await connector.find_log(NIA, DRAFT)
    assert (True, "9001", [True]) == (
        lost.value.maybe_done,
        found,
        [activity["completed"] for activity in activities(redtail)],
    )


async def test_an_activity_that_never_left_is_sent_again(connector, redtail):
    redtail.faults.add("POST", "*/activities", drop=True)
    assert "9001" == await connector.create_call_log(NIA, DRAFT)


async def test_reads_are_tried_again(connector, redtail):
    redtail.faults.add("GET", "*/search_basic", status=502, text="<html>", times=2)
    assert 1 == len(await connector.find_contact(NIA_NUMBER))


async def test_a_pause_that_lasts_is_said(connector, redtail):
    redtail.faults.add(status=429, json={"message": "Too many requests"}, times=None)
    with pytest.raises(RateLimited, match="Too many requests"):
        await connector.get_call_log("9001")


async def test_limits_are_unknown_for_redtail_tells_none(connector):
    with connector.crm.watch() as seen:
        await connector.find_contact(NIA_NUMBER)
    assert [] == seen


@pytest.mark.parametrize(
    ("contact", "change"),
    [
        (Contact(id="502", name="Omar"), {}),
        (NIA, {"subject": "Inbound Call from Nia Holt"}),
        (NIA, {"start": START + timedelta(seconds=1)}),
        (NIA, {"start": None}),
    ],
)
async def test_another_call_is_not_taken_for_this_one(connector, contact, change):
    await connector.create_call_log(NIA, DRAFT)
    assert await connector.find_log(contact, DRAFT.model_copy(update=change)) is None


async def test_a_colleague_s_log_is_not_taken_for_mine(connector, redtail):
    await connector.create_call_log(NIA, DRAFT)
    redtail.database.activities[9001]["added_by"] = 880043
    assert await connector.find_log(NIA, DRAFT) is None


async def test_a_log_is_found_among_many_and_across_midnight(connector, redtail):
    midnight = datetime(2026, 1, 2, 0, 0, 0, 700_000, tzinfo=UTC)
    for number in range(60):
        await connector.create_call_log(NIA, DRAFT.model_copy(update={"subject": f"Call {number}"}))
    log_id = await connector.create_call_log(NIA, DRAFT.model_copy(update={"start": midnight}))
    assert log_id == await connector.find_log(NIA, DRAFT.model_copy(update={"start": midnight}))


# -- changing a log --


@pytest.fixture
async def log_id(connector, redtail):
    log_id = await connector.create_call_log(NIA, DRAFT.model_copy(update={"owner_id": "880042"}))
    redtail.requests.clear()
    return log_id


@pytest.mark.parametrize(
    ("draft", "changed"),
    [
        (LogDraft(body="new"), {"description": "new"}),
        (LogDraft(subject="new"), {"subject": "new"}),
        (LogDraft(body=""), {"description": ""}),
        (LogDraft(duration=60), {"end_date": "2026-01-02T09:01:00.000Z"}),
        (LogDraft(duration=0), {"end_date": "2026-01-02T09:00:00.000Z"}),
        (
            LogDraft(start=START + timedelta(hours=1)),
            {"start_date": "2026-01-02T10:00:00.000Z", "end_date": "2026-01-02T10:04:00.000Z"},
        ),
        (
            LogDraft(start=START + timedelta(hours=1), duration=60),
            {"start_date": "2026-01-02T10:00:00.000Z", "end_date": "2026-01-02T10:01:00.000Z"},
        ),
        (LogDraft(additional_submission={"category": "3"}), {"category_id": 3}),
        (LogDraft(), {}),
    ],
)
@pytest.mark.parametrize("answer_204", [True, False])
async def test_an_update_changes_what_it_says_and_nothing_else(
    connector, redtail, log_id, draft, changed, answer_204
):
    redtail.toggles["put_answers_204"] = answer_204
    before = dict(redtail.database.activities[9001])
    await connector.update_call_log(log_id, draft)
    after = redtail.database.activities[9001]
    assert changed == {key: after[key] for key in after if after[key] != before[key]}


async def test_an_update_that_says_nothing_sends_nothing(connector, redtail, log_id):
    await connector.update_call_log(log_id, LogDraft())
    assert [] == sent(redtail)


async def test_the_activity_is_read_first_only_where_that_is_needed(connector, redtail, log_id):
    await connector.update_call_log(log_id, LogDraft(body="new", start=START, duration=60))
    assert ["PUT /activities/9001"] == sent(redtail)


async def test_a_failed_first_read_changes_nothing(connector, redtail, log_id):
    before = dict(redtail.database.activities[9001])
    redtail.faults.add("GET", "*/activities/*", status=500, times=None)
    with pytest.raises(Unavailable):
        await connector.update_call_log(log_id, LogDraft(body="new", duration=60))
    assert before == redtail.database.activities[9001]


@pytest.mark.parametrize("replaced", [True, False])
async def test_a_newly_assigned_user_joins_those_who_attend_already(connector, redtail, log_id, replaced):
    redtail.toggles["attendees_replaced"] = replaced
    await connector.update_call_log(log_id, LogDraft(owner_id="880043"))
    await connector.update_call_log(log_id, LogDraft(owner_id="880043"))
    assert [880042, 880043] == [each["user_id"] for each in redtail.database.activities[9001]["attendees"]]


async def test_an_update_of_what_is_gone_says_so(connector, redtail, log_id):
    redtail.database.activities.remove(9001)
    with pytest.raises(NotFound):
        await connector.update_call_log(log_id, LogDraft(body="new"))


async def test_never_patch(connector, redtail, log_id):
    await connector.update_call_log(log_id, LogDraft(body="new", duration=1, owner_id="880043"))
    await connector.upsert_call_disposition(log_id, {"category": "3"})
    assert {"GET", "PUT"} == {each.method for each in redtail.requests}


# -- category of a log --


@pytest.mark.parametrize(
    ("chosen", "category"),
    [("3", 3), ({"const": "3", "title": "Prospecting"}, 3), ("none", 2), ("", 2), (None, 2)],
)
async def test_a_log_is_filed_under_the_category_that_is_chosen_or_the_default(
    connector, redtail, log_id, chosen, category
):
    redtail.database.activities[9001]["category_id"] = 1
    assert log_id == await connector.upsert_call_disposition(log_id, {"category": chosen})
    assert category == redtail.database.activities[9001]["category_id"]


async def test_no_category_said_is_nothing_to_do(connector, redtail, log_id):
    assert await connector.upsert_call_disposition(log_id, {"deals": "1"}) is None
    assert [] == sent(redtail)


# -- reading a log --


async def test_a_log_is_read_back(connector, redtail, log_id):
    record = await connector.get_call_log(log_id)
    assert ("9001", "Outbound Call to Nia Holt", DRAFT.body, "501", "Nia Holt", START, 240) == (
        record.id,
        record.subject,
        record.body,
        record.contact_id,
        record.contact_name,
        record.start,
        record.duration,
    )
    assert ({"category": "2"}, 880042, ["GET /activities/9001"]) == (
        record.dispositions,
        record.raw["added_by"],
        sent(redtail),
    )


async def test_a_name_that_the_activity_leaves_out_is_fetched(connector, redtail, log_id):
    redtail.toggles["names_in_activities"] = False
    assert "Nia Holt" == (await connector.get_call_log(log_id)).contact_name


async def test_a_business_has_its_name_too(connector):
    log_id = await connector.create_call_log(Contact(id="509", name="Holt Ltd"), DRAFT)
    assert "Holt Ltd" == (await connector.get_call_log(log_id)).contact_name


@pytest.mark.parametrize("fault", [{"status": 400}, {"status": 500}, {"drop": True}, {"text": "<html>"}])
async def test_names_that_cannot_be_read_fail_neither_a_log_nor_the_sign_in(
    connector, redtail, log_id, fault
):
    redtail.toggles["names_in_activities"] = False
    redtail.faults.add("GET", "*/contacts/501", times=None, **fault)
    redtail.faults.add("GET", "*/lists/database_users/*", times=None, **fault)
    assert (DRAFT.body, "") == (
        (await connector.get_call_log(log_id)).body,
        (await connector.get_call_log(log_id)).contact_name,
    )
    assert "rae.quill" == (await connector.get_user_info()).name


async def test_a_log_whose_contact_was_deleted_is_read_without_a_name(connector, redtail, log_id):
    redtail.toggles["names_in_activities"] = False
    redtail.database.contacts[501]["deleted"] = True
    assert "" == (await connector.get_call_log(log_id)).contact_name


async def test_a_log_without_anything_is_read(connector, redtail, log_id):
    nothing = {"description": None, "linked_contacts": [], "start_date": None, "end_date": None}
    redtail.database.activities.change(9001, nothing)
    record = await connector.get_call_log(log_id)
    assert ("", "", "", None, None) == (
        record.body,
        record.contact_id,
        record.contact_name,
        record.start,
        record.duration,
    )


async def test_a_deleted_log_is_not_found(connector, redtail, log_id):
    redtail.database.activities[9001]["deleted"] = True
    with pytest.raises(NotFound):
        await connector.get_call_log(log_id)


@pytest.mark.parametrize("log_id", ["", "abc", "1/../2", "９００１"])
async def test_what_is_no_log_id_is_not_asked_for(connector, redtail, log_id):
    with pytest.raises(InputError):
        await connector.get_call_log(log_id)
    assert [] == sent(redtail)


async def test_another_shape_is_said_to_be_one(connector, redtail, log_id):
    redtail.faults.add(path="*/activities/*", status=200, json={"activity": {"id": None}})
    with pytest.raises(Unavailable, match="not as documented"):
        await connector.get_call_log(log_id)


# -- about Redtail --


async def test_bodies_are_html(connector):
    assert LogFormat.HTML == connector.get_log_format_type()


async def test_users_of_all_pages_without_those_whose_access_is_denied(connector, redtail):
    redtail.database.add_crowd(60)
    users = await connector.get_user_list()
    assert ("Rae Quill", "880042", 61, False) == (
        users[0].name,
        users[0].id,
        len(users),
        any(user.name in ("Olu Gone", "User 60 Crowd") for user in users),
    )


@pytest.mark.parametrize(
    ("phone", "text"),
    [
        (Phone(number="4155550142", country_code=1), "+1 4155550142"),
        (Phone(number="4155550142", country_code="1"), "+1 4155550142"),
        (Phone(number="1-415-555-0142", country_code=1), "+1 415-555-0142"),
        (Phone(number="+14155550142", country_code=1), "+14155550142"),
        (Phone(number="0044 20 7946 0123", country_code=1), "0044 20 7946 0123"),
        (Phone(number="415 555 0142"), "415 555 0142"),
        (Phone(number="30 1234567", country_code="+49"), "+49 30 1234567"),
        (Phone(number="1", country_code=1), "+1 1"),
        (Phone(), ""),
    ],
)
def test_number_and_country_code_make_one_text(phone, text):
    assert text == phone.text
