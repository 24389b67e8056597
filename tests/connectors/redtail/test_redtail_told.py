"""What Redtail's connector leaves out, asks for and says: to the letter."""

from __future__ import annotations

from typing import Any

import pytest
from workbench_steps import nia, sandbox_of, signed_in

from appconnect import operation_warnings
from appconnect.connectors import registry
from appconnect.connectors.redtail import Redtail, schemas
from appconnect.errors import (
    AppConnectError,
    CrmError,
    Forbidden,
    NotFound,
    NotSignedIn,
    NotSupported,
    Unavailable,
)
from appconnect.http.exchange import Request
from appconnect.models import Contact, LogDraft
from appconnect.phone import parse
from appconnect.redaction import Redactor
from appconnect.testing import samples
from appconnect.workbench import Workbench, connect

API = "/api/public/v1"


@pytest.fixture
async def workbench():
    workbench = await signed_in("redtail")
    sandbox_of(workbench).requests.clear()
    yield workbench
    await workbench.close()


def sent(workbench: Workbench) -> list[str]:
    return [f"{each.method} {each.path.removeprefix(API)}" for each in sandbox_of(workbench).requests]


# -- what an answer leaves out --


@pytest.mark.parametrize(
    ("kind", "needed", "others"),
    [
        (schemas.Phone, {}, {}), (schemas.Person, {"id": 1}, {}), (schemas.Category, {"id": 1}, {"label": ""}),
        (schemas.DatabaseUser, {"id": 1}, {}), (schemas.LinkedContact, {}, {}), (schemas.Activity, {"id": 1}, {}),
    ],
)  # fmt: skip
def test_what_an_answer_leaves_out_is_none(kind: Any, needed: dict[str, int], others: dict[str, str]) -> None:
    read = kind.model_validate(needed).model_dump()
    nothing = dict.fromkeys(kind.model_fields.keys() - needed.keys() - others.keys())
    assert {**needed, **others, **nothing} == read


@pytest.mark.parametrize(
    ("path", "answer", "what"),
    [
        ("*/activities/*", {"activity": {"id": None}}, "activity"),
        ("*/contacts/*", {"contact": {"id": None}}, "contact"),
        ("*/lists/database_users", {"database_users": [{"id": None}]}, "user"),
        ("*/contacts/search_basic", {"contacts": [{"id": None}]}, "contact"),
    ],
)
async def test_an_answer_of_another_shape_is_said_by_what_it_should_be(
    workbench: Workbench, path: str, answer: Any, what: str
) -> None:
    sandbox_of(workbench).faults.add("GET", path, status=200, json=answer, times=None)
    connector = workbench.connector
    asks: dict[str, Any] = {
        "*/activities/*": lambda: connector.get_call_log("9001"),
        "*/contacts/*": lambda: connector.directory().contact("501"),  # type: ignore[union-attr]
        "*/lists/database_users": connector.get_user_list,
        "*/contacts/search_basic": lambda: connector.find_contact_with_name("Nia"),
    }
    with operation_warnings.collect() as told:
        try:
            await asks[path]()
            said = "\n".join(told)
        except Unavailable as error:
            said = error.message
    assert f" {what}" in said, said
    assert f"XX{what}" not in said


# -- who and where --


def test_redtail_is_reached_at_these_hosts_only() -> None:
    rules = Redtail.rules
    hosts = (
        "crm.redtailtechnology.com",
        "smf.crm3.redtailtechnology.com",
        "review.crm.redtailtechnology.com",
    )
    assert (hosts, True) == (tuple(rules.hosts), all(map(rules.trusts, hosts)))
    assert [False] * 3 == [
        rules.trusts(each)
        for each in ("redtailtechnology.com", "crm3.redtailtechnology.com", "a.crm.redtailtechnology.com")
    ]
    assert (2.0, {"GET", "PUT"}, ("message", "error")) == (
        rules.min_wait,
        set(rules.idempotent),
        tuple(rules.error_keys),
    )
    platform = registry.platform("redtail")
    assert (("crm.redtailtechnology.com",), "redtail", "Redtail") == (
        platform.reachable_at,
        Redtail.platform,
        Redtail.title,
    )


