"""The played Redtail keeps, finds and gives back what is sent, and says what it does not play."""

from __future__ import annotations

import base64

import httpx
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from appconnect.connectors.redtail.sandbox import RedtailSandbox
from appconnect.connectors.redtail.sandbox.resources import RESOURCES
from appconnect.connectors.redtail.sandbox.schema import LISTS, REFERENCES, SCHEMA
from appconnect.sandbox import Sandbox, SandboxClock
from appconnect.sandbox.coverage import NOT_PLAYED
from appconnect.sandbox.people import made_up_people
from appconnect.sandbox.schema import Kind
from appconnect.sandbox.state import SandboxState, load

BASE = "https://crm.redtailtechnology.com/api/public/v1"
INCLUDES = "addresses,phones,emails,urls,family,tag_memberships,important_information,social_medias,photos,activities,sam"
MESSAGE = {
    "subject": "SMS", "start_date": "2026-01-02T09:00:00Z", "end_date": "2026-01-02T09:00:00Z",
    "activity_code_id": 3, "repeats": "never", "linked_contacts": [{"contact_id": 501}],
}  # fmt: skip
"""As App Connect's own server logs a message: without a category."""


def signed(name: str, password: str) -> dict[str, str]:
    three = f"sandbox-partner-key:{name}:{password}".encode()
    return {"Authorization": f"Basic {base64.b64encode(three).decode()}"}


@pytest.fixture
def redtail() -> RedtailSandbox:
    return RedtailSandbox(SandboxClock())


def connected(redtail: RedtailSandbox) -> httpx.AsyncClient:
    transport = Sandbox(redtail.clock, [redtail]).transport()
    return httpx.AsyncClient(
        transport=transport, base_url=BASE, headers=signed("rae.quill", "quiet:as:a:mouse")
    )


@pytest.fixture
async def rae(redtail: RedtailSandbox):
    async with connected(redtail) as client:
        yield client


def ids(answer: httpx.Response) -> list[int]:
    return [contact["id"] for contact in answer.json()["contacts"]]


# -- what is not played --


@pytest.mark.parametrize(
    ("request_", "what"),
    [
        ("GET /contacts/search?last_name=Holt&colour=blue", "the parameter colour of GET /api/public/v1/contacts/search"),
        ("GET /contacts/search_basic?last_name=Holt", "the parameter last_name of GET /api/public/v1/contacts/search_basic"),
        ("GET /contacts/501?colour=blue", "the parameter colour of GET /api/public/v1/contacts/501"),
        ("GET /authentication/sso", "GET /api/public/v1/authentication/sso"),
        ("GET /workflows/templates", "GET /api/public/v1/workflows/templates"),
        ("GET /contacts/501/urls", "GET /api/public/v1/contacts/501/urls"),
        ("GET /lists/horoscopes", "GET /api/public/v1/lists/horoscopes"),
        ("DELETE /activities", "DELETE /api/public/v1/activities"),
    ],
)  # fmt: skip
async def test_what_is_not_played_is_said_in_the_sandbox_s_own_words(rae, request_, what):
    method, _, path = request_.partition(" ")
    answer = await rae.request(method, path)
    assert (501, "not played", f"this sandbox does not play {what}") == (
        answer.status_code,
        answer.headers[NOT_PLAYED],
        answer.json()["message"],
    )


