"""What the played Insightly refuses, to the letter, and what it does with what is at the edge of that."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from appconnect.connectors.insightly.sandbox import InsightlySandbox

PARAMETER, DATA = "Missing or invalid parameter: ", "Data validation error: "
NOT_FOUND = "Record not found."
REFUSED: list[tuple[str, Any, int, str]] = [
    ("GET /Contacts/Search?field_name=PHONE", None, 400,
     f"{PARAMETER}field_name and field_value belong together."),
    ("GET /Contacts/Search?field_value=1", None, 400,
     f"{PARAMETER}field_name and field_value belong together."),
    ("GET /Contacts/Search?field_name=NOPE&field_value=1", None, 400, f"{PARAMETER}NOPE is no field."),
    ("GET /Leads/Search?field_name=PHONE_2__c&field_value=1", None, 400, f"{PARAMETER}PHONE_2__c is no field."),
    ("GET /Contacts/Search?updated_after_utc=soon", None, 400, f"{PARAMETER}updated_after_utc."),
    ("GET /Contacts/SearchByTag", None, 400, f"{PARAMETER}tagName is required."),
    ("GET /Contacts?skip=-1", None, 400, f"{PARAMETER}skip and top are whole numbers."),
    ("GET /Contacts?top=x", None, 400, f"{PARAMETER}skip and top are whole numbers."),
    (f"GET /Contacts?top={10**17}", None, 400, f"{PARAMETER}skip and top are whole numbers."),
    ("DELETE /LeadSources?id=x", None, 400, f"{PARAMETER}skip and top are whole numbers."),
    ("DELETE /LeadSources?id=11", None, 409, "LeadSource cannot be deleted because it is in use."),
    ("GET /Tags?record_type=boats", None, 400, f"{PARAMETER}record_type."),
    ("GET /CustomFields/Boat", None, 400, f"{DATA}unknown object name."),
    ("GET /CustomFields/User", None, 400, f"{DATA}unknown object name."),
    ("GET /CustomFields/Contact/Search", None, 400, f"{PARAMETER}fieldName is required."),
    ("GET /CustomFields/Contact/Search?fieldName=NOPE", None, 404, NOT_FOUND),
    ("GET /CustomObjects/Boat__c", None, 404, NOT_FOUND),
    ("GET /Contacts/9999", None, 404, NOT_FOUND),
    ("GET /Opportunities/503", None, 403, "API User does not have access to Record."),
    ("GET /Contacts/x", None, 404, "No HTTP resource was found that matches the request URI."),
    ("GET /Boats", None, 405, "The requested resource does not support http method 'GET'."),
    ("PUT /Contacts", {"FIRST_NAME": "A"}, 400, f"{DATA}CONTACT_ID is required."),
    ("PUT /Contacts", {"CONTACT_ID": True}, 400, f"{DATA}CONTACT_ID is required."),
    ("PUT /Contacts", {"CONTACT_ID": "x"}, 400, f"{DATA}CONTACT_ID is required."),
    ("PUT /Contacts", [], 400, f"{DATA}CONTACT_ID is required."),
    ("PUT /Contacts", {"CONTACT_ID": 9999}, 404, NOT_FOUND),
    ("PUT /Contacts", {"CONTACT_ID": 3101, "FIRST_NAME": ""}, 400, f"{DATA}FIRST_NAME is required."),
    ("POST /Contacts", [], 400, f"{DATA}a JSON object is expected."),
    ("POST /Contacts", {}, 400, f"{DATA}FIRST_NAME is required."),
    ("POST /Contacts", {"FIRST_NAME": "A", "NOPE": 1}, 400, f"{DATA}NOPE is not a field of Contact."),
    ("POST /Contacts", {"FIRST_NAME": "A", "ORGANISATION_ID": 2**63}, 400,
     f"{DATA}ORGANISATION_ID has a value of the wrong type."),
    ("POST /Contacts", {"FIRST_NAME": "A", "ORGANISATION_ID": 9}, 400, f"{DATA}ORGANISATION_ID is not valid."),
    ("POST /Contacts", {"FIRST_NAME": "A", "DATE_OF_BIRTH": "1961-05-06T"}, 400,
     f"{DATA}DATE_OF_BIRTH is not a valid date and time (yyyy-MM-dd HH:mm:ss)."),
    ("POST /Contacts", {"FIRST_NAME": "A", "CUSTOMFIELDS": [{"FIELD_NAME": "N__c"}]}, 400,
     f"{DATA}N__c is not a field of Contact."),
    ("POST /Events/5501/Links", {"LINK_OBJECT_NAME": "Boat", "LINK_OBJECT_ID": 1}, 400,
     f"{DATA}LINK_OBJECT_NAME or LINK_OBJECT_ID is not valid."),
    ("POST /Events/5501/Links", {"LINK_OBJECT_NAME": "Contact"}, 400,
     f"{DATA}LINK_OBJECT_NAME or LINK_OBJECT_ID is not valid."),
    ("POST /Events/5501/Links", {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": 9}, 404, NOT_FOUND),
    ("PUT /Contacts/3101/Links", {"LINK_ID": 9, "DETAILS": "x"}, 404, NOT_FOUND),
    ("DELETE /Events/5501/Links/9", None, 404, NOT_FOUND),
    ("PUT /Contacts/3101/Notes", {"NOTE_ID": 9}, 404, NOT_FOUND),
    ("POST /Projects/601/FileAttachments", None, 400,
     f"{DATA}a file in multipart/form-data is expected."),
    ("GET /Contacts/3101/Image", None, 404, NOT_FOUND),
    ("DELETE /Contacts/3101/Image", None, 404, NOT_FOUND),
    ("DELETE /Contacts/3101/Follow", None, 404, NOT_FOUND),
    ("PUT /Opportunities/501/Pipeline", {"PIPELINE_ID": 9}, 400, f"{DATA}PIPELINE_ID is not valid."),
    ("PUT /Opportunities/501/Pipeline", {"PIPELINE_ID": 111, "PIPELINE_STAGE_CHANGE": {"STAGE_ID": 9}}, 400,
     f"{DATA}STAGE_ID is not valid."),
    ("PUT /Opportunities/501/StateChange", {"FOR_OPPORTUNITY_STATE": "GONE"}, 400,
     f"{DATA}FOR_OPPORTUNITY_STATE is not valid."),
    ("PUT /Opportunities/501/StateChange", {}, 400, f"{DATA}FOR_OPPORTUNITY_STATE is not valid."),
    ("POST /Contacts/3101/ActivitySetAssignment", {}, 404,
     "Record, Activity Set or Activities not found."),
    ("PUT /Opportunities/501/Pricebook", {}, 400, f"{DATA}PRICEBOOK_ID is not valid."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("request_line", "body", "status", "message"),
    REFUSED,
    ids=[f"{line} {body}" for line, body, *_ in REFUSED],
)
async def test_what_cannot_be_is_refused_with_the_reason(
    http: httpx.AsyncClient, request_line: str, body: Any, status: int, message: str
) -> None:
    method, path = request_line.split()
    answer = await http.request(method, path, json=body)
    assert (status, {"Message": message}) == (answer.status_code, answer.json())


async def test_a_record_that_has_changed_is_not_changed_by_an_old_tag(http: httpx.AsyncClient) -> None:
    tag = (await http.get("/Contacts/3101")).headers["etag"]
    body = {"CONTACT_ID": 3101, "TITLE": "Chair"}
    assert 200 == (await http.put("/Contacts", json=body, headers={"If-Match": tag})).status_code
    refused = await http.put("/Contacts", json={**body, "TITLE": "No"}, headers={"If-Match": tag})
    assert (400, {"Message": f"If-Match header value {tag} is not valid."}) == (
        refused.status_code, refused.json(),
    )  # fmt: skip
    assert "Chair" == (await http.get("/Contacts/3101")).json()["TITLE"]


async def test_no_key_no_events_and_no_more_requests_are_told(
    http: httpx.AsyncClient, crm: InsightlySandbox
) -> None:
    refused = await http.get("/Users/Me", auth=("nobody", ""))
    denied = {"Message": "Authorization has been denied for this request."}
    assert (401, denied) == (refused.status_code, refused.json())
    crm.toggles["event_search"] = False
    refused = await http.get("/Events/Search?field_name=title&field_value=x")
    assert {"Message": f"{PARAMETER}TITLE is no search field."} == refused.json()
    crm.plan = "tiny"
    while (answer := await http.get("/Users/Me")).status_code == 200:
        pass
    assert (429, {"Message": "API rate limit exceeded."}) == (answer.status_code, answer.json())


async def test_the_members_sent_with_a_team_take_the_place_of_those_it_had(http: httpx.AsyncClient) -> None:
    made = await http.post("/Teams", json={"TEAM_NAME": "Night", "TEAMMEMBERS": [{"MEMBER_USER_ID": 41}]})
    number = made.json()["TEAM_ID"]

    async def members(**fields: Any) -> list[int]:
        changed = await http.put("/Teams", json={"TEAM_ID": number, **fields})
        assert changed.json() == (await http.get(f"/Teams/{number}")).json()
        return [member["MEMBER_USER_ID"] for member in changed.json()["TEAMMEMBERS"]]

    assert [42] == await members(TEAMMEMBERS=[{"MEMBER_USER_ID": 42}])
    assert [42] == await members(TEAM_NAME="Late")
    assert [41, 42] == await members(TEAMMEMBERS=[{"MEMBER_USER_ID": 41}, {"MEMBER_USER_ID": 42}])
    assert [] == await members(TEAMMEMBERS=[])


@pytest.mark.parametrize(("lead", "source", "status"), [({}, 12, 21), ({"LEAD_SOURCE_ID": 11}, 11, 21)])
async def test_a_lead_has_the_default_source_and_status_unless_it_says_others(
    http: httpx.AsyncClient, crm: InsightlySandbox, lead: dict[str, int], source: int, status: int
) -> None:
    crm.toggles["lead_defaults"] = True
    made = (await http.post("/Leads", json={"LAST_NAME": "Marsh", **lead})).json()
    assert (source, status) == (made["LEAD_SOURCE_ID"], made["LEAD_STATUS_ID"])


@pytest.mark.parametrize(("most", "length"), [(255, 255), (256, None)])
async def test_a_title_has_its_length_as_dot_net_counts_it(
    http: httpx.AsyncClient, most: int, length: int | None
) -> None:
    answer = await http.put("/Events", json={"EVENT_ID": 5501, "TITLE": "🌟" * 127 + "x" * (most - 254)})
    title = answer.json().get("TITLE")
    assert (length, 200 if length else 400) == (title and len(title) + 127, answer.status_code)


@pytest.mark.parametrize(
    ("query", "length"),
    [("", 100), ("top=499", 499), ("top=500", 500), ("top=501", 500), ("skip=1&top=500", 500),
     ("skip=501", 9), ("skip=510", 0), ("skip=509", 1), ("top=0", 0)],
)  # fmt: skip
async def test_a_page_has_its_place_and_five_hundred_at_most(
    http: httpx.AsyncClient, crm: InsightlySandbox, query: str, length: int
) -> None:
    table = crm.database.records["Contact"]
    row = next(iter(table.values()))
    for number in range(4000, 4000 + 510 - len(table)):
        table.put({**row, "CONTACT_ID": number})
    answer = await http.get(f"/Contacts?{query}&count_total=TRUE")
    assert (length, "510") == (len(answer.json()), answer.headers["x-total-count"])
    assert "x-total-count" not in (await http.get(f"/Contacts?{query}")).headers


NAMED = {
    "Contacts": "OWNER_USER_ID ORGANISATION_ID",
    "Leads": "LEAD_SOURCE_ID LEAD_STATUS_ID OWNER_USER_ID RESPONSIBLE_USER_ID",
    "Organisations": "OWNER_USER_ID",
    "Opportunities": "RESPONSIBLE_USER_ID CATEGORY_ID OWNER_USER_ID PIPELINE_ID STAGE_ID ORGANISATION_ID",
    "Projects": "CATEGORY_ID PIPELINE_ID STAGE_ID OWNER_USER_ID RESPONSIBLE_USER_ID",
    "Events": "OWNER_USER_ID",
    "Tasks": "CATEGORY_ID MILESTONE_ID RESPONSIBLE_USER_ID OWNER_USER_ID EMAIL_ID PROJECT_ID PARENT_TASK_ID"
    " OPPORTUNITY_ID ASSIGNED_TEAM_ID",
    "Teams/301/TeamMembers": "MEMBER_USER_ID",
    "Pricebook/221/PricebookEntry": "PRODUCT_ID",
    "Opportunities/501/OpportunityLineItem": "PRICEBOOK_ENTRY_ID",
    "Projects/601/Milestones": "OWNER_USER_ID",
    "Quotation": "OPPORTUNITY_ID CONTACT_ID ORGANISATION_ID PRICEBOOK_ID OWNER_USER_ID",
    "Ticket": "ORGANISATION_ID CONTACT_ID OWNER_USER_ID",
    "KnowledgeArticle": "CATEGORY_ID FOLDER_ID OWNER_USER_ID",
    "KnowledgeArticleFolder": "CATEGORY_ID",
}


@pytest.mark.parametrize(
    ("path", "field"), [(path, field) for path in NAMED for field in NAMED[path].split()]
)
async def test_what_a_record_names_must_be_there(http: httpx.AsyncClient, path: str, field: str) -> None:
    answer = await http.post(f"/{path}", json={field: 999_999})
    assert (400, {"Message": f"{DATA}{field} is not valid."}) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    ("choices", "chosen_by", "field"),
    [
        ("LeadSources", "Leads", "LEAD_SOURCE_ID"), ("LeadStatuses", "Leads", "LEAD_STATUS_ID"),
        ("OpportunityCategories", "Opportunities", "CATEGORY_ID"), ("ProjectCategories", "Projects", "CATEGORY_ID"),
        ("TaskCategories", "Tasks", "CATEGORY_ID"),
    ],
)  # fmt: skip
async def test_a_choice_is_not_deleted_as_long_as_a_record_names_it(
    http: httpx.AsyncClient, crm: InsightlySandbox, choices: str, chosen_by: str, field: str
) -> None:
    number = next(iter((await http.get(f"/{choices}")).json()[-1].values()))
    by = {"Leads": "Lead", "Opportunities": "Opportunity", "Projects": "Project", "Tasks": "Task"}
    table = crm.database.records[by[chosen_by]]
    for key in table:
        table.change(key, {field: None})
    key = next(iter(table))
    table.change(key, {field: number})
    path = f"/{choices}?id={number}" if choices.startswith("Lead") else f"/{choices}/{number}"
    assert 409 == (await http.delete(path)).status_code
    table.change(key, {field: None})
    assert 202 == (await http.delete(path)).status_code
