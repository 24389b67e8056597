"""The base of all models: checked arguments in Python, camelCase on App Connect's wire."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from appconnect.errors import InputError

Json = JsonValue
JsonObject = dict[str, JsonValue]


class Model(BaseModel):
    """A model that a person makes in Python: an argument that is misspelt is an error, the repr is short.

    What is read with ``model_validate`` may have keys that we do not know: they are left out. What checks
    the values is built when the first one is made.
    """

    model_config = ConfigDict(defer_build=True)

    if not TYPE_CHECKING:  # type checkers see the arguments that pydantic makes of the fields

        def __init__(self, /, **values: object) -> None:
            self._check_names(values, aliases=True)
            super().__init__(**values)

        __init__.__pydantic_base_init__ = True  # else model_validate would come through here as well

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Let help and Tab show the arguments under their Python names."""
        cls.__signature__ = _PythonNames()  # type: ignore[assignment]

    @classmethod
    def model_rebuild(
        cls,
        *,
        force: bool = False,
        raise_errors: bool = True,
        _parent_namespace_depth: int = 2,
        _types_namespace: Mapping[str, object] | None = None,
    ) -> bool | None:
        """Build what checks the values; pydantic does so when the first object is made."""
        rebuilt = super().model_rebuild(
            force=force,
            raise_errors=raise_errors,
            _parent_namespace_depth=_parent_namespace_depth + 1,  # this method is one more
            _types_namespace=_types_namespace,
        )
        cls.__signature__ = _PythonNames()  # type: ignore[assignment]
        return rebuilt

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields changed; InputError for a name that is no field."""
        self._check_names(update or {}, aliases=False)
        return super().model_copy(update=update, deep=deep)

    @classmethod
    def _check_names(cls, names: Iterable[str], *, aliases: bool) -> None:
        """Raise InputError for the first name that is no field, with the field that was probably meant."""
        fields = cls.model_fields
        if not (unknown := [name for name in names if name not in fields]):
            return
        from difflib import get_close_matches

        by_alias = {field.alias or name: name for name, field in fields.items()}
        for name in unknown:
            if not (aliases and name in by_alias):
                near = get_close_matches(name, [*fields, *by_alias], 1)
                hint = f"did you mean {by_alias.get(near[0], near[0])}?" if near else _listed(cls)
                raise InputError(f"{cls.__name__} has no field {name!r}; {hint}")

    def __repr_args__(self) -> Iterable[tuple[str | None, object]]:
        """Leave out what has its default."""
        for name, value in super().__repr_args__():
            field = type(self).model_fields.get(name or "")
            if field is None or value != field.get_default(call_default_factory=True):
                yield name, value


class _PythonNames:
    """The signature of a model's class with the fields' names in Python, worked out when it is looked at."""

    def __get__(self, instance: object, model: type[BaseModel]) -> inspect.Signature:
        return inspect.Signature(
            [
                inspect.Parameter(
                    name,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=inspect.Parameter.empty
                    if field.is_required()
                    else field.get_default(call_default_factory=True),
                    annotation=field.rebuild_annotation(),
                )
                for name, field in model.model_fields.items()
            ]
        )


def _listed(model: type[BaseModel]) -> str:
    return f"its fields are: {', '.join(model.model_fields)}."


class Wire(Model):
    """A model with snake_case attributes in Python and camelCase names on the wire."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", coerce_numbers_to_str=True
    )

    @model_validator(mode="before")
    @classmethod
    def _leave_out_nulls(cls, values: object) -> object:
        """Read null, which RingCentral writes for what it does not know, as not told."""
        if not isinstance(values, dict):
            return values
        return {key: value for key, value in values.items() if value is not None}

    def to_wire(self) -> JsonObject:
        """Return the camelCase JSON object; what is None or not told by the CRM is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


EARLIEST, LATEST = 1970, 2199
"""The years in which calls and messages can be; the ends are far enough from those that datetime can hold."""


MILLISECONDS = re.compile(r"-?[0-9]+(\.[0-9]*)?")


def _moment(value: object) -> object:
    """Read milliseconds since 1970, ISO 8601 text or a datetime; the result is aware, in UTC by default."""
    if isinstance(value, str) and MILLISECONDS.fullmatch(value := value.strip()):
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000, UTC)
        except (OverflowError, OSError, ValueError):
            raise ValueError("so many milliseconds since 1970 are no date") from None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:  # whose words quote the text, which may be anything
            raise ValueError("this is no date and time") from None
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


def _seconds(value: object) -> object:
    """Read whole seconds from a number or text; a begun second does not count."""
    if isinstance(value, str):
        value = value.strip()
        value = float(value) if MILLISECONDS.fullmatch(value) else value
    return int(value) if isinstance(value, float) and math.isfinite(value) else value


Seconds = Annotated[int, Field(ge=0, le=366 * 24 * 3600), BeforeValidator(_seconds)]
"""How long something took, at most a year; a number, or one written as text."""


def first_fault(error: ValidationError) -> str:
    """Return ``duration: input should be greater than or equal to 0``, of the first fault; no value."""
    fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
    message = fault["msg"].removeprefix("Value error, ").rstrip(".")
    where = ".".join(str(part) for part in fault["loc"] if str(part).isalnum() or str(part).isidentifier())
    return f"{where}: {message[:1].lower()}{message[1:]}"
