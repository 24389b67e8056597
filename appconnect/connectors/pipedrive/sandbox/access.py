"""Who may see and do what. The company has one role, and everybody sees everything.

Source: https://developers.pipedrive.com/docs/api/v1/Users, "permissions" and "roles".
"""

from __future__ import annotations

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, ok
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.persons import ORGANIZATIONS, PERSONS
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler, answer_page
from appconnect.connectors.pipedrive.sandbox.sales import DEALS, LEADS
from appconnect.connectors.pipedrive.sandbox.users import USERS

ROLE: Row = {"parent_role_id": None, "name": "Acme", "role_id": 1, "active_flag": True, "type": "1"}
VISIBILITY, ACCESS_LEVEL = 3, 1


def _permitted(of: Collection) -> Handler:
    """Return the handler of …/permittedUsers: the active users."""

    def permitted(request: ApiRequest) -> Response:
        of.found(request)
        users = request.database.users.values()
        return ok([row["id"] for row in users if row["active_flag"] and not row["is_deleted"]])

    return permitted


def permissions(request: ApiRequest) -> Response:
    """GET /v1/users/{id}/permissions: all to Rae, who is the admin; to others what needs no admin."""
    user = USERS.found(request)
    answer = request.operation.answer
    admin = user["id"] == request.user
    return ok({name: admin or "custom_fields" not in name for name in (answer.fields if answer else ())})


def role_assignments(request: ApiRequest) -> Response:
    """GET /v1/users/{id}/roleAssignments."""
    return answer_page(request, [ROLE | {"user_id": USERS.found(request)["id"]}])


def role_settings(request: ApiRequest) -> Response:
    """GET /v1/users/{id}/roleSettings: records are seen by the whole company."""
    USERS.found(request)
    names = request.operation.answer.fields if request.operation.answer else ()
    return ok({name: VISIBILITY if name.endswith("visibility") else ACCESS_LEVEL for name in names})


HANDLERS: dict[str, Handler] = {
    "GET /v1/deals/{id}/permittedUsers": _permitted(DEALS),
    "GET /v1/persons/{id}/permittedUsers": _permitted(PERSONS),
    "GET /v1/organizations/{id}/permittedUsers": _permitted(ORGANIZATIONS),
    "GET /v1/leads/{id}/permittedUsers": _permitted(LEADS),
    "GET /v1/users/{id}/permissions": permissions,
    "GET /v1/users/{id}/roleAssignments": role_assignments,
    "GET /v1/users/{id}/roleSettings": role_settings,
}
