"""Notes and their comments. Source: https://developers.pipedrive.com/docs/api/v1/Notes."""

from __future__ import annotations

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_request, not_found, ok, spaced
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.database import COMPANY_ID
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.html_rewriting import rewritten

BELONGS_TO = ("lead_id", "deal_id", "person_id", "org_id", "project_id", "task_id")
NAMES = {
    "deal": ("deal_id", "deals", "title"),
    "person": ("person_id", "persons", "name"),
    "organization": ("org_id", "organizations", "name"),
}


def _note(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    after = (before or {}) | sent
    if all(after.get(name) is None for name in BELONGS_TO):
        raise bad_request(f"At least one of these must be set: {', '.join(BELONGS_TO)}.")
    flags: Row = {name: bool(value) for name, value in sent.items() if name.endswith("_flag")}
    content: Row = {}
    if isinstance(text := sent.get("content"), str) and request.toggles["rewrites_notes"]:
        content = {"content": rewritten(text)}
    times: Row = {"add_time": sent["add_time"]} if sent.get("add_time") else {}
    kept: Row = {name: value for name, value in sent.items() if name != "add_time"}
    return kept | flags | content | times | {"last_update_user_id": request.user if before else None}


def _shown(request: ApiRequest, row: Row) -> Row:
    named: Row = {name: _named(request, row, *where) for name, where in NAMES.items()}
    user = request.database.users.get(int(str(row["user_id"])), {})
    named["user"] = {name: user.get(name) for name in ("email", "icon_url", "name")} | {
        "is_you": row["user_id"] == request.user
    }
    return row | named


def _named(request: ApiRequest, row: Row, link: str, table: str, title: str) -> JsonObject | None:
    key = row.get(link)
    linked = request.database.tables()[table].get(key) if isinstance(key, int) else None
    return {title: linked[title]} if linked else None


NOTES = Collection("/v1/notes", "notes", "note", gone="active_flag", prepare=_note, show=_shown, time=spaced)


# -- comments --


def _comment(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    if before is not None:
        return sent | {"updater_id": request.user}
    return sent | {
        "object_id": str(NOTES.found(request)["id"]), "object_type": "note",
        "updater_id": None, "company_id": COMPANY_ID,
    }  # fmt: skip


class Comments(Collection):
    """The comments of the note in the path."""

    def key(self, request: ApiRequest) -> int | str:
        """Return the UUID in the path."""
        return request.path["commentId"]

    def found(self, request: ApiRequest, *, reading: bool = False) -> Row:
        """Return the comment of the path if it is one of this note's."""
        row = super().found(request, reading=reading)
        if row["object_id"] != str(NOTES.found(request)["id"]):
            raise not_found()
        return row

    def present(self, request: ApiRequest) -> list[Row]:
        """Return the note's comments."""
        note: Json = str(NOTES.found(request)["id"])
        return [row for row in super().present(request) if row["object_id"] == note]


COMMENTS = Comments(
    "/v1/notes/{id}/comments", "comments", id_field="uuid", text_ids=True, gone="active_flag",
    prepare=_comment, time=spaced,
)  # fmt: skip


def _deleted(request: ApiRequest) -> Response:
    (COMMENTS if "commentId" in request.path else NOTES).delete(request)
    return ok(True)


HANDLERS: dict[str, Handler] = {
    **NOTES.handlers,
    "DELETE /v1/notes/{id}": _deleted,
    "GET /v1/notes/{id}/comments": COMMENTS.listed,
    "POST /v1/notes/{id}/comments": COMMENTS.create,
    "GET /v1/notes/{id}/comments/{commentId}": COMMENTS.read,
    "PUT /v1/notes/{id}/comments/{commentId}": COMMENTS.change,
    "DELETE /v1/notes/{id}/comments/{commentId}": _deleted,
}
