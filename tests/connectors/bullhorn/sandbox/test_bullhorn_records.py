"""Records of Bullhorn's sandbox as they are read, written and lead to each other: whole answers."""

import base64

import pytest

NOW = 1_767_346_200_000
RAE = {"id": 101, "firstName": "Rae", "lastName": "Quill"}
NIA = {"id": 105, "firstName": "Nia", "lastName": "Holt"}
HOLT = "entity/Candidate/105"


async def read(api, path, fields, **params):
    answer = await api.get(path, params={"fields": fields, **params})
    assert 200 == answer.status_code, answer.text
    return answer.json()["data"]


async def make(api, entity, **body):
    made = await api.put(f"entity/{entity}", json=body)
    assert 200 == made.status_code, made.text
    return made.json()["changedEntityId"]


# -- whom the company knows --


@pytest.mark.parametrize(
    ("entity", "number", "record"),
    [
        ("Candidate", 105, {"name": "Nia Holt", "mobile": "+1 415-555-0142", "occupation": "Welder",
                            "comments": "Prefers mornings.", "status": "Active", "companyName": "Holt Ltd"}),
        ("Candidate", 108, {"name": "Lena Fuzz", "workPhone": "+49 30 415 555 0142", "comments": "", "owner": RAE}),
        ("Candidate", 111, {"name": "Ulla Bare", "email": None, "companyName": None, "isDeleted": False}),
        ("Candidate", 112, {"name": "Nina Deleted", "isDeleted": True, "phone": "+1 415-555-0142"}),
        ("Lead", 107, {"name": "Ines Roth", "companyName": "Roth & Co", "status": "New Lead", "isDeleted": False,
                       "dateAdded": NOW, "dateLastModified": NOW, "owner": RAE}),
        ("Lead", 113, {"name": "Cora Converted", "status": "Converted"}),
        ("ClientContact", 106, {"name": "Omar Vance", "occupation": "Buyer", "status": "Active",
                                "clientCorporation": {"id": 801, "name": "Vance Partners"}}),
        ("ClientContact", 109, {"name": "Sinéad O'Neil",
                                "clientCorporation": {"id": 802, "name": "O'Neil & Daughters"}}),
        ("ClientContact", 114, {"name": "Arno Archived", "status": "Archive",
                                "clientCorporation": {"id": 801, "name": "Vance Partners"}}),
        ("CorporateUser", 101, {"name": "Rae Quill", "firstName": "Rae", "lastName": "Quill", "username": "rae.quill",
                                "email": "rae.quill@acme.example", "masterUserID": 9001, "timeZoneOffsetEST": -180,
                                "enabled": True, "isDeleted": False}),
        ("CorporateUser", 102, {"username": "kit.moss", "masterUserID": 9002, "timeZoneOffsetEST": 0}),
        ("CorporateUser", 103, {"username": "olu.gone", "enabled": False, "timeZoneOffsetEST": -60}),
        ("CorporateUser", 104, {"name": "Api Logger", "username": "api.logger", "email": "api.logger@acme.example",
                                "timeZoneOffsetEST": 0, "enabled": True}),
        ("Note", 9301, {"action": "Email", "comments": "Sent her CV.", "dateAdded": NOW, "isDeleted": False}),
        ("NoteEntity", 1, {"note": {"id": 9301}, "targetEntityID": 105, "targetEntityName": "User"}),
        ("Country", 2, {"name": "Germany", "code": "DE"}),
        ("Category", 1, {"name": "Engineering", "enabled": True}),
        ("Skill", 2, {"name": "Blueprints", "enabled": True}),
    ],
)  # fmt: skip
async def test_a_record_that_there_is_at_first(api, entity, number, record):
    expected = {"id": number, **record}
    assert expected == await read(api, f"entity/{entity}/{number}", ",".join(record))


async def test_what_is_there_at_first_is_found_at_once(crm, api):
    crm.toggles["index_lag"] = True
    assert 4 == (await api.get("search/Candidate?query=*:*&fields=id")).json()["total"]
    await make(api, "Candidate", firstName="New")
    assert 4 == (await api.get("search/Candidate?query=*:*&fields=id")).json()["total"]
    crm.clock.advance(29)
    assert 4 == (await api.get("search/Candidate?query=*:*&fields=id")).json()["total"]
    crm.clock.advance(1)
    assert 5 == (await api.get("search/Candidate?query=*:*&fields=id")).json()["total"]


# -- fields of references --


