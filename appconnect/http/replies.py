"""From a status and a body to one error of our tree, in one sentence. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from appconnect.errors import (
    Blocked,
    CrmError,
    Forbidden,
    NotFound,
    PaymentRequired,
    RateLimited,
    Rejected,
    SessionExpired,
    Unavailable,
)
from appconnect.http import ratelimit
from appconnect.http.ratelimit import RateLimit
from appconnect.http.retry import retry_after
from appconnect.http.rules import ApiRules

MAX_QUOTE = 300

BY_STATUS: dict[int, tuple[type[CrmError], str]] = {
    401: (SessionExpired, "The CRM no longer accepts this connection; sign in again"),
    402: (PaymentRequired, "The CRM account is not open: unpaid, expired or full"),
    403: (Forbidden, "This CRM user may not do this"),
    404: (NotFound, "The CRM has no such record"),
    410: (NotFound, "The CRM has removed this for good"),
}


@dataclass(frozen=True)
class Reply:
    """An answer, decoded; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: JsonValue


def error_in(reply: Reply, request: str, rules: ApiRules, now: datetime) -> CrmError | None:
    """The error that an answer stands for, or None when it is a success."""
    if 200 <= reply.status < 300:
        return None
    said = sentence_of(reply.body, rules)
    if reply.status == 429:
        return _rate_limited(reply, request, said, rules, now)
    if reply.status == 403 and (
        is_page(reply.body) or (rules.plain_text_403_blocks and isinstance(reply.body, str))
    ):
        message = "The CRM's front door has shut this client out for asking too often; wait some minutes"
        return Blocked(_with(message, said), status=403, request=request, crm_message=said)
    from_elsewhere = reply.status in (404, 410) and is_page(
        reply.body
    )  # a proxy's page says nothing of records
    if reply.status >= 500 or reply.status < 400 or from_elsewhere:
        message = f"The CRM did not answer properly (status {reply.status}); try again later"
        return Unavailable(_with(message, said), status=reply.status, request=request, crm_message=said)
    kind, message = BY_STATUS.get(reply.status, (Rejected, "The CRM did not accept what was sent"))
    return kind(_with(message, said), status=reply.status, request=request, crm_message=said)


def _rate_limited(reply: Reply, request: str, said: str, rules: ApiRules, now: datetime) -> RateLimited:
    limits = ratelimit.read(reply.headers, rules.limit_headers)
    daily = _is_daily(limits, rules)
    asked = retry_after(reply.headers, now)
    wait = max(rules.min_wait, asked or 0.0, limits.reset or 0.0)
    message = (
        "The CRM's budget for today is used up; it refills when the CRM's day begins"
        if daily
        else f"The CRM asks for a pause: too many requests; try again in {wait:g} s"
    )
    return RateLimited(
        _with(message, said),
        status=429,
        request=request,
        crm_message=said,
        retry_after=None if daily else wait,
        daily=daily,
    )


def _is_daily(limits: RateLimit, rules: ApiRules) -> bool:
    if limits.daily_remaining is not None:
        return limits.daily_remaining == 0
    # The daily headers may be missing; a refusal while the short window still has room is then a daily one.
    return bool(rules.limit_headers.daily_remaining and limits.remaining)


def sentence_of(body: JsonValue, rules: ApiRules) -> str:
    """The CRM's own words in an error body: from the keys it uses, or the text of a page; "" if none."""
    if isinstance(body, dict):
        for key in rules.error_keys:
            value = body.get(key)
            if isinstance(value, str) and value.strip():
                return value.strip()[:MAX_QUOTE]
        return ""
    if isinstance(body, str):
        return " ".join(re.sub(r"<[^<>]*>", " ", body[:5000]).split())[:MAX_QUOTE]
    return ""


def is_page(body: JsonValue) -> bool:
    """Whether a web page came where JSON belongs."""
    return isinstance(body, str) and body.lstrip()[:1] == "<"


def _with(message: str, said: str) -> str:
    return f"{message}. It said: {said}" if said else f"{message}."