def test_what_an_operation_costs_is_counted_here() -> None:
    once = ("get_user_info", "find_contact", "find_contact_with_name", "create_contact", "update_call_log", "get_call_log",
            "upsert_call_disposition", "update_message_log", "get_user_list")  # fmt: skip
    known = {name: cost.requests for name, cost in Redtail.costs.items()}
    assert {
        **dict.fromkeys(once, 1),
        "unauthorize": 0,
        "create_call_log": 2,
        "create_message_log": 2,
    } == known


@pytest.mark.parametrize(
    ("zone", "name", "offset"),
    [
        ("America/Denver", "America/Denver", ""),
        ("-5", "", "-05:00"),
        ("5.5", "", "+05:30"),
        ("", "", "+00:00"),
    ],
)
async def test_a_zone_is_told_by_name_or_by_offset(
    workbench: Workbench, zone: str, name: str, offset: str
) -> None:
    workbench.settings = {"redtailCustomTimezone": {"value": zone}}
    workbench.context.account.options = {}
    user = await workbench.connector.get_user_info()
    assert (name, offset) == (user.timezone_name, user.timezone_offset)


async def test_who_is_not_signed_in_is_told_to() -> None:
    workbench = connect("redtail", mode="sandbox")
    with pytest.raises(NotSignedIn) as caught:
        await workbench.connector.get_user_info()
    assert "There is no connection to Redtail yet; sign in first." == caught.value.message
    with pytest.raises(NotSupported) as unsupported:
        await workbench.connector.get_oauth_info()
    assert "Redtail is signed in to with user name and password, not with OAuth." == unsupported.value.message
    await workbench.close()


# -- what cannot be read is told --


@pytest.mark.parametrize(
    ("path", "change", "told"),
    [
        ("*/database_users/*", {"first_name": None, "last_name": ""},
         "Could not read the name of user 880042: Redtail left it out of its answer."),
        ("*/contacts/501", {"full_name": None, "first_name": "", "last_name": None, "company_name": None},
         "Could not read the name of contact 501: Redtail left it out of its answer."),
    ],
)  # fmt: skip
async def test_a_name_that_is_left_out_is_told(
    workbench: Workbench, path: str, change: dict[str, None], told: str
) -> None:
    crm = sandbox_of(workbench)
    crm.toggles["names_in_activities"] = False
    log_id = (await workbench.log_call(samples.call(), await nia(workbench))).log_id or ""
    crm.faults.add(
        "GET", path, change=lambda answer: {key: {**row, **change} for key, row in answer.items()}, times=None
    )
    with operation_warnings.collect() as said:
        user = await workbench.connector.get_user_info()
        log = await workbench.connector.get_call_log(log_id)
    assert [told] == said
    assert ("rae.quill" if "users" in path else "Rae Quill") == user.name
    assert ("Nia Holt" if "users" in path else "") == log.contact_name


async def test_the_name_of_somebody_else_is_nobodys(workbench: Workbench) -> None:
    crm = sandbox_of(workbench)
    crm.toggles["names_in_activities"] = False
    log_id = (await workbench.log_call(samples.call(), await nia(workbench))).log_id or ""

    def of_another(answer: Any) -> Any:
        return {key: {**row, "id": row["id"] + 1} for key, row in answer.items()}

    crm.faults.add("GET", "*/database_users/*", change=of_another, times=None)
    crm.faults.add("GET", "*/contacts/501", change=of_another, times=None)
    with operation_warnings.collect() as said:
        user = await workbench.connector.get_user_info()
        log = await workbench.connector.get_call_log(log_id)
    assert ("rae.quill", "") == (user.name, log.contact_name)
    assert ["Could not read the name of user 880042", "Could not read the name of contact 501"] == [
        each.partition(":")[0] for each in said
    ]


