"""Collections, and what hangs on a record, as the vendor's description has them."""

from __future__ import annotations

import httpx
import pytest

from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.limits import PER_DAY

CALL = {"START_DATE_UTC": "2026-01-02 09:00:00", "END_DATE_UTC": "2026-01-02 09:05:00"}


# -- what is played --


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/v3.1/DocumentTemplates", "GET /v3.1/DocumentTemplates"),
        ("/v3.0/Contacts", "GET /v3.0/contacts: only version 3.1 is played"),
        ("/v2.2/contacts/1", "GET /v2.2/contacts/1: only version 3.1 is played"),
    ],
)
async def test_what_insightly_has_and_the_sandbox_does_not_is_said_in_our_voice(
    http: httpx.AsyncClient, path: str, said: str
) -> None:
    answer = await http.get(f"https://api.na1.insightly.com{path}")
    assert (501, "not played") == (answer.status_code, answer.headers["x-appconnect-sandbox"])
    assert f"this sandbox does not play {said}" == answer.json()["message"]


def test_all_operations_of_the_collections_that_have_records_are_played(crm: InsightlySandbox) -> None:
    groups = [group for group in crm.coverage.groups if group.played]
    assert {"Contacts", "Leads", "Organisations", "Opportunities", "Projects", "Events", "Tasks", "Notes",
            "Emails", "Pipelines", "PipelineStages", "Tags", "Users", "Teams", "ActivitySets", "CustomFields",
            "FileAttachments"} <= {group.group for group in groups}  # fmt: skip
    assert [] == [operation for group in groups for operation in group.missing]


@pytest.mark.parametrize("plan", PER_DAY)
async def test_the_account_names_its_plan(http: httpx.AsyncClient, crm: InsightlySandbox, plan: str) -> None:
    crm.plan = plan
    assert plan.title() == (await http.get("/Instance")).json()["PLAN_NAME"]


# -- what a body may be --


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        ("/Contacts", {"FIRST_NAME": "A", "SALUTATION": "x" * 51}, "SALUTATION has a maximum length of 50."),
        (
            "/Leads",
            {"LAST_NAME": "A", "ADDRESS_POSTCODE": "x" * 129},
            "ADDRESS_POSTCODE has a maximum length",
        ),
        ("/Leads", {"LAST_NAME": "A", "INDUSTRY": "🌟" * 65}, "INDUSTRY has a maximum length of 128."),
        ("/Opportunities", {"OPPORTUNITY_NAME": "A", "BID_TYPE": "x" * 21}, "BID_TYPE has a maximum length"),
        ("/Projects", {"PROJECT_NAME": "A", "STATUS": "x" * 21}, "STATUS has a maximum length of 20."),
        ("/Projects", {"PROJECT_NAME": "A"}, "STATUS is required."),
        ("/Tasks", {"TITLE": ""}, "TITLE is required."),
        ("/Tasks", {"TITLE": "A", "CATEGORY_ID": 999}, "CATEGORY_ID is not valid."),
        ("/Opportunities", {"OPPORTUNITY_NAME": "A", "STAGE_ID": "999"}, "STAGE_ID is not valid."),
        ("/Contacts", {"FIRST_NAME": 1, "NOPE": 1}, "FIRST_NAME has a value of the wrong type. NOPE is not"),
        ("/Contacts", {"FIRST_NAME": "A", "CUSTOMFIELDS": [{"FIELD_NAME": {}}]}, "of the wrong type."),
        ("/Contacts", {"FIRST_NAME": "A", "CUSTOMFIELDS": [{"FIELD_NAME": "N__c"}]}, "N__c is not a field"),
        ("/Contacts", {"FIRST_NAME": "A", "CUSTOMFIELDS": [None]}, None),
        ("/Contacts", {"FIRST_NAME": "A", "CUSTOMFIELDS": {}}, "CUSTOMFIELDS has a value of the wrong type."),
        ("/Contacts", {"FIRST_NAME": "A", "CUSTOMFIELDS": [{}]}, "FIELD_NAME is required."),
        (
            "/Contacts",
            {"FIRST_NAME": "A", "CUSTOMFIELDS": [{"FIELD_NAME": "TEA__c", "FIELD_VALUE": {"a": 1}}]},
            "TEA__c has a value of the wrong type.",
        ),
        ("/Contacts", ["FIRST_NAME"], "a JSON object is expected."),
    ],
)
async def test_a_body_that_breaks_the_description_is_a_400(
    http: httpx.AsyncClient, path: str, body: object, problem: str | None
) -> None:
    answer = await http.post(path, json=body)
    assert 400 == answer.status_code
    assert (problem or "") in answer.json()["Message"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-01-02T09:00:00.000Z", "2026-01-02 09:00:00"),
        ("2026-01-02T09:00:00+02:00", "2026-01-02 07:00:00"),
        ("2026-01-01T23:30:00-0800", "2026-01-02 07:30:00"),
        ("2026-01-02 09:00:00", "2026-01-02 09:00:00"),
    ],
)
async def test_dates_are_kept_in_utc(http: httpx.AsyncClient, sent: str, kept: str) -> None:
    made = await http.post("/Events", json={**CALL, "START_DATE_UTC": sent})
    assert kept == made.json()["START_DATE_UTC"]


