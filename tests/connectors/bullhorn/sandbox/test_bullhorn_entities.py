"""Every entity of Bullhorn: found, read, changed and described from its fields as data."""

import base64

import pytest

from appconnect.connectors.bullhorn.sandbox import COUNTED
from appconnect.connectors.bullhorn.sandbox.schema import (
    DATA,
    ENTITIES,
    HISTORIES,
    INDEXED_ONLY,
    OTHERS,
    SEARCHED,
)
from appconnect.sandbox.people import made_up_people

NOTE = {"comments": "Called", "personReference": {"id": 105}}


async def found(api, path, **params):
    answer = await api.get(path, params={"fields": "id", **params})
    assert 200 == answer.status_code, answer.text
    return [row["id"] for row in answer.json()["data"]]


async def read(api, path, fields):
    answer = await api.get(path, params={"fields": fields})
    assert 200 == answer.status_code, answer.text
    return answer.json()["data"]


# -- search --


@pytest.mark.parametrize(
    ("entity", "query", "expected"),
    [
        ("ClientContact", "clientCorporation.id:801", [106, 114]),
        ("ClientContact", "clientCorporation.name:vance AND isDeleted:false", [106, 114]),
        ("ClientContact", "owner.name:Quill AND clientCorporation.name:daughters", [109]),
        ("Candidate", "notes.action:Email", [105]),
        ("Candidate", "notes.comments:cv", [105]),
        ("Candidate", "id:[100 TO 108]", [105, 108]),
        ("Candidate", "id:{105 TO 108]", [108]),
        ("Candidate", "id:[0 TO 2]", []),
        ("Candidate", "mobile:[* TO *]", [105]),
        ("Candidate", "*:*", [105, 108, 111, 112]),
        ("Candidate", "lastName:[G TO M]", [105]),
        ("Candidate", 'lastName:["Fuzz" TO "Holt"}', [108]),
        ("Candidate", "dateAdded:[20260102 TO 20260102] AND id:105", [105]),
        ("Candidate", "dateAdded:{20260102 TO *]", []),
        ("Candidate", "occupation:welder", [105]),
        ("Lead", "companyName:roth", [107]),
        ("Lead", 'companyName:"Roth & Co"', [107]),
        ("Candidate", '"Nia Holt"^2 OR name:nobody^0.5', [105]),
        ("Candidate", '"Holt Nia"', []),
        ("Candidate", '"Holt Nia"~2', [105]),
        ("Candidate", "Hotl~", [105]),
        ("Candidate", "name:hoalt~1", [105]),
        ("Candidate", "name:holtxx~1", []),
        ("Candidate", "name:h?lt", [105]),
        ("Candidate", r"firstName:N\*", []),
        ("Candidate", "occupation:*e*d*r AND email:*", [105]),
        ("Candidate", "firstName:" + "*a" * 40, []),
        ("Candidate", "id:(105 OR 111)", [105, 111]),
        ("Candidate", "name:holt OR name:bare AND name:ulla", [111]),
        ("Candidate", "+isDeleted:0 -name:holt", [108, 111]),
        ("Candidate", "mobile_REVERSED:5550142", [105]),
        ("Candidate", "NOT name:holt", []),
        ("Candidate", "*:* NOT isDeleted:1", [105, 108, 111]),
    ],
)
async def test_search_knows_the_whole_index(api, entity, query, expected):
    assert expected == await found(api, f"search/{entity}", query=query)


async def test_a_search_by_the_parts_of_an_address_and_an_associated_record(api):
    address = {"city": "Oslo", "countryID": 1, "zip": "0150"}
    assert 200 == (await api.post("entity/Candidate/105", json={"address": address})).status_code
    await api.put("entity/Candidate/105/categories/2")
    assert [105] == await found(api, "search/Candidate", query="address.city:oslo AND categories.id:2")
    assert [105] == await found(api, "search/Candidate", query="address.country.id:1")
    assert {"city": "Oslo"} == (await read(api, "entity/Candidate/105", "address(city)"))["address"]


