"""The type that an activity gets: what the admin chose, or one that fits by its key or name.

https://developers.pipedrive.com/docs/api/v1/ActivityTypes
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from pydantic.alias_generators import to_camel

from appconnect.connector import Connector
from appconnect.connectors.pipedrive.schemas import ActivityType, Many
from appconnect.errors import InputError
from appconnect.models import LogKind
from appconnect.operation_warnings import warn

FAULT_OF_TYPE: Final = re.compile(
    r"""(?:[A-Z][^:]*:\s*)*                           # Validation failed:
        (?:(?:Parameter\ |Field\ )?["'`]?[Tt]ype["'`]?(?::|\s+(?:is|must|may|has|does|should|can|was)\b)
        |.*\b[Aa]ctivity\ type\b)""",
    re.VERBOSE,
)
"""Faults are joined by "; " and begin with their field: "Validation failed: type: …; due_time: …"."""


class Fit(NamedTuple):
    """The types that fit a kind of log: the key of a type, or words to look for in the types' names.

    A key outlives renaming; the first types of every account have the keys "call", "meeting", "task" …
    """

    key: str
    words: str

    def among(self, types: Sequence[ActivityType]) -> ActivityType | None:
        """Return the type with that key, else one of that name, else one with these words in its name."""
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
"""When no activity type is chosen: what fits, best first."""
CALL_SETTING: Final = "pipedriveCallActivityType"
SMS_SETTING: Final = "pipedriveSMSActivityType"
"""App Connect's settings, of the user or the admin."""


async def activity_type(pipedrive: Connector, kind: LogKind, *, fresh: bool = False) -> str:
    """Return the key of the type that a setting chooses by key or name, or of one that fits.

    The account's types are read again when those of today lack it (or ``fresh``). A choice that the account
    does not have is told and left out. Raises :class:`InputError`, naming the types there are, when the
    account has none that fits.
    """
    name, chosen = pipedrive.account.first_setting(*_settings_of(kind))

    async def read() -> list[ActivityType]:
        types = (await pipedrive.crm.get("/v1/activityTypes", into=Many[ActivityType])).data or []
        return [each for each in types if each.active_flag]

    def has_it(types: list[ActivityType]) -> bool:
        return (_chosen(types, chosen) if chosen else _fitting(types, kind)) is not None

    types = await pipedrive.remembered(
        "activityTypes", read, into=list[ActivityType], enough=has_it, fresh=fresh
    )
    names = ", ".join(each.name for each in types) or "none"
    found = _chosen(types, chosen) if chosen else None
    if chosen and not found:
        warn(
            f"{name} is {chosen!r}, which is no activity type of this Pipedrive account, so it was left out; "
            f"there are: {names}."
        )
    found = found or _fitting(types, kind)
    if found is None:
        raise InputError(f"This Pipedrive account has no activity type for a {kind}; choose one of: {names}.")
    return found.key_string


def is_fault_of_type(message: str) -> bool:
    """Return whether a refusal names the field ``type`` of an activity, and not just any type."""
    return any(FAULT_OF_TYPE.match(fault.strip()) for fault in message.split(";"))


def _settings_of(kind: LogKind) -> tuple[str, ...]:
    """Return the settings that choose the type; those of messages without one of their own is that of SMS."""
    own = f"{to_camel(kind.name.lower())}ActivityType"
    if kind is LogKind.CALL:
        return (CALL_SETTING, own)
    return (own, SMS_SETTING) if kind is not LogKind.SMS else (SMS_SETTING, own)


def _chosen(types: list[ActivityType], chosen: str) -> ActivityType | None:
    wanted = chosen.casefold()
    by_key = next((each for each in types if wanted == each.key_string.casefold()), None)
    return by_key or next((each for each in types if wanted == each.name.strip().casefold()), None)


def _fitting(types: list[ActivityType], kind: LogKind) -> ActivityType | None:
    return next((found for fit in FITTING[kind] if (found := fit.among(types))), None)