async def test_whether_iso_dates_are_taken_is_a_switch(
    http: httpx.AsyncClient, crm: InsightlySandbox
) -> None:
    crm.toggles["iso_dates"] = False
    answer = await http.post("/Events", json={**CALL, "START_DATE_UTC": "2026-01-02T09:00:00Z"})
    assert (400, True) == (answer.status_code, "START_DATE_UTC is not a valid" in answer.json()["Message"])
    assert 201 == (await http.post("/Events", json=CALL)).status_code


@pytest.mark.parametrize(("taken", "statuses"), [(True, [200, 201]), (False, [400, 400])])
async def test_whether_ids_may_be_text_is_a_switch(
    http: httpx.AsyncClient, crm: InsightlySandbox, taken: bool, statuses: list[int]
) -> None:
    crm.toggles["string_ids"] = taken
    changed = await http.put("/Events", json={**CALL, "EVENT_ID": "5501"})
    link = {"LINK_OBJECT_NAME": "contact", "LINK_OBJECT_ID": "3101"}
    assert statuses == [
        changed.status_code, (await http.post("/Events/5501/Links", json=link)).status_code,
    ]  # fmt: skip


async def test_what_app_connects_server_sends_is_taken_as_it_comes(http: httpx.AsyncClient) -> None:
    times = {"START_DATE_UTC": "2026-01-02T09:00:00.000Z", "END_DATE_UTC": "2026-01-02T09:05:00.000Z"}
    made = await http.post(
        "/events", json={"TITLE": "Call", "DETAILS": "- Note: x", "OWNER_USER_ID": 42, **times}
    )
    number = str(made.json()["EVENT_ID"])
    for name, target in (("contact", 3101), ("organisation", "77"), ("opportunity", "501"), ("project", 601)):
        link = {"LINK_OBJECT_NAME": name, "LINK_OBJECT_ID": target}
        assert 201 == (await http.post(f"/events/{number}/links", json=link)).status_code
    changed = await http.put("/events", json={"EVENT_ID": number, "DETAILS": "- Note: y"})
    assert (200, "Call", "- Note: y", "2026-01-02 09:00:00", 4) == (
        changed.status_code, changed.json()["TITLE"], changed.json()["DETAILS"],
        changed.json()["START_DATE_UTC"], len(changed.json()["LINKS"]),
    )  # fmt: skip


# -- links and activities --


