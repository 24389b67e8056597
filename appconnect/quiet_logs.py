"""Keeps out of logs what libraries tell of addresses, headers and rows, whatever level they are set to."""

from __future__ import annotations

import logging


class FromLevel(logging.Filter):
    """Lets through what is as important as a level, or more."""

    def __init__(self, level: int) -> None:
        super().__init__()
        self._level = level

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is let through."""
        return record.levelno >= self._level


def quiet(level: int, *loggers: str) -> None:
    """Let these loggers, each by its whole name, tell nothing below the level."""
    for name in loggers:
        logger = logging.getLogger(name)
        if not any(isinstance(each, FromLevel) for each in logger.filters):
            logger.addFilter(FromLevel(level))
