"""All that a log is made of, as leaves that can be changed one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from pydantic import BaseModel

from appconnect.models import AdminConfiguration, Call, Contact, JsonObject, Message, User, UserSettings
from appconnect.timezones import zone_text
from appconnect.workbench.call_texts import CallTexts
from appconnect.workbench.messages import Attached

Path = tuple[str | int, ...]
Scalar = str | int | float | bool | datetime | Enum
OTHER_ZONE, OTHER_OFFSET = "Asia/Kathmandu", "+05:45"
MARK: Final = "Zq7"
MAX_LEAVES: Final = 120
LATER: Final = timedelta(days=1, hours=3, minutes=7, seconds=11)
LEFT_OUT: Final = frozenset({"additional_info", "additionalInfo"})
"""What a form offers; what was chosen in it is an input of its own."""


@dataclass(frozen=True)
class Inputs:
    """What a log is made of: a call or message, what comes with it, and whoever and whatever is set."""

    log: Call | Message
    contact: Contact
    texts: CallTexts | Attached
    form: JsonObject
    user: User | None
    settings: UserSettings
    options: Mapping[str, str]
    admin: AdminConfiguration | None
    clock: datetime | None

    def leaves(self) -> list[Leaf]:
        """Return everything that is told, each value with its place."""
        found = (Leaf(path, value) for name in PARTS for path, value in _leaves(getattr(self, name), (name,)))
        return [each for each in found if each.path not in NEVER_VARIED][:MAX_LEAVES]

    def varied(self, leaf: Leaf, contact_types: Sequence[str] = ()) -> list[Inputs]:
        """Return these inputs with another value in one place; several, where one may not be understood."""
        values: Sequence[Scalar] = _others(leaf.value)
        if leaf.path == ("contact", "type"):
            values = [each for each in contact_types if each != leaf.value] or values
        name, *rest = leaf.path
        return [self._with(str(name), rest, value) for value in values]

    def _with(self, part: str, rest: Sequence[str | int], value: Scalar) -> Inputs:
        inputs = copy(self)
        object.__setattr__(inputs, part, _replaced(getattr(self, part), rest, value))  # a copy of our own
        return inputs


PARTS: Final = ("log", "texts", "contact", "form", "settings", "admin", "user", "options", "clock")
NEVER_VARIED: Final = frozenset({("admin", "hashed_account_id"), ("contact", "is_new_contact")})


@dataclass(frozen=True)
class Leaf:
    """A value that a log may be made of, and where it stands: ("log", "start_time")."""

    path: Path
    value: Scalar

    def title(self, crm: str, kind: str) -> str:
        """Return what people call it: "call.start_time", "the note", "user setting “addCallLogNote”"."""
        part, *rest = self.path
        name = ".".join(str(each).rstrip("_") for each in rest)
        first = str(rest[0]) if rest else ""
        if part == "admin":
            return f"admin’s {name}" if "user_mappings" in rest else f"admin setting “{rest[1]}”"
        return {
            "log": f"{kind}.{name}",
            "contact": f"contact.{name}",
            "texts": first.replace("_", " "),
            "form": f"log form: {first}",
            "settings": f"user setting “{first}”",
            "user": f"{crm}’s user ({name.replace('timezone', 'time zone').replace('_', ' ')})",
            "options": f"option “{first}”",
            "clock": "the time now",
        }[str(part)]

    @property
    def written(self) -> str:
        """The value as text."""
        return str(self.value.value if isinstance(self.value, Enum) else self.value)


def _leaves(value: object, path: Path) -> Iterator[tuple[Path, Scalar]]:
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    elif is_dataclass(value):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Mapping):
        for name, each in value.items():
            if name not in LEFT_OUT:
                yield from _leaves(each, (*path, str(name)))
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _leaves(each, (*path, number))
    elif isinstance(value, Scalar) and value != "":
        yield path, value


def _replaced(value: object, path: Sequence[str | int], new: Scalar) -> object:
    """Return a copy with another value in one place."""
    if not path:
        return new
    first, *rest = path
    if isinstance(value, BaseModel):
        return value.model_copy(update={str(first): _replaced(getattr(value, str(first)), rest, new)})
    if is_dataclass(value):
        changed = copy(value)
        object.__setattr__(changed, str(first), _replaced(getattr(value, str(first)), rest, new))
        return changed
    if isinstance(value, Mapping):
        return {**value, first: _replaced(value[first], rest, new)}
    assert isinstance(value, list | tuple)
    assert isinstance(first, int)
    return [*value[:first], _replaced(value[first], rest, new), *value[first + 1 :]]


def _others(value: Scalar) -> Sequence[Scalar]:
    """Return other values of the same kind, the likelier ones first."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, Enum):
        return [each for each in type(value) if each is not value][:2]
    if isinstance(value, datetime):
        return [value + LATER, value - LATER]
    if isinstance(value, int | float):
        return [value + 97, value + 1]
    return list(_other_texts(value))


def _other_texts(text: str) -> Iterator[str]:
    if text.casefold() in ("true", "false"):
        yield "false" if text.casefold() == "true" else "true"
    elif "/" in text and "://" not in text and zone_text(text):
        yield OTHER_ZONE if text != OTHER_ZONE else "Pacific/Apia"
    elif re.fullmatch(r"[+-]\d\d?(:?\d\d)?", text):
        yield OTHER_OFFSET if text != OTHER_OFFSET else "-09:30"
    elif re.fullmatch(r"[\d+() .-]+|\d+-\w+|[0-9a-fA-F-]{8,}", text):
        yield re.sub(r"\d", lambda digit: str(int(digit[0]) % 9 + 1), text)
    elif "://" in text:
        yield f"{text}/{MARK}"
    yield re.sub(r"(?m)^", f"{MARK} ", text)
    yield OTHER_ZONE