async def test_notes_are_found_by_the_names_of_their_index(crm, api):
    crm.toggles["note_search_empty"] = False
    for query in ("noteID:9301", "candidateUserID:105", "commentingUserID:101", "userID:105"):
        assert [9301] == await found(api, "search/Note", query=query)


async def test_results_are_sorted_by_several_fields(api):
    people = {"query": "*:*", "sort": "isDeleted,-lastName"}
    assert [105, 108, 111, 112] == await found(api, "search/Candidate", **people)
    assert [104, 103] == await found(
        api, "query/CorporateUser", where="id>102", orderBy="timeZoneOffsetEST DESC,id"
    )
    assert 400 == (await api.get("search/Candidate?query=*:*&fields=id&sort=nope")).status_code


async def test_a_person_among_many_is_found_by_phone_and_name(crm, api):
    people = list(made_up_people(300))
    for person in people:
        crm.add_person(person)
    last = people[-1]
    for query in (f'phone:"{last.phone}"', f'firstName:{last.first_name} AND email:"{last.email}"'):
        [row] = (await api.get("search/Candidate", params={"query": query, "fields": "name"})).json()["data"]
        assert last.name == row["name"]
    await api.post(f"entity/Candidate/{row['id']}", json={"phone": "+49 30 1234567"})
    assert [row["id"]] == await found(api, "search/Candidate", query="phone:49301234567")
    assert [] == await found(api, "search/Candidate", query=f'phone:"{last.phone}"')


# -- query --


@pytest.mark.parametrize("entity", sorted(set(DATA) - set(INDEXED_ONLY)))
async def test_every_other_entity_can_be_queried(api, entity):
    assert isinstance(await found(api, f"query/{entity}", where="id > 0 AND id IS NOT NULL"), list)


@pytest.mark.parametrize(
    ("entity", "where", "expected"),
    [
        ("ClientContact", "lastName='Vance'", [106]),
        ("ClientContact", "dateAdded > '2014-01-01 00:00:00.000' AND id < 110", [106, 109]),
        ("ClientContact", "dateAdded BETWEEN 0 AND 1", []),
        ("ClientContact", "clientCorporation.name LIKE 'Vance%' AND status <> 'Archive'", [106]),
        ("ClientContact", "clientCorporation.id IN (802)", [109]),
        ("ClientContact", "firstName LIKE 'O_a%' AND firstName NOT LIKE '%*%'", [106]),
        ("ClientContact", "categories IS NOT EMPTY", [106]),
        ("ClientContact", "categories IS EMPTY AND 109 = id", [109]),
        ("ClientContact", "1 MEMBER OF categories", [106]),
        ("ClientContact", "1 NOT MEMBER OF categories AND id < 110", [109]),
        ("ClientContact", "dateAdded <= dateLastModified AND firstName NOT LIKE 'O%'", [109, 114]),
        ("ClientContact", "categories.id = 2", [106]),
        ("ClientContact", "categories.name IN ('Welding') AND categories.id BETWEEN 2 AND 9", [106]),
        ("ClientContact", "isDeleted = 0 AND NOT (id > 106 OR id < 106)", [106]),
        (
            "ClientContact",
            "(status = 'Archive' OR (owner.id = 102)) AND clientCorporation.name LIKE '%Part%'",
            [114],
        ),
    ],
)
async def test_query_reads_dates_and_lists(api, entity, where, expected):
    await api.put("entity/ClientContact/106/categories/1,2")
    assert expected == await found(api, f"query/{entity}", where=where)


async def test_an_iso_date_in_a_condition_is_malformed(api):
    for moment in ("2014-01-01T00:00:00Z", "1767346200000", "2014-99-01 00:00:00.000"):
        answer = await api.get("query/Lead", params={"where": f"dateAdded > '{moment}'", "fields": "id"})
        assert (400, True) == (answer.status_code, "malformed" in answer.json()["errorMessage"])


