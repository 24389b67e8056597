"""The request that a handler gets, and how strictly its query and body are read.

v2 coerces nothing and refuses what it does not know; v1 is lenient.
Source: https://pipedrive.readme.io/docs/pipedrive-api-v2-migration-guide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, Rows, invalid, ok, page
from appconnect.connectors.pipedrive.sandbox.database import Database
from appconnect.sandbox.base import Json, Toggles

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class ApiRequest:
    """An authorised request: the user, the path, query and body, and the database."""

    database: Database
    toggles: Toggles
    user: int
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Json

    @property
    def id(self) -> int:
        """The id in the path."""
        if (number := _int(self.path["id"])) is None:
            raise invalid("id", "Expected number, received string")
        return number

    def body_as(self, model: type[M]) -> M:
        """Return the body, checked; 400 for one that breaks the model."""
        if not isinstance(self.body, dict):
            raise invalid("body", "Expected a JSON object")
        return _checked(model, self.body)

    def query_as(self, model: type[M]) -> M:
        """Return the query, checked; 400 for one that breaks the model."""
        return _checked(model, self.query)

    def int_parameter(self, name: str, default: int) -> int:
        """Return a number of the query, the default for anything else, as v1 does."""
        number = _int(self.query.get(name, ""))
        return default if number is None else number


def _int(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


Handler = Callable[[ApiRequest], Response]


class Body(BaseModel):
    """A body in v2: unknown keys and values of another type are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)

    def sent_fields(self) -> Row:
        """Return the fields that were sent; partly sent objects are completed with defaults."""
        fields: Row = self.model_dump()
        return {name: value for name, value in fields.items() if name in self.model_fields_set}


class Query(BaseModel):
    """A query in v2: unknown parameters are refused."""

    model_config = ConfigDict(extra="forbid")


def _checked(model: type[M], values: Mapping[str, object]) -> M:
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        unknown = first["type"] == "extra_forbidden"
        reason = f"Parameter '{field}' is not allowed for this request" if unknown else first["msg"]
        raise invalid(field, reason) from None


# -- types of query parameters --


def _csv(value: object) -> object:
    return value.split(",") if isinstance(value, str) else value


def _flag(value: object) -> object:
    if value not in ("true", "false"):
        raise ValueError("Expected true or false")
    return value == "true"


def _no_fractions(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", value
    ):
        raise ValueError("Expected RFC3339 format, e.g. 2025-01-01T10:20:00Z")
    return datetime.fromisoformat(value)


Ids = Annotated[list[int], BeforeValidator(_csv), Field(max_length=100)]
Words = Annotated[list[str], BeforeValidator(_csv)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Moment = Annotated[datetime, BeforeValidator(_no_fractions)]


# -- lists --


class Listing(Query):
    """The parameters of every v2 list."""

    limit: int = Field(default=100, ge=1, le=500)
    cursor: str | None = None
    ids: Ids | None = None
    filter_id: int | None = None
    owner_id: int | None = None
    updated_since: Moment | None = None
    updated_until: Moment | None = None
    sort_by: str = Field(default="id", pattern="^(id|add_time|update_time)$")
    sort_direction: Literal["asc", "desc"] = "asc"
    include_fields: str | None = None
    custom_fields: str | None = None


def listed(rows: Rows, query: Listing, *same: str) -> Response:
    """Return a page of the rows that fit the query; ``same`` are fields that must equal the query's.

    A ``filter_id`` replaces the other conditions, as documented; the sandbox has no filters, so it lets all
    rows through.
    """
    fitting = rows if query.filter_id is not None else [row for row in rows if _fits(row, query, same)]
    by = query.sort_by
    ordered = sorted(fitting, key=lambda row: _order(row[by]), reverse=query.sort_direction == "desc")
    data, more = page(ordered, query.limit, query.cursor)
    return ok(data, additional_data=more)


def _order(value: Json) -> tuple[bool, int, str]:
    """Return a sort key: numbers by size, texts by letters, None last."""
    return value is None, value if isinstance(value, int) else 0, str(value)


def _fits(row: Mapping[str, Json], query: Listing, same: tuple[str, ...]) -> bool:
    wanted = {name: getattr(query, name) for name in ("owner_id", *same)}
    changed = datetime.fromisoformat(str(row["update_time"]))
    return (
        (query.ids is None or row["id"] in query.ids)
        and all(value is None or row[name] == value for name, value in wanted.items())
        and (query.updated_since is None or changed >= query.updated_since)
        and (query.updated_until is None or changed < query.updated_until)
    )