@pytest.mark.parametrize(
    ("entity", "fields", "expected"),
    [
        ("Candidate/105", "owner", {"owner": RAE}),
        ("Candidate/105", "owner(id)", {"owner": {"id": 101}}),
        ("Candidate/105", " owner ( name , email ) ",
         {"owner": {"id": 101, "name": "Rae Quill", "email": "rae.quill@acme.example"}}),
        ("Candidate/105", "'name'", {"name": "Nia Holt"}),
        ("Candidate/105", "", {}),
        ("Candidate/105", "address(city)", {"address": None}),
        ("ClientContact/106", "reportToPerson,clientCorporation(clientContacts[1](owner(name)))",
         {"reportToPerson": None, "clientCorporation": {"id": 801, "clientContacts": {
             "total": 2, "data": [{"id": 106, "owner": {"id": 101, "name": "Rae Quill"}}]}}}),
        ("ClientCorporation/801", "clientContacts", {"clientContacts": {"total": 2, "data": [
            {"id": 106, "firstName": "Omar", "lastName": "Vance"},
            {"id": 114, "firstName": "Arno", "lastName": "Archived"}]}}),
        ("ClientCorporation/801", "clientContacts(id){status = 'Archive'}",
         {"clientContacts": {"total": 1, "data": [{"id": 114}]}}),
        ("Note/9301", "personReference", {"personReference": {"id": 105, "_subtype": "Candidate"}}),
        ("Note/9301", "personReference(firstName)",
         {"personReference": {"id": 105, "firstName": "Nia", "_subtype": "Candidate"}}),
        ("Note/9301", "commentingPerson", {"commentingPerson": {"id": 101, "_subtype": "CorporateUser"}}),
        ("Note/9301", "commentingPerson(id,firstName)", {"commentingPerson": {"id": 101, "firstName": "Rae"}}),
        ("Note/9301", "people,entities,jobOrder",
         {"people": {"total": 1, "data": [NIA]}, "entities": {"total": 1, "data": [{"id": 1}]}, "jobOrder": None}),
    ],
)  # fmt: skip
async def test_the_fields_of_a_record_are_read_as_they_are_asked_for(api, entity, fields, expected):
    number = int(entity.split("/")[1])
    assert {"id": number, **expected} == await read(api, f"entity/{entity}", fields)


async def test_of_an_address_the_parts_are_read_that_are_asked_for(api):
    address = {"city": "Oslo", "zip": "0150"}
    await api.post(HOLT, json={"address": address})
    assert {"id": 105, "address": address} == await read(api, HOLT, "address")
    assert {"city": "Oslo", "state": None} == (await read(api, HOLT, "address(city,state)"))["address"]
    assert {"city": "Oslo"} == (await read(api, HOLT, "address(*,id,city)"))["address"]


@pytest.mark.parametrize(("rows", "expected"), [("", 5), ("[2]", 2), ("[10]", 10), ("[11]", 10), ("[0]", 0)])
async def test_so_many_rows_of_a_list_are_read(api, rows, expected):
    for _ in range(11):
        await make(api, "Note", comments="x", personReference={"id": 105})
    notes = (await read(api, HOLT, f"notes{rows}(id)"))["notes"]
    assert (12, expected) == (notes["total"], len(notes["data"]))


async def test_a_reference_without_a_name_shows_its_title_or_its_id_alone(api):
    job = await make(api, "JobOrder", title="Welder", owner={"id": 102})
    task = await make(api, "Task", subject="Call", jobOrder={"id": job}, owner={"id": 101})
    assert {"id": job, "title": "Welder"} == (await read(api, f"entity/Task/{task}", "jobOrder"))["jobOrder"]


async def test_a_reference_to_what_is_gone_is_null(api):
    department = (await read(api, "query/CorporationDepartment", "id", where="name='Sales'"))[0]["id"]
    await api.post("entity/CorporateUser/102", json={"primaryDepartment": {"id": department}})
    shown = (await read(api, "entity/CorporateUser/102", "primaryDepartment"))["primaryDepartment"]
    assert {"id": department, "name": "Sales"} == shown
    await api.delete(f"entity/CorporationDepartment/{department}")
    assert (await read(api, "entity/CorporateUser/102", "primaryDepartment"))["primaryDepartment"] is None


# -- pages --


async def test_a_page_says_where_it_begins_and_how_long_it_is(api):
    answer = (await api.get("search/Candidate?query=*:*&fields=name&sort=-lastName&start=1&count=2")).json()
    assert {
        "total": 4, "start": 1, "count": 2,
        "data": [{"id": 108, "name": "Lena Fuzz", "_score": 1.0}, {"id": 112, "name": "Nina Deleted", "_score": 1.0}],
    } == answer  # fmt: skip
    answer = (await api.get("query/CorporateUser?where=id>102&fields=name&count=1&showEditable=true")).json()
    assert {"start": 0, "count": 1, "data": [{"id": 103, "name": "Olu Gone", "_editable": True}]} == answer