async def test_a_link_is_seen_from_both_sides_until_it_is_deleted_on_one(http: httpx.AsyncClient) -> None:
    made = await http.post(
        "/Contacts/3104/Links",
        json={
            "LINK_OBJECT_NAME": "Contact",
            "LINK_OBJECT_ID": 3106,
            "RELATIONSHIP_ID": 161,
            "IS_FORWARD": True,
        },
    )
    [other] = (await http.get("/Contacts/3106/Links")).json()
    assert (made.json()["LINK_ID"], 3106, 3104, False) == (
        other["LINK_ID"], other["OBJECT_ID"], other["LINK_OBJECT_ID"], other["IS_FORWARD"],
    )  # fmt: skip
    renamed = {**other, "ROLE": "friend"}
    assert 200 == (await http.put("/Contacts/3106/Links", json=renamed)).status_code
    assert "friend" == (await http.get("/Contacts/3104")).json()["LINKS"][0]["ROLE"]
    assert 202 == (await http.delete(f"/Contacts/3104/Links/{other['LINK_ID']}")).status_code
    assert [] == (await http.get("/Contacts/3106/Links")).json()


async def test_the_seeded_links_are_seen_from_the_other_side(http: httpx.AsyncClient) -> None:
    links = (await http.get("/Opportunities/501/Links")).json()
    assert [("Opportunity", 501, "Contact", 3101)] == [
        (each["OBJECT_NAME"], each["OBJECT_ID"], each["LINK_OBJECT_NAME"], each["LINK_OBJECT_ID"])
        for each in links
    ]