@pytest.mark.parametrize(
    ("path", "body", "faults"),
    [
        (
            "/activities",
            {"subject": "S", "start_date": 1, "end_date": "nope", "importance": "x", "activity_code_id": 99,
             "category_id": 99, "linked_contacts": [{"contact_id": 1}]},
            {"Start date is invalid", "End date is invalid", "Importance is invalid", "Activity code must exist",
             "Category must exist", "Linked contact must exist"},
        ),
        (
            "/contacts",
            {"first_name": "A", "last_name": 1, "status_id": 99, "dob": "nope", "phones": [{"phone_type": 1}]},
            {"Last name is invalid", "Status must exist", "Dob is invalid", "Phones number can't be blank"},
        ),
        (
            "/opportunities",
            {"amount": "x", "close_date": "nope", "probability": 101, "stage_id": 99},
            {"Name can't be blank", "Amount is not a number", "Close date is invalid",
             "Probability must be between 0 and 100", "Stage must exist"},
        ),
    ],
)  # fmt: skip
async def test_wrong_types_and_all_else_are_told_together(rae, path, body, faults):
    answer = await rae.post(path, json=body)
    assert (422, faults) == (answer.status_code, set(answer.json()["message"].split(", ")))


async def test_a_field_that_no_one_knows_is_not_dropped_in_silence(rae, redtail):
    answer = await rae.post(
        "/contacts", json={"last_name": "Marsh", "phones": [{"number": "1", "colour": 1}]}
    )
    assert "this sandbox does not play the field phones.0.colour of Contact" == answer.json()["message"]
    assert 10 == len(redtail.database.contacts)


async def test_a_name_to_include_that_no_one_knows_is_not_left_out_in_silence(rae):
    answer = await rae.get("/contacts/501", headers={"include": "phones, horoscope"})
    assert (501, "this sandbox does not play include: horoscope") == (
        answer.status_code,
        answer.json()["message"],
    )


# -- what is included and searched --


@pytest.mark.parametrize("path", ["/contacts", "/contacts/501", "/contacts/search?name=Nia"])
async def test_everything_that_can_be_included_is_and_nothing_else(rae, path):
    await rae.post("/activities", json=MESSAGE)
    plain, asked = [(await rae.get(path, headers=headers)).json() for headers in ({}, {"include": INCLUDES})]
    plain, asked = (body.get("contact") or body["contacts"][0] for body in (plain, asked))
    assert {*INCLUDES.split(",")} == asked.keys() - plain.keys()
    assert ["SMS"] == [each["subject"] for each in asked["activities"]]


@pytest.mark.parametrize(
    ("criterion", "found"),
    [
        ("tax_id=078-05-1120", [511]), ("account_number=H-20417", [501]), ("status_id=2", [511]),
        ("category_id=3", [511]), ("updated_since=2026-01-02T09:30:01Z", [511]), ("email=IVY@marsh.example", [511]),
        ("first_name=ivy", [511]), ("last_name=marsh", [511]), ("phone_number=2125550199", [511]), ("name=ivy m", [511]),
        ("type=Crm::Contact::Business", [509]),
    ],
)  # fmt: skip
async def test_every_parameter_narrows_the_search(rae, redtail, criterion, found):
    redtail.clock.advance(60)
    await rae.post("/contacts", json={
        "first_name": "Ivy", "last_name": "Marsh", "tax_id": "078-05-1120", "status_id": 2, "category_id": 3,
        "phones": [{"number": "(212) 555-0199"}], "emails": [{"address": "ivy@marsh.example"}],
    })  # fmt: skip
    assert found == ids(await rae.get(f"/contacts/search?{criterion}"))
    assert [] == ids(await rae.get(f"/contacts/search?{criterion}&tax_id=000"))


async def test_a_search_among_many_people_reads_few_of_them(rae, redtail, monkeypatch):
    people = [*made_up_people(2000)]
    for person in people:
        redtail.add_person(person)
    read = []
    found = redtail.database.contacts.containing
    monkeypatch.setattr(
        redtail.database.contacts, "containing", lambda text: read.extend(hits := found(text)) or hits
    )
    number = people[1234].number.removeprefix("+1")
    answer = await rae.get(f"/contacts/search_basic?phone_number={number}")
    assert [people[1234].name] == [each["full_name"] for each in answer.json()["contacts"]]
    assert len(read) < 20


