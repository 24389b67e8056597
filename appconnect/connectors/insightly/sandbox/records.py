"""What every collection does: list, search, read, create, change, delete."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from appconnect.connectors.insightly.sandbox.answers import answer, etag_of
from appconnect.connectors.insightly.sandbox.base import InsightlyBase
from appconnect.connectors.insightly.sandbox.database import field_value, folded, objects
from appconnect.connectors.insightly.sandbox.schema import (
    CHOSEN,
    EVENT,
    LEAD,
    LEAD_SOURCE,
    LEAD_STATUS,
    SCHEMA,
    TEAM,
    TEAM_MEMBER,
    Entity,
)
from appconnect.sandbox.base import Json, JsonObject, read_json

PARTS = {
    "DATES": ("Date", "DATE_ID"),
    "TAGS": ("Tag", ""),
    "EMAILDOMAINS": ("EmailDomain", "EMAIL_DOMAIN_ID"),
}
"""Lists within a record: what they hold, and its id. They are sent with it, or to an address of their own."""


class Records(InsightlyBase):
    """The handlers of a collection and of one record in it."""

    async def all_of(self, entity: Entity, request: Request) -> Response:
        """Return a list of records; it ignores updated_after_utc."""
        return self.page(request, entity, self.visible(entity))

    async def search(self, entity: Entity, request: Request) -> Response:
        """Return the records with an exact value in one field, or changed since a moment."""
        query = request.query_params
        if ("field_name" in query) != ("field_value" in query):
            raise self.refusal(
                400, "Missing or invalid parameter: field_name and field_value belong together."
            )
        if "field_name" in query:
            rows = self.having(entity, query["field_name"], query["field_value"])
        else:
            rows = self.visible(entity)
        return self.page(request, entity, self.updated_after(request, rows))

    def having(self, entity: Entity, name: str, value: str) -> list[JsonObject]:
        """Return the records with a value in a standard or custom field."""
        if entity is EVENT and not self.toggles["event_search"]:
            raise self.refusal(400, f"Missing or invalid parameter: {name.upper()} is no search field.")
        known = entity.field(name)
        custom = {str(each["FIELD_NAME"]) for each in self.database.custom_fields.get(entity.name, [])}
        if known is None and name not in custom:
            raise self.refusal(400, f"Missing or invalid parameter: {name} is no field.")
        table = self.database.records[entity.name]
        is_indexed = value != "" and (known is None or known.type == "text")
        name = known.name if known else name
        found = table.having((name, folded(value))) if is_indexed else table.values()
        return self.visible(entity, [row for row in found if self.matches(field_value(row, name), value)])

    async def by_tag(self, entity: Entity, request: Request) -> Response:
        """Return the records with a tag."""
        tag = request.query_params.get("tagName", "")
        if not tag:
            raise self.refusal(400, "Missing or invalid parameter: tagName is required.")
        found = self.database.records[entity.name].having(("TAGS", folded(tag)))
        return self.page(request, entity, self.visible(entity, found))

    async def one(self, entity: Entity, request: Request) -> Response:
        """Return one record."""
        return answer(self.shown(entity, self.record(entity, request.path_params["id"])))

    async def create(self, entity: Entity, request: Request) -> Response:
        """Add a record: 201 with all its fields."""
        number = self.added(entity, await read_json(request), self.user_id(request))
        return answer(self.shown(entity, self.record(entity, number)), 201)

    def added(self, entity: Entity, body: Json, user: int, **more: Json) -> int:
        """Add a record that was sent by a user; return its id."""
        fields = self._with_parts(self.checked(entity.record, body, entity), {})
        if entity is LEAD and self.toggles["lead_defaults"]:
            fields = {**self._lead_defaults(), **fields}
        owner = {name: user for name in ("OWNER_USER_ID", "CREATED_USER_ID") if name in entity.record.fields}
        row: JsonObject = {**owner, **fields, **more}
        self.complete(entity.record, {**entity.record.blank(), **row})
        members = self._members(entity, row)
        number = self.database.add(entity, row)
        self._set_members(number, members)
        return number

    def _lead_defaults(self) -> JsonObject:
        """Return the source and the status that a lead gets without one: those marked so."""
        return {
            entity.id_field: self.number_of(entity, row)
            for entity, mark in ((LEAD_SOURCE, "DEFAULT_VALUE"), (LEAD_STATUS, "DEFAULT_STATUS"))
            for row in self.database.records[entity.name].values()
            if row[mark]
        }

    async def change(self, entity: Entity, request: Request) -> Response:
        """Change the fields that are sent; the id is in the body, If-Match is honoured."""
        body = await read_json(request)
        number = self.sent_id(entity, body)
        shown = self.shown(entity, self.record(entity, number))
        if (tag := request.headers.get("if-match")) and tag != etag_of(shown):
            raise self.refusal(400, f"If-Match header value {tag} is not valid.")
        self.changed(entity, number, body)
        status = 201 if self.toggles["put_answers_201"] else 200
        return answer(self.shown(entity, self.record(entity, number)), status)

    def changed(self, entity: Entity, number: int, body: Json) -> None:
        """Change the fields of a record that a body has."""
        before = self.record(entity, number)
        fields = self._with_parts(self.checked(entity.record, body, entity), before)
        if entity is EVENT and not self.toggles["partial_events"]:
            self.complete(entity.record, fields)
        self.complete(entity.record, {**before, **fields})
        self._set_members(number, self._members(entity, fields))
        self.database.change(entity, number, fields)

    def _with_parts(self, fields: JsonObject, before: JsonObject) -> JsonObject:
        """Return what was sent of a record with its lists as they are kept; other custom fields stay."""
        parts: JsonObject = {
            name: [*self.parts_of(name, fields[name], before.get(name))] for name in PARTS if name in fields
        }
        if "CUSTOMFIELDS" in fields:
            values = {
                each["FIELD_NAME"]: each
                for each in (*objects(before.get("CUSTOMFIELDS")), *objects(fields["CUSTOMFIELDS"]))
            }
            parts["CUSTOMFIELDS"] = [*values.values()]
        return {**fields, **parts}

    def parts_of(self, field: str, sent: Json, before: Json) -> list[Json]:
        """Return dates, tags or email domains as they are kept: each complete, a new one with an id."""
        kind, id_field = PARTS[field]
        known, parts = {part.get(id_field) for part in objects(before)}, list[Json]()
        for each in sent if isinstance(sent, list) else ():
            part = self.checked(SCHEMA[kind], each)
            self.complete(SCHEMA[kind], part)
            is_new = id_field and part.get(id_field) not in known
            numbered = {id_field: self.database.next_id(id_field)} if is_new else {}
            parts.append({**SCHEMA[kind].blank(), **part, **numbered})
        return parts

    def sent_id(self, entity: Entity, body: Json) -> int:
        """Return the id in a body; 400 without one."""
        number = body.get(entity.id_field) if isinstance(body, dict) else None
        if isinstance(number, str) and self.toggles["string_ids"] and number.isascii() and number.isdigit():
            return self.whole_number(number)
        if not isinstance(number, int) or isinstance(number, bool):
            raise self.refusal(400, f"Data validation error: {entity.id_field} is required.")
        return number

    async def delete(self, entity: Entity, request: Request) -> Response:
        """Delete a record: 202 without a body."""
        return self.deleted(entity, request.path_params["id"])

    async def delete_named(self, entity: Entity, request: Request) -> Response:
        """Delete the record whose id is in the query."""
        return self.deleted(entity, self.whole_number(request.query_params.get("id", "")))

    def deleted(self, entity: Entity, number: int) -> Response:
        """Delete a record and return the answer; 409 for a choice that a record has made."""
        self.record(entity, number)
        for chosen_by, field in CHOSEN.get(entity, ()):
            if self.database.records[chosen_by.name].having((field, str(number))):
                raise self.refusal(409, f"{entity.name} cannot be deleted because it is in use.")
        self.database.records[entity.name].remove(number)
        return Response(status_code=202)

    # -- the members of a team, which are sent with it --

    def _members(self, entity: Entity, fields: JsonObject) -> list[JsonObject] | None:
        """Take the members from what was sent of a team; None where none were."""
        sent = fields.pop("TEAMMEMBERS", None) if entity is TEAM else None
        if not isinstance(sent, list):
            return None
        members = [self.checked(TEAM_MEMBER.record, each) for each in sent]
        for member in members:
            self.complete(TEAM_MEMBER.record, member)
        return members

    def _set_members(self, team: int, members: list[JsonObject] | None) -> None:
        """Let a team have these members and no others."""
        if members is None:
            return
        for row in self.database.members(team):
            self.database.records[TEAM_MEMBER.name].remove(self.number_of(TEAM_MEMBER, row))
        for member in members:
            self.database.add(TEAM_MEMBER, {**member, TEAM.id_field: team})
