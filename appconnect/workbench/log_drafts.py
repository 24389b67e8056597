"""What logging would write: the real operation through the real connector, with every write held back.

Nothing is stored either: what is claimed, kept and linked lives in a store of its own that is thrown away.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

from appconnect import operation_warnings
from appconnect.auth.vault import Vault
from appconnect.clock import Clock
from appconnect.errors import AppConnectError, NotFound
from appconnect.http.held_writes import HeldWrite, HeldWrites, Reads
from appconnect.models import Call, Contact, LogDraft, LogRecord, Message, Result
from appconnect.store import LogReference
from appconnect.workbench.call_texts import CallTexts
from appconnect.workbench.calls import CallLogs
from appconnect.workbench.context import Context
from appconnect.workbench.idempotency import IdempotentWrites, Write, Written
from appconnect.workbench.lazy_store import store_in_memory
from appconnect.workbench.log_inputs import Inputs
from appconnect.workbench.messages import Attached, MessageLogs
from appconnect.workbench.owners import Owners

_is_drafting: ContextVar[bool] = ContextVar("is drafting", default=False)


class _NotOfDrafts(logging.Filter):
    """Lets no complaint about a draft pass, whose inputs are wrong on purpose."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is about a real log."""
        return not _is_drafting.get()


for name in ("outbox", "log_owner"):
    logging.getLogger(f"appconnect.{name}").addFilter(_NotOfDrafts())


@dataclass(frozen=True)
class Drafted:
    """What logging would write, the zone that its times are written in, and what went wrong."""

    writes: tuple[HeldWrite, ...]
    zone: tzinfo
    offset: float
    """The zone's seconds ahead of UTC, at the time of the log."""
    error: AppConnectError | None
    warnings: tuple[str, ...]


@dataclass
class StoppedClock:
    """A clock that stands still, so that two drafts differ by their inputs alone; waits are real."""

    time: datetime
    real: Clock

    def now(self) -> datetime:
        """Return the time at which it stands."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Wait by the real clock."""
        await self.real.sleep(seconds)


class _Updates(IdempotentWrites):
    """Writes of a draft that find a log there; where it has no room for more, a new one is begun."""

    def __init__(self, context: Context, log_id: str) -> None:
        super().__init__(context)
        self.log_id = log_id
        self.is_new = not log_id

    async def write_once(
        self, reference: LogReference, contact: Contact, draft: LogDraft, write: Write, *,
        aliases: Sequence[LogReference] = (), kept: Mapping[str, str] | None = None,
    ) -> Written:  # fmt: skip
        """Return the log, the first time."""
        if self.log_id:
            log_id, self.log_id = self.log_id, ""
            return Written(log_id, is_new=False, contact_id=contact.id)
        self.is_new = True
        return await super().write_once(reference, contact, draft, write, aliases=aliases, kept=kept)


@dataclass
class LogDrafts:
    """Drafts logs of one workbench, again and again, with other inputs.

    ``log_id`` is a log to be updated; "" once it turned out that a new one would be written.
    """

    real: Context
    log_id: str
    reads: Reads = field(default_factory=Reads)
    old: LogRecord | None = None
    """The log as it stands, once an update of it was drafted."""

    def __post_init__(self) -> None:
        """Make a workbench's context whose store is nobody's."""
        environment = self.real.environment
        self._clock = StoppedClock(environment.clock.now(), environment.clock)
        apart = replace(
            environment, lazy_store=store_in_memory(), vault=Vault.in_memory(), clock=self._clock,
            recording=None, replay=None,
        )  # fmt: skip
        self._context = Context(self.real.definition, apart, settings={}, options={})
        self._unused = self._context.crm

    async def close(self) -> None:
        """Close what the drafts used."""
        await self._unused.aclose()
        self._context.environment.lazy_store.close()

    async def draft(self, inputs: Inputs) -> Drafted:
        """Return what logging with these inputs would write."""
        crm = self._prepare(inputs)
        with _drafting(), operation_warnings.collect() as warnings:
            result = await self._run(inputs)
            zone, offset = self._zone(inputs)
        return Drafted(tuple(crm.held), zone, offset, result.error, tuple(warnings))

    def _prepare(self, inputs: Inputs) -> HeldWrites:
        context, account = self._context, self._context.account
        context.environment.lazy_store.close()
        context.environment.lazy_store = store_in_memory()
        if inputs.admin is not None:
            context.environment.store.save_admin(inputs.admin)
        self._clock.time = inputs.clock or self._clock.time
        account.user, account.settings, account.options = inputs.user, inputs.settings, inputs.options
        account.admin_settings = {}
        crm = HeldWrites(self.real.crm, self.reads, self._clock)
        context.crm = crm
        context.connector = context.definition.connector(crm, account)  # with no cache and no outbox
        return crm

    async def _run(self, inputs: Inputs) -> Result:
        context, account = self._context, inputs.admin.hashed_account_id if inputs.admin else ""
        writes, owners = IdempotentWrites(context), Owners(context)
        if isinstance(inputs.log, Message) and isinstance(inputs.texts, Attached):
            return await self._run_message(inputs.log, inputs.texts, inputs, account)
        assert isinstance(inputs.log, Call)
        assert isinstance(inputs.texts, CallTexts)
        calls, texts = CallLogs(context, writes, owners), inputs.texts
        if not self.log_id:
            return await calls.log(inputs.log, inputs.contact, texts, inputs.form, account, automatic=False)
        if self.old is None:
            self.old = await context.connector.get_call_log(self.log_id)
        return await calls.update(self.log_id, inputs.log, texts, inputs.form, account, automatic=False)

    async def _run_message(
        self, message: Message, attached: Attached, inputs: Inputs, account: str
    ) -> Result:
        context, is_first = self._context, self.old is None
        if self.log_id and is_first:
            try:
                kind = attached.kind(message)
                self.old = await context.connector.get_log_to_change(self.log_id, kind)
            except NotFound:  # deleted in the CRM: it is written anew
                self.log_id = ""
        writes = _Updates(context, self.log_id)
        messages = MessageLogs(context, writes, Owners(context))
        result = await messages.log(message, inputs.contact, attached, inputs.form, account)
        if is_first and writes.is_new:
            self.log_id, self.old = "", None
        return result

    def _zone(self, inputs: Inputs) -> tuple[tzinfo, float]:
        try:
            moment = moment_of(inputs) or self._clock.time
            offset = moment.astimezone(self._context.zone).utcoffset()
            return self._context.zone, offset.total_seconds() if offset else 0.0
        except AppConnectError:
            return UTC, 0.0


@contextmanager
def _drafting() -> Iterator[None]:
    token = _is_drafting.set(True)
    try:
        yield
    finally:
        _is_drafting.reset(token)


def moment_of(inputs: Inputs) -> datetime | None:
    """Return when the call or message was."""
    return inputs.log.start_time if isinstance(inputs.log, Call) else inputs.log.time