async def test_categories_that_cannot_be_read_are_told(workbench: Workbench) -> None:
    workbench.connector.cache.put("redtail categories", None, 0)
    crm = sandbox_of(workbench)
    crm.faults.add("GET", "*/lists/categories", status=403, json={"message": "You may not."}, times=None)
    result = await workbench.find_contact_with_name("Nia")
    assert result.return_message is not None
    assert any(line.startswith("Could not read the categories: ") for line in result.return_message.lines)


async def test_a_log_that_was_deleted_in_redtail_is_said_to_be(workbench: Workbench) -> None:
    log_id = (await workbench.log_call(samples.call(), await nia(workbench))).log_id or ""
    sandbox_of(workbench).database.activities.change(int(log_id), {"deleted": True})  # type: ignore[attr-defined]
    with pytest.raises(NotFound) as caught:
        await workbench.connector.get_call_log(log_id)
    assert ("This log was deleted in Redtail.", 404) == (caught.value.message, caught.value.status)


async def test_an_answer_about_another_log_is_no_answer(workbench: Workbench) -> None:
    log_id = (await workbench.log_call(samples.call(), await nia(workbench))).log_id or ""
    sandbox_of(workbench).faults.add(
        "GET",
        "*/activities/*",
        change=lambda answer: {"activity": {**answer["activity"], "id": 1}},
        times=None,
    )
    with pytest.raises(CrmError):
        await workbench.connector.get_call_log(log_id)


async def test_a_deleted_contact_is_said_to_be_left_out(workbench: Workbench) -> None:
    def without_nia(answer: Any) -> Any:
        return {**answer, "contacts": [{**each, "deleted": each["id"] == 501} for each in answer["contacts"]]}

    sandbox_of(workbench).faults.add("GET", "*/search_basic", change=without_nia, times=None)
    assert [] == (await workbench.find_contact_with_name("Nia")).contacts
    (nia,) = (await workbench.explain_match("+14155550142", expected="501")).expected
    assert (False, "It is deleted in Redtail.") == (nia.is_match, nia.because)


# -- deleting --


@pytest.mark.parametrize("status", [204, 200])
async def test_a_log_is_deleted_and_its_answer_believed(workbench: Workbench, status: int) -> None:
    log_id = (await workbench.log_call(samples.call(), await nia(workbench))).log_id or ""
    sandbox_of(workbench).requests.clear()
    await workbench.connector.delete_call_log(log_id)
    assert [f"DELETE /activities/{log_id}"] == sent(workbench)
    with pytest.raises(NotFound):
        await workbench.connector.get_call_log(log_id)


@pytest.mark.parametrize("fault", ["answer lost", "done, answers a page"])
async def test_a_log_that_is_gone_after_all_is_deleted(workbench: Workbench, fault: str) -> None:
    log_id = (await workbench.log_call(samples.call(), await nia(workbench))).log_id or ""
    sandbox_of(workbench).faults.add("DELETE", named=fault, times=None)
    await workbench.connector.delete_call_log(log_id)
    assert f"GET /activities/{log_id}" == sent(workbench)[-1]


@pytest.mark.parametrize("fault", ["answers a page", "500", "403"])
async def test_a_log_that_is_still_there_is_not_deleted(workbench: Workbench, fault: str) -> None:
    log_id = (await workbench.log_call(samples.call(), await nia(workbench))).log_id or ""
    sandbox_of(workbench).faults.add("DELETE", named=fault, times=None)
    with pytest.raises(CrmError):
        await workbench.connector.delete_call_log(log_id)


# -- the list of all contacts --


