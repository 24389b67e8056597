"""Warnings of an operation that succeeded: a link is missing, a text was cut.

Connectors call :func:`warn`; the workbench collects the warnings and adds them to the result's message.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from appconnect.text.quotation import shortened

log = logging.getLogger(__name__)

_collected: ContextVar[list[str] | None] = ContextVar("warnings", default=None)


def warn(sentence: str) -> None:
    """Add a warning, one sentence for the person, to the operation that runs; it must not hold a secret."""
    sentence = shortened(sentence)
    log.info(sentence)
    collected = _collected.get()
    if collected is not None and sentence not in collected:
        collected.append(sentence)


@contextmanager
def collect() -> Iterator[list[str]]:
    """Collect the warnings of an operation, also of tasks that it starts."""
    collected: list[str] = []
    token = _collected.set(collected)
    try:
        yield collected
    finally:
        _collected.reset(token)
