"""How a model of ours looks on App Connect's wire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator
from pydantic.alias_generators import to_camel

Json = JsonValue
JsonObject = dict[str, JsonValue]


class Wire(BaseModel):
    """A model with snake_case attributes in Python and camelCase names on the wire."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", coerce_numbers_to_str=True
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_unsaid(cls, said: object) -> object:
        """RingCentral writes null for what it does not know."""
        return (
            {key: value for key, value in said.items() if value is not None}
            if isinstance(said, dict)
            else said
        )

    def to_wire(self) -> JsonObject:
        """The camelCase JSON object; what is None or unset by the CRM is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


EARLIEST, LATEST = 1970, 2199
"""The years in which calls and messages can be; the ends are far enough from those that datetime can hold."""


def _moment(value: object) -> object:
    """Milliseconds since 1970, seconds-free ISO 8601 text, or a datetime; always aware, UTC when unsaid."""
    if isinstance(value, str) and value.strip().lstrip("-").isdigit():
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000, UTC)
        except (OverflowError, OSError):
            raise ValueError("so many milliseconds since 1970 are no date") from None
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


def _in_our_time(value: datetime) -> datetime:
    if not EARLIEST <= value.year <= LATEST:
        raise ValueError(f"the year {value.year} is not between {EARLIEST} and {LATEST}")
    return value


AnyMoment = Annotated[datetime, BeforeValidator(_moment)]
"""A point in time, however long ago: what a CRM may have stored."""

Moment = Annotated[AnyMoment, AfterValidator(_in_our_time)]
"""A point in time as App Connect sends it: milliseconds since 1970, or ISO 8601, from 1970 to 2199."""

Seconds = Annotated[int, Field(ge=0, le=366 * 24 * 3600)]
"""How long something took, at most a year."""
