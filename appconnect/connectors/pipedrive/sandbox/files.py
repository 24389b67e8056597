"""Files, call logs and their recordings, all of which are v1.

Source: https://developers.pipedrive.com/docs/api/v1/Files and …/CallLogs.
"""

from __future__ import annotations

import base64

from starlette.responses import JSONResponse, Response

from appconnect.connectors.pipedrive.sandbox.answers import Fault, Row, refused, spaced
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.database import COMPANY_ID
from appconnect.connectors.pipedrive.sandbox.persons import ORGANIZATIONS, PERSONS
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler
from appconnect.connectors.pipedrive.sandbox.sales import DEALS
from appconnect.sandbox.base import JsonObject

NAMES = {"deal": ("deals", "title"), "person": ("persons", "name"), "org": ("organizations", "name")}


def _upload(request: ApiRequest) -> JsonObject:
    """Return the file that was sent; 400 for a body that has none."""
    if (sent := request.uploads.get("file")) is None:
        raise refused([Fault("file", "This value should be a file.")], strict=False)
    return sent


# -- files --


def _file(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    if before is not None:
        return sent
    upload = _upload(request)
    links = {name: value for name, value in sent.items() if name != "file"}
    return links | {
        "user_id": request.user, "name": upload["name"], "file_name": upload["name"],
        "file_size": upload["size"], "file_type": upload["type"], "content": upload["content"],
        "inline_flag": False, "remote_location": "s3",
    }  # fmt: skip


def _shown(request: ApiRequest, row: Row) -> Row:
    named: Row = {"url": f"https://app.pipedrive.com/api/v1/files/{row['id']}/download"}
    for name, (table, title) in NAMES.items():
        key = row.get(f"{name}_id")
        linked = request.database.tables()[table].get(key) if isinstance(key, int) else None
        named[f"{name}_name"] = linked[title] if linked else None
    return row | named


FILES = Collection("/v1/files", "files", gone="active_flag", prepare=_file, show=_shown, time=spaced)


def download(request: ApiRequest) -> Response:
    """GET /v1/files/{id}/download: the file itself; the vendor redirects to a storage first."""
    row = FILES.found(request)
    return Response(
        base64.b64decode(str(row["content"])),
        media_type=str(row["file_type"] or "application/octet-stream"),
        headers={"content-disposition": "attachment"},
    )


def _files_of(owner: Collection, link: str) -> Handler:
    def files(request: ApiRequest) -> Response:
        owner.found(request)
        return FILES.answer_list(request, [row for row in FILES.present(request) if row[link] == request.id])

    return files


# -- call logs --


def _call(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    if str(sent["end_time"]) < str(sent["start_time"]):
        raise refused([Fault("end_time", "This value should not be before start_time.")], strict=False)
    return {"user_id": request.user, "company_id": COMPANY_ID, "has_recording": False, **sent}


CALLS = Collection("/v1/callLogs", "call_logs", text_ids=True, gone="", prepare=_call, time=spaced)


def delete_call(request: ApiRequest) -> Response:
    """DELETE /v1/callLogs/{id}; the activity of the call stays."""
    CALLS.remove(request, CALLS.found(request))
    return JSONResponse({"success": True})


def record_call(request: ApiRequest) -> Response:
    """POST /v1/callLogs/{id}/recordings: an audio file."""
    row = CALLS.found(request)
    upload = _upload(request)
    request.database.call_logs.change(str(row["id"]), {"has_recording": True, "recording": upload})
    return JSONResponse({"success": True})


HANDLERS: dict[str, Handler] = {
    **FILES.handlers,
    "GET /v1/files/{id}/download": download,
    "GET /v1/deals/{id}/files": _files_of(DEALS, "deal_id"),
    "GET /v1/persons/{id}/files": _files_of(PERSONS, "person_id"),
    "GET /v1/organizations/{id}/files": _files_of(ORGANIZATIONS, "org_id"),
    **CALLS.handlers,
    "DELETE /v1/callLogs/{id}": delete_call,
    "POST /v1/callLogs/{id}/recordings": record_call,
}
