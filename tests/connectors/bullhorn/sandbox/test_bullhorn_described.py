"""What Bullhorn's sandbox says of itself: settings, fields, options, the search index. Whole answers."""

import re

import pytest

from appconnect.connectors.bullhorn.sandbox.schema import index_type, names_in
from appconnect.sandbox.coverage import Operation

HERE = "https://rest32.bullhornstaffing.com/rest-services/e1/"
MORE = {"optional": True, "required": False, "readOnly": False, "multiValue": False, "hideFromSearch": False}
SELECT = {"inputType": "SELECT"}
ID = {"name": "id", "type": "ID", "dataType": "Integer"}
TEXTS = {
    "address1": (40, "Address 1"), "address2": (40, "Address 2"), "city": (40, "City"), "state": (30, "State"),
    "zip": (15, "Zip"), "countryID": "Integer", "countryName": (99, "Country Name"),
    "countryCode": (3, "Country Code"), "timezone": (64, "Timezone"), "latitude": "Double", "longitude": "Double",
}  # fmt: skip
PARTS = [
    {"name": name, "type": "SCALAR", "dataType": told}
    if isinstance(told, str)
    else {"name": name, "type": "SCALAR", "dataType": "String", "maxLength": told[0], "label": told[1]}
    for name, told in TEXTS.items()
]


def leads_to(entity, label):
    """What is told of a reference."""
    address = f"{HERE}meta/{entity}?fields=*"
    return {
        "optionsType": entity,
        "optionsUrl": f"{HERE}options/{entity}",
        "associatedEntity": {"entity": entity, "entityMetaUrl": address, "label": label},
    }


def offered(*values):
    return {"options": [{"value": value, "label": value} for value in values]}


