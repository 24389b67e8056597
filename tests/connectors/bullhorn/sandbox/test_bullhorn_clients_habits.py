"""Requests as other people's clients send them, App Connect's own connector first."""

import base64
from urllib.parse import unquote

import pytest

CONTACT_FIELDS = "id,name,email,phone,dateAdded,dateLastModified,dateLastVisit"


async def data(answer):
    assert 200 == answer.status_code, answer.text
    return answer.json()["data"]


# -- App Connect's connector --


async def test_its_sign_in_asks_for_the_user_with_the_session_in_the_address(api):
    fields = "id,name,timeZoneOffsetEST,masterUserID"
    token = api.headers.pop("BhRestToken")
    path = f"query/CorporateUser?fields={fields}&BhRestToken={token}&where=username='rae.quill'"
    [user] = await data(await api.get(path))
    assert {"id": 101, "name": "Rae Quill", "timeZoneOffsetEST": -180, "masterUserID": 9001} == user


@pytest.mark.parametrize(
    ("entity", "fields", "status", "expected"),
    [
        ("ClientContact", CONTACT_FIELDS, "Archive", [106]),
        ("Lead", "id,name,email,phone,status,dateAdded,dateLastComment,dateLastModified", "Converted", [107]),
    ],
)
async def test_its_search_by_phone_posts_the_query(api, entity, fields, status, expected):
    number = await _phone_of(api, entity, expected[0])
    phones = " OR ".join(f"{name}:{number}" for name in ("phone", "mobile", "phone2", "phone3"))
    query = f'({phones}) AND isDeleted:false NOT status:"{status}"'
    rows = await data(await api.post(f"search/{entity}?fields={fields}", json={"query": query}))
    assert expected == [row["id"] for row in rows]
    assert {*fields.split(","), "_score"} == set(rows[0])


async def _phone_of(api, entity, number):
    phone = (await data(await api.get(f"entity/{entity}/{number}?fields=phone")))["phone"]
    return "".join(letter for letter in phone if letter.isdigit())[-10:]


async def test_its_search_by_name_ends_the_fields_with_a_quote(api):
    query = '(name:"Omar Vance" AND isDeleted:false) OR (firstName:Omar AND isDeleted:false)'
    path = "search/ClientContact?fields=id,name,email,phone,status'"
    rows = await data(await api.post(path, json={"query": f'({query}) NOT status:"Archive"'}))
    assert [("Omar Vance", "Active")] == [(row["name"], row["status"]) for row in rows]


async def test_its_list_of_users_ends_with_an_empty_page(api):
    path = "query/CorporateUser?start={}&fields=id%2CfirstName%2ClastName%2Cemail&where=isDeleted%3Dfalse"
    first = (await api.get(path.format(0))).json()
    assert [] == (await api.get(path.format(first["start"] + first["count"]))).json()["data"]


async def test_its_call_log_has_a_subtype_a_fraction_and_a_text_as_id(api):
    note = {
        "comments": "Call", "personReference": {"id": "106", "personSubtype": "Contact"}, "action": "pending note",
        "dateAdded": 1767346200000, "externalID": "4503991004", "minutesSpent": 125 / 60,
        "commentingPerson": {"id": 102, "personSubtype": "CorporateUser"},
    }  # fmt: skip
    number = (await api.put("entity/Note", json=note)).json()["changedEntityId"]
    read = await data(await api.get(f"entity/Note/{number}?fields=comments,candidates,clientContacts,action"))
    assert (0, 1, 106) == (
        read["candidates"]["total"], read["clientContacts"]["total"], read["clientContacts"]["data"][0]["id"]
    )  # fmt: skip
    assert 200 == (await api.post(f"entity/Note/{number}", json={"action": "Email"})).status_code