async def test_what_was_too_much_is_said(api):
    path = "search/Candidate?query=id:105&count="
    assert "messages" not in (await api.get(f"{path}500")).json()
    reduced = {"detailMessage": "count was reduced to 500", "severity": "INFO"}
    assert [reduced] == (await api.get(f"{path}501")).json()["messages"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("lastName", [111, 112, 108, 105]), ("+lastName", [111, 112, 108, 105]), ("-lastName", [105, 108, 112, 111]),
        ("lastName DESC", [105, 108, 112, 111]), ("lastName desc", [105, 108, 112, 111]),
        ("lastName asc", [111, 112, 108, 105]), ("isDeleted,-lastName", [105, 108, 111, 112]),
        ("-isDeleted,lastName", [112, 111, 108, 105]), ("-id", [112, 111, 108, 105]), (" , id ,", [105, 108, 111, 112]),
        ("_score,-id", [112, 111, 108, 105]), ("-id,_score", [112, 111, 108, 105]), ("mobile,-id", [112, 111, 108, 105]),
        ("-mobile,id", [105, 108, 111, 112]), ("owner.id,-id", [112, 111, 108, 105]), ("companyName,id", None),
    ],
)  # fmt: skip
async def test_rows_are_sorted(api, sort, expected):
    rows = await read(api, "search/Candidate", "id,companyName", query="*:*", sort=sort)
    if expected is None:
        assert ["", "Holt Ltd"] == sorted({row["companyName"] or "" for row in rows})
        assert rows[-1]["companyName"] == "Holt Ltd"
    else:
        assert expected == [row["id"] for row in rows]


async def test_texts_are_sorted_whatever_their_case_and_numbers_by_size(api):
    for title, openings in (("beta", 10), ("Alpha", 9), ("gamma", None)):
        await make(api, "JobOrder", title=title, numOpenings=openings)
    rows = await read(api, "search/JobOrder", "title", query="*", sort="title")
    assert ["Alpha", "beta", "gamma"] == [row["title"] for row in rows]
    rows = await read(api, "search/JobOrder", "title", query="*", sort="numOpenings")
    assert ["gamma", "Alpha", "beta"] == [row["title"] for row in rows]
    rows = await read(api, "search/JobOrder", "title", query="*", orderBy="numOpenings", sort="-numOpenings")
    assert ["beta", "Alpha", "gamma"] == [row["title"] for row in rows]


@pytest.mark.parametrize("count", ["x", "-1", "1.5", "²", "9" * 19])
async def test_a_count_that_is_no_number_is_the_usual(api, count):
    assert 4 == len(
        (await api.get("search/Candidate", params={"query": "*:*", "count": count})).json()["data"]
    )


async def test_the_body_of_a_post_says_what_its_address_does_not(api):
    body = {"query": "*:*", "count": 2, "sort": "-id", "fields": "name"}
    answer = await api.post("search/Candidate?count=1", json=body)
    assert [{"id": 112, "name": "Nina Deleted", "_score": 1.0}] == answer.json()["data"]
    body = {
        "where": "id > 0",
        "orderBy": "-id",
        "fields": ["id"],
        "showTotalMatched": "true",
        "meta": "basic",
    }
    answer = (await api.post("query/CorporateUser?count=1", json=body)).json()
    assert (4, [{"id": 104}], "CorporateUser") == (answer["total"], answer["data"], answer["meta"]["entity"])
    assert 400 == (await api.post("search/Candidate", json={"where": "id>0"})).status_code
    assert 400 == (await api.post("search/Candidate", json=["query"])).status_code


# -- what is written --


async def test_a_write_is_answered_with_what_was_sent(api):
    body = {"name": "New Ltd"}
    answers = [
        await api.put("entity/ClientCorporation", json=body),
        await api.post("entity/ClientCorporation/803", json={"phone": "1"}),
        await api.delete("entity/JobOrder/1"),
        await api.put(f"{HOLT}/categories/1,2"),
        await api.delete(f"{HOLT}/categories/1"),
        await api.delete("entity/ClientContact/106"),
    ]
    about = ("changedEntityType", "changedEntityId", "changeType", "data")
    told = [tuple(answer.json().get(name) for name in about) for answer in answers]
    assert [
        ("ClientCorporation", 803, "INSERT", body),
        ("ClientCorporation", 803, "UPDATE", {"phone": "1"}),
        (None, None, None, None),
        ("Candidate", 105, "ASSOCIATE", {}),
        ("Candidate", 105, "DISASSOCIATE", {}),
        ("ClientContact", 106, "DELETE", {}),
    ] == told


async def test_who_writes_a_record_owns_it_and_the_time_is_kept(crm, api):
    crm.clock.advance(60)
    number = await make(api, "Candidate", firstName="New")
    fields = "owner,dateAdded,dateLastModified,isDeleted,name,status"
    then = NOW + 60_000
    assert {
        "id": number, "owner": RAE, "dateAdded": then, "dateLastModified": then, "isDeleted": False,
        "name": None, "status": None,
    } == await read(api, f"entity/Candidate/{number}", fields)  # fmt: skip
    crm.clock.advance(60)
    await api.post(f"entity/Candidate/{number}", json={"name": "N", "owner": {"id": "102"}})
    changed = await read(api, f"entity/Candidate/{number}", "owner(id),dateAdded,dateLastModified")
    assert ({"id": 102}, then, then + 60_000) == (
        changed["owner"], changed["dateAdded"], changed["dateLastModified"]
    )  # fmt: skip