async def test_candidates_can_be_queried_where_that_is_switched_on(crm, api):
    crm.toggles["indexed_queries_refused"] = False
    assert [105] == await found(api, "query/Candidate", where="lastName='Holt'")


# -- fields and references --


@pytest.mark.parametrize("entity", sorted(DATA))
async def test_every_field_of_an_entity_can_be_asked_for(crm, api, entity):
    for toggle in ("all_fields", "indexed_queries_refused"):
        crm.toggles[toggle] = toggle == "all_fields"
    answer = await api.get(f"query/{entity}", params={"where": "id > 0", "fields": "*"})
    assert 200 == answer.status_code, answer.text
    for row in answer.json()["data"]:
        assert set(ENTITIES[entity]) == set(row)
    assert 400 == (await api.get(f"query/{entity}?where=id>0&fields=nope")).status_code


async def test_entities_known_by_their_fields_alone_are_played_as_well(crm, api):
    crm.toggles["all_fields"] = True
    for entity in sorted(set(COUNTED) & set(OTHERS)):
        fields = OTHERS[entity]
        made = await api.put(f"entity/{entity}", json={})
        if entity.endswith(HISTORIES):
            assert 400 == made.status_code
            continue
        assert 200 == made.status_code, (entity, made.text)
        number = made.json()["changedEntityId"]
        assert set(fields) == set(await read(api, f"entity/{entity}/{number}", "*")), entity
        assert [number] == await found(api, f"query/{entity}", where=f"id = {number}"), entity
        assert 400 == (await api.get(f"query/{entity}?where=id>0&fields=nope")).status_code
        told = (await api.get(f"meta/{entity}?fields=*")).json()["fields"]
        assert list(fields) == [field["name"] for field in told], entity


async def test_the_education_of_a_candidate_is_found_from_both_sides(api):
    sent = {"candidate": {"id": 105}, "school": "TU Oslo", "gpa": 3.5, "graduationDate": 1400000000000}
    number = (await api.put("entity/CandidateEducation", json=sent)).json()["changedEntityId"]
    assert [number] == await found(api, "entity/Candidate/105/educations")
    assert [number] == await found(api, "query/CandidateEducation", where="candidate.lastName = 'Holt'")
    assert [105] == await found(api, "search/Candidate", query="educations.school:oslo")


async def test_references_have_the_recorded_shapes(api):
    contact = await read(api, "entity/ClientContact/106", "clientCorporation,owner,skills")
    assert {"id": 801, "name": "Vance Partners"} == contact["clientCorporation"]
    assert {"id": 101, "firstName": "Rae", "lastName": "Quill"} == contact["owner"]
    assert {"total": 0, "data": []} == contact["skills"]
    note = await read(api, "entity/Note/9301", "personReference,commentingPerson,jobOrder")
    assert {"id": 105, "_subtype": "Candidate"} == note["personReference"]
    assert {"id": 101, "_subtype": "CorporateUser"} == note["commentingPerson"]
    assert note["jobOrder"] is None


async def test_known_fields_without_a_value_are_null(api):
    names = "skillSet,source,address,description,email3,dateOfBirth,customText20"
    person = await read(api, "entity/Candidate/105", names)
    assert dict.fromkeys(names.split(",")) == {name: person[name] for name in names.split(",")}


async def test_rows_of_a_to_many_field_can_be_chosen(api):
    for comments in ("a", "b", "c"):
        await api.put("entity/Note", json={**NOTE, "comments": comments})
    notes = (await read(api, "entity/Candidate/105", "notes[2](comments){comments <> 'c'}"))["notes"]
    assert (3, ["b", "a"]) == (notes["total"], [row["comments"] for row in notes["data"]])


# -- associations --


async def test_the_notes_of_a_candidate_can_be_asked_for(api):
    assert [9301] == await found(api, "entity/Candidate/105/notes")
    assert [9301] == await found(api, "entity/Candidate/105,108/notes", orderBy="-dateAdded")
    assert 404 == (await api.get("entity/Candidate/9/notes?fields=id")).status_code
    assert 404 == (await api.get("entity/Candidate/105/name?fields=id")).status_code


