"""What opportunities, projects and whole accounts have of their own."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from appconnect.connectors.insightly.sandbox.answers import answer
from appconnect.connectors.insightly.sandbox.database import OF, objects
from appconnect.connectors.insightly.sandbox.related import Related
from appconnect.connectors.insightly.sandbox.schema import (
    ACTIVITY_SET,
    CUSTOM_OBJECT,
    ENTITIES,
    LINKED,
    PIPELINE,
    SCHEMA,
    STAGE,
    STATE_REASON,
    USER,
    Entity,
)
from appconnect.connectors.insightly.sandbox.seed import INSTANCE
from appconnect.sandbox.base import JsonObject, read_json

STATES = ("OPEN", "WON", "LOST", "ABANDONED", "SUSPENDED")


class Sales(Related):
    """The handlers of pipelines, states, activity sets, and of what the account says of itself."""

    # -- pipelines and states --

    async def set_pipeline(self, entity: Entity, request: Request) -> Response:
        """Move a record to a pipeline, or to a stage of its own; the change is answered in a list."""
        number = self.parent(entity, request)
        change = self.checked(SCHEMA["PipelineChange"], await read_json(request))
        inner = change.get("PIPELINE_STAGE_CHANGE")
        stage = inner.get("STAGE_ID") if isinstance(inner, dict) else None
        pipeline = change.get("PIPELINE_ID") or self.record(entity, number)["PIPELINE_ID"]
        if not isinstance(pipeline, int) or pipeline not in self.database.records[PIPELINE.name]:
            raise self.refusal(400, "Data validation error: PIPELINE_ID is not valid.")
        found = self.database.records[STAGE.name].get(stage) if isinstance(stage, int) else None
        if stage is not None and (found is None or found["PIPELINE_ID"] != pipeline):
            raise self.refusal(400, "Data validation error: STAGE_ID is not valid.")
        self.database.change(entity, number, {"PIPELINE_ID": pipeline, "STAGE_ID": stage})
        return answer([{"PIPELINE_ID": pipeline, "PIPELINE_STAGE_CHANGE": inner}])

    async def leave_pipeline(self, entity: Entity, request: Request) -> Response:
        """Take a record out of its pipeline."""
        self.database.change(entity, self.parent(entity, request), {"PIPELINE_ID": None, "STAGE_ID": None})
        return Response(status_code=202)

    async def set_state(self, entity: Entity, request: Request) -> Response:
        """Win, lose, suspend or open an opportunity again."""
        number = self.parent(entity, request)
        fields = self.checked(SCHEMA["OpportunityState"], await read_json(request))
        state, reason = fields.get("FOR_OPPORTUNITY_STATE"), fields.get("STATE_REASON_ID")
        if not isinstance(state, str) or state.upper() not in STATES:
            raise self.refusal(400, "Data validation error: FOR_OPPORTUNITY_STATE is not valid.")
        named = self.database.records[STATE_REASON.name].get(reason) if isinstance(reason, int) else None
        changed: JsonObject = {
            "OPPORTUNITY_ID": number,
            "DATE_CHANGED_UTC": self.database.stamp(),
            "FOR_OPPORTUNITY_STATE": state.upper(),
            "STATE_REASON_ID": reason,
            "STATE_REASON": named["STATE_REASON"] if named else None,
        }
        self.database.change(entity, number, {"OPPORTUNITY_STATE": state.upper()})
        self.database.states.put({**changed, OF: self.database.next_id("State")})
        return answer(changed)

    async def states(self, entity: Entity, request: Request) -> Response:
        """Return the states that an opportunity was given, oldest first."""
        number, names = self.parent(entity, request), SCHEMA["OpportunityState"].fields
        rows = (row for row in self.database.states.values() if row["OPPORTUNITY_ID"] == number)
        return answer([{name: row[name] for name in names} for row in rows])

    async def assign(self, entity: Entity, request: Request) -> Response:
        """Assign an activity set to a record; the assignment is answered."""
        self.parent(entity, request)
        fields = self.checked(SCHEMA["ActivitySetAssignment"], await read_json(request))
        if fields.get("ACTIVITYSET_ID") not in self.database.records[ACTIVITY_SET.name]:
            raise self.refusal(404, "Record, Activity Set or Activities not found.")
        return answer({**SCHEMA["ActivitySetAssignment"].blank(), **fields}, 201)

    async def set_pricebook(self, entity: Entity, request: Request) -> Response:
        """Let a record take its prices from a price book; it is answered in a list."""
        number = self.parent(entity, request)
        change = self.checked(SCHEMA["PricebookChange"], await read_json(request))
        if change.get("PRICEBOOK_ID") is None:
            raise self.refusal(400, "Data validation error: PRICEBOOK_ID is not valid.")
        self.database.change(entity, number, change)
        return answer([self.shown(entity, self.record(entity, number))])

    async def merge(self, entity: Entity, request: Request) -> Response:
        """Merge a ticket into the one with a number, which is answered in a list; it is no more."""
        number = self.parent(entity, request)
        fields = self.checked(SCHEMA["TicketMerge"], await read_json(request))
        wanted = str(fields.get("TARGET_TICKET_NUMBER"))
        target = next(iter(self.database.records[entity.name].having(("TICKET_NUMBER", wanted))), None)
        if target is None or target[entity.id_field] == number:
            raise self.refusal(400, "Data validation error: TARGET_TICKET_NUMBER is not valid.")
        self.database.records[entity.name].remove(number)
        return answer([self.shown(entity, target)])

    async def translation(self, entity: Entity, request: Request) -> Response:
        """Return a record in a language: a list of the one, or of none."""
        number, language = self.parent(entity, request), request.path_params["language"]
        found = self.database.translations.get(f"{entity.name} {number} {language}")
        return answer([] if found is None else [self.shown(entity, found)])

    async def translate(self, entity: Entity, request: Request) -> Response:
        """Keep a record in a language; a list of the one is answered."""
        number, language = self.parent(entity, request), request.path_params["language"]
        fields = self.checked(entity.record, await read_json(request), entity)
        of = f"{entity.name} {number} {language}"
        before = self.database.translations.get(of, self.record(entity, number))
        kept = self.database.translations.put({**before, "Language": language, **fields, OF: of})
        return answer([self.shown(entity, kept)], 201)

    async def mailbox(self, entity: Entity, request: Request) -> Response:
        """Return the address that links an email to a record."""
        number = self.parent(entity, request)
        return answer({"EMAIL": f"{entity.name.lower()}-{number}@mailbox.acme-sandbox.example"})

    # -- the account --

    async def me(self, request: Request) -> Response:
        """Return the user whose key was sent."""
        return answer(self.shown(USER, self.record(USER, self.user_id(request))))

    async def instance(self, request: Request) -> Response:
        """Return the account."""
        return answer({**INSTANCE, "PLAN_NAME": self.plan.title()})

    async def permissions(self, request: Request) -> Response:
        """Return what the user may do with each type of record."""
        allowed: JsonObject = dict.fromkeys(("CAN_READ", "CAN_CREATE", "CAN_EDIT", "CAN_DELETE"), True)
        return answer({
            "PERMISSIONS_STATE": "ENABLED",
            "OBJECT_PERMISSIONS": [
                {"OBJECT_TYPE": each.name, "PERMISSIONS_STATE": "ENABLED", **allowed} for each in LINKED
            ],
        })  # fmt: skip

    async def tags(self, request: Request) -> Response:
        """Return the tags of one type of record."""
        entity = self._record_type(request.query_params.get("record_type", ""))
        found = {str(tag["TAG_NAME"]) for row in self.visible(entity) for tag in objects(row.get("TAGS"))}
        rows: list[JsonObject] = [{"TAG_NAME": name} for name in sorted(found)]
        return self.listed(request, self.part_of(request, rows), len(rows))

    async def follows(self, request: Request) -> Response:
        """Return what the user follows."""
        wanted, user = request.query_params.get("record_type", ""), self.user_id(request)
        name = self._record_type(wanted).name if wanted else ""
        rows = [row for row in self.database.follows.values() if row["user"] == user]
        rows = [row for row in rows if name in ("", row["RECORD_TYPE"])]
        page = [
            {key: row[key] for key in ("RECORD_TYPE", "RECORD_ID")} for row in self.part_of(request, rows)
        ]
        return self.listed(request, page, len(rows))

    def _record_type(self, name: str) -> Entity:
        for entity in ENTITIES:
            if name.lower() in (entity.name.lower(), entity.path):
                return entity
        raise self.refusal(400, "Missing or invalid parameter: record_type.")

    async def custom_fields(self, request: Request) -> Response:
        """Return the custom fields of one type of record; its name is singular."""
        return answer([*self._fields_of(request)])

    async def custom_field(self, request: Request) -> Response:
        """Return one custom field."""
        wanted = request.query_params.get("fieldName")
        if wanted is None:
            raise self.refusal(400, "Missing or invalid parameter: fieldName is required.")
        found = next((each for each in self._fields_of(request) if each["FIELD_NAME"] == wanted), None)
        if found is None:
            raise self.refusal(404, "Record not found.")
        return answer(found)

    def _fields_of(self, request: Request) -> list[JsonObject]:
        wanted = request.path_params["objectname"]
        entity = next((each for each in ENTITIES if each.name.lower() == wanted), None)
        if entity is None or "CUSTOMFIELDS" not in entity.record.fields:
            raise self.refusal(400, "Data validation error: unknown object name.")
        return self.database.custom_fields.get(entity.name, [])

    async def custom_object(self, request: Request) -> Response:
        """Return one of the types of record that the account made itself."""
        wanted = request.path_params["customobjectname"]
        for name, row in self.database.records[CUSTOM_OBJECT.name].items():
            if str(name).lower() == wanted:
                return answer(self.shown(CUSTOM_OBJECT, row))
        raise self.refusal(404, "Record not found.")

    async def nothing_here(self, request: Request) -> Response:
        """Answer for a collection that may be one of the account's own, and is not."""
        return self.unrouted(request, 404)
