"""Users, which exist in v1 only. Source: https://developers.pipedrive.com/docs/api/v1/Users."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, ok
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.database import COMPANY_ID, DOMAIN, RAE_ID
from appconnect.connectors.pipedrive.sandbox.interface import shaped
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler
from appconnect.sandbox.base import Json


def me(request: ApiRequest) -> Response:
    """GET /v1/users/me: the user behind the token, and the company."""
    assert request.operation.answer is not None
    return ok(
        shaped(request.operation.answer, _shown(request, request.database.users[request.user]))
        | {
            "company_id": COMPANY_ID,
            "company_name": "Acme",
            "company_domain": DOMAIN,
            "company_country": "PT",
            "company_industry": None,
            "language": {"language_code": "en", "country_code": "US"},
        }
    )


def find(request: ApiRequest) -> Response:
    """GET /v1/users/find: by a part of the name, or of the e-mail address."""
    assert request.operation.answer is not None
    term = str(request.query["term"]).casefold()
    where = "email" if request.query.get("search_by_email") == 1 else "name"
    rows = [row for row in request.database.users.values() if term in str(row[where]).casefold()]
    return ok([shaped(request.operation.answer, _shown(request, row)) for row in rows])


def _user(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    if before is not None:
        return sent
    email, now = str(sent["email"]), request.database.time_v1()
    known: Row = {"name": email.partition("@")[0], "email": email, "created": now, "modified": now}
    return known | {"active_flag": sent.get("active_flag", True)}


def _shown(request: ApiRequest, row: Row) -> Row:
    access: Json = [{"app": "sales", "admin": row["id"] == request.user, "permission_set_id": None}]
    return row | {
        "is_you": row["id"] == request.user,
        "timezone_offset": _offset(str(row["timezone_name"]), request.database.clock.now()),
        "access": access,
        "activated": bool(row["active_flag"]),
        "has_created_company": row["id"] == RAE_ID,
    }


def _offset(zone: str, moment: datetime) -> str:
    """Return the offset at a moment: "+00:00" in a Lisbon winter, "+01:00" in summer."""
    text = f"{moment.astimezone(ZoneInfo(zone)):%z}"
    return f"{text[:3]}:{text[3:]}"


USERS = Collection(
    "/v1/users", "users", "user", RAE_ID, gone="", prepare=_user, show=_shown,
    missing="User not found or not accessible.",
)  # fmt: skip
HANDLERS: dict[str, Handler] = {
    **USERS.handlers,
    "GET /v1/users/me": me,
    "GET /v1/users/find": find,
}
