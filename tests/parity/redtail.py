"""Redtail: every request that is known of its collection, once good and once bad.

Redtail publishes no schema and no client. The requests and the fields of their answers, in
``redtail_records.json``, are those that published clients send and read, and that App Connect's server sends.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from appconnect.sandbox.requests import Json, JsonObject
from appconnect.sandbox.schema import Kind, read_schema
from parity.ledger import Ledger, is_not_played

CRM, API = "redtail", "/api/public/v1"
RECORDS = read_schema(json.loads(Path(__file__).with_name("redtail_records.json").read_text("utf-8")))
PASSWORD = "sandbox-partner-key:rae.quill:quiet:as:a:mouse"
INCLUDES = tuple(RECORDS["included"].fields)
PERSON: JsonObject = {
    "type": "Crm::Contact::Individual", "first_name": "Ivy", "last_name": "Marsh", "tax_id": "078-05-1120",
    "dob": "1961-05-06", "status_id": 2, "category_id": 3, "source_id": 1, "servicing_advisor_id": 880043,
    "phones": [{"number": "2125550199", "country_code": "1", "phone_type": 6, "is_primary": True}],
    "emails": [{"address": "ivy@marsh.example", "email_type": 1, "is_primary": True, "is_preferred": True}],
}  # fmt: skip
ACTIVITY: JsonObject = {
    "subject": "Call", "description": "<b>Hi</b>", "location": "", "all_day": False, "activity_code_id": 3,
    "start_date": "2026-01-02T09:00:00Z", "end_date": "2026-01-02T09:04:00Z", "category_id": 2, "importance": 2,
    "percentdone": 0, "repeats": "never", "share_with_client": False, "linked_contacts": [{"contact_id": 501}],
    "attendees": [{"type": "Crm::Activity::Attendee::User", "user_id": 880043}],
}  # fmt: skip
UNFILED: JsonObject = {key: value for key, value in ACTIVITY.items() if key != "category_id"}
BY_EMAIL: JsonObject = {**ACTIVITY, "linked_contacts": [{"email": "nia@holt.example"}]}
NOTE: JsonObject = {"category_id": 2, "note_type": 1, "pinned": True, "draft": False, "body": "Hi"}
ADDRESS: JsonObject = {
    "street_address": "1 Elm St", "secondary_address": "", "city": "Reno", "state": "NV", "zip": "89501",
    "country": "USA", "address_type": 1, "is_primary": True, "is_preferred": True,
}  # fmt: skip
DEAL: JsonObject = {
    "name": "Annuity", "description": "", "source_id": 1, "opportunity_type": 1, "stage_id": 1,
    "assigned_to": 880042, "amount": "1000.50", "close_date": "2026-05-01", "next_step": "Call",
    "probability": 40, "linked_contacts": [{"contact_id": 501}],
}  # fmt: skip
NIA, NOBODY = [501], list[int]()


@dataclass(frozen=True)
class Call:
    """A request and what is to come back; ``{made}`` in a path is the id of what the group made last."""

    group: str
    request: str
    status: int
    answer: str = ""
    """The record that the answer holds, "record*" for a list of them; "" for no body."""
    key: str = ""
    """What it stands under."""
    body: Json = None
    ids: Sequence[int] | None = None
    """The ids that a search is to find."""
    shows: Mapping[str, Json] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def _bad(group: str, request: str, status: int, body: Json = None) -> Call:
    return Call(group, request, status, "error", body=body)


def _searched(query: str, ids: Sequence[int]) -> Call:
    return Call("Contacts", f"GET /contacts/search?{query}", 200, "contact*", "contacts", ids=ids)


CALLS = (
    Call("Contacts", "GET /contacts?page=1", 200, "contact*", "contacts", headers={"pagesize": "2"}),
    Call("Contacts", "GET /contacts/search_basic?phone_number=4155550142", 200, "found*", "contacts", ids=[501, 504]),
    Call("Contacts", "GET /contacts/search_basic?name=nia", 200, "found*", "contacts", ids=NIA),
    _searched("name=nia", NIA), _searched("first_name=Nia&last_name=Holt", NIA),
    _searched("type=Crm::Contact::Business", [509]), _searched("last_name=Holt&status_id=1&category_id=2", NIA),
    _searched("last_name=Holt&status_id=2", NOBODY), _searched("last_name=Holt&category_id=3", NOBODY),
    _searched("last_name=Holt&tax_id=999", NOBODY), _searched("last_name=Holt&account_number=1", NOBODY),
    _searched("account_number=H-20417", NIA), _searched("phone_number=4155550142&last_name=Holt", NIA),
    _searched("email=nia@holt.example", NIA), _searched("last_name=Holt&updated_since=2099-01-01", NOBODY),
    _searched("last_name=Holt&updated_since=2000-01-01", NIA), _searched("name=nobody", NOBODY),
    _bad("Contacts", "GET /contacts/search?updated_since=yesterday", 400),
    _bad("Contacts", "GET /contacts/search?favourite_colour=blue", 501),
    Call("Contacts", "POST /contacts", 201, "contact", "contact", PERSON, shows={
        "tax_id": "078-05-1120", "dob": "1961-05-06", "status_id": 2, "status": "Inactive", "full_name": "Ivy Marsh",
        "category": "Prospecting & Referrals", "source": "Referral", "servicing_advisor": "Kit Moss"}),
    _bad("Contacts", "POST /contacts", 422, {"first_name": "Ivy"}),
    _bad("Contacts", "POST /contacts", 422, {**PERSON, "status_id": 99}),
    _bad("Contacts", "POST /contacts", 422, {**PERSON, "category_id": 99999}),
    _bad("Contacts", "POST /contacts", 422, {**PERSON, "dob": "yesterday"}),
    Call("Contacts", "GET /contacts/{made}", 200, "contact", "contact", shows={"tax_id": "078-05-1120"}),
    Call("Contacts", "GET /contacts/{made}", 200, "included", "contact", headers={"include": ",".join(INCLUDES)}),
    _bad("Contacts", "GET /contacts/1", 404),
    Call("Contacts", "PUT /contacts/{made}", 200, "contact", "contact", {"status_id": 3}, shows={"status": "Prospect"}),
    _bad("Contacts", "PUT /contacts/{made}", 422, {"last_name": None}), _bad("Contacts", "PUT /contacts/1", 404, {}),
    Call("Phones", "GET /contacts/501/phones", 200, "phone*", "phones"),
    _bad("Phones", "GET /contacts/1/phones", 404),
    Call("Phones", "POST /contacts/501/phones", 201, "phone", "phone", {"number": "2125550100", "phone_type": 1}),
    _bad("Phones", "POST /contacts/501/phones", 422, {"number": ""}),
    Call("Emails", "GET /contacts/501/emails", 200, "email*", "emails"),
    _bad("Emails", "GET /contacts/1/emails", 404),
    Call("Emails", "POST /contacts/501/emails", 201, "email", "email", {"address": "n@holt.example", "email_type": 1}),
    _bad("Emails", "POST /contacts/501/emails", 422, {"address": ""}),
    Call("Contacts", "GET /contacts?page=1&updated_since=2000-01-01", 200, "contact*", "contacts"),
    Call("Contacts", "GET /contacts?updated_since=2099-01-01", 200, "contact*", "contacts", ids=NOBODY),
    Call("Accounts", "GET /contacts/501/accounts?page=1&assets=true", 200, "account*", "accounts"),
    Call("Accounts", "GET /contacts/502/accounts", 200, "account*", "accounts", ids=NOBODY),
    _bad("Accounts", "GET /contacts/1/accounts", 404),
    Call("Accounts", "GET /accounts/5001", 200, "account", "account", shows={"number": "H-20417"}),
    _bad("Accounts", "GET /accounts/1", 404),
    Call("Families", "GET /families?family_members=true", 200, "household*", "families"),
    Call("Families", "GET /families", 200, "family*", "families"),
    Call("User-defined fields", "GET /contacts/501/udfs", 200, "udf*", "contact_udfs"),
    _bad("User-defined fields", "GET /contacts/1/udfs", 404),
    Call("Contacts", "DELETE /contacts/{made}", 204), _bad("Contacts", "DELETE /contacts/{made}", 404),
    Call("Addresses", "POST /contacts/501/addresses", 201, "done", body=ADDRESS),
    Call("Addresses", "GET /contacts/501/addresses", 200, "address*", "addresses"),
    Call("Addresses", "PUT /contacts/501/addresses/{made}", 204, body={"city": "Elko"}),
    Call("Addresses", "DELETE /contacts/501/addresses/{made}", 204),
    _bad("Addresses", "DELETE /contacts/501/addresses/{made}", 404),
    _bad("Addresses", "PUT /contacts/501/addresses/{made}", 404, {}),
    _bad("Addresses", "POST /contacts/501/addresses", 422, {"city": 7}),
    _bad("Addresses", "GET /contacts/1/addresses", 404),
    Call("Activities", "POST /activities", 201, "activity", "activity", ACTIVITY, shows={"completed": False}),
    Call("Activities", "GET /activities/{made}", 200, "activity", "activity", headers={"include": "linked_contacts"}),
    Call("Activities", "PUT /activities/{made}", 200, "activity", "activity", {"completed": True, "percentdone": 100}),
    Call("Activities", "GET /activities?start_date=2026-01-02&end_date=2026-01-02", 200, "activity*", "activities"),
    Call("Activities", "POST /activities", 201, "activity", "activity", UNFILED, shows={"category_id": None}),
    Call("Activities", "POST /activities", 201, "activity", "activity", BY_EMAIL, shows={"linked_contacts": [
        {"contact_id": 501, "first_name": "Nia", "last_name": "Holt"}]}),
    _bad("Activities", "POST /activities", 422, {**ACTIVITY, "linked_contacts": [{"email": "x@y.example"}]}),
    _bad("Activities", "POST /activities", 422, {**ACTIVITY, "subject": None}),
    _bad("Activities", "GET /activities/1", 404), _bad("Activities", "PUT /activities/1", 404, {}),
    _bad("Activities", "PUT /activities/{made}", 422, {"category_id": 99}),
    _bad("Activities", "GET /activities?start_date=soon", 400),
    Call("Activities", "DELETE /activities/{made}", 204), _bad("Activities", "DELETE /activities/{made}", 404),
    Call("Notes", "POST /contacts/501/notes", 201, "note", "note", NOTE, shows={"category": "General Information"}),
    Call("Notes", "GET /contacts/501/notes", 200, "note*", "notes"),
    Call("Notes", "DELETE /contacts/501/notes/{made}", 204), _bad("Notes", "DELETE /contacts/501/notes/{made}", 404),
    _bad("Notes", "POST /contacts/501/notes", 422, {**NOTE, "body": None}), _bad("Notes", "GET /contacts/1/notes", 404),
    Call("Notes", "POST /activities/9001/notes", 201, "note", "note", NOTE, shows={"note_type_description": "Note"}),
    Call("Notes", "GET /activities/9001/notes", 200, "note*", "notes"),
    Call("Notes", "DELETE /activities/9001/notes/{made}", 204),
    _bad("Notes", "DELETE /activities/9001/notes/{made}", 404),
    _bad("Notes", "POST /activities/9001/notes", 422, {**NOTE, "category_id": 99}),
    _bad("Notes", "GET /activities/1/notes", 404),
    Call("Opportunities", "POST /opportunities", 201, "done", body=DEAL),
    Call("Opportunities", "GET /opportunities/{made}", 200, "opportunity", "opportunity",
         shows={"amount": "1000.50", "stage": "Prospecting"}),
    Call("Opportunities", "PUT /opportunities/{made}", 204, body={"stage_id": 2}),
    Call("Opportunities", "GET /opportunities?contact_id=501&stage_id=2", 200, "opportunity*", "opportunities"),
    Call("Opportunities", "GET /opportunities?stage_id=1", 200, "opportunity*", "opportunities", ids=NOBODY),
    _bad("Opportunities", "POST /opportunities", 422, {**DEAL, "stage_id": 99}),
    _bad("Opportunities", "POST /opportunities", 422, {"amount": "1"}),
    _bad("Opportunities", "PUT /opportunities/{made}", 422, {"probability": 101}),
    _bad("Opportunities", "GET /opportunities?colour=blue", 501), _bad("Opportunities", "GET /opportunities/1", 404),
    Call("Opportunities", "DELETE /opportunities/{made}", 204), _bad("Opportunities", "DELETE /opportunities/{made}", 404),
    Call("Lists", "GET /lists/categories", 200, "entry*", "categories"),
    Call("Lists", "GET /lists/activity_codes", 200, "entry*", "activity_codes"),
    Call("Lists", "GET /lists/opportunity_stages", 200, "stage*", "opportunity_stages"),
    Call("Lists", "GET /lists/opportunity_types", 200, "entry*", "opportunity_types"),
    Call("Lists", "GET /lists/sources", 200, "entry*", "sources"),
    Call("Lists", "GET /lists/statuses", 200, "entry*", "statuses"),
    Call("Lists", "GET /lists/database_users?page=1", 200, "user*", "database_users"),
    Call("Lists", "GET /lists/database_users/880043", 200, "user", "database_users"),
    _bad("Lists", "GET /lists/database_users/1", 404), _bad("Lists", "GET /lists/categories?colour=blue", 501),
)  # fmt: skip


async def check(ledger: Ledger, url: str) -> None:
    """Sign in with and without the right words, and make every call."""
    async with httpx.AsyncClient(base_url=url + API, trust_env=False) as client:
        await _sign_in(ledger, client)
        made: dict[str, Json] = {}
        for call in CALLS:
            answer = await _answer(client, call, str(made.get(call.group, "")))
            problem = "; ".join(_problems(call, answer))
            missing = call.status != 501 and is_not_played(answer.status_code, dict(answer.headers))
            name = f"{call.request} → {call.status}"
            ledger.add(CRM, "known requests", call.group, name, problem=problem, missing=missing)
            if answer.status_code == 201:
                body = answer.json()
                made[call.group] = (
                    body["id"] if "id" in body else body[call.key].get("id", made.get(call.group))
                )


async def _sign_in(ledger: Ledger, client: httpx.AsyncClient) -> None:
    for given, status in (
        ("", 401),
        (f"Basic {encoded(f'{PASSWORD}!')}", 401),
        (f"Basic {encoded(PASSWORD)}", 200),
    ):
        answer = await client.get("/authentication", headers={"Authorization": given} if given else {})
        kind, key = ("authenticated_user", "authenticated_user") if status == 200 else ("error", "")
        call = Call("Sign-in", "GET /authentication", status, kind, key)
        problem = "; ".join(_problems(call, answer))
        ledger.add(CRM, "known requests", "Sign-in", f"GET /authentication → {status}", problem=problem)
    client.headers["Authorization"] = user_key(answer)


def user_key(answer: httpx.Response) -> str:
    """Return the header that the user key of a sign-in's answer makes."""
    key = answer.json()["authenticated_user"]["user_key"]
    return f"Userkeyauth {encoded(f'sandbox-partner-key:{key}')}"


