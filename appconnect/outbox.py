"""Follow-up writes of a log: links, copies, completions. What fails is kept, told, and done later.

The log exists once the CRM has given its id, and nothing that comes after may lose it. A follow-up write is
therefore noted before it is tried, and crossed out when it is done. One that fails becomes a warning in the
operation's result and is tried again at the log's next update, or when the whole outbox is run.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from appconnect.clock import Clock
from appconnect.errors import (
    AppConnectError,
    Busy,
    ConfigurationError,
    RateLimited,
    RecordingError,
    SessionExpired,
    SignInError,
    StoreError,
    Unreachable,
)
from appconnect.models import JsonObject
from appconnect.operation_warnings import warn
from appconnect.writes_under_way import held_by

MAX_AGE: Final = timedelta(days=30)
STOPPING: Final = (SessionExpired, SignInError, RateLimited, Unreachable)
"""Errors after which the other follow-up writes need not be tried now."""

LONG_AGO: Final = datetime.fromtimestamp(0, UTC)
NOT_WRITTEN: Final = "The outbox cannot be used: %s"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FollowUp:
    """A write that belongs to a log and comes after it; a log has one of each ``kind`` at most.

    ``missing`` is what the log lacks without it: "The log is not linked to Project 601". ``attempts`` counts
    from 1, so that a later one can look first whether an earlier one did it after all; ``error`` is what the
    last one failed with, "" where nobody knows how it ended. What that one sent may be arriving until
    ``not_before``. ``claim`` marks whoever is at work on it.
    """

    log_id: str
    kind: str
    payload: JsonObject
    missing: str
    created: datetime
    attempts: int = 1
    error: str = ""
    not_before: datetime = LONG_AGO
    claim: str = field(default="", repr=False)

    @property
    def may_be_done(self) -> bool:
        """Whether an earlier attempt was killed or broken off, and may have written."""
        return self.attempts > 1 and not self.error


class TakenOver(Busy):
    """Somebody else took a write over from an attempt that stood still, or it is no longer wanted."""


Handler = Callable[[FollowUp], Awaitable[bool | None]]
"""Does the follow-up writes of one kind; raises when it could not.

Returns False when nothing was written: it is not wanted any more, or a warning says what became of it.
"""


class Outbox(Protocol):
    """Keeps the follow-up writes of one account until they are done."""

    def put(self, work: FollowUp) -> FollowUp:
        """Note a write that is tried now, in place of an earlier one of its kind, and return it claimed."""
        ...

    def waiting(self, log_id: str = "") -> list[FollowUp]:
        """Return what is not done yet, of one log or of all, oldest first."""
        ...

    def claim(self, work: FollowUp) -> FollowUp | None:
        """Return it claimed for another attempt, or None when somebody else is at work on it or did it.

        It says how the attempt before it ended; of what is waiting meanwhile nobody knows how it ends.
        """
        ...

    def held(self, work: FollowUp) -> AbstractAsyncContextManager[None]:
        """Hold what was claimed while the block runs. Raises TakenOver in it when it is ours no more."""
        ...

    def fail(self, work: FollowUp, error: str) -> None:
        """Give back what was claimed and could not be done, for an attempt ``not_before`` its time."""
        ...

    def done(self, work: FollowUp) -> None:
        """Forget what was claimed and is done."""
        ...

    def drop(self, log_id: str, kind: str) -> None:
        """Forget a write that is no longer wanted."""
        ...


class MemoryOutbox:
    """An outbox that is gone with the process."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], FollowUp] = {}

    def put(self, work: FollowUp) -> FollowUp:
        """Note a write that is tried now."""
        self._kept[work.log_id, work.kind] = claimed = replace(work, claim=secrets.token_hex(8))
        return claimed

    def waiting(self, log_id: str = "") -> list[FollowUp]:
        """Return what is not done yet."""
        return [each for each in self._kept.values() if log_id in ("", each.log_id)]

    def claim(self, work: FollowUp) -> FollowUp | None:
        """Return it claimed, unless somebody is at work on it."""
        kept = self._kept.get((work.log_id, work.kind))
        if kept is None or kept.claim:
            return None
        claimed = self.put(replace(kept, attempts=kept.attempts + 1, error=""))
        return replace(claimed, error=kept.error)

    def held(self, work: FollowUp) -> AbstractAsyncContextManager[None]:
        """Return an empty block: nobody else is here who could take it."""
        return nullcontext()

    def fail(self, work: FollowUp, error: str) -> None:
        """Give back what could not be done."""
        if self._is_claimed(work):
            self._kept[work.log_id, work.kind] = replace(work, error=error, claim="")

    def done(self, work: FollowUp) -> None:
        """Forget what is done."""
        if self._is_claimed(work):
            self.drop(work.log_id, work.kind)

    def drop(self, log_id: str, kind: str) -> None:
        """Forget a write."""
        self._kept.pop((log_id, kind), None)

    def _is_claimed(self, work: FollowUp) -> bool:
        kept = self._kept.get((work.log_id, work.kind))
        return kept is not None and kept.claim == work.claim