async def test_a_new_company_has_a_contact_that_owns_it(api):
    company = await make(api, "ClientCorporation", name="New Ltd")
    [contact] = await read(
        api, "query/ClientContact", "name,status,owner(id)", where=f"clientCorporation.id={company}"
    )
    assert {
        "id": contact["id"],
        "name": "Default Contact",
        "status": "Archive",
        "owner": {"id": 101},
    } == contact


async def test_an_invited_person_has_the_same_appointment(api):
    first = {"subject": "Test", "location": "Oslo", "type": "Call", "isPrivate": True, "description": "d",
             "dateBegin": 5, "dateEnd": 6}  # fmt: skip
    number = await make(api, "Appointment", **first, communicationMethod="Phone")
    await make(api, "AppointmentAttendee", appointment={"id": number}, attendee={"id": 105})
    fields = f"{','.join(first)},owner,parentAppointment(id),communicationMethod"
    [child] = await read(api, "query/Appointment", fields, where=f"parentAppointment.id={number}")
    assert {
        **first, "id": child["id"], "owner": {**NIA, "_subtype": "Candidate"},
        "parentAppointment": {"id": number}, "communicationMethod": None,
    } == child  # fmt: skip


@pytest.mark.parametrize(
    ("entity", "body"),
    [
        ("CorporateUser", {"firstName": "X"}), ("CorporationDepartment", {"name": "X"}),
        ("NoteEntity", {"note": {"id": 9301}, "targetEntityID": 108, "targetEntityName": "User"}),
        ("Placement", {"candidate": {"id": 105}, "jobOrder": {"id": 1}}), ("Certification", {}),
    ],
)  # fmt: skip
async def test_some_records_are_gone_when_they_are_deleted(api, entity, body):
    await make(api, "JobOrder", title="Welder")
    number = await make(api, entity, **body)
    assert 200 == (await api.delete(f"entity/{entity}/{number}")).status_code
    assert 404 == (await api.get(f"entity/{entity}/{number}?fields=id")).status_code


@pytest.mark.parametrize("entity", ["Candidate", "JobOrder", "Task", "Tearsheet", "Appointment"])
async def test_others_are_only_marked(api, entity):
    number = await make(api, entity, **({"name": "x"} if entity == "Tearsheet" else {}))
    assert 200 == (await api.delete(f"entity/{entity}/{number}")).status_code
    assert {"id": number, "isDeleted": True} == await read(api, f"entity/{entity}/{number}", "isDeleted")


@pytest.mark.parametrize(
    "entity",
    ["BusinessSector", "Category", "ClientCorporation", "Country", "Skill", "Specialty", "State", "TimeUnit"],
)
async def test_some_records_cannot_be_deleted(api, entity):
    number = await make(api, entity, **({"name": "x"} if entity == "ClientCorporation" else {}))
    refused = await api.delete(f"entity/{entity}/{number}")
    assert (400, f"{entity} cannot be deleted.") == (refused.status_code, refused.json()["errorMessage"])


@pytest.mark.parametrize(
    ("entity", "needed"),
    [
        ("AppointmentAttendee", "appointment, attendee"), ("ClientContact", "clientCorporation"),
        ("ClientCorporation", "name"), ("JobSubmission", "candidate, jobOrder"), ("Note", "comments, personReference"),
        ("NoteEntity", "note, targetEntityID, targetEntityName"), ("Placement", "candidate, jobOrder"),
        ("Tearsheet", "name"),
    ],
)  # fmt: skip
async def test_what_a_new_record_needs(api, entity, needed):
    refused = await api.put(f"entity/{entity}", json={})
    assert f"Missing required property: {needed}" == refused.json()["errorMessage"]


# -- what leads from one to many --


async def test_records_that_a_list_leads_to_are_a_page(api):
    for comments in ("a", "b"):
        await make(api, "Note", comments=comments, personReference={"id": 105})
    path = f"{HOLT}/notes"
    answer = (await api.get(f"{path}?fields=comments&count=2&showTotalMatched=true")).json()
    assert {"total": 3, "start": 0, "count": 2, "data": [
        {"id": 9303, "comments": "b"}, {"id": 9302, "comments": "a"}]} == answer  # fmt: skip
    answer = (await api.get(f"{path}?fields=id&orderBy=id")).json()
    assert {"start": 0, "count": 3, "data": [{"id": 9301}, {"id": 9302}, {"id": 9303}]} == answer
    await api.delete("entity/Note/9302")
    assert [9303, 9301] == [row["id"] for row in await read(api, path, "id")]


