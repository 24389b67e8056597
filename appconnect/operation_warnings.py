"""What a person should know of an operation that succeeded all the same: a link is missing, a text was cut.

Whoever user_messages calls :func:`warn`; the workbench puts what was with_warnings into the result's message.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

log = logging.getLogger(__name__)

_collected: ContextVar[list[str] | None] = ContextVar("remarks", default=None)


def warn(sentence: str) -> None:
    """Note a sentence for the person, without a secret in it."""
    log.info(sentence)
    collected = _collected.get()
    if collected is not None and sentence not in collected:
        collected.append(sentence)


@contextmanager
def collect() -> Iterator[list[str]]:
    """Collect what is with_warnings while an operation runs, also in tasks that it starts."""
    collected: list[str] = []
    token = _collected.set(collected)
    try:
        yield collected
    finally:
        _collected.reset(token)
