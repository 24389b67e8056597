"""Requests as a trace tells them, made up for tests of what is read from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from appconnect.http import Exchange, RateLimit, Wait
from appconnect.http.exchange import Request, Response
from appconnect.limits import Sent


def sent(
    number: int,
    at: datetime,
    *,
    left: int | None = None,
    of: int | None = 300,
    window: tuple[int, int] | None = None,
    status: int = 200,
    operation: str = "find_contact",
    run: int = 1,
    seconds: float = 0.0,
    waits: Sequence[Wait] = (),
    account: str = "acme",
    who: str = "Acme",
    path: str = "/people/search",
) -> Sent:
    """A request after which ``left`` of the day's budget ``of`` and ``window`` = (left, amount) are told."""
    limits = RateLimit(
        amount=window[1] if window else None,
        remaining=window[0] if window else None,
        daily_amount=of if left is not None else None,
        daily_remaining=left,
    )
    exchange = Exchange(
        number=number, at=at, seconds=seconds, limits=limits, operation=run, waits=tuple(waits),
        request=Request(method="GET", url=f"https://api.acme.test{path}"), response=Response(status=status),
    )  # fmt: skip
    return Sent(account, who, operation, exchange)
