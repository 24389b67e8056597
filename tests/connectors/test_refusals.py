"""What a CRM refuses: in its own words, and without losing what it gives."""

from __future__ import annotations

import pytest
from workbench_steps import nia, sandbox_of, sent, signed_in

from appconnect.connectors.bullhorn.new_contacts import statuses_of
from appconnect.errors import Forbidden, NotSearched, Rejected, Unconfirmed
from appconnect.models import Json, MessageLevel
from appconnect.testing.samples import call

NUMBER, SHARED = "+14155550142", "+14155550177"
NEW = "+12125550199"


# -- Pipedrive --


async def test_pipedrive_s_reason_reaches_the_person_beside_its_sentence() -> None:
    workbench = await signed_in("pipedrive")
    contact = await nia(workbench)
    refusal = {"error": "Bad request.", "error_info": "owner_id must be a number"}
    sandbox_of(workbench).faults.add("POST", "/api/v2/activities", status=400, json=refusal)
    result = await workbench.log_call(call(), contact)
    assert "It said: Bad request: owner_id must be a number" in " ".join(result.return_message.lines)


async def test_pipedrive_s_standing_advice_is_no_reason() -> None:
    workbench = await signed_in("pipedrive")
    advice = "Please check developers.pipedrive.com for more information about Pipedrive API."
    sandbox_of(workbench).faults.add(
        status=400, json={"error": "Bad request", "error_info": advice}, times=None
    )
    assert "Bad request" == (await workbench.find_contact(NUMBER)).error.crm_message


# -- Insightly --


async def test_insightly_s_plain_text_reaches_the_person() -> None:
    workbench = await signed_in("insightly")
    contact = await nia(workbench)
    sandbox_of(workbench).faults.add("POST", "*/Events", status=400, text="TITLE is too long for this plan")
    result = await workbench.log_call(call(), contact)
    assert "It said: TITLE is too long for this plan" in " ".join(result.return_message.lines)


@pytest.mark.parametrize("kind", ["Contacts", "Leads"])
async def test_where_insightly_refuses_one_kind_the_other_is_found(kind: str) -> None:
    workbench = await signed_in("insightly")
    everybody = {(each.type, each.name) for each in (await workbench.find_contact(SHARED)).contacts}
    refusal = {"Message": "PHONE cannot be searched"}
    sandbox_of(workbench).faults.add("GET", f"*/{kind}/Search", status=400, json=refusal, times=None)
    result = await workbench.find_contact(SHARED)
    found = {(each.type, each.name) for each in result.contacts}
    assert found
    assert {each for each in everybody if f"{each[0]}s" != kind} <= found <= everybody
    lines = " ".join(result.return_message.lines)
    assert f"Insightly did not search the PHONE of its {kind}: PHONE cannot be searched" in lines


async def test_where_insightly_refuses_every_search_nobody_is_taken_for_a_stranger() -> None:
    workbench = await signed_in("insightly")
    refusal = {"Message": "No searches today"}
    sandbox_of(workbench).faults.add("GET", "*/Search", status=400, json=refusal, times=None)
    for result in (await workbench.find_contact(SHARED), await workbench.find_contact_with_name("Nia")):
        assert isinstance(result.error, Rejected)
        assert "No searches today" in str(result.return_message)


async def test_an_insightly_event_without_an_end_hides_no_other_and_can_be_read_and_changed() -> None:
    workbench = await signed_in("insightly")
    logged = await workbench.log_call(call(), await nia(workbench))
    event = {"EVENT_ID": int(logged.log_id), "TITLE": "T", "START_DATE_UTC": "2026-01-02 09:00:00"}
    event |= {"END_DATE_UTC": None, "LINKS": None, "DETAILS": None}
    sandbox_of(workbench).faults.add("GET", "*/Events/*", status=200, json=event)
    read = await workbench.get_call_log(logged.log_id)
    assert ("T", None) == (read.call_log_info.subject, read.error)


