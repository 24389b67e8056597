"""Requests of a person's own, with the connection's credentials: masked, paced and traced as all others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import JsonValue

from appconnect import operations
from appconnect.errors import ForeignHost, InputError
from appconnect.http import deadline
from appconnect.text.quotation import quotation
from appconnect.workbench import validation
from appconnect.workbench.context import Context
from appconnect.workbench.live_writes import LiveWrites

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
Parameter = str | int | float | bool | None


@dataclass(frozen=True)
class Answer:
    """A CRM's answer, decoded; header names are lower-case. Only the status shows in the repr."""

    status: int
    body: JsonValue = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


async def request(
    context: Context,
    writes: LiveWrites,
    method: str,
    path: str,
    *,
    params: Mapping[str, Parameter] | None,
    json: JsonValue,
) -> Answer:
    """Send one request and return its answer. Raises the errors of :mod:`appconnect.errors`."""
    verb = validation.text(method, "method").strip().upper()
    if verb not in METHODS:
        shown = quotation(method, validation.MAX_SHOWN)
        raise InputError(f"There is no method {shown!r}; choose one of: {', '.join(METHODS)}.")
    wanted = validation.text(path, "path").strip()
    await context.signed_in_user()
    address = _below_base(wanted, context.crm.signer.base_url if context.crm.signer else "")
    writes.check(verb, address)
    sending = context.crm.send(verb, address, params=_checked(params), body=json)
    reply = await deadline.within(operations.DEADLINE_SECONDS, context.crm.clock, sending)
    return Answer(reply.status, reply.body, dict(reply.headers))


def _below_base(path: str, base_url: str) -> str:
    """Return the path below the connection's base address, whose own path (a version) it may begin with."""
    if re.match(r"[\w+.-]+://", path):
        if not path.startswith("https://"):
            raise ForeignHost("An address of the CRM begins with https://, so nothing was sent to this one.")
        return path
    path, start = f"/{path.lstrip('/')}", urlsplit(base_url).path.rstrip("/")
    return path.removeprefix(start) if path.startswith(f"{start}/") else path


def _checked(params: Mapping[str, Parameter] | None) -> dict[str, Parameter]:
    checked: dict[str, Parameter] = {}
    for name, value in validation.fields(params, "parameters").items():
        if isinstance(value, list | dict):
            raise InputError(f"The parameter {name} must be a text or a number.")
        checked[name] = value
    return checked