def encoded(text: str) -> str:
    """Return a text as an Authorization header has it."""
    return base64.b64encode(text.encode()).decode()


async def _answer(client: httpx.AsyncClient, call: Call, made: str) -> httpx.Response:
    method, _, path = call.request.partition(" ")
    return await client.request(
        method, path.replace("{made}", made), headers=dict(call.headers), json=call.body
    )


def _problems(call: Call, answer: httpx.Response) -> Iterator[str]:
    """Yield what is wrong with an answer."""
    if answer.status_code != call.status:
        yield f"status {answer.status_code}: {answer.text[:100]}"
        return
    if not call.answer:
        if answer.content:
            yield "a body where there is none"
        return
    body = answer.json()
    found = body.get(call.key) if call.key else body
    rows = found if call.answer.endswith("*") else [found]
    if not isinstance(rows, list) or (call.answer.endswith("*") and not rows and call.ids is None):
        yield f"nothing under {call.key!r}"
        return
    if call.answer.endswith("*"):
        yield from _faults("meta", body.get("meta"))
    for row in rows:
        yield from _faults(call.answer.removesuffix("*"), row)
        yield from (
            f"{name} is {row.get(name)!r}" for name, value in call.shows.items() if row.get(name) != value
        )
    if call.ids is not None and [row.get("id") for row in rows] != list(call.ids):
        yield f"found {[row.get('id') for row in rows]}"


def _faults(record: str, row: Json) -> Iterator[str]:
    """Yield which fields an answer lacks, and which are of another type."""
    if not isinstance(row, dict):
        yield f"{row!r} is no {record}"
        return
    yield from (f"{name} is not there" for name in RECORDS[record].fields if name not in row)
    problems = RECORDS[record].problems(row)
    yield from (f"{each.path}: {each.kind.value}" for each in problems if each.kind is not Kind.UNKNOWN)