# -- Bullhorn --


@pytest.mark.parametrize("entity", ["Lead", "Candidate", "ClientContact"])
async def test_where_bullhorn_refuses_one_entity_the_others_are_found(entity: str) -> None:
    workbench = await signed_in("bullhorn")
    kind = "Contact" if entity == "ClientContact" else entity
    before = [
        each for each in (await workbench.find_contact_with_name("Vance")).contacts if each.type != kind
    ]
    refusal = {"errorMessage": "The index is being built."}
    sandbox_of(workbench).faults.add("GET", f"*/search/{entity}", status=400, json=refusal, times=None)
    result = await workbench.find_contact_with_name("Vance")
    assert before == result.contacts
    words = f"Bullhorn did not search its {entity} records: The index is being built."
    assert words in result.return_message.lines


async def test_a_field_that_an_entity_of_bullhorn_lacks_is_asked_without() -> None:
    workbench = await signed_in("bullhorn")
    found = (await workbench.find_contact(NUMBER)).contacts
    for field, method in (("dateLastVisited", "search/Lead"), ("dateLastComment", "search/Candidate")):
        refusal = {"errorMessage": f"Invalid field '{field}'", "errorMessageKey": "errors.badField"}
        sandbox_of(workbench).faults.add("GET", f"*/{method}", status=400, json=refusal)
    before = sent(workbench)
    result = await workbench.find_contact(NUMBER)
    assert found == result.contacts
    assert MessageLevel.SUCCESS == result.return_message.message_type
    asked = [seen.query["fields"] for seen in sandbox_of(workbench).requests[before:] if "/Lead" in seen.path]
    assert [True, False] == ["dateLastVisited" in fields for fields in asked]
    assert all("mobile" in fields for fields in asked)


async def test_a_phone_field_that_an_entity_of_bullhorn_lacks_is_not_searched_and_told() -> None:
    workbench = await signed_in("bullhorn")
    refusal = {"errorMessage": "Invalid field 'phone3'"}
    sandbox_of(workbench).faults.add("GET", "*/search/Lead", status=400, json=refusal)
    before = sent(workbench)
    result = await workbench.find_contact(NUMBER)
    assert "Bullhorn did not search phone3 of its Lead records." in result.return_message.lines
    asked = [seen.query for seen in sandbox_of(workbench).requests[before:] if "search/Lead" in seen.path]
    assert "phone3" not in asked[-1]["fields"] + asked[-1]["query"]
    assert "phone2:" in asked[-1]["query"]


async def test_where_bullhorn_refuses_every_entity_its_refusal_is_told() -> None:
    workbench = await signed_in("bullhorn")
    refusal = {"errorMessage": "No searches today."}
    sandbox_of(workbench).faults.add("GET", "*/search/*", status=400, json=refusal, times=None)
    result = await workbench.find_contact(NUMBER)
    assert (Rejected, "No searches today.") == (type(result.error), result.error.crm_message)


@pytest.mark.parametrize("odd", [None, "x", [None], [{"detailMessage": None}, 7]], ids=str)
async def test_bullhorn_s_reasons_reach_the_person_beside_its_sentence(odd: object) -> None:
    workbench = await signed_in("bullhorn")
    contact = await nia(workbench)
    reasons = [{"detailMessage": "action is required"}, {"detailMessage": "comments is too long"}]
    for errors, told in ((reasons, ": action is required; comments is too long"), (odd, "")):
        refusal = {"errorMessage": "Note is not valid", "errors": errors}
        sandbox_of(workbench).faults.add("PUT", "*/entity/Note", status=400, json=refusal)
        result = await workbench.log_call(call(), contact)
        assert f"Note is not valid{told}" == result.error.crm_message
        assert f"It said: Note is not valid{told}" in " ".join(result.return_message.lines)


