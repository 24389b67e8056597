"""Pipedrive's error book: what the sandbox answers, and the same in other words, is known for what it is."""

from __future__ import annotations

import httpx
import pytest
from error_books import Asked, answer, book_of, name_of

from appconnect.connectors.pipedrive.sandbox.sign_in import CLIENT
from appconnect.error_book import Answered

OAUTH = "https://oauth.pipedrive.com/oauth/token"


ACTIVITY = {"subject": "Call", "type": "call"}
PLAYED = {
    "refresh-token-invalid": Asked(f"POST {OAUTH}", {"data": {"grant_type": "refresh_token", "refresh_token": "1:2:no"}}),
    "code-invalid": Asked(f"POST {OAUTH}", {"data": {"grant_type": "authorization_code", "code": "no", "redirect_uri": "http://127.0.0.1:53682/callback"}}),
    "client-missing": Asked(f"POST {OAUTH}", {"data": {"grant_type": "refresh_token"}}, signed=False),
    "client-invalid": Asked(f"POST {OAUTH}", {"data": {"grant_type": "refresh_token", "client_id": "x", "client_secret": "y"}}, signed=False),
    "redirect-uri": Asked(f"POST {OAUTH}", {"data": {"grant_type": "authorization_code", "code": "x", "redirect_uri": "nowhere"}}),
    "grant-type": Asked(f"POST {OAUTH}", {"data": {"x": "y"}}),
    "token-form": Asked(f"POST {OAUTH}", {"json": {"grant_type": "refresh_token"}}),
    "token-parameter-missing": Asked(f"POST {OAUTH}", {"data": {"grant_type": "refresh_token"}}),
    "authorization-malformed": Asked("GET /v1/users/me", {"headers": {"Authorization": "Sesame"}}, signed=False),
    "unauthorized": Asked("GET /v1/users/me", signed=False),
    "company-closed": Asked("GET /v1/users/me", toggles={"company_closed": True}),
    "cloudflare-block": Asked("GET /v1/users/me", plan="tiny", times=40, toggles={"cloudflare_for_oauth": True}),
    "leads-off": Asked("GET /v1/leads", toggles={"leads_feature": False}),
    "scope": Asked("GET /v1/webhooks"),
    "contact-sync": Asked("POST /api/v2/persons", {"json": {"name": "Ada", "job_title": "Welder"}}),
    "lead-not-found": Asked("GET /v1/leads/11111111-2222-4333-8444-555555555555"),
    "not-found": Asked("GET /api/v2/persons/999999"),
    "gone": Asked("POST /v1/persons", {"json": {"name": "Ada"}}, toggles={"v1_gone": True}),
    "person-id-read-only": Asked("POST /api/v2/activities", {"json": {**ACTIVITY, "person_id": 501}}),
    "unknown-parameter": Asked("POST /api/v2/activities", {"json": {**ACTIVITY, "private": True}}),
    "search-term": Asked("GET /api/v2/persons/search?term=1"),
    "deal-and-lead": Asked("POST /api/v2/activities", {"json": {**ACTIVITY, "deal_id": 901, "lead_id": "00000000-0000-4000-8000-000000000001"}}),
    "wrong-type": Asked("POST /api/v2/activities", {"json": {**ACTIVITY, "deal_id": "12"}}),
    "bad-time": Asked("POST /api/v2/activities", {"json": {**ACTIVITY, "due_time": "noon"}}),
    "field-missing": Asked("POST /api/v2/persons", {"json": {}}),
    "reference-not-found": Asked("POST /api/v2/activities", {"json": {**ACTIVITY, "participants": [{"person_id": 99999}]}}),
    "burst": Asked("GET /v1/users/me", plan="tiny", times=6),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAYED)
async def test_what_the_sandbox_answers_is_known(name: str) -> None:
    asked = PLAYED[name]
    if asked.signed and asked.request.endswith(OAUTH):
        more = {**asked.more, "headers": {"Authorization": _basic()}}
        asked = Asked(asked.request, more, signed=False)
    answered = await answer("pipedrive", asked)
    assert name == name_of("pipedrive", answered), answered


async def test_the_field_that_needs_contact_sync_is_named() -> None:
    answered = await answer("pipedrive", PLAYED["contact-sync"])
    found = book_of("pipedrive").find(answered)
    assert found is not None
    assert "job_title" == found[1]["field"]


def _basic() -> str:
    request = httpx.Request("POST", OAUTH)
    return next(httpx.BasicAuth(CLIENT.id, CLIENT.secret).auth_flow(request)).headers["Authorization"]


