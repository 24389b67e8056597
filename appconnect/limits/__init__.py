"""Rate limits over time: what is left, which request used it, how long it lasts. Pure; nothing is sent."""

from appconnect.limits.effort import Effort, effort
from appconnect.limits.forecast import Forecast, forecast
from appconnect.limits.history import Kind, Reading, Series, series
from appconnect.limits.refusals import Refusal, refusals
from appconnect.limits.sent import Sent, contract_name
from appconnect.limits.spending import Spent, Use, spent, uses

__all__ = [
    "Effort",
    "Forecast",
    "Kind",
    "Reading",
    "Refusal",
    "Sent",
    "Series",
    "Spent",
    "Use",
    "contract_name",
    "effort",
    "forecast",
    "refusals",
    "series",
    "spent",
    "uses",
]
