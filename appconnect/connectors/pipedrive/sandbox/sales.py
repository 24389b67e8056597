"""Deals (v2) and leads (v1: there is no v2 list of them).

Source: https://developers.pipedrive.com/docs/api/v1/Deals and …/Leads.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel
from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import forbidden, invalid, not_found, ok, page_v1
from appconnect.connectors.pipedrive.sandbox.calls import Call, Listing, Moment, Words, listed
from appconnect.connectors.pipedrive.sandbox.database import live
from appconnect.connectors.pipedrive.sandbox.persons import Single
from appconnect.sandbox.base import JsonObject

STATUSES = {"open", "won", "lost", "deleted"}


class DealListing(Listing):
    """GET /api/v2/deals; ``person_id`` is the deal's primary person."""

    person_id: int | None = None
    org_id: int | None = None
    stage_id: int | None = None
    pipeline_id: int | None = None
    status: Words | None = None


class Since(BaseModel):
    """What is checked of the query of GET /v1/leads; the rest is read leniently."""

    updated_since: Moment | None = None


def deals(call: Call) -> Response:
    """GET /api/v2/deals: never the archived ones, the deleted ones only when asked by status."""
    asked = call.asked(DealListing)
    if unknown := set(asked.status or ()) - STATUSES:
        raise invalid("status", f"Invalid value '{min(unknown)}', expected one of open, won, lost, deleted")
    wanted = asked.status or STATUSES - {"deleted"}
    present = [row for row in call.database.deals.values() if not row["is_archived"]]
    rows = [row for row in present if ("deleted" if row["is_deleted"] else row["status"]) in wanted]
    return listed(rows, asked, "person_id", "org_id", "stage_id", "pipeline_id")


def deal(call: Call) -> Response:
    """GET /api/v2/deals/{id}."""
    call.asked(Single)
    row = call.database.deals.get(call.id)
    if row is None or row["is_archived"] or (row["is_deleted"] and call.toggles["deleted_answer_404"]):
        raise not_found()
    return ok(row)


def leads(call: Call) -> Response:
    """GET /v1/leads: oldest first, never the archived ones."""
    _need_leads(call)
    rows = [row for row in live(call.database.leads) if _asked_for(call, row)]
    data, place = page_v1(rows, call.whole("start", 0), min(call.whole("limit", 100), 500))
    return ok(data, additional_data={"pagination": place} if call.toggles["nested_pagination"] else place)


def lead(call: Call) -> Response:
    """GET /v1/leads/{id}."""
    _need_leads(call)
    row = call.database.leads.get(call.path["id"])
    if row is None:
        raise not_found("requested lead not found", "")
    return ok(row)


def _need_leads(call: Call) -> None:
    if not call.toggles["leads_feature"]:
        raise forbidden("Leads feature is not enabled for this company.")


def _asked_for(call: Call, row: JsonObject) -> bool:
    links = ("person_id", "organization_id", "owner_id")
    since = call.asked(Since).updated_since
    return all(call.whole(name, 0) in (0, row[name]) for name in links) and (
        since is None or datetime.fromisoformat(str(row["update_time"])) >= since
    )
