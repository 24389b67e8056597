"""Credentials that are good on the port now, as variables for a shell or JSON for another program.

::

    eval "$(curl -s http://127.0.0.1:8700/_sandbox/credentials/acme)"
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, Response

from appconnect.sandbox.base import CrmSandbox

PATH = "/_sandbox/credentials"


def answer(crms: Mapping[str, CrmSandbox], request: HTTPConnection) -> Response:
    """Return the variables of one CRM: ``export ACME_ACCESS_TOKEN=…``; JSON to who accepts only that."""
    name = request.url.path.removeprefix(PATH).strip("/")
    if name not in crms:
        played = ", ".join(f"{PATH}/{crm}" for crm in crms)
        return PlainTextResponse(f"No CRM {name!r}. There are: {played}.", 404)
    values = {_variable(name, key): value for key, value in crms[name].fresh_credentials().items()}
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(values)
    lines = [f"export {variable}={shlex.quote(value)}" for variable, value in values.items()]
    return PlainTextResponse("\n".join(lines) + "\n")


def _variable(crm: str, key: str) -> str:
    return re.sub("[^0-9A-Z]+", "_", f"{crm}_{key}".upper())
