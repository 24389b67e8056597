"""The fields of deals, persons, organizations, activities, leads and notes, as v1 and v2 describe them.

The fields that every company has are those of the records' descriptions; the others are custom: made by POST,
with a key of 40 hexadecimal digits. Source: https://developers.pipedrive.com/docs/api/v1/PersonFields.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_request, not_found, ok, spaced
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.database import Database, objects
from appconnect.connectors.pipedrive.sandbox.interface import OPERATIONS
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.schema import Field

RECORDS = {
    "deal": "GET /api/v2/deals/{id}", "person": "GET /api/v2/persons/{id}",
    "organization": "GET /api/v2/organizations/{id}",
    "activity": "GET /api/v2/activities/{id}",
    "lead": "GET /v1/leads/{id}", "note": "GET /v1/notes/{id}",
}  # fmt: skip
"""Entity → the operation whose answer has its fields."""
TYPES = {
    "phones": "phone", "owner_id": "user", "creator_user_id": "user", "user_id": "user",
    "person_id": "people",
    "org_id": "org", "label_ids": "set", "visible_to": "visible_to", "pipeline_id": "pipeline",
    "stage_id": "stage", "status": "status", "value": "monetary", "content": "text", "deal_id": "deal",
    "lead_id": "lead", "note": "text", "address": "address", "location": "address",
    "postal_address": "address",
}  # fmt: skip
BY_SCHEMA = {"integer": "int", "number": "double", "boolean": "boolean", "date": "date", "date-time": "date"}
V1_KEYS = {
    "person": {"phones": "phone", "emails": "email"},
    "deal": {"owner_id": "user_id", "label_ids": "label"},
}
"""Fields that v1 calls otherwise, by entity."""
WITH_OPTIONS = {"enum", "set"}
FLAGS = (
    "active_flag", "index_visible_flag", "details_visible_flag", "add_visible_flag", "bulk_edit_allowed",
    "searchable_flag", "filtering_allowed", "sortable_flag",
)  # fmt: skip


def seed_fields(database: Database) -> None:
    """Add the fields that every company has."""
    for entity, name in RECORDS.items():
        answer = OPERATIONS[name].answer
        for order, known in enumerate(answer.fields.values() if answer else (), 1):
            if known.name != "custom_fields":
                row = _field(database, entity, _title(known.name), _type(known), order)
                database.fields.put(row | {"key": known.name, "is_custom_field": False, "edit_flag": False})


def _title(name: str) -> str:
    """Return "Owner" for "owner_id", "Add time" for "add_time"."""
    return name.removesuffix("_id").removesuffix("_ids").replace("_", " ").capitalize()


def _type(known: Field) -> str:
    return TYPES.get(known.name) or BY_SCHEMA.get(known.type, "varchar")


def _field(database: Database, entity: str, name: str, field_type: str, order: int) -> Row:
    now = database.time_v1()
    return {
        "id": database.next_id("fields", 12_001), "entity": entity, "name": name, "order_nr": order,
        "field_type": field_type, "options": [], "add_time": now, "update_time": now, "description": None,
        "important_flag": False, "mandatory_flag": False, "is_subfield": False, "subfields": [],
        **dict.fromkeys(FLAGS, True),
    }  # fmt: skip


class Fields(Collection):
    """The fields of one entity; v1 finds them by number, v2 by key."""

    def present(self, request: ApiRequest) -> list[Row]:
        """Return the entity's fields."""
        return [row for row in super().present(request) if row["entity"] == self.entity]

    def found(self, request: ApiRequest, *, reading: bool = False) -> Row:
        """Return the field of the path; only custom ones can be changed."""
        wanted: Json = request.path.get("field_code") or request.id
        by = "key" if "field_code" in request.path else "id"
        row = next((row for row in self.present(request) if row[by] == wanted), None)
        if row is None:
            raise not_found()
        if not reading and not self.may_go(row):
            raise bad_request(f"The field {row['key']} cannot be changed.")
        return row

    def may_go(self, row: Row) -> bool:
        """Return True for a custom field."""
        return bool(row["is_custom_field"])

    def key(self, request: ApiRequest) -> int | str:
        """Return the number of the field in the path."""
        return int(str(self.found(request)["id"]))

    def create(self, request: ApiRequest) -> Response:
        """POST …: a custom field."""
        name = str(request.sent.get("field_name", request.sent.get("name")))
        row = _field(
            request.database,
            self.entity,
            name,
            str(request.sent["field_type"]),
            len(self.present(request)) + 1,
        )
        options = objects(request.sent.get("options"))
        if bool(options) is not (row["field_type"] in WITH_OPTIONS):
            raise bad_request("options: fields of type enum and set have options, others have none.")
        code = hashlib.sha1(f"{self.entity} {row['id']}".encode(), usedforsecurity=False).hexdigest()
        made: Row = {
            "key": code,
            "is_custom_field": True,
            "edit_flag": True,
            "created_by_user_id": request.user,
        }
        row |= made | _told(request.sent) | {"options": list(_with_ids(request, options))}
        return self.answer(request, request.database.fields.put(row))

    def shape(self, request: ApiRequest, row: Row) -> Row:
        """Return a field as v1 or v2 names its parts."""
        if not request.operation.strict:
            names = V1_KEYS.get(self.entity, {})
            return row | {"key": names.get(str(row["key"]), row["key"])}
        return {
            "field_name": row["name"], "field_code": row["key"], "field_type": row["field_type"],
            "options": row["options"] or None, "subfields": row["subfields"] or None,
            "is_custom_field": row["is_custom_field"], "is_optional_response_field": False,
            "description": row["description"],
            **{name: row.get(name) for name in ("ui_visibility", "important_fields", "required_fields")},
        }  # fmt: skip

    # -- options --

    def add_options(self, request: ApiRequest) -> Response:
        """POST …/options."""
        row = self._with_options(request)
        added = _with_ids(request, list(request.bodies))
        return self._optioned(request, row, [*objects(row["options"]), *added], added)

    def change_options(self, request: ApiRequest) -> Response:
        """PATCH …/options: by their ids."""
        row = self._with_options(request)
        sent = {body["id"]: body for body in request.bodies if isinstance(body["id"], int)}
        self._check_options(row, sent)
        changed = [option | sent.get(_id(option), {}) for option in objects(row["options"])]
        return self._optioned(request, row, changed, [each for each in changed if each["id"] in sent])

    def delete_options(self, request: ApiRequest) -> Response:
        """DELETE …/options: by their ids."""
        row = self._with_options(request)
        sent = {body["id"]: body for body in request.bodies if isinstance(body["id"], int)}
        self._check_options(row, sent)
        gone = [option for option in objects(row["options"]) if option["id"] in sent]
        left = [option for option in objects(row["options"]) if option["id"] not in sent]
        return self._optioned(request, row, left, gone)

    def _with_options(self, request: ApiRequest) -> Row:
        row = self.found(request, reading=True)
        if row["field_type"] not in WITH_OPTIONS:
            raise bad_request(f"The field {row['key']} has no options.")
        return row

    def _check_options(self, row: Row, sent: dict[int, JsonObject]) -> None:
        if unknown := sent.keys() - {_id(option) for option in objects(row["options"])}:
            raise bad_request(f"options: {min(unknown)} was not found.")

    def _optioned(
        self, request: ApiRequest, row: Row, options: list[JsonObject], answered: list[JsonObject]
    ) -> Response:
        request.database.fields.change(int(str(row["id"])), {"options": list(options)})
        shown = [{name: option[name] for name in ("id", "label")} for option in answered]
        return ok(shown, request.operation.status, additional_data=None)


