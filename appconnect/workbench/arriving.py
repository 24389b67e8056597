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
from datetime import datetime, timedelta
from typing import Final

from appconnect.errors import AppConnectError, BeingLogged, CrmError
from appconnect.http import deadline
from appconnect.operation_warnings import warn
from appconnect.workbench.context import Context
from appconnect.writes_under_way import BeforeEach, held_by

SENT: Final = "sent"
"""What is noted with a claim: the moment at which its last write left."""
NOTED_ANEW: Final = 5.0
"""Seconds after which a further write of the same claim is noted again."""
GATEWAYS: Final = (502, 504)
"""Answers of a gateway, behind which the CRM may be at work still."""
TIME_TO_WRITE: Final = 15.0
"""Seconds of an operation that must be left after a wait."""

log = logging.getLogger(__name__)
Kept = Mapping[str, str]


@contextmanager
def noting_departures(
    context: Context, note: Callable[[Kept], None], kept: Callable[[], Kept]
) -> Iterator[None]:
    """Let each write of the block be noted, beside what is ``kept``, before it leaves.

    That is forgotten when the CRM answers with an error: what it has answered is under way no more.
    """
    noted: list[datetime] = []

    def leaves() -> None:
        now = context.now()
        if not noted or abs((now - noted[-1]).total_seconds()) > NOTED_ANEW:
            note({**kept(), SENT: now.isoformat()})
            noted.append(now)

    with held_by(BeforeEach(leaves)):
        try:
            yield
        except CrmError as error:
            if noted and error.status is not None and error.status not in GATEWAYS:
                with suppress(AppConnectError):  # then somebody waits in vain, which does no harm
                    note(kept())
            raise


async def wait_for_arrival(context: Context, kept: Kept, what: str) -> bool:
    """Wait until what was sent has been carried out or never will be; return whether that took any time.

    Raises BeingLogged, with the time to try again, where the operation would be over before.
    """
    seconds = seconds_to_arrive(context, kept)
    if seconds <= 0:
        return False
    until = (context.now() + timedelta(seconds=seconds)).astimezone(context.zone)
    told = f"An earlier try of this {what} may still be arriving in {context.title}"
    if seconds > deadline.seconds_left() - TIME_TO_WRITE:
        raise BeingLogged(
            f"{told}; try again at {until:%H:%M:%S}. It is looked for before anything is written."
        )
    log.warning("%s; it is looked for again at %s.", told, f"{until:%H:%M:%S}")
    await context.environment.clock.sleep(seconds)
    warn(f"{told}, so it was waited for and looked for again at {until:%H:%M:%S}.")
    return True


def seconds_to_arrive(context: Context, kept: Kept) -> float:
    """Return the seconds in which a write that was noted may still be carried out; 0 for none."""
    if not (sent := kept.get(SENT, "")):
        return 0.0
    at_most = context.connector.rules.total_timeout + NOTED_ANEW
    passed = (context.now() - datetime.fromisoformat(sent)).total_seconds()
    return min(at_most, max(0.0, at_most - passed))  # whatever has become of the clock