async def test_people_of_several_kinds_are_told_with_their_kind(api):
    number = await make(api, "Note", comments="x", personReference={"id": 105}, leads=[107])
    answer = (await api.get(f"entity/Note/{number}/people?fields=id")).json()
    ines = {"id": 107, "firstName": "Ines", "lastName": "Roth", "_subtype": "Lead"}
    both = [{**NIA, "_subtype": "Candidate"}, ines]
    assert {"start": 0, "count": 2, "data": both} == {
        **answer, "data": sorted(answer["data"], key=lambda row: row["id"])
    }  # fmt: skip


async def test_a_list_of_what_is_not_played_is_empty(api):
    answer = await api.get("entity/ClientCorporation/801/certificationGroups?fields=id")
    assert {"start": 0, "count": 0, "data": []} == answer.json()


@pytest.mark.parametrize(
    ("name", "entity", "body", "is_there"),
    [
        ("approvedPlacements", "Placement", {"status": "Approved"}, True),
        ("approvedPlacements", "Placement", {"status": "x"}, False),
        ("placements", "Placement", {"status": "x"}, True),
        ("interviews", "Appointment", {"type": "Interview"}, True),
        ("interviews", "Appointment", {"type": "Call"}, False),
        ("appointments", "Appointment", {"type": "Call"}, True),
        ("webResponses", "JobSubmission", {"status": "New Lead"}, True),
        ("webResponses", "JobSubmission", {"status": "x"}, False),
        ("submissions", "JobSubmission", {"status": "x"}, True),
    ],
)
async def test_a_list_may_hold_only_what_has_a_value(api, name, entity, body, is_there):
    job = await make(api, "JobOrder", title="Welder")
    people = {} if entity == "Appointment" else {"candidate": {"id": 105}}
    number = await make(api, entity, jobOrder={"id": job}, **people, **body)
    rows = await read(api, f"entity/JobOrder/{job}/{name}", "id")
    assert ([{"id": number}] if is_there else []) == rows


@pytest.mark.parametrize(("status", "is_there"), [("Approved", True), ("x", False)])
async def test_the_active_placements_of_a_candidate_are_the_approved_ones(api, status, is_there):
    job = await make(api, "JobOrder", title="Welder")
    number = await make(api, "Placement", candidate={"id": 105}, jobOrder={"id": job}, status=status)
    assert ([{"id": number}] if is_there else []) == await read(api, f"{HOLT}/activePlacements", "id")


async def test_companies_lead_to_those_below_them(api):
    child = await make(api, "ClientCorporation", name="Daughter", parentClientCorporation={"id": 801})
    assert [child] == [
        row["id"] for row in await read(api, "entity/ClientCorporation/801/childClientCorporations", "id")
    ]


async def test_a_note_about_a_job_is_among_its_notes(api):
    job = await make(api, "JobOrder", title="Welder")
    assert 200 == (await api.put(f"entity/Note/9301/jobOrders/{job}")).status_code
    assert [{"id": 9301}] == await read(api, f"entity/JobOrder/{job}/notes", "id")
    [row] = await read(api, "query/NoteEntity", "targetEntityName", where=f"targetEntityID={job}")
    assert "JobOrder" == row["targetEntityName"]
    assert 200 == (await api.delete(f"entity/JobOrder/{job}/notes/9301")).status_code
    assert [] == await read(api, "entity/Note/9301/jobOrders", "id")
    assert [{"id": 105}] == await read(api, "entity/Note/9301/candidates", "id")


async def test_an_association_is_taken_back_from_one_of_two(api):
    await api.put(f"{HOLT}/categories/1,2,2")
    await api.delete(f"{HOLT}/categories/1")
    assert [{"id": 2}] == await read(api, f"{HOLT}/categories", "id")
    sheets = [await make(api, "Tearsheet", name=name) for name in "ab"]
    for number in sheets:
        await api.put(f"entity/Tearsheet/{number}/candidates/105,108")
    await api.delete(f"entity/Tearsheet/{sheets[0]}/candidates/105")
    lists = [
        [row["id"] for row in await read(api, f"entity/Candidate/{each}/tearsheets", "id")]
        for each in (105, 108)
    ]
    assert [sheets[1:], sheets] == lists


async def test_a_reference_from_the_other_side_is_taken_back(api):
    await api.delete("entity/ClientCorporation/801/clientContacts/106")
    assert (await read(api, "entity/ClientContact/106", "clientCorporation"))["clientCorporation"] is None
    await api.put("entity/ClientCorporation/802/clientContacts/106")
    shown = (await read(api, "entity/ClientContact/106", "clientCorporation(id)"))["clientCorporation"]
    assert {"id": 802} == shown


# -- many at once --


async def test_the_entities_of_mass_updates_are_listed(api):
    assert [
        "Candidate", "ClientContact", "ClientCorporation", "JobOrder", "JobSubmission", "Lead", "Opportunity",
        "Placement", "Task", "Tearsheet",
    ] == (await api.get("massUpdate")).json()  # fmt: skip


