"""What each operation asks of Bullhorn, request by request: path, parameters and body."""

import json
from datetime import UTC, datetime

import pytest

from appconnect.models import Contact, Direction, LogDraft
from appconnect.phone import parse

NIA, NOBODY = parse("+14155550142"), parse("+14155550100")
INES = Contact(id="107", name="Ines Roth", type="Lead")
DRAFT = LogDraft(
    body="Hi", start=datetime(2026, 1, 2, 9, tzinfo=UTC), duration=240, direction=Direction.OUTBOUND,
    reference="s-1", owner_id="102",
)  # fmt: skip
USER = "id,name,firstName,lastName,email,enabled,isDeleted"
NOTE = (
    "id,action,comments,dateAdded,minutesSpent,externalID,isDeleted,personReference(id,firstName,lastName),"
    "candidates(id,name,firstName,lastName),clientContacts(id,name,firstName,lastName),"
    "leads(id,name,firstName,lastName)"
)
FOUND = "id,externalID,isDeleted,commentingPerson(id)"
PERSON = "id,name,firstName,lastName,occupation,dateAdded,dateLastModified,phone,phone2,phone3,mobile"
FIELDS = {
    "ClientContact": f"{PERSON},clientCorporation(id,name),dateLastVisit",
    "Candidate": f"{PERSON},workPhone,companyName,dateLastComment",
    "Lead": f"{PERSON},companyName,dateLastComment,dateLastVisited",
}
ALIVE = {
    "ClientContact": "isDeleted:0 AND NOT status:Archive",
    "Candidate": "isDeleted:0 AND NOT status:Archive",
    "Lead": "isDeleted:0 AND NOT status:Converted AND NOT status:Archive",
}
PHONES = {
    "ClientContact": "phone phone2 phone3 mobile",
    "Candidate": "phone phone2 phone3 mobile workPhone",
    "Lead": "phone phone2 phone3 mobile",
}
NOT_SEARCHED = "isDeleted,status,fax,fax2,fax3,pager,comments"
PAGE = {"count": "500", "start": "0"}
NEWEST = {"sort": "-dateAdded", **PAGE}
COMPANY = "RingCentral_CRM_Extension_Placeholder_Company"
LEAD = ("GET", "entity/Lead/107", {"fields": "id,comments"}, None)


def asked(workbench):
    """The requests so far: method, path in the corporation, parameters, body; they are forgotten then."""
    seen = [
        (
            each.method,
            each.path.removeprefix("/rest-services/e1/"),
            each.query,
            json.loads(each.body or "null"),
        )
        for each in workbench.sandbox.requests
    ]
    workbench.sandbox.requests.clear()
    return seen


def searches(queries):
    """What is searched of each kind of people; the order in which the answers come does not matter."""
    return [
        ("GET", f"search/{entity}", {"query": query, "fields": FIELDS[entity], **NEWEST}, None)
        for entity, query in queries.items()
    ]


def of_all(template):
    return {entity: f"({template}) AND {alive}" for entity, alive in ALIVE.items()}


async def test_who_the_user_is(workbench, bullhorn):
    await bullhorn.get_user_info()
    assert [
        ("GET", "settings/userId", {}, None),
        ("GET", "entity/CorporateUser/101", {"fields": f"{USER},timeZoneOffsetEST"}, None),
    ] == asked(workbench)


async def test_who_works_there(workbench, bullhorn):
    await bullhorn.get_user_list()
    where = "enabled=true AND isDeleted=false"
    assert [("GET", "query/CorporateUser", {"where": where, "fields": USER, **PAGE}, None)] == asked(
        workbench
    )


async def test_who_has_a_number(workbench, bullhorn):
    await bullhorn.find_contact(NIA)
    queries = {
        entity: f"({' OR '.join(f'{name}:{form}' for name in PHONES[entity].split() for form in forms)}) AND {alive}"
        for entity, alive in ALIVE.items()
        for forms in [("4155550142", "14155550142")]
    }
    actions = ("GET", "settings/commentActionList", {}, None)
    assert sorted([actions, *searches(queries)], key=str) == sorted(asked(workbench), key=str)