@pytest.mark.parametrize(
    ("left", "name", "right", "back"),
    [
        ("Candidate/105", "categories", "Category/1", ""),
        ("Category/1", "skills", "Skill/2", "categories"),
        ("Candidate/105", "tearsheets", "Tearsheet/1", "candidates"),
        ("Tearsheet/1", "clientContacts", "ClientContact/106", "tearsheets"),
        ("Lead/107", "clientContacts", "ClientContact/106", "leads"),
        ("ClientCorporation/802", "clientContacts", "ClientContact/106", ""),
        ("Note/9301", "clientContacts", "ClientContact/106", "notes"),
        ("ClientContact/109", "notes", "Note/9301", "clientContacts"),
    ],
)
async def test_an_association_is_made_once_seen_from_both_sides_and_undone(api, left, name, right, back):
    await api.put("entity/Tearsheet", json={"name": "Welders"})
    number = int(right.split("/")[1])
    made = await api.put(f"entity/{left}/{name}/{number}")
    assert (200, "ASSOCIATE") == (made.status_code, made.json()["changeType"])
    assert number in await found(api, f"entity/{left}/{name}")
    if back:
        assert int(left.split("/")[1]) in await found(api, f"entity/{right}/{back}")
    assert 400 == (await api.put(f"entity/{left}/{name}/{number}")).status_code
    assert 404 == (await api.put(f"entity/{left}/{name}/99999")).status_code
    assert 200 == (await api.delete(f"entity/{left}/{name}/{number}")).status_code
    assert number not in await found(api, f"entity/{left}/{name}")


async def test_a_note_can_name_more_people_than_its_reference(api):
    made = await api.put("entity/Note", json={**NOTE, "candidates": [{"id": 108}], "leads": [107]})
    note = await read(api, f"entity/Note/{made.json()['changedEntityId']}", "candidates,leads,people[9]")
    assert [105, 108] == [row["id"] for row in note["candidates"]["data"]]
    assert [107] == [row["id"] for row in note["leads"]["data"]]
    assert {105, 107, 108} == {row["id"] for row in note["people"]["data"]}


async def test_other_bodies_take_lists_where_that_is_switched_on(crm, api):
    body = {"categories": {"replaceAll": [1, 2]}}
    assert 400 == (await api.post("entity/Candidate/105", json=body)).status_code
    crm.toggles["to_many_in_bodies"] = True
    assert 200 == (await api.post("entity/Candidate/105", json=body)).status_code
    assert [1, 2] == await found(api, "entity/Candidate/105/categories")
    assert (
        200 == (await api.post("entity/Candidate/105", json={"categories": {"replaceAll": [2]}})).status_code
    )
    assert [2] == await found(api, "entity/Candidate/105/categories")


async def test_an_appointment_begins_and_ends_now_where_nothing_else_is_said(api):
    number = (await api.put("entity/Appointment", json={"subject": "Welding test"})).json()["changedEntityId"]
    answer = await api.get(f"entity/Appointment/{number}", params={"fields": "dateBegin,dateEnd,dateAdded"})
    row = answer.json()["data"]
    assert isinstance(row["dateAdded"], int)
    assert row["dateAdded"] == row["dateBegin"] == row["dateEnd"]


@pytest.mark.parametrize(
    ("entity", "field", "value"),
    [("CorporateUser", "loginRestrictions", "x"), ("Note", "bhTimeStamp", {"a": 1})],
)
async def test_a_value_of_a_rare_type_is_checked_too(api, entity, field, value):
    answer = await api.put(f"entity/{entity}", json={field: value})
    assert 400 == answer.status_code
    assert f"Invalid value for '{field}'" in answer.json()["errorMessage"]


