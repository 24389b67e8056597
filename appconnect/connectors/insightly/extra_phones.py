"""Which of the account's own fields hold phone numbers: the option ``phoneFields``, checked.

https://api.na1.insightly.com/v3.1/#!/CustomFields
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from appconnect.connector import Cache
from appconnect.connectors.insightly.schemas import CustomField
from appconnect.errors import ConfigurationError, Forbidden
from appconnect.http import CrmClient, decode

A_DAY: Final = 24 * 60 * 60.0
CACHE_KEY: Final = "customFields"
ExtraPhones = Mapping[str, tuple[str, ...]]
"""Field names by kind of record: ``{"Contact": ("PHONE_2__c",), "Lead": ()}``."""
Known = dict[str, list[CustomField]]


async def extra_phones(crm: CrmClient, cache: Cache, option: str) -> ExtraPhones:
    """The fields that the option names, by name or label, for the kinds of record that have them.

    The account's list is remembered for a day, and read again once when it lacks a name. Raises
    :class:`ConfigurationError`, naming the fields there are, for a name that nothing has: to search without
    it would silently miss people.
    """
    wanted = [name.strip() for name in option.split(",") if name.strip()]
    if not wanted:
        return {}
    known = _remembered(cache)
    if _unknown(wanted, known):
        known = await _read(crm, cache)
    if unknown := _unknown(wanted, known):
        names = ", ".join(sorted({each.field_name for each in _all(known)})) or "none"
        raise ConfigurationError(
            f"The setting phoneFields names {', '.join(unknown)}, but neither contacts nor leads of this "
            f"Insightly account have such a field. Their own fields are: {names}."
        )
    return {
        kind: tuple(each.field_name for each in fields if any(_means(name, each) for name in wanted))
        for kind, fields in known.items()
    }


def _unknown(wanted: list[str], known: Known) -> list[str]:
    return [name for name in wanted if not any(_means(name, each) for each in _all(known))]


def _means(name: str, field: CustomField) -> bool:
    return name.casefold() in (field.field_name.casefold(), (field.field_label or "").casefold())


def _all(known: Known) -> list[CustomField]:
    return [each for fields in known.values() for each in fields]


def _remembered(cache: Cache) -> Known:
    kept = cache.get(CACHE_KEY)
    return decode(Known, kept, "the cache") if kept else {}


async def _read(crm: CrmClient, cache: Cache) -> Known:
    contact, lead = await crm.both(_fields(crm, "Contact"), _fields(crm, "Lead"))
    known = {"Contact": contact, "Lead": lead}
    cache.put(
        CACHE_KEY, {kind: [each.model_dump() for each in fields] for kind, fields in known.items()}, A_DAY
    )
    return known


async def _fields(crm: CrmClient, kind: str) -> list[CustomField]:
    try:
        return await crm.read(list[CustomField], f"/CustomFields/{kind}")
    except Forbidden:  # accounts without Lead Management
        return []