async def test_what_is_changed_is_found_by_what_it_is_now(rae):
    await rae.put("/contacts/501", json={"last_name": "Marsh", "phones": [{"number": "2125550199"}]})
    assert [501] == ids(await rae.get("/contacts/search?phone_number=2125550199&name=marsh"))
    assert [504] == ids(await rae.get("/contacts/search?phone_number=4155550142"))


# -- what is only read --


@pytest.mark.parametrize(
    ("path", "many", "row"),
    [
        ("/contacts/501/accounts", "accounts", {
            "id": 5001, "number": "H-20417", "account_type": "IRA", "company": "Elm Street Trust", "balance": "250000.0"}),
        ("/contacts/501/udfs", "contact_udfs", {
            "id": 81001, "contact_udf_field_name": "Occupation", "field_value": "Owner"}),
        ("/families", "families", {"id": 8001, "name": "Holt Family"}),
        ("/families?family_members=true", "families", {
            "id": 8001, "name": "Holt Family", "members": [{"contact_id": 501, "hoh": True}]}),
    ],
)  # fmt: skip
async def test_accounts_families_and_fields_of_one_s_own_are_listed(rae, path, many, row):
    answer = (await rae.get(path)).json()
    assert ([row], {"total_records": 1, "total_pages": 1}) == (answer[many], answer["meta"])


async def test_assets_come_with_accounts_when_asked_for(rae):
    (account,) = (await rae.get("/contacts/501/accounts?page=1&assets=true")).json()["accounts"]
    assert [] == account["assets"]
    assert "IRA" == (await rae.get(f"/accounts/{account['id']}")).json()["account"]["account_type"]


@pytest.mark.parametrize("path", ["/contacts/1/accounts", "/contacts/x/udfs", "/accounts/1", "/accounts/x"])
async def test_what_belongs_to_nobody_is_404(rae, path):
    assert 404 == (await rae.get(path)).status_code


@pytest.mark.parametrize(("number", "family"), [(501, {"id": 8001, "name": "Holt Family"}), (502, None)])
async def test_a_contact_includes_the_family_it_has(rae, number, family):
    contact = (await rae.get(f"/contacts/{number}", headers={"include": "addresses, family"})).json()[
        "contact"
    ]
    assert family == contact["family"]


@pytest.mark.parametrize(("since", "count"), [("2000-01-01", 9), ("2026-01-02T09:30:01Z", 0)])
async def test_contacts_are_listed_since_a_moment(rae, since, count):
    assert count == (await rae.get(f"/contacts?updated_since={since}")).json()["meta"]["total_records"]


# -- records --


async def test_an_address_is_changed_and_deleted(rae):
    made = await rae.post("/contacts/501/addresses", json={"street_address": "1 Elm St", "address_type": 2})
    number = made.json()["id"]
    changed = await rae.put(f"/contacts/501/addresses/{number}", json={"city": "Reno"})
    (address,) = (await rae.get("/contacts/501/addresses")).json()["addresses"]
    assert ({"success": True, "id": number}, 204, b"") == (made.json(), changed.status_code, changed.content)
    assert ("1 Elm St", "Reno", "Work", 501) == tuple(
        address[key] for key in ("street_address", "city", "address_type_description", "addressable_id")
    )
    assert 204 == (await rae.delete(f"/contacts/501/addresses/{number}")).status_code
    assert [] == (await rae.get("/contacts/501/addresses")).json()["addresses"]


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("amount", "Amount"),
        ("projected_revenue", "Projected revenue"),
        ("actual_revenue", "Actual revenue"),
    ],
)
async def test_the_amounts_of_an_opportunity_are_numbers(rae, key, label):
    for amount in ("1200.50", "0", None):
        answer = await rae.post("/opportunities", json={"name": "Annuity", key: amount})
        assert 201 == answer.status_code, answer.text
    for amount in ("plenty", "NaN", "Infinity"):
        answer = await rae.post("/opportunities", json={"name": "Annuity", key: amount})
        assert (422, True) == (answer.status_code, f"{label} is not a number" in answer.text)


