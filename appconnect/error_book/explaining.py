"""From an answer to its explanation: the CRM's book first, then what HTTP says, else an honest "unknown"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from appconnect.error_book.book import ErrorBook
from appconnect.error_book.entries import Answered, ErrorEntry, filled
from appconnect.error_book.explanation import Explanation, Knowledge

HTTP_BOOK: Final = ErrorBook(file=Path(__file__).with_name("http.toml"))


def explain(answered: Answered, book: ErrorBook, *, crm: str, said: str = "", number: int = 0) -> Explanation:
    """Return what an answer means. ``crm`` is who answered, ``said`` its own sentence in the answer."""
    try:
        known = book.find(answered)
    except (ValueError, OSError) as error:
        known, said = None, " ".join(filter(None, [said, f"({crm}'s error book cannot be read: {error})"]))
    unknown = Explanation(
        about=_about(answered, crm), meaning=_nothing(answered, crm, said), said=said, number=number
    )
    if known is not None:
        return _explained(unknown, known, Knowledge.CRM)
    if (general := HTTP_BOOK.find(answered)) is not None:
        lead = f"Nothing is known about this answer of {crm} beyond HTTP. "
        return _explained(unknown, general, Knowledge.HTTP, lead)
    return unknown


def _explained(
    unknown: Explanation, known: tuple[ErrorEntry, Mapping[str, str]], knowledge: Knowledge, lead: str = ""
) -> Explanation:
    """Return the explanation of an answer by the entry that fits it."""
    entry, found = known
    return replace(
        unknown,
        meaning=f"{lead}{filled(entry.meaning, found)}",
        remedy=filled(entry.remedy, found),
        documented_at=entry.documented_at,
        source=entry.source,
        knowledge=knowledge,
        entry=entry.name,
    )


def _about(answered: Answered, crm: str) -> str:
    request = f"{answered.method} {answered.path}".strip()
    to = f" to {request}" if request else ""
    if answered.status is None:
        return f"{crm} gave no answer{to}{f' ({answered.error})' if answered.error else ''}."
    return f"{crm} answered {answered.status}{to}."


def _nothing(answered: Answered, crm: str, said: str) -> str:
    if answered.status in range(200, 300) and not said:
        return "This is no error; there is nothing to explain."
    told = f"{crm} said: {said}" if said else f"{crm} did not say why."
    return f"Unknown: nothing is known about this answer. {told}"
