"""Event subscriptions: what changed since it was last asked for.

https://bullhorn.github.io/rest-api-docs/#event
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appconnect.connectors.bullhorn.sandbox.answers import problem
from appconnect.connectors.bullhorn.sandbox.handlers import Handlers, not_found, number_of
from appconnect.connectors.bullhorn.sandbox.schema import VENDOR_ENTITIES
from appconnect.sandbox.base import Json, JsonObject, RefusedError, not_played

EVENT_TYPES = ("INSERTED", "UPDATED", "DELETED")
OTHER_TYPES = ("fieldMapChange", "jobMatchSearch")


class Subscriptions(Handlers):
    """Handlers of ``event/subscription``."""

    async def subscribe(self, request: Request, _: int) -> Response:
        """Begin to keep the events of some entities."""
        query, name = request.query_params, str(request.path_params["name"])
        if query.get("type") in OTHER_TYPES:
            return not_played(f"PUT /event/subscription/{{id}}?type={query['type']}")
        names, types = query.get("names", "").split(","), query.get("eventTypes", "").upper().split(",")
        wrong = [each for each in names if each not in VENDOR_ENTITIES]
        wrong += [each for each in types if each not in EVENT_TYPES]
        if query.get("type", "").lower() != "entity" or wrong:
            message = f"Invalid subscription: {', '.join(wrong) or 'type'}"
            return problem(400, message, "errors.badSubscription")
        row: JsonObject = {
            "id": name,
            "names": list(names),
            "eventTypes": list(types),
            "createdOn": self.database.millis(),
            "lastRequestId": 0,
            "requests": {},
        }
        self.database.subscriptions.put(row)
        entities, kinds = (",".join(f"'{each}'" for each in listed) for listed in (names, types))
        selector = f"BhEntityName IN ({entities}) AND BhEntityEventType IN ({kinds})"
        selector = f"JMSType='ENTITY' AND BhCorpId=1 AND {selector}"
        return JSONResponse(
            {
                "lastRequestId": 0,
                "subscriptionId": name,
                "createdOn": row["createdOn"],
                "jmsSelector": selector,
            }
        )

    async def events(self, request: Request, _: int) -> Response:
        """Return new events, or those of an earlier request; an empty body when there are none."""
        row = self._subscription(request)
        again = request.query_params.get("requestId")
        requests = row["requests"]
        assert isinstance(requests, dict)
        if again is not None:
            if again not in requests:
                return problem(404, f"There was no request {again}.", "errors.notFound")
            return JSONResponse({"requestId": int(again), "events": requests[again]})
        most = number_of(request.query_params.get("maxEvents"), 0)
        if not most:
            return problem(400, "'maxEvents' is missing.", "errors.missingParameter")
        events = [each for each in self.database.events.values() if each["subscription"] == row["id"]][:most]
        if not events:
            return Response(media_type="application/json")
        for each in events:
            self.database.events.remove(_key(each))
        last = int(str(row["lastRequestId"])) + 1
        told: list[Json] = [_event(each) for each in events]
        changed: JsonObject = {"lastRequestId": last, "requests": {**requests, str(last): told}}
        self.database.subscriptions.change(str(row["id"]), changed)
        return JSONResponse({"requestId": last, "events": told})

    async def last_request(self, request: Request, _: int) -> Response:
        """Return the number of the last request for events."""
        return JSONResponse({"result": self._subscription(request)["lastRequestId"]})

    async def unsubscribe(self, request: Request, _: int) -> Response:
        """Keep no more events."""
        row = self._subscription(request)
        self.database.subscriptions.remove(str(row["id"]))
        for each in list(self.database.events.values()):
            if each["subscription"] == row["id"]:
                self.database.events.remove(_key(each))
        return JSONResponse({"result": True})

    def _subscription(self, request: Request) -> JsonObject:
        name = str(request.path_params["name"])
        row = self.database.subscriptions.get(name)
        if row is None:
            raise RefusedError(not_found("Subscription", name))
        return row


def _key(event: JsonObject) -> int:
    number = event["id"]
    assert isinstance(number, int)
    return number


def _event(kept: JsonObject) -> JsonObject:
    event: JsonObject = {"eventId": f"ID:JBM-{kept['id']}", "eventType": "ENTITY", "eventMetadata": {}}
    told = {name: value for name, value in kept.items() if name not in ("id", "subscription")}
    if kept["entityEventType"] != "UPDATED":
        del told["updatedProperties"]
    return {**event, **told}
