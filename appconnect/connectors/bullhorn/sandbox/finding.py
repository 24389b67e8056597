"""Search, query, the lists of a user and FastFind.

https://bullhorn.github.io/rest-api-docs/#search, #query, #my-entity-s, #find
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appconnect.connectors.bullhorn.sandbox import jpql, lucene, metadata
from appconnect.connectors.bullhorn.sandbox.answers import problem
from appconnect.connectors.bullhorn.sandbox.field_lists import FieldSpec, select, summary_fields
from appconnect.connectors.bullhorn.sandbox.guide import INDEX_LAG
from appconnect.connectors.bullhorn.sandbox.handlers import Handlers, number_of, parameter, with_body
from appconnect.connectors.bullhorn.sandbox.schema import INDEXED_ONLY, SEARCHED, has
from appconnect.sandbox.base import Json, JsonObject, RefusedError

SEARCH_ROWS, QUERY_ROWS, FOUND_ROWS = 20, 15, 20
BODY_PARAMETERS = ("fields", "count", "start", "sort", "orderBy", "meta", "showTotalMatched")
FOUND = ("ClientContact", "JobOrder", "Candidate", "ClientCorporation", "Lead", "Opportunity")
"""What FastFind looks through."""
LISTED = ("Candidate", "ClientContact", "ClientCorporation", "JobOrder", "Placement", "Note")
"""What there are lists of the user's and the department's own of."""
PHONES = ("phone", "phone2", "phone3", "mobile", "billingPhone")
EMAILS = ("email", "email2", "email3")
PHONE = re.compile(r"[+(\d][-+*(). \d]*")


class Finding(Handlers):
    """Handlers that find records."""

    async def search(self, request: Request, _: int) -> Response:
        """Search the index with a Lucene query: ``total`` is given, the default is 20 rows."""
        entity = self.entity(request)
        if entity not in SEARCHED:
            raise RefusedError(problem(400, f"Unknown search entity {entity}.", "errors.searchUnknownEntity"))
        if request.method == "GET" and not set(request.query_params) - {"BhRestToken"}:
            return JSONResponse(metadata.index_fields(entity))
        request = await with_body(request, self._posted("query"))
        rows = self._searched(entity, parameter(request, "query"))
        if entity == "Note" and self.crm.toggles["note_search_empty"]:
            rows = []
        return self.page(
            request, entity, self.ordered(request, entity, rows), SEARCH_ROWS, scored=True, total=True
        )

    async def query(self, request: Request, _: int) -> Response:
        """Query the database with JPQL: ``total`` only on request, the default is 15 rows."""
        entity = self.entity(request)
        if entity in INDEXED_ONLY and self.crm.toggles["indexed_queries_refused"]:
            message = f"Query operation not supported for {entity}, please use /search call instead."
            return problem(400, message, "errors.queryIndexedEntity")
        request = await with_body(request, self._posted("where"))
        rows = self._queried(entity, parameter(request, "where"))
        total = request.query_params.get("showTotalMatched") == "true"
        return self.page(
            request, entity, self.ordered(request, entity, rows), QUERY_ROWS, scored=False, total=total
        )

    async def mine(self, request: Request, user: int) -> Response:
        """Return the records of an entity that the user owns, or that their departments do."""
        entity = self.entity(request)
        query, where = request.query_params.get("query"), request.query_params.get("where")
        table = self.database.records[entity]
        rows: Iterable[JsonObject] = table.values()
        if query:
            rows = self._searched(entity, query)
        elif where:
            rows = self._queried(entity, where)
        if "/my" in request.url.path:
            owner = next(
                name for name in ("owner", "commentingPerson") if has(entity, name) or name != "owner"
            )
            rows = [row for row in rows if row.get(owner, user) == user]
        rows = [row for row in rows if not row.get("isDeleted")]
        ordered, scored = self.ordered(request, entity, rows), entity in INDEXED_ONLY
        return self.page(request, entity, ordered, SEARCH_ROWS, scored=scored, total=scored)

    async def find(self, request: Request, _: int) -> Response:
        """Find people, companies and jobs by what the text looks like: FastFind."""
        request = await with_body(request, self._posted("query"))
        text = parameter(request, "query").strip()
        most = number_of(request.query_params.get("countPerEntity"), FOUND_ROWS)
        data: list[Json] = []
        for entity in FOUND:
            if entity == "Lead" and self.crm.toggles["leads_hidden"]:
                continue
            rows = [row for row in self._searched(entity, _fast(entity, text)) if not row.get("isDeleted")]
            fields = [FieldSpec(name) for name in summary_fields(entity)]
            data += [
                {**select(self.database, entity, row, fields), "_type": entity, "_score": 1.0}
                for row in rows[:most]
            ]
        return JSONResponse({"data": data})

    # -- the steps --

    def _posted(self, name: str) -> tuple[str, ...]:
        return (name, *(BODY_PARAMETERS if self.crm.toggles["body_parameters"] else ()))

    def _searched(self, entity: str, text: str) -> list[JsonObject]:
        try:
            found = lucene.parse_query(entity, text, exact_phones=self.crm.toggles["exact_phones"])
        except lucene.BadSearchError as error:
            raise RefusedError(problem(400, str(error), "errors.badSearch")) from error
        lag = timedelta(seconds=INDEX_LAG if self.crm.toggles["index_lag"] else 0)
        return [
            row
            for row in self.database.searchable(entity, lag, found.hints)
            if found.passes(partial(self.database.values_at, entity, row))
        ]

    def _queried(self, entity: str, where: str) -> list[JsonObject]:
        try:
            test = jpql.parse_where(entity, where)
        except jpql.BadWhereError as error:
            raise RefusedError(problem(400, str(error), "errors.badQuery")) from error
        return [
            row
            for row in self.database.records[entity].values()
            if test(partial(self.database.values_at, entity, row))
        ]


def _fast(entity: str, text: str) -> str:
    """Return the Lucene query that FastFind makes of a text."""
    if "@" in text:
        return _any(entity, EMAILS, [text])
    if text.isascii() and text.isdecimal():
        return f"id:{text}"
    if PHONE.fullmatch(text) and any(letter.isdigit() for letter in text):
        return _any(entity, PHONES, [text])
    first, *rest = text.split()
    if not has(entity, "lastName"):
        names = ("name", "title") if has(entity, "name") or has(entity, "title") else ()
        return _any(entity, (*names, "clientContact.name", "clientCorporation.name"), [text])
    if not rest:
        return _any(entity, ("firstName",) if "*" in first else ("lastName",), [first])
    return f"firstName:{_term(first)} AND lastName:{_term(' '.join(rest))}"


def _any(entity: str, fields: Iterable[str], texts: list[str]) -> str:
    known = [name for name in fields if has(entity, name.partition(".")[0])]
    return " OR ".join(f"{name}:{_term(text)}" for name in known for text in texts) or "id:none"


def _term(text: str) -> str:
    """Return one literal term; a ``*`` in a single word stays a wildcard."""
    if "*" in text and not re.search(r"\s", text):
        return re.sub(r"([^\w*])", r"\\\1", text)
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
