"""How a model of ours looks on App Connect's wire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue, model_validator
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


def _moment(value: object) -> object:
    """Milliseconds since 1970, seconds-free ISO 8601 text, or a datetime; always aware, UTC when unsaid."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000, UTC)
    if isinstance(value, str) and value.strip().lstrip("-").isdigit():
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


Moment = Annotated[datetime, BeforeValidator(_moment)]
"""A point in time as App Connect sends it: milliseconds since 1970, or ISO 8601."""