@pytest.mark.parametrize("key", ["amount", "projected_revenue", "actual_revenue"])
async def test_an_amount_that_is_sent_as_a_number_is_kept_as_text(rae, key):
    for amount, kept in ((1200.5, "1200.5"), (1200, "1200"), (0, "0"), ("12", "12"), (None, None)):
        made = await rae.post("/opportunities", json={"name": "Annuity", key: amount})
        assert 201 == made.status_code, made.text
        opportunity = (await rae.get(f"/opportunities/{made.json()['id']}")).json()["opportunity"]
        assert (kept, type(kept)) == (opportunity[key], type(opportunity[key]))
    for amount in (True, [1200], {"usd": 1200}):
        answer = await rae.post("/opportunities", json={"name": "Annuity", key: amount})
        assert (422, True) == (answer.status_code, "is invalid" in answer.text), answer.text


@pytest.mark.parametrize(
    ("start", "end", "faults"),
    [
        ("2026-01-02T09:00:00Z", "2026-01-02T09:00:00Z", None),
        ("2026-01-02T09:00:00Z", "2026-01-02T08:59:59Z", "End date can't be before start date"),
        ("2026-01-02T09:00:00Z", "2026-01-02T10:30:00+02:00", "End date can't be before start date"),
        ("2026-01-02T09:00:00", "2026-01-02T09:00:00Z", "Start date is invalid"),
        ("2026-01-02T09:00:00Z", "9999-12-31T23:59:59-14:00", "End date is invalid"),
    ],
)
async def test_an_activity_ends_when_it_begins_or_later(rae, start, end, faults):
    answer = await rae.post("/activities", json={**MESSAGE, "start_date": start, "end_date": end})
    assert (422 if faults else 201, faults) == (answer.status_code, answer.json().get("message"))


@pytest.mark.parametrize(
    ("kind", "body", "label", "usual"),
    [
        ("phones", {"number": "4155550199"}, "phone_type_description", {"country_code": 1, "phone_type": 3}),
        ("emails", {"address": "nia@example.com"}, "email_type_description", {"email_type": 1}),
        ("addresses", {"city": "Reno"}, "address_type_description", {"address_type": 1}),
    ],
)
async def test_what_is_not_said_of_a_part_of_a_contact_is_the_usual(rae, redtail, kind, body, label, usual):
    made = await rae.post(f"/contacts/501/{kind}", json=body)
    assert 201 == made.status_code, made.text
    [part] = [
        each for each in (await rae.get(f"/contacts/501/{kind}")).json()[kind] if body.items() <= each.items()
    ]
    assert usual == {name: part[name] for name in usual}
    types = LISTS[REFERENCES[f"{label.removesuffix('_description')}"].list]
    assert types[str(part[label.removesuffix("_description")])] == part[label]


async def test_what_is_not_said_of_an_activity_is_the_usual(rae):
    number = (await rae.post("/activities", json=MESSAGE)).json()["activity"]["id"]
    activity = (await rae.get(f"/activities/{number}")).json()["activity"]
    assert (2, 0) == (activity["importance"], activity["percentdone"])


@pytest.mark.parametrize(("chance", "status"), [(-1, 422), (0, 201), (100, 201), (101, 422)])
async def test_the_probability_of_an_opportunity_is_a_percentage(rae, chance, status):
    answer = await rae.post("/opportunities", json={"name": "Annuity", "probability": chance})
    told = "Probability must be between 0 and 100" in answer.text
    assert (status, status == 422) == (answer.status_code, told)


@pytest.mark.parametrize("path", ["/contacts/501/notes", "/activities/9001/notes"])
async def test_a_note_is_read_and_deleted_where_it_was_written_only(rae, path):
    await rae.post("/activities", json=MESSAGE)
    made = await rae.post(path, json={"category_id": 2, "note_type": 1, "body": "Hi"})
    number = made.json()["note"]["id"]
    other = "/contacts/502/notes"
    assert [["Hi"], []] == [
        [note["body"] for note in (await rae.get(where)).json()["notes"]] for where in (path, other)
    ]
    assert [404, 204, 404] == [
        (await rae.delete(f"{where}/{number}")).status_code for where in (other, path, path)
    ]
    assert [] == (await rae.get(path)).json()["notes"]