def told(status: int, body: object, path: str = "/api/v2/activities", **headers: str) -> Answered:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answered(status, body, names, method="POST", path=path)


TOKEN = "/oauth/token"
IN_OTHER_WORDS = [
    ("refresh-token-invalid", told(400, {"message": "Invalid grant: refresh_token is invalid", "error": "invalid_grant"}, TOKEN)),
    ("code-expired", told(400, {"message": "Invalid grant: `authorization_code` has expired"}, TOKEN)),
    ("code-expired", told(400, {"message": "invalid grant: authorization_code has expired"}, TOKEN)),
    ("code-invalid", told(400, {"message": "Invalid grant: authorization_code is invalid"}, TOKEN)),
    ("client-invalid", told(400, {"error": "invalid_client", "message": "no"}, TOKEN)),
    ("redirect-uri", told(400, {"message": "Invalid request: `redirect_uri` is invalid"}, TOKEN)),
    ("access-token-expired", told(401, {"error": "Invalid token: access_token is invalid"})),
    ("access-token-expired", told(401, {"error": "invalid token: access_token has expired"})),
    ("unauthorized", told(401, {"success": False, "error": "unauthorized access", "errorCode": 401})),
    ("unauthorized", told(401, "")),
    ("company-closed", told(402, {"error": "Trial expired"})),
    ("scope", told(403, {"error": "Scope and URL mismatch"}, "/v1/users")),
    ("feature-cap", told(403, {"error": "Couldn't add the deal. Open deals limit reached.", "code": "feature_capping_deals_limit"})),
    ("feature-cap", told(403, {"error": "Limit.", "code": "feature_capping_custom_fields_limit"})),
    ("entity-cap", told(403, {"error": "Couldn't add. Limit reached."})),
    ("cloudflare-block", told(403, "<html><title>Attention Required! | Cloudflare</title></html>")),
    ("forbidden", told(403, {"error": "You do not have permissions to do this."})),
    ("not-found", told(404, {"error": "User not found or not accessible."}, "/v1/users/5")),
    ("method", told(405, {"error": "Method not allowed"})),
    ("feature-off", told(415, {"error": "Feature not enabled"})),
    ("webhook-limit", told(422, {"error": "Webhook limit reached."}, "/v1/webhooks")),
    ("person-id-read-only", told(400, {"error": "'person_id' is a read-only field. Add a primary participant to set 'person_id' instead.", "code": "ERR_BAD_REQUEST"})),
    ("unknown-parameter", told(400, {"error": "Validation failed: private: Parameter 'private' is not allowed for this request"})),
    ("search-term", told(400, {"error": 'Invalid input: "term" is not allowed to be empty'}, "/api/v2/persons/search")),
    ("wrong-type", told(400, {"error": "Validation failed", "error_info": "owner_id must be a number"})),
    ("wrong-type", told(400, {"error": "Validation failed: deal_id: Expected number, received string"})),
    ("bad-time", told(400, {"error": "Validation failed: due_time: This value is not a valid datetime."})),
    ("schema", told(400, {"error": "Validation failed: name: odd", "code": "ERR_SCHEMA_VALIDATION_FAILED"})),
    ("bad-request", told(400, {"error": "Bad request"})),
    ("daily-budget", told(429, {"error": "request over limit"}, x_daily_ratelimit_token_remaining="0")),
    ("burst", told(429, {"error": "Request over limit"}, x_daily_ratelimit_token_remaining="29000")),
    ("burst", told(429, "")),
    ("maintenance", told(503, "Service Unavailable")),
    ("not-implemented", told(501, None)),
    ("server-error", told(500, {"error": "Internal error"})),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answered"), IN_OTHER_WORDS)
def test_the_same_in_other_words_is_known(name: str, answered: Answered) -> None:
    assert name == name_of("pipedrive", answered)


def test_every_entry_has_a_case() -> None:
    tested = {*PLAYED, *(name for name, _ in IN_OTHER_WORDS)}
    assert tested == {entry.name for entry in book_of("pipedrive").entries}


def test_what_is_no_error_of_pipedrive_is_not_known() -> None:
    assert "" == name_of("pipedrive", told(418, {"error": "teapot"}))
    assert "" == name_of("pipedrive", told(200, {"success": True}))


def test_the_field_is_named() -> None:
    _, found = book_of("pipedrive").find(IN_OTHER_WORDS[22][1]) or (None, {})
    assert {"field": "private"} == dict(found)
