"""Collections played from a vendor's description alone: list, filter, page, read, create, change, delete.

A sandbox that begins with an OpenAPI document (``appconnect new --from``) has beside its module
``schema.json`` (see schema.py), ``operations.txt`` (see coverage.py) and ``collections.json``::

    [{"path": "/v1/contacts", "record": "Contact", "id": "id", "list": "data", "one": "data",
      "limit": "limit", "offset": "offset", "methods": ["GET", "POST", "GET one", "PATCH one", "DELETE one"]}]

What a description does not say (limits, quirks, side effects) is written by hand, as routes before these.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, Field, TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from appconnect.sandbox.coverage import not_played
from appconnect.sandbox.ids import Ids
from appconnect.sandbox.records import Table
from appconnect.sandbox.requests import Json, JsonObject, parse_json
from appconnect.sandbox.schema import Field as FieldOf
from appconnect.sandbox.schema import Problem, Record, read_schema

Handler = Callable[[Request], Awaitable[Response]]
PAGE = 50
"""Rows of a list where nothing is asked for."""


class Collection(BaseModel):
    """How a collection is reached, and what its answers are wrapped in."""

    path: str
    record: str
    id: str = "id"
    list: str = ""
    """The key that a list stands under; "" for a bare one."""
    one: str = ""
    """The key that a record stands under; "" for a bare one."""
    one_path: str = ""
    """Where one record is, with a parameter for its id; "" for the collection's path and the id."""
    sent: str = ""
    """The key that a record stands under when it is sent; "" for a bare one."""
    limit: str = "limit"
    offset: str = "offset"
    page: str = ""
    """The parameter that counts pages from 1; "" where there is none."""
    methods: Sequence[str] = Field(default_factory=tuple)
    """Of the collection ("GET", "POST") and of one record ("GET one", "PATCH one", "DELETE one")."""

    def wrapped(self, key: str, body: Json) -> Json:
        """Return what is answered, in its envelope."""
        return {key: body} if key else body


