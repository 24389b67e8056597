"""The one way to ask for what an operation is better with and can do without."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import Final, TypeVar

from appconnect.errors import Blocked, CrmError, SessionExpired

T = TypeVar("T")
U = TypeVar("U")
Errors = tuple[type[CrmError], ...]

FATAL_ERRORS: Final[Errors] = (SessionExpired, Blocked)
"""Errors that every further request would meet as well."""

log = logging.getLogger(__name__)


async def or_default(work: Awaitable[T], default: U, *, warn: str = "", fatal: Errors = ()) -> T | U:
    """Run an optional request and return its result; return ``default`` when the CRM refuses or fails it.

    :data:`FATAL_ERRORS`, and further ones in ``fatal``, are raised all the same. ``warn`` is logged with the
    error: "Bullhorn's note actions cannot be read".
    """
    try:
        return await work
    except (*FATAL_ERRORS, *fatal):
        raise
    except CrmError as error:
        if warn:
            log.warning("%s: %s", warn, error)
        return default
