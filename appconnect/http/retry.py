"""Retries: which errors are worth one, and after how long. Pure.

A write is repeated only when the CRM certainly did not carry it out: it was refused (429), or never left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from appconnect.errors import (
    AnswerTooLarge,
    Blocked,
    CertificateFault,
    CrmError,
    ProxyFault,
    RateLimited,
    Unavailable,
    Unreachable,
)

MAX_TRIES = 4
MAX_WAIT = 30.0
LASTING = (AnswerTooLarge, CertificateFault, ProxyFault)
"""What is the same at the next try."""
LONGEST = 1e9
"""The most that a CRM can ask for, in seconds; it stands for everything longer."""
NOT_IMPLEMENTED = 501
ONE_OF_SEVERAL = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*, *[^,]+|[^,]+", re.IGNORECASE)
SECONDS = re.compile(r"\d+(\.\d*)?", re.ASCII)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return ``Retry-After`` in seconds, or None for none that can be read.

    It is a number or an HTTP date (RFC 9110, 10.2.3), which is read by the clock of whoever answered (its
    ``Date``), else by ours (``now``). Of several the longest holds.
    """
    their_now = _moment(headers.get("date", "")) or now
    waits = [
        _seconds(each.strip(), their_now) for each in ONE_OF_SEVERAL.findall(headers.get("retry-after", ""))
    ]
    return max((wait for wait in waits if wait is not None), default=None)


def _seconds(text: str, now: datetime) -> float | None:
    if SECONDS.fullmatch(text):
        return min(float(text), LONGEST)
    moment = _moment(text)
    return None if moment is None else min(max(0.0, (moment - now).total_seconds()), LONGEST)


def _moment(text: str) -> datetime | None:
    """Return an HTTP date, which is UTC unless it says otherwise."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def wait_before_retry(error: CrmError, *, tries: int, idempotent: bool, jitter: float) -> float | None:
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
    if isinstance(error, LASTING):
        return False
    if isinstance(error, RateLimited):
        return not (error.daily or isinstance(error, Blocked))
    if isinstance(error, Unreachable):
        return idempotent or not error.maybe_done
    return isinstance(error, Unavailable) and idempotent and error.status != NOT_IMPLEMENTED
