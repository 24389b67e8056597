"""Sums, timelines and statistics of deals (v1), and their discounts (v2).

Source: https://developers.pipedrive.com/docs/api/v1/Deals, "summary", "timeline" and "discounts".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_request, not_found, ok
from appconnect.connectors.pipedrive.sandbox.collection import Collection, fitting
from appconnect.connectors.pipedrive.sandbox.interface import OPERATIONS
from appconnect.connectors.pipedrive.sandbox.older import DEALS_V1
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler
from appconnect.connectors.pipedrive.sandbox.sales import DEALS
from appconnect.connectors.pipedrive.sandbox.settings import PIPELINES
from appconnect.connectors.pipedrive.sandbox.v1 import as_v1
from appconnect.sandbox.base import Json, JsonObject

MAX_PERIODS = 1000
DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "quarter": 3}


def _deals(request: ApiRequest) -> list[Row]:
    newer = DEALS_V1.as_newer(request)
    return fitting(newer, DEALS.present(newer))


def _total(rows: list[Row]) -> float:
    return sum(value for row in rows if isinstance(value := row["value"], int | float))


def _values(rows: list[Row]) -> JsonObject:
    """Return the sums of the deals' values by currency."""
    currencies = dict.fromkeys(str(row["currency"]) for row in rows)
    return {each: _total([row for row in rows if row["currency"] == each]) for each in currencies}


def summary(request: ApiRequest) -> Response:
    """GET /v1/deals/summary: counted in the company's currency, without rates of exchange."""
    rows = _deals(request)
    currency = request.database.users[request.user]["default_currency"]
    total, count = _total(rows), len(rows)
    written = f"{total:,.2f}".removesuffix(".00") + f" {currency}"
    values: Row = {"value": total, "count": count, "value_formatted": written}
    converted: Row = {"value_converted": total, "value_converted_formatted": written}
    sums = ("total_currency_converted_value", "total_weighted_currency_converted_value")
    told: Row = {"values_total": values | converted, "weighted_values_total": values, "total_count": count}
    told |= dict.fromkeys(sums, total)
    return ok(told | {f"{name}_formatted": written for name in sums})


# -- timeline --


def timeline(request: ApiRequest) -> Response:
    """GET /v1/deals/timeline: the deals of each period, by a field that holds a date."""
    key, amount = str(request.query["field_key"]), request.int_parameter("amount", 1)
    if key not in _dates():
        raise bad_request(f"field_key: {key} is no field with a date.")
    if not 0 < amount <= MAX_PERIODS:
        raise bad_request(f"amount: Expected a number from 1 to {MAX_PERIODS}")
    rows, start = _deals(request), date.fromisoformat(str(request.query["start_date"]))
    interval = str(request.query["interval"])
    edges = [_later(start, interval, number) for number in range(amount + 1)]
    return ok([_period(request, rows, key, *each) for each in pairwise(edges)])


def _dates() -> set[str]:
    record = OPERATIONS["GET /api/v2/deals/{id}"].answer
    return {name for name in (record.fields if record else ()) if name.endswith(("_time", "_date"))}


