"""The way to a CRM's API: client, transport, paging, retries, rate limits, trace."""

from appconnect.http.client import CrmClient
from appconnect.http.exchange import Exchange
from appconnect.http.optional_reads import FATAL_ERRORS, or_default
from appconnect.http.ratelimit import RateLimit
from appconnect.http.rules import ApiRules, LimitHeaders, Pace
from appconnect.http.trace import Trace
from appconnect.http.writes import Confirmed, Sign, change, write

__all__ = [
    "FATAL_ERRORS",
    "ApiRules",
    "Confirmed",
    "CrmClient",
    "Exchange",
    "LimitHeaders",
    "Pace",
    "RateLimit",
    "Sign",
    "Trace",
    "change",
    "or_default",
    "write",
]
