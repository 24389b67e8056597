"""Deals (v2) and leads (v1: there is no v2 list of them).

Source: https://developers.pipedrive.com/docs/api/v1/Deals and …/Leads.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel
from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import forbidden, invalid, not_found, ok, page_v1
from appconnect.connectors.pipedrive.sandbox.database import live
from appconnect.connectors.pipedrive.sandbox.persons import Single
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Listing, Moment, Words, listed
from appconnect.sandbox.base import JsonObject

STATUSES = {"open", "won", "lost", "deleted"}


class DealListing(Listing):
    """The query of GET /api/v2/deals; ``person_id`` is the deal's primary person."""

    person_id: int | None = None
    org_id: int | None = None
    stage_id: int | None = None
    pipeline_id: int | None = None
    status: Words | None = None


class Since(BaseModel):
    """The part of the query of GET /v1/leads that is checked."""

    updated_since: Moment | None = None


def deals(request: ApiRequest) -> Response:
    """GET /api/v2/deals: never the archived ones, the deleted ones only when query by status."""
    query = request.query_as(DealListing)
    if unknown := set(query.status or ()) - STATUSES:
        raise invalid("status", f"Invalid value '{min(unknown)}', expected one of open, won, lost, deleted")
    wanted = query.status or STATUSES - {"deleted"}
    present = [row for row in request.database.deals.values() if not row["is_archived"]]
    rows = [row for row in present if ("deleted" if row["is_deleted"] else row["status"]) in wanted]
    return listed(rows, query, "person_id", "org_id", "stage_id", "pipeline_id")


def deal(request: ApiRequest) -> Response:
    """GET /api/v2/deals/{id}."""
    request.query_as(Single)
    row = request.database.deals.get(request.id)
    if row is None or row["is_archived"] or (row["is_deleted"] and request.toggles["deleted_answer_404"]):
        raise not_found()
    return ok(row)


def leads(request: ApiRequest) -> Response:
    """GET /v1/leads: oldest first, never the archived ones."""
    _require_leads(request)
    rows = [row for row in live(request.database.leads) if _matches(request, row)]
    data, place = page_v1(
        rows, request.int_parameter("start", 0), min(request.int_parameter("limit", 100), 500)
    )
    return ok(data, additional_data={"pagination": place} if request.toggles["nested_pagination"] else place)


def lead(request: ApiRequest) -> Response:
    """GET /v1/leads/{id}."""
    _require_leads(request)
    row = request.database.leads.get(request.path["id"])
    if row is None:
        raise not_found("requested lead not found", "")
    return ok(row)


def _require_leads(request: ApiRequest) -> None:
    if not request.toggles["leads_feature"]:
        raise forbidden("Leads feature is not enabled for this company.")


def _matches(request: ApiRequest, row: JsonObject) -> bool:
    links = ("person_id", "organization_id", "owner_id")
    since = request.query_as(Since).updated_since
    return all(request.int_parameter(name, 0) in (0, row[name]) for name in links) and (
        since is None or datetime.fromisoformat(str(row["update_time"])) >= since
    )
