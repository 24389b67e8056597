"""The changes of a message log that is there: a text replaced, or one more SMS added, exactly once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypedDict

from appconnect.errors import NotFound
from appconnect.logs.messages import sms
from appconnect.models import LogFormat, Message
from appconnect.store import Reservation
from appconnect.timezones import TimeZone
from appconnect.workbench.context import Context
from appconnect.workbench.idempotency import IdempotentWrites


class Told(TypedDict):
    """What a line of an SMS log is written with, beside the message."""

    contact_name: str
    agent_name: str
    sender: str
    format: LogFormat
    timezone: TimeZone
    now: datetime


class Edit(Protocol):
    """A change of a message log; where there is no log yet, the one that is created has it already."""

    def changed(self, log_id: str, old: str) -> str:
        """Return the body with the change; the old one if there is nothing to change."""
        ...

    def is_done(self, old: str, now: str) -> bool:
        """Return whether a body that was ``old`` and is read again has the change."""
        ...

    def before_create(self, instead_of: str = "") -> None:
        """Note that a log is about to be created, maybe because the one before is full."""
        ...

    def before_change(self, log_id: str, old: str) -> None:
        """Note that a log is about to be changed."""
        ...


@dataclass(frozen=True)
class Replacement:
    """A change that does nothing when it is made again."""

    change: Callable[[str], str]

    def changed(self, log_id: str, old: str) -> str:
        """Return the body with the change."""
        return self.change(old)

    def is_done(self, old: str, now: str) -> bool:
        """Return whether there is nothing left to change."""
        return self.change(now) == now

    def before_create(self, instead_of: str = "") -> None:
        """Note nothing."""

    def before_change(self, log_id: str, old: str) -> None:
        """Note nothing."""


class AppendOnce:
    """One more message in the log of its conversation.

    The same words may be said twice in a minute, so the message's claim notes, before each write, to which
    log it goes and how often the words stand there. Whoever finds the claim abandoned counts again.
    """

    def __init__(self, writes: IdempotentWrites, claim: Reservation, message: Message, told: Told) -> None:
        self._writes = writes
        self._claim = claim
        self._message = message
        self._told = told
        self._noted: Mapping[str, str] = writes.kept(claim) if claim.abandoned else {}

    async def log_of_earlier_attempt(self, context: Context) -> str | None:
        """Return the log that an abandoned attempt has added the message to after all."""
        log_id = self._noted.get("log", "")
        if not log_id:
            return None
        try:
            record = await context.connector.get_message_log(log_id)
        except NotFound:
            return None
        return log_id if self._count(record.body) > int(self._noted["lines"]) else None

    def changed(self, log_id: str, old: str) -> str:
        """Return the body with the message, unless the log was created with it by an abandoned attempt."""
        created = self._noted.get("log") == "" and log_id != self._noted.get("instead of")
        return old if created and self._count(old) else sms.append(old, self._message, **self._told)

    def is_done(self, old: str, now: str) -> bool:
        """Return whether the words stand there once more than before."""
        return self._count(now) > self._count(old)

    def before_create(self, instead_of: str = "") -> None:
        """Note that the message will be the first one of a log."""
        self._note({"log": "", "instead of": instead_of})

    def before_change(self, log_id: str, old: str) -> None:
        """Note which log the message will be added to, and how often its words stand there."""
        self._note({"log": log_id, "lines": str(self._count(old))})

    def _note(self, kept: Mapping[str, str]) -> None:
        self._writes.renew(self._claim, "message", kept=kept)

    def _count(self, text: str) -> int:
        return sms.count(text, self._message, **self._told)