async def test_lists_are_added_to_taken_from_or_replaced_in_many_records(api):
    async def updated(value):
        assert (
            200
            == (
                await api.post("massUpdate/Candidate", json={"ids": ["105"], "categories": value})
            ).status_code
        )
        return [row["id"] for row in await read(api, f"{HOLT}/categories", "id")]

    assert [1, 2] == await updated({"add": [1, 2, 2]})
    assert [2] == await updated({"remove": [1]})
    assert [2, 1] == await updated({"add": [2, 1]})
    assert [1] == await updated({"add": [1], "remove": [2, 7]})
    assert [2] == await updated({"replaceAll": [2]})
    assert (
        400
        == (
            await api.post("massUpdate/Candidate", json={"ids": [105], "categories": {"add": [9]}})
        ).status_code
    )


async def test_a_reference_is_an_id_or_an_object_or_cleared_in_many_records(api):
    for sent, shown in ((102, 102), ({"id": 103}, 103), ("101", 101)):
        body = {"ids": [105, 108], "owner": sent}
        assert {"count": 2} == (await api.post("massUpdate/Candidate", json=body)).json()
        owners = [(await read(api, f"entity/Candidate/{each}", "owner(id)"))["owner"] for each in (105, 108)]
        assert [{"id": shown}] * 2 == owners
    await api.post("massUpdate/Candidate", json={"ids": [105], "owner": None})
    assert (await read(api, HOLT, "owner"))["owner"] is None


async def test_pairs_of_an_association_are_counted_and_paged(api):
    for each in (105, 108, 111):
        await api.put(f"entity/Candidate/{each}/categories/1,2")
    path = "association/Candidate/categories"
    pairs = [[105, 1], [105, 2], [108, 1], [108, 2], [111, 1], [111, 2]]
    assert {"data": pairs} == (await api.post(path, json={})).json()
    asked = {"start": 1, "count": 2, "showTotalMatched": True}
    assert {"total": 6, "data": pairs[1:3]} == (await api.post(path, json=asked)).json()
    assert {"data": pairs[2:4]} == (await api.post(path, json={"ids": [108, 999]})).json()
    for number in range(20):
        made = await make(api, "Candidate", firstName=f"N{number}")
        await api.put(f"entity/Candidate/{made}/categories/1")
    assert 20 == len((await api.post(path, json={})).json()["data"])


async def test_the_notes_of_a_company_are_scored_counted_and_alive(api):
    for person in (106, 114):
        await make(api, "Note", comments=f"about {person}", personReference={"id": person})
    answer = (await api.get("allCorpNotes?clientCorpId=801&fields=comments")).json()
    assert {"total": 2, "start": 0, "count": 2, "data": [
        {"id": 9302, "comments": "about 106", "_score": 1.0}, {"id": 9303, "comments": "about 114", "_score": 1.0},
    ]} == answer  # fmt: skip
    await api.delete("entity/Note/9302")
    assert 1 == (await api.get("allCorpNotes?clientCorpId=801&fields=id")).json()["total"]


async def test_there_are_twenty_rows_of_the_notes_of_a_company(api):
    for _ in range(21):
        await make(api, "Note", comments="x", personReference={"id": 106})
    assert 20 == (await api.get("allCorpNotes?clientCorpId=801&fields=id")).json()["count"]


# -- FastFind --


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("holt", [("Candidate", 105)]), ("Nia Holt", [("Candidate", 105)]), ("Omar Holt", []), ("Nia", []),
        ("Ni*", [("Candidate", 105)]), ("801", [("ClientCorporation", 801)]), ("105", [("Candidate", 105)]),
        ("rae.quill@acme.example", []), ("ines@roth.example", [("Lead", 107)]),
        ("(415) 555-0177", [("ClientContact", 106), ("ClientContact", 114), ("Lead", 107), ("Lead", 113)]),
        ("(415) 555-0142", [("Candidate", 105)]), ("Vance", [("ClientContact", 106), ("ClientCorporation", 801)]),
        ("O'Neil", [("ClientContact", 109), ("ClientCorporation", 802)]), ('Say "x"', []), ("()", []),
        ("Zoë 🌟 & Sons", []),
    ],
)  # fmt: skip
async def test_fast_find_finds(api, text, found):
    rows = (await api.get("find", params={"query": text})).json()["data"]
    assert found == [(row["_type"], row["id"]) for row in rows]


async def test_fast_find_shows_names_and_so_many_of_each_entity(crm, api):
    assert [{"id": 105, "firstName": "Nia", "lastName": "Holt", "_type": "Candidate", "_score": 1.0}] == (
        await api.get("find?query=holt")
    ).json()["data"]
    crm.database.add_crowd("Lead", 21)
    many = (await api.get("find", params={"query": "+1 702-555-0190"})).json()["data"]
    assert 20 == len(many)
    few = (await api.get("find", params={"query": "+1 702-555-0190", "countPerEntity": 3})).json()["data"]
    assert 3 == len(few)
    crm.toggles["leads_hidden"] = True
    assert [] == (await api.get("find", params={"query": "+1 702-555-0190"})).json()["data"]


