"""The played Insightly, asked with plain httpx as Insightly's documentation describes it."""

import base64
from collections.abc import AsyncIterator

import httpx
import pytest

from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.schema import CONTACT, USER
from appconnect.connectors.insightly.sandbox.sign_in import KIT_KEY, RAE_KEY
from appconnect.sandbox import Sandbox, SandboxClock, serve

POD = "https://api.na1.insightly.com/v3.1"
DENIED = {"Message": "Authorization has been denied for this request."}
CALL = {
    "TITLE": "Outbound Call to Nia Holt",
    "START_DATE_UTC": "2026-01-02 09:00:00",
    "END_DATE_UTC": "2026-01-02 09:05:00",
}


@pytest.fixture
def crm() -> InsightlySandbox:
    return InsightlySandbox(SandboxClock())


@pytest.fixture
async def http(crm: InsightlySandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = Sandbox(crm.clock, [crm]).transport()
    async with httpx.AsyncClient(transport=transport, base_url=POD, auth=(RAE_KEY, "")) as client:
        yield client


async def found(http: httpx.AsyncClient, path: str, name: str, value: str) -> list[int]:
    answer = await http.get(f"{path}/Search", params={"field_name": name, "field_value": value})
    assert 200 == answer.status_code
    return [row.get("CONTACT_ID") or row.get("LEAD_ID") or row.get("EVENT_ID") for row in answer.json()]


# -- who --


async def test_the_key_is_the_user_name_and_the_password_is_empty(http: httpx.AsyncClient) -> None:
    me = (await http.get("/Users/Me")).json()
    assert (41, "Rae", "Pacific Standard Time", True) == (
        me["USER_ID"], me["FIRST_NAME"], me["TIMEZONE_ID"], me["ACTIVE"],
    )  # fmt: skip
    kit = await http.get("/Users/Me", auth=(KIT_KEY, ""))
    assert "Kit" == kit.json()["FIRST_NAME"]


@pytest.mark.parametrize("auth", [("wrong", ""), (RAE_KEY, "x"), ("", RAE_KEY)])
async def test_a_wrong_key_gets_the_exact_401(http: httpx.AsyncClient, auth: tuple[str, str]) -> None:
    answer = await http.get("/Users/Me", auth=auth)
    assert (401, DENIED) == (answer.status_code, answer.json())


@pytest.mark.parametrize(("taken", "status"), [(True, 200), (False, 401)])
async def test_a_key_without_the_colon_is_a_switch_that_is_on(
    http: httpx.AsyncClient, crm: InsightlySandbox, taken: bool, status: int
) -> None:
    assert crm.toggles["bare_key"]
    crm.toggles["bare_key"] = taken
    headers = {"Authorization": f"Basic {base64.b64encode(RAE_KEY.encode()).decode()}"}
    async with httpx.AsyncClient(transport=Sandbox(crm.clock, [crm]).transport()) as bare:
        assert status == (await bare.get(f"{POD}/Users/Me", headers=headers)).status_code


async def test_the_right_key_on_the_wrong_pod_is_refused(http: httpx.AsyncClient) -> None:
    assert 401 == (await http.get("https://api.eu1.insightly.com/v3.1/Users/Me")).status_code


async def test_without_a_pod_there_is_only_a_help_page(http: httpx.AsyncClient) -> None:
    assert 404 == (await http.get("https://api.insightly.com/v3.1/Contacts")).status_code


async def test_an_unknown_pod_is_no_host_at_all(http: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.ConnectError):
        await http.get("https://api.zz9.insightly.com/v3.1/Users/Me")


async def test_users_include_the_inactive_one_and_have_pages(
    http: httpx.AsyncClient, crm: InsightlySandbox
) -> None:
    for _ in range(2):
        crm.database.add(USER, {"FIRST_NAME": "More", "ACTIVE": True})
    users = await http.get("/Users", params={"count_total": "true"})
    assert [True, True, False, True, True] == [user["ACTIVE"] for user in users.json()]
    assert "5" == users.headers["x-total-count"]
    assert [43, 44] == [u["USER_ID"] for u in (await http.get("/Users?skip=2&top=2")).json()]


async def test_every_user_has_an_id_of_its_own(http: httpx.AsyncClient) -> None:
    users = (await http.get("/Users")).json()
    assert [(41, "Rae"), (42, "Kit"), (43, "Olu")] == [
        (user["USER_ID"], user["FIRST_NAME"]) for user in users
    ]


# -- searching --


async def test_a_search_is_exact_with_every_space_and_dot(http: httpx.AsyncClient) -> None:
    assert [3101] == await found(http, "/Contacts", "PHONE", "+1 415-555-0142")
    assert [] == await found(http, "/Contacts", "PHONE", "+14155550142")
    assert [] == await found(http, "/Contacts", "PHONE", "4155550142")


async def test_an_unescaped_plus_is_a_space_and_finds_nobody(http: httpx.AsyncClient) -> None:
    assert [] == (await http.get("/Contacts/Search?field_name=PHONE&field_value=+14155550177")).json()
    assert 1 == len((await http.get("/Contacts/Search?field_name=PHONE&field_value=%2B14155550177")).json())


async def test_one_field_is_searched_at_a_time(http: httpx.AsyncClient) -> None:
    assert [3102] == await found(http, "/Contacts", "PHONE", "+14155550177")
    assert [3103] == await found(http, "/Contacts", "PHONE_MOBILE", "+14155550177")


async def test_extra_fields_can_be_searched(http: httpx.AsyncClient) -> None:
    assert [3107] == await found(http, "/Contacts", "PHONE_2__c", "+31205550198")
    assert [4104] == await found(http, "/Leads", "HOTLINE__c", "+46855501299")


@pytest.mark.parametrize(
    "query",
    [
        "field_name=PHONE",
        "field_value=1",
        "field_name=NOPE&field_value=1",
        "top=x",
        "updated_after_utc=2026-01-01",
    ],
)
async def test_a_search_that_makes_no_sense_is_a_400(http: httpx.AsyncClient, query: str) -> None:
    answer = await http.get(f"/Contacts/Search?{query}")
    assert 400 == answer.status_code
    assert answer.json()["Message"]


@pytest.mark.parametrize(("switch", "hits"), [(False, [3101]), (True, [])])
async def test_whether_case_counts_is_a_switch(
    http: httpx.AsyncClient, crm: InsightlySandbox, switch: bool, hits: list[int]
) -> None:
    crm.toggles["case_sensitive_search"] = switch
    assert hits == await found(http, "/Contacts", "FIRST_NAME", "nia")


async def test_only_a_search_heeds_updated_after(http: httpx.AsyncClient) -> None:
    later = {"updated_after_utc": "2026-01-03T00:00:00Z"}
    assert [] == (await http.get("/Contacts/Search", params=later)).json()
    assert [] != (await http.get("/Contacts", params=later)).json()


async def test_brief_leaves_out_links_and_extra_fields(http: httpx.AsyncClient) -> None:
    brief = (await http.get("/Contacts?brief=true&top=1")).json()[0]
    assert set() == {"LINKS", "CUSTOMFIELDS", "TAGS"} & brief.keys()
    assert "Nia" == brief["FIRST_NAME"]


async def test_a_page_holds_100_unless_asked_and_500_at_most(
    http: httpx.AsyncClient, crm: InsightlySandbox
) -> None:
    for number in range(600):
        crm.database.add(CONTACT, {"FIRST_NAME": f"Extra {number}"})
    assert 100 == len((await http.get("/Contacts")).json())
    assert 500 == len((await http.get("/Contacts?top=1000")).json())
    ids = [row["CONTACT_ID"] for row in (await http.get("/Contacts?skip=500&top=500")).json()]
    assert sorted(ids) == ids


async def test_paths_are_taken_in_any_case_and_unknown_ones_are_405(http: httpx.AsyncClient) -> None:
    assert 200 == (await http.get("/contacts/3101")).status_code
    assert 405 == (await http.get("/Products")).status_code
    assert 404 == (await http.get("/Contacts/3101/Nothing")).status_code


async def test_links_may_point_to_the_hidden_and_the_gone(http: httpx.AsyncClient) -> None:
    zoe = (await http.get("/Contacts/3105")).json()
    targets = [(link["LINK_OBJECT_NAME"], link["LINK_OBJECT_ID"]) for link in zoe["LINKS"]]
    assert [("Opportunity", 503), ("Project", 699), ("Organisation", 78)] == targets
    assert 403 == (await http.get("/Opportunities/503")).status_code
    assert 404 == (await http.get("/Projects/699")).status_code
    assert 200 == (await http.get("/Organisations/78")).status_code


async def test_custom_fields_are_listed_by_singular_name(http: httpx.AsyncClient) -> None:
    fields = (await http.get("/CustomFields/Contact")).json()
    assert ["PHONE_2__c", "TEA__c"] == [field["FIELD_NAME"] for field in fields]
    assert 400 == (await http.get("/CustomFields/Contacts")).status_code


# -- writing --


async def test_an_event_is_made_changed_and_deleted(http: httpx.AsyncClient) -> None:
    made = await http.post("/Events", json={**CALL, "DETAILS": "- Note: x"})
    assert (201, 5502, 41, "2026-01-02 09:30:00", []) == (
        made.status_code, made.json()["EVENT_ID"], made.json()["OWNER_USER_ID"],
        made.json()["DATE_CREATED_UTC"], made.json()["LINKS"],
    )  # fmt: skip
    changed = await http.put("/Events", json={**CALL, "EVENT_ID": 5502, "TITLE": "New"})
    assert (200, "New", "- Note: x") == (
        changed.status_code, changed.json()["TITLE"], changed.json()["DETAILS"],
    )  # fmt: skip
    gone = await http.delete("/Events/5502")
    assert (202, b"") == (gone.status_code, gone.content)
    assert 404 == (await http.get("/Events/5502")).status_code


async def test_put_may_answer_201(http: httpx.AsyncClient, crm: InsightlySandbox) -> None:
    crm.toggles["put_answers_201"] = True
    assert 201 == (await http.put("/Events", json={**CALL, "EVENT_ID": 5501})).status_code


@pytest.mark.parametrize(
    "wrong",
    [
        {"START_DATE_UTC": None},
        {"START_DATE_UTC": "2026-01-02"},
        {"START_DATE_UTC": "tomorrow"},
        {"TITLE": "x" * 256},
        {"DETAILS": "x" * 4001},
        {"OWNER_USER_ID": "Rae"},
        {"OWNER_USER_ID": "999"},
        {"OWNER_USER_ID": 2**63},
        {"OWNER_USER_ID": 999},
        {"NONSENSE": 1},
    ],
)
async def test_an_event_that_breaks_the_schema_is_a_400(
    http: httpx.AsyncClient, crm: InsightlySandbox, wrong: dict[str, object]
) -> None:
    answer = await http.post("/Events", json={**CALL, **wrong})
    assert 400 == answer.status_code
    assert [5501] == list(crm.database.records["Event"])


@pytest.mark.parametrize(("partly", "status"), [(True, 200), (False, 400)])
async def test_whether_an_event_is_changed_without_start_and_end_is_a_switch(
    http: httpx.AsyncClient, crm: InsightlySandbox, partly: bool, status: int
) -> None:
    crm.toggles["partial_events"] = partly
    assert status == (await http.put("/Events", json={"EVENT_ID": 5501, "TITLE": "x"})).status_code
    assert "2026-01-05 10:00:00" == (await http.get("/Events/5501")).json()["START_DATE_UTC"]
    emptied = {"EVENT_ID": 5501, "START_DATE_UTC": None}
    assert 400 == (await http.put("/Events", json=emptied)).status_code


@pytest.mark.parametrize(
    ("key", "path", "status"), [("", "/Events/5501", 200), ("", "/Events/1", 404), ("x", "/Events/5501", 401)]
)
async def test_every_answer_but_to_a_stranger_tells_the_limits(
    http: httpx.AsyncClient, key: str, path: str, status: int
) -> None:
    answer = await http.get(path, auth=(key, "") if key else httpx.USE_CLIENT_DEFAULT)
    told = {name for name in answer.headers if name.startswith("x-ratelimit-")}
    limits = set() if status == 401 else {"x-ratelimit-limit", "x-ratelimit-remaining"}
    assert (status, limits) == (answer.status_code, told)


async def test_links_and_read_only_fields_in_a_body_are_not_written(http: httpx.AsyncClient) -> None:
    link = {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": 3101}
    made = await http.post("/Events", json={**CALL, "LINKS": [link], "EVENT_ID": 1})
    assert (5502, []) == (made.json()["EVENT_ID"], made.json()["LINKS"])


async def test_a_stale_if_match_is_a_400_and_a_fresh_one_is_taken(http: httpx.AsyncClient) -> None:
    tag = (await http.get("/Events/5501")).headers["etag"]
    body = {**CALL, "EVENT_ID": 5501}
    assert 200 == (await http.put("/Events", json=body, headers={"If-Match": tag})).status_code
    assert 400 == (await http.put("/Events", json=body, headers={"If-Match": tag})).status_code


async def test_an_event_is_linked_by_singular_names_in_any_case(http: httpx.AsyncClient) -> None:
    for name, number in (("contact", 3101), ("Organisation", 77)):
        link = await http.post(
            "/Events/5501/Links", json={"LINK_OBJECT_NAME": name, "LINK_OBJECT_ID": number}
        )
        assert 201 == link.status_code
    links = (await http.get("/Events/5501/Links")).json()
    assert ["Contact", "Organisation"] == [each["LINK_OBJECT_NAME"] for each in links]
    assert 202 == (await http.delete(f"/Events/5501/Links/{links[0]['LINK_ID']}")).status_code
    assert 404 == (await http.delete(f"/Events/5501/Links/{links[0]['LINK_ID']}")).status_code
    assert [links[1]] == (await http.get("/Events/5501")).json()["LINKS"]


@pytest.mark.parametrize(
    ("name", "number", "status"),
    [
        ("Contacts", 3101, 400),
        ("Organization", 77, 400),
        ("Contact", "Nia", 400),
        ("Contact", 9999, 404),
        ("Opportunity", 503, 403),
    ],
)
async def test_a_link_that_leads_nowhere_is_refused(
    http: httpx.AsyncClient, name: str, number: object, status: int
) -> None:
    answer = await http.post("/Events/5501/Links", json={"LINK_OBJECT_NAME": name, "LINK_OBJECT_ID": number})
    assert status == answer.status_code


@pytest.mark.parametrize(("merge", "links"), [(False, 2), (True, 1)])
async def test_whether_a_second_equal_link_is_another_one_is_a_switch(
    http: httpx.AsyncClient, crm: InsightlySandbox, merge: bool, links: int
) -> None:
    crm.toggles["links_merge"] = merge
    for _ in range(2):
        await http.post("/Events/5501/Links", json={"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": 3101})
    assert links == len((await http.get("/Events/5501/Links")).json())


async def test_the_links_of_a_contact_can_be_listed(http: httpx.AsyncClient) -> None:
    links = (await http.get("/Contacts/3101/Links")).json()
    assert (await http.get("/Contacts/3101")).json()["LINKS"] == links != []
    assert 404 == (await http.get("/Contacts/9/Links")).status_code


async def test_whether_events_are_searched_is_a_switch(
    http: httpx.AsyncClient, crm: InsightlySandbox
) -> None:
    assert [] != await found(http, "/Events", "TITLE", crm.database.records["Event"][5501]["TITLE"])
    crm.toggles["event_search"] = False
    answer = await http.get("/Events/Search", params={"field_name": "TITLE", "field_value": "x"})
    assert 400 == answer.status_code


async def test_a_contact_needs_a_first_name_only(http: httpx.AsyncClient) -> None:
    assert 400 == (await http.post("/Contacts", json={"LAST_NAME": "x"})).status_code
    made = await http.post("/Contacts", json={"FIRST_NAME": "Solo"})
    assert (201, None) == (made.status_code, made.json()["LAST_NAME"])


@pytest.mark.parametrize(("defaults", "status"), [(True, 201), (False, 400)])
async def test_whether_a_lead_gets_default_source_and_status_is_a_switch(
    http: httpx.AsyncClient, crm: InsightlySandbox, defaults: bool, status: int
) -> None:
    crm.toggles["lead_defaults"] = defaults
    assert status == (await http.post("/Leads", json={"LAST_NAME": "x"})).status_code


async def test_line_breaks_may_come_back_as_crlf(http: httpx.AsyncClient, crm: InsightlySandbox) -> None:
    crm.toggles["crlf"] = True
    made = await http.post("/Events", json={**CALL, "DETAILS": "a\nb"})
    assert "a\r\nb" == made.json()["DETAILS"]


async def test_errors_may_be_plain_text(http: httpx.AsyncClient, crm: InsightlySandbox) -> None:
    crm.toggles["plain_errors"] = True
    assert "Record not found." == (await http.get("/Events/1")).text


# -- limits --


async def test_ten_requests_a_second_and_the_day_is_told_in_headers(
    http: httpx.AsyncClient, crm: InsightlySandbox
) -> None:
    answers = [await http.get("/Users/Me") for _ in range(11)]
    assert [200] * 10 + [429] == [answer.status_code for answer in answers]
    assert ("60000", "59990") == (
        answers[-1].headers["x-ratelimit-limit"], answers[-1].headers["x-ratelimit-remaining"],
    )  # fmt: skip
    assert "retry-after" not in answers[-1].headers
    crm.clock.advance(1)
    assert 200 == (await http.get("/Users/Me")).status_code


async def test_the_day_of_a_tiny_plan_is_over_soon(http: httpx.AsyncClient, crm: InsightlySandbox) -> None:
    crm.plan = "tiny"
    for _ in range(50):
        assert 200 == (await http.get("/Users/Me")).status_code
        crm.clock.advance(1)
    crm.toggles["retry_after"] = True
    spent = await http.get("/Users/Me")
    assert (429, "0") == (spent.status_code, spent.headers["x-ratelimit-remaining"])
    assert int(spent.headers["retry-after"]) > 3600


async def test_a_reset_brings_the_first_morning_back(http: httpx.AsyncClient, crm: InsightlySandbox) -> None:
    await http.post("/Events", json=CALL)
    crm.reset()
    assert [5501] == [event["EVENT_ID"] for event in (await http.get("/Events")).json()]


async def test_on_a_port_it_is_below_its_name(crm: InsightlySandbox) -> None:
    async with serve(Sandbox(crm.clock, [crm])) as url, httpx.AsyncClient(auth=(RAE_KEY, "")) as http:
        assert "Rae" == (await http.get(f"{url}/insightly/v3.1/Users/Me")).json()["FIRST_NAME"]
        assert 405 == (await http.get(f"{url}/insightly/v3.1/Products")).status_code
        assert RAE_KEY in (await http.get(url)).text
