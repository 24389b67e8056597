"""The way of a call or message."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """The way of a call or message, seen from RingCentral."""

    INBOUND = "Inbound"
    OUTBOUND = "Outbound"


def direction_told(value: object) -> Direction | None:
    """Return the direction, in whatever case it is written; None for what is none."""
    told = value.strip().casefold() if isinstance(value, str) else ""
    return next((each for each in Direction if each.casefold() == told), None)