async def test_where_bullhorn_shows_no_entity_it_is_forbidden() -> None:
    workbench = await signed_in("bullhorn")
    sandbox_of(workbench).faults.add("GET", "*/search/*", status=403, json={}, times=None)
    assert isinstance((await workbench.find_contact(NUMBER)).error, Forbidden)


@pytest.mark.parametrize(
    "odd", [{"value": True}, {"value": None}, {"value": {}}, None, {"label": "Open"}], ids=str
)
async def test_one_odd_status_of_bullhorn_hides_no_other(odd: object) -> None:
    workbench = await signed_in("bullhorn")
    options = [{"value": "New Lead", "label": "New Lead"}, odd, {"value": 7, "label": None}]
    meta = {"entity": "Lead", "fields": [{"name": "status", "options": options}]}
    sandbox_of(workbench).faults.add("GET", "*/meta/Lead", status=200, json=meta)
    statuses = await statuses_of(workbench.context.connector, "Lead")
    assert {"New Lead": "New Lead", "7": "7"} == statuses


async def test_a_note_of_bullhorn_with_a_fraction_of_a_minute_is_read() -> None:
    workbench = await signed_in("bullhorn")
    note = {"id": 9301, "action": "Call", "comments": "x", "minutesSpent": 2.083, "isDeleted": 0}
    sandbox_of(workbench).faults.add("GET", "*/entity/Note/*", status=200, json={"data": note})
    record = await workbench.context.connector.get_call_log("9301")
    assert 125 == record.duration


# -- Redtail --


@pytest.mark.parametrize(
    "answer",
    [
        {"contact": {"id": 74, "full_name": "Ivy Marsh"}},
        {"contact": {"id": 74}},
        {"success": True, "id": 74},
        {"success": "true", "id": "74"},
        {"id": 74, "type": "Crm::Contact::Individual", "full_name": "Ivy Marsh", "phones": None},
    ],
    ids=str,
)
async def test_every_answer_with_which_redtail_says_that_a_contact_is_made_is_a_success(
    answer: object,
) -> None:
    workbench = await signed_in("redtail")
    sandbox_of(workbench).faults.add("POST", "*/contacts", status=201, json=answer)
    made = await workbench.create_contact(NEW, "Ivy Marsh")
    assert (None, "74", "Ivy Marsh") == (made.error, made.contact_info.id, made.contact_info.name)


@pytest.mark.parametrize("answer", [{}, {"success": True}, []], ids=str)
async def test_a_contact_that_redtail_made_without_saying_its_number_is_looked_for(answer: Json) -> None:
    """Beside a namesake, who was there before."""
    workbench = await signed_in("redtail")
    first = await workbench.create_contact(NEW, "Ivy Marsh")
    sandbox_of(workbench).faults.add("POST", "*/contacts", change=lambda right: answer)
    made = await workbench.create_contact(NEW, "Ivy  marsh", even_if_known=True)
    assert (None, True) == (made.error, int(first.contact_info.id) < int(made.contact_info.id))


async def test_a_contact_that_redtail_took_and_nobody_finds_is_said_to_be_taken() -> None:
    workbench = await signed_in("redtail")
    sandbox_of(workbench).faults.add("POST", "*/contacts", status=204, text="")
    made = await workbench.create_contact(NEW, "Ivy Marsh")
    assert isinstance(made.error, Unconfirmed)
    assert "it may have been done" in made.error.message


async def test_a_contact_that_redtail_did_not_make_is_no_success() -> None:
    workbench = await signed_in("redtail")
    answer = {"success": False, "message": "last_name is too long"}
    sandbox_of(workbench).faults.add("POST", "*/contacts", status=200, json=answer)
    made = await workbench.create_contact(NEW, "Ivy Marsh")
    assert (Rejected, "last_name is too long") == (type(made.error), made.error.crm_message)


