"""The one way to ask for what an operation is better with and can do without."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Final, TypeVar

from appconnect.errors import Blocked, CrmError, SessionExpired
from appconnect.operation_warnings import could_not_read

T = TypeVar("T")
U = TypeVar("U")
Errors = tuple[type[CrmError], ...]

FATAL_ERRORS: Final[Errors] = (SessionExpired, Blocked)
"""Errors that every further request would meet as well."""


async def or_default(
    work: Awaitable[T], default: U, *, missing: str, of: Sequence[str] = (), fatal: Errors = ()
) -> T | U:
    """Run an optional request and return its result; return ``default`` when the CRM refuses or fails it.

    The person is then told what is ``missing`` in the result, and for whom: "the deals" ``of`` ["Nia Holt"].
    :data:`FATAL_ERRORS`, and further ones in ``fatal``, are raised all the same.
    """
    try:
        return await work
    except (*FATAL_ERRORS, *fatal):
        raise
    except CrmError as error:
        could_not_read(missing, error.message, of=of)
        return default
