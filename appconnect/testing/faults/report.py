"""What became of the matrix: a table of fault families by platform, and every cell that may not be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from appconnect.connectors import registry
from appconnect.sandbox.named_faults import NAMED_FAULTS
from appconnect.testing.faults.cells import MEANINGS, Outcome, Verdict
from appconnect.testing.report import written_between

MAX_SHOWN: Final = 20


@dataclass(frozen=True)
class FaultReport:
    """The outcomes of a run, and of how many cells they are."""

    outcomes: Sequence[Outcome]
    cells: int

    @property
    def forbidden(self) -> list[Outcome]:
        """The cells that may not be."""
        return [each for each in self.outcomes if each.verdict.is_forbidden]

    def __str__(self) -> str:
        return "\n".join([*self._forbidden_cells(), self.summary()])

    def summary(self) -> str:
        """The number of cells, and how many came to which verdict."""
        counts = Counter(each.verdict for each in self.outcomes)
        told = (f"{verdict} {counts[verdict]}" for verdict in Verdict if counts[verdict])
        return f"{self._number()}: {', '.join(told)}"

    def _number(self) -> str:
        done = len(self.outcomes)
        return f"{done} cells" if done == self.cells else f"a sample of {done} of {self.cells} cells"

    def markdown(self) -> str:
        """The table for a README: families down, platforms across, in the cells the count of each verdict."""
        platforms = list(dict.fromkeys(each.cell.platform for each in self.outcomes))
        titles = " | ".join(registry.platform(name).title for name in platforms)
        lines = [f"| what goes wrong | {titles} |", f"|---|{'---|' * len(platforms)}"]
        for family in dict.fromkeys(fault.family for fault in NAMED_FAULTS.values()):
            cells = " | ".join(self._counts(family, name) for name in platforms)
            lines.append(f"| {family} | {cells} |")
        meanings = "; ".join(f"*{verdict}*: {meaning}" for verdict, meaning in MEANINGS.items())
        return "\n".join([*lines, "", f"{self._number()[:1].upper()}{self._number()[1:]}. {meanings}."])

    def written_into(self, text: str) -> str:
        """Return a README's text with the table between its marks; ConfigurationError without them."""
        return written_between(text, "faults", self.markdown())

    def _counts(self, family: str, platform: str) -> str:
        found = Counter(
            each.verdict
            for each in self.outcomes
            if each.cell.platform == platform and NAMED_FAULTS[each.cell.fault].family == family
        )
        return ", ".join(
            f"{'✗ ' * verdict.is_forbidden}{verdict} {found[verdict]}"
            for verdict in Verdict
            if found[verdict]
        )

    def _forbidden_cells(self) -> list[str]:
        shown = [_told(each) for each in self.forbidden[:MAX_SHOWN]]
        more = [str(each.cell) for each in self.forbidden[MAX_SHOWN:]]
        return [*shown, *([f"{len(more)} more:", *more, ""] if more else [])]


def _told(outcome: Outcome) -> str:
    alone = f"Run it alone: appconnect faults --cell '{outcome.cell}'"
    return f"✗ {outcome.verdict}: {outcome.cell}\n{outcome.evidence}\n{alone}\n"