async def test_fast_find_looks_at_jobs_by_title_and_company(api):
    job = await make(api, "JobOrder", title="Head welder", clientCorporation={"id": 801})
    for text in ("Head welder", "head*", "Vance Partners"):
        rows = (await api.get("find", params={"query": text})).json()["data"]
        assert ("JobOrder", job, "Head welder") in [
            (row["_type"], row["id"], row.get("title")) for row in rows
        ], text
    await api.delete(f"entity/JobOrder/{job}")
    assert job not in [row["id"] for row in (await api.get("find", params={"query": "head*"})).json()["data"]]


# -- lists of one's own --


async def test_ones_own_records_can_be_searched_and_queried(api):
    await api.post("entity/Candidate/108", json={"owner": {"id": 102}})
    found = await read(api, "myCandidates", "name", query="name:*a*")
    assert [
        {"id": 105, "name": "Nia Holt", "_score": 1.0},
        {"id": 111, "name": "Ulla Bare", "_score": 1.0},
    ] == found
    assert [{"id": 105, "_score": 1.0}] == await read(api, "myCandidates", "id", where="lastName='Holt'")
    assert 3 == len(await read(api, "departmentCandidates", "id", query="*:*"))
    assert {"start": 0, "count": 1, "data": [{"id": 106}]} == (
        await api.get("myClientContacts?fields=id&where=lastName='Vance'")
    ).json()
    await api.post("entity/Note/9301", json={"commentingPerson": {"id": 102}})
    assert [] == await read(api, "myNotes", "id")
    assert [9301] == [row["id"] for row in await read(api, "departmentNotes", "id")]


# -- files --


def file(**more):
    content = base64.b64encode(b"Welds well").decode()
    return {"externalID": "cv", "fileType": "SAMPLE", "name": "cv.txt", "fileContent": content, **more}


async def test_a_file_is_told_as_it_was_sent(api):
    body = file(contentType="text/plain", type="Resume", description="Her CV")
    made = await api.put("file/Candidate/105", json=body)
    assert {"fileId": 101, "changeType": "INSERT"} == made.json()
    assert [{
        "id": 101, "type": "Resume", "name": "cv.txt", "description": "Her CV", "contentType": "text",
        "contentSubType": "plain", "externalID": "cv", "fileType": "SAMPLE", "dateAdded": NOW,
    }] == (await api.get("entityFiles/Candidate/105")).json()["EntityFiles"]  # fmt: skip
    shown = {"contentType": "text/plain", "fileContent": body["fileContent"], "name": "cv.txt"}
    assert {"File": shown} == (await api.get("file/Candidate/105/101")).json()
    raw = await api.get("file/Candidate/105/101/raw")
    assert (b"Welds well", "application/octet-stream") == (raw.content, raw.headers["content-type"])
    assert [] == (await api.get("entityFiles/Candidate/108")).json()["EntityFiles"]


async def test_a_file_of_no_kind_has_none(api):
    await api.put("file/Candidate/105", json=file(name="cv"))
    assert "" == (await api.get("file/Candidate/105/101")).json()["File"]["contentType"]
    [row] = await read(
        api, f"{HOLT}/fileAttachments", "name,fileExtension,fileSize,contentType,isDeleted,dateAdded"
    )
    assert {"id": 101, "name": "cv", "fileExtension": "", "fileSize": 10, "contentType": None, "isDeleted": False,
            "dateAdded": NOW} == row  # fmt: skip
    await api.put("file/Candidate/105", json=file(contentType="text", fileExtension="doc"))
    row = (
        await read(api, f"{HOLT}/fileAttachments", "fileExtension,contentType,contentSubType", orderBy="-id")
    )[0]
    assert ("doc", "text", None) == (row["fileExtension"], row["contentType"], row["contentSubType"])


async def test_a_file_is_replaced_and_deleted(api):
    await api.put("file/Candidate/105", json=file())
    changed = await api.post("file/Candidate/105/101", json=file(name="new.txt"))
    assert {"fileId": 101, "changeType": "UPDATE"} == changed.json()
    assert "new.txt" == (await api.get("file/Candidate/105/101")).json()["File"]["name"]
    assert {"fileId": 101, "changeType": "DELETED"} == (await api.delete("file/Candidate/105/101")).json()
    assert [] == (await api.get("entityFiles/Candidate/105")).json()["EntityFiles"]


