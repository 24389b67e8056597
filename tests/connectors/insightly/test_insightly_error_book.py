"""Insightly's error book: what the sandbox answers, and the same in other words, is known for what it is."""

from __future__ import annotations

import pytest
from error_books import Asked, answer, book_of, name_of

from appconnect.error_book import Answered

EVENT = {"TITLE": "Call", "START_DATE_UTC": "2026-01-02 09:30:00", "END_DATE_UTC": "2026-01-02 09:31:00"}
WRONG_KEY = "Basic bm9ib2R5Og=="


def event(**more: object) -> dict[str, object]:
    return {"json": {**EVENT, **more}}


PLAYED = {
    "not-a-pod": Asked("GET https://api.insightly.com/v3.1/Contacts"),
    "key-refused": Asked("GET /Users/Me", {"headers": {"Authorization": WRONG_KEY}}, signed=False),
    "no-access": Asked("GET /Opportunities/503"),
    "not-found": Asked("GET /Contacts/999999"),
    "method-or-plural": Asked("PATCH /Events"),
    "etag": Asked("PUT /Contacts", {"json": {"CONTACT_ID": 3101, "TITLE": "x"}, "headers": {"If-Match": '"old"'}}),
    "search-parameters": Asked("GET /Contacts/Search?field_name=PHONE"),
    "no-search-field": Asked("GET /Leads/Search?field_name=EMAIL_ADDRESS&field_value=a%40b.example"),
    "query-date": Asked("GET /Contacts/Search?updated_after_utc=yesterday"),
    "page": Asked("GET /Contacts?skip=some"),
    "body-date": Asked("POST /Events", event(START_DATE_UTC="noon")),
    "too-long": Asked("POST /Events", event(DETAILS="x" * 4001)),
    "unknown-field": Asked("POST /Events", event(BODY="x")),
    "link-target": Asked("POST /Contacts/3101/Links", {"json": {"LINK_OBJECT_NAME": "Contacts", "LINK_OBJECT_ID": 3102}}),
    "field-required": Asked("POST /Events", {"json": {"TITLE": "x"}}),
    "choice": Asked("POST /Events", event(OWNER_USER_ID=99999)),
    "validation": Asked("POST /Events", event(TITLE={"a": "b"})),
    "burst": Asked("GET /Users/Me", plan="tiny", times=12),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAYED)
async def test_what_the_sandbox_answers_is_known(name: str) -> None:
    answered = await answer("insightly", PLAYED[name])
    assert name == name_of("insightly", answered), answered


def told(status: int, body: object, path: str = "/v3.1/Events", **headers: str) -> Answered:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answered(status, body, names, method="POST", path=path)


IN_OTHER_WORDS = [
    ("not-a-pod", told(404, {"Message": "No HTTP resource was found that matches the request URI 'x'."})),
    ("key-refused", told(401, {"Message": "Authorization has been denied for this request."})),
    ("unauthorized", told(401, "Unauthorized")),
    ("record-limit", told(402, {"Message": "Record limit reached"})),
    ("leads-off", told(403, "Lead Management disabled", "/v3.1/Leads/5")),
    ("leads-off", told(403, {"Message": "no"}, "/v3.1/leads")),
    ("no-access", told(403, "API User does not have access to Record")),
    ("not-found", told(404, "No Lead with ID = 830626", "/v3.1/Leads/830626")),
    ("method-or-plural", told(405, {"Message": "The requested resource does not support http method 'GET'."})),
    ("in-use", told(409, None, "/v3.1/FileCategories/1")),
    ("delete-failed", told(417, "Delete failed")),
    ("etag", told(400, {"Message": 'If-Match header value "x" is not valid.'})),
    ("link-target", told(400, {"Message": "LINK_OBJECT_NAME or LINK_OBJECT_ID is invalid"})),
    ("too-long", told(400, "The field: DETAILS has a maximum length of 4000")),
    ("field-required", told(400, {"Message": "The request is invalid.", "ModelState": {"x": ["LAST_NAME is required"]}})),
    ("validation", told(400, "Data validation error")),
    ("parameters", told(400, "")),
    ("parameters", told(400, {"Message": "missing or invalid parameter"})),
    ("daily-limit", told(429, "", x_ratelimit_remaining="0")),
    ("burst", told(429, {"Message": "slow down"}, x_ratelimit_remaining="99986")),
    ("server-error", told(500, "<html><body>Runtime Error</body></html>")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answered"), IN_OTHER_WORDS)
def test_the_same_in_other_words_is_known(name: str, answered: Answered) -> None:
    assert name == name_of("insightly", answered)


def test_every_entry_has_a_case() -> None:
    tested = {*PLAYED, *(name for name, _ in IN_OTHER_WORDS)}
    assert tested == {entry.name for entry in book_of("insightly").entries}


def test_the_greatest_length_is_named() -> None:
    _, found = book_of("insightly").find(IN_OTHER_WORDS[13][1]) or (None, {})
    assert {"field": "DETAILS", "max": "4000"} == dict(found)
