"""Deals (v2), leads (v1: there is no v2 list of them), and turning one into the other.

Source: https://developers.pipedrive.com/docs/api/v1/Deals and …/Leads.
"""

from __future__ import annotations

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox import custom_fields
from appconnect.connectors.pipedrive.sandbox.answers import (
    Row,
    bad_request,
    forbidden,
    not_found,
    ok,
    with_milliseconds,
)
from appconnect.connectors.pipedrive.sandbox.collection import Collection, check_links
from appconnect.connectors.pipedrive.sandbox.database import uuid_of
from appconnect.connectors.pipedrive.sandbox.interface import shaped
from appconnect.connectors.pipedrive.sandbox.more import with_more
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler
from appconnect.sandbox.base import Json

STATUSES = {"open", "won", "lost"}


# -- deals --


def _deal(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    fields = sent | custom_fields.merged(sent, before)
    if before is None:
        currency = request.database.users[request.user]["default_currency"]
        known: Row = {"currency": currency, "status": "open", "origin": "API"}
        fields = {"creator_user_id": request.user} | known | fields
    return fields | _stage(request, sent, before) | _closing(request, fields, before or {})


def _stage(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    """Return what follows from a stage or a pipeline: the other one, and when it was entered."""
    stage, pipeline = sent.get("stage_id"), sent.get("pipeline_id")
    if isinstance(stage, int):
        of_stage = request.database.stages[stage]["pipeline_id"]
        if pipeline not in (None, of_stage):
            raise bad_request(f"stage_id {stage} is not in pipeline {pipeline}.")
        moved = before is not None and before["stage_id"] != stage
        return {"pipeline_id": of_stage} | ({"stage_change_time": request.database.now} if moved else {})
    if isinstance(pipeline, int):
        stages = [row for row in request.database.stages.values() if row["pipeline_id"] == pipeline]
        return {"stage_id": stages[0]["id"] if stages else None}
    return {}


def _closing(request: ApiRequest, fields: Row, before: Row) -> Row:
    """Return the times that follow from winning, losing or opening again."""
    status = fields.get("status")
    if status is None or status == before.get("status"):
        return {}
    now = request.database.now
    times: dict[Json, Row] = {
        "won": {"won_time": fields.get("won_time") or now, "lost_time": None, "close_time": now},
        "lost": {"lost_time": fields.get("lost_time") or now, "won_time": None, "close_time": now},
        "open": {"won_time": None, "lost_time": None, "close_time": None, "lost_reason": None},
    }
    return times.get(status, {})


class Deals(Collection):
    """Deals: deleted ones are listed when asked for by status, archived ones in a list of their own."""

    def present(self, request: ApiRequest) -> list[Row]:
        """Return the deals of the wanted status, archived or not as the path says."""
        archived = request.operation.path.endswith("/archived")
        asked = request.query.get("status") if request.query.get("filter_id") is None else None
        wanted = asked if isinstance(asked, list) else [*STATUSES]
        return [
            row
            for row in request.database.deals.values()
            if bool(row["is_archived"]) is archived
            and ("deleted" if row["is_deleted"] else row["status"]) in wanted
        ]

    def found(self, request: ApiRequest, *, reading: bool = False) -> Row:
        """Return the deal of the path; an archived one to bring it back, or to read if the toggle says so."""
        row, comes_back = super().found(request, reading=reading), request.sent.get("is_archived") is False
        may_read = reading and request.toggles["archived_deals_by_id"]
        if row["is_archived"] and not comes_back and not may_read:
            raise not_found()
        return row


DEALS = Deals(
    "/api/v2/deals", "deals", "deal", 901, prepare=_deal, faults=custom_fields.faults_of("deal"),
    show=with_more("deal"),
)  # fmt: skip


# -- leads --


def _lead(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    """Return a lead; it has the custom fields of deals, beside the others."""
    if "custom_fields" in sent:
        sent |= custom_fields.merged(custom_fields.of_v1(request, "deal", sent), before)
    if before is None and sent.get("person_id") is None and sent.get("organization_id") is None:
        raise bad_request("A lead must be linked to a person or an organization.")
    return sent


class Leads(Collection):
    """Leads; archived ones have a list of their own and can be read by id."""

    def _as_answered(self, request: ApiRequest, row: Row) -> Row:
        own = row.get("custom_fields")
        return super()._as_answered(request, row) | (own if isinstance(own, dict) else {})

    def present(self, request: ApiRequest) -> list[Row]:
        """Return the leads, archived or not as the path says."""
        require_leads(request)
        archived = request.operation.path.endswith("/archived")
        return [row for row in request.database.leads.values() if bool(row["is_archived"]) is archived]

    def found(self, request: ApiRequest, *, reading: bool = False) -> Row:
        """Return the lead of the path."""
        require_leads(request)
        return super().found(request, reading=reading)


LEADS = Leads(
    "/v1/leads", "leads", "lead", text_ids=True, gone="", prepare=_lead,
    time=with_milliseconds, missing="requested lead not found",
)  # fmt: skip


def require_leads(request: ApiRequest) -> None:
    """Refuse what a company without leads asks about them."""
    if not request.toggles["leads_feature"]:
        raise forbidden("Leads feature is not enabled for this company.")


# -- one into the other --


def lead_to_deal(request: ApiRequest) -> Response:
    """POST /api/v2/leads/{id}/convert/deal: done at once here; the lead is deleted."""
    lead = LEADS.found(request)
    check_links(request, request.sent)
    amount = lead["value"] if isinstance(lead["value"], dict) else {}
    fields: Row = {
        "title": lead["title"], "owner_id": lead["owner_id"], "person_id": lead["person_id"],
        "org_id": lead["organization_id"], "source_lead_id": lead["id"],
        "value": amount.get("amount"), "currency": amount.get("currency"), **request.sent,
    }  # fmt: skip
    deal = DEALS.added(request, _deal(request, {k: v for k, v in fields.items() if v is not None}, None))
    _hand_over(request, ("lead_id", lead["id"]), ("deal_id", deal["id"]))
    LEADS.remove(request, lead)
    return _conversion(request, deal_id=deal["id"])


def deal_to_lead(request: ApiRequest) -> Response:
    """POST /api/v2/deals/{id}/convert/lead: the deal is deleted."""
    deal = DEALS.found(request)
    fields: Row = {
        "title": deal["title"], "owner_id": deal["owner_id"], "person_id": deal["person_id"],
        "organization_id": deal["org_id"], "source_deal_id": deal["id"],
        "value": {"amount": deal["value"], "currency": deal["currency"]},
    }  # fmt: skip
    lead = LEADS.added(request, _lead(request, fields, None))
    _hand_over(request, ("deal_id", deal["id"]), ("lead_id", lead["id"]))
    DEALS.remove(request, deal)
    return _conversion(request, lead_id=lead["id"])


def _hand_over(request: ApiRequest, old: tuple[str, Json], new: tuple[str, Json]) -> None:
    """Link to the new record what was linked to the old one."""
    for table in (request.database.activities, request.database.notes, request.database.files):
        for row in table.having(old):
            table.change(int(str(row["id"])), {old[0]: None, new[0]: new[1]})


def _conversion(request: ApiRequest, **made: Json) -> Response:
    number = uuid_of("conversions", request.database.next_id("conversions"))
    request.database.conversions.put({"id": number, "conversion_id": number, "status": "completed", **made})
    return ok({"conversion_id": number}, additional_data=None)


def conversion(request: ApiRequest) -> Response:
    """GET …/convert/status/{conversion_id}."""
    row = request.database.conversions.get(request.path["conversion_id"])
    if row is None or request.operation.answer is None:
        raise not_found()
    whole = shaped(request.operation.answer, row)
    shown: Row = {name: value for name, value in whole.items() if value is not None}
    return ok(shown, additional_data=None)


HANDLERS: dict[str, Handler] = {
    **DEALS.handlers,
    "GET /api/v2/deals/archived": DEALS.listed,
    **LEADS.handlers,
    "GET /v1/leads/archived": LEADS.listed,
    "POST /api/v2/leads/{id}/convert/deal": lead_to_deal,
    "POST /api/v2/deals/{id}/convert/lead": deal_to_lead,
    "GET /api/v2/leads/{id}/convert/status/{conversion_id}": conversion,
    "GET /api/v2/deals/{id}/convert/status/{conversion_id}": conversion,
}
