"""Why a request left, and when: for which operation, at which try, after which waits.

The notes travel with the request; the trace puts them into its exchange.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    import httpx

DEPARTURE: Final = "appconnect.departure"
"""Under this key a request's extensions hold its :class:`Departure`."""


class Purpose(StrEnum):
    """What a request is for."""

    OPERATION = "operation"
    SIGN_IN = "sign-in"
    RENEWAL = "renewal"
    SIGN_OUT = "sign-out"


class Wait(BaseModel):
    """A wait before a request, in ``seconds`` of the workbench's clock, and why: "503: tried again"."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    seconds: float
    reason: str


@dataclass
class Departure:
    """What is known of a request before it leaves; ``tries`` counts from 1."""

    purpose: Purpose = Purpose.OPERATION
    tries: int = 1
    after: str = ""
    """What became of the try before: "503"."""
    waits: list[Wait] = field(default_factory=list)

    def waited(self, seconds: float, reason: str) -> None:
        """Note a wait before this try."""
        self.waits.append(Wait(seconds=seconds, reason=reason))

    def left(self) -> None:
        """Begin the notes of the next try, since this one is told."""
        self.tries, self.after, self.waits = self.tries + 1, "", []


def departure(request: httpx.Request) -> Departure:
    """Return the notes that travel with a request."""
    notes: Departure | None = request.extensions.get(DEPARTURE)
    if notes is None:
        notes = request.extensions[DEPARTURE] = Departure()
    return notes


def leaves_for(request: httpx.Request, purpose: Purpose) -> httpx.Request:
    """Note what a request is for, and return it."""
    departure(request).purpose = purpose
    return request
