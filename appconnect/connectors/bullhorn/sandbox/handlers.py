"""What the handlers of all requests share: entities, fields, bodies, pages of rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appconnect.connectors.bullhorn.sandbox import metadata
from appconnect.connectors.bullhorn.sandbox.answers import problem
from appconnect.connectors.bullhorn.sandbox.database import Database
from appconnect.connectors.bullhorn.sandbox.field_lists import BadFieldsError, FieldSpec, parse_fields, select
from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES, VENDOR_ENTITIES, field_at
from appconnect.sandbox.base import Json, JsonObject, RefusedError, not_played, read_json

if TYPE_CHECKING:
    from appconnect.connectors.bullhorn.sandbox import BullhornSandbox

MAX_ROWS = 500


class Handlers:
    """A group of handlers; each gets the request and the id of its user."""

    def __init__(self, crm: BullhornSandbox) -> None:
        self.crm = crm

    @property
    def database(self) -> Database:
        """All records."""
        return self.crm.database

    def entity(self, request: Request) -> str:
        """Return the entity that a path names; end the request where there is none."""
        entity = str(request.path_params["entity"])
        if entity not in ENTITIES:
            if entity in VENDOR_ENTITIES:
                words = request.url.path.rsplit("/rest-services/", 1)[-1].partition("/")[2]
                raise RefusedError(not_played(f"{request.method} /{words}"))
            raise RefusedError(problem(400, f"Unknown entity {entity}.", "errors.searchUnknownEntity"))
        if entity == "Lead" and self.crm.toggles["leads_hidden"]:
            raise RefusedError(problem(403, "You are not entitled to Lead.", "errors.notEntitled"))
        return entity

    def existing(self, request: Request) -> tuple[str, int]:
        """Return the entity and the id that a path names; end the request with 404 for no record."""
        entity, text = self.entity(request), str(request.path_params["id"])
        number = number_of(text, -1)
        if number not in self.database.records[entity]:
            raise RefusedError(not_found(entity, text))
        return entity, number

    def fields(self, request: Request, entity: str) -> tuple[FieldSpec, ...] | None:
        """Return the requested fields; None when there is no such parameter."""
        text = request.query_params.get("fields")
        if not text and request.query_params.get("layout"):
            raise RefusedError(not_played("layouts, which every company makes its own; ask for fields"))
        try:
            return parse_fields(entity, text, all_fields=self.crm.toggles["all_fields"]) if text else None
        except BadFieldsError as error:
            raise RefusedError(problem(400, str(error), error.key)) from error

    async def body(self, request: Request) -> JsonObject:
        """Return a JSON object that was sent; end the request with 400 for anything else."""
        body = await read_json(request)
        if not isinstance(body, dict) or not _is_sendable(body):
            raise RefusedError(problem(400, "The body is not a JSON object.", "errors.badBody"))
        return body

    def page(
        self,
        request: Request,
        entity: str,
        rows: Sequence[JsonObject],
        default: int,
        *,
        scored: bool,
        total: bool,
    ) -> Response:
        """Return a page of rows as ``start`` and ``count`` ask, with the fields that are asked for."""
        query = request.query_params
        if query.get("totalOnly") == "true":
            return JSONResponse({"total": len(rows)})
        start, count = number_of(query.get("start"), 0), number_of(query.get("count"), default)
        page = page_of(request, rows, default)
        fields = self.fields(request, entity)
        data: list[Json] = [row["id"] for row in page]
        if fields is not None:
            extra: JsonObject = {"_score": 1.0} if scored else {}
            extra |= {"_editable": True} if query.get("showEditable") == "true" else {}
            data = [{**select(self.database, entity, row, fields), **extra} for row in page]
        answer: JsonObject = {"start": start, "count": len(page), "data": data}
        if total:
            answer = {"total": len(rows), **answer}
        answer |= self.meta(request, entity, fields or ())
        if count > MAX_ROWS:
            answer["messages"] = [{"detailMessage": f"count was reduced to {MAX_ROWS}", "severity": "INFO"}]
        return JSONResponse(answer)

    def meta(self, request: Request, entity: str, fields: Iterable[FieldSpec]) -> JsonObject:
        """Return the metadata that an answer carries when ``meta`` is basic or full."""
        level = request.query_params.get("meta", "off")
        if level not in ("basic", "full"):
            return {}
        names = [spec.name for spec in fields]
        return {"meta": metadata.entity_metadata(entity, names, self.crm.rest_url(request), level)}

    def ordered(self, request: Request, entity: str, rows: Iterable[JsonObject]) -> list[JsonObject]:
        """Return rows in the order of ``sort`` or ``orderBy``: "-dateAdded,lastName"; 400 for no field."""
        query = request.query_params
        listed, keys = list(rows), (query.get("sort") or query.get("orderBy") or "").split(",")
        for key in reversed([key.strip() for key in keys if key.strip()]):
            name, _, direction = key.lstrip("+-").partition(" ")
            if field_at(entity, name) is None:
                if name == "_score":
                    continue
                raise RefusedError(problem(400, f"Invalid field '{name}'", "errors.invalidField"))
            down = key.startswith("-") or direction.strip().lower() == "desc"
            listed.sort(key=partial(self._sort_key, entity, name), reverse=down)
        return listed

    def _sort_key(self, entity: str, path: str, row: JsonObject) -> tuple[int, float, str]:
        value = next(self.database.values(entity, row, path), None)
        if value is None:
            return 0, 0.0, ""
        return (1, float(value), "") if isinstance(value, int | float) else (2, 0.0, str(value).casefold())


def page_of(request: Request, rows: Sequence[JsonObject], default: int) -> Sequence[JsonObject]:
    """Return the rows that ``start`` and ``count`` ask for, ``default`` rows without a count."""
    query = request.query_params
    start, count = number_of(query.get("start"), 0), number_of(query.get("count"), default)
    return rows[start : start + min(count, MAX_ROWS)]


def not_found(entity: str, which: str) -> Response:
    """Return Bullhorn's 404 for a record."""
    return problem(404, f"{entity} {which} was not found.", "errors.notFound")


async def with_body(request: Request, names: Collection[str]) -> Request:
    """Return a POST with what its JSON body says of these parameters and its query does not."""
    body = await read_json(request) if request.method == "POST" else None
    sent = {name: body[name] for name in names if body.get(name)} if isinstance(body, dict) else {}
    texts = {
        name: ",".join(map(str, each)) if isinstance(each, list) else str(each) for name, each in sent.items()
    }
    query = urlencode({**texts, **request.query_params})
    return Request({**request.scope, "query_string": query.encode()})


def parameter(request: Request, name: str) -> str:
    """Return a parameter of the query string; 400 without it, or for a blank one."""
    value = request.query_params.get(name, "")
    if not value.strip():
        raise RefusedError(problem(400, f"'{name}' is missing.", "errors.missingParameter"))
    return value


def number_of(text: str | None, otherwise: int) -> int:
    """Return a whole number that was sent as text, else the other one."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else otherwise


def ids_of(text: str) -> list[int]:
    """Return the ids of a comma list."""
    return [number for part in text.split(",") if (number := number_of(part.strip(), -1)) >= 0]


def _is_sendable(body: JsonObject) -> bool:
    """Return True for a body that JSON can carry: no NaN, no halves of a character."""
    try:
        json.dumps(body, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, UnicodeEncodeError, RecursionError):
        return False
    return True
