"""The faults that people ask for most, in the words of an incident; all of them are in `named_faults`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from appconnect.sandbox.named_faults import NAMED_FAULTS


@dataclass(frozen=True)
class Incident:
    """What happens, the named fault that plays it, and which requests it is for."""

    title: str
    named: str
    method: str = "*"

    @property
    def meaning(self) -> str:
        """What happens, in a sentence."""
        return NAMED_FAULTS[self.named].meaning


COMMON: Final = (
    Incident("The next write is done, but its answer is lost", "answer lost", "WRITE"),
    Incident("Too many requests (429), wait 2 seconds", "429 retry after 2"),
    Incident("A slow answer", "slow drip"),
    Incident("The sign-in has expired (401)", "401"),
    Incident("A garbled answer", "malformed answer"),
)


def incidents() -> tuple[Incident, ...]:
    """Return the common ones first, then every fault by its family and name."""
    common = {each.named for each in COMMON}
    rest = (each for each in NAMED_FAULTS.values() if each.name not in common)
    return (*COMMON, *(Incident(f"{each.family}: {each.name}", each.name) for each in rest))