async def test_an_activity_is_linked_by_e_mail(rae):
    made = await rae.post("/activities", json={**MESSAGE, "linked_contacts": [{"email": "NIA@holt.example"}]})
    assert [501] == [each["contact_id"] for each in made.json()["activity"]["linked_contacts"]]


@pytest.mark.parametrize(("accepted", "status"), [(True, 201), (False, 422)])
async def test_an_activity_without_a_category_is_a_switch_that_is_on(rae, redtail, accepted, status):
    assert redtail.toggles["category_optional"]
    redtail.toggles["category_optional"] = accepted
    assert status == (await rae.post("/activities", json=MESSAGE)).status_code


async def test_all_faults_are_told_together(rae):
    answer = await rae.post("/contacts", json={"first_name": "Ivy", "status_id": 99, "category_id": 99})
    faults = ["Category must exist", "Last name can't be blank", "Status must exist"]
    assert faults == sorted(answer.json()["message"].split(", "))


async def test_labels_follow_their_ids(rae):
    changed = (await rae.put("/contacts/501", json={"status_id": 2, "source_id": 3})).json()["contact"]
    emptied = (await rae.put("/contacts/501", json={"source_id": None})).json()["contact"]
    assert ("Inactive", "Seminar", None) == (changed["status"], changed["source"], emptied["source"])


async def test_only_an_administrator_sets_advisors(rae):
    body = {"servicing_advisor_id": 880043, "writing_advisor_id": 880042}
    kits = await rae.put("/contacts/501", json=body, headers=signed("kit.moss", "kit-moss-password"))
    assert (403, "User Forbidden from Updating servicing_advisor_id, writing_advisor_id") == (
        kits.status_code,
        kits.json()["message"],
    )
    assert "Kit Moss" == (await rae.put("/contacts/501", json=body)).json()["contact"]["servicing_advisor"]


async def test_a_new_contact_s_answer_can_be_its_id_only(rae, redtail):
    redtail.toggles["creates_answer_id"] = True
    assert {"success": True, "id": 511} == (await rae.post("/contacts", json={"last_name": "Marsh"})).json()


async def test_what_was_read_can_be_sent_back(rae):
    await rae.post("/activities", json=MESSAGE)
    for path, one, include in (
        ("/contacts/501", "contact", "phones,emails"),
        ("/activities/9001", "activity", ""),
    ):
        read = (await rae.get(path, headers={"include": include})).json()[one]
        again = await rae.put(path, json=read, headers={"include": include})
        known = {"updated_at", "phones", "emails"}  # whose rows are new ones
        assert (200, {**read, **{key: again.json()[one].get(key) for key in known & read.keys()}}) == (
            again.status_code,
            again.json()[one],
        )


async def test_a_user_key_outlives_a_restart_of_a_kept_sandbox(rae, redtail, tmp_path):
    answer = await rae.get("/authentication")
    key = answer.json()["authenticated_user"]["user_key"]
    SandboxState.of(Sandbox(redtail.clock, [redtail])).save(tmp_path / "state.json")
    later = RedtailSandbox(SandboxClock())
    load(Sandbox(later.clock, [later]), tmp_path / "state.json")
    encoded = base64.b64encode(f"sandbox-partner-key:{key}".encode()).decode()
    async with connected(later) as client:
        client.headers["Authorization"] = f"Userkeyauth {encoded}"
        assert 200 == (await client.get("/contacts/501")).status_code


@pytest.mark.parametrize("table", ["users", "user_keys"])
async def test_a_user_whom_a_kept_sandbox_does_not_have_is_not_let_in(rae, redtail, table):
    redtail.tables()[table].load([])
    assert [401, 401] == [(await rae.get(path)).status_code for path in ("/authentication", "/contacts")]