@pytest.mark.parametrize(
    ("entity", "field"),
    [
        ("Lead", {"name": "phone", "type": "SCALAR", "dataType": "String", "maxLength": 20, "label": "Phone"}),
        ("Lead", {"name": "dateAdded", "type": "SCALAR", "dataType": "Timestamp", "label": "Date Added"}),
        (
            "Lead",
            {
                "name": "isDeleted", "type": "SCALAR", "dataType": "Boolean", "label": "Is Deleted",
                "inputType": "CHECKBOX",
            },
        ),
        ("Lead", {"name": "address", "type": "COMPOSITE", "dataType": "Address", "label": "Address", "fields": PARTS}),
        (
            "Lead",
            {
                "name": "status", "type": "SCALAR", "dataType": "String", "maxLength": 100, "label": "Status",
                **offered("New Lead", "Open", "Qualified", "Converted"), **SELECT,
            },
        ),
        (
            "JobOrder",
            {"name": "status", "type": "SCALAR", "dataType": "String", "maxLength": 200, "label": "Status", **SELECT},
        ),
        ("Lead", {"name": "owner", "type": "TO_ONE", "label": "Owner", **leads_to("CorporateUser", "Corporate User"),
                  **SELECT}),
        ("Lead", {"name": "candidates", "type": "TO_MANY", "label": "Candidates", **leads_to("Candidate", "Candidate"),
                  **SELECT}),
        (
            "Candidate",
            {
                "name": "categories", "type": "TO_MANY", "label": "Categories", **leads_to("Category", "Category"),
                "multiValue": True, **SELECT,
            },
        ),
        (
            "Candidate",
            {
                "name": "status", "type": "SCALAR", "dataType": "String", "maxLength": 100, "label": "Status",
                **offered("Active", "New Lead", "Placed", "Archive"), "required": True, "optional": False, **SELECT,
            },
        ),
        (
            "Candidate",
            {
                "name": "taxID", "type": "SCALAR", "dataType": "String", "maxLength": 18, "label": "Tax ID",
                "readOnly": True,
            },
        ),
        (
            "Candidate",
            {
                "name": "ssn", "type": "SCALAR", "dataType": "String", "maxLength": 18, "label": "Ssn",
                "confidential": True,
            },
        ),
        (
            "Candidate",
            {"name": "customText20", "type": "SCALAR", "dataType": "String", "maxLength": 100, "label": "Custom Text 20"},
        ),
        (
            "Note",
            {
                "name": "action", "type": "SCALAR", "dataType": "String", "maxLength": 30, "label": "Action",
                **offered("Outbound Call", "Inbound Call", "Left Message", "Text Message", "Email", "BD Call"),
            },
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else each["name"],
)  # fmt: skip
async def test_a_field_is_described(api, entity, field):
    expected = {"confidential": False, **MORE, **field}
    full = (await api.get(f"meta/{entity}?fields={field['name']}&meta=full")).json()
    assert [ID, expected] == full["fields"]
    basic = (await api.get(f"meta/{entity}?fields={field['name']}&meta=basic")).json()
    assert [ID, {name: expected[name] for name in expected if name not in {*MORE, "inputType"}}] == basic[
        "fields"
    ]


async def test_an_entity_is_described_with_all_its_fields_where_none_is_named(api):
    all_of_it = (await api.get("meta/ClientContact")).json()
    assert ("ClientContact", f"{HERE}meta/ClientContact?fields=*", "Client Contact") == (
        all_of_it["entity"], all_of_it["entityMetaUrl"], all_of_it["label"]
    )  # fmt: skip
    assert all_of_it == (await api.get("meta/ClientContact?fields=*")).json()
    some = (await api.get("meta/ClientContact?fields=address(city),owner(id)")).json()
    assert ["id", "address", "owner"] == [field["name"] for field in some["fields"]]


async def test_every_entity_has_the_address_of_its_description(api):
    listed = (await api.get("meta")).json()
    assert {"entity": "Lead", "metaUrl": f"{HERE}meta/Lead?fields=*"} in listed


async def test_an_answer_carries_the_description_that_is_asked_for(api):
    path = "search/Lead?query=id:107&fields=id,phone&meta="
    assert "meta" not in (await api.get(f"{path}off")).json()
    assert "meta" not in (await api.get(f"{path}all")).json()
    for level in ("basic", "full"):
        told = (await api.get(f"meta/Lead?fields=phone&meta={level}")).json()
        assert told == (await api.get(f"{path}{level}")).json()["meta"]


SETTINGS = {
    "accountLockoutDuration": (30, "INTEGER"),
    "allDeptIds": ([1, 2], "INTEGER"),
    "allPrivateLabelIds": ([1], "INTEGER"),
    "commentActionList": (
        ["Outbound Call", "Inbound Call", "Left Message", "Text Message", "Email", "BD Call"], "STRING",
    ),
    "corporationId": (1, "INTEGER"),
    "currencyFormat": ("USD", "STRING"),
    "leadsAndOpportunitiesEnabled": (True, "BOOLEAN"),
    "userId": (101, "INTEGER"),
}  # fmt: skip


async def test_settings_are_given_by_name_and_listed_with_their_types(api):
    values = {name: value for name, (value, _) in SETTINGS.items()}
    assert values == (await api.get(f"settings/{','.join(SETTINGS)}")).json()
    assert {"userId": 101, "currencyFormat": "USD"} == (
        await api.get("settings/userId,currencyFormat")
    ).json()
    listed = [
        {
            "name": name,
            "valueUrl": f"{HERE}settings/{name}",
            "valueType": type_,
            "isArray": isinstance(value, list),
        }
        for name, (value, type_) in SETTINGS.items()
    ]
    assert {"data": listed} == (await api.get("settings")).json()


async def test_a_user_may_do_everything_with_an_entity(api):
    assert ["CREATE", "READ", "UPDATE", "DELETE"] == (await api.get("entitlements/Lead")).json()


CONTACTS = {106: "Omar Vance", 109: "Sinéad O'Neil", 114: "Arno Archived"}
USERS = {101: "Rae Quill", 102: "Kit Moss", 103: "Olu Gone", 104: "Api Logger"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Country", {1: "United States", 2: "Germany"}),
        ("Country/2", {2: "Germany"}),
        ("Country/2,1,9", {1: "United States", 2: "Germany"}),
        ("Country?start=1", {2: "Germany"}),
        ("Country?count=1", {1: "United States"}),
        ("Country?filter=ger", {2: "Germany"}),
        ("Country?filter=many", {}),
        ("Country?filter=*Stat", {1: "United States"}),
        ("Country?filter=united%20s", {1: "United States"}),
        ("CountryText/Germany", {"Germany": "Germany"}),
        ("Client", CONTACTS),
        ("ClientContact", CONTACTS),
        ("ClientText?filter=omar", {"Omar Vance": "Omar Vance"}),
        ("Candidate", {105: "Nia Holt", 108: "Lena Fuzz", 111: "Ulla Bare"}),
        ("CorporateUser", USERS),
        ("Skill", {1: "MIG welding", 2: "Blueprints"}),
        ("BusinessSector", {1: "Construction", 2: "Shipbuilding"}),
        ("Category", {1: "Engineering", 2: "Welding"}),
        ("CorporationDepartment", {1: "Sales", 2: "Recruiting"}),
    ],
)
async def test_options_are_the_records_that_are_not_deleted(api, path, expected):
    rows = [{"value": value, "label": label} for value, label in expected.items()]
    assert {"data": rows} == (await api.get(f"options/{path}")).json()


async def test_options_are_paged_by_20_and_300_at_most(crm, api):
    crm.database.add_crowd("Candidate", 310)
    assert 20 == len((await api.get("options/Candidate")).json()["data"])
    assert 300 == len((await api.get("options/Candidate?count=301")).json()["data"])


async def test_the_types_of_options_are_listed_with_their_addresses(api):
    rows = (await api.get("options")).json()["data"]
    types = [row["optionsType"] for row in rows]
    assert {"optionsType": "Skill", "optionsUrl": f"{HERE}options/Skill"} in rows
    assert sorted(set(types)) == types
    assert "" not in types


@pytest.mark.parametrize(
    ("entity", "field"),
    [
        ("Candidate", {"name": "mobile", "type": "PHONE", "isSortable": True}),
        ("Candidate", {"name": "mobile_REVERSED", "type": "PHONE", "isSortable": True}),
        ("Candidate", {"name": "dateAdded", "type": "DATETIME", "isSortable": True}),
        ("Candidate", {"name": "isDeleted", "type": "BOOLEAN", "isSortable": True}),
    ],
)
async def test_a_field_of_the_index_is_described(api, entity, field):
    assert field in (await api.get(f"search/{entity}")).json()


async def test_the_index_is_listed_by_name_with_pagers_not_reversed(api):
    names = [field["name"] for field in (await api.get("search/Candidate")).json()]
    assert sorted(names) == names
    assert "pager" in names
    assert "pager_REVERSED" not in names
    assert names == [field["name"] for field in (await api.get("search/Candidate?BhRestToken=x")).json()]


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("isDeleted", "BOOLEAN"), ("dateAdded", "DATETIME"), ("travelLimit", "INTEGER"), ("salary", "DOUBLE_PADDED"),
        ("customFloat1", "DOUBLE_PADDED"), ("comments", "STRING_ANALYZED"), ("occupation", "STRING"),
        ("owner", "STRING"), ("ownerID", "INTEGER"), ("nope", "STRING"), ("owner.id", "INTEGER"),
        ("owner.name", "STRING"), ("address.latitude", "DOUBLE_PADDED"), ("address.city", "STRING"),
        ("address.countryID", "DOUBLE_PADDED"), ("address.nope", "STRING"), ("categories.id", "INTEGER"),
    ],
)  # fmt: skip
def test_the_type_of_a_path_in_the_index_is_that_of_its_field(path, type_):
    assert type_ == index_type("Candidate", path)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a b", "a b"), ("customText1-3", "customText1 customText2 customText3"), ("a9-11", "a9 a10 a11"),
        ("customObject1-2s id", "customObject1s customObject2s id"), ("a1 b-2", "a1 b-2"),
    ],
)  # fmt: skip
def test_names_of_a_list_may_be_a_row_of_numbers(text, names):
    assert names.split() == list(names_in(text))


