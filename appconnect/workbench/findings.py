"""What a checkup finds: one line per thing, each with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a thing was found; only ``FAILED`` needs doing something about."""

    OK = "ok"
    NOTE = "note"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Finding:
    """One line of the checkup."""

    verdict: Verdict
    what: str

    def __str__(self) -> str:
        return f"{self.verdict:<7} {self.what}"


def ok(what: str) -> Finding:
    """Return a finding of what is in order."""
    return Finding(Verdict.OK, what)


def note(what: str) -> Finding:
    """Return a finding of what may be as it is."""
    return Finding(Verdict.NOTE, what)


def failed(what: str) -> Finding:
    """Return a finding of what must be mended."""
    return Finding(Verdict.FAILED, what)