@pytest.mark.parametrize("phones", [None, [], [None], [{"number": None}]], ids=str)
async def test_phones_that_are_nothing_fail_no_search_of_redtail(phones: object) -> None:
    workbench = await signed_in("redtail")
    contacts = [{"id": number, "full_name": "Ada Pike"} for number in (6, 501)]
    answer = {"contacts": contacts, "meta": {"total_pages": 1}}
    faults = sandbox_of(workbench).faults
    faults.add("GET", "*/contacts/search_basic", status=200, json=answer, times=None)
    faults.add("GET", "*/contacts/6/phones", status=200, json={"phones": phones})
    assert ["501"] == [each.id for each in (await workbench.find_contact(NUMBER)).contacts]


# -- whether a new contact is there already --


@pytest.mark.parametrize(
    ("crm", "kind", "search", "status"),
    [
        ("insightly", "Contact", "*/Contacts/Search", 400),
        ("insightly", "Lead", "*/Leads/Search", 403),
        ("bullhorn", "Lead", "*/search/Lead", 400),
        ("bullhorn", "Candidate", "*/search/Candidate", 403),
    ],
)
async def test_where_people_of_its_kind_are_not_searched_a_contact_is_only_created_if_wanted_anyway(
    crm: str, kind: str, search: str, status: int
) -> None:
    workbench = await signed_in(crm)
    refusal = {"Message": "No index", "errorMessage": "No index"}
    sandbox_of(workbench).faults.add("GET", search, status=status, json=refusal, times=None)
    writes = sum(each.method != "GET" for each in sandbox_of(workbench).requests)
    refused = await workbench.create_contact("+14155550123", "Dora Double", kind)
    assert isinstance(refused.error, NotSearched)
    words = "Somebody may carry this number already, so Dora Double was not created."
    assert refused.message.endswith(words)
    assert writes == sum(each.method != "GET" for each in sandbox_of(workbench).requests)
    made = await workbench.create_contact("+14155550123", "Dora Double", kind, even_if_known=True)
    assert (None, True) == (made.error, made.contact_info is not None)


@pytest.mark.parametrize(
    ("crm", "kind", "search"),
    [("insightly", "Contact", "*/Leads/Search"), ("bullhorn", "Candidate", "*/search/Lead")],
)
async def test_people_of_other_kinds_that_are_hidden_from_the_user_keep_nobody_from_being_created(
    crm: str, kind: str, search: str
) -> None:
    workbench = await signed_in(crm)
    sandbox_of(workbench).faults.add("GET", search, status=403, json={"Message": "No"}, times=None)
    made = await workbench.create_contact("+14155550123", "Dora Double", kind)
    assert (None, True) == (made.error, made.contact_info is not None)
    assert "does not let this user search its" in " ".join(made.return_message.lines)


async def test_one_number_is_one_person_whatever_its_name_and_type_before_bullhorn_s_index_knows() -> None:
    workbench = await signed_in("bullhorn")
    sandbox_of(workbench).toggles["index_lag"] = True
    lead = await workbench.create_contact("+14155550123", "Dora Double", "Lead")
    for name, kind in (("Dora Doubel", "Lead"), ("Dora Double", "Candidate")):
        offered = await workbench.create_contact("+14155550123", name, kind)
        assert [(lead.contact_info.id, "Lead")] == [(each.id, each.type) for each in offered.known_contacts]


async def test_of_a_lead_whose_answer_was_lost_no_candidate_is_made_before_bullhorn_s_index_knows() -> None:
    workbench = await signed_in("bullhorn")
    sandbox_of(workbench).toggles["index_lag"] = True
    sandbox_of(workbench).faults.add("PUT", "*/entity/Lead", named="done, answers {}")
    lost = await workbench.create_contact("+14155550123", "Dora Double", "Lead")
    assert lost.contact_info is None
    offered = await workbench.create_contact("+14155550123", "Dora Double", "Candidate")
    assert ["Lead"] == [each.type for each in offered.known_contacts]
