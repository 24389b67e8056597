"""What Bullhorn's sandbox says to what it does not accept, whole sentences and keys."""

import pytest

HOLT = "entity/Candidate/105"
FILE = {"externalID": "cv", "fileType": "SAMPLE", "name": "cv.txt"}
OWNERS = "owner(reportToPerson(" * 2000


async def told(api, method, path, **request):
    """Status, sentence and key of a refusal; Bullhorn repeats the status as the error code."""
    answer = await api.request(method, path, **request)
    body = answer.json()
    assert answer.status_code == body["errorCode"]
    return answer.status_code, body["errorMessage"], body["errorMessageKey"]


@pytest.mark.parametrize(
    ("path", "status", "message", "key"),
    [
        ("settings/userId,nope,other", 400, "Unknown setting nope.", "unknownSetting"),
        ("meta/Candidate?fields=*,owner,nope,other", 400, "Invalid field 'nope'", "invalidField"),
        ("options/Unicorn", 400, "Unknown option type Unicorn.", "unknownOptionType"),
        ("entity/Unicorn/1", 400, "Unknown entity Unicorn.", "searchUnknownEntity"),
        ("entitlements/Unicorn", 400, "Unknown entity Unicorn.", "searchUnknownEntity"),
        (f"{HOLT}/nope?fields=id", 404, "'nope' is no to-many association of Candidate.", "invalidAssociation"),
        (f"{HOLT}/owner?fields=id", 404, "'owner' is no to-many association of Candidate.", "invalidAssociation"),
        ("entity/Candidate/9", 404, "Candidate 9 was not found.", "notFound"),
        ("entity/Candidate/9,x", 404, "Candidate 9,x was not found.", "notFound"),
        ("entity/Candidate/9/notes?fields=id", 404, "Candidate 9 was not found.", "notFound"),
        ("allCorpNotes?clientCorpId=9&fields=id", 404, "ClientCorporation 9 was not found.", "notFound"),
        ("search/Candidate?query=*:*&sort=id,nope", 400, "Invalid field 'nope'", "invalidField"),
        ("search/Candidate?fields=id", 400, "'query' is missing.", "missingParameter"),
        ("search/Candidate?query=%20", 400, "'query' is missing.", "missingParameter"),
        ("query/ClientContact?fields=id", 400, "'where' is missing.", "missingParameter"),
        ("find", 400, "'query' is missing.", "missingParameter"),
        ("search/Appointment?query=*:*", 400, "Unknown search entity Appointment.", "searchUnknownEntity"),
        (
            "query/Candidate?where=id>0", 400,
            "Query operation not supported for Candidate, please use /search call instead.", "queryIndexedEntity",
        ),
        ("entityFiles/Category/1", 400, "Category has no files.", "noFiles"),
        ("file/Candidate/105/9", 404, "File 9 was not found.", "notFound"),
        ("file/Candidate/105/x/raw", 404, "File x was not found.", "notFound"),
        ("event/subscription/mine?maxEvents=3", 404, "Subscription mine was not found.", "notFound"),
        ("nowhere", 404, "No such resource.", "http"),
        ("association/Candidate/categories", 405, "Method not allowed.", "http"),
    ],
)  # fmt: skip
async def test_a_request_is_refused(api, path, status, message, key):
    assert (status, message, f"errors.{key}") == await told(api, "GET", path)


