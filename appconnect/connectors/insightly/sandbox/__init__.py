"""A sandbox of Insightly: API key over Basic, exact search in one field, 10 requests a second.

https://api.na1.insightly.com/v3.1/#!/Overview/Introduction
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import cache, partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from appconnect.connectors.insightly.sandbox.database import Database
from appconnect.connectors.insightly.sandbox.guide import GUIDE
from appconnect.connectors.insightly.sandbox.people import PEOPLE
from appconnect.connectors.insightly.sandbox.sales import Sales
from appconnect.connectors.insightly.sandbox.schema import (
    EMAIL,
    ENTITIES,
    EVENT,
    FILE,
    NOTE,
    PARTS_OF_OTHERS,
    TASK,
    TEAM_MEMBER,
    VEHICLE,
    Entity,
)
from appconnect.connectors.insightly.sandbox.seed import contact, seed
from appconnect.sandbox.base import Guide, not_played
from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.coverage import shape_of
from appconnect.sandbox.records import Table

ROOT = "/v3.1"
Handler = Callable[[Entity, Request], Awaitable[Response]]
NUMBERS = re.compile(r"\{(id|linkid|milestoneid|permissionid|childentityid)\}")
"""The parameters of paths that are whole numbers."""
OTHER_VERSIONS = re.compile(r"/v(2(\.\d)?|3\.0)/")
"""Those that published clients still call, with other records (CONTACTINFOS) and other rules."""


class InsightlySandbox(Sales):
    """Insightly's API v3.1, as described, as documented and as tried out without a key."""

    people_tables = PEOPLE

    def routes(self) -> list[BaseRoute]:
        """Return the routes, in lower case; Insightly takes paths in any case.

        They are those of the vendor's operations for which there is a handler here: of one kind of operation
        for all collections, or of a single one.
        """
        return [*self._singles(), *self._of_collections(), *self._of_unknown_objects()]

    def _singles(self) -> Iterator[BaseRoute]:
        handlers: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "/users/me": self.me,
            "/instance": self.instance,
            "/permissions": self.permissions,
            "/tags": self.tags,
            "/follows": self.follows,
            "/fileattachments/{id:int}": partial(self.content, FILE),
            "/customfields/{objectname}": self.custom_fields,
            "/customfields/{objectname}/search": self.custom_field,
            "/customobjects/{customobjectname}": self.custom_object,
        }
        yield from (self.route(path, handler) for path, handler in handlers.items())

    def _of_collections(self) -> Iterator[BaseRoute]:
        entities, kinds = {entity.path: entity for entity in ENTITIES}, self._kinds()
        for operation in self.operations():
            name, below, typed = _placed(self.rewrite(operation.path))
            handler = kinds.get(f"{operation.method} {below}".strip())
            if handler is not None and name in entities:
                yield self.route(typed, partial(handler, entities[name]), operation.method)

    def _of_unknown_objects(self) -> Iterator[BaseRoute]:
        for operation in self.operations():
            if operation.path.startswith(f"{ROOT}/{{"):
                path = self.rewrite(operation.path).removeprefix(ROOT)
                yield self.route(path, self.nothing_here, operation.method)

    def _kinds(self) -> Mapping[str, Handler]:
        """Return the handlers by method and what stands behind the collection's name."""
        kinds: dict[str, Handler] = {
            "GET": self.all_of, "POST": self.create, "PUT": self.change, "DELETE": self.delete_named,
            "GET search": self.search, "GET searchbytag": self.by_tag,
            "GET {}": self.one, "DELETE {}": self.delete,
            "GET {}/links": self.links, "POST {}/links": self.add_link, "PUT {}/links": self.change_link,
            "DELETE {}/links/{}": self.delete_link,
            "POST {}/notes": self.add_note, "PUT {}/notes": self.change_note,
            "POST {}/teammembers": partial(self.add_member, TEAM_MEMBER),
            "DELETE {}/teammembers/{}": partial(self.delete_child, TEAM_MEMBER),
            "GET {}/comments": self.comments, "POST {}/comments": self.add_comment,
            "GET {}/fileattachments": self.files, "POST {}/fileattachments": self.add_file,
            "GET {}/follow": self.following, "POST {}/follow": self.follow, "DELETE {}/follow": self.unfollow,
            "PUT {}/pipeline": self.set_pipeline, "DELETE {}/pipeline": self.leave_pipeline,
            "PUT {}/pipelinestage": self.set_pipeline, "PUT {}/statechange": self.set_state,
            "GET {}/statehistory": self.states, "POST {}/activitysetassignment": self.assign,
            "GET {}/linkemailaddress": self.mailbox, "PUT {}/pricebook": self.set_pricebook,
            "POST {}/merge": self.merge, "GET {}/translations/{}": self.translation,
            "PUT {}/translations/{}": self.translate, "POST {}/translations/{}": self.translate,
        }  # fmt: skip
        for part in PARTS_OF_OTHERS:
            kinds[f"GET {{}}/{part.path}"] = partial(self.children, part)
            kinds[f"POST {{}}/{part.path}"] = partial(self.add_child, part)
            kinds[f"PUT {{}}/{part.path}"] = partial(self.change_child, part)
            kinds[f"DELETE {{}}/{part.path}/{{}}"] = partial(self.delete_child, part)
        for field in ("dates", "tags", "emaildomains"):
            kinds[f"GET {{}}/{field}"] = partial(self.parts, field.upper())
            kinds[f"PUT {{}}/{field}"] = partial(self.set_parts, field.upper())
        for activity in (EVENT, TASK, NOTE, EMAIL):
            kinds[f"GET {{}}/{activity.path}"] = partial(self.activities, activity)
        for field in ("image", "imagefield/{}"):
            kinds[f"GET {{}}/{field}"] = self.picture
            kinds[f"PUT {{}}/{field}/{{}}"] = self.set_picture
            kinds[f"DELETE {{}}/{field}"] = self.delete_picture
        return kinds

    def seed(self) -> None:
        """Fill the database."""
        self.database = Database(self.clock, self.ids)
        seed(self.database)
        self._limits = {}

    def tables(self) -> Mapping[str, Table]:
        """Return what is kept between runs."""
        return self.database.tables()

    def add_person(self, person: CastMember) -> None:
        """Add a contact."""
        contact(self.database, person, PHONE=person.phone)

    def guide(self) -> Guide:
        """Return what the index page shows."""
        return GUIDE

    @staticmethod
    def rewrite(path: str) -> str:
        """Turn the path into lower case."""
        return path.lower()

    def unrouted(self, request: Request, status: int) -> Response:
        """Return 404, or 405 for an unknown collection, which Insightly takes for a custom object."""
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if OTHER_VERSIONS.match(path):
            return not_played(f"{request.method} {path}: only version 3.1 is played")
        if status == 405 or path.count("/") == 2:
            return self.error(405, f"The requested resource does not support http method '{request.method}'.")
        return self.error(404, "No HTTP resource was found that matches the request URI.")


@cache
def _placed(path: str) -> tuple[str, str, str]:
    """Return the collection that a path is in, the shape of what stands below it, and the route's path."""
    below_root = path.removeprefix(ROOT)
    collection, _, below = below_root.removeprefix("/").partition("/")
    name = VEHICLE.path if collection == "{objectname}" else collection
    return name, shape_of(below), NUMBERS.sub(r"{\1:int}", below_root.replace(collection, name, 1))
