"""The changes of a message log that is there: a text replaced, or one more SMS added, exactly once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypedDict

from appconnect.errors import NotFound
from appconnect.logs.messages import sms
from appconnect.models import LogFormat, Message
from appconnect.store import LogReference
from appconnect.timezones import TimeZone
from appconnect.workbench.idempotency import PART_OF, IdempotentWrites, Written


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

    @property
    def kept(self) -> Mapping[str, str]:
        """What is noted with a log that is created."""
        ...

    def changed(self, written: Written, old: str) -> str:
        """Return the body of a log with the change; the old one if there is nothing to change."""
        ...

    def is_done(self, old: str, now: str) -> bool:
        """Return whether a body that was ``old`` and is read again has the change."""
        ...

    def before_change(self, log_id: str, old: str) -> None:
        """Note that a log is about to be changed."""
        ...


@dataclass(frozen=True)
class Replacement:
    """A change that does nothing when it is made again."""

    change: Callable[[str], str]
    kept: Mapping[str, str] = field(default_factory=dict)

    def changed(self, written: Written, old: str) -> str:
        """Return the body with the change."""
        return self.change(old)

    def is_done(self, old: str, now: str) -> bool:
        """Return whether there is nothing left to change."""
        return self.change(now) == now

    def before_change(self, log_id: str, old: str) -> None:
        """Note nothing."""


class AppendOnce:
    """One more message in the log of its conversation.

    The same words may be said twice in a minute. What is noted with each message and each log says whose
    words stand there already, so that an attempt whose answer was lost is found by counting them.
    """

    def __init__(
        self,
        writes: IdempotentWrites,
        reference: LogReference,
        conversation: LogReference,
        message: Message,
        told: Told,
    ) -> None:
        self._writes = writes
        self._context = writes.context
        self._message = message
        self._told = told
        self._line = sms.line(message, **told)
        self.kept: Mapping[str, str] = {
            "message": message.id, "line": self._line, PART_OF: conversation.reference
        }  # fmt: skip
        self.claim = writes.claim(reference, "message", kept=self.kept)
        if self.claim.abandoned:
            self.kept = {**self.kept, **writes.kept(self.claim)}
            self._line = self.kept["line"]

    async def log_of_earlier_attempt(self) -> str | None:
        """Return the log that an abandoned attempt has added the message to after all."""
        log_id = self.kept.get("log", "")
        return log_id if log_id and await self._stands_in(log_id) else None

    async def _stands_in(self, log_id: str) -> bool:
        try:
            record = await self._context.connector.get_message_log(log_id)
        except NotFound:
            return False
        return self._was_added(log_id, record.body)

    def changed(self, written: Written, old: str) -> str:
        """Return the body with the message, which a log has that an abandoned attempt wrote into it.

        That is looked for once more in the very body that is changed, for it may have arrived just now.
        """
        is_first = written.kept.get("message") == self._message.id
        is_there = self.kept.get("log") == written.log_id and self._was_added(written.log_id, old)
        return old if is_first or is_there else sms.append(old, self._message, **self._told)

    def is_done(self, old: str, now: str) -> bool:
        """Return whether the words stand there once more than before."""
        return self._count(now) > self._count(old)

    def before_change(self, log_id: str, old: str) -> None:
        """Note to which log the message is about to be added."""
        self._writes.renew(self.claim, "message", kept={**self.kept, "log": log_id})

    def _was_added(self, log_id: str, body: str) -> bool:
        """Return whether the words stand there more often than other messages say them."""
        account = self.claim.reference.account
        links = self._context.environment.store.links_of(self._context.platform, account, log_id)
        others = [self._writes.opened(link.sealed) for link in links]
        same = {each["message"] for each in others if each.get("line") == self._line} - {self._message.id}
        return self._count(body) > len(same)

    def _count(self, text: str) -> int:
        return sms.count(text, self._line, self._told["format"])