@pytest.mark.parametrize(
    ("fields", "message", "key"),
    [
        ("nope", "Invalid field 'nope'", "invalidField"),
        ("id,", "A field name is missing", "invalidField"),
        ("(id)", "A field name is missing", "invalidField"),
        ("owner(id", "A parenthesis is not closed", "invalidField"),
        ("address(city", "A parenthesis is not closed", "invalidField"),
        ("owner(nope)", "Invalid field 'nope'", "invalidField"),
        ("address(nope)", "Invalid field 'address.nope'", "invalidField"),
        ("id)", "Cannot parse fields near ')'", "invalidField"),
        ("id;name", "Cannot parse fields 'id;name'", "invalidField"),
        ("notes[3", "Cannot parse fields 'notes[3'", "invalidField"),
        (OWNERS, "The fields are nested too deeply", "invalidField"),
        ("*", "You are not authorized to request all fields.", "allFieldsNotAllowed"),
        ("owner(*)", "You are not authorized to request all fields.", "allFieldsNotAllowed"),
        ("notes[1](id){x=1}", "Where clause 'x' is not a valid field name", "badQuery"),
    ],
    ids=lambda text: text[:30],
)
async def test_a_list_of_fields_is_refused(api, fields, message, key):
    assert (400, message, f"errors.{key}") == await told(api, "GET", HOLT, params={"fields": fields})


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("(", "A term is missing."),
        ("name:", "A term is missing."),
        ("a AND", "A term is missing."),
        ("a AND OR b", "A term is missing."),
        ('name:"x', "Cannot parse 'name:\"x' at column 5."),
        ("[a TO b", "Cannot parse '[a TO b' at column 0."),
        ("name:(x", "A parenthesis is not closed."),
        ("(a OR (b)", "A parenthesis is not closed."),
        ("a )", "Unexpected ')'."),
        ("(a)) OR b", "Unexpected ')'."),
        ("~2", "Unexpected '~2'."),
        ("name:^3", "Unexpected '^3'."),
        ("a^", "A boost needs a number."),
        ("x:[a b]", "'[a b]' is not a range."),
        ("x:[a TO b TO c]", "'[a TO b TO c]' is not a range."),
        ("(" * 5000, "The query is nested too deeply."),
    ],
    ids=lambda text: text[:30],
)
async def test_a_search_is_refused(api, query, message):
    assert (400, message, "errors.badSearch") == await told(
        api, "POST", "search/Candidate?fields=id", json={"query": query}
    )


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("nope=1", "Where clause 'nope' is not a valid field name"),
        ("clientCorporation.nope=1", "Where clause 'clientCorporation.nope' is not a valid field name"),
        ("owner.nope=1", "Where clause 'owner.nope' is not a valid field name"),
        ("name='O'Neil'", "malformed where clause: name='O'Neil'"),
        ('name = "x"', 'malformed where clause: name = "x"'),
        ("name=", "malformed where clause: unexpected end"),
        ("id", "malformed where clause: unexpected end"),
        ("NOT", "malformed where clause: unexpected end"),
        ("name LIKE", "malformed where clause: unexpected end"),
        ("id=1 AND", "malformed where clause: unexpected end"),
        ("id 1", "malformed where clause near '1'"),
        ("id=1 2", "malformed where clause near '2'"),
        ("id=1 2 3", "malformed where clause near '2'"),
        ("id=1)", "malformed where clause near ')'"),
        ("=1", "malformed where clause near '='"),
        ("5 5", "malformed where clause near '5'"),
        ("5 < 6", "malformed where clause near '6'"),
        ("5 MEMBER OF 6", "malformed where clause near '6'"),
        ("id = (", "malformed where clause near '('"),
        ("id IN (nope)", "malformed where clause near 'nope'"),
        ("(id=1", "malformed where clause: ')' expected"),
        ("id IN (5", "malformed where clause: ')' expected"),
        ("id IN 5", "malformed where clause: '(' expected"),
        ("id IS 5", "malformed where clause: 'NULL' expected"),
        ("id BETWEEN 1 OR 2", "malformed where clause: 'AND' expected"),
        ("(" * 5000, "malformed where clause: too many parentheses"),
        ("dateAdded > '2014-01-01T00:00:00Z'", "malformed timestamp '2014-01-01T00:00:00Z'"),
        ("dateAdded > '2014-99-01 00:00:00'", "malformed timestamp '2014-99-01 00:00:00'"),
        ("dateAdded > '2014-01-01 00:00:00.0000'", "malformed timestamp '2014-01-01 00:00:00.0000'"),
    ],
    ids=lambda text: text[:30],
)
async def test_a_condition_is_refused(api, where, message):
    assert (400, message, "errors.badQuery") == await told(
        api, "POST", "query/ClientContact?fields=id", json={"where": where}
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message", "key"),
    [
        ("PUT", "entity/Lead", [], 400, "The body is not a JSON object.", "badBody"),
        ("PUT", "entity/Lead", "x", 400, "The body is not a JSON object.", "badBody"),
        ("POST", HOLT, None, 400, "The body is not a JSON object.", "badBody"),
        ("POST", "entity/Candidate/9", {}, 404, "Candidate 9 was not found.", "notFound"),
        ("DELETE", "entity/Candidate/9", None, 404, "Candidate 9 was not found.", "notFound"),
        ("DELETE", "entity/Country/1", None, 400, "Country cannot be deleted.", "immutable"),
        ("PUT", "entity/UserEditHistory", {}, 400, "UserEditHistory is read-only.", "readOnly"),
        ("PUT", f"{HOLT}/name/1", None, 404, "'name' is no to-many association of Candidate.", "invalidAssociation"),
        ("PUT", f"{HOLT}/categories/1,999", None, 404, "Category 1,999 was not found.", "notFound"),
        ("PUT", f"{HOLT}/categories/x", None, 404, "Category x was not found.", "notFound"),
        ("POST", "massUpdate/Category", {"ids": [1]}, 400, "Category does not support mass updates.", "massUpdate"),
        ("POST", "massUpdate/Lead", {}, 400, "'ids' has to name 1 to 10000 records.", "validation"),
        (
            "POST", "massUpdate/Lead", {"ids": list(range(10_001))}, 400,
            "'ids' has to name 1 to 10000 records.", "validation",
        ),
        (
            "PUT", "file/Candidate/105", {"name": "a", "fileType": "S", "externalID": 5}, 400,
            "Missing required property: externalID, fileContent", "validation",
        ),
        (
            "PUT", "file/Candidate/105", {**FILE, "name": "", "fileContent": "eA=="}, 400,
            "Missing required property: name", "validation",
        ),
        (
            "PUT", "file/Candidate/105", {**FILE, "fileContent": "?"}, 400,
            "'fileContent' is not base64", "validation",
        ),
        ("PUT", "file/Category/1", {**FILE, "fileContent": "eA=="}, 400, "Category has no files.", "noFiles"),
        (
            "PUT", "event/subscription/mine?type=other&names=Lead&eventTypes=UPDATED", None, 400,
            "Invalid subscription: type", "badSubscription",
        ),
        (
            "PUT", "event/subscription/mine?type=entity&names=Lead,Nope&eventTypes=updated,EXPLODED", None, 400,
            "Invalid subscription: Nope, EXPLODED", "badSubscription",
        ),
        ("DELETE", "event/subscription/mine", None, 404, "Subscription mine was not found.", "notFound"),
    ],
    ids=str,
)  # fmt: skip
async def test_a_write_is_refused(api, method, path, body, status, message, key):
    assert (status, message, f"errors.{key}") == await told(api, method, path, json=body)