def _later(start: date, interval: str, number: int) -> date:
    """Return the day that is so many periods later; ``start`` stands for the first of its month."""
    if interval in DAYS:
        return start + timedelta(DAYS[interval] * number)
    months = start.year * 12 + start.month - 1 + MONTHS[interval] * number
    return date(months // 12, months % 12 + 1, 1)


def _period(request: ApiRequest, rows: list[Row], key: str, start: date, end: date) -> JsonObject:
    last = end - timedelta(1)
    within = [row for row in rows if _in(row, key, str(start), str(last))]
    opened, won = ([row for row in within if row["status"] == status] for status in ("open", "won"))
    record = OPERATIONS["POST /v1/deals/{id}/duplicate"].answer
    assert record is not None
    shown: list[Json] = [as_v1(request, record, "deal", row) for row in within]
    return {
        "period_start": f"{start} 00:00:00", "period_end": f"{last} 23:59:59",
        "deals": [] if request.query.get("exclude_deals") == 1 else shown,
        "totals": {
            "count": len(within), "values": _values(within), "weighted_values": _values(within),
            "open_count": len(opened), "open_values": _values(opened),
            "weighted_open_values": _values(opened), "won_count": len(won), "won_values": _values(won),
        },
    }  # fmt: skip


# -- statistics of a pipeline --


def _between(request: ApiRequest) -> tuple[list[Row], str, str]:
    """Return the pipeline's deals, and the first and last day that the query asks for."""
    pipeline, user = PIPELINES.found(request)["id"], request.query.get("user_id")
    rows = [row for row in DEALS.present(request) if row["pipeline_id"] == pipeline]
    rows = [row for row in rows if user in (None, row["owner_id"])]
    return rows, str(request.query["start_date"]), str(request.query["end_date"])


def _in(row: Row, name: str, first: str, last: str) -> bool:
    return bool(row.get(name)) and first <= str(row[name])[:10] <= last


def _moves(request: ApiRequest, rows: list[Row], first: str, last: str) -> Iterator[tuple[str, str]]:
    """Yield from which stage to which one deals went."""
    ids = {row["id"] for row in rows}
    for change in request.database.history.values():
        moved = (change["what"], change.get("field_key")) == ("deal", "stage_id")
        if moved and change["record_id"] in ids and _in(change, "time", first, last):
            yield str(change["old_value"]), str(change["new_value"])


def conversions(request: ApiRequest) -> Response:
    """GET /v1/pipelines/{id}/conversion_statistics: in per cent."""
    rows, first, last = _between(request)
    moves = list(_moves(request, rows, first, last))
    rates = [_rate(moves, *each) for each in dict.fromkeys(moves)]
    shares = {
        status: round(
            100 * len([r for r in rows if _in(r, f"{status}_time", first, last)]) / max(1, len(rows))
        )
        for status in ("won", "lost")
    }
    won, lost = shares["won"], shares["lost"]
    return ok({"stage_conversions": list(rates), "won_conversion": won, "lost_conversion": lost})


def _rate(moves: list[tuple[str, str]], old: str, new: str) -> Json:
    """Return how many of the deals that left a stage went to another one."""
    left = [to for stage, to in moves if stage == old]
    rate = round(100 * left.count(new) / len(left))
    return {"from_stage_id": int(old), "to_stage_id": int(new), "conversion_rate": rate}


def movements(request: ApiRequest) -> Response:
    """GET /v1/pipelines/{id}/movement_statistics."""
    rows, first, last = _between(request)
    groups = {
        "new_deals": [row for row in rows if _in(row, "add_time", first, last)],
        "deals_left_open": [row for row in rows if row["status"] == "open"],
        "won_deals": [row for row in rows if _in(row, "won_time", first, last)],
        "lost_deals": [row for row in rows if _in(row, "lost_time", first, last)],
    }
    today = request.database.clock.now().date()
    moved: Row = {"movements_between_stages": {"count": len(list(_moves(request, rows, first, last)))}}
    stages = dict.fromkeys(row["stage_id"] for row in rows)
    by_stage: list[Json] = [
        {"stage_id": stage, "value": _age([row for row in rows if row["stage_id"] == stage], today)}
        for stage in stages
    ]
    ages: Json = {"across_all_stages": _age(rows, today), "by_stages": by_stage}
    counted = {name: _counted(group) for name, group in groups.items()}
    return ok(moved | counted | {"average_age_in_days": ages})


def _counted(rows: list[Row]) -> JsonObject:
    values = _values(rows)
    formatted: JsonObject = {name: f"{value} {name}" for name, value in values.items()}
    ids: list[Json] = [row["id"] for row in rows]
    return {"count": len(rows), "deals_ids": ids, "values": values, "formatted_values": formatted}


def _age(rows: list[Row], today: date) -> int:
    days = [(today - date.fromisoformat(str(row["add_time"])[:10])).days for row in rows]
    return round(sum(days) / len(days)) if days else 0


# -- discounts --


def _discount(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    user, now = request.user, request.database.now
    new: Row = {"deal_id": DEALS.found(request)["id"], "created_at": now, "created_by": user}
    return (new if before is None else {}) | sent | {"updated_at": now, "updated_by": user}


class Discounts(Collection):
    """The discounts of the deal in the path."""

    def key(self, request: ApiRequest) -> int | str:
        """Return the UUID in the path."""
        return request.path["discount_id"]

    def present(self, request: ApiRequest) -> list[Row]:
        """Return the deal's discounts."""
        return request.database.discounts.having(("deal_id", DEALS.found(request)["id"]))

    def found(self, request: ApiRequest, *, reading: bool = False) -> Row:
        """Return the discount of the path if it is one of this deal's."""
        row = next((each for each in self.present(request) if each["id"] == self.key(request)), None)
        if row is None:
            raise not_found()
        return row


DISCOUNTS = Discounts("/api/v2/deals/{id}/discounts", "discounts", text_ids=True, gone="", prepare=_discount)
ONE = f"{DISCOUNTS.base}/{{discount_id}}"
HANDLERS: dict[str, Handler] = {
    "GET /v1/deals/summary": summary,
    "GET /v1/deals/summary/archived": summary,
    "GET /v1/deals/timeline": timeline,
    "GET /v1/deals/timeline/archived": timeline,
    "GET /v1/pipelines/{id}/conversion_statistics": conversions,
    "GET /v1/pipelines/{id}/movement_statistics": movements,
    f"GET {DISCOUNTS.base}": DISCOUNTS.listed,
    f"POST {DISCOUNTS.base}": DISCOUNTS.create,
    f"PATCH {ONE}": DISCOUNTS.change,
    f"DELETE {ONE}": DISCOUNTS.delete,
}
