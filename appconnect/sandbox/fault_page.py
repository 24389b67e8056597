"""Faults on the port: a page on which a person picks one by name, and an address for other programs.

::

    curl -d crm=acme -d named='answer lost' http://127.0.0.1:8700/faults      # the next write
    curl -d crm=acme -d named=503 -d method='*' -d path='/v1/calls*' -d times=3 http://127.0.0.1:8700/faults
    curl -X DELETE http://127.0.0.1:8700/faults                               # no more faults
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from appconnect.sandbox.base import CrmSandbox
from appconnect.sandbox.named_faults import NAMED_FAULTS
from appconnect.sandbox.pages import page, table

PATH = "faults"
MAX_SHOWN = 60
METHODS = ("WRITE", "READ", "*")


async def answer(crms: Mapping[str, CrmSandbox], request: Request) -> Response:
    """Show the page, add the fault of a form, or remove all faults."""
    if request.method == "DELETE":
        for crm in crms.values():
            crm.faults.clear()
        return Response(status_code=204)
    if request.method == "POST":
        try:
            return _add(crms, await request.form())
        except (MultiPartException, AssertionError):
            return PlainTextResponse("The form cannot be read.", 400)
    return _page(crms)


def _add(crms: Mapping[str, CrmSandbox], form: FormData) -> Response:
    """Add the fault that a form asks for: to the next write, unless it says otherwise."""
    told = {name: str(value) for name, value in form.items()}
    crm, named, times = told.get("crm", ""), told.get("named", ""), told.get("times") or "1"
    if crm not in crms:
        return PlainTextResponse(f"No CRM {crm!r}; there are: {', '.join(crms)}.", 400)
    if named not in NAMED_FAULTS:
        return PlainTextResponse(f"No fault {named!r}; there are: {', '.join(NAMED_FAULTS)}.", 400)
    if not re.fullmatch("[1-9][0-9]{0,5}", times):
        return PlainTextResponse(
            f"The number of times is {times[:MAX_SHOWN]!r}; give a whole number from 1 to 999999.", 400
        )
    crms[crm].faults.add(
        told.get("method") or "WRITE", told.get("path") or "*", named=named, times=int(times)
    )
    return RedirectResponse(f"/{PATH}", 303)


def _page(crms: Mapping[str, CrmSandbox]) -> Response:
    waiting = {crm.title: f"{len(crm.faults)} waiting" for crm in crms.values()}
    meanings = {fault.name: fault.meaning for fault in NAMED_FAULTS.values()}
    return page(
        "Faults",
        "<p>The requests that come next go wrong as often as you say. DELETE on this address ends it.</p>"
        f'<form method="post" class="card">{_choice("crm", list(crms))}{_choice("named", list(NAMED_FAULTS))}'
        f'{_choice("method", METHODS)}<label>path <input name="path" value="*"></label>'
        '<label>times <input name="times" value="1"></label><button class="go">Add</button></form>'
        f"<h2>Waiting</h2>{table(waiting)}<h2>What each does</h2>{table(meanings)}",
    )


def _choice(name: str, values: list[str] | tuple[str, ...]) -> str:
    options = "".join(f"<option>{escape(value)}</option>" for value in values)
    return f'<label>{name} <select name="{name}">{options}</select></label>'