# -- whatever is sent --

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    | st.sampled_from([501, 9001, 880042, 1, 2, "2026-01-02T09:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31",
                       "Crm::Contact", "Crm::Contact::Trust", "Crm::Activity::Attendee::User", "nia@holt.example"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(sorted({name for each in SCHEMA.values() for name in each.fields})), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
LIKELY = {
    "integer": st.sampled_from([1, 2, 3, 99, 501, 880042]), "text": st.text(max_size=5), "boolean": st.booleans(),
    "date": st.dates().map(str), "date-time": st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
}  # fmt: skip
GOOD = {
    "Contact": {"last_name": "Marsh", "phones": [{"number": "2125550199"}]}, "Phone": {"number": "1"},
    "Email": {"address": "x@y.example"}, "Address": {"city": "Reno"}, "Opportunity": {"name": "Annuity"},
    "Activity": MESSAGE, "Note": {"category_id": 2, "note_type": 1, "body": "Hi"},
}  # fmt: skip


@st.composite
def requests(draw):
    """A request to one of the resources: mostly fields of its own, mostly of their types."""
    resource = draw(st.sampled_from(RESOURCES))
    owner = {"Contact": 501, "Activity": 9001}.get(resource.owner, "")
    path = resource.path.replace("{owner}", str(draw(st.sampled_from([*[owner] * 9, 1, "x", "9" * 5000]))))
    method = draw(st.sampled_from(["GET", "POST", "POST", "PUT", "PUT", "DELETE"]))
    if method in ("PUT", "DELETE") or draw(st.booleans()):
        known = {"Contact": 501, "Activity": 9001, "Note": 7001, "Phone": 60001, "Email": 61001}
        number = known.get(resource.kind, 62001 if resource.kind == "Address" else 3001)
        path += f"/{draw(st.sampled_from([*[number] * 9, 1, 'x', '٣', '9' * 5000]))}"
    fields = draw(
        st.lists(st.sampled_from(sorted(SCHEMA[resource.kind].fields.values(), key=str)), max_size=4)
    )
    body = {
        each.name: draw(LIKELY.get(each.type, VALUES) if draw(st.integers(0, 3)) else VALUES)
        for each in fields
    }
    body = {**GOOD[resource.kind], **body} if draw(st.booleans()) else body
    parameters = ["page", "include", *resource.parameters] if method == "GET" else ["include"]
    odd = ["", "1", "0", "-1", "9" * 5000, "2026-01-02", "0001-01-01T00:00:00+14:00", "x", "²"]
    query = draw(st.dictionaries(st.sampled_from(parameters * 3 + ["x"]), st.sampled_from(odd), max_size=2))
    return resource, method, path, draw(st.sampled_from([body] * 9 + [draw(VALUES)])), query


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(requests(), min_size=3, max_size=6))
async def test_whatever_is_sent_is_answered_and_as_the_schema_says(sent):
    redtail = RedtailSandbox(SandboxClock())
    async with connected(redtail) as rae:
        for path, kind in (
            ("/activities", "Activity"), ("/contacts/501/notes", "Note"),
            ("/contacts/501/addresses", "Address"), ("/opportunities", "Opportunity"),
        ):  # fmt: skip
            await rae.post(path, json=GOOD[kind])
        for resource, method, path, body, query in sent:
            answer = await rae.request(method, path, json=body, params=query)
            event(f"{method} {resource.many} {answer.status_code}")
            assert answer.status_code in (200, 201, 204, 400, 404, 422, 501)
            told = answer.json() if answer.content else {}
            rows = told.get(resource.many, [told[resource.one]] if resource.one in told else [])
            problems = [each for row in rows for each in SCHEMA[resource.kind].problems(row, partly=True)]
            assert [] == [each for each in problems if each.kind not in (Kind.READ_ONLY, Kind.UNKNOWN)]