def _id(option: JsonObject) -> int:
    return int(str(option["id"]))


def _with_ids(request: ApiRequest, options: list[JsonObject]) -> list[JsonObject]:
    return [
        {"id": request.database.next_id("options"), "label": str(option.get("label", "")), "color": None}
        for option in options
    ]


def _told(sent: Row) -> Row:
    """Return what is kept of a body beside name, type and options."""
    names = {"ui_visibility", "important_fields", "required_fields", "description", "add_visible_flag"}
    return {name: value for name, value in sent.items() if name in names}


def _changed(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    name = sent.get("field_name", sent.get("name"))
    options: Row = {}
    if "options" in sent and before is not None:
        options = {"options": _merged(request, objects(before["options"]), objects(sent["options"]))}
    return _told(sent) | ({} if name is None else {"name": name}) | options


def _merged(request: ApiRequest, before: list[JsonObject], sent: list[JsonObject]) -> Json:
    """Return the options that v1 is sent: those with a known id keep it."""
    known = {option["id"] for option in before if isinstance(option["id"], int)}
    kept = [option for option in sent if isinstance(option.get("id"), int) and option["id"] in known]
    return [*kept, *_with_ids(request, [option for option in sent if option not in kept])]


def _shape(request: ApiRequest, row: Row) -> Row:
    return BY_ENTITY[str(row["entity"])].shape(request, row)


def _fields(entity: str) -> Fields:
    return Fields(
        f"/v1/{entity}Fields",
        "fields",
        entity,
        gone="active_flag",
        prepare=_changed,
        show=_shape,
        time=spaced,
    )


BY_ENTITY = {entity: _fields(entity) for entity in RECORDS}


def _handlers(fields: Fields) -> Iterator[tuple[str, Handler]]:
    v2 = f"/api/v2/{fields.entity}Fields"
    one, options = f"{v2}/{{field_code}}", f"{v2}/{{field_code}}/options"
    yield from fields.handlers.items()
    yield from {
        f"GET {v2}": fields.listed, f"POST {v2}": fields.create, f"GET {one}": fields.read,
        f"PATCH {one}": fields.change, f"DELETE {one}": fields.delete,
        f"POST {options}": fields.add_options, f"PATCH {options}": fields.change_options,
        f"DELETE {options}": fields.delete_options,
    }.items()  # fmt: skip


HANDLERS: dict[str, Handler] = {
    name: handler
    for fields in BY_ENTITY.values()
    for name, handler in _handlers(fields)
    if name in OPERATIONS
}