async def test_a_body_that_json_cannot_carry_is_refused(api):
    for body in (b"{", b'{"name": NaN}', rb'{"name": "\ud83d"}', b'{"a":' * 5000 + b"1" + b"}" * 5000):
        refused = (400, "The body is not a JSON object.", "errors.badBody")
        assert refused == await told(api, "PUT", "entity/Lead", content=body)


NO_FORMS = [
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=x", b"x"),
    ("multipart/form-data; boundary=x", b"--x\r\n\r\nb\r\n--x--\r\n"),
]


@pytest.mark.parametrize(("kind", "content"), NO_FORMS)
async def test_a_body_that_is_no_form_is_refused(api, kind, content):
    path = "file/Candidate/105/raw?externalID=cv&fileType=SAMPLE"
    headers = {"content-type": kind}
    refused = (400, "The body is not a form with a file.", "errors.badBody")
    assert refused == await told(api, "PUT", path, content=content, headers=headers)
    for url in (
        "auth-east.bullhornstaffing.com/oauth/token",
        "rest-east.bullhornstaffing.com/rest-services/login",
    ):
        refused = (400, "The body is not a form.", "errors.badBody")
        assert refused == await told(api, "POST", f"https://{url}", content=content, headers=headers)


async def test_a_form_without_a_file_lacks_it(api):
    path = "file/Candidate/105/raw?externalID=cv&fileType=SAMPLE"
    missing = (400, "Missing required property: fileContent, name", "errors.validation")
    assert missing == await told(api, "PUT", path, content=b"x")
    assert missing == await told(api, "PUT", path, data={"note": "no file"})


async def test_ten_thousand_records_are_not_too_many(api):
    ids = [*range(1000, 10_999), 107]
    assert {"count": 1} == (await api.post("massUpdate/Lead", json={"ids": ids, "status": "Open"})).json()