async def test_all_contacts_are_listed_in_pages_of_200_with_their_phones(workbench: Workbench) -> None:
    crm = sandbox_of(workbench)
    crm.database.add_crowd(200)  # type: ignore[attr-defined]
    directory = workbench.connector.directory()
    assert directory is not None
    entries = [each async for each in directory.contacts()]
    pages = [each for each in crm.requests if each.path.endswith("/contacts")]
    assert [("phones", "200")] * 2 == [(each.headers["include"], each.headers["pagesize"]) for each in pages]
    assert (209, {"510"}) == (len(entries), {"510"} - {each.id for each in entries})
    assert ("501", "Nia Holt", ("+1 415-555-0142",), "Individual", "Holt Ltd") == (
        entries[0].id, entries[0].name, entries[0].phones, entries[0].type, entries[0].organization,
    )  # fmt: skip
    crm.requests.clear()
    assert 209 == await directory.count()
    assert ["1"] == [each.headers["pagesize"] for each in crm.requests]


async def test_one_contact_is_read_with_its_phones(workbench: Workbench) -> None:
    directory = workbench.connector.directory()
    assert directory is not None
    entry = await directory.contact("509")
    assert ("509", "Holt Ltd", ("+1 415-555-0100",), "Business", "Holt Ltd") == (
        entry.id, entry.name, entry.phones, entry.type, entry.organization,
    )  # fmt: skip
    assert ["phones"] == [each.headers["include"] for each in sandbox_of(workbench).requests]
    sandbox_of(workbench).faults.add(
        "GET", change=lambda answer: {"contact": {**answer["contact"], "phones": None}}
    )
    assert () == (await directory.contact("509")).phones


async def test_a_list_without_phones_is_no_list_of_contacts(workbench: Workbench) -> None:
    directory = workbench.connector.directory()
    assert directory is not None
    sandbox_of(workbench).faults.add(
        "GET", change=lambda answer: {**answer, "contacts": [{"id": 1}]}, times=None
    )
    with pytest.raises(NotSupported) as caught:
        [each async for each in directory.contacts()]
    assert "Redtail's list of contacts came without their phones." == caught.value.message


# -- the agent's note --


async def test_a_note_is_sent_as_redtails_own_products_send_it(workbench: Workbench) -> None:
    workbench.settings = {"redtailAgentNotes": {"value": True}}
    log_id = (await workbench.log_call(samples.call(), await nia(workbench), note="Hi")).log_id
    [note] = [each.json for each in sandbox_of(workbench).requests if each.path.endswith("/notes")]
    assert {"category_id": 2, "note_type": 1, "body": "Hi"} == note
    assert ["POST /activities", f"POST /activities/{log_id}/notes", f"PUT /activities/{log_id}"] == [
        each for each in sent(workbench) if not each.startswith("GET")
    ]
    assert {"completed": True} == sandbox_of(workbench).requests[-1].json


@pytest.mark.parametrize("status", [403, 422])
async def test_what_could_not_follow_is_told_by_what_is_missing(workbench: Workbench, status: int) -> None:
    workbench.settings = {"redtailAgentNotes": {"value": True}}
    crm = sandbox_of(workbench)
    crm.faults.add("POST", "*/notes", status=status, json={"message": "No."}, times=None)
    crm.faults.add("PUT", "*", status=status, json={"message": "No."}, times=None)
    result = await workbench.log_call(samples.call(), await nia(workbench), note="Hi")
    assert result.return_message is not None
    told = "\n".join(result.return_message.lines)
    for missing in (
        "The agent's note is not in Redtail's notes tab",
        "The activity is not completed in Redtail",
    ):
        assert missing in told


async def test_what_follows_later_is_told_when_it_is_there(workbench: Workbench) -> None:
    workbench.settings = {"redtailAgentNotes": {"value": True}}
    crm = sandbox_of(workbench)
    crm.faults.add("POST", "*/notes", status=403, json={"message": "No."})
    log_id = (await workbench.log_call(samples.call(), await nia(workbench), note="Hi")).log_id or ""
    updated = await workbench.update_call_log(log_id, ai_note="Asked for a price")
    assert updated.return_message is not None
    told = "Completed now what was left open: The agent's note is not in Redtail's notes tab."
    assert [told] == [line for line in updated.return_message.lines if "notes tab" in line]
    assert ["Hi"] == [each["body"] for each in crm.database.notes.values()]  # type: ignore[attr-defined]


