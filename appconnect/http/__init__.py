"""The way to a CRM's API: client, transport, paging, retries, rate limits, trace."""

from typing import TYPE_CHECKING

from appconnect import lazily

if TYPE_CHECKING:
    from appconnect.http.client import CrmClient
    from appconnect.http.departures import Purpose, Wait
    from appconnect.http.exchange import Exchange
    from appconnect.http.operation_runs import OperationRun
    from appconnect.http.optional_reads import FATAL_ERRORS, or_default
    from appconnect.http.ratelimit import RateLimit
    from appconnect.http.rules import ApiRules, LimitHeaders, Pace
    from appconnect.http.trace import Trace
    from appconnect.http.writes import Sign, change, remove, write
else:
    __getattr__ = lazily.exported(
        __name__,
        {
            ".client": "CrmClient",
            ".departures": "Purpose Wait",
            ".exchange": "Exchange",
            ".operation_runs": "OperationRun",
            ".optional_reads": "FATAL_ERRORS or_default",
            ".ratelimit": "RateLimit",
            ".rules": "ApiRules LimitHeaders Pace",
            ".trace": "Trace",
            ".writes": "Sign change remove write",
        },
    )

__all__ = [
    "FATAL_ERRORS",
    "ApiRules",
    "CrmClient",
    "Exchange",
    "LimitHeaders",
    "OperationRun",
    "Pace",
    "Purpose",
    "RateLimit",
    "Sign",
    "Trace",
    "Wait",
    "change",
    "or_default",
    "remove",
    "write",
]
