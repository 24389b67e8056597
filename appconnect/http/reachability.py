"""Whether a host can be reached from here, and what time it is there; no credentials are sent."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from appconnect.http.client import CrmClient


async def time_at(crm: CrmClient, host: str) -> datetime | None:
    """Ask one of the CRM's hosts for its front page; return the time that the answer tells, None for none.

    The status says nothing here. Raises Unreachable when there is no answer: no name, no proxy, no trust.
    https://www.rfc-editor.org/rfc/rfc9110#name-date
    """
    answer = await crm.send_unsigned(httpx.Request("HEAD", f"https://{host}/"))
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
