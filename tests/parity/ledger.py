"""What a check of a sandbox came to: calls that were right, wrong or not played, by client and group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from appconnect.sandbox.coverage import NOT_PLAYED

BEGIN, END = "<!-- parity: begin -->", "<!-- parity: end -->"


class Verdict(StrEnum):
    """How a call of a client went."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSING = "missing"


@dataclass(frozen=True)
class Call:
    """A call, and why it was not right."""

    crm: str
    client: str
    """Who called: "schema data", "pipedrive 33.7.0 (npm)"."""
    group: str
    name: str
    verdict: Verdict
    why: str = ""


@dataclass
class Ledger:
    """The calls of a run."""

    calls: list[Call] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    """Clients that could not be had, with the reason."""

    def add(
        self, crm: str, client: str, group: str, name: str, *, problem: str = "", missing: bool = False
    ) -> None:
        """Note a call: right without a ``problem``, missing when the sandbox said that it does not play it."""
        verdict = Verdict.MISSING if missing else Verdict.WRONG if problem else Verdict.RIGHT
        self.calls.append(Call(crm, client, group, name, verdict, problem))

    def skip(self, client: str, why: str) -> None:
        """Note that a client could not be had."""
        self.skipped[client] = why

    def share(self, crm: str, client: str = "", group: str = "") -> float:
        """Return the share of right calls, 0 to 1."""
        counts = self._count(crm, client, group)
        return counts[Verdict.RIGHT] / counts.total() if counts else 0.0

    def _count(self, crm: str, client: str = "", group: str = "") -> Counter[Verdict]:
        return Counter(
            call.verdict
            for call in self.calls
            if call.crm == crm and client in ("", call.client) and group in ("", call.group)
        )

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield CRM, client, group and the three counts."""
        for crm, client, group in dict.fromkeys((call.crm, call.client, call.group) for call in self.calls):
            counts = self._count(crm, client, group)
            yield crm, client, group, *(str(counts[verdict]) for verdict in Verdict)

    def markdown(self) -> str:
        """Return one line a client, for the README, and below them who could not be had."""
        lines = ["| CRM | asked by | right | wrong | not played |", "|---|---|---|---|---|"]
        for crm, client in dict.fromkeys((call.crm, call.client) for call in self.calls):
            counts = self._count(crm, client)
            told = " | ".join(str(counts[verdict]) for verdict in Verdict)
            lines.append(f"| {crm.title()} | {client} | {told} |")
        skipped = [f"Skipped: {client} ({why})." for client, why in self.skipped.items()]
        return "\n".join([*lines, "", *skipped]).rstrip()

    def __str__(self) -> str:
        header = ("CRM", "client", "group", *Verdict)
        lines = [
            f"{a:<10} {b:<28} {c:<24} {d:>6} {e:>6} {f:>8}" for a, b, c, d, e, f in (header, *self.rows())
        ]
        wrong = [
            f"{call.crm}, {call.client}: {call.name}: {call.why}"
            for call in self.calls
            if call.verdict is Verdict.WRONG
        ]
        skipped = [f"skipped: {client} ({why})" for client, why in self.skipped.items()]
        return "\n".join([*lines, "", *wrong, *skipped])


def is_not_played(status: int, headers: dict[str, str]) -> bool:
    """Return True for an answer in which the sandbox says that it does not play something."""
    return status == 501 and any(name.lower() == NOT_PLAYED for name in headers)
