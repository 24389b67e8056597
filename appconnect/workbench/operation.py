"""The decorator of operations: an error becomes a result, warnings and rate limits go with it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from appconnect import lazily, operation_warnings, operations, user_messages
from appconnect.errors import AppConnectError
from appconnect.http import RateLimit, deadline
from appconnect.models import ContactCreated, Logged, LogUpdated, Result
from appconnect.workbench.context import Context

if TYPE_CHECKING:
    from appconnect.http import transport
else:
    transport = lazily.module("appconnect.http.transport")


class HasContext(Protocol):
    """A part of the workbench."""

    context: Context


Part = TypeVar("Part", bound=HasContext)
P = ParamSpec("P")
R = TypeVar("R", bound=Result)
WRITES = (ContactCreated, Logged, LogUpdated)
"""The results of operations that write a record."""
Method = Callable[Concatenate[Part, P], Coroutine[object, object, R]]


def operation(kind: type[R]) -> Callable[[Method[Part, P, R]], Method[Part, P, R]]:
    """Make a method of a part an operation that always returns a result of this kind.

    Errors of :mod:`appconnect.errors` become an unsuccessful result with a sentence for the person; the
    exception is its ``error``. Others are faults of ours, and are raised. What takes longer than
    ``DEADLINE_SECONDS`` is stopped with DeadlineExceeded.
    """

    def decorate(method: Method[Part, P, R]) -> Method[Part, P, R]:
        @wraps(method)
        async def run(part: Part, /, *args: P.args, **kwargs: P.kwargs) -> R:
            context = part.context
            with context.crm.watch() as seen, operation_warnings.collect() as warnings:
                try:
                    with context.crm.at_work(), transport.addresses_in_words():
                        work = method(part, *args, **kwargs)
                        result = await deadline.within(operations.DEADLINE_SECONDS, context.crm.clock, work)
                    result.return_message = user_messages.with_warnings(result.return_message, warnings)
                except AppConnectError as error:
                    context.note_failure(error)
                    is_write = issubclass(kind, WRITES)
                    message = user_messages.for_error(error, crm=context.title, is_write=is_write)
                    result = kind(successful=False, return_message=message, error=error)
            _note_limits(result, seen)
            return result

        return run

    return decorate


def _note_limits(result: Result, seen: Sequence[RateLimit]) -> None:
    """Put what the CRM last said of its limits during the operation into the result."""
    limits = seen[-1] if seen else RateLimit()
    tracking = result.extra_data_tracking
    tracking.ratelimit_amount = limits.amount
    tracking.ratelimit_remaining = limits.remaining
    tracking.ratelimit_reset = limits.reset
