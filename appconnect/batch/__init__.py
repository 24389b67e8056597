"""Batch work: whole tables of calls and messages matched and logged, as fast as the CRM allows.

A table goes in, and comes back with the contact, the log's id, a status and a reason in each row. A plan
comes first; what was done is kept in a journal, so that a run that was stopped or killed goes on from there.
"""

from typing import TYPE_CHECKING

from appconnect import lazily

if TYPE_CHECKING:
    from appconnect.batch.outcomes import COLUMNS, Outcome, Status
    from appconnect.batch.plan import Plan, Way
    from appconnect.batch.result import BatchResult, Progress
    from appconnect.batch.work import Batch, BatchWork
else:
    __getattr__ = lazily.exported(
        __name__,
        {
            ".outcomes": "COLUMNS Outcome Status",
            ".plan": "Plan Way",
            ".result": "BatchResult Progress",
            ".work": "Batch BatchWork",
        },
    )

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