async def test_its_message_log_has_an_iso_time_and_no_action(crm, api):
    sent = {"comments": "SMS", "action": "", "personReference": {"id": 105}}
    path = "entity/Note/{}?fields=dateAdded"
    made = await api.put("entity/Note", json={**sent, "dateAdded": "2026-01-02T09:30:00.000Z"})
    number = made.json()["changedEntityId"]
    assert 1767346200000 == (await data(await api.get(path.format(number))))["dateAdded"]
    later = {"dateAdded": "2026-01-02T10:30:00+01:00", "comments": "SMS 2"}
    assert 200 == (await api.post(f"entity/Note/{number}", json=later)).status_code
    assert 1767346200000 == (await data(await api.get(path.format(number))))["dateAdded"]
    crm.toggles["iso_times"] = False
    assert 400 == (await api.post(f"entity/Note/{number}", json=later)).status_code


# -- others --


async def test_a_posted_search_may_have_all_its_parameters_in_the_body(crm, api):
    body = {"query": "*:*", "fields": ["id", "name"], "sort": "-id", "count": 1, "start": 1}
    assert [(111, "Ulla Bare")] == [
        (row["id"], row["name"]) for row in await data(await api.post("search/Candidate", json=body))
    ]
    assert [112] == [
        row["id"] for row in await data(await api.post("search/Candidate?fields=id&start=0", json=body))
    ]
    crm.toggles["body_parameters"] = False
    assert [105, 108, 111, 112] == await data(await api.post("search/Candidate", json=body))


async def test_a_body_may_repeat_the_records_own_id_and_no_other(api):
    for own in (105, "105", None, 0):
        assert (
            200 == (await api.post("entity/Candidate/105", json={"id": own, "occupation": "x"})).status_code
        )
    for other in (106, "x", -1, True):
        assert 400 == (await api.post("entity/Candidate/105", json={"id": other})).status_code
    assert 200 == (await api.put("entity/CandidateEducation", json={"id": "0"})).status_code


async def test_several_records_are_paged(api):
    rows = await data(await api.get("entity/Candidate/105,108,111?fields=id&start=1&count=1"))
    assert [108] == [row["id"] for row in rows]


async def test_a_layout_is_said_not_to_be_played(api):
    answer = await api.get("search/Candidate?query=*:*&layout=RecordEdit")
    assert (501, "not played") == (answer.status_code, answer.headers["x-appconnect-sandbox"])
    assert 200 == (await api.get("search/Candidate?query=*:*&layout=RecordEdit&fields=id")).status_code


async def test_my_candidates_come_with_a_total_as_every_search(api):
    assert 3 == (await api.get("myCandidates?fields=id&count=1")).json()["total"]
    assert "total" not in (await api.get("myClientContacts?fields=id")).json()


async def test_a_file_is_a_record_of_its_own(api):
    file = {"externalID": "cv", "fileType": "SAMPLE", "name": "cv.txt", "type": "Resume"}
    content = base64.b64encode(b"Welds").decode()
    made = (await api.put("file/Candidate/105", json={**file, "fileContent": content})).json()["fileId"]
    path = "entity/Candidate/105/fileAttachments?fields=name,fileSize,fileExtension,candidate(id)"
    assert [
        {"id": made, "name": "cv.txt", "fileSize": 5, "fileExtension": ".txt", "candidate": {"id": 105}}
    ] == await data(await api.get(path))
    assert "DELETED" == (await api.delete(f"file/Candidate/105/{made}")).json()["changeType"]
    assert [] == await data(await api.get(path))


@pytest.mark.parametrize(
    ("entity", "history", "field", "value", "shown"),
    [
        ("Candidate", "User", "occupation", "Foreman", ("Welder", "Foreman")),
        ("JobOrder", "JobOrder", "numOpenings", 3, (None, "3")),
        ("Task", "Task", "isDeleted", True, ("false", "true")),
    ],
)
async def test_an_edit_is_kept_with_who_did_it_and_what_was_there(api, entity, history, field, value, shown):
    number = 105
    if entity != "Candidate":
        number = (await api.put(f"entity/{entity}", json={})).json()["changedEntityId"]
    for _ in range(2):  # the second changes nothing
        await api.post(f"entity/{entity}/{number}", json={field: value})
    where = {"where": f"targetEntity.id = {number}", "fields": "modifyingPerson,fieldChanges(columnName)"}
    [edit] = await data(await api.get(f"query/{history}EditHistory", params=where))
    assert 101 == edit["modifyingPerson"]["id"]
    assert [field] == [change["columnName"] for change in edit["fieldChanges"]["data"]]
    where = {"where": f"editHistory.id = {edit['id']}", "fields": "oldValue,newValue"}
    [change] = await data(await api.get(f"query/{history}EditHistoryFieldChange", params=where))
    assert shown == (change["oldValue"], change["newValue"])


