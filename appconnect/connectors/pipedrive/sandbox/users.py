"""Users and activity types, which exist in v1 only. Source: https://developers.pipedrive.com/docs/api/v1/Users."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, not_found, ok
from appconnect.connectors.pipedrive.sandbox.database import COMPANY_ID, DOMAIN
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest
from appconnect.sandbox.base import Json


def me(request: ApiRequest) -> Response:
    """GET /v1/users/me: the user behind the token, and the company."""
    return ok(
        _shown(request, request.database.users[request.user])
        | {
            "company_id": COMPANY_ID,
            "company_name": "Acme",
            "company_domain": DOMAIN,
            "company_country": "PT",
            "company_industry": None,
            "language": {"language_code": "en", "country_code": "US"},
        }
    )


def users(request: ApiRequest) -> Response:
    """GET /v1/users: all of them at once, the inactive and deleted too."""
    return ok([_shown(request, row) for row in request.database.users.values()])


def user(request: ApiRequest) -> Response:
    """GET /v1/users/{id}."""
    row = request.database.users.get(request.id)
    if row is None:
        raise not_found("User not found or not accessible.")
    return ok(_shown(request, row))


def activity_types(request: ApiRequest) -> Response:
    """GET /v1/activityTypes: all of them, the inactive too."""
    types: list[Json] = list(request.database.activity_types.values())
    return ok(types)


def _shown(request: ApiRequest, row: Row) -> Row:
    access: Json = [{"app": "sales", "admin": row["id"] == request.user, "permission_set_id": None}]
    return row | {
        "is_you": row["id"] == request.user,
        "timezone_offset": _offset(str(row["timezone_name"]), request.database.clock.now()),
        "access": access,
    }


def _offset(zone: str, moment: datetime) -> str:
    """Return the offset at a moment: "+00:00" in a Lisbon winter, "+01:00" in summer."""
    text = f"{moment.astimezone(ZoneInfo(zone)):%z}"
    return f"{text[:3]}:{text[3:]}"