async def test_the_events_of_a_contact_are_those_that_are_linked_to_it(http: httpx.AsyncClient) -> None:
    assert [] == (await http.get("/Contacts/3102/Events")).json()
    link = {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": 3102}
    link_id = (await http.post("/Events/5501/Links", json=link)).json()["LINK_ID"]
    assert [5501] == [row["EVENT_ID"] for row in (await http.get("/Contacts/3102/Events")).json()]
    assert [] == (await http.get("/Leads/4101/Events")).json()
    assert [] == (await http.get("/Contacts/3102/Events?updated_after_utc=2099-01-01T00:00:00Z")).json()
    await http.delete(f"/Events/5501/Links/{link_id}")
    assert [] == (await http.get("/Contacts/3102/Events")).json()


@pytest.mark.parametrize("path", ["/Contacts/3102", "/Leads/4101", "/Projects/601", "/Organisations/77"])
async def test_a_note_is_added_to_a_record_read_and_changed(http: httpx.AsyncClient, path: str) -> None:
    made = await http.post(f"{path}/Notes", json={"TITLE": "Tea", "BODY": "x" * 9_000})
    assert 201 == made.status_code
    number = made.json()["NOTE_ID"]
    assert [number] == [row["NOTE_ID"] for row in (await http.get(f"{path}/Notes")).json()]
    changed = await http.put(f"{path}/Notes", json={"NOTE_ID": number, "TITLE": "Coffee"})
    assert ("Coffee", 9_000) == (changed.json()["TITLE"], len(changed.json()["BODY"]))
    assert 404 == (await http.put("/Contacts/3103/Notes", json={"NOTE_ID": number})).status_code
    assert 405 == (await http.post("/Notes", json={"TITLE": "Nowhere"})).status_code
    assert "Coffee" == (await http.get(f"/Notes/{number}")).json()["TITLE"]


# -- what else hangs on a record --


async def test_tags_and_dates_of_a_record_are_replaced_and_found(http: httpx.AsyncClient) -> None:
    assert 200 == (await http.put("/Leads/4101/Tags", json=[{"TAG_NAME": "Hot"}])).status_code
    assert [4101] == [r["LEAD_ID"] for r in (await http.get("/Leads/SearchByTag?tagName=hot")).json()]
    assert [{"TAG_NAME": "Hot"}] == (await http.get("/Tags?record_type=leads")).json()
    assert 400 == (await http.get("/Leads/SearchByTag")).status_code
    for query in ("", "?record_type=", "?record_type=dances"):
        assert 400 == (await http.get(f"/Tags{query}")).status_code
    day = {"OCCASION_NAME": "Name day", "OCCASION_DATE": "2026-03-01T00:00:00Z"}
    [kept] = (await http.put("/Contacts/3101/Dates", json=day)).json()
    assert ("2026-03-01 00:00:00", [kept]) == (
        kept["OCCASION_DATE"], (await http.get("/Contacts/3101")).json()["DATES"],
    )  # fmt: skip
    assert 400 == (await http.put("/Contacts/3101/Tags", json=[{"TAG_NAME": ""}])).status_code


async def test_a_file_is_attached_described_read_and_deleted(http: httpx.AsyncClient) -> None:
    files = {"file": ("plan.txt", b"one\r\n\x00two", "text/plain")}
    made = (await http.post("/Projects/601/FileAttachments", files=files)).json()
    assert ("plan.txt", "text/plain", 9) == (made["FILE_NAME"], made["CONTENT_TYPE"], made["FILE_SIZE"])
    assert [made] == (await http.get("/Projects/601/FileAttachments")).json()
    assert [] == (await http.get("/Contacts/3101/FileAttachments")).json()
    assert b"one\r\n\x00two" == (await http.get(f"/FileAttachments/{made['FILE_ID']}")).content
    assert 202 == (await http.delete(f"/FileAttachments/{made['FILE_ID']}")).status_code
    assert [] == (await http.get("/Projects/601/FileAttachments")).json()
    assert 400 == (await http.post("/Projects/601/FileAttachments", content=b"bare")).status_code


async def test_a_record_is_followed_by_who_follows_it(http: httpx.AsyncClient) -> None:
    assert {"FOLLOWING": False} == (await http.get("/Tasks/6501/Follow")).json()
    assert 201 == (await http.post("/Tasks/6501/Follow")).status_code
    assert {"FOLLOWING": True} == (await http.get("/Tasks/6501/Follow")).json()
    assert [{"RECORD_TYPE": "Task", "RECORD_ID": 6501}] == (await http.get("/Follows")).json()
    assert [] == (await http.get("/Follows?record_type=contacts")).json()
    assert 202 == (await http.delete("/Tasks/6501/Follow")).status_code
    assert 404 == (await http.delete("/Tasks/6501/Follow")).status_code


async def test_a_picture_is_kept_byte_for_byte(http: httpx.AsyncClient) -> None:
    for path in ("/Contacts/3101/Image", "/Contacts/3101/ImageField/PHOTO__c"):
        assert 404 == (await http.get(path)).status_code
        assert 201 == (await http.put(f"{path}/a.png", content=b"\x89PNG" + path.encode())).status_code
    assert b"\x89PNG/Contacts/3101/Image" == (await http.get("/Contacts/3101/Image")).content
    assert 202 == (await http.delete("/Contacts/3101/Image")).status_code
    assert 404 == (await http.get("/Contacts/3101/Image")).status_code


async def test_a_team_has_the_members_that_were_sent_with_it(http: httpx.AsyncClient) -> None:
    wrong = {"TEAM_NAME": "Night", "TEAMMEMBERS": [{"MEMBER_USER_ID": 41}, {"MEMBER_USER_ID": 999}]}
    assert 400 == (await http.post("/Teams", json=wrong)).status_code
    assert 1 == len((await http.get("/Teams")).json())
    made = (
        await http.post("/Teams", json={"TEAM_NAME": "Night", "TEAMMEMBERS": [{"MEMBER_USER_ID": 41}]})
    ).json()
    more = await http.post(f"/Teams/{made['TEAM_ID']}/TeamMembers", json={"MEMBER_USER_ID": 42})
    team = (await http.get(f"/Teams/{made['TEAM_ID']}")).json()
    assert [41, 42] == [member["MEMBER_USER_ID"] for member in team["TEAMMEMBERS"]]
    gone = f"/Teams/{made['TEAM_ID']}/TeamMembers/{more.json()['PERMISSION_ID']}"
    assert [202, 404] == [(await http.delete(gone)).status_code for _ in range(2)]


async def test_an_opportunity_moves_through_a_pipeline_and_is_won(http: httpx.AsyncClient) -> None:
    change = {"PIPELINE_ID": 111, "PIPELINE_STAGE_CHANGE": {"STAGE_ID": 122}}
    assert 200 == (await http.put("/Opportunities/501/Pipeline", json=change)).status_code
    elsewhere = {"PIPELINE_ID": 111, "PIPELINE_STAGE_CHANGE": {"STAGE_ID": 123}}
    assert 400 == (await http.put("/Opportunities/501/PipelineStage", json=elsewhere)).status_code
    won = {"FOR_OPPORTUNITY_STATE": "WON", "STATE_REASON_ID": 142}
    changed = (await http.put("/Opportunities/501/StateChange", json=won)).json()
    assert [changed] == (await http.get("/Opportunities/501/StateHistory")).json()
    row = (await http.get("/Opportunities/501")).json()
    assert (111, 122, "WON") == (row["PIPELINE_ID"], row["STAGE_ID"], row["OPPORTUNITY_STATE"])
    assert 202 == (await http.delete("/Opportunities/501/Pipeline")).status_code
    assert None is (await http.get("/Opportunities/501")).json()["PIPELINE_ID"]


async def test_a_choice_that_a_record_has_made_is_not_deleted(http: httpx.AsyncClient) -> None:
    assert 409 == (await http.delete("/LeadSources?id=11")).status_code
    assert 202 == (await http.delete("/LeadSources?id=12")).status_code
    assert 409 == (await http.delete("/TaskCategories/201")).status_code
    made = await http.post("/TaskCategories", json={"CATEGORY_NAME": "Lunch", "BACKGROUND_COLOR": "00FF00"})
    assert 202 == (await http.delete(f"/TaskCategories/{made.json()['CATEGORY_ID']}")).status_code


async def test_milestones_and_comments_belong_to_one_record(http: httpx.AsyncClient) -> None:
    sent = {"TITLE": "Done", "COMPLETED": False, "DUE_DATE": "2026-05-01 00:00:00"}
    rows = (await http.post("/Projects/601/Milestones", json=sent)).json()
    assert ["First users", "Done"] == [row["TITLE"] for row in rows]
    assert 202 == (await http.delete(f"/Projects/601/Milestones/{rows[1]['MILESTONE_ID']}")).status_code
    [comment] = (await http.post("/Notes/7501/Comments", json={"BODY": "Yes"})).json()
    assert [comment] == (await http.get("/Notes/7501/Comments")).json()
    assert [] == (await http.get("/Tasks/6501/Comments")).json()


async def test_a_lead_gets_the_source_that_is_marked_as_the_default(http: httpx.AsyncClient) -> None:
    sources = (await http.get("/LeadSources")).json()
    for source in sources:
        await http.put("/LeadSources", json={**source, "DEFAULT_VALUE": not source["DEFAULT_VALUE"]})
    (marked,) = (each["LEAD_SOURCE_ID"] for each in sources if not each["DEFAULT_VALUE"])
    assert marked == (await http.post("/Leads", json={"LAST_NAME": "Marsh"})).json()["LEAD_SOURCE_ID"]


async def test_the_instance_has_the_fields_that_the_vendor_documents(http):
    """https://api.na1.insightly.com/v3.1/Help, the model of an instance."""
    documented = {
        "INSTANCE_NAME": str,
        "INSTANCE_SUBDOMAIN": str,
        "PLAN_NAME": str,
        "NEW_USER_EXPERIENCE_ENABLED": bool,
    }
    answered = (await http.get("/Instance")).json()
    assert documented == {name: type(value) for name, value in answered.items()}