async def test_a_form_tells_the_name_and_the_kind_of_its_file(api):
    form = {"file": ("cv.pdf", b"%PDF", "application/pdf")}
    path = "file/Candidate/105/raw?externalID=cv&filetype=SAMPLE"
    assert 200 == (await api.put(path, files=form, data={"note": "x"})).status_code
    [row] = (await api.get("entityFiles/Candidate/105")).json()["EntityFiles"]
    assert ("cv.pdf", "application", "pdf", "SAMPLE") == (
        row["name"], row["contentType"], row["contentSubType"], row["fileType"]
    )  # fmt: skip
    assert 200 == (await api.put(f"{path}&name=mine.txt&contentType=text/plain", files=form)).status_code
    row = (await api.get("entityFiles/Candidate/105")).json()["EntityFiles"][1]
    assert ("mine.txt", "text") == (row["name"], row["contentType"])


@pytest.mark.parametrize(
    ("entity", "body"),
    [
        ("Candidate", {}), ("ClientContact", {"clientCorporation": {"id": 801}}), ("ClientCorporation", {"name": "x"}),
        ("JobOrder", {}), ("Opportunity", {}), ("Placement", {"candidate": {"id": 105}, "jobOrder": {"id": 1}}),
    ],
)  # fmt: skip
async def test_files_belong_to_records_of_some_entities(api, entity, body):
    await make(api, "JobOrder", title="x")
    number = await make(api, entity, **body)
    assert 200 == (await api.put(f"file/{entity}/{number}", json=file())).status_code
    assert 1 == len((await api.get(f"entityFiles/{entity}/{number}")).json()["EntityFiles"])


# -- events --


async def test_an_event_tells_what_happened_to_which_record(crm, api):
    path = "event/subscription/mine"
    begun = await api.put(f"{path}?type=ENTITY&names=Lead&eventTypes=inserted,UPDATED,deleted")
    assert {
        "lastRequestId": 0, "subscriptionId": "mine", "createdOn": NOW,
        "jmsSelector": "JMSType='ENTITY' AND BhCorpId=1 AND BhEntityName IN ('Lead') "
        "AND BhEntityEventType IN ('INSERTED','UPDATED','DELETED')",
    } == begun.json()  # fmt: skip
    empty = await api.get(f"{path}?maxEvents=5")
    assert (b"", "application/json;charset=UTF-8") == (empty.content, empty.headers["content-type"])
    number = await make(api, "Lead", name="New")
    crm.clock.advance(1)
    await api.post(f"entity/Lead/{number}", json={"name": "N", "status": "Open"})
    await api.delete(f"entity/Lead/{number}")
    told = (await api.get(f"{path}?maxEvents=2")).json()
    first, second = told["events"]
    about = {"entityName": "Lead", "entityId": number, "eventType": "ENTITY", "eventMetadata": {}}
    assert {
        **about,
        "eventId": first["eventId"],
        "entityEventType": "INSERTED",
        "eventTimestamp": NOW,
    } == first
    assert {
        **about, "eventId": second["eventId"], "entityEventType": "UPDATED", "eventTimestamp": NOW + 1000,
        "updatedProperties": ["name", "status"],
    } == second  # fmt: skip
    assert all(event["eventId"].startswith("ID:JBM-") for event in told["events"])
    assert first["eventId"] != second["eventId"]
    rest = (await api.get(f"{path}?maxEvents=2")).json()
    assert (1, 2, ["DELETED"]) == (
        told["requestId"], rest["requestId"], [event["entityEventType"] for event in rest["events"]]
    )  # fmt: skip
    assert told == (await api.get(f"{path}?requestId=1")).json()
    assert rest == (await api.get(f"{path}?requestId=2")).json()
    assert {"result": 2} == (await api.get(f"{path}/lastRequestId")).json()


async def test_each_subscription_has_its_own_events(api):
    for name, types in (("a", "INSERTED"), ("b", "INSERTED,DELETED")):
        await api.put(f"event/subscription/{name}?type=entity&names=Lead,Task&eventTypes={types}")
    number = await make(api, "Lead", name="New")
    await api.delete(f"entity/Lead/{number}")
    await make(api, "Candidate", firstName="Not")
    assert {"result": True} == (await api.delete("event/subscription/a")).json()
    events = (await api.get("event/subscription/b?maxEvents=9")).json()["events"]
    assert ["INSERTED", "DELETED"] == [event["entityEventType"] for event in events]
    await api.put("event/subscription/a?type=entity&names=Lead&eventTypes=INSERTED")
    assert b"" == (await api.get("event/subscription/a?maxEvents=9")).content


# -- edits that are kept --


async def test_an_edit_tells_each_field_that_has_changed(api):
    await api.post(HOLT, json={"occupation": "Foreman", "comments": "Prefers mornings.", "travelLimit": 5})
    [edit] = await read(api, "query/UserEditHistory", "targetEntity(id),modifyingPerson(id)", where="id>0")
    assert (105, 101) == (edit["targetEntity"]["id"], edit["modifyingPerson"]["id"])
    rows = await read(api, "query/UserEditHistoryFieldChange", "columnName,oldValue,newValue", where="id>0")
    assert [("occupation", "Welder", "Foreman"), ("travelLimit", None, "5")] == [
        (row["columnName"], row["oldValue"], row["newValue"]) for row in rows
    ]
