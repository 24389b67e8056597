"""Writes on their way to a CRM, and whoever holds what they change.

Time passes between the decision to write and the departure of the request: for room in the limits, for the
next try, for a computer that was asleep. Whoever holds a log or a contact is therefore asked once more when a
write leaves, and told of each that was done or may have been, so that none counts as never tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from appconnect.errors import AppConnectError, may_be_written, may_still_arrive


class Holder(Protocol):
    """Somebody who holds what is written."""

    def before_write(self) -> None:
        """Raise an error when others have it now, so that the write does not leave."""
        ...

    def after_write(self, *, may_arrive: bool) -> None:
        """Note a write that was done, or may have been; ``may_arrive``: or may be done later."""
        ...


@dataclass(eq=False)
class _Held:
    """A holder while its block runs. A context may remember it for longer: see `held_by`."""

    holder: Holder
    is_over: bool = False


_held: ContextVar[tuple[_Held, ...]] = ContextVar("held", default=())


@contextmanager
def held_by(holder: Holder) -> Iterator[None]:
    """Let somebody hold what is written in the block, beside those who hold it already.

    The block may end in the context of another task than it began in, as a generator is closed anywhere.
    """
    held = _Held(holder)
    _held.set((*_now(), held))
    try:
        yield
    finally:
        held.is_over = True
        _held.set(_now())


def leaves() -> None:
    """Ask all holders directly before a write leaves; raises the error of one who holds it no more."""
    for each in _now():
        each.holder.before_write()


@contextmanager
def one_try() -> Iterator[None]:
    """Send a write once in the block, and tell all holders unless it was certainly not carried out."""
    try:
        yield
    except AppConnectError as error:
        if may_be_written(error):
            _tell(may_arrive=may_still_arrive(error))
        raise
    except BaseException:  # cancelled on its way, for instance
        _tell(may_arrive=True)
        raise
    _tell(may_arrive=False)


def _tell(*, may_arrive: bool) -> None:
    for each in _now():
        each.holder.after_write(may_arrive=may_arrive)


def _now() -> tuple[_Held, ...]:
    return tuple(each for each in _held.get() if not each.is_over)
