"""What the made-up company has none of: mail that Pipedrive synchronises, and products."""

from __future__ import annotations

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.persons import ORGANIZATIONS, PERSONS
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler, answer_page
from appconnect.connectors.pipedrive.sandbox.sales import DEALS


def _none(of: Collection) -> Handler:
    """Return a handler that answers an existing record with an empty list."""

    def none(request: ApiRequest) -> Response:
        of.found(request)
        return answer_page(request, [])

    return none


HANDLERS: dict[str, Handler] = {
    "GET /v1/deals/{id}/mailMessages": _none(DEALS),
    "GET /v1/persons/{id}/mailMessages": _none(PERSONS),
    "GET /v1/organizations/{id}/mailMessages": _none(ORGANIZATIONS),
    "GET /v1/persons/{id}/products": _none(PERSONS),
}
