"""Writes that may still be arriving: nobody waits for their answer any more, and the CRM may yet do them.

A process may be killed, or stop waiting, while a slow CRM is at work on what it sent. Looking in the CRM at
once then finds nothing, and writing at once would make two. When a write leaves is therefore noted with its
claim, and whoever takes the claim over writes only after the time in which the product itself would have
waited for the end of that request; until then it waits, and says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from appconnect.errors import AppConnectError, BeingLogged, CrmError
from appconnect.http import deadline
from appconnect.operation_warnings import warn
from appconnect.workbench.context import Context
from appconnect.writes_under_way import held_by

SENT: Final = "sent"
"""What is noted with a claim: the moment at which its last write left."""
NOTED_ANEW: Final = 5.0
"""Seconds after which a further write of the same claim is noted again."""
TIME_TO_WRITE: Final = 15.0
"""Seconds of an operation that must be left after a wait."""

log = logging.getLogger(__name__)
Kept = Mapping[str, str]


@dataclass
class Departures:
    """The writes of a block: noted before they leave, counted when they have, answered or not."""

    context: Context
    note: Callable[[Kept], None]
    kept: Callable[[], Kept]
    noted: datetime | None = None
    """When the last of those left that were noted; None when none was."""
    tries: int = 0
    unanswered: int = 0

    def before_write(self) -> None:
        """Note that a write leaves, unless one has just been noted."""
        now = self.context.now()
        if self.noted is None or abs((now - self.noted).total_seconds()) > NOTED_ANEW:
            self.note({**self.kept(), SENT: now.isoformat()})
            self.noted = now

    def after_write(self, *, may_arrive: bool) -> None:
        """Count what has left, and what of it is not answered."""
        self.tries += 1
        self.unanswered += may_arrive

    def forget(self) -> None:
        """Note that nothing is under way any more."""
        if self.noted is not None:
            with suppress(AppConnectError):  # then somebody waits in vain, which does no harm
                self.note(self.kept())


@contextmanager
def noting_departures(
    context: Context, note: Callable[[Kept], None], kept: Callable[[], Kept]
) -> Iterator[Departures]:
    """Let each write of the block be noted, beside what is ``kept``, before it leaves.

    That is forgotten when the block fails, but the CRM has answered: then nothing is under way any more.
    """
    departures = Departures(context, note, kept)
    with held_by(departures):
        try:
            yield departures
        except CrmError:
            if not departures.unanswered:
                departures.forget()
            raise


async def wait_for_arrival(context: Context, kept: Kept, what: str) -> bool:
    """Wait until what was sent has been carried out or never will be; return whether that took any time.

    ``what`` was sent is a "try of this log" or "change of this log", say.
    Raises BeingLogged, with the time to try again, where the operation would be over before.
    """
    seconds = seconds_to_arrive(context, kept)
    if seconds <= 0:
        return False
    until = (context.now() + timedelta(seconds=seconds)).astimezone(context.zone)
    told = f"An earlier {what} may still be arriving in {context.title}"
    if seconds > deadline.seconds_left() - TIME_TO_WRITE:
        raise BeingLogged(
            f"{told}; try again at {until:%H:%M:%S}. It is looked for before anything is written."
        )
    log.warning("%s; it is looked for again at %s.", told, f"{until:%H:%M:%S}")
    await context.environment.clock.sleep(seconds)
    warn(f"{told}, so it was waited for and looked for again at {until:%H:%M:%S}.")
    return True


def max_seconds_to_arrive(context: Context) -> float:
    """Return the seconds after which nothing that was noted is carried out any more."""
    return context.connector.rules.total_timeout + NOTED_ANEW


def seconds_to_arrive(context: Context, kept: Kept) -> float:
    """Return the seconds in which a write that was noted may still be carried out; 0 for none."""
    if not (sent := kept.get(SENT, "")):
        return 0.0
    at_most = max_seconds_to_arrive(context)
    passed = (context.now() - datetime.fromisoformat(sent)).total_seconds()
    return min(at_most, max(0.0, at_most - passed))  # whatever has become of the clock
