"""What an operation is better with and does without."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from appconnect.errors import Blocked, CrmError, SessionExpired

T = TypeVar("T")
U = TypeVar("U")

FATAL_ERRORS = (SessionExpired, Blocked)
"""What ends everything else too, so that asking on is of no use."""


async def or_default(
    work: Awaitable[T], instead: U, *, unless: type[CrmError] | tuple[type[CrmError], ...] = SessionExpired
) -> T | U:
    """What ``work`` gives, or ``instead`` where the CRM does not give it: forbidden, gone, broken, too much.

    Errors that are ``unless`` are raised: they end everything else too.
    """
    try:
        return await work
    except unless:
        raise
    except CrmError:
        return instead
