"""The records of a sandbox, to look at and to edit by hand; what is secret in them is hidden."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from appconnect.sandbox.records import Id
from appconnect.sandbox.requests import Json, JsonObject

if TYPE_CHECKING:
    from appconnect.sandbox.base import CrmSandbox

HIDDEN: Final = "<hidden>"


def sizes(crm: CrmSandbox) -> dict[str, int]:
    """Return how many records each table holds, tables without any last."""
    held = {name: len(table) for name, table in crm.tables().items()}
    return dict(sorted(held.items(), key=lambda each: (not each[1], each[0].casefold())))


def rows(crm: CrmSandbox, table: str, containing: str = "") -> dict[Id, JsonObject]:
    """Return the records that contain all these words, in whatever field, by id; secrets hidden."""
    secrets, wanted = _secrets(crm), containing.casefold().split()
    shown = {key: _shown(row, secrets) for key, row in crm.tables()[table].items()}
    return {
        key: row
        for key, row in shown.items()
        if isinstance(row, dict)
        and all(word in json.dumps(row, ensure_ascii=False).casefold() for word in wanted)
    }


def change_record(crm: CrmSandbox, table: str, key: Id, text: str) -> None:
    """Replace a record's fields by those of a JSON text; ValueError, a sentence, for what cannot be."""
    held = crm.tables()[table]
    if key not in held:
        raise ValueError("This record is not there any more.")
    try:
        fields = json.loads(text)
    except ValueError as error:
        raise ValueError(f"This is no JSON: {error}.") from None
    if not isinstance(fields, dict):
        raise ValueError("A record is a JSON object: {…}.")
    if HIDDEN in text:
        raise ValueError("This record holds a secret, so it cannot be edited here.")
    same = [name for name, value in held[key].items() if value == key and fields.get(name) != key]
    if same:
        raise ValueError(f"The id of a record cannot be changed: {same[0]} is {key}.")
    held.change(key, fields)


def columns(records: Sequence[Mapping[str, Json]], most: int = 6) -> list[str]:
    """Return the fields that tell most: those that are filled in plainly, in their order."""
    names = dict.fromkeys(name for row in records for name in row)
    filled = {name: sum(_is_plain(row.get(name)) for row in records) for name in names}
    telling = sorted(filled, key=lambda each: -filled[each])[:most]
    return [name for name in names if name in telling and filled[name]]


def _is_plain(value: Json) -> bool:
    return value not in (None, "", [], {}) and not isinstance(value, bool | dict)


def _secrets(crm: CrmSandbox) -> set[str]:
    return {each for each in (*crm.issued_secrets(), *crm.credentials.values()) if len(each) >= 8}


def _shown(value: Json, secrets: set[str]) -> Json:
    if isinstance(value, dict):
        return {name: _shown(each, secrets) for name, each in value.items()}
    if isinstance(value, list):
        return [_shown(each, secrets) for each in value]
    return HIDDEN if isinstance(value, str) and any(each in value for each in secrets) else value
