"""What batch work needs of a workbench."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Protocol

from appconnect.connector import Connector, Cost
from appconnect.http import Pace, RateLimit
from appconnect.models import Call, Contact, ContactMatches, Logged, Message


class Desk(Protocol):
    """A workbench, as far as batch work knows it; :class:`appconnect.workbench.Workbench` is one."""

    @property
    def platform(self) -> str:
        """The CRM's name in code."""
        ...

    @property
    def title(self) -> str:
        """The CRM's name for people."""
        ...

    @property
    def connector(self) -> Connector:
        """The connector, for the list of all contacts."""
        ...

    @property
    def costs(self) -> Mapping[str, Cost]:
        """What operations take."""
        ...

    @property
    def rate_limits(self) -> Sequence[Pace]:
        """The pace that the workbench keeps to."""
        ...

    @property
    def limits(self) -> RateLimit:
        """What the CRM last said of its limits."""
        ...

    @property
    def zone(self) -> tzinfo:
        """The zone of the user."""
        ...

    @property
    def default_region(self) -> str:
        """The country of phone numbers without "+"."""
        ...

    def now(self) -> datetime:
        """Return the time."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...

    async def find_contact(self, phone_number: str) -> ContactMatches:
        """Find contacts by number."""
        ...

    async def log_call(self, call: Call, contact: Contact) -> Logged:
        """Log a call against a contact."""
        ...

    async def log_message(self, message: Message, contact: Contact, *, automatic: bool) -> Logged:
        """Log a message against a contact."""
        ...

    def logged_call(self, session_id: str, also: Sequence[str] = ()) -> str | None:
        """Return the id of the log of a call; ``also`` are its other ids."""
        ...

    def compose_call_body(self, call: Call, contact: Contact) -> str:
        """Return the body that a log would have."""
        ...

    def compose_message(self, message: Message, contact: Contact) -> object:
        """Return what a log would say."""
        ...
