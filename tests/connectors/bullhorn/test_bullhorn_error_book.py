"""Bullhorn's error book: what the sandbox answers, and the same in other words, is known for what it is."""

from __future__ import annotations

import pytest
from error_books import Asked, answer, book_of, name_of

from appconnect.connectors.bullhorn.sandbox.sign_in import CLIENT
from appconnect.error_book import Answered

AUTH = "https://auth-east.bullhornstaffing.com/oauth"
REST = "https://rest-east.bullhornstaffing.com/rest-services"
APP = {"client_id": CLIENT.id, "client_secret": CLIENT.secret}
BAD_LOGIN = f"?client_id={CLIENT.id}&response_type=code&action=Login&username=rae.quill&password=no"


def token(**form: str) -> Asked:
    return Asked(f"POST {AUTH}/token", {"data": {**APP, **form}}, signed=False)


def note(**fields: object) -> Asked:
    body = {"action": "Outbound Call", "comments": "x", "personReference": {"id": 105}, **fields}
    return Asked("PUT /entity/Note", {"json": body})


PLAYED = {
    "refresh-token-used": token(grant_type="refresh_token", refresh_token="no"),
    "code-invalid": token(grant_type="authorization_code", code="no"),
    "client-invalid": token(grant_type="refresh_token", client_secret="no"),
    "grant-type": token(grant_type="password"),
    "password-page": Asked(f"GET {AUTH}/authorize{BAD_LOGIN}", signed=False),
    "client-id-page": Asked(f"GET {AUTH}/authorize?client_id=no&response_type=code", signed=False),
    "redirect-page": Asked(f"GET {AUTH}/authorize?client_id={CLIENT.id}&redirect_uri=https://no.test/", signed=False),
    "login-page": Asked(f"GET {AUTH}/authorize?client_id={CLIENT.id}&response_type=code", signed=False),
    "wrong-data-centre": Asked("GET https://auth.bullhornstaffing.com/oauth/authorize?client_id=x", signed=False),
    "access-token-invalid": Asked(f"POST {REST}/login?version=*&access_token=no", signed=False),
    "user-unknown": Asked("GET https://rest.bullhornstaffing.com/rest-services/loginInfo?username=no", signed=False, toggles={"unknown_login_refused": True}),
    "session-ended": Asked("GET /ping", {"headers": {"BhRestToken": "no"}}, signed=False),
    "no-session": Asked("GET /ping", signed=False),
    "entitlement": Asked("GET /entity/Lead/108?fields=id", toggles={"leads_hidden": True}),
    "not-found": Asked("GET /entity/Candidate/999999?fields=id"),
    "bad-search": Asked("GET /search/Candidate?fields=id&query=(name:x"),
    "search-entity": Asked("GET /search/CorporateUser?fields=id&query=id:1"),
    "query-indexed": Asked("GET /query/Candidate?fields=id&where=id=1"),
    "where-field": Asked("GET /query/CorporateUser?fields=id&where=nonsense=1"),
    "where-malformed": Asked("GET /query/CorporateUser?fields=id&where=id="),
    "all-fields": Asked("GET /entity/Candidate/105?fields=*"),
    "field-unknown": note(nonsense=1),
    "property-missing": Asked("PUT /entity/Note", {"json": {"action": "x"}}),
    "read-only": note(dateLastModified=1),
    "too-long": note(action="x" * 31),
    "value-invalid": note(minutesSpent="long"),
    "reference": note(personReference={"id": 999999}),
    "note-action": Asked("PUT /entity/Note", note(action="Nothing known").more, toggles={"actions_enforced": True}),
    "too-many": Asked("GET /settings/userId", plan="tiny", times=40),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAYED)
async def test_what_the_sandbox_answers_is_known(name: str) -> None:
    answered = await answer("bullhorn", PLAYED[name])
    assert name == name_of("bullhorn", answered), answered


def told(
    status: int, message: str = "", key: str = "", path: str = "/rest-services/e1/entity/Note"
) -> Answered:
    body = {"errorMessage": message, "errorMessageKey": key, "errorCode": status} if message else None
    return Answered(status, body, method="POST", path=path)


def page(title: str, status: int = 200) -> Answered:
    return Answered(status, f"<html><title>{title}</title>", method="GET", path="/oauth/authorize")


def oauth(error: str, description: str, status: int = 400) -> Answered:
    body = {"error": error, "error_description": description}
    return Answered(status, body, method="POST", path="/oauth/token")


IN_OTHER_WORDS = [
    ("refresh-token-used", oauth("invalid_grant", "Invalid, expired, or revoked refresh token.")),
    ("code-invalid", oauth("invalid_grant", "Invalid, expired, or revoked authorization code.")),
    ("client-invalid", oauth("invalid_client", "Client authentication failed.", 401)),
    ("client-id-page", page("Bullhorn OAuth Error - Invalid Client Id", 400)),
    ("login-page", page("Terms of use")),
    ("password-page", page('x</title><p class="error">No such user</p>')),
    ("access-token-invalid", told(400, "Invalid or expired OAuth access token.", "errors.internalError", "/rest-services/login")),
    ("session-ended", told(401, "Bad 'BhRestToken' or timed-out.", "errors.authentication.invalidRestToken")),
    ("session-ended", told(401, "Invalid or expired BhRestToken. Please login again.", "errors.auth.unauthorized")),
    ("unauthorized", told(401)),
    ("no-session", told(412)),
    ("entitlement", told(403, "User lacks required entitlement: Add Note", "errors.auth.forbidden")),
    ("bad-association", told(404, "Candidate has no such association", "errors.invalidAssociation")),
    ("not-found", told(404, "BillableCharge with ID 99999 not found", "errors.entity.notFound")),
    ("method", told(405)),
    ("not-json", told(406)),
    ("removed", told(410)),
    ("all-fields", told(400, "You are not authorized to request all fields.", "errors.allFieldsNotAllowed")),
    ("field-unknown", told(400, "Field 'invalidField' does not exist on entity BillableCharge", "errors.entity.invalidField")),
    ("field-unknown-500", told(500, "Invalid field 'clientCorporation'")),
    ("property-missing", told(400, "Required field 'description' is missing", "errors.entity.missingRequired")),
    ("where-field", told(400, "Where clause 'isDeleted' is not a valid field name")),
    ("where-malformed", told(400, "malformed where clause")),
    ("query-indexed", told(400, "Query operation not supported for Note, please use /search call instead.")),
    ("bad-request", told(400, "No.", "errors.other")),
    ("bad-request", told(400)),
    ("too-many", told(429, "Rate limit exceeded. Please retry after 1 second.", "errors.rateLimit.exceeded")),
    ("too-many", told(429)),
    ("maintenance", told(503)),
    ("server-error", told(500, "An internal server error occurred.", "errors.server.internal")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answered"), IN_OTHER_WORDS)
def test_the_same_in_other_words_is_known(name: str, answered: Answered) -> None:
    assert name == name_of("bullhorn", answered)


def test_every_entry_has_a_case() -> None:
    tested = {*PLAYED, *(name for name, _ in IN_OTHER_WORDS)}
    assert tested == {entry.name for entry in book_of("bullhorn").entries}
