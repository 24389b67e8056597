"""A field that a CRM leaves out reads like one that is null: whatever is made of a record does not depend on it."""

from __future__ import annotations

import importlib
import inspect
import types
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Union, get_args, get_origin

import pytest
from platforms import CRMS, OURS
from pydantic import AliasChoices, BaseModel, ValidationError
from pydantic.fields import FieldInfo

SCHEMAS = [f"appconnect.connectors.{crm}.schemas" for crm in CRMS if crm in OURS]


def models() -> Iterator[type[BaseModel]]:
    """Every record of our connectors."""
    for name in SCHEMAS:
        for each in vars(importlib.import_module(name)).values():
            is_record = isinstance(each, type) and issubclass(each, BaseModel) and each.__module__ == name
            if is_record and not inspect.isabstract(each):
                yield each


def a_value(kind: Any) -> Any:
    """Any value of a type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return smallest(kind)
    if get_origin(kind) in (Union, types.UnionType):
        return a_value(get_args(kind)[0])
    if get_origin(kind) is list or kind is list:
        return []
    return {int: 1, str: "x", bool: True, float: 1.0, datetime: "2026-01-02T09:30:00Z"}.get(kind, 1)


def name_of(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias or field.alias or name
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else str(alias)


def smallest(model: type[BaseModel]) -> dict[str, Any]:
    """A record with what it must have."""
    return {
        name_of(name, field): a_value(field.annotation)
        for name, field in model.model_fields.items()
        if field.is_required()
    }


def told(record: BaseModel) -> dict[str, object]:
    """All that a record tells: its fields and what is made of them."""
    kind = type(record)
    names = [name for each in kind.__mro__ for name, one in vars(each).items() if isinstance(one, property)]
    made = {name: getattr(record, name) for name in names if not hasattr(BaseModel, name)}
    return {**dict(record), **made}


def optional(model: type[BaseModel]) -> list[str]:
    """The fields that may be null, by the names that the CRM gives them."""
    return [
        name_of(name, field)
        for name, field in model.model_fields.items()
        if type(None) in get_args(field.annotation) and not field.is_required()
    ]


CASES = [
    pytest.param(model, id=f"{model.__module__.split('.')[2]}-{model.__name__}")
    for model in models()
    if optional(model)
]


@pytest.mark.parametrize("model", CASES)
def test_a_field_that_is_left_out_reads_like_null(model: type[BaseModel]) -> None:
    record = smallest(model)
    whole = told(model.model_validate(record))
    for field in optional(model):
        assert (field, whole) == (field, told(model.model_validate({**record, field: None})))


def test_the_records_of_every_connector_are_looked_at() -> None:
    assert {name.split(".")[2] for name in SCHEMAS} == {str(case.id).partition("-")[0] for case in CASES}
    assert sum(len(optional(model)) for model in models()) > 100


@pytest.mark.parametrize(
    "model", [each for each in models() if smallest(each)], ids=lambda each: each.__name__
)
def test_a_record_without_what_it_must_have_is_none(model: type[BaseModel]) -> None:
    for name in smallest(model):
        with pytest.raises(ValidationError, match="Field required"):
            model.model_validate({key: value for key, value in smallest(model).items() if key != name})
