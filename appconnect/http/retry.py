"""Retries: which errors are worth one, and after how long. Pure.

A write is repeated only when the CRM certainly did not carry it out: it was refused (429), or never left.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from appconnect.errors import Blocked, CrmError, RateLimited, Unavailable, Unreachable

MAX_TRIES = 4
MAX_WAIT = 30.0
READS = frozenset({"GET", "HEAD", "OPTIONS"})


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return ``Retry-After`` in seconds, from a number or an HTTP date (RFC 9110, 10.2.3), or None."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def wait_before_retry(error: CrmError, *, tries: int, idempotent: bool, jitter: float = 0.0) -> float | None:
    """Return the seconds to wait before the next try, or None to give up.

    ``tries`` counts the tries made so far, from 1. Waits double from half a second, with up to a quarter
    on top for a ``jitter`` of 0 to 1; what the CRM asks for wins, and
    a wait longer than half a minute is not made. ``idempotent`` is whether this CRM may be sent the request
    twice without harm.
    """
    if tries >= MAX_TRIES or not _worth_it(error, idempotent):
        return None
    asked = error.retry_after if isinstance(error, RateLimited) else None
    if asked is not None:
        return asked if asked <= MAX_WAIT else None
    backoff: float = 0.5 * 2 ** (tries - 1)
    return backoff * (1 + 0.25 * jitter)


def _worth_it(error: CrmError, idempotent: bool) -> bool:
    if isinstance(error, RateLimited):
        return not (error.daily or isinstance(error, Blocked))
    if isinstance(error, Unreachable):
        return idempotent or not error.maybe_done
    return isinstance(error, Unavailable) and idempotent
