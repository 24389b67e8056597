"""The records of a contact in what the CRM answers, to be changed on their way to the connector.

A CRM's records have holes and oddities that no sandbox thinks of. A case puts them into the answers, so that
no contract has to say what a record looks like: it is the innermost JSON object that has the contact's id
and, somewhere in it, the contact's phone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from appconnect.models import Contact, Json, JsonObject
from appconnect.sandbox.base import CrmSandbox

Edit = Callable[["ContactRecord", JsonObject], None]
"""A change of a record, in place."""


class ContactRecord:
    """A contact's record in every answer of a sandbox, and how it is changed from now on."""

    def __init__(self, sandbox: CrmSandbox, contact: Contact) -> None:
        self._id, self._phone = contact.id, last_digits(contact.phone)
        self._edit: Edit | None = None
        self.fields: dict[str, None] = {}
        """The fields that were seen in it, without those of the contact's id and phone."""
        for method in ("GET", "POST"):
            sandbox.faults.add(method, change=self._changed, times=None)

    def change(self, edit: Edit) -> None:
        """Change the record like this, and no longer as before."""
        self._edit = edit

    def others(self, record: JsonObject) -> list[str]:
        """Return the fields that hold neither the contact's id nor the phone."""
        fields = record.items()
        return [name for name, value in fields if str(value) != self._id and not self._has_phone(value)]

    def with_id(self, record: JsonObject, value: Json) -> JsonObject:
        """Return the record with this in the place of the contact's id."""
        return {name: value if str(each) == self._id else each for name, each in record.items()}

    def with_phone(self, value: Json, text: str) -> Json:
        """Return a value with this text in the place of the contact's phone, wherever it is in it."""
        if isinstance(value, dict):
            return {name: self.with_phone(each, text) for name, each in value.items()}
        if isinstance(value, list):
            return [self.with_phone(each, text) for each in value]
        return text if self._has_phone(value) else value

    # -- answers --

    def _changed(self, answer: Json) -> Json:
        for record in list(self._records(answer)):
            self.fields |= dict.fromkeys(self.others(record))
            if self._edit:
                self._edit(self, record)
        return answer

    def _records(self, answer: Json) -> Iterator[JsonObject]:
        if not self._has_phone(answer):
            return
        if isinstance(answer, dict) and self._id in [str(each) for each in answer.values()]:
            yield answer
            return
        for each in _within(answer):
            yield from self._records(each)

    def _has_phone(self, value: Json) -> bool:
        if isinstance(value, dict | list):
            return any(self._has_phone(each) for each in _within(value))
        return last_digits(str(value)) == self._phone


def require_seen(record: ContactRecord) -> None:
    """Skip the case where no answer had the record."""
    if not record.fields:
        pytest.skip("No answer of this CRM has a contact's id and phone in one record.")


def carriers(sandbox: CrmSandbox, number: str) -> int:
    """Return how many contacts carry a number by the sandbox's own records, whatever any search finds.

    A CRM may keep phones in tables of their own: the table in which the most records have the number counts.
    """
    wanted = last_digits(number)
    return max(
        (
            sum(any(_has_digits(value, wanted) for value in row.values()) for row in table.values())
            for table in sandbox.tables().values()
        ),
        default=0,
    )


def _has_digits(value: Json, wanted: str) -> bool:
    if isinstance(value, dict | list):
        return any(_has_digits(each, wanted) for each in _within(value))
    return isinstance(value, str | int) and last_digits(str(value)) == wanted


def last_digits(phone: str) -> str:
    """Return the end of a number, which it has in every way of writing it."""
    return "".join(each for each in phone if each.isdigit())[-10:]


def _within(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


# -- edits --


def set_fields(value: Json, *names: str) -> Edit:
    """Return what puts a value into these fields; into all but those of id and phone, where none is named."""

    def edit(odd: ContactRecord, record: JsonObject) -> None:
        others = odd.others(record)
        record.update(dict.fromkeys([name for name in others if name in (names or others)], value))

    return edit


def remove_fields(odd: ContactRecord, record: JsonObject) -> None:
    """Remove all fields but those of id and phone."""
    for name in odd.others(record):
        del record[name]


def set_id(value: Json) -> Edit:
    """Return what puts a value in the place of the contact's id."""
    return lambda odd, record: record.update(odd.with_id(record, value))


def set_phone(text: str) -> Edit:
    """Return what puts a text in the place of the contact's phone."""
    return lambda odd, record: record.update(
        {name: odd.with_phone(value, text) for name, value in record.items()}
    )
