"""Redtail's error book: what the sandbox answers, and the same in other words, is known for what it is."""

from __future__ import annotations

import pytest
from error_books import Asked, answer, book_of, name_of

from appconnect.error_book import Answered

SPAN = {"start_date": "2026-03-01T15:00:00.000Z", "end_date": "2026-03-01T15:04:00.000Z"}


def activity(**more: object) -> dict[str, object]:
    return {
        "json": {
            "subject": "Call",
            "all_day": False,
            "activity_code_id": 3,
            "repeats": "never",
            **SPAN,
            **more,
        }
    }


WRONG = {"headers": {"Authorization": "Userkeyauth bm86bm8="}}
WRONG_BASIC = {"headers": {"Authorization": "Basic YTpiOmM="}}
PLAYED = {
    "authorization-missing": Asked("GET /contacts/501", signed=False),
    "sign-in-refused": Asked("GET /authentication", WRONG_BASIC, signed=False),
    "user-key-refused": Asked("GET /contacts/501", WRONG, signed=False),
    "wrong-address": Asked("GET https://crm.redtailtechnology.com/crm/v1/rest/contacts"),
    "not-found": Asked("GET /contacts/999999"),
    "linked-contact": Asked("POST /activities", activity(linked_contacts=[{"contact_id": 99999}])),
    "attendee": Asked("POST /activities", activity(attendees=[{"type": "Crm::Activity::Attendee::User", "user_id": 5}])),
    "name-blank": Asked("POST /contacts", {"json": {"type": "Crm::Contact::Individual", "first_name": "Ada"}}),
    "field-blank": Asked("POST /activities", activity(subject="")),
    "span": Asked("POST /activities", activity(end_date="2026-03-01T14:00:00.000Z")),
    "date-invalid": Asked("POST /activities", activity(start_date="noon")),
    "body-is-no-object": Asked("POST /activities", {"json": [1]}),
    "date-parameter": Asked("GET /activities?start_date=soon&end_date=2026-01-02"),
    "too-many": Asked("GET /contacts/501", plan="tiny", times=20),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAYED)
async def test_what_the_sandbox_answers_is_known(name: str) -> None:
    answered = await answer("redtail", PLAYED[name])
    assert name == name_of("redtail", answered), answered


def told(status: int, message: object, path: str = "/api/public/v1/activities") -> Answered:
    body = {"message": message} if isinstance(message, str) else message
    return Answered(status, body, method="POST", path=path)


IN_OTHER_WORDS = [
    ("authorization-missing", told(401, "Authorization Header Missing")),
    ("sign-in-refused", told(401, "Invalid user name or password", "/api/public/v1/authentication")),
    ("user-key-refused", told(401, "")),
    ("advisors-forbidden", told(403, "User Forbidden from Updating servicing_advisor_id, writing_advisor_id")),
    ("forbidden", told(403, "You may not do this")),
    ("photo-missing", told(404, None, "/api/public/v1/contacts/501/photo")),
    ("wrong-address", told(404, "Not Found", "/crm/v1/rest/contacts")),
    ("not-found", told(404, "Couldn't find Crm::Contact with id=5")),
    ("name-blank", told(422, "Company name can't be blank")),
    ("field-blank", told(422, "Category can't be blank, Subject can't be blank")),
    ("amount", told(422, "Projected revenue is not a number")),
    ("amount", told(422, "Probability must be between 0 and 100")),
    ("invalid", told(422, {"message": "Invalid outcome", "expected_outcomes": ["Won", "Lost"]})),
    ("bad-request", told(400, "Bad Request")),
    ("bad-request", told(400, {"error": "no"})),
    ("too-many", told(429, None)),
    ("server", told(500, {"error": "no"})),
    ("server", told(502, "<html>Bad gateway</html>")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answered"), IN_OTHER_WORDS)
def test_the_same_in_other_words_is_known(name: str, answered: Answered) -> None:
    assert name == name_of("redtail", answered)


def test_every_entry_has_a_case() -> None:
    tested = {*PLAYED, *(name for name, _ in IN_OTHER_WORDS)}
    assert tested == {entry.name for entry in book_of("redtail").entries}
