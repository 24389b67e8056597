"""What became of a row: its contact, its log, a status, and the reason in a sentence."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from appconnect.models import Contact


class Status(StrEnum):
    """What became of a row; the texts stand in the table that comes back."""

    MATCHED = "matched"
    NO_CONTACT = "no contact"
    NOT_SEARCHED = "not all searched"
    """Nobody was found among those that the CRM searched: the next run searches again."""
    SEVERAL = "several contacts"
    TO_LOG = "to be logged"
    """A dry run found its contact and composed its log."""
    LOGGED = "logged"
    ALREADY_LOGGED = "logged before"
    REFUSED = "refused"
    """The row cannot be used, or the CRM did not accept it: the same would happen again."""
    FAILED = "failed"
    """The CRM or the network failed: the next run tries again, and doubles nothing."""
    WAITING = "waiting"
    """The run was stopped before it came here."""

    @property
    def is_final(self) -> bool:
        """Whether another run leaves the row as it is."""
        return self not in (Status.NOT_SEARCHED, Status.FAILED, Status.WAITING)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row, field by field as the columns that are added to the table."""

    contact_id: str = ""
    contact_name: str = ""
    contact_type: str = ""
    log_id: str = ""
    status: Status = Status.WAITING
    reason: str = ""

    @classmethod
    def of(cls, contact: Contact, status: Status, reason: str = "", log_id: str = "") -> Outcome:
        """Return the outcome of a row whose contact is known."""
        return cls(contact.id, contact.name, contact.type, log_id, status, reason)

    def cells(self) -> list[str]:
        """Return the values of the columns that are added to a table."""
        return [str(getattr(self, each.name)) for each in fields(self)]


PREFIX: Final = "crm_"
"""RingCentral's own records have names like "reason" and "result" too."""
COLUMNS: Final = tuple(f"{PREFIX}{each.name}" for each in fields(Outcome))
"""The columns that are added to a table. Where it has them already, those are replaced.

``crm_contact_id``, ``crm_contact_name`` and ``crm_contact_type`` are read as well: a row that names its
contact is logged there, and nobody is searched for.
"""
WAITING: Final = Outcome()
