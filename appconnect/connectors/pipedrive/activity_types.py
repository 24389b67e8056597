"""Which type an activity gets: what the admin chose, or one with a fitting name.

https://developers.pipedrive.com/docs/api/v1/ActivityTypes
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from appconnect.connector import Cache
from appconnect.connectors.pipedrive.records import ActivityType, Many
from appconnect.errors import InputError
from appconnect.http import CrmClient, decode
from appconnect.models import LogKind

A_DAY: Final = 24 * 60 * 60.0
CACHE_KEY: Final = "activityTypes"
CALL, TEXT = r"\b(phone )?calls?\b", r"\b(sms|text|messages?)\b"
TYPE_NAMES: Final[Mapping[LogKind, tuple[str, ...]]] = {
    LogKind.CALL: (CALL,),
    LogKind.SMS: (TEXT, CALL),
    LogKind.SHARED_SMS: (TEXT, CALL),
    LogKind.VOICEMAIL: (r"\bvoice ?mail\b", CALL),
    LogKind.FAX: (r"\bfax\b", TEXT, CALL),
}
"""When the admin has chosen no activity type: the words to look for in the names, best first."""


async def activity_type(crm: CrmClient, cache: Cache, kind: LogKind, chosen: str) -> str:
    """The key of the type that the admin chose by name or key, or of one with a fitting name.

    The list is remembered for a day, and read again once when it lacks what is wanted. Raises
    :class:`InputError`, naming the types there are, when the account has none that fits.
    """
    known = _remembered(cache)
    found = _pick(known, chosen, kind)
    if found is None:
        known = await _read(crm, cache)
        found = _pick(known, chosen, kind)
    if found is None:
        wanted = f"type {chosen!r}" if chosen else "type"
        names = ", ".join(each.name for each in known) or "none"
        raise InputError(
            f"This Pipedrive account has no activity {wanted} for a {kind}; choose one of: {names}."
        )
    return found.key_string


def _remembered(cache: Cache) -> list[ActivityType]:
    kept = cache.get(CACHE_KEY)
    return decode(list[ActivityType], kept, "the cache") if kept else []


async def _read(crm: CrmClient, cache: Cache) -> list[ActivityType]:
    known = (await crm.read(Many[ActivityType], "/v1/activityTypes")).data or []
    active = [each for each in known if each.active_flag]
    cache.put(CACHE_KEY, [each.model_dump() for each in active], A_DAY)
    return active


def _pick(types: list[ActivityType], chosen: str, kind: LogKind) -> ActivityType | None:
    if chosen:
        wanted = chosen.strip().casefold()
        return next((each for each in types if wanted in (each.name.casefold(), each.key_string)), None)
    for pattern in TYPE_NAMES[kind]:
        for each in types:
            if re.search(pattern, each.name, re.IGNORECASE):
                return each
    return None
