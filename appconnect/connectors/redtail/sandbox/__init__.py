"""A sandbox of Redtail: one permanent key per user, numeric ids, lists in pages of 50.

Redtail's documentation is a Postman collection, https://documenter.getpostman.com/view/7873823/SVzxXyzn
("TWAPI Documentation"). Texts of 401, 404, 422 and 429 beyond "Authorization header missing" are made up, as
is the refusal of incomplete activities; what is undocumented and matters to a connector is a toggle.
"""

from __future__ import annotations

from collections.abc import Callable

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from appconnect.connectors.redtail.sandbox.answers import (
    body_as,
    contact_with_parts,
    included,
    message,
    or_404,
    or_422,
    page,
    page_size,
    time_bound,
)
from appconnect.connectors.redtail.sandbox.database import (
    Database,
    has_email,
    has_number,
    only_digits,
    phone_row,
)
from appconnect.connectors.redtail.sandbox.guide import API, CREDENTIALS, GUIDE, TOGGLES
from appconnect.connectors.redtail.sandbox.limits import PER_SECOND, Limits
from appconnect.connectors.redtail.sandbox.schema import (
    ACTIVITY_CODES,
    ActivityBody,
    ContactBody,
    NoteBody,
    Phone,
)
from appconnect.connectors.redtail.sandbox.seed import RETIRED_CATEGORIES, seed
from appconnect.connectors.redtail.sandbox.sign_in import DATABASE_ID, authorization
from appconnect.sandbox.base import CrmSandbox, Guide, JsonObject, RefusedError

BASIC_FIELDS = (
    "id", "type", "first_name", "middle_name", "last_name", "full_name", "job_title", "created_at",
    "updated_at",
)  # fmt: skip
"""The fields of a contact in search_basic."""


