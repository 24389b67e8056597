"""Arguments of operations, checked before anything is sent: InputError in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from appconnect.errors import InputError
from appconnect.models import Contact, JsonObject, Wire, first_fault
from appconnect.operation_warnings import warn
from appconnect.text import characters
from appconnect.text.quotation import quotation

W = TypeVar("W", bound=Wire)
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
_JSON = TypeAdapter(JsonObject, config=ConfigDict(defer_build=True))
MAX_DEPTH = 100
MAX_PATH = 4096
"""Characters of a path; Linux takes no longer ones."""
MAX_SHOWN = 60
"""How much of a name that does not exist is quoted."""
IS_ID = re.compile(r"^(id|conversation)$|_id$|Id$")
"""Names of ids; a conversation may be told by its id alone."""


def text(value: object, what: str) -> str:
    """Return the text itself, if it can be written."""
    return writable(instance(str, value, what, "text"), what)


def writable(value: T, what: str) -> T:
    """Return a text, or JSON with texts; InputError for one with half a character, NUL or the like."""
    for each in _texts_in(value, what):
        if found := characters.unwritable(each):
            raise InputError(
                f"The {what} has a character in it that cannot be written ({found}); take it out."
            )
    return value


def instance(kind: type[T], value: object, what: str, wanted: str = "") -> T:
    """Return the value, if it is of this kind and its texts can be written."""
    found = _of_kind(kind, value, what, wanted)
    if isinstance(found, Wire):
        writable(found.model_dump(warnings=False), what)
    return found


def _of_kind(kind: type[T], value: object, what: str, wanted: str = "") -> T:
    if not isinstance(value, kind):
        found = "None" if value is None else f"of type {type(value).__name__}"
        raise InputError(f"The {what} must be {wanted or f'a {kind.__name__}'}, but it is {found}.")
    return value


def path(value: object, what: str) -> Path:
    """Return a file's or folder's path; InputError for what is none, or longer than any file's."""
    found = value if isinstance(value, Path) else Path(text(value, what))
    if len(str(found)) > MAX_PATH:
        raise InputError(f"The {what} is longer than the path of a file can be.")
    return found


def choice(kind: type[E], value: str, what: str) -> E:
    """Return the member of an enumeration, which may be given as its text."""
    try:
        return kind(value)
    except ValueError:
        is_text = isinstance(value, str)
        shown = repr(quotation(value, MAX_SHOWN)) if is_text else quotation(repr(value), MAX_SHOWN)
        raise InputError(f"There is no {what} {shown}; choose one of: {', '.join(kind)}.") from None


def fields(value: object, what: str) -> JsonObject:
    """Return values by name; None gives none."""
    try:
        found = _JSON.validate_python({} if value is None else value)
    except ValidationError:
        raise InputError(f"The {what} must be values by name, as JSON has them.") from None
    return writable(found, what)


def texts(value: object, what: str) -> dict[str, str]:
    """Return texts by name, without those that are None."""
    return {
        name: text(each, f"{name} of the {what}")
        for name, each in fields(value, what).items()
        if each is not None
    }


def model(kind: type[W], value: object, what: str) -> W:
    """Return a copy of a call or message, its fields checked again: they may have been changed since."""
    original = _of_kind(kind, value, what)
    try:
        return kind.model_validate(record(original.model_dump(warnings=False), what))
    except ValidationError as error:
        raise InputError(f"The {what} cannot be used: {first_fault(error)}.") from None


def record(values: T, what: str) -> T:
    """Return what the phone system reported, with � for characters that cannot be written, and a warning.

    An id is never changed, or two would become one: InputError.
    """
    _check_depth(values, what)
    for name, each in _ids_in(values):
        writable(each, f"{what}'s {name}")
    return replaced(values, what)


def replaced(value: T, what: str) -> T:
    """Return a text, or JSON with texts, with � for characters that cannot be written, and a warning."""
    _check_depth(value, what)
    mended = characters.written(value)
    if mended != value:
        sign = characters.REPLACEMENT
        warn(f"Some characters of the {what} cannot be written; {sign} stands for each.")
    return mended


def _texts_in(value: object, what: str) -> Iterator[str]:
    """Yield all texts of a value, names included; InputError for one that contains itself, or nearly so."""
    left = [(value, 0)]
    while left:
        each, depth = left.pop()
        if depth > MAX_DEPTH:
            raise InputError(f"The {what} is nested more than {MAX_DEPTH} deep.")
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            left += [(one, depth + 1) for pair in each.items() for one in pair]
        elif isinstance(each, list | tuple):
            left += [(one, depth + 1) for one in each]


def _check_depth(value: object, what: str) -> None:
    for _ in _texts_in(value, what):
        pass


def _ids_in(value: object) -> Iterator[tuple[str, str]]:
    """Yield the ids in a record, with their names, in Python's or RingCentral's spelling."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            if isinstance(each, str) and IS_ID.search(str(key)):
                yield key, each
            yield from _ids_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _ids_in(each)


def contact(value: object) -> Contact:
    """Return a contact of the CRM; InputError also for the entry that stands for one still to be made."""
    found = instance(Contact, value, "contact")
    text(found.name, "contact's name")
    if found.is_new_contact or not text(found.id, "contact's id"):
        raise InputError("Choose a contact to log against, or create one first.")
    return found