class Collections:
    """The collections of a description, with their records."""

    def __init__(self, schema: Mapping[str, Record], collections: Sequence[Collection]) -> None:
        self.schema = schema
        self.collections = collections
        self.reset(Ids())

    def reset(self, ids: Ids) -> None:
        """Forget all records; new ones get their ids from ``ids``."""
        self._ids = ids
        self.tables = {each.path: Table(each.id) for each in self.collections}

    @classmethod
    def beside(cls, module: Path) -> Collections:
        """Return the collections described in the files beside a module; none without the files."""
        described, schema = module.with_name("collections.json"), module.with_name("schema.json")
        if not described.exists():
            return cls({}, [])
        collections = TypeAdapter(list[Collection]).validate_json(described.read_text("utf-8"))
        return cls(read_schema(json.loads(schema.read_text("utf-8"))), collections)

    def routes(self, guarded: Callable[[Handler], Handler] = lambda handler: handler) -> Iterator[BaseRoute]:
        """Yield the routes; ``guarded`` puts sign-in and limits before a handler."""
        for collection in self.collections:
            for method in collection.methods:
                verb, _, one = method.partition(" ")
                handler = self._handler(collection, verb, is_one=bool(one))
                single = re.sub(r"\{[^}]*\}", "{id}", collection.one_path) or f"{collection.path}/{{id}}"
                path = single if one else collection.path
                yield Route(path, guarded(handler), methods=[verb])

    def add(self, path: str, fields: JsonObject) -> JsonObject:
        """Add a record to the collection at this path; return it with its id."""
        collection = next(each for each in self.collections if each.path == path)
        record, number = self.schema[collection.record], self._ids.next(path)
        key = _key(record.fields.get(collection.id), number)
        return self.tables[path].put({**record.blank(), **fields, collection.id: key})

    # -- handlers --

    def _handler(self, collection: Collection, verb: str, *, is_one: bool) -> Handler:
        handlers = {
            ("GET", False): self._list, ("POST", False): self._create, ("GET", True): self._read,
            ("PUT", True): self._change, ("PATCH", True): self._change, ("DELETE", True): self._delete,
        }  # fmt: skip
        handle = handlers[verb, is_one]

        async def handler(request: Request) -> Response:
            return handle(collection, request, parse_json(await request.body()))

        return handler

    def _list(self, collection: Collection, request: Request, _: Json) -> Response:
        query, fields = request.query_params, self.schema[collection.record].fields
        paging = (collection.limit, collection.offset, collection.page)
        if unknown := next((name for name in query if name not in fields and name not in paging), ""):
            return not_played(f"the parameter {unknown} of GET {collection.path}")
        wanted = {name: value for name, value in query.items() if name in fields}
        rows = [row for row in self.tables[collection.path].values() if _fits(row, wanted)]
        size, start, number = (_number(query.get(name, "")) for name in paging)
        size = PAGE if size is None else size
        first = (start or 0) + size * max(0, (number or 1) - 1)
        page: list[Json] = [*rows[first : first + size]]
        return JSONResponse(collection.wrapped(collection.list, page))

    def _create(self, collection: Collection, _: Request, body: Json) -> Response:
        body = _unwrapped(collection, body)
        if refusal := self._refusal(collection, body, partly=False):
            return refusal
        assert isinstance(body, dict)
        return JSONResponse(collection.wrapped(collection.one, self.add(collection.path, body)), 201)

    def _read(self, collection: Collection, request: Request, _: Json) -> Response:
        row = self._row(collection, request)
        return JSONResponse(collection.wrapped(collection.one, row)) if row is not None else _not_found()

    def _change(self, collection: Collection, request: Request, body: Json) -> Response:
        row = self._row(collection, request)
        if row is None:
            return _not_found()
        body = _unwrapped(collection, body)
        if refusal := self._refusal(collection, body, partly=True):
            return refusal
        assert isinstance(body, dict)
        row.update(body)
        return JSONResponse(collection.wrapped(collection.one, self.tables[collection.path].put(row)))

    def _delete(self, collection: Collection, request: Request, _: Json) -> Response:
        row = self._row(collection, request)
        if row is None:
            return _not_found()
        table = self.tables[collection.path]
        table.remove(next(key for key, each in table.items() if each is row))
        return Response(status_code=204)

    def _row(self, collection: Collection, request: Request) -> JsonObject | None:
        table, key = self.tables[collection.path], str(request.path_params["id"])
        return table.get(key) or (table.get(int(key)) if key.isdecimal() else None)

    def _refusal(self, collection: Collection, body: Json, *, partly: bool) -> Response | None:
        if not isinstance(body, dict):
            return JSONResponse({"problems": ["the body must be a JSON object"]}, 422)
        problems = self.schema[collection.record].problems(body, partly=partly)
        told: list[Json] = [_worded(each) for each in problems]
        return JSONResponse({"problems": told}, 422) if told else None


def _key(known: FieldOf | None, number: int) -> Json:
    """Return the id of a record, as the field that it stands in has it."""
    if known is not None and known.type == "uuid":
        return f"00000000-0000-4000-8000-{number:012}"
    return str(number) if known is not None and known.type == "text" else number


def _unwrapped(collection: Collection, body: Json) -> Json:
    """Return the record that is sent, out of its envelope."""
    return body.get(collection.sent) if collection.sent and isinstance(body, dict) else body


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _not_found() -> Response:
    """Return the answer where there is no such record."""
    return JSONResponse({"problems": ["there is no such record"]}, 404)


def _worded(problem: Problem) -> str:
    return f"{problem.path}: {problem.kind.value}"


def _fits(row: JsonObject, wanted: Mapping[str, str]) -> bool:
    return all(_as_text(row.get(name)) == value for name, value in wanted.items())


def _as_text(value: Json) -> str:
    return json.dumps(value) if isinstance(value, bool | list | dict) or value is None else str(value)