async def test_who_has_a_name(workbench, bullhorn):
    await bullhorn.find_contact(NIA)
    asked(workbench)
    await bullhorn.find_contact_with_name(" Nia  Holt ")
    whole = " OR ".join(f'{name}:"Nia Holt"' for name in ("name", "firstName", "lastName"))
    queries = of_all(f'{whole} OR (firstName:"Nia" AND lastName:"Holt")')
    assert sorted(searches(queries), key=str) == sorted(asked(workbench), key=str)


async def test_everybody(workbench, bullhorn):
    assert 7 == len([each async for each in bullhorn.directory().contacts()])
    assert sorted(searches(of_all("isDeleted:0")), key=str) == sorted(asked(workbench), key=str)
    assert 7 == await bullhorn.directory().count()
    counts = [
        ("GET", f"search/{entity}", {"query": alive, "fields": "id", "count": "1"}, None)
        for entity, alive in ALIVE.items()
    ]
    assert sorted(counts, key=str) == sorted(asked(workbench), key=str)


async def test_one_person_of_a_kind_or_of_any(workbench, bullhorn):
    await bullhorn.directory().contact("105", "Candidate")
    fields = {entity: {"fields": f"{FIELDS[entity]},{NOT_SEARCHED}"} for entity in FIELDS}
    assert [("GET", "entity/Candidate/105", fields["Candidate"], None)] == asked(workbench)
    assert "Ines Roth" == (await bullhorn.directory().contact("107")).name
    assert [("GET", f"entity/{entity}/107", fields[entity], None) for entity in FIELDS] == asked(workbench)


async def test_what_a_new_contact_may_have(workbench, bullhorn):
    await bullhorn.new_contact_choices()
    status = {"fields": "status", "meta": "basic"}
    assert sorted(
        [
            ("GET", "settings/commentActionList", {}, None),
            *(("GET", f"meta/{entity}", status, None) for entity in FIELDS),
        ],
        key=str,
    ) == sorted(asked(workbench), key=str)


async def test_a_new_contact_and_the_company_that_it_needs(workbench, bullhorn):
    await bullhorn.create_contact(NOBODY, "Ann One", "Contact", {"status": "Active"})
    person = {
        "name": "Ann One",
        "firstName": "Ann",
        "lastName": "One",
        "phone": "+14155550100",
        "status": "Active",
    }
    assert [
        ("GET", "query/ClientCorporation", {"where": f"name='{COMPANY}'", "fields": "id,name", **PAGE}, None),
        ("GET", "meta/ClientCorporation", {"fields": "status", "meta": "basic"}, None),
        ("PUT", "entity/ClientCorporation", {}, {"name": COMPANY, "status": "Active"}),
        ("PUT", "entity/ClientContact", {}, {**person, "clientCorporation": {"id": 803}}),
    ] == asked(workbench)
    await bullhorn.create_contact(NOBODY, "Ann Two")
    person = {"name": "Ann Two", "firstName": "Ann", "lastName": "Two", "phone": "+14155550100"}
    assert [("PUT", "entity/Lead", {}, person)] == asked(workbench)


@pytest.mark.parametrize(
    ("statuses", "status"),
    [(["Prospect", "Active"], "Active"), (["Prospect", "Archive"], "Prospect"), ([], None)],
)
async def test_the_company_has_the_best_status_that_there_is(workbench, bullhorn, statuses, status):
    options = [{"value": each, "label": each} for each in statuses]
    meta = {"fields": [{"name": "id"}, {"name": "status", "options": options or None}]}
    workbench.sandbox.faults.add("GET", "*/meta/ClientCorporation", status=200, json=meta)
    await bullhorn.create_contact(NOBODY, "Ann One", "Contact")
    made = next(
        body
        for method, path, _, body in asked(workbench)
        if (method, path) == ("PUT", "entity/ClientCorporation")
    )
    assert {"name": COMPANY, **({"status": status} if status else {})} == made


