"""The one door to a CRM's API."""

from appconnect.http.client import CrmClient, decode
from appconnect.http.optional import OVER, optional
from appconnect.http.ratelimit import RateLimit
from appconnect.http.rules import ApiRules, LimitHeaders, Pace
from appconnect.http.trace import Exchange, Trace

__all__ = [
    "OVER",
    "ApiRules",
    "CrmClient",
    "Exchange",
    "LimitHeaders",
    "Pace",
    "RateLimit",
    "Trace",
    "decode",
    "optional",
]
