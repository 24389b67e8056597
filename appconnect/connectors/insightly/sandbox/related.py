"""What hangs on a record: links, activities, tags, dates, comments, files, pictures, followers."""

from __future__ import annotations

import base64
import email.message
import email.policy

from starlette.requests import Request
from starlette.responses import Response

from appconnect.connectors.insightly.sandbox.answers import answer
from appconnect.connectors.insightly.sandbox.database import OF, folded
from appconnect.connectors.insightly.sandbox.records import Records
from appconnect.connectors.insightly.sandbox.schema import (
    COMMENT,
    FILE,
    LINKABLE,
    NOTE,
    SCHEMA,
    Entity,
)
from appconnect.sandbox.base import Json, JsonObject, read_json


class Related(Records):
    """The handlers of the addresses below one record."""

    # -- links --

    async def links(self, entity: Entity, request: Request) -> Response:
        """Return the links of a record."""
        number = self.parent(entity, request)
        return answer([*self.database.links(entity, number)])

    async def add_link(self, entity: Entity, request: Request) -> Response:
        """Link a record to a readable one; object names are singular, in any case."""
        number = self.parent(entity, request)
        fields = self.checked(SCHEMA["Link"], await read_json(request))
        spelled, target = fields.pop("LINK_OBJECT_NAME", None), fields.pop("LINK_OBJECT_ID", None)
        to = LINKABLE.get(spelled.lower()) if isinstance(spelled, str) else None
        if to is None or not isinstance(target, int):
            raise self.refusal(400, "Data validation error: LINK_OBJECT_NAME or LINK_OBJECT_ID is not valid.")
        self.record(to, target)
        if self.toggles["links_merge"]:
            for link in self.database.links(entity, number):
                if (folded(link["LINK_OBJECT_NAME"]), link["LINK_OBJECT_ID"]) == (to.name.lower(), target):
                    return answer(link, 201)
        echoed = str(spelled) if self.toggles["links_echo_case"] else ""
        return answer(self.database.link(entity, number, to, target, spelled=echoed, **fields), 201)

    async def change_link(self, entity: Entity, request: Request) -> Response:
        """Change role, details and relationship of a link, whose id is in the body."""
        number, body = self.parent(entity, request), await read_json(request)
        fields = self.checked(SCHEMA["Link"], body)
        wanted = str(body.get("LINK_ID")) if isinstance(body, dict) else ""
        link = next(
            (each for each in self.database.links(entity, number) if str(each["LINK_ID"]) == wanted), None
        )
        if link is None:
            raise self.refusal(404, "Record not found.")
        kept = {key: fields[key] for key in fields if not key.startswith("LINK_OBJECT")}
        return answer(self.database.change_link(entity, number, link, kept))

    async def delete_link(self, entity: Entity, request: Request) -> Response:
        """Delete a link: 202 without a body."""
        number = self.parent(entity, request)
        if not self.database.unlink(entity, number, request.path_params["linkid"]):
            raise self.refusal(404, "Record not found.")
        return Response(status_code=202)

    # -- activities --

    async def activities(self, activity: Entity, entity: Entity, request: Request) -> Response:
        """Return the events, tasks, notes or emails that are linked to a record."""
        found = self.visible(activity, self.database.linked(activity, entity, self.parent(entity, request)))
        return self.page(request, activity, self.updated_after(request, found))

    async def add_note(self, entity: Entity, request: Request) -> Response:
        """Add a note that is linked to a record."""
        parent = self.parent(entity, request)
        number = self.added(NOTE, await read_json(request), self.user_id(request))
        self.database.link(NOTE, number, entity, parent)
        return answer(self.shown(NOTE, self.record(NOTE, number)), 201)

    async def change_note(self, entity: Entity, request: Request) -> Response:
        """Change a note of a record; its id is in the body."""
        parent, body = self.parent(entity, request), await read_json(request)
        number = self.sent_id(NOTE, body)
        if self.record(NOTE, number) not in self.database.linked(NOTE, entity, parent):
            raise self.refusal(404, "Record not found.")
        return await self.change(NOTE, request)

    # -- lists within a record --

    async def parts(self, field: str, entity: Entity, request: Request) -> Response:
        """Return a record's dates, tags or email domains."""
        return answer(self.record(entity, request.path_params["id"])[field])

    async def set_parts(self, field: str, entity: Entity, request: Request) -> Response:
        """Replace a record's dates, tags or email domains by the list, or the one, that was sent."""
        number, body = self.parent(entity, request), await read_json(request)
        parts = self.parts_of(
            field, body if isinstance(body, list) else [body], self.record(entity, number)[field]
        )
        self.database.change(entity, number, {field: parts})
        return answer(parts)

    async def children(self, child: Entity, entity: Entity, request: Request) -> Response:
        """Return the parts of a record, such as the milestones of a project."""
        return answer(self._children(child, entity, self.parent(entity, request)))

    async def add_child(self, child: Entity, entity: Entity, request: Request) -> Response:
        """Add a part to a record; all of them are answered."""
        number, body = self.parent(entity, request), await read_json(request)
        self.added(child, body, self.user_id(request), **{entity.id_field: number})
        return answer(self._children(child, entity, number), 201)

    async def add_member(self, child: Entity, entity: Entity, request: Request) -> Response:
        """Add a member to a team; it alone is answered."""
        number, body = self.parent(entity, request), await read_json(request)
        added = self.added(child, body, self.user_id(request), **{entity.id_field: number})
        return answer(self.shown(child, self.record(child, added)), 201)

    async def change_child(self, child: Entity, entity: Entity, request: Request) -> Response:
        """Change a part of a record, whose id is in the body; all parts are answered."""
        number, body = self.parent(entity, request), await read_json(request)
        self._child(child, entity, number, self.sent_id(child, body))
        self.changed(child, self.sent_id(child, body), body)
        return answer(self._children(child, entity, number))

    async def delete_child(self, child: Entity, entity: Entity, request: Request) -> Response:
        """Delete a part of a record, or a member of a team."""
        number = self.parent(entity, request)
        last = next(value for name, value in request.path_params.items() if name != "id")
        return self.deleted(child, self._child(child, entity, number, last))

    def _children(self, child: Entity, entity: Entity, number: int) -> list[Json]:
        found = self.database.records[child.name].having((entity.id_field, str(number)))
        return [self.shown(child, row) for row in found]

    def _child(self, child: Entity, entity: Entity, number: int, wanted: int) -> int:
        if str(self.record(child, wanted).get(entity.id_field)) != str(number):
            raise self.refusal(404, "Record not found.")
        return wanted

    # -- comments, files, pictures --

    async def comments(self, entity: Entity, request: Request) -> Response:
        """Return the comments on a record."""
        return self._belonging(COMMENT, entity, request)

    async def add_comment(self, entity: Entity, request: Request) -> Response:
        """Comment on a record; a list of the one comment is answered."""
        of = {OF: f"{entity.name} {self.parent(entity, request)}"}
        number = self.added(COMMENT, await read_json(request), self.user_id(request), **of)
        return answer([self.shown(COMMENT, self.record(COMMENT, number))], 201)

    async def files(self, entity: Entity, request: Request) -> Response:
        """Return what is known of the files of a record."""
        return self._belonging(FILE, entity, request)

    async def add_file(self, entity: Entity, request: Request) -> Response:
        """Attach a file, the first one of a form (multipart/form-data)."""
        of, sent = f"{entity.name} {self.parent(entity, request)}", await _file_of(request)
        if sent is None:
            raise self.refusal(400, "Data validation error: a file in multipart/form-data is expected.")
        name, kind, content = sent
        fields: JsonObject = {"FILE_NAME": name, "CONTENT_TYPE": kind, "FILE_SIZE": len(content)}
        kept = {OF: of, "content": base64.b64encode(content).decode()}
        number = self.added(FILE, fields, self.user_id(request), **kept)
        self.database.change(FILE, number, {"URL": f"/FileAttachments/{number}"})
        return answer(self.shown(FILE, self.record(FILE, number)), 201)

    async def content(self, entity: Entity, request: Request) -> Response:
        """Return a file itself."""
        row = self.record(entity, request.path_params["id"])
        return Response(base64.b64decode(str(row.get("content", ""))), media_type=str(row["CONTENT_TYPE"]))

    async def picture(self, entity: Entity, request: Request) -> Response:
        """Return the picture of a record, or of one of its fields."""
        held = self.database.images.get(self._picture(entity, request))
        if held is None:
            raise self.refusal(404, "Record not found.")
        return Response(base64.b64decode(str(held["content"])), media_type="application/octet-stream")

    async def set_picture(self, entity: Entity, request: Request) -> Response:
        """Keep the picture that was sent; a list of its one record is answered."""
        of = self._picture(entity, request)
        self.database.images.put({OF: of, "content": base64.b64encode(await request.body()).decode()})
        return answer([self.shown(entity, self.record(entity, request.path_params["id"]))], 201)

    async def delete_picture(self, entity: Entity, request: Request) -> Response:
        """Forget a picture."""
        await self.picture(entity, request)
        self.database.images.remove(self._picture(entity, request))
        return Response(status_code=202)

    def _picture(self, entity: Entity, request: Request) -> str:
        return f"{entity.name} {self.parent(entity, request)} {request.path_params.get('fieldname', '')}"

    def _belonging(self, kind: Entity, entity: Entity, request: Request) -> Response:
        of = f"{entity.name} {self.parent(entity, request)}"
        found = self.database.records[kind.name].having((OF, of.lower()))
        return self.page(request, kind, self.updated_after(request, found))

    # -- followers --

    async def following(self, entity: Entity, request: Request) -> Response:
        """Tell whether the user follows a record."""
        return answer({"FOLLOWING": self._follow(entity, request) in self.database.follows})

    async def follow(self, entity: Entity, request: Request) -> Response:
        """Follow a record."""
        user, number = self.user_id(request), self.parent(entity, request)
        self.database.follows.put(
            {OF: self._follow(entity, request), "user": user, "RECORD_TYPE": entity.name, "RECORD_ID": number}
        )
        return answer({"FOLLOWING": True}, 201)

    async def unfollow(self, entity: Entity, request: Request) -> Response:
        """Follow a record no more."""
        if (of := self._follow(entity, request)) not in self.database.follows:
            raise self.refusal(404, "Record not found.")
        self.database.follows.remove(of)
        return Response(status_code=202)

    def _follow(self, entity: Entity, request: Request) -> str:
        return f"{self.user_id(request)} {entity.name} {self.parent(entity, request)}"

    def parent(self, entity: Entity, request: Request) -> int:
        """Return the id of the record that the path names; 403 or 404 when it cannot be read."""
        return self.number_of(entity, self.record(entity, request.path_params["id"]))


async def _file_of(request: Request) -> tuple[str, str, bytes] | None:
    """Return name, content type and content of the first file in a form; None without one."""
    head = f"content-type: {request.headers.get('content-type', '')}\r\n\r\n".encode("latin-1", "replace")
    form = email.message_from_bytes(head + await request.body(), policy=email.policy.HTTP)
    for part in form.iter_parts() if form.is_multipart() else ():
        content = part.get_payload(decode=True)
        if (name := part.get_filename()) and isinstance(content, bytes):
            return name, part.get_content_type(), content
    return None
