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
from datetime import datetime, timedelta
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

MAX_AGE: Final = timedelta(days=30)
STOPPING: Final = (SessionExpired, SignInError, RateLimited, Unreachable)
"""Errors after which the other follow-up writes need not be tried now."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FollowUp:
    """A write that belongs to a log and comes after it; a log has one of each ``kind`` at most.

    ``missing`` is what the log lacks without it: "The log is not linked to Project 601". ``attempts`` counts
    from 1, so that a later one can look first whether an earlier one did it after all; ``error`` is what the
    last one failed with. ``claim`` marks whoever is at work on it.
    """

    log_id: str
    kind: str
    payload: JsonObject
    missing: str
    created: datetime
    attempts: int = 1
    error: str = ""
    claim: str = field(default="", repr=False)


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
        """Return it claimed for another attempt, or None when somebody else is at work on it or did it."""
        ...

    def held(self, work: FollowUp) -> AbstractAsyncContextManager[None]:
        """Hold what was claimed while the block runs. Raises TakenOver in it when it is ours no more."""
        ...

    def fail(self, work: FollowUp, error: str) -> None:
        """Give back what was claimed and could not be done."""
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
        return None if kept is None or kept.claim else self.put(replace(kept, attempts=kept.attempts + 1))

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
    """Does follow-up writes by the handlers of their kinds, and keeps the outbox."""

    def __init__(self, outbox: Outbox, handlers: Mapping[str, Handler], clock: Clock) -> None:
        self._outbox = outbox
        self._handlers = handlers
        self._clock = clock

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
        waiting, is_stopped = self._outbox.waiting(log_id), False
        for each in waiting:
            if is_stopped:
                warn(_again(each))
            elif work := self._outbox.claim(each):
                is_stopped = isinstance(await self._attempt(work), STOPPING)
        return self._outbox.waiting(log_id) if waiting else []

    def done_otherwise(self, log_id: str, kind: str) -> None:
        """Forget a write that is waiting, because another one has done it by the way; this is told."""
        for work in self._outbox.waiting(log_id):
            if work.kind == kind:
                self._outbox.drop(log_id, kind)
                warn(_completed(work))

    async def _attempt(self, work: FollowUp) -> AppConnectError | None:
        try:
            async with self._outbox.held(work):
                is_written = await self._handlers.get(work.kind, _unknown)(work)
        except RecordingError:  # a replay that differs is no failure of the CRM
            raise
        except TakenOver as error:  # whoever has it now tells what becomes of it
            log.warning("%s (log %s): %s", work.missing, work.log_id, error)
            return error
        except AppConnectError as error:
            log.warning("%s (log %s): %s", work.missing, work.log_id, error)
            with _store_may_fail():
                self._keep(work, error)
            return error
        except BaseException:  # the next attempt looks first whether this one did it
            with _store_may_fail():
                self._outbox.fail(work, "The attempt was broken off.")
            raise
        with _store_may_fail():
            self._outbox.done(work)
        if work.attempts > 1 and is_written is not False:
            warn(_completed(work))
        return None

    def _keep(self, work: FollowUp, error: AppConnectError) -> None:
        """Keep what failed for the next time, or give it up after a month."""
        if self._clock.now() - work.created < MAX_AGE:
            warn(_again(work))
            self._outbox.fail(work, error.message)
        else:
            warn(f"{work.missing}; this was tried for {MAX_AGE.days} days and is now given up.")
            self._outbox.done(work)


def _again(work: FollowUp) -> str:
    return f"{work.missing} yet; the log's next update tries again."


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
        log.warning("The outbox cannot be written: %s", error)
