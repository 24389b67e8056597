"""Hits of a CRM's search, checked: does a phone of theirs carry the number that was sought, and if not, why.

CRMs also find numbers that merely contain the one that is sought, or resemble it. Connectors call
:func:`carrier`; the workbench collects who was left out and tells it in the result's details.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from appconnect.phone import PhoneNumber, nearest

MAX_NAMED: Final = 5
"""Hits that are named for one reason."""

_collected: ContextVar[dict[str, str] | None] = ContextVar("hits", default=None)


def carrier(hit: str, phones: Iterable[str], number: PhoneNumber) -> str | None:
    """Return the phone of a hit that carries the number; None when none does, so that it is left out.

    ``hit`` is what it is called, by its kind and id: "person 501".
    """
    best = nearest(phones, number)
    if best is not None and best.carries:
        return best.stored
    collected = _collected.get()
    if collected is not None:
        collected.setdefault(hit, best.reason if best else "It has no phone.")
    return None


@contextmanager
def collect() -> Iterator[dict[str, str]]:
    """Collect the hits that a search leaves out, and why, also of tasks that it starts."""
    collected: dict[str, str] = {}
    token = _collected.set(collected)
    try:
        yield collected
    finally:
        _collected.reset(token)


def sentence(left_out: Mapping[str, str]) -> str:
    """Return the one line that tells how many hits were left out, why, and which; "" for none."""
    if not left_out:
        return ""
    why: dict[str, list[str]] = {}
    for hit, reason in left_out.items():
        why.setdefault(reason, []).append(hit)
    reasons = (f"{reason.removesuffix('.')} ({_named(hits)})." for reason, hits in why.items())
    return f"{len(left_out)} hit{'s' if len(left_out) > 1 else ''} left out: {' '.join(reasons)}"


def _named(hits: list[str]) -> str:
    more = f" and {len(hits) - MAX_NAMED} more" if len(hits) > MAX_NAMED else ""
    return ", ".join(hits[:MAX_NAMED]) + more