async def test_an_attendee_gets_an_appointment_of_their_own(api):
    made = await api.put("entity/Appointment", json={"subject": "Welding test", "dateBegin": 1, "dateEnd": 2})
    number = made.json()["changedEntityId"]
    await api.put("entity/AppointmentAttendee", json={"appointment": {"id": number}, "attendee": {"id": 105}})
    fields = "attendees(attendee(id)),childAppointments(subject,owner(id))"
    appointment = await read(api, f"entity/Appointment/{number}", fields)
    assert 105 == appointment["attendees"]["data"][0]["attendee"]["id"]
    [child] = appointment["childAppointments"]["data"]
    assert ("Welding test", 105) == (child["subject"], child["owner"]["id"])


# -- writing --


async def test_a_user_without_a_name_keeps_nobody_from_signing_in(web, api):
    assert 200 == (await api.put("entity/CorporateUser", json={"enabled": True})).status_code
    url = "https://rest.bullhornstaffing.com/rest-services/loginInfo"
    assert "oauthUrl" in (await web.get(url, params={"username": "rae.quill"})).json()
    assert {} == (await web.get(url, params={"username": "None"})).json()


async def test_all_faults_of_a_body_are_told_together(api):
    body = {
        "nope": 1,
        "phone": "1" * 21,
        "name": 5,
        "dateAdded": "today",
        "owner": {"id": 9},
        "address": {"x": 1},
    }
    refused = (await api.put("entity/Lead", json=body)).json()
    names = [each["propertyName"] for each in refused["errors"]]
    assert ["nope", "phone", "name", "dateAdded", "owner", "address.x"] == names
    assert all(each["detailMessage"] in refused["errorMessage"] for each in refused["errors"])


async def test_minutes_may_have_a_fraction_unless_that_is_switched_off(crm, api):
    made = await api.put("entity/Note", json={**NOTE, "minutesSpent": 2.083})
    assert (
        2
        == (await read(api, f"entity/Note/{made.json()['changedEntityId']}", "minutesSpent"))["minutesSpent"]
    )
    crm.toggles["fractional_minutes"] = False
    assert 400 == (await api.put("entity/Note", json={**NOTE, "minutesSpent": 2.083})).status_code


async def test_the_field_map_can_be_enforced(crm, api):
    body = {"firstName": "Ann", "lastName": "Two", "name": "Ann Two"}
    assert 200 == (await api.put("entity/Candidate", json=body)).status_code
    crm.toggles["field_map_enforced"] = True
    refused = (await api.put("entity/Candidate", json=body)).json()
    assert "educationDegree" in refused["errorMessage"]
    assert 400 == (await api.post("entity/Candidate/105", json={"externalID": "x"})).status_code


@pytest.mark.parametrize("entity", ["Country", "Category", "Skill", "BusinessSector"])
async def test_lookups_cannot_be_deleted(api, entity):
    assert 400 == (await api.delete(f"entity/{entity}/1")).status_code


async def test_many_records_are_changed_at_once(api):
    await api.put("entity/Candidate/105/categories/1")
    body = {
        "ids": [105, 108, 999],
        "status": "Placed",
        "owner": 102,
        "categories": {"add": [2], "remove": [1]},
    }
    assert {"count": 2} == (await api.post("massUpdate/Candidate", json=body)).json()
    person = await read(api, "entity/Candidate/105", "status,owner,categories")
    assert ("Placed", 102, [2]) == (
        person["status"], person["owner"]["id"], [row["id"] for row in person["categories"]["data"]]
    )  # fmt: skip
    asked = {"ids": [105, 108], "showTotalMatched": True}
    pairs = (await api.post("association/Candidate/categories", json=asked)).json()
    assert {"total": 2, "data": [[105, 2], [108, 2]]} == pairs
    assert 400 == (await api.post("massUpdate/Candidate", json={"ids": [105], "nope": 1})).status_code
    assert 400 == (await api.post("massUpdate/Candidate", json={"status": "Placed"})).status_code
    assert "Candidate" in (await api.get("massUpdate")).json()


