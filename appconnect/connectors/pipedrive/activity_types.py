"""Which type an activity gets: what the admin chose, or one that fits by its key or name.

https://developers.pipedrive.com/docs/api/v1/ActivityTypes
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from appconnect.connector import Cache
from appconnect.connectors.pipedrive.schemas import ActivityType, Many
from appconnect.errors import InputError
from appconnect.http import CrmClient, decode
from appconnect.models import LogKind

A_DAY: Final = 24 * 60 * 60.0
CACHE_KEY: Final = "activityTypes"


class Fit(NamedTuple):
    """What fits a kind of log: the key of a type, or words to look for in the types' names.

    A key outlives renaming; the first types of every account have the keys "call", "meeting", "task" …
    """

    key: str
    words: str

    def among(self, types: Sequence[ActivityType]) -> ActivityType | None:
        """The type with that key, else one of that name, else one with these words in its name."""
        word = re.compile(rf"\b(?:{self.words})\b", re.IGNORECASE)
        return (
            next((each for each in types if each.key_string == self.key), None)
            or next((each for each in types if word.fullmatch(each.name.strip())), None)
            or next((each for each in types if word.search(each.name)), None)
        )


CALL = Fit("call", r"(?:phone )?calls?")
TEXT = Fit("sms", r"sms|texts?|(?:text )?messages?")
VOICEMAIL, FAX = Fit("voicemail", r"voice ?mails?"), Fit("fax", r"fax(?:es)?")
FITTING: Final[Mapping[LogKind, tuple[Fit, ...]]] = {
    LogKind.CALL: (CALL,),
    LogKind.SMS: (TEXT, CALL),
    LogKind.SHARED_SMS: (TEXT, CALL),
    LogKind.VOICEMAIL: (VOICEMAIL, CALL),
    LogKind.FAX: (FAX, TEXT, CALL),
}
"""When the admin has chosen no activity type: what fits, best first."""


async def activity_type(
    crm: CrmClient, cache: Cache, kind: LogKind, chosen: str, *, anew: bool = False
) -> str:
    """The key of the type that the admin chose by name or key, or of one that fits.

    The list is remembered for a day, and read again once when it lacks what is wanted (or ``anew``). Raises
    :class:`InputError`, naming the types there are, when the account has none that fits.
    """
    known = [] if anew else _remembered(cache)
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
    return next((found for fit in FITTING[kind] if (found := fit.among(types))), None)
