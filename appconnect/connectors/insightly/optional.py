"""What a contact or log is better with and does without: records that it is only linked to."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import TypeVar

from appconnect.errors import CrmError, Forbidden, NotFound, RateLimited, SessionExpired

T = TypeVar("T")
log = logging.getLogger(__name__)


async def if_readable(reading: Awaitable[T], what: str) -> T | None:
    """What is read; None for what is hidden from this user, gone, or cannot be read now.

    Raises what ends everything else too: SessionExpired, and RateLimited when the day is used up.
    """
    try:
        return await reading
    except (Forbidden, NotFound):
        return None
    except CrmError as error:
        if isinstance(error, SessionExpired) or (isinstance(error, RateLimited) and error.daily):
            raise
        log.warning("%s cannot be read: %s", what, error)
        return None