async def test_the_notes_of_a_company_are_those_of_its_contacts(api):
    made = await api.put("entity/Note", json={**NOTE, "personReference": {"id": 106}})
    assert [made.json()["changedEntityId"]] == await found(api, "allCorpNotes", clientCorpId="801")
    assert [] == await found(api, "allCorpNotes", clientCorpId="802")
    assert 404 == (await api.get("allCorpNotes?fields=id")).status_code


# -- description --


@pytest.mark.parametrize("entity", sorted(DATA))
async def test_metadata_has_every_field_and_full_tells_more(api, entity):
    full = (await api.get(f"meta/{entity}?fields=*&meta=full")).json()
    basic = (await api.get(f"meta/{entity}?fields=*&meta=basic")).json()
    assert list(ENTITIES[entity]) == [field["name"] for field in full["fields"]]
    for few, more in zip(basic["fields"][1:], full["fields"][1:], strict=True):
        assert {"optional", "required", "readOnly", "multiValue"} <= set(more) - set(few)
        assert ("associatedEntity" in more) is more["type"].startswith("TO_")


async def test_metadata_names_the_entities_and_comes_with_answers(api):
    assert sorted(ENTITIES) == [row["entity"] for row in (await api.get("meta")).json()]
    actions = (await api.get("meta/Note?fields=action")).json()["fields"][1]
    assert ["Outbound Call", "Action"] == [actions["options"][0]["value"], actions["label"]]
    answer = (await api.get("entity/Candidate/105?fields=id,name&meta=basic")).json()
    assert ["id", "name"] == [field["name"] for field in answer["meta"]["fields"]]
    assert 400 == (await api.get("meta/Candidate?fields=nope")).status_code


@pytest.mark.parametrize("entity", SEARCHED)
async def test_a_search_for_nothing_lists_the_index_of_every_entity(api, entity):
    names = [field["name"] for field in (await api.get(f"search/{entity}")).json()]
    assert len(names) == len(set(names)) > 10


async def test_options_have_value_and_label(api):
    assert {"value": 102, "label": "Kit Moss"} in (await api.get("options/CorporateUser?filter=Mo")).json()[
        "data"
    ]
    assert [{"value": "MIG welding", "label": "MIG welding"}] == (
        await api.get("options/SkillText?filter=*weld")
    ).json()["data"]
    assert [{"value": 2, "label": "Germany"}] == (await api.get("options/Country/2")).json()["data"]
    types = [row["optionsType"] for row in (await api.get("options")).json()["data"]]
    assert {"CorporateUser", "CategoryText"} <= set(types)
    assert 400 == (await api.get("options/Unicorn")).status_code


# -- lists, files, events --


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("holt", [105]),
        ("Nia Holt", [105]),
        ("Ni*", [105]),
        ("(415) 555-0142", [105]),
        ("+1-415-555-0142", [105]),
        ("107", [107]),
        ("Vance", [106, 801]),
    ],
)
async def test_fast_find_looks_at_what_the_text_is(api, text, expected):
    rows = (await api.get("find", params={"query": text})).json()["data"]
    assert expected == [row["id"] for row in rows]


async def test_there_are_lists_of_ones_own_and_the_departments_records(api):
    assert [105, 108, 111] == await found(api, "myCandidates")
    assert [106] == await found(api, "departmentClientContacts", where="lastName='Vance'")
    await api.post("entity/Candidate/105", json={"owner": {"id": 102}})
    assert [108, 111] == await found(api, "myCandidates")
    assert [9301] == await found(api, "myNotes")