class FollowUpWrites:
    """Does follow-up writes by the handlers of their kinds, and keeps the outbox.

    A write that was sent and not answered arrives within ``seconds_to_arrive``, or never.
    """

    def __init__(
        self,
        outbox: Outbox,
        handlers: Mapping[str, Handler],
        clock: Clock,
        seconds_to_arrive: float = 60.0,
    ) -> None:
        self._outbox = outbox
        self._handlers = handlers
        self._clock = clock
        self._to_arrive = timedelta(seconds=seconds_to_arrive)

    async def write(self, log_id: str, kind: str, payload: JsonObject, missing: str) -> None:
        """Do a follow-up write now. Raises no error of the CRM or the store."""
        work = FollowUp(log_id, kind, payload, missing, created=self._clock.now())
        with _store_may_fail():
            work = self._outbox.put(work)
        await self._attempt(work)

    async def catch_up(self, log_id: str = "") -> list[FollowUp]:
        """Do what is waiting, for one log or for all; return what is waiting still.

        Warns of each what became of it, since whoever changes a log does not know what was left open.
        """
        waiting, is_stopped = self.waiting(log_id), False
        for each in waiting:
            if is_stopped or each.not_before > self._clock.now():
                warn(self._again(each))
            elif work := self._claimed(each):
                is_stopped = isinstance(await self._attempt(work), STOPPING)
        return self.waiting(log_id) if waiting else []

    def done_otherwise(self, log_id: str, kind: str) -> None:
        """Forget a write that is waiting, because another one has done it by the way; this is told."""
        for work in self.waiting(log_id):
            if work.kind == kind:
                self.drop(log_id, kind)
                warn(_completed(work))

    def waiting(self, log_id: str = "") -> list[FollowUp]:
        """Return what is known to be waiting; a store that cannot be read makes no write of a log fail."""
        with _store_may_fail():
            return self._outbox.waiting(log_id)
        return []

    def drop(self, log_id: str, kind: str) -> None:
        """Forget a write that is no longer wanted."""
        with _store_may_fail():
            self._outbox.drop(log_id, kind)

    # -- the steps --

    def _claimed(self, work: FollowUp) -> FollowUp | None:
        with _store_may_fail():
            return self._outbox.claim(work)
        warn(self._again(work))
        return None

    async def _attempt(self, work: FollowUp) -> AppConnectError | None:
        sent = _Sent(self._clock)
        try:
            with held_by(sent):
                async with self._outbox.held(work):
                    is_written = await self._handlers.get(work.kind, _unknown)(work)
        except RecordingError:  # a replay that differs is no failure of the CRM
            raise
        except TakenOver as error:  # whoever has it now tells what becomes of it
            log.warning("%s (log %s): %s", work.missing, work.log_id, error)
            return error
        except AppConnectError as error:
            log.warning("%s (log %s): %s", work.missing, work.log_id, error)
            self._keep(replace(work, not_before=sent.not_before(self._to_arrive)), error)
            return error
        except BaseException:  # the next attempt knows that this one may have done it, if anything was sent
            ended = "" if sent.at else "The attempt was broken off before it was sent."
            self._give_back(replace(work, not_before=sent.not_before(self._to_arrive)), ended)
            raise
        with _store_may_fail():
            self._outbox.done(work)
        if work.attempts > 1 and is_written is not False:
            warn(_completed(work))
        return None

    def _keep(self, work: FollowUp, error: AppConnectError) -> None:
        """Keep what failed for the next time, or give it up after a month."""
        if self._clock.now() - work.created >= MAX_AGE:
            warn(f"{work.missing}; this was tried for {MAX_AGE.days} days and is now given up.")
            with _store_may_fail():
                self._outbox.done(work)
        elif self._give_back(work, error.message):
            warn(self._again(work))
        else:
            warn(f"{work.missing}, and no later try could be noted here; see to it in the CRM yourself.")

    def _give_back(self, work: FollowUp, error: str) -> bool:
        """Leave it to the next attempt; return whether there will be one."""
        try:
            noted = work if work.claim else self._outbox.put(work)  # what the store could not take before
        except StoreError as fault:
            log.warning(NOT_WRITTEN, fault)
            return False
        with _store_may_fail():
            self._outbox.fail(replace(work, claim=noted.claim), error)
        return True

    def _again(self, work: FollowUp) -> str:
        if work.not_before > self._clock.now():
            return f"{work.missing} yet; what was sent may still arrive, so update the log again in a minute."
        return f"{work.missing} yet; the log's next update tries again."


@dataclass
class _Sent:
    """When an attempt sent its last write, None for never, and whether one of them may still arrive."""

    clock: Clock
    at: datetime | None = None
    may_arrive: bool = False

    def before_write(self) -> None:
        self.at = self.clock.now()

    def after_write(self, *, may_arrive: bool) -> None:
        self.may_arrive |= may_arrive

    def not_before(self, to_arrive: timedelta) -> datetime:
        """Return when nothing of it can arrive any more."""
        return self.at + to_arrive if self.at and self.may_arrive else LONG_AGO


def _completed(work: FollowUp) -> str:
    return f"Completed now what was left open: {work.missing}."


async def _unknown(work: FollowUp) -> None:
    raise ConfigurationError(f"This release of the connector has no follow-up write {work.kind!r}.")


@contextmanager
def _store_may_fail() -> Iterator[None]:
    """Keep a store that cannot be written from losing the id of a log that exists."""
    try:
        yield
    except StoreError as error:
        log.warning(NOT_WRITTEN, error)
