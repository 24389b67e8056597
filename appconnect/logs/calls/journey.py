"""The journey of a call through the phone system: who had it when, and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from appconnect.logs.calls.facts import PENDING
from appconnect.models import Direction, Leg, Party
from appconnect.text.amounts import counted
from appconnect.text.lines import one_line

NOBODY_KNOWN = "an unknown party"
SUBSCRIBER_DIGITS = 7
"""Numbers that end in so many equal digits may be one, written with and without its country code."""


def journey(legs: Sequence[Leg], caller: Party | None = None) -> str:
    """Return the way of a call, one leg a line; ``caller`` is whoever called us from outside."""
    if not legs:
        return ""
    first, *others = legs
    outbound = first.direction == Direction.OUTBOUND
    callers = [party for party in (caller, None if outbound else first.from_) if party]
    begin = f"Made call from {_told(first.from_)}" if outbound else f"Received call at {_told(first.to)}"
    return "\n".join([begin, *(_transfer(leg, callers) for leg in others)])


def _transfer(leg: Leg, callers: Sequence[Party]) -> str:
    line = f"Transferred to {_told(_recipient(leg, callers))}"
    if leg.duration is None:
        return line
    return f"{line}, duration: {PENDING if leg.seconds is None else counted(leg.seconds, 'second')}"


def _recipient(leg: Leg, callers: Sequence[Party]) -> Party | None:
    """Return who got the call: a person rather than an extension, that rather than a number.

    An outbound leg comes from the user who forwards the call, under the number of whoever is calling.
    """
    outbound = leg.direction == Direction.OUTBOUND
    ends = (leg.from_, leg.to) if outbound and leg.leg_type != "PstnToSip" else (leg.to,)
    parties = [_without(callers, party) for party in ends if party]
    return min(parties, key=_vagueness, default=None)


def _vagueness(party: Party) -> int:
    told = (party.name, party.extension_number, party.phone_number)
    return next((rank for rank, text in enumerate(told) if text.strip()), len(told))


def _without(callers: Iterable[Party], party: Party) -> Party:
    """Return the party without what is the caller's own."""
    for caller in callers:
        own = {
            "phone_number": _same_number(party.phone_number, caller.phone_number),
            "extension_number": party.extension_number == caller.extension_number != "",
        }
        if any(own.values()):
            own["name"] = party.name.strip() == caller.name.strip()
            party = party.model_copy(update={name: "" for name, is_own in own.items() if is_own})
    return party


def _same_number(one: str, other: str) -> bool:
    short, long = sorted(("".join(filter(str.isdigit, text)) for text in (one, other)), key=len)
    return short == long != "" or (len(short) >= SUBSCRIBER_DIGITS and long.endswith(short))


def _told(party: Party | None) -> str:
    """Return name, number and extension, as far as they are known."""
    if party is None:
        return NOBODY_KNOWN
    extension = party.extension_number.strip() and f"ext {party.extension_number}"
    told = (text for text in (party.name, party.phone_number, extension) if text.strip())
    return one_line(", ".join(told)) or NOBODY_KNOWN
