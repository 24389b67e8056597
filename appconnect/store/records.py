"""The records that the store hands out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from appconnect.models import JsonObject, LogKind

HOLD_SECONDS: Final = 40.0
"""Whoever has not been heard of for that long is taken for dead."""


@dataclass(frozen=True)
class Connection:
    """A user of a CRM who has signed in; ``public`` is what may be shown (user, API address, scopes …)."""

    platform: str
    user_id: str
    sealed: str = field(repr=False)
    public: JsonObject = field(default_factory=dict)


class ContactKind(StrEnum):
    """A new contact, which is reserved as a log is."""

    NEW = "new contact"


@dataclass(frozen=True)
class LogReference:
    """The name of a log, or new contact, before the CRM gives it an id.

    ``reference`` is the RingCentral session, or the conversation and day; of a contact it is a digest of its
    number, and one of its name and type.
    """

    platform: str
    account: str
    kind: LogKind | ContactKind
    reference: str


@dataclass(frozen=True)
class LogLink:
    """A log in the CRM, and the contact that it was written about."""

    reference: LogReference
    log_id: str
    contact_id: str = ""
    sealed: str = field(default="", repr=False, compare=False)
    """What was noted, sealed, by whoever wrote it."""


class Claim(StrEnum):
    """The findings of `Store.reserve`."""

    FRESH = "fresh"
    """Nobody has tried: write the log."""
    ABANDONED = "abandoned"
    """Somebody tried and never said how it ended: look in the CRM before writing."""
    IN_PROGRESS = "in progress"
    """Somebody is writing it now: leave it to them."""
    DONE = "done"
    """It is in the CRM under ``log_id``: update it."""


@dataclass(frozen=True)
class Reservation:
    """The answer to `Store.reserve`; ``contact_id`` and ``sealed_draft`` are those of whoever tried first.

    ``aliases`` are the other names that the log is known by.
    """

    reference: LogReference
    claim: Claim
    log_id: str
    contact_id: str
    sealed_draft: str
    token: str = field(repr=False)
    aliases: tuple[LogReference, ...]
    holder_is_here: bool
    """Whether the one who is writing it now is a task of this process."""

    @property
    def references(self) -> tuple[LogReference, ...]:
        """All names of the log."""
        return self.reference, *self.aliases

    @property
    def mine(self) -> bool:
        """True when the log is ours to write."""
        return self.claim in (Claim.FRESH, Claim.ABANDONED)

    @property
    def abandoned(self) -> bool:
        """True when an earlier attempt may have written it, so that the CRM must be looked at first."""
        return self.claim is Claim.ABANDONED
