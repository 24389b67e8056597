"""Arguments of operations, checked before anything is sent: InputError in one sentence."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from appconnect.errors import InputError
from appconnect.models import Contact, JsonObject, Wire

W = TypeVar("W", bound=Wire)
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
_JSON = TypeAdapter(JsonObject)


def text(value: object, what: str) -> str:
    """Return the text itself."""
    return instance(str, value, what, "text")


def instance(kind: type[T], value: object, what: str, wanted: str = "") -> T:
    """Return the value, if it is of this kind."""
    if not isinstance(value, kind):
        found = "None" if value is None else f"of type {type(value).__name__}"
        raise InputError(f"The {what} must be {wanted or f'a {kind.__name__}'}, but it is {found}.")
    return value


def choice(kind: type[E], value: str, what: str) -> E:
    """Return the member of an enumeration, which may be given as its text."""
    try:
        return kind(value)
    except ValueError:
        raise InputError(f"There is no {what} {value!r}; choose one of: {', '.join(kind)}.") from None


def fields(value: object, what: str) -> JsonObject:
    """Return values by name; None gives none."""
    try:
        return _JSON.validate_python({} if value is None else value)
    except ValidationError:
        raise InputError(f"The {what} must be values by name, as JSON has them.") from None


def texts(value: object, what: str) -> dict[str, str]:
    """Return texts by name, without those that are None."""
    return {
        name: text(each, f"{name} of the {what}")
        for name, each in fields(value, what).items()
        if each is not None
    }


def model(kind: type[W], value: object, what: str) -> W:
    """Return a copy of a call or message, its fields checked again: they may have been changed since."""
    original = instance(kind, value, what)
    try:
        return kind.model_validate(original.model_dump(warnings=False))
    except ValidationError as error:
        raise InputError(f"The {what} cannot be used: {first_fault(error)}.") from None


def contact(value: object) -> Contact:
    """Return a contact of the CRM; InputError also for the entry that stands for one still to be made."""
    found = instance(Contact, value, "contact")
    text(found.name, "contact's name")
    if found.is_new_contact or not text(found.id, "contact's id"):
        raise InputError("Choose a contact to log against, or create one first.")
    return found


def first_fault(error: ValidationError) -> str:
    """Return ``duration: input should be greater than or equal to 0``, of the first fault; no value."""
    fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
    message = fault["msg"].removeprefix("Value error, ").rstrip(".")
    where = ".".join(str(part) for part in fault["loc"] if str(part).isalnum() or str(part).isidentifier())
    return f"{where}: {message[:1].lower()}{message[1:]}"