async def test_a_history_that_there_is_cannot_be_changed_or_deleted(api):
    await api.post(HOLT, json={"occupation": "Foreman"})
    [edit] = (await api.get("query/UserEditHistory?where=id>0")).json()["data"]
    for method in ("POST", "DELETE"):
        refused = (400, "UserEditHistory is read-only.", "errors.readOnly")
        assert refused == await told(api, method, f"entity/UserEditHistory/{edit}", json={})


@pytest.mark.parametrize("query", ["names=Lead", "eventTypes=UPDATED"])
async def test_a_subscription_names_entities_and_kinds_of_events(api, query):
    refused = (400, "Invalid subscription: type", "errors.badSubscription")
    assert refused == await told(api, "PUT", f"event/subscription/mine?type=entity&{query}")


async def test_a_subscription_wants_to_know_how_many_events(api):
    path = "event/subscription/mine"
    await api.put(f"{path}?type=entity&names=Lead&eventTypes=updated")
    missing = (400, "'maxEvents' is missing.", "errors.missingParameter")
    assert missing == await told(api, "GET", path)
    assert (404, "There was no request 7.", "errors.notFound") == await told(
        api, "GET", f"{path}?requestId=7"
    )


async def test_what_nobody_may_see_is_refused(crm, api):
    crm.toggles["leads_hidden"] = True
    refused = (403, "You are not entitled to Lead.", "errors.notEntitled")
    assert refused == await told(api, "GET", "entity/Lead/107?fields=id")
    assert 200 == (await api.get(f"{HOLT}?fields=id")).status_code


async def test_an_action_that_is_not_offered_is_refused(crm, api):
    crm.toggles["actions_enforced"] = True
    refused = (400, "Invalid note action.", "errors.validation")
    assert refused == await told(api, "POST", "entity/Note/9301", json={"action": "Lunch"})
    assert 200 == (await api.post("entity/Note/9301", json={"comments": "x"})).status_code
    assert (
        "Invalid field 'action'"
        == (await told(api, "PUT", "entity/Tearsheet", json={"name": "x", "action": "x"}))[1]
    )


@pytest.mark.parametrize(
    ("method", "path", "what"),
    [
        ("GET", "options/HousingAmenity", "GET /options/HousingAmenity"),
        ("GET", "options/NorthAmericaState", "GET /options/NorthAmericaState"),
        ("POST", "massUpdate/Invoice", "POST /massUpdate/Invoice"),
        (
            "PUT", "entity/ClientCorporation/801/rateCards/1",
            "PUT /entity/ClientCorporation/{id}/rateCards/{ids}",
        ),
        (
            "PUT", "event/subscription/mine?type=jobMatchSearch",
            "PUT /event/subscription/{id}?type=jobMatchSearch",
        ),
        (
            "GET", "search/Candidate?query=*:*&layout=RecordEdit",
            "layouts, which every company makes its own; ask for fields",
        ),
    ],
)  # fmt: skip
async def test_what_is_not_played_is_named(api, method, path, what):
    answer = await api.request(method, path)
    assert (501, f"this sandbox does not play {what}") == (answer.status_code, answer.json()["message"])


# -- bodies, one fault at a time --


