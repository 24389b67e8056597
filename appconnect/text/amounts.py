"""Amounts in words: "2 messages", "1 hour, 5 seconds"."""

from __future__ import annotations


def duration_in_words(seconds: float) -> str:
    """A duration: "1 hour, 2 minutes, 5 seconds"; "0 seconds"."""
    whole = max(0, int(seconds))
    amounts = {"hour": whole // 3600, "minute": whole // 60 % 60, "second": whole % 60}
    said = [counted(amount, unit) for unit, amount in amounts.items() if amount]
    return ", ".join(said) or "0 seconds"


def counted(amount: int, unit: str) -> str:
    """ "1 second", "2 seconds", "0 seconds"."""
    return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"
