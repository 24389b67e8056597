"""Links, states, followers, tags and rights of the played Insightly, one by one."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from appconnect.connectors.insightly.sandbox import InsightlySandbox


async def got(http: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await http.get(path, params=params)
    assert 200 == answer.status_code, answer.text
    return answer.json()


@pytest.mark.parametrize("forward", [True, False, None])
async def test_a_link_between_two_records_is_seen_from_both_turned_round(
    http: httpx.AsyncClient, forward: bool | None
) -> None:
    body = {"LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": 4101, "ROLE": "Friend", "IS_FORWARD": forward}
    made = await http.post("/Contacts/3108/Links", json=body)
    link = made.json()
    assert (201, "Contact", 3108, "Lead", 4101, "Friend", forward) == (
        made.status_code, link["OBJECT_NAME"], link["OBJECT_ID"], link["LINK_OBJECT_NAME"],
        link["LINK_OBJECT_ID"], link["ROLE"], link["IS_FORWARD"],
    )  # fmt: skip
    (seen,) = [each for each in await got(http, "/Leads/4101/Links") if each["LINK_ID"] == link["LINK_ID"]]
    backward = None if forward is None else not forward
    assert {
        **link, "OBJECT_NAME": "Lead", "OBJECT_ID": 4101, "LINK_OBJECT_NAME": "Contact",
        "LINK_OBJECT_ID": 3108, "IS_FORWARD": backward,
    } == seen  # fmt: skip
    changed = await http.put(
        "/Contacts/3108/Links", json={"LINK_ID": link["LINK_ID"], "ROLE": "Boss", "LINK_OBJECT_ID": 4104}
    )
    assert {**link, "ROLE": "Boss"} == changed.json()
    assert ["Boss"] == [
        each["ROLE"] for each in await got(http, "/Leads/4101/Links") if each["LINK_ID"] == link["LINK_ID"]
    ]
    assert 202 == (await http.delete(f"/Leads/4101/Links/{link['LINK_ID']}")).status_code
    assert [] == await got(http, "/Contacts/3108/Links")


async def test_the_link_of_an_event_is_seen_there_alone(http: httpx.AsyncClient) -> None:
    before = await got(http, "/Contacts/3101/Links")
    body = {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": 3101}
    link = (await http.post("/Events/5501/Links", json=body)).json()
    assert (before, True) == (
        await got(http, "/Contacts/3101/Links"), link in await got(http, "/Events/5501/Links"),
    )  # fmt: skip


@pytest.mark.parametrize("state", ["WON", "LOST", "ABANDONED", "SUSPENDED", "OPEN"])
async def test_an_opportunity_is_in_the_state_it_was_given_last(http: httpx.AsyncClient, state: str) -> None:
    for given in ("WON", state):
        changed = await http.put(
            "/Opportunities/501/StateChange", json={"FOR_OPPORTUNITY_STATE": given.lower()}
        )
    assert {
        "OPPORTUNITY_ID": 501, "DATE_CHANGED_UTC": "2026-01-02 09:30:00", "FOR_OPPORTUNITY_STATE": state,
        "STATE_REASON_ID": None, "STATE_REASON": None,
    } == changed.json()  # fmt: skip
    assert state == (await got(http, "/Opportunities/501"))["OPPORTUNITY_STATE"]
    history = await got(http, "/Opportunities/501/StateHistory")
    assert ["WON", state] == [each["FOR_OPPORTUNITY_STATE"] for each in history]
    assert [] == await got(http, "/Opportunities/502/StateHistory")


async def test_the_reason_of_a_state_is_told_by_name(http: httpx.AsyncClient) -> None:
    (reason,) = [
        each for each in await got(http, "/OpportunityStateReasons") if each["STATE_REASON_ID"] == 142
    ]
    body = {"FOR_OPPORTUNITY_STATE": "WON", "STATE_REASON_ID": 142}
    changed = (await http.put("/Opportunities/501/StateChange", json=body)).json()
    assert (142, reason["STATE_REASON"]) == (changed["STATE_REASON_ID"], changed["STATE_REASON"])


async def test_a_stage_is_that_of_the_pipeline_that_a_record_is_in_already(http: httpx.AsyncClient) -> None:
    for pipeline, stage in ((111, None), (None, 122)):
        change: dict[str, Any] = {"PIPELINE_STAGE_CHANGE": {"STAGE_ID": stage}} if stage else {}
        change |= {"PIPELINE_ID": pipeline} if pipeline else {}
        answer = await http.put("/Opportunities/501/PipelineStage", json=change)
        inner = change.get("PIPELINE_STAGE_CHANGE")
        assert inner is None or inner.items() <= answer.json()[0]["PIPELINE_STAGE_CHANGE"].items()
        assert 111 == answer.json()[0]["PIPELINE_ID"]
        row = await got(http, "/Opportunities/501")
        assert (111, stage) == (row["PIPELINE_ID"], row["STAGE_ID"])


async def test_an_activity_set_is_assigned_to_a_record(http: httpx.AsyncClient) -> None:
    number = (await got(http, "/ActivitySets"))[0]["ACTIVITYSET_ID"]
    made = await http.post("/Contacts/3101/ActivitySetAssignment", json={"ACTIVITYSET_ID": number})
    assert (201, number) == (made.status_code, made.json()["ACTIVITYSET_ID"])


async def test_a_record_takes_its_prices_from_a_price_book(http: httpx.AsyncClient) -> None:
    number = (await got(http, "/Pricebook"))[0]["PRICEBOOK_ID"]
    (changed,) = (await http.put("/Opportunities/501/Pricebook", json={"PRICEBOOK_ID": number})).json()
    assert 501 == changed["OPPORTUNITY_ID"]
    assert changed == await got(http, "/Opportunities/501")


async def test_the_user_may_do_everything_with_every_type_of_record(http: httpx.AsyncClient) -> None:
    told = await got(http, "/Permissions")
    assert {"PERMISSIONS_STATE", "OBJECT_PERMISSIONS"} == told.keys()
    assert "ENABLED" == told["PERMISSIONS_STATE"]
    of_contacts = next(each for each in told["OBJECT_PERMISSIONS"] if each["OBJECT_TYPE"] == "Contact")
    assert {
        "OBJECT_TYPE": "Contact", "PERMISSIONS_STATE": "ENABLED", "CAN_READ": True, "CAN_CREATE": True,
        "CAN_EDIT": True, "CAN_DELETE": True,
    } == of_contacts  # fmt: skip
    assert {"Contact", "Lead", "Organisation", "Opportunity", "Project"} <= {
        each["OBJECT_TYPE"] for each in told["OBJECT_PERMISSIONS"]
    }


@pytest.mark.parametrize("kind", ["Contacts", "contact", "CONTACT"])
async def test_the_tags_of_a_type_of_record_are_listed_by_letter_each_once(
    http: httpx.AsyncClient, kind: str
) -> None:
    for number, names in ((3101, ["b", "a"]), (3102, ["b", "c"])):
        await http.put(f"/Contacts/{number}/Tags", json=[{"TAG_NAME": name} for name in names])
    before = {"a", "b", "c"}
    listed = [each["TAG_NAME"] for each in await got(http, "/Tags", record_type=kind)]
    assert (sorted(listed), True) == (listed, before <= {*listed})
    page = await http.get("/Tags", params={"record_type": kind, "skip": 1, "top": 1, "count_total": "true"})
    assert ([{"TAG_NAME": listed[1]}], str(len(listed))) == (page.json(), page.headers["x-total-count"])
    found = await got(http, "/Contacts/SearchByTag", tagName="B")
    assert [3101, 3102] == [each["CONTACT_ID"] for each in found]
    assert not before & {each["TAG_NAME"] for each in await got(http, "/Tags", record_type="leads")}


async def test_what_a_user_follows_is_listed_by_type_page_by_page(
    http: httpx.AsyncClient, crm: InsightlySandbox
) -> None:
    for path in ("Contacts/3101", "Contacts/3102", "Leads/4101"):
        made = await http.post(f"/{path}/Follow")
        assert (201, {"FOLLOWING": True}) == (made.status_code, made.json())
    contacts = [{"RECORD_TYPE": "Contact", "RECORD_ID": number} for number in (3101, 3102)]
    every = [*contacts, {"RECORD_TYPE": "Lead", "RECORD_ID": 4101}]
    assert every == await got(http, "/Follows")
    assert contacts == await got(http, "/Follows", record_type="contacts")
    page = await http.get("/Follows", params={"skip": 2, "count_total": "true"})
    assert (every[2:], "3") == (page.json(), page.headers["x-total-count"])
    for row in crm.database.follows.values():
        crm.database.follows.change(str(row["of"]), {"user": 42})
    assert [] == await got(http, "/Follows")


async def test_one_custom_field_is_read_by_its_name(http: httpx.AsyncClient) -> None:
    fields = await got(http, "/CustomFields/Contact")
    assert fields == await got(http, "/CustomFields/CONTACT")
    for field in fields:
        assert field == await got(http, "/CustomFields/Contact/Search", fieldName=field["FIELD_NAME"])


async def test_a_record_has_an_address_for_mail(http: httpx.AsyncClient) -> None:
    told = await got(http, "/Leads/4101/LinkEmailAddress")
    assert {"EMAIL": "lead-4101@mailbox.acme-sandbox.example"} == told


async def test_a_note_of_a_record_is_changed_there_alone(http: httpx.AsyncClient) -> None:
    made = (await http.post("/Contacts/3101/Notes", json={"TITLE": "One", "BODY": "x"})).json()
    assert [("Contact", 3101)] == [
        (each["LINK_OBJECT_NAME"], each["LINK_OBJECT_ID"]) for each in made["LINKS"]
    ]
    change = {"NOTE_ID": made["NOTE_ID"], "TITLE": "Two"}
    assert 404 == (await http.put("/Contacts/3102/Notes", json=change)).status_code
    assert "Two" == (await http.put("/Contacts/3101/Notes", json=change)).json()["TITLE"]
    assert made["NOTE_ID"] in [each["NOTE_ID"] for each in await got(http, "/Contacts/3101/Notes")]
    assert made["NOTE_ID"] not in [each["NOTE_ID"] for each in await got(http, "/Contacts/3102/Notes")]


async def test_a_file_is_read_at_the_address_that_it_is_told_to_have(http: httpx.AsyncClient) -> None:
    files = {"file": ("plan.txt", b"one", "text/plain")}
    made = (await http.post("/Contacts/3101/FileAttachments", files=files)).json()
    assert f"/FileAttachments/{made['FILE_ID']}" == made["URL"]
    read = await http.get(made["URL"])
    assert (b"one", True) == (read.content, read.headers["content-type"].startswith("text/plain"))


@pytest.mark.parametrize(
    ("after", "found"), [("2026-01-02T09:29:59Z", True), ("2026-01-02T09:30:05Z", False)]
)
async def test_only_what_was_changed_later_than_a_moment_is_found(
    http: httpx.AsyncClient, after: str, found: bool
) -> None:
    await http.put("/Contacts", json={"CONTACT_ID": 3101, "TITLE": "Chair"})
    rows = await got(http, "/Contacts/Search", updated_after_utc=after)
    assert found == (3101 in [row["CONTACT_ID"] for row in rows])


async def test_the_account_is_called_acme(http: httpx.AsyncClient) -> None:
    assert {
        "INSTANCE_NAME": "Acme Sandbox", "INSTANCE_SUBDOMAIN": "acme-sandbox", "PLAN_NAME": "Professional",
        "NEW_USER_EXPERIENCE_ENABLED": True,
    } == await got(http, "/Instance")  # fmt: skip
