"""The matrix of faults: every fault that the sandbox can play, on every request of every operation.

::

    from appconnect.testing.faults import run_faults

    report = run_faults(["acme"], sample=100, seed=7)
    assert [] == report.forbidden

It needs a contract that states its answers (`appconnect.testing.ConnectorContract`), at the level ``log`` or
above. ``appconnect faults acme`` runs all of it.
"""

from __future__ import annotations

from appconnect.testing.faults.cells import Cell, Outcome, Verdict
from appconnect.testing.faults.matrix import run_faults
from appconnect.testing.faults.report import FaultReport

__all__ = ["Cell", "FaultReport", "Outcome", "Verdict", "run_faults"]
