"""Batch work: whole tables of calls and messages matched and logged, as fast as the CRM allows.

A table goes in, and comes back with the contact, the log's id, a status and a reason in each row. A plan
comes first; what was done is kept in a journal, so that a run that was stopped or killed goes on from there.
"""

from appconnect.batch.outcomes import COLUMNS, Outcome, Status
from appconnect.batch.plan import Plan, Way
from appconnect.batch.result import BatchResult, Progress
from appconnect.batch.work import Batch, BatchWork

__all__ = [
    "COLUMNS",
    "Batch",
    "BatchResult",
    "BatchWork",
    "Outcome",
    "Plan",
    "Progress",
    "Status",
    "Way",
]
