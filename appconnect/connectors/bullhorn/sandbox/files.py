"""Files of a record, which are records of their own: a candidate's are of CandidateFileAttachment.

https://bullhorn.github.io/rest-api-docs/#file
"""

from __future__ import annotations

import base64
import binascii
from pathlib import PurePath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appconnect.connectors.bullhorn.sandbox.answers import problem
from appconnect.connectors.bullhorn.sandbox.handlers import Handlers, not_found, number_of
from appconnect.sandbox.base import Json, JsonObject, RefusedError
from appconnect.sandbox.records import Table

HOLDERS = ("Candidate", "ClientContact", "ClientCorporation", "JobOrder", "Opportunity", "Placement")
NEEDED = ("externalID", "fileContent", "fileType", "name")
KEPT = (*NEEDED, "description", "contentType", "type", "fileExtension")
SHOWN = (
    "id",
    "type",
    "name",
    "description",
    "contentType",
    "contentSubType",
    "externalID",
    "fileType",
    "dateAdded",
)


class Files(Handlers):
    """Handlers of ``file`` and ``entityFiles``."""

    async def list(self, request: Request, _: int) -> Response:
        """Return what is known of the files of a record."""
        entity, number = self._holder(request)
        files = [each for each in self._files(entity).values() if _is_of(each, entity, number)]
        return JSONResponse({"EntityFiles": [{name: each.get(name) for name in SHOWN} for each in files]})

    async def read(self, request: Request, _: int) -> Response:
        """Return a file, its content in base64."""
        held = self._file(request)
        content_type = "/".join(
            str(held[name]) for name in ("contentType", "contentSubType") if held.get(name)
        )
        shown: JsonObject = {
            "contentType": content_type,
            "fileContent": held["fileContent"],
            "name": held["name"],
        }
        return JSONResponse({"File": shown})

    async def read_raw(self, request: Request, _: int) -> Response:
        """Return the bytes of a file."""
        held = self._file(request)
        return Response(base64.b64decode(str(held["fileContent"])), media_type="application/octet-stream")

    async def add(self, request: Request, _: int) -> Response:
        """Add a file whose content is sent in base64, or raw as a form."""
        entity, number = self._holder(request)
        sent = await self._sent(request)
        new: JsonObject = {"dateAdded": self.database.millis(), "isDeleted": False, _owner(entity): number}
        row = self._files(entity).put({"id": self.crm.ids.next("file", 101), **new, **sent})
        return JSONResponse({"fileId": row["id"], "changeType": "INSERT"})

    async def change(self, request: Request, _: int) -> Response:
        """Replace a file."""
        held = self._file(request)
        self._files(self.entity(request)).change(_id(held), await self._sent(request))
        return JSONResponse({"fileId": held["id"], "changeType": "UPDATE"})

    async def delete(self, request: Request, _: int) -> Response:
        """Mark a file as deleted."""
        held = self._file(request)
        self._files(self.entity(request)).change(_id(held), {"isDeleted": True})
        return JSONResponse({"fileId": held["id"], "changeType": "DELETED"})

    # -- the steps --

    def _files(self, entity: str) -> Table:
        return self.database.records[f"{entity}FileAttachment"]

    def _holder(self, request: Request) -> tuple[str, int]:
        entity, number = self.existing(request)
        if entity not in HOLDERS:
            raise RefusedError(problem(400, f"{entity} has no files.", "errors.noFiles"))
        return entity, number

    def _file(self, request: Request) -> JsonObject:
        entity, number = self._holder(request)
        held = self._files(entity).get(number_of(request.path_params["file"], -1))
        if held is None or not _is_of(held, entity, number):
            raise RefusedError(not_found("File", request.path_params["file"]))
        return held

    async def _sent(self, request: Request) -> JsonObject:
        raw = request.url.path.endswith("/raw")
        sent = await _form(request) if raw else await self.body(request)
        if missing := [name for name in NEEDED if not isinstance(sent.get(name), str) or not sent[name]]:
            message = f"Missing required property: {', '.join(missing)}"
            raise RefusedError(problem(400, message, "errors.validation"))
        try:
            size = len(base64.b64decode(str(sent["fileContent"]), validate=True))
        except (binascii.Error, ValueError):
            message = "'fileContent' is not base64"
            raise RefusedError(problem(400, message, "errors.validation")) from None
        type_, _, subtype = str(sent.get("contentType") or "").partition("/")
        kept = {name: sent[name] for name in KEPT if sent.get(name) is not None}
        kind: JsonObject = {"contentType": type_ or None, "contentSubType": subtype or None}
        return {"fileExtension": PurePath(str(sent["name"])).suffix, **kept, **kind, "fileSize": size}


async def _form(request: Request) -> JsonObject:
    """Return a file that is sent as a form, with what the query says of it."""
    sent: JsonObject = dict(request.query_params)
    sent.setdefault("fileType", sent.get("filetype"))
    try:
        form = await request.form()
    except HTTPException:
        raise RefusedError(problem(400, "The body is not a form with a file.", "errors.badBody")) from None
    for part in form.values():
        if not isinstance(part, str):
            sent["fileContent"] = base64.b64encode(await part.read()).decode()
            sent.setdefault("name", part.filename)
            sent.setdefault("contentType", part.content_type)
    return sent


def _owner(entity: str) -> str:
    """Return the field that leads from a file to its record."""
    return entity[:1].lower() + entity[1:]


def _is_of(held: JsonObject, entity: str, number: int) -> bool:
    return held.get(_owner(entity)) == number and not held["isDeleted"]


def _id(held: JsonObject) -> int:
    number: Json = held["id"]
    assert isinstance(number, int)
    return number
