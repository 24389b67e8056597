"""Webhooks: what was created, changed or deleted is told to addresses on this machine.

Source: https://pipedrive.readme.io/docs/guide-for-webhooks-v2. The sandbox delivers to loopback
addresses only, once, before the request that made the change is answered.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpx
from starlette.responses import JSONResponse, Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, not_found, rfc3339
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.database import COMPANY_ID, DOMAIN, Database
from appconnect.connectors.pipedrive.sandbox.interface import shaped
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Change, Handler
from appconnect.sandbox.base import JsonObject

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SECONDS = 10.0
"""How long Pipedrive waits for an answer."""


def _webhook(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    now = rfc3339(request.database.clock.now())
    return {
        "company_id": COMPANY_ID, "owner_id": request.user, "user_id": request.user, "is_active": 1,
        "add_time": now, "type": "general", "admin_id": request.user, "version": "2.0", **sent,
    }  # fmt: skip


WEBHOOKS = Collection("/v1/webhooks", "webhooks", gone="", prepare=_webhook)


def listed(request: ApiRequest) -> Response:
    """GET /v1/webhooks."""
    assert request.operation.answer is not None
    rows = [shaped(request.operation.answer, row) for row in request.database.webhooks.values()]
    return JSONResponse({"status": "ok", "success": True, "data": rows})


def create(request: ApiRequest) -> Response:
    """POST /v1/webhooks."""
    assert request.operation.answer is not None
    row = WEBHOOKS.added(request, _webhook(request, request.sent, None))
    return JSONResponse({"status": "ok", "success": True, "data": shaped(request.operation.answer, row)}, 201)


def delete(request: ApiRequest) -> Response:
    """DELETE /v1/webhooks/{id}."""
    if request.id not in request.database.webhooks:
        raise not_found()
    request.database.webhooks.remove(request.id)
    return JSONResponse({"status": "ok", "success": True})


# -- deliveries --


async def deliver(database: Database, user: int, changes: Iterable[Change]) -> None:
    """Tell every webhook that asked for a change, and keep what it answered."""
    for change in changes:
        for hook in database.webhooks.dump():
            wanted = hook["event_object"] in ("*", change.entity) and hook["event_action"] in (
                "*",
                change.action,
            )
            if wanted and change.entity:
                await _tell(database, hook, user, change)


async def _tell(database: Database, hook: Row, user: int, change: Change) -> None:
    name, password = hook.get("http_auth_user"), hook.get("http_auth_password")
    auth = httpx.BasicAuth(str(name), str(password)) if name else httpx.Auth()
    status = await send("POST", str(hook["subscription_url"]), _told(database, hook, user, change), auth)
    if status is not None:
        told: Row = {"last_delivery_time": database.now, "last_http_status": status}
        database.webhooks.change(int(str(hook["id"])), told)


async def send(method: str, url: str, body: JsonObject, auth: httpx.Auth) -> int | None:
    """Send to an address on this machine; return the status, 0 for no answer, None for elsewhere."""
    if urlsplit(url).hostname not in LOOPBACK:
        return None
    try:
        async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client:
            return (await client.request(method, url, json=body, auth=auth)).status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        return 0


def _told(database: Database, hook: Row, user: int, change: Change) -> JsonObject:
    meta: JsonObject = {
        "action": change.action, "entity": change.entity, "entity_id": str(change.row["id"]),
        "company_id": str(COMPANY_ID), "user_id": str(user), "id": str(uuid.uuid4()),
        "correlation_id": str(uuid.uuid4()), "timestamp": database.now, "type": hook["type"],
        "version": hook["version"], "webhook_id": str(hook["id"]), "webhook_owner_id": str(hook["owner_id"]),
        "change_source": "api", "is_bulk_edit": False, "permitted_user_ids": [str(user)], "attempt": 1,
        "host": f"{DOMAIN}.pipedrive.com",
    }  # fmt: skip
    data = None if change.action == "delete" else change.row
    return {"data": data, "previous": change.before, "meta": meta}


HANDLERS: dict[str, Handler] = {
    "GET /v1/webhooks": listed,
    "POST /v1/webhooks": create,
    "DELETE /v1/webhooks/{id}": delete,
}
