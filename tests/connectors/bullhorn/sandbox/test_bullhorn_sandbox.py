"""The played Bullhorn, asked by plain httpx the way https://bullhorn.github.io/rest-api-docs/ describes."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from appconnect.sandbox import Sandbox, serve

OAUTH = "https://auth-east.bullhornstaffing.com/oauth"
LOGIN = "https://rest-east.bullhornstaffing.com/rest-services/login"
CALLBACK = "http://127.0.0.1:8738/callback"
APP = {"client_id": "sandbox-bullhorn-client", "client_secret": "sandbox-bullhorn-secret"}
ASKING = {"client_id": APP["client_id"], "response_type": "code", "redirect_uri": CALLBACK, "state": "s1"}
PASSWORD = {"username": "rae.quill", "password": "Sandbox-0110", "action": "Login"}
CODE = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}


async def code_for(web, **asked):
    answer = await web.post(f"{OAUTH}/authorize", params={**ASKING, **asked}, data=PASSWORD)
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


async def tokens(web):
    form = {**APP, **CODE, "code": await code_for(web)}
    return (await web.post(f"{OAUTH}/token", data=form)).json()


async def log_in(web, pair, **more):
    return await web.post(LOGIN, params={"version": "*", "access_token": pair["access_token"], **more})


# -- signing in --


async def test_discovery_says_where_a_user_belongs(web):
    answer = await web.get(
        "https://rest.bullhornstaffing.com/rest-services/loginInfo", params={"username": "rae.quill"}
    )
    assert {
        "oauthUrl": OAUTH,
        "restUrl": "https://rest-east.bullhornstaffing.com/rest-services",
    } == answer.json()


async def test_discovery_says_nothing_of_a_stranger(crm, web):
    url = "https://rest.bullhornstaffing.com/rest-services/loginInfo?username=nobody"
    assert {} == (await web.get(url)).json()
    crm.toggles["unknown_login_refused"] = True
    assert 400 == (await web.get(url)).status_code


async def test_consent_in_a_browser_leads_back_with_code_and_state(web):
    page = await web.get(f"{OAUTH}/authorize", params=ASKING)
    assert (200, True) == (page.status_code, "Approve" in page.text)
    answer = await web.post(f"{OAUTH}/authorize", params=ASKING, data={"decision": "approve"})
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (302, ["s1"], True) == (answer.status_code, back["state"], back["code"][0].startswith("23:"))


async def test_declining_leads_back_with_an_error(web):
    answer = await web.post(f"{OAUTH}/authorize", params=ASKING, data={"decision": "decline"})
    assert ["access_denied"] == parse_qs(urlsplit(answer.headers["location"]).query)["error"]


async def test_a_wrong_password_is_a_page_with_status_200(web):
    form = {**PASSWORD, "password": "nope"}
    answer = await web.post(f"{OAUTH}/authorize", params=ASKING, data=form)
    assert (200, True) == (answer.status_code, '<p class="error">' in answer.text)


async def test_a_wrong_client_id_is_a_page_that_says_so(web):
    answer = await web.get(f"{OAUTH}/authorize", params={**ASKING, "client_id": "x"})
    assert "Bullhorn OAuth Error - Invalid Client Id" in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/oauth/authorize"), ("POST", "/oauth/token"), ("POST", "/rest-services/login")],
)
async def test_the_wrong_data_centre_sends_on_to_the_right_one(web, method, path):
    host = "auth" if "oauth" in path else "rest"
    answer = await web.request(method, f"https://{host}-west.bullhornstaffing.com{path}?a=b")
    east = f"https://{host}-east.bullhornstaffing.com{path}?a=b"
    assert (307, east) == (answer.status_code, answer.headers["location"])


async def test_a_code_is_good_once(web):
    form = {**APP, **CODE, "code": await code_for(web)}
    first, second = [await web.post(f"{OAUTH}/token", data=form) for _ in range(2)]
    assert (600, "Bearer", "no-store") == (
        first.json()["expires_in"],
        first.json()["token_type"],
        first.headers["cache-control"],
    )
    assert (400, "invalid_grant") == (second.status_code, second.json()["error"])


async def test_a_refresh_token_is_good_once(web):
    form = {**APP, "grant_type": "refresh_token", "refresh_token": (await tokens(web))["refresh_token"]}
    first, second = [await web.post(f"{OAUTH}/token", params=form) for _ in range(2)]
    assert form["refresh_token"] != first.json()["refresh_token"]
    assert (400, "invalid_grant") == (second.status_code, second.json()["error"])


async def test_a_wrong_secret_is_refused(crm, web):
    form = {**APP, "client_secret": "x", "grant_type": "refresh_token"}
    answer = await web.post(f"{OAUTH}/token", data=form)
    assert (400, "invalid_client") == (answer.status_code, answer.json()["error"])
    crm.toggles["bad_secret_401"] = True
    assert 401 == (await web.post(f"{OAUTH}/token", data=form)).status_code


async def test_refresh_tokens_are_given_where_they_are_enabled(crm, web):
    crm.toggles["refresh_tokens"] = False
    assert "refresh_token" not in await tokens(web)


async def test_an_access_token_is_good_for_one_login(crm, web):
    pair = await tokens(web)
    first, second = await log_in(web, pair), await log_in(web, pair)
    assert "https://rest32.bullhornstaffing.com/rest-services/e1/" == first.json()["restUrl"]
    assert (400, "errors.authentication.invalidOAuthToken") == (
        second.status_code,
        second.json()["errorMessageKey"],
    )
    crm.toggles["access_token_once"] = False
    pair = await tokens(web)
    assert [200, 200] == [(await log_in(web, pair)).status_code for _ in range(2)]


async def test_a_session_ends_after_its_ttl(crm, web):
    session = (await log_in(web, await tokens(web), ttl=30)).json()

    async def ping():
        return await web.get(f"{session['restUrl']}ping", headers={"BhRestToken": session["BhRestToken"]})

    assert 1_767_346_200_000 + 30 * 60_000 == (await ping()).json()["sessionExpires"]
    crm.clock.advance(30 * 60)
    assert (401, "errors.authentication.invalidRestToken") == (
        (await ping()).status_code,
        (await ping()).json()["errorMessageKey"],
    )


async def test_no_token_at_all_is_412(web):
    assert 412 == (await web.get("https://rest32.bullhornstaffing.com/rest-services/e1/ping")).status_code


async def test_after_a_move_only_the_new_address_works(crm, web, api):
    crm.move()
    assert 401 == (await api.get("ping")).status_code
    session = (await log_in(web, await tokens(web))).json()
    headers = {"BhRestToken": session["BhRestToken"]}
    assert "https://rest45.bullhornstaffing.com/rest-services/e1/" == session["restUrl"]
    assert 200 == (await web.get(f"{session['restUrl']}ping", headers=headers)).status_code
    assert 401 == (await api.get("ping", headers=headers)).status_code


async def test_logout_ends_the_session(api):
    assert {"logout": "OK"} == (await api.get("logout")).json()
    assert 401 == (await api.get("ping")).status_code


async def test_a_reset_forgets_sessions_and_the_routes_know(crm, web):
    before = (await log_in(web, await tokens(web))).json()
    crm.reset()
    headers = {"BhRestToken": before["BhRestToken"]}
    assert 401 == (await web.get(f"{before['restUrl']}ping", headers=headers)).status_code
    assert 200 == (await log_in(web, await tokens(web))).status_code


# -- searching --


async def names(api, entity, query, **more):
    answer = await api.get(f"search/{entity}", params={"query": query, "fields": "name", **more})
    assert 200 == answer.status_code, answer.text
    return [row["name"] for row in answer.json()["data"]]


@pytest.mark.parametrize(
    ("entity", "query", "expected"),
    [
        ("Candidate", "mobile:4155550142", ["Nia Holt"]),
        ("Candidate", 'mobile:"+1 (415) 555-0142"', ["Nia Holt"]),
        ("Candidate", "workPhone:4155550142", ["Lena Fuzz"]),
        ("Candidate", "mobile:1415*", ["Nia Holt"]),
        ("Candidate", "phone:4155550142 AND isDeleted:0", []),
        ("Candidate", "phone:4155550142 AND isDeleted:true", ["Nina Deleted"]),
        ("Candidate", "(phone:4155550142 OR mobile:4155550142) AND NOT isDeleted:1", ["Nia Holt"]),
        ("Candidate", "(phone:4155550142 OR mobile:4155550142) -isDeleted:1", ["Nia Holt"]),
        ("ClientContact", "phone:4155550177", ["Omar Vance", "Arno Archived"]),
        ("ClientContact", "phone:4155550177 AND NOT status:Archive", ["Omar Vance"]),
        ("ClientContact", 'name:"Sinéad O\'Neil"', ["Sinéad O'Neil"]),
        ("ClientContact", "lastName:O'Neil", ["Sinéad O'Neil"]),
        ("Lead", 'name:"Zoë 🌟 & Sons"', ["Zoë 🌟 & Sons"]),
        ("Lead", "status:(Converted OR Nothing)", ["Cora Converted"]),
        ("Candidate", "name:nia AND occupation:Welder", ["Nia Holt"]),
        ("Candidate", "firstName:Ni*", ["Nia Holt", "Nina Deleted"]),
        ("Candidate", 'firstName:"Ni*"', []),
        ("Candidate", "lastName:*OLT", ["Nia Holt"]),
        ("Candidate", "lastName:Ho?t AND name:h*lt", ["Nia Holt"]),
        ("Candidate", "mobile:*5550142", ["Nia Holt"]),
        ("ClientContact", "lastName:O\\'Ne*", ["Sinéad O'Neil"]),
        ("ClientContact", "name:Sin*ad", ["Sinéad O'Neil"]),
        ("Candidate", "dateAdded:[20260101000000 TO 20260103000000] AND name:holt", ["Nia Holt"]),
        ("Candidate", "dateAdded:[20270101000000 TO *]", []),
        ("Candidate", "no.such.path:x", []),
        ("Lead", "notes.id[0 TO 9]", ["Ines Roth", "Zoë 🌟 & Sons", "Cora Converted"]),
        ("Lead", "status:Converted AND notes.id[0 TO 9]", ["Cora Converted"]),
    ],
)  # fmt: skip
async def test_search_understands_lucene(api, entity, query, expected):
    assert expected == await names(api, entity, query)


@pytest.mark.parametrize("query", ["(", "name:", 'name:"x', "a AND", "name:(x", "a )", "[a TO b", "x:[a b]"])
async def test_a_query_that_lucene_does_not_read_is_400(api, query):
    answer = await api.get("search/Candidate", params={"query": query, "fields": "id"})
    assert (400, "errors.badSearch") == (answer.status_code, answer.json()["errorMessageKey"])


async def test_search_gives_20_rows_at_most_500_and_a_total(crm, api):
    crm.database.add_crowd("Lead", 520)
    params = {"query": "phone:7025550190", "fields": "id"}
    first = (await api.get("search/Lead", params=params)).json()
    assert (520, 20, 0) == (first["total"], first["count"], first["start"])
    capped = (await api.get("search/Lead", params={**params, "count": 900})).json()
    assert (500, True) == (capped["count"], "messages" in capped)
    rest = (await api.get("search/Lead", params={**params, "count": 500, "start": 500})).json()
    assert 20 == rest["count"]


async def test_search_takes_a_query_in_a_posted_body(api):
    answer = await api.post("search/Candidate?fields=id,name", json={"query": "name:holt"})
    assert [(105, "Nia Holt")] == [(row["id"], row["name"]) for row in answer.json()["data"]]


async def test_without_fields_there_are_bare_ids(api):
    assert [105] == (await api.get("search/Candidate?query=name:holt")).json()["data"]


async def test_a_new_record_is_found_at_once_or_after_the_index_lag(crm, api):
    crm.toggles["index_lag"] = True
    await api.put("entity/Lead", json={"name": "Late Riser"})
    assert [] == await names(api, "Lead", "name:riser")
    crm.clock.advance(30)
    assert ["Late Riser"] == await names(api, "Lead", "name:riser")


async def test_exact_phones_do_not_match_by_their_end(crm, api):
    crm.toggles["exact_phones"] = True
    assert [] == await names(api, "Candidate", "mobile:4155550142")
    assert ["Nia Holt"] == await names(api, "Candidate", "mobile:14155550142")


async def test_note_search_finds_nothing_or_something(crm, api):
    url = "search/Note?query=comments:CV&fields=id"
    assert 0 == (await api.get(url)).json()["total"]
    crm.toggles["note_search_empty"] = False
    assert 1 == (await api.get(url)).json()["total"]


async def test_entities_without_records_are_known_all_the_same(api):
    for entity in ("JobOrder", "Task"):
        assert [] == (await api.get(f"search/{entity}?query=id:1&fields=id")).json()["data"]
    assert [] == (await api.get("query/Appointment?where=id>0&fields=id")).json()["data"]


async def test_a_search_for_nothing_tells_what_can_be_searched(api):
    fields = {field["name"]: field for field in (await api.get("search/Candidate")).json()}
    assert {"name": "mobile", "type": "PHONE", "isSortable": True} == fields["mobile"]
    assert 400 == (await api.get("search/Candidate?fields=id")).status_code


async def test_rows_can_be_counted_only(api):
    answer = await api.get("query/CorporateUser?where=id>0&fields=id&totalOnly=true")
    assert {"total": 4} == answer.json()


async def test_pages_of_other_sites_may_read_every_answer(api):
    for path in ("ping", "search/Candidate?query=id:1&fields=id", "entity/Candidate/1?fields=id", "nowhere"):
        assert "*" == (await api.get(path)).headers["access-control-allow-origin"]


async def test_settings_are_listed_with_their_kind(api):
    settings = (await api.get("settings")).json()["data"]
    url = f"{api.base_url}settings/commentActionList"
    assert {"name": "commentActionList", "valueUrl": url, "valueType": "STRING", "isArray": True} in settings
    assert 1 == (await api.get("settings/corporationId")).json()["corporationId"]


async def test_unknown_entities_are_400_and_hidden_ones_403(crm, api):
    answer = await api.get("search/Unicorn?query=a&fields=id")
    assert (400, "errors.searchUnknownEntity") == (answer.status_code, answer.json()["errorMessageKey"])
    crm.toggles["leads_hidden"] = True
    assert 403 == (await api.get("search/Lead?query=a&fields=id")).status_code


# -- querying --


async def rows(api, entity, where, fields="id", **more):
    answer = await api.get(f"query/{entity}", params={"where": where, "fields": fields, **more})
    assert 200 == answer.status_code, answer.text
    return answer.json()["data"]


async def test_every_user_has_an_id_of_its_own(api):
    users = await rows(api, "CorporateUser", "id > 0", "id,firstName")
    assert [(101, "Rae"), (102, "Kit"), (103, "Olu"), (104, "Api")] == [
        (user["id"], user["firstName"]) for user in users
    ]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("enabled=true AND isDeleted=false", [101, 102, 104]),
        ("enabled = false", [103]),
        ("id IN (101, 103)", [101, 103]),
        ("id >= 103 AND NOT id = 104", [103]),
        ("lastName='Quill' OR (firstName LIKE 'ki%')", [101, 102]),
        ("email IS NULL", []),
        ("email IS NOT NULL AND timeZoneOffsetEST < 0", [101, 103]),
        ("name <> 'Rae Quill' AND id <= 102", [102]),
    ],
)
async def test_query_understands_jpql(api, where, expected):
    assert expected == [row["id"] for row in await rows(api, "CorporateUser", where)]


async def test_a_doubled_quote_is_a_quote(api):
    [company] = await rows(api, "ClientCorporation", "name='O''Neil & Daughters'", "name")
    assert "O'Neil & Daughters" == company["name"]


@pytest.mark.parametrize(
    ("entity", "where", "said"),
    [
        ("CorporateUser", "nope=1", "Where clause 'nope' is not a valid field name"),
        ("CorporateUser", "name='O'Neil'", "malformed"),
        ("CorporateUser", "name=", "malformed"),
        ("ClientCorporation", "dateAdded > '1767346200000'", "malformed"),
        ("Candidate", "id > 0", "please use /search"),
        ("Note", "id > 0", "please use /search"),
    ],
)
async def test_a_bad_query_is_400(api, entity, where, said):
    answer = await api.get(f"query/{entity}", params={"where": where, "fields": "id"})
    assert (400, True) == (answer.status_code, said in answer.json()["errorMessage"])


async def test_query_gives_15_rows_and_no_total_unless_asked(crm, api):
    crm.database.add_crowd("CorporateUser", 30)
    params = {"where": "id > 0", "fields": "id"}
    answer = (await api.get("query/CorporateUser", params=params)).json()
    assert (15, False) == (answer["count"], "total" in answer)
    answer = (await api.get("query/CorporateUser", params={**params, "showTotalMatched": "true"})).json()
    assert 34 == answer["total"]


# -- records --


NOTE = {"comments": "Called", "action": "Outbound Call", "externalID": "s-1", "minutesSpent": 3}


async def test_a_note_is_linked_to_its_person_of_any_kind(api):
    for person, entity in ((105, "candidates"), (106, "clientContacts"), (107, "leads")):
        made = (await api.put("entity/Note", json={**NOTE, "personReference": {"id": person}})).json()
        fields = "action,candidates(id,name),clientContacts(id,name),leads(id,name),personReference"
        note = (await api.get(f"entity/Note/{made['changedEntityId']}", params={"fields": fields})).json()
        assert ("Note", "INSERT") == (made["changedEntityType"], made["changeType"])
        assert [person] == [row["id"] for row in note["data"][entity]["data"]]
        assert person == note["data"]["personReference"]["id"]
    where = "targetEntityID=107 AND note.externalID='s-1' AND targetEntityName='User'"
    assert 1 == len(await rows(api, "NoteEntity", where, "note(id,externalID)"))


async def test_a_leads_note_may_stay_unlinked(crm, api):
    crm.toggles["lead_reference"] = False
    made = (await api.put("entity/Note", json={**NOTE, "personReference": {"id": 107}})).json()
    note = (await api.get(f"entity/Note/{made['changedEntityId']}?fields=leads(id)")).json()["data"]
    assert {"total": 0, "data": []} == note["leads"]


async def test_an_update_changes_what_is_sent(api):
    changed = (await api.post("entity/Candidate/105", json={"comments": "Call her."})).json()
    assert ("UPDATE", {"comments": "Call her."}) == (changed["changeType"], changed["data"])
    person = (await api.get("entity/Candidate/105?fields=name,comments")).json()["data"]
    assert {"id": 105, "name": "Nia Holt", "comments": "Call her."} == person


@pytest.mark.parametrize(
    ("entity", "body", "said"),
    [
        ("Lead", {"phone": "+1 (415) 555-0142 ext. 9"}, "longer than 20"),
        ("Lead", {"nope": 1}, "Invalid field 'nope'"),
        ("Lead", {"id": 7}, "read-only"),
        ("Lead", {"notes": [1]}, "read-only"),
        ("ClientContact", {"name": "A"}, "Missing required property: clientCorporation"),
        ("ClientContact", {"clientCorporation": {"id": 5}}, "does not name a ClientCorporation"),
        ("Note", {"personReference": {"id": 105}}, "Missing required property: comments"),
        ("Note", {**NOTE, "personReference": {"id": 105}, "minutesSpent": "1"}, "Integer expected"),
        ("Note", {**NOTE, "personReference": {"id": 9}}, "does not name"),
        ("Note", {**NOTE, "personReference": {"id": 105}, "action": "x" * 31}, "longer than 30"),
    ],
)
async def test_a_bad_body_is_400(api, entity, body, said):
    answer = await api.put(f"entity/{entity}", json=body)
    assert (400, True) == (answer.status_code, said in answer.json()["errorMessage"])


async def test_note_actions_are_enforced_where_that_is_switched_on(crm, api):
    body = {**NOTE, "personReference": {"id": 105}, "action": "pending note"}
    assert 200 == (await api.put("entity/Note", json=body)).status_code
    crm.toggles["actions_enforced"] = True
    assert 400 == (await api.put("entity/Note", json=body)).status_code
    body["action"] = "Inbound Call"
    made = await api.put("entity/Note", json=body)
    assert 200 == made.status_code
    path = f"entity/Note/{made.json()['changedEntityId']}"
    assert [400, 200] == [
        (await api.post(path, json={"action": each})).status_code for each in ("pending note", "Inbound Call")
    ]


async def test_a_new_company_brings_an_archived_contact(api):
    made = (await api.put("entity/ClientCorporation", json={"name": "New Ltd"})).json()
    assert ["Arno Archived", "Default Contact"] == await names(api, "ClientContact", "status:Archive")
    assert 400 == (await api.delete(f"entity/ClientCorporation/{made['changedEntityId']}")).status_code


async def test_deleting_a_person_leaves_it_in_the_index(api):
    assert "DELETE" == (await api.delete("entity/Candidate/105")).json()["changeType"]
    assert ["Nia Holt"] == await names(api, "Candidate", "name:holt")
    assert [] == await names(api, "Candidate", "name:holt AND isDeleted:0")


async def test_reading_one_several_and_none(api):
    assert 105 == (await api.get("entity/Candidate/105?fields=id")).json()["data"]["id"]
    several = (await api.get("entity/Candidate/105,999,108?fields=id")).json()["data"]
    assert [105, 108] == [row["id"] for row in several]
    assert 404 == (await api.get("entity/Candidate/999?fields=id")).status_code


async def test_all_fields_at_once_are_refused(api):
    answer = await api.get("entity/Candidate/105?fields=*")
    assert (400, "errors.allFieldsNotAllowed") == (answer.status_code, answer.json()["errorMessageKey"])


# -- about the company --


async def test_settings_meta_and_entitlements(api):
    settings = (await api.get("settings/commentActionList,userId")).json()
    assert (True, 101) == ("Outbound Call" in settings["commentActionList"], settings["userId"])
    meta = (await api.get("meta/Lead?fields=status&meta=basic")).json()
    status = next(field for field in meta["fields"] if field["name"] == "status")
    assert {"value": "New Lead", "label": "New Lead"} == status["options"][0]
    assert "READ" in (await api.get("entitlements/Lead")).json()


async def test_limits_are_said_and_kept(crm, api):
    crm.plan = "tiny"
    crm.toggles["retry_after"] = True
    answers = [await api.get("settings/userId") for _ in range(11)]
    assert "9" == answers[0].headers["ratelimit-remaining"]
    last = answers[-1]
    assert (429, 429, "1") == (last.status_code, last.json()["errorCode"], last.headers["retry-after"])
    crm.toggles["ratelimit_headers"] = False
    crm.clock.advance(61)
    assert "ratelimit-limit" not in (await api.get("settings/userId")).headers


async def test_a_doubled_slash_is_tolerated(api):
    url = str(api.base_url) + "/settings/userId"
    assert 200 == (await api.get(url.replace("/e1//", "/e1/").replace("e1/", "e1//"))).status_code


async def test_on_a_port_every_address_is_the_ports(crm):
    async with serve(Sandbox(crm.clock, [crm])) as url, httpx.AsyncClient() as web:
        info = (await web.get(f"{url}/bullhorn/rest-services/loginInfo?username=rae.quill")).json()
        assert f"{url}/bullhorn/oauth" == info["oauthUrl"]
        answer = await web.post(f"{info['oauthUrl']}/authorize", params=ASKING, data=PASSWORD)
        code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
        pair = (await web.post(f"{info['oauthUrl']}/token", data={**APP, **CODE, "code": code})).json()
        params = {"version": "*", "access_token": pair["access_token"]}
        session = (await web.post(f"{info['restUrl']}/login", params=params)).json()
        headers = {"BhRestToken": session["BhRestToken"]}
        assert 200 == (await web.get(f"{session['restUrl']}ping", headers=headers)).status_code


def test_the_guide_says_how_an_api_user_signs_in_without_a_page(crm):
    assert "username, password and action=Login" in crm.guide().sign_in


async def test_the_session_that_the_sandbox_hands_out_is_raes(crm, web):
    given = crm.fresh_credentials()
    headers = {"BhRestToken": given["bhresttoken"]}
    url = "https://rest32.bullhornstaffing.com/rest-services/e1/settings/userId,corporationId"
    assert {"userId": 101} == {
        name: value
        for name, value in (await web.get(url, headers=headers)).json().items()
        if name == "userId"
    }
