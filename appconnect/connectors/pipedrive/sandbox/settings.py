"""What a company sets up: activity types, lead labels, pipelines, stages, currencies, filters.

Source: https://developers.pipedrive.com/docs/api/v1, the groups of these names.
"""

from __future__ import annotations

import re

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox import conditions
from appconnect.connectors.pipedrive.sandbox.answers import Row, ok, spaced, with_milliseconds
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.interface import shaped
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler
from appconnect.sandbox.base import Json

LEAD_SOURCES = ("Manually created", "Deal", "Web forms", "Prospector", "Chatbot", "Messaging inbox", "API")
OPERATORS = {
    "=": "is", "!=": "is not", "LIKE '%$%'": "contains", "NOT LIKE '%$%'": "does not contain",
    "LIKE '$%'": "starts with", "NOT LIKE '$%'": "does not start with", "LIKE '%$'": "ends with",
    "NOT LIKE '%$'": "does not end with", "IS NULL": "is empty", "IS NOT NULL": "is not empty",
    ">": "is more than", "<": "is less than", ">=": "is at least", "<=": "is at most",
}  # fmt: skip
BY_SIZE = {name: words for name, words in OPERATORS.items() if "LIKE" not in name}
RELATIVE = ("today", "yesterday", "tomorrow", *(
    f"{which}_{unit}" for which in ("last", "this", "next") for unit in ("week", "month", "quarter", "year")
))  # fmt: skip


def _next(request: ApiRequest, table: str) -> int:
    numbers = [row["order_nr"] for row in request.database.tables()[table].values()]
    return max((number for number in numbers if isinstance(number, int)), default=0) + 1


def _activity_type(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    if before is not None:
        return sent
    key = re.sub(r"\W+", "_", str(sent["name"]).strip().lower())
    return {
        "order_nr": _next(request, "activity_types"), "key_string": key, **sent,
    }  # fmt: skip


class ActivityTypes(Collection):
    """Activity types; the list has the inactive ones too."""

    def present(self, request: ApiRequest) -> list[Row]:
        """Return all activity types."""
        return list(request.database.activity_types.values())


ACTIVITY_TYPES = ActivityTypes(
    "/v1/activityTypes", "activity_types", "activityType", gone="active_flag", prepare=_activity_type,
    time=spaced,
)  # fmt: skip
LEAD_LABELS = Collection("/v1/leadLabels", "lead_labels", text_ids=True, gone="", time=with_milliseconds)


def _pipeline(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    if before is not None:
        return sent
    return {"order_nr": _next(request, "pipelines"), **sent}


def _stage(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    if before is not None:
        return sent
    return {"order_nr": _next(request, "stages"), **sent}


def _filter(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    conditions.check(sent.get("conditions", {}))
    if "conditions" in sent:
        sent["conditions"] = conditions.as_stored(sent["conditions"])
    return sent


PIPELINES = Collection("/api/v2/pipelines", "pipelines", "pipeline", 2, prepare=_pipeline)
STAGES = Collection("/api/v2/stages", "stages", "stage", 6, prepare=_stage)
FILTERS = Collection("/v1/filters", "filters", gone="", prepare=_filter, time=spaced)


def currencies(request: ApiRequest) -> Response:
    """GET /v1/currencies: all, or those whose code or name has the term."""
    assert request.operation.answer is not None
    term = str(request.query.get("term", "")).casefold()
    rows = request.database.currencies.values()
    found = [row for row in rows if term in f"{row['code']} {row['name']}".casefold()]
    return ok([shaped(request.operation.answer, row) for row in found])


def lead_sources(_: ApiRequest) -> Response:
    """GET /v1/leadSources."""
    return ok([{"name": name} for name in LEAD_SOURCES])


def filter_helpers(_: ApiRequest) -> Response:
    """GET /v1/filters/helpers: the operators that conditions may have, by type of field."""
    types = {"varchar": OPERATORS, "text": OPERATORS, "phone": OPERATORS}
    types |= dict.fromkeys(("int", "double", "monetary", "date", "enum", "set", "user", "org"), BY_SIZE)
    operators: Json = {name: dict(each) for name, each in types.items()}
    days: Json = {name: name.replace("_", " ") for name in RELATIVE}
    return ok({"operators": operators, "deprecated_operators": {}, "relative_dates": days})


HANDLERS: dict[str, Handler] = {
    **ACTIVITY_TYPES.handlers,
    **LEAD_LABELS.handlers,
    **PIPELINES.handlers,
    **STAGES.handlers,
    **FILTERS.handlers,
    "GET /v1/currencies": currencies,
    "GET /v1/leadSources": lead_sources,
    "GET /v1/filters/helpers": filter_helpers,
}
