"""What the operations are given, checked before anything is sent: InputError in one sentence."""

from __future__ import annotations

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from appconnect.errors import InputError
from appconnect.models import Contact, JsonObject, Wire

W = TypeVar("W", bound=Wire)
T = TypeVar("T")
_JSON = TypeAdapter(JsonObject)


def text(value: object, what: str) -> str:
    """The text itself."""
    return instance(str, value, what, "text")


def instance(kind: type[T], value: object, what: str, wanted: str = "") -> T:
    """The value, if it is of this kind."""
    if not isinstance(value, kind):
        found = "None" if value is None else f"of type {type(value).__name__}"
        raise InputError(f"The {what} must be {wanted or f'a {kind.__name__}'}, but it is {found}.")
    return value


def fields(value: object, what: str) -> JsonObject:
    """Values by name; None gives none."""
    try:
        return _JSON.validate_python({} if value is None else value)
    except ValidationError:
        raise InputError(f"The {what} must be values by name, as JSON has them.") from None


def texts(value: object, what: str) -> dict[str, str]:
    """Texts by name, None for those that are not filled in."""
    return {
        name: text(each, f"{name} of the {what}")
        for name, each in fields(value, what).items()
        if each is not None
    }


def model(kind: type[W], value: object, what: str) -> W:
    """A call or message whose every field is as it should be, also one that was changed after it was made."""
    given = instance(kind, value, what)
    try:
        return kind.model_validate(given.model_dump(warnings=False))
    except ValidationError as error:
        raise InputError(f"The {what} cannot be used: {first_fault(error)}.") from None


def contact(value: object) -> Contact:
    """A contact of the CRM; InputError also for the entry that stands for one still to be made."""
    given = instance(Contact, value, "contact")
    text(given.name, "contact's name")
    if given.is_new_contact or not text(given.id, "contact's id"):
        raise InputError("Choose a contact to log against, or create one first.")
    return given


def first_fault(error: ValidationError) -> str:
    """``duration: input should be greater than or equal to 0``, of the first fault; no value is quoted."""
    fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
    said = fault["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{'.'.join(map(str, fault['loc']))}: {said[:1].lower()}{said[1:]}"