class RedtailSandbox(CrmSandbox):
    """Redtail's API, as its documentation and its published clients describe it."""

    name, title = "redtail", "Redtail"
    hosts = (
        "crm.redtailtechnology.com",
        "smf.crm3.redtailtechnology.com",
        "review.crm.redtailtechnology.com",
    )
    plans = tuple(PER_SECOND)
    known_toggles = TOGGLES
    credentials = CREDENTIALS

    def routes(self) -> list[BaseRoute]:
        """Return the routes that connectors use."""
        one_contact, one_activity = "/contacts/{id:int}", "/activities/{id:int}"
        return [
            Route(API + "/authentication", self.authentication),
            Route(API + "/contacts", self.list_contacts),
            Route(API + "/contacts", self.create_contact, methods=["POST"]),
            Route(API + "/contacts/search_basic", self.search_basic),
            Route(API + "/contacts/search", self.search),
            Route(API + one_contact, self.read_contact),
            Route(API + one_contact, self.update_contact, methods=["PUT"]),
            Route(API + one_contact, self.delete_contact, methods=["DELETE"]),
            Route(API + one_contact + "/phones", self.list_phones),
            Route(API + one_contact + "/phones", self.add_phone, methods=["POST"]),
            Route(API + one_contact + "/notes", self.add_contact_note, methods=["POST"]),
            Route(API + "/activities", self.list_activities),
            Route(API + "/activities", self.create_activity, methods=["POST"]),
            Route(API + one_activity, self.read_activity),
            Route(API + one_activity, self.update_activity, methods=["PUT", "PATCH"]),
            Route(API + one_activity, self.delete_activity, methods=["DELETE"]),
            Route(API + one_activity + "/notes", self.add_activity_note, methods=["POST"]),
            Route(API + "/lists/categories", self.list_categories),
            Route(API + "/lists/activity_codes", self.list_activity_codes),
            Route(API + "/lists/database_users", self.list_users),
            Route(API + "/lists/database_users/{id:int}", self.read_user),
        ]

    def seed(self) -> None:
        """Fill the database."""
        self.database = Database(self.clock.now, self.ids)
        seed(self.database)
        self._limits: dict[str, Limits] = {}

    @property
    def limits(self) -> Limits:
        """The counter of the present plan."""
        if self.plan not in self._limits:
            self._limits[self.plan] = Limits(self.clock, self.plan)
        return self._limits[self.plan]

    def issued_secrets(self) -> list[str]:
        """Return the user keys."""
        return list(self.database.user_keys.values())

    def guide(self) -> Guide:
        """Return what the index page shows."""
        return GUIDE

    def unrouted(self, request: Request, status: int) -> Response:
        """Return 404; Rails has no 405."""
        return message(404, "Not Found")

    # -- signing in --

    async def authentication(self, request: Request) -> Response:
        """Answer API key, user name and password with the user key."""
        self.limits.count()
        user_id = self._admitted(authorization(request).user_by_password())
        if user_id is None:
            return message(401, "Invalid API key, username or password")
        answer: JsonObject = {
            "redtail_database_id": DATABASE_ID,
            "redtail_user_id": user_id,
            "user_key": self.database.user_keys[user_id],
        }
        return JSONResponse({"authenticated_user": answer} if self.toggles["sign_in_envelope"] else answer)

    def _signed_in(self, request: Request) -> int:
        """Return the user's id; end the request with 401 without a valid sign-in."""
        self.limits.count()
        sent = authorization(request)
        by_key = sent.user_by_key(self.database.user_keys, bare=self.toggles["bare_authorization"])
        user_id = self._admitted(sent.user_by_password() or by_key)
        if user_id is None:
            raise RefusedError(message(401, "Invalid API key or user key"))
        return user_id

    def _admitted(self, user_id: int | None) -> int | None:
        denied = user_id is not None and self.database.users[user_id]["deny_access"]
        return None if denied else user_id

    # -- contacts --

    async def list_contacts(self, request: Request) -> Response:
        """Return all contacts."""
        self._signed_in(request)
        shown = [contact_with_parts(each, request) for each in self.database.contacts_in_use()]
        return page(request, "contacts", shown, page_size(request))

    async def search_basic(self, request: Request) -> Response:
        """Search by ``phone_number`` or ``name``; return a few fields of each."""
        self._signed_in(request)
        hits = [each for each in self.database.contacts_in_use() if self._matches(each, request)]
        extra = included(request) if self.toggles["search_includes_phones"] else ()
        shown = [{key: each[key] for key in (*BASIC_FIELDS, *extra)} for each in hits]
        return page(request, "contacts", shown, page_size(request))

    async def search(self, request: Request) -> Response:
        """Search by several criteria; return all fields of each."""
        self._signed_in(request)
        hits = [each for each in self.database.contacts_in_use() if self._matches(each, request)]
        shown = [contact_with_parts(each, request) for each in hits]
        return page(request, "contacts", shown, page_size(request))

    def _matches(self, contact: JsonObject, request: Request) -> bool:
        checks: dict[str, Callable[[str], bool]] = {
            "phone_number": lambda text: self._has_number(contact, text),
            "name": lambda text: text.casefold() in str(contact["full_name"]).casefold(),
            "first_name": lambda text: text.casefold() == str(contact["first_name"]).casefold(),
            "last_name": lambda text: text.casefold() == str(contact["last_name"]).casefold(),
            "email": lambda text: has_email(contact, text),
            "type": lambda text: text == contact["type"],
            "category_id": lambda text: text == str(contact["category_id"]),
            "status_id": lambda text: text == str(contact["status_id"]),
        }
        asked = [checks[key](value) for key, value in request.query_params.items() if key in checks and value]
        return bool(asked) and all(asked)

    def _has_number(self, contact: JsonObject, text: str) -> bool:
        if self.toggles["strict_phone_search"] and not (text.isascii() and text.isdigit()):
            return False
        digits = only_digits(text)
        if len(digits) == 11 and digits.startswith("1") and not self.toggles["strict_phone_search"]:
            digits = digits[1:]
        return has_number(contact, digits, partly=self.toggles["partial_phone_search"])

    async def create_contact(self, request: Request) -> Response:
        """Add a contact: 201."""
        self._signed_in(request)
        body = await body_as(request, ContactBody)
        contact = or_422(lambda: self.database.write_contact(body))
        return JSONResponse({"contact": contact_with_parts(contact, request)}, 201)

    async def read_contact(self, request: Request) -> Response:
        """Return one contact."""
        self._signed_in(request)
        return JSONResponse({"contact": contact_with_parts(self._contact(request), request)})

    async def update_contact(self, request: Request) -> Response:
        """Change the fields that are sent."""
        self._signed_in(request)
        old, body = self._contact(request), await body_as(request, ContactBody)
        contact = or_422(lambda: self.database.write_contact(body, old))
        return self._put_answer({"contact": contact_with_parts(contact, request)})

    async def delete_contact(self, request: Request) -> Response:
        """Delete a contact: 204."""
        self._signed_in(request)
        self._contact(request)["deleted"] = True
        return Response(status_code=204)

    async def list_phones(self, request: Request) -> Response:
        """Return a contact's phones."""
        self._signed_in(request)
        phones = self._contact(request)["phones"]
        assert isinstance(phones, list)
        return page(request, "phones", phones)

    async def add_phone(self, request: Request) -> Response:
        """Add a phone to a contact."""
        self._signed_in(request)
        phones, body = self._contact(request)["phones"], await body_as(request, Phone)
        assert isinstance(phones, list)
        phones.append(phone_row(body.model_dump()))
        return JSONResponse({"phone": phones[-1]}, 201)

    def _contact(self, request: Request) -> JsonObject:
        return or_404(self.database.contact(request.path_params["id"]))

    # -- activities and notes --

    async def list_activities(self, request: Request) -> Response:
        """Return activities that begin between ``start_date`` and ``end_date``; days are inclusive."""
        self._signed_in(request)
        begin = time_bound(request, "start_date", "T00:00:00.000Z")
        end = time_bound(request, "end_date", "T23:59:59.999Z")
        chosen = [
            self._shown(each)
            for each in self.database.activities.values()
            if (not begin or begin <= str(each["start_date"])) and (not end or str(each["start_date"]) <= end)
        ]
        return page(request, "activities", chosen)

    async def create_activity(self, request: Request) -> Response:
        """Add an activity: 201."""
        user_id = self._signed_in(request)
        body = self._stored(await body_as(request, ActivityBody))
        activity = or_422(lambda: self.database.write_activity(body, user_id))
        return JSONResponse({"activity": self._shown(activity)}, 201)

    async def read_activity(self, request: Request) -> Response:
        """Return one activity."""
        self._signed_in(request)
        return JSONResponse({"activity": self._shown(self._activity(request))})

    async def update_activity(self, request: Request) -> Response:
        """Change the fields that are sent."""
        user_id = self._signed_in(request)
        if request.method == "PATCH" and not self.toggles["patch_like_put"]:
            return message(404, "Not Found")
        old, body = self._activity(request), self._stored(await body_as(request, ActivityBody))
        replace = self.toggles["attendees_replaced"]
        activity = or_422(lambda: self.database.write_activity(body, user_id, old, replace=replace))
        return self._put_answer({"activity": self._shown(activity)})

    async def delete_activity(self, request: Request) -> Response:
        """Delete an activity: 204."""
        self._signed_in(request)
        self._activity(request)
        del self.database.activities[request.path_params["id"]]
        return Response(status_code=204)

    async def add_activity_note(self, request: Request) -> Response:
        """Add a note to an activity; only one published client does so."""
        return await self._add_note(request, "Crm::Activity", self._activity)

    async def add_contact_note(self, request: Request) -> Response:
        """Add a note to a contact."""
        return await self._add_note(request, "Crm::Contact", self._contact)

    async def _add_note(self, request: Request, kind: str, find: Callable[[Request], JsonObject]) -> Response:
        user_id = self._signed_in(request)
        about: JsonObject = {"type": kind, "id": find(request)["id"]}
        body = await body_as(request, NoteBody)
        note = or_422(lambda: self.database.write_note(body, user_id, about))
        return JSONResponse({"note": note}, 201)

    def _activity(self, request: Request) -> JsonObject:
        return or_404(self.database.activity(request.path_params["id"]))

    def _stored(self, body: ActivityBody) -> ActivityBody:
        if self.toggles["html_rewritten"] and body.description:
            body.description = body.description.replace("<br>", "<br />")
        return body

    def _shown(self, activity: JsonObject) -> JsonObject:
        links = activity["linked_contacts"]
        assert isinstance(links, list)
        return {**activity, "linked_contacts": [self._named(link) for link in links]}

    def _named(self, link: JsonValue) -> JsonObject:
        assert isinstance(link, dict) and isinstance(link["contact_id"], int)
        if not self.toggles["names_in_activities"]:
            return link
        contact = self.database.contacts[link["contact_id"]]
        return {**link, "first_name": contact["first_name"], "last_name": contact["last_name"]}

    def _put_answer(self, body: JsonObject) -> Response:
        return Response(status_code=204) if self.toggles["put_answers_204"] else JSONResponse(body)

    # -- lists --

    async def list_categories(self, request: Request) -> Response:
        """Return the categories, retired ones too."""
        self._signed_in(request)
        rows = self._labelled(self.database.categories, RETIRED_CATEGORIES)
        if not self.toggles["categories_paged"]:
            return JSONResponse({"categories": rows})
        return page(request, "categories", rows)

    async def list_activity_codes(self, request: Request) -> Response:
        """Return the activity codes."""
        self._signed_in(request)
        return page(request, "activity_codes", self._labelled(ACTIVITY_CODES, set()))

    async def list_users(self, request: Request) -> Response:
        """Return the users of the database, those without access too."""
        self._signed_in(request)
        return page(request, "database_users", list(self.database.users.values()))

    async def read_user(self, request: Request) -> Response:
        """Return one user, as an object below the plural key."""
        self._signed_in(request)
        return JSONResponse({"database_users": or_404(self.database.users.get(request.path_params["id"]))})

    def _labelled(self, entries: dict[int, str], retired: set[int]) -> list[JsonValue]:
        label = "code" if self.toggles["labels_as_code"] else "name"
        return [{"id": key, label: text, "deleted": key in retired} for key, text in entries.items()]
