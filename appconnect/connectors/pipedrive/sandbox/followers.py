"""Who follows a deal, a person or an organization, in v1 and v2.

Source: https://developers.pipedrive.com/docs/api/v1/Deals, "followers".
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_request, not_found, ok, spaced_text
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.interface import OPERATIONS, shaped
from appconnect.connectors.pipedrive.sandbox.persons import ORGANIZATIONS, PERSONS
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Event, Handler, answer_page
from appconnect.connectors.pipedrive.sandbox.sales import DEALS
from appconnect.connectors.pipedrive.sandbox.users import USERS
from appconnect.sandbox.base import Json


@dataclass(frozen=True)
class Followers:
    """The followers of records of one type."""

    followed: Collection

    @property
    def handlers(self) -> dict[str, Handler]:
        """The handlers of v1 and v2."""
        found: dict[str, Handler] = {}
        for version in ("/v1", "/api/v2"):
            base = f"{version}/{self.followed.table}/{{id}}/followers"
            found |= {
                f"GET {base}": self.listed, f"POST {base}": self.add,
                f"DELETE {base}/{{follower_id}}": self.remove,
            }  # fmt: skip
        return found

    def listed(self, request: ApiRequest) -> Response:
        """GET …/followers."""
        return _listed(request, self._rows(request))

    def add(self, request: ApiRequest) -> Response:
        """POST …/followers: a user who follows already is no error."""
        user = request.sent["user_id"]
        if not isinstance(user, int) or user not in request.database.users:
            raise bad_request(f"user_id {user} was not found.")
        row = next((each for each in self._rows(request) if each["user_id"] == user), None)
        return ok(_shown(request, row or self._new(request, user)), request.operation.status)

    def remove(self, request: ApiRequest) -> Response:
        """DELETE …/followers/{follower_id}: v1 takes the number of the following, v2 the user's."""
        by, number = "user_id" if request.operation.strict else "id", request.number("follower_id")
        row = next((each for each in self._rows(request) if each[by] == number), None)
        if row is None:
            raise not_found()
        request.database.followers.remove(int(str(row["id"])))
        self._note(request, "removed", row["user_id"])
        return ok(_shown(request, row))

    def _rows(self, request: ApiRequest) -> list[Row]:
        self.followed.found(request)
        here: Json = [self.followed.entity, request.id]
        rows = request.database.followers.values()
        return [row for row in rows if [row["entity"], row["record_id"]] == here]

    def _new(self, request: ApiRequest, user: int) -> Row:
        link = {"deal": "deal_id", "person": "person_id", "organization": "org_id"}[self.followed.entity]
        number = request.database.next_id("followers")
        row: Row = {"id": number, "entity": self.followed.entity, "record_id": request.id, link: request.id}
        self._note(request, "added", user)
        return request.database.followers.put(row | {"user_id": user, "add_time": request.database.now})

    def _note(self, request: ApiRequest, action: str, user: Json) -> None:
        what = f"{self.followed.entity} followers"
        request.events.append(Event(what, request.id, {"action": action, "follower_user_id": user}))


def _shown(request: ApiRequest, row: Row) -> Row:
    assert request.operation.answer is not None
    time = row["add_time"] if request.operation.strict else spaced_text(str(row["add_time"]))
    return shaped(request.operation.answer, row | {"add_time": time})


def _listed(request: ApiRequest, rows: list[Row]) -> Response:
    return answer_page(request, [_shown(request, row) for row in rows])


def of_user(request: ApiRequest) -> Response:
    """GET …/users/{id}/followers: nobody follows a user here."""
    USERS.found(request)
    return _listed(request, [])


HANDLERS: dict[str, Handler] = {
    name: handler
    for followed in (DEALS, PERSONS, ORGANIZATIONS)
    for name, handler in Followers(followed).handlers.items()
    if name in OPERATIONS
}
