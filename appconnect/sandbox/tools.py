"""Tools that several CRMs of the sandbox need: ids, limiters, reading headers and JSON."""

from __future__ import annotations

import base64
import binascii
import math
from collections import Counter, deque
from datetime import datetime, timedelta

from pydantic import JsonValue
from pydantic_core import from_json
from starlette.requests import HTTPConnection, Request

from appconnect.sandbox.clock import Clock

Json = JsonValue
JsonObject = dict[str, JsonValue]


class Ids:
    """Ids that count up from a small first number per kind of record."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()

    def next(self, kind: str, first: int = 1) -> int:
        """The next id of ``kind``; the very first is ``first``."""
        self._used[kind] += 1
        return first + self._used[kind] - 1


class Window:
    """At most ``limit`` requests in any ``seconds``; what is refused does not count."""

    def __init__(self, clock: Clock, limit: int, seconds: float) -> None:
        self._clock, self.limit, self.seconds = clock, limit, seconds
        self._hits: deque[datetime] = deque()

    def take(self) -> bool:
        """Count one request; False when the window is full."""
        if self.remaining <= 0:
            return False
        self._hits.append(self._clock.now())
        return True

    @property
    def remaining(self) -> int:
        """How many more requests fit just now."""
        begin = self._clock.now() - timedelta(seconds=self.seconds)
        while self._hits and self._hits[0] <= begin:
            self._hits.popleft()
        return self.limit - len(self._hits)

    @property
    def reset(self) -> int:
        """Seconds, rounded up, until there is room again for one more than now."""
        first = self._hits[0] if self._hits else self._clock.now()
        left = first + timedelta(seconds=self.seconds) - self._clock.now()
        return max(0, math.ceil(left.total_seconds()))


class Budget:
    """``limit`` units a day; the day ends at midnight UTC."""

    def __init__(self, clock: Clock, limit: int) -> None:
        self._clock, self.limit = clock, limit
        self._day, self._spent = clock.now().date(), 0

    def spend(self, units: int = 1) -> bool:
        """Take ``units``; False, and nothing taken, when they are not left."""
        if units > self.remaining:
            return False
        self._spent += units
        return True

    @property
    def remaining(self) -> int:
        """Units left today."""
        if (today := self._clock.now().date()) != self._day:
            self._day, self._spent = today, 0
        return self.limit - self._spent

    @property
    def reset(self) -> int:
        """Seconds until midnight UTC."""
        now = self._clock.now()
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return math.ceil((midnight - now).total_seconds())


def bearer(request: HTTPConnection) -> str | None:
    """The token of ``Authorization: Bearer …``; None when there is no such header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def basic(request: HTTPConnection) -> tuple[str, str] | None:
    """User and password of ``Authorization: Basic …``; None when there are none.

    The password is all after the first colon, so a third part can be split off by the CRM that has one.
    """
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


async def read_json(request: Request) -> Json:
    """The body as JSON; None when it is empty or not JSON."""
    return parse_json(await request.body())


def parse_json(text: bytes | str) -> Json:
    """JSON strictly: NaN, lone surrogates and bottomless nesting are none. None when it is not JSON."""
    try:
        parsed: Json = from_json(text, allow_inf_nan=False)
    except ValueError:
        return None
    return parsed
