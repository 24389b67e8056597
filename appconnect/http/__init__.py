"""The way to a CRM's API: client, transport, paging, retries, rate limits, trace."""

from appconnect.http.client import CrmClient
from appconnect.http.departures import Purpose, Wait
from appconnect.http.exchange import Exchange
from appconnect.http.operation_runs import OperationRun
from appconnect.http.optional_reads import FATAL_ERRORS, or_default
from appconnect.http.ratelimit import RateLimit
from appconnect.http.rules import ApiRules, LimitHeaders, Pace
from appconnect.http.trace import Trace
from appconnect.http.writes import Sign, change, remove, write

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