# -- the answers around them --


async def test_the_limit_is_told_with_every_answer(crm, api):
    crm.plan = "tiny"
    answers = [await api.get("ping"), await api.get("settings/userId"), await api.get("settings/userId")]
    names = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")
    told = [tuple(answer.headers.get(name) for name in names) for answer in answers]
    assert [(None, None, None), ("10", "9", "60"), ("10", "8", "60")] == told
    crm.plan = "standard"
    assert "1500" == (await api.get("settings/userId")).headers["ratelimit-limit"]


async def test_too_many_requests_are_refused_with_the_limit(crm, api):
    crm.plan = "tiny"
    for _ in range(10):
        assert 200 == (await api.get("settings/userId")).status_code
    refused = await api.get("settings/userId")
    assert {
        "errorMessage": "Too many requests.", "errorMessageKey": "errors.tooManyRequests", "errorCode": 429,
    } == refused.json()  # fmt: skip
    assert ("0", None) == (refused.headers["ratelimit-remaining"], refused.headers.get("retry-after"))
    crm.clock.advance(60)
    assert 200 == (await api.get("settings/userId")).status_code


@pytest.mark.parametrize("callback", ["x", "$", "_a.b$9", "jQuery1_2.taken"])
async def test_a_callback_of_any_lawful_name_is_called(api, callback):
    answer = await api.get(f"settings/userId?callback={callback}")
    assert f'{callback}({{"userId":101}})' == answer.text
    assert "*" == answer.headers["access-control-allow-origin"]
    assert "1500" == answer.headers["ratelimit-limit"]
    assert 400 == (await api.get(f"settings/nope?callback={callback}")).status_code


