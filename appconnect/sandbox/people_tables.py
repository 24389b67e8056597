"""The people of a sandbox as whoever watches it sees them: a name and a number, wherever a CRM keeps these.

A sandbox states its tables of people, and how a record of one is read and written::

    people_tables = (flat("Contact", names=("FIRST_NAME", "LAST_NAME"), phones=("PHONE", "PHONE_MOBILE")),)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.records import Id
from appconnect.sandbox.requests import JsonObject

if TYPE_CHECKING:
    from appconnect.sandbox.base import CrmSandbox

Read = Callable[[JsonObject], tuple[str, str]]
"""Returns the name and the first number of a record."""
Write = Callable[[JsonObject, str, str], JsonObject]
"""Returns the fields of a record that another name and number change."""


@dataclass(frozen=True)
class PeopleTable:
    """A table of people by its name in ``tables()``."""

    table: str
    read: Read
    write: Write


@dataclass(frozen=True)
class HeldPerson:
    """A person as a sandbox holds them: in which table, under which id, with which name and number."""

    table: str
    key: Id
    name: str
    phone: str


def people_of(crm: CrmSandbox) -> Iterator[HeldPerson]:
    """Yield everybody whom a sandbox holds, in its order."""
    tables = crm.tables()
    for each in crm.people_tables:
        for key, row in tables[each.table].items():
            yield HeldPerson(each.table, key, *each.read(row))


def add_person(crm: CrmSandbox, name: str, phone: str) -> HeldPerson | None:
    """Add a contact with this name and number; return it. ValueError without a name, or where none can be."""
    first, _, last = name.strip().partition(" ")
    if not first:
        raise ValueError("A person needs a name.")
    before = {(each.table, each.key) for each in people_of(crm)}
    try:
        crm.add_person(CastMember(first, last.strip(), phone.strip()))
    except NotImplementedError as error:
        raise ValueError(str(error)) from None
    return next((each for each in people_of(crm) if (each.table, each.key) not in before), None)


def change_person(crm: CrmSandbox, person: HeldPerson, name: str, phone: str) -> None:
    """Give a person another name and number; ValueError without a name, and for somebody who is gone."""
    if not name.strip():
        raise ValueError("A person needs a name.")
    known = next(each for each in crm.people_tables if each.table == person.table)
    table = crm.tables()[person.table]
    if person.key not in table:
        raise ValueError(f"{person.name} is not there any more.")
    table.change(person.key, known.write(table[person.key], name.strip(), phone.strip()))


def flat(
    table: str, *, phones: Sequence[str], names: tuple[str, str] | None = None, whole: str = ""
) -> PeopleTable:
    """Return a table whose records hold names and numbers in fields of their own.

    ``names`` are the fields of first and last name, ``whole`` that of both; one of them is enough. The number
    is the first that is filled in of ``phones``; another one takes its place, or the first field.
    """

    def read(row: JsonObject) -> tuple[str, str]:
        parts = [str(row.get(each) or "") for each in names or (whole,)]
        return " ".join(filter(None, parts)), str(row.get(_filled(row, phones)) or "")

    def write(row: JsonObject, name: str, phone: str) -> JsonObject:
        first, _, last = name.partition(" ")
        changed: JsonObject = {whole: name} if whole else {}
        if names:
            changed |= {names[0]: first, names[1]: last or None}
        return {**changed, _filled(row, phones): phone or None}

    return PeopleTable(table, read, write)


def _filled(row: JsonObject, fields: Sequence[str]) -> str:
    return next((each for each in fields if row.get(each)), fields[0])