async def test_a_file_is_kept_read_changed_and_deleted(api):
    body = {
        "externalID": "cv", "fileType": "SAMPLE", "name": "cv.txt", "contentType": "text/plain",
        "fileContent": base64.b64encode(b"Welds well").decode(),
    }  # fmt: skip
    made = (await api.put("file/Candidate/105", json=body)).json()["fileId"]
    [listed] = (await api.get("entityFiles/Candidate/105")).json()["EntityFiles"]
    assert (made, "cv.txt", "text", "plain") == tuple(
        listed[name] for name in ("id", "name", "contentType", "contentSubType")
    )
    assert "text/plain" == (await api.get(f"file/Candidate/105/{made}")).json()["File"]["contentType"]
    assert b"Welds well" == (await api.get(f"file/Candidate/105/{made}/raw")).content
    form = {"file": ("cv.txt", b"Welds better")}
    path = f"file/Candidate/105/{made}/raw?externalID=cv&fileType=SAMPLE"
    assert 200 == (await api.post(path, files=form)).status_code
    assert b"Welds better" == (await api.get(f"file/Candidate/105/{made}/raw")).content
    assert 404 == (await api.get(f"file/Candidate/108/{made}")).status_code
    assert 200 == (await api.delete(f"file/Candidate/105/{made}")).status_code
    assert 404 == (await api.get(f"file/Candidate/105/{made}")).status_code
    assert 400 == (await api.put("file/Candidate/105", json={**body, "fileContent": "?"})).status_code


async def test_a_subscription_tells_each_event_once_and_again_on_request(api):
    path = "event/subscription/mine"
    asked = {"type": "entity", "names": "Candidate,Lead", "eventTypes": "INSERTED,UPDATED"}
    begun = (await api.put(path, params=asked)).json()
    assert ("mine", 0) == (begun["subscriptionId"], begun["lastRequestId"])
    assert begun["jmsSelector"] == (
        "JMSType='ENTITY' AND BhCorpId=1"
        " AND BhEntityName IN ('Candidate','Lead') AND BhEntityEventType IN ('INSERTED','UPDATED')"
    )
    assert b"" == (await api.get(f"{path}?maxEvents=10")).content
    await api.post("entity/Candidate/105", json={"occupation": "Foreman"})
    await api.put("entity/Lead", json={"name": "New One"})
    await api.post("entity/ClientContact/106", json={"occupation": "Head"})
    first = (await api.get(f"{path}?maxEvents=10")).json()
    kinds = [(event["entityName"], event["entityEventType"]) for event in first["events"]]
    assert [("Candidate", "UPDATED"), ("Lead", "INSERTED")] == kinds
    assert ["occupation"] == first["events"][0]["updatedProperties"]
    assert b"" == (await api.get(f"{path}?maxEvents=10")).content
    assert first == (await api.get(f"{path}?requestId=1")).json()
    assert {"result": 1} == (await api.get(f"{path}/lastRequestId")).json()
    assert {"result": True} == (await api.delete(path)).json()
    assert 404 == (await api.get(f"{path}?maxEvents=1")).status_code


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "meta/Invoice"),
        ("GET", "entity/RateCard/1"),
        ("GET", "search/Requirement"),
        ("GET", "options/HousingAmenity"),
        ("PUT", "entity/ClientCorporation/801/rateCards/1"),
        ("POST", "resume/parseToCandidate"),
    ],
)
async def test_what_bullhorn_has_and_the_sandbox_does_not_play_is_said(api, method, path):
    answer = await api.request(method, path)
    assert (501, "not played") == (answer.status_code, answer.headers["x-appconnect-sandbox"])
    assert "this sandbox does not play" in answer.json()["message"]


def test_operations_for_entities_known_by_their_fields_alone_are_counted_apart(crm):
    groups = {group.group: group for group in crm.coverage.groups}
    assert not groups["Associations"].missing
    assert not groups["Description"].missing
    for group in ("Associations", "Description", "Records", "Search and query"):
        other = groups[f"{group}, other entities"]
        assert {each.path.split("/")[4] for each in other.played} <= set(OTHERS)
        assert not {each.path.split("/")[4] for each in other.missing} & set(ENTITIES)


async def test_every_answer_says_that_it_is_utf_8(api):
    for path in ("ping", "settings", "meta/Lead", "search/Unicorn?query=x", "entity/Candidate/9?fields=id"):
        assert "application/json;charset=UTF-8" == (await api.get(path)).headers["content-type"], path
