"""Amounts in words: "2 messages", "1 hour, 5 seconds"."""

from __future__ import annotations

import math


def duration_in_words(seconds: float) -> str:
    """Return a duration like "1 hour, 2 minutes, 5 seconds"; less than a second is "0 seconds"."""
    rounded = max(0, int(seconds))
    amounts = {"hour": rounded // 3600, "minute": rounded // 60 % 60, "second": rounded % 60}
    return ", ".join(counted(amount, unit) for unit, amount in amounts.items() if amount) or "0 seconds"


def counted(amount: int, unit: str) -> str:
    """Return an amount with its unit: "1 second", "2 seconds", "0 seconds"."""
    return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"


def tallied(amount: int, unit: str) -> str:
    """Return an amount with its unit and the thousands apart: "1 row", "2,000 rows"."""
    return f"{amount:,} {unit}{'' if amount == 1 else 's'}"


def about(seconds: float) -> str:
    """Return a duration as a person says it, never too short: "1 second", "about 3 minutes", "about 2 days".

    Up to two minutes it is told in seconds; what is longer than a year is "more than a year".
    """
    if not seconds <= 366 * 86400:
        return "more than a year"
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds > 2 * length:
            return f"about {math.ceil(seconds / length)} {unit}s"
    return counted(max(1, math.ceil(seconds)), "second")