async def test_the_oldest_of_several_companies_of_the_name_is_taken(workbench, bullhorn):
    rows = [
        {"id": 99, "name": COMPANY},
        {"id": 802, "name": COMPANY},
        {"id": 801, "name": COMPANY},
        {"name": COMPANY},
    ]
    answer = {"start": 0, "count": 4, "data": [{"id": 7, "name": "Another"}, *rows[1:]]}
    workbench.sandbox.faults.add("GET", "*/query/ClientCorporation", status=200, json=answer)
    made = await bullhorn.create_contact(NOBODY, "Ann One", "Contact")
    assert 801 == workbench.record("ClientContact", made.id)["clientCorporation"]


async def test_a_log_from_its_first_word_to_its_last(workbench, bullhorn):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    log_id = await bullhorn.create_call_log(INES, DRAFT)
    fields = {
        "comments": "Hi",
        "dateAdded": 1767344400000,
        "minutesSpent": 4,
        "commentingPerson": {"id": 102},
    }
    note = {**fields, "personReference": {"id": 107}, "action": "pending note", "externalID": "s-1"}
    read = ("GET", f"entity/Note/{log_id}", {"fields": NOTE}, None)
    path = f"entity/Note/{log_id}"

    def copy(text):
        mark = "6a840baf"  # the beginning of SHA-256 of "s-1"
        comments = f"[note {mark}] {text} [/note {mark}]" if text else ""
        return [LEAD, ("POST", "entity/Lead/107", {}, {"comments": comments}), LEAD]

    assert [("PUT", "entity/Note", {}, note), read, *copy("Hi")] == asked(workbench)
    await bullhorn.update_call_log(log_id, DRAFT.model_copy(update={"body": "x"}))
    assert [("POST", path, {}, {**fields, "comments": "x"}), read, *copy("x")] == asked(workbench)
    assert "x" == (await bullhorn.get_call_log(log_id)).body
    assert [read] == asked(workbench)
    await bullhorn.upsert_call_disposition(log_id, {"noteActions": "email"})
    assert [
        ("GET", "settings/commentActionList", {}, None),
        ("POST", path, {}, {"action": "Email"}),
    ] == asked(workbench)
    await bullhorn.delete_call_log(log_id)
    assert [read, ("POST", path, {}, {"isDeleted": True}), *copy("")] == asked(workbench)


async def test_a_log_that_is_looked_for(workbench, bullhorn):
    assert await bullhorn.find_log(INES, DRAFT) is None
    where = "targetEntityID=107 AND note.externalID='s-1'"
    assert [
        ("GET", "query/NoteEntity", {"count": "500", "fields": f"id,note({FOUND})", "where": where}, None),
        ("GET", "search/Note", {"count": "500", "fields": f"{FOUND},personReference(id)", "query": 'externalID:"s-1"'}, None),
    ] == asked(workbench)  # fmt: skip
    nia = Contact(id="105", name="Nia Holt", type="Candidate")
    assert await bullhorn.find_log(nia, DRAFT) is None
    assert ["query/NoteEntity"] == [path for _, path, _, _ in asked(workbench)]


async def test_a_session_that_is_over_is_opened_again(workbench, bullhorn):
    workbench.sandbox.end_sessions()
    before = workbench.stored[-1]
    await bullhorn.get_user_list()
    first, token, login, again = workbench.sandbox.requests
    assert {
        "grant_type": "refresh_token", "refresh_token": before["refresh"],
        "client_id": "sandbox-bullhorn-client", "client_secret": "sandbox-bullhorn-secret",
    } == token.form  # fmt: skip
    assert ("POST", "/rest-services/login", {"version": "*", "ttl": "480"}) == (
        login.method, login.path, {name: value for name, value in login.query.items() if name != "access_token"}
    )  # fmt: skip
    assert (first.path, first.query) == (again.path, again.query)
    assert (before["rest_token"], workbench.stored[-1]["rest_token"]) == (
        first.headers["bhresttoken"], again.headers["bhresttoken"]
    )  # fmt: skip
    assert before["rest_token"] != workbench.stored[-1]["rest_token"]
    assert not {"bhresttoken"} & {*token.headers, *login.headers}


async def test_signing_out_names_the_session(workbench, bullhorn):
    await bullhorn.unauthorize()
    [out] = workbench.sandbox.requests
    assert ("GET", "/rest-services/e1/logout", workbench.stored[-1]["rest_token"]) == (
        out.method, out.path, out.headers["bhresttoken"]
    )  # fmt: skip
