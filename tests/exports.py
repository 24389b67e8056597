"""Exports as RingCentral makes them, of made-up people: records of the call log, and its download."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from appconnect.sandbox.base import CrmSandbox
from appconnect.sandbox.people import made_up_people

OURS = {"phoneNumber": "+16505550110", "extensionNumber": "204", "name": "Rae Quill"}
FIRST = datetime(2025, 1, 2, 9, 30, tzinfo=UTC)
STRANGER = "+12015559999"


def people(sandbox: CrmSandbox, count: int, *, seed: int = 0) -> list[str]:
    """Add people to a sandbox; return their numbers in E.164."""
    added = list(made_up_people(count, seed=seed))
    for person in added:
        sandbox.add_person(person)
    return [f"+{''.join(sign for sign in person.phone if sign.isdigit())}" for person in added]


def calls(count: int, numbers: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Records of the call log: every tenth with a stranger, every tenth withheld, every tenth an extension."""
    for place in range(count):
        theirs: dict[str, Any] = {"phoneNumber": numbers[place * 7 % len(numbers)]}
        match place % 10:
            case 7:
                theirs = {"phoneNumber": STRANGER}
            case 8:
                theirs = {"phoneNumber": "anonymous"}
            case 9:
                theirs = {"extensionNumber": "101", "name": "Kit Moss"}
        is_inbound = place % 2 == 0
        yield {
            "id": f"r{place}",
            "sessionId": f"s{place}",
            "startTime": (FIRST + timedelta(minutes=5 * place)).isoformat().replace("+00:00", "Z"),
            "duration": place % 600,
            "type": "Voice",
            "direction": "Inbound" if is_inbound else "Outbound",
            "result": "Accepted",
            "reason": "Call Connected",
            "from": theirs if is_inbound else OURS,
            "to": OURS if is_inbound else theirs,
        }