async def test_a_slash_at_the_end_of_an_address_means_nothing(api):
    for path in ("meta/Lead/?fields=status", "myCandidates/?fields=id", "options//Skill"):
        assert 200 == (await api.get(path)).status_code, path


async def test_an_answer_is_a_script_where_a_callback_is_named(api):
    answer = await api.get("settings/userId?callback=app.taken")
    assert ('app.taken({"userId":101})', "text/javascript;charset=UTF-8") == (
        answer.text,
        answer.headers["content-type"],
    )
    assert {"userId": 101} == (await api.get("settings/userId?callback=alert(1)//")).json()


async def test_the_access_token_may_be_posted_as_a_form(web):
    form = {"client_id": "sandbox-bullhorn-client", "username": "rae.quill", "password": "Sandbox-0110",
            "action": "Login", "response_type": "code"}  # fmt: skip
    oauth = "https://auth-east.bullhornstaffing.com/oauth"
    code = (await web.post(f"{oauth}/authorize", data=form)).headers["location"].partition("code=")[2]
    app = {"client_id": "sandbox-bullhorn-client", "client_secret": "sandbox-bullhorn-secret"}
    sent = {**app, "grant_type": "authorization_code", "code": unquote(code.partition("&")[0])}
    access = (await web.post(f"{oauth}/token", data=sent)).json()["access_token"]
    login = "https://rest-east.bullhornstaffing.com/rest-services/login"
    session = (await web.post(login, data={"version": "*", "access_token": access, "ttl": "²"})).json()
    cookie = {"Cookie": f"BhRestToken={session['BhRestToken']}"}
    ping = await web.get(f"{session['restUrl']}ping", headers=cookie)
    assert 200 == ping.status_code


async def test_custom_objects_are_made_and_changed_with_their_record(api):
    path = "entity/Candidate/105"
    assert 200 == (await api.post(path, json={"customObject1s": [{"text1": "a"}, {"int1": 2}]})).status_code
    fields = "customObject1s(id,text1,int1)"
    rows = (await data(await api.get(f"{path}?fields={fields}")))["customObject1s"]["data"]
    assert [("a", None), (None, 2)] == [(row["text1"], row["int1"]) for row in rows]
    first = {"id": rows[0]["id"], "text1": "b"}
    assert 200 == (await api.post(path, json={"occupation": "x", "customObject1s": [first]})).status_code
    rows = (await data(await api.get(f"{path}?fields={fields}")))["customObject1s"]["data"]
    assert ["b", None] == [row["text1"] for row in rows]
    wrong = {"firstName": "Not", "customObject1s": [{"nope": 1}]}
    assert 400 == (await api.post(path, json=wrong)).status_code
    assert "Nia" == (await data(await api.get(f"{path}?fields=firstName")))["firstName"]
    assert [105] == [
        row["id"]
        for row in await data(await api.get("search/Candidate?query=customObject1s.text1:b&fields=id"))
    ]
    assert 200 == (await api.delete(f"{path}/customObject1s/{rows[0]['id']}")).status_code


async def test_fastfind_can_be_posted(api):
    assert [105] == [row["id"] for row in await data(await api.post("find", json={"query": "Nia Holt"}))]


async def test_a_star_alone_finds_what_has_no_name_as_well(api):
    number = (await api.put("entity/JobOrder", json={})).json()["changedEntityId"]
    for query, expected in (("*", [number]), ("title:*", []), ("* NOT id:1", [])):
        rows = await data(await api.get("search/JobOrder", params={"query": query, "fields": "id"}))
        assert expected == [row["id"] for row in rows], query