async def test_an_update_of_the_category_files_the_note_there_too(workbench: Workbench) -> None:
    workbench.settings = {"redtailAgentNotes": {"value": True}}
    log_id = (await workbench.log_call(samples.call(), await nia(workbench))).log_id or ""
    for category, note in (("3", "One"), (None, "Two")):
        chosen = {"additional_submission": {"category": category}} if category else {}
        await workbench.connector.update_call_log(log_id, LogDraft(body=note, note=note, **chosen))
    notes = sandbox_of(workbench).database.notes.values()  # type: ignore[attr-defined]
    assert [("One", 3), ("Two", 3)] == [(each["body"], each["category_id"]) for each in notes]


# -- finding a log again --


@pytest.mark.parametrize(
    ("claimed", "found"), [(set(), "9001"), ({"9001"}, "9002"), ({"9001", "9002"}, None)]
)
async def test_of_logs_that_are_alike_one_that_nobody_claims_is_found(
    workbench: Workbench, claimed: set[str], found: str | None
) -> None:
    contact, draft = (
        Contact(id="501", name="Nia"),
        LogDraft(subject="Call", body="Hi", start=samples.NINE_THIRTY),
    )
    for _ in "ab":
        await workbench.connector.create_call_log(contact, draft)
    sandbox_of(workbench).requests.clear()
    assert found == await workbench.connector.find_log(
        contact, draft, is_claimed=lambda log_id: log_id in claimed
    )
    [search] = sandbox_of(workbench).requests
    assert ({"start_date": "2026-01-01", "end_date": "2026-01-03"}, f"{API}/activities") == (
        {key: value for key, value in search.query.items() if key.endswith("date")}, search.path,
    )  # fmt: skip


# -- searching and redaction --


async def test_a_search_leads_with_what_was_asked(workbench: Workbench) -> None:
    await workbench.connector.find_contact_with_name("  Nia   Holt ")
    await workbench.connector.find_contact(parse("+14155550142"))
    searches = [each for each in sandbox_of(workbench).requests if each.path.endswith("/search_basic")]
    assert [{"name": "Nia Holt"}, {"phone_number": "4155550142"}] == [
        {key: value for key, value in each.query.items() if key != "page"} for each in searches
    ]
    assert ["phones", "phones"] == [each.headers["include"] for each in searches]


async def test_phones_that_are_hidden_from_this_user_are_told_and_an_outage_is_an_error(
    workbench: Workbench,
) -> None:
    crm = sandbox_of(workbench)
    crm.toggles["search_includes_phones"] = False
    crm.faults.add("GET", "*/phones", status=500, json={}, times=None)
    with pytest.raises(AppConnectError) as caught:
        await workbench.connector.find_contact(parse("+14155550142"))
    assert not isinstance(caught.value, Forbidden | NotFound)
    crm.faults.clear()
    crm.faults.add("GET", "*/phones", status=200, json={"phones": None}, times=None)
    assert [] == await workbench.connector.find_contact(parse("+14155550142"))


def test_headers_that_say_what_was_asked_are_kept() -> None:
    redactor = Redactor(registry.platform("redtail").redaction)
    headers = {"include": "phones", "pagesize": "200", "x-other": "secret-one"}
    kept = redactor.stored_request(
        Request(
            method="GET", url=f"https://crm.redtailtechnology.com{API}", headers=headers, signed=frozenset()
        )
    )
    assert ("phones", "200", False) == (
        kept.headers["include"],
        kept.headers["pagesize"],
        "secret-one" in str(kept.headers),
    )
