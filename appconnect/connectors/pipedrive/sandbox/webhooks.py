"""Webhooks: what was created, changed or deleted is told to addresses on this machine.

Source: https://pipedrive.readme.io/docs/guide-for-webhooks-v2. The sandbox delivers to loopback
addresses only, once, before the request that made the change is answered.
"""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

import httpx
from starlette.responses import JSONResponse, Response

from appconnect.connectors.pipedrive.sandbox.answers import (
    HELP,
    Fault,
    Row,
    not_found,
    problem,
    refused,
)
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.database import COMPANY_ID, DOMAIN
from appconnect.connectors.pipedrive.sandbox.interface import OPERATIONS, shaped
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Change, Handler
from appconnect.connectors.pipedrive.sandbox.v1 import as_v1, custom_of
from appconnect.sandbox.base import JsonObject, RefusedError

HOST = f"{DOMAIN}.pipedrive.com"
ACTIONS_V1 = {"create": "added", "change": "updated", "delete": "deleted"}
RECORDS_V1 = {
    "deal": "POST /v1/deals/{id}/duplicate", "person": "PUT /v1/persons/{id}/merge",
    "organization": "GET /v1/organizations/{id}", "activity": "GET /v1/activities/{id}",
    "pipeline": "GET /v1/pipelines/{id}", "stage": "GET /v1/stages/{id}",
}  # fmt: skip
"""Operations whose answers show what version 1 tells of an entity; others are told as they are."""
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
MAX_WEBHOOKS = 40
SECONDS = 10.0
"""How long Pipedrive waits for an answer."""


def _webhook(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    return {"company_id": COMPANY_ID, **sent}


WEBHOOKS = Collection("/v1/webhooks", "webhooks", gone="", prepare=_webhook)


def listed(request: ApiRequest) -> Response:
    """GET /v1/webhooks."""
    assert request.operation.answer is not None
    rows = [shaped(request.operation.answer, row) for row in request.database.webhooks.values()]
    return JSONResponse({"status": "ok", "success": True, "data": rows})


def create(request: ApiRequest) -> Response:
    """POST /v1/webhooks: forty at most."""
    assert request.operation.answer is not None
    if urlsplit(str(request.sent["subscription_url"])).scheme not in {"http", "https"}:
        raise refused([Fault("subscription_url", "This value is not a valid URL.")], strict=False)
    if len(request.database.webhooks) >= MAX_WEBHOOKS:
        raise RefusedError(problem(422, "Webhook limit reached.", error_info=HELP, data=None))
    row = WEBHOOKS.created(request)
    return JSONResponse({"status": "ok", "success": True, "data": shaped(request.operation.answer, row)}, 201)


def delete(request: ApiRequest) -> Response:
    """DELETE /v1/webhooks/{id}."""
    if request.id not in request.database.webhooks:
        raise not_found()
    request.database.webhooks.remove(request.id)
    return JSONResponse({"status": "ok", "success": True})


# -- deliveries --


async def deliver(request: ApiRequest) -> None:
    """Tell every webhook that asked for a change, and keep what it answered."""
    for change in request.changes:
        for hook in request.database.webhooks.dump():
            wanted = (hook["event_object"], hook["event_action"])
            if change.entity and wanted[0] in ("*", change.entity) and wanted[1] in ("*", change.action):
                await _tell(request, hook, change)


async def _tell(request: ApiRequest, hook: Row, change: Change) -> None:
    name, password = hook.get("http_auth_user"), hook.get("http_auth_password")
    auth = httpx.BasicAuth(str(name), str(password)) if name else httpx.Auth()
    body = (_told_v1 if hook["version"] == "1.0" else _told)(request, hook, change)
    status = await send("POST", str(hook["subscription_url"]), body, auth)
    if status is not None:
        told: Row = {"last_delivery_time": request.database.now, "last_http_status": status}
        request.database.webhooks.change(int(str(hook["id"])), told)


async def send(method: str, url: str, body: JsonObject, auth: httpx.Auth) -> int | None:
    """Send to an address on this machine; return the status, 0 for no answer, None for elsewhere."""
    if urlsplit(url).hostname not in LOOPBACK:
        return None
    try:
        async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client:
            return (await client.request(method, url, json=body, auth=auth)).status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        return 0


def _told(request: ApiRequest, hook: Row, change: Change) -> JsonObject:
    """Return a delivery of version 2: of what was there before it has only what was changed."""
    user = str(request.user)
    meta: JsonObject = {
        "action": change.action, "entity": change.entity, "entity_id": str(change.row["id"]),
        "company_id": str(COMPANY_ID), "user_id": user, "id": str(uuid.uuid4()),
        "correlation_id": str(uuid.uuid4()), "timestamp": request.database.now, "type": hook["type"],
        "version": hook["version"], "webhook_id": str(hook["id"]), "webhook_owner_id": str(hook["owner_id"]),
        "change_source": "api", "is_bulk_edit": False, "permitted_user_ids": [user], "attempt": 1,
        "host": HOST,
    }  # fmt: skip
    row, before = change.row, change.before
    if change.action == "delete":
        return {"data": None, "previous": before, "meta": meta}
    changed: JsonObject = {name: value for name, value in (before or {}).items() if row.get(name) != value}
    return {"data": row, "previous": changed if before else None, "meta": meta}


def _told_v1(request: ApiRequest, hook: Row, change: Change) -> JsonObject:
    """Return a delivery of version 1: the whole record before and after, as v1 shows it."""
    action = ACTIONS_V1[change.action]
    meta: JsonObject = {
        "v": 1, "action": action, "object": change.entity, "id": change.row["id"], "company_id": COMPANY_ID,
        "user_id": request.user, "host": HOST, "timestamp": int(request.database.clock.now().timestamp()),
        "permitted_user_ids": [request.user], "change_source": "api", "is_bulk_update": False,
        "webhook_id": str(hook["id"]), "matches_filters": {"current": []},
    }  # fmt: skip
    now, before = (_as_v1(request, change.entity, row) for row in (change.row, change.before))
    gone = change.action == "delete"
    told: JsonObject = {"v": 1, "meta": meta, "current": None if gone else now, "previous": before}
    return told | {"event": f"{action}.{change.entity}", "retry": 0, "matches_filters": {"current": []}}


def _as_v1(request: ApiRequest, entity: str, row: Row | None) -> Row | None:
    record = RECORDS_V1.get(entity)
    if row is None or record is None:
        return row
    described = OPERATIONS[record].answer
    assert described is not None
    return as_v1(request, described, entity, row) | custom_of(request, entity, row)


HANDLERS: dict[str, Handler] = {
    "GET /v1/webhooks": listed,
    "POST /v1/webhooks": create,
    "DELETE /v1/webhooks/{id}": delete,
}
