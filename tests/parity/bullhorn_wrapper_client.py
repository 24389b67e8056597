"""Bullhorn's sandbox used by PyPI's bullhorn, a method for every entity that it reads."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from parity.bullhorn_clients import Call, Redirected
from parity.bullhorn_sign_in import sign_in

CLIENT_NAME = "bullhorn 0.0.12 (PyPI)"
QUERIED = (
    "appointments", "business_sectors", "categories", "client_contacts", "client_corporations",
    "client_corporation_appointments", "corporate_users", "countries", "departments", "employee_pays",
    "employer_contributions", "job_orders", "job_submissions", "job_submission_histories", "leads", "lead_histories",
    "locations", "opportunities", "opportunity_histories", "placements", "placement_commissions", "sendouts",
)  # fmt: skip


def calls(url: str) -> Iterator[Call]:
    """Yield what the client does at an address on a port. Raises ImportError."""
    module = importlib.import_module("bullhorn.client")
    module.requests = Redirected(url)  # type: ignore[attr-defined]
    session = sign_in(url)
    client: Any = module.BullhornClient(token=session["BhRestToken"], rest_url=session["restUrl"])
    yield "Description", "ping", client.ping, lambda answer: answer["sessionExpires"] > 0
    yield (
        "Description",
        "settings",
        lambda: client.get_settings("userId,commentActionList"),
        lambda a: a["userId"] == 101,
    )
    yield (
        "Search", "candidates",
        lambda: client.get_candidates("dateLastModified:{2023/01/01 TO *}", "id,firstName,lastName", count=2, start=1),
        lambda rows: [row["id"] for row in rows] == [108, 111],
    )  # fmt: skip
    for name in QUERIED:
        method = getattr(client, f"get_{name}")
        yield "Query", name, partial(method, "id > 0", "id", "-id"), _is_descending


def _is_descending(rows: list[dict[str, Any]]) -> bool:
    ids = [row["id"] for row in rows]
    return ids == sorted(ids, reverse=True) and all(set(row) == {"id"} for row in rows)