@pytest.mark.parametrize(
    ("entity", "body", "name", "type_", "message"),
    [
        ("Lead", {"nope": 1}, "nope", "UNKNOWN_PROPERTY", "Invalid field 'nope'"),
        ("Lead", {"id": 7}, "id", "READ_ONLY", "Property 'id' is read-only"),
        (
            "Lead", {"dateLastModified": 1}, "dateLastModified", "READ_ONLY",
            "Property 'dateLastModified' is read-only",
        ),
        (
            "CorporateUser", {"masterUserID": 1}, "masterUserID", "READ_ONLY",
            "Property 'masterUserID' is read-only",
        ),
        ("Lead", {"notes": [1]}, "notes", "READ_ONLY", "Property 'notes' is read-only; associate it"),
        ("Lead", {"phone": "1" * 21}, "phone", "MAX_LENGTH", "'phone' is longer than 20 characters"),
        ("Lead", {"name": 5}, "name", "INVALID_VALUE", "Invalid value for 'name': String expected"),
        ("Lead", {"isDeleted": 1}, "isDeleted", "INVALID_VALUE", "Invalid value for 'isDeleted': Boolean expected"),
        (
            "Lead", {"dateAdded": "today"}, "dateAdded", "INVALID_VALUE",
            "Invalid value for 'dateAdded': Timestamp expected",
        ),
        ("Lead", {"owner": {"id": 9}}, "owner", "INVALID_VALUE", "'owner' does not name a CorporateUser"),
        ("Lead", {"owner": 101}, "owner", "INVALID_VALUE", "'owner' does not name a CorporateUser"),
        ("Lead", {"address": "x"}, "address", "INVALID_VALUE", "Invalid value for 'address': Address expected"),
        (
            "Lead", {"address": {"x": 1}}, "address.x", "UNKNOWN_PROPERTY", "Invalid field 'address.x'",
        ),
        (
            "Lead", {"address": {"zip": "1" * 16}}, "address.zip", "MAX_LENGTH",
            "'address.zip' is longer than 15 characters",
        ),
        (
            "Lead", {"address": {"city": 5}}, "address.city", "INVALID_VALUE",
            "Invalid value for 'address.city': String expected",
        ),
        (
            "Lead", {"address": {"countryID": "x"}}, "address.countryID", "INVALID_VALUE",
            "Invalid value for 'address.countryID': Double expected",
        ),
        (
            "ClientCorporation", {}, "name", "MISSING_REQUIRED_PROPERTY", "Missing required property: name",
        ),
        (
            "NoteEntity", {"note": {"id": 9301}}, "targetEntityID", "MISSING_REQUIRED_PROPERTY",
            "Missing required property: targetEntityID, targetEntityName",
        ),
        (
            "Note", {"comments": "x", "personReference": {"id": 105}, "candidates": "x"}, "candidates",
            "INVALID_VALUE", "Invalid value for 'candidates': a list of ids expected",
        ),
        (
            "Note", {"comments": "x", "personReference": {"id": 105}, "candidates": [108, 7, 8]}, "candidates",
            "INVALID_VALUE", "'candidates' does not name a Candidate: 7",
        ),
    ],
)  # fmt: skip
async def test_a_fault_of_a_body_is_told(api, entity, body, name, type_, message):
    answer = await api.put(f"entity/{entity}", json=body)
    one = {"propertyName": name, "type": type_, "severity": "ERROR", "detailMessage": message}
    assert {
        "errorMessage": message,
        "errorMessageKey": "errors.validation",
        "errorCode": 400,
        "errors": [one],
    } == answer.json()


async def test_several_faults_are_one_sentence_after_the_other(api):
    refused = await told(api, "PUT", "entity/Lead", json={"nope": 1, "name": 5})
    assert "Invalid field 'nope'; Invalid value for 'name': String expected" == refused[1]


async def test_what_is_associated_already_is_told(api):
    await api.put(f"{HOLT}/categories/1")
    message = "categories 1 is already associated"
    assert (400, message, "errors.validation") == await told(api, "PUT", f"{HOLT}/categories/2,1")


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("dateAdded", 253_402_300_799_999, 200), ("dateAdded", 253_402_300_800_000, 400),
        ("dateAdded", -253_402_300_799_999, 200), ("dateAdded", True, 400), ("dateAdded", 1.5, 400),
        ("travelLimit", 2**31 - 1, 200), ("travelLimit", 2**31, 400), ("travelLimit", False, 400),
        ("salary", 1.5, 200), ("salary", 2, 200), ("salary", True, 400), ("salary", "1", 400),
        ("phone", "1" * 20, 200), ("occupation", None, 200), ("isDeleted", True, 200), ("isDeleted", "true", 400),
        ("owner", {"id": "102"}, 200), ("owner", {"id": True}, 400), ("owner", {"id": "x"}, 400),
        ("owner", {"id": "9" * 19}, 400), ("owner", None, 200), ("address", {"zip": "1" * 15}, 200),
        ("address", {"zip": None, "latitude": 1.5, "countryID": 1}, 200), ("address", None, 200),
        ("willRelocate", 0, 400), ("customInt1", -5, 200),
    ],
)  # fmt: skip
async def test_a_value_is_taken_up_to_its_bounds(api, field, value, status):
    assert status == (await api.post(HOLT, json={field: value})).status_code
