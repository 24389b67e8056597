"""What of each CRM's interface is played: a page for browsers, JSON for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from appconnect.sandbox.base import CrmSandbox
from appconnect.sandbox.coverage import GroupCoverage
from appconnect.sandbox.pages import code, page, rows
from appconnect.sandbox.requests import JsonObject

PATH = "/_sandbox/coverage"


def answer(crms: Mapping[str, CrmSandbox], request: HTTPConnection) -> Response:
    """Return the page to a browser, and JSON to any other client."""
    if "text/html" in request.headers.get("accept", ""):
        intro = (
            "<p>What the vendors’ interfaces have, group by group, and how much of it the sandbox plays. "
            "The rest is answered 501, with a header and a sentence that say that the sandbox speaks.</p>"
        )
        return page("What is played", intro + "".join(map(_section, crms.values())))
    return JSONResponse({crm.name: _as_json(crm) for crm in crms.values()})


def _as_json(crm: CrmSandbox) -> JsonObject:
    groups: JsonObject = {
        group.group: {
            "played": [str(each) for each in group.played],
            "missing": [str(each) for each in group.missing],
        }
        for group in crm.coverage.groups
    }
    told = crm.coverage
    return {"operations": told.in_all, "played": told.played, "share": round(told.share, 3), "groups": groups}


def _section(crm: CrmSandbox) -> str:
    listed = rows(("group", "played", "not played"), [_row(group) for group in crm.coverage.groups])
    unnamed = crm.coverage.in_all - len(crm.coverage.operations)
    more = f"<p>{unnamed} more are not known by name, and not played.</p>" if unnamed else ""
    head = f'<h2 id="{escape(crm.name)}">{escape(crm.title)}: {escape(crm.coverage.told)}</h2>'
    return head + listed + more


def _row(group: GroupCoverage) -> tuple[str, str, str]:
    listed = "<br>".join(code(str(each)) for each in group.missing)
    missing = f"<details><summary>{len(group.missing)}</summary>{listed}</details>" if group.missing else "–"
    return escape(group.group), f"{len(group.played)} of {group.total}", missing
