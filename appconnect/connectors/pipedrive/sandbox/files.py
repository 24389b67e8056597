"""Files, pictures, call logs and their recordings, nearly all of which are v1.

Source: https://developers.pipedrive.com/docs/api/v1/Files and …/CallLogs.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from starlette.responses import JSONResponse, Response

from appconnect.connectors.pipedrive.sandbox.activities import ACTIVITIES
from appconnect.connectors.pipedrive.sandbox.answers import Fault, Row, not_found, ok, refused, spaced
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.database import COMPANY_ID
from appconnect.connectors.pipedrive.sandbox.interface import shaped
from appconnect.connectors.pipedrive.sandbox.persons import ORGANIZATIONS, PERSONS
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler
from appconnect.connectors.pipedrive.sandbox.sales import DEALS
from appconnect.sandbox.base import JsonObject

ITEMS = {
    "deal": (DEALS, "deal_id"),
    "person": (PERSONS, "person_id"),
    "organization": (ORGANIZATIONS, "org_id"),
}
A_DAY = timedelta(hours=23, minutes=59)
"""The longest duration of an activity."""
SIZES = ("128", "512")
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
        "name": upload["name"], "file_name": upload["name"], "file_size": upload["size"],
        "file_type": upload["type"], "content": upload["content"],
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
    if "content" not in row:  # it lies on Google Drive
        raise not_found()
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


def remote(request: ApiRequest) -> Response:
    """POST /v1/files/remote and …/remoteLink: a document on Google Drive, made or linked to."""
    owner, link = ITEMS[str(request.sent["item_type"])]
    owner.found(replace(request, path={"id": str(request.sent["item_id"])}))
    name = str(request.sent.get("title", request.sent.get("remote_id")))
    where = {"remote_location": request.sent["remote_location"], "remote_id": request.sent.get("remote_id")}
    row = FILES.added(request, {"name": name, "file_name": name, "file_size": 0,
                                link: request.sent["item_id"], **where})  # fmt: skip
    return FILES.answer(request, row)


# -- pictures --


def add_picture(request: ApiRequest) -> Response:
    """POST /v1/persons/{id}/picture: the file becomes the person's picture."""
    person, upload = PERSONS.found(request), _upload(request)
    now, number = request.database.time_v1(), request.database.next_id("pictures")
    shown: JsonObject = {
        "id": number, "item_type": "person", "item_id": person["id"], "active_flag": True, "add_time": now,
        "update_time": now, "added_by_user_id": request.user,
        "pictures": {size: f"https://pipedrive-profile-pics.test/{number}_{size}.jpg" for size in SIZES},
    }  # fmt: skip
    request.database.pictures.put(shown)
    request.database.persons.change(request.id, {"picture_id": number, "picture_size": upload["size"]})
    return ok({str(number): shown})


def _picture(request: ApiRequest) -> Row:
    number = PERSONS.found(request)["picture_id"]
    row = request.database.pictures.get(number) if isinstance(number, int) else None
    if row is None:
        raise not_found()
    return row


def picture(request: ApiRequest) -> Response:
    """GET /api/v2/persons/{id}/picture."""
    assert request.operation.answer is not None
    size = PERSONS.found(request).get("picture_size")
    return ok(shaped(request.operation.answer, _picture(request) | {"file_size": size}))


def delete_picture(request: ApiRequest) -> Response:
    """DELETE /v1/persons/{id}/picture."""
    number = _picture(request)["id"]
    request.database.persons.change(request.id, {"picture_id": None})
    return ok({"id": number})


# -- call logs --


def _call(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    start, end = _ends(sent)
    if end < start:
        raise refused([Fault("end_time", "This value should not be before start_time.")], strict=False)
    known: Row = {"company_id": COMPANY_ID, **sent}
    if sent.get("activity_id") is None:
        return known | {"activity_id": _activity_of(request, sent)["id"]}
    activity = request.database.activities[int(str(sent["activity_id"]))]
    return known | {name: activity[name] for name in ("person_id", "org_id", "deal_id", "lead_id")}


def _ends(call: Row) -> tuple[datetime, datetime]:
    """Return when a call began and ended, in UTC."""
    start, end = (datetime.fromisoformat(str(call[name])) for name in ("start_time", "end_time"))
    return _utc(start), _utc(end)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _activity_of(request: ApiRequest, call: Row) -> Row:
    """Add the activity of a call: done, at the time of the call."""
    start, end = _ends(call)
    person = call.get("person_id")
    fields: Row = {name: call.get(name) for name in ("org_id", "deal_id", "lead_id", "note", "subject")}
    fields |= {
        "type": "call", "done": True, "due_date": f"{start:%Y-%m-%d}", "due_time": f"{start:%H:%M:%S}",
        "participants": [] if person is None else [{"person_id": person, "primary": True}],
        "owner_id": call.get("user_id"), "duration": f"{min(end - start, A_DAY)}".zfill(8),
    }  # fmt: skip
    return ACTIVITIES.created(replace(request, bodies=[fields]))


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
    "POST /v1/files/remote": remote,
    "POST /v1/files/remoteLink": remote,
    "POST /v1/persons/{id}/picture": add_picture,
    "DELETE /v1/persons/{id}/picture": delete_picture,
    "GET /api/v2/persons/{id}/picture": picture,
    **CALLS.handlers,
    "DELETE /v1/callLogs/{id}": delete_call,
    "POST /v1/callLogs/{id}/recordings": record_call,
}
