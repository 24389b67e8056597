"""The matrix of faults: every fault that the sandbox can play, on every request of every operation.

::

    from appconnect.testing.faults import run_faults

    report = run_faults(["acme"], sample=100, seed=7)
    assert [] == report.forbidden

It needs a contract that states its answers (`appconnect.testing.ConnectorContract`), at the level ``log`` or
above. ``appconnect faults acme`` runs all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from appconnect.testing.faults.cells import Cell, Outcome, Verdict
from appconnect.testing.faults.matrix import PROCESSES, run_matrix
from appconnect.testing.faults.report import FaultReport

__all__ = ["Cell", "FaultReport", "Outcome", "Verdict", "run_faults"]


def run_faults(
    platforms: Sequence[str] = (),
    *,
    cell: str = "",
    only: str = "",
    sample: int = 0,
    seed: int = 0,
    processes: int = PROCESSES,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> FaultReport:
    """Run the matrix for these platforms, by default all that are installed, and return what came of it.

    ``cell`` is the whole name of one, ``only`` a part of names; ``sample`` takes so many of them, by ``seed``
    (0: all). ``tell`` hears how many of how many are done. Raises ConfigurationError when no cell is left.
    """
    outcomes = run_matrix(
        platforms, cell=cell, only=only, sample=sample, seed=seed, processes=processes, tell=tell
    )
    return FaultReport(outcomes)
