"""A request that was sent, as it may be changed and sent again with :meth:`Workbench.request`."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, JsonValue

from appconnect.errors import InputError
from appconnect.http import Exchange
from appconnect.http.bodies import BodyKind, flat_pairs
from appconnect.http.departures import Purpose
from appconnect.http.exchange import Request
from appconnect.redaction.detectors import is_placeholder
from appconnect.workbench.context import Context

Query = tuple[tuple[str, str], ...]
"""Names and values in order; a name may be repeated."""


class DraftRequest(BaseModel):
    """A request to send: ``path`` is below the connection's base address, or a whole address of the CRM.

    ``query`` holds names and values in order, decoded; ``body`` is JSON, None for none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)

    method: str
    path: str
    query: Query = ()
    body: JsonValue = None

    @property
    def address(self) -> str:
        """The path with its query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def path_and_params(self) -> tuple[str, dict[str, str] | None]:
        """What :meth:`Workbench.request` takes; a query in which a name is repeated stays in the path."""
        params = dict(self.query)
        return (self.path, params) if len(params) == len(self.query) else (self.address, None)

    @property
    def masked(self) -> tuple[str, ...]:
        """The values that are only masked, such as ``<access_token>``, so that it cannot be sent as it is."""
        steps = [each for each in urlsplit(self.path).path.split("/") if is_placeholder(each)]
        values = [value for _, value in self.query if is_placeholder(value)]
        return tuple(dict.fromkeys([*steps, *values, *_masked_in(self.body)]))


def draft_of(context: Context, exchange: Exchange) -> DraftRequest:
    """Return the request of an exchange, to be sent again.

    What the sign-in adds is left out, since it is added anew. Raises InputError for a request that signs in
    or out, and for a body that is no JSON.
    """
    request = exchange.request
    if exchange.purpose is not Purpose.OPERATION:
        raise InputError(f"This request is part of the {exchange.purpose.value}; sign in again instead.")
    if request.body is not None and request.body.kind is not BodyKind.JSON:
        raise InputError(f"The body of this request is {request.body.kind.value}; only JSON is sent again.")
    signed = request.signed or frozenset()
    query = tuple((name, value) for name, value in flat_pairs(request.query) if name.lower() not in signed)
    return DraftRequest(
        method=request.method,
        path=_below_base(context, request.url),
        query=query,
        body=request.body.value if request.body else None,
    )


def _below_base(context: Context, url: str) -> str:
    """Return what follows the connection's base address, in which a secret may be masked."""
    signer = context.crm.signer
    if signer is None:
        return url
    base = context.redactor.request(Request(method="GET", url=f"{signer.base_url}/")).url
    return f"/{url.removeprefix(base)}" if url.startswith(base) else url


def _masked_in(value: JsonValue) -> list[str]:
    if isinstance(value, str):
        return [value] if is_placeholder(value) else []
    if isinstance(value, dict):
        return [found for each in value.values() for found in _masked_in(each)]
    return [found for each in value for found in _masked_in(each)] if isinstance(value, list) else []