@pytest.mark.parametrize("callback", ["9", "a b", "a(", "é", ""])
async def test_what_is_no_name_of_a_callback_is_ignored(api, callback):
    answer = await api.get("settings/userId", params={"callback": callback})
    assert ({"userId": 101}, "application/json;charset=UTF-8") == (
        answer.json(),
        answer.headers["content-type"],
    )


async def test_an_answer_that_is_no_json_is_called_by_nobody(api):
    file = {"externalID": "cv", "fileType": "SAMPLE", "name": "cv.txt", "fileContent": "eA=="}
    made = (await api.put("file/Candidate/105", json=file)).json()["fileId"]
    assert "x" == (await api.get(f"file/Candidate/105/{made}/raw?callback=a")).text


async def test_slashes_too_many_mean_nothing(api):
    for path in ("settings///userId", "settings/userId/", "settings/userId//"):
        assert {"userId": 101} == (await api.get(path)).json(), path


# -- what the sandbox says of itself --


def test_the_guide_names_who_there_is_and_how_to_get_in(crm):
    guide = crm.guide()
    assert ("Bullhorn", "https://bullhorn.github.io/rest-api-docs/") == (guide.title, guide.docs)
    assert {
        "Client id": "sandbox-bullhorn-client",
        "Client secret": "sandbox-bullhorn-secret",
        "Password of rae.quill": "Sandbox-0110",
        "Password of kit.moss": "Sandbox-0205",
        "Password of api.logger": "Sandbox-0999",
    } == guide.credentials
    assert {"standard": "1500 requests a minute", "tiny": "10 requests a minute"} == guide.plans
    assert {
        "client_id": "sandbox-bullhorn-client", "client_secret": "sandbox-bullhorn-secret",
        "username": "rae.quill", "password": "Sandbox-0110",
    } == crm.credentials  # fmt: skip


async def test_the_people_of_the_guide_are_there(crm, api):
    names = {name.strip() for names in crm.guide().people for name in re.split(",", names)}
    tables = ("Candidate", "ClientContact", "Lead", "CorporateUser")
    known = {row["name"] for table in tables for row in crm.database.records[table].values()}
    assert names == known


async def test_the_links_of_the_guide_lead_somewhere(crm, web):
    info, consent = crm.guide().links
    assert "oauthUrl" in (await web.get(f"https://rest.bullhornstaffing.com{info}")).json()
    assert "Approve" in (await web.get(f"https://auth-east.bullhornstaffing.com{consent}")).text


@pytest.mark.parametrize(
    ("path", "group", "is_played"),
    [
        ("/rest-services/{corporation}/search/Candidate", "Search and query", True),
        ("/rest-services/{corporation}/myCandidates", "Lists", True),
        ("/rest-services/{corporation}/departmentNotes", "Lists", True),
        ("/rest-services/{corporation}/entity/RateCard", "Records, other entities", False),
        ("/rest-services/{corporation}/resume/parseToCandidate", "Resumes", False),
    ],
)
def test_an_operation_is_played_where_its_entity_is(crm, path, group, is_played):
    methods = ("GET", "PUT", "POST")
    assert is_played is any(crm.plays(Operation(group, method, path)) for method in methods)


def test_custom_objects_are_counted_once_for_each_entity(crm):
    paths = {operation.path for operation in crm.operations()}
    counted = [f"CustomObjectInstance{number}" for number in (1, 2, 10, 35)]
    there = [any(path.endswith(f"/query/Person{name}") for path in paths) for name in counted]
    assert [True, False, False, False] == there
