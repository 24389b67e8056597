"""The account's own fields that hold phone numbers: the option ``phoneFields``, checked.

https://api.na1.insightly.com/v3.1/#!/CustomFields
"""

from __future__ import annotations

from collections.abc import Mapping

from appconnect.connector import Connector
from appconnect.connectors.insightly.schemas import CustomField
from appconnect.errors import ConfigurationError, Forbidden
from appconnect.http import CrmClient

ExtraPhones = Mapping[str, tuple[str, ...]]
"""Field names by kind of record: ``{"Contact": ("PHONE_2__c",), "Lead": ()}``."""
Fields = dict[str, list[CustomField]]


async def extra_phones(insightly: Connector, option: str) -> ExtraPhones:
    """Return the fields that the option names, by name or label, for the kinds of record that have them.

    The account's fields are read again when those of today lack a name. Raises :class:`ConfigurationError`,
    naming the fields there are, for a name that nothing has: to search without it would silently miss people.
    """
    wanted = [name.strip() for name in option.split(",") if name.strip()]
    if not wanted:
        return {}
    fields = await insightly.remembered(
        "customFields",
        lambda: _read(insightly.crm),
        into=Fields,
        enough=lambda fields: not _unknown(wanted, fields),
    )
    if unknown := _unknown(wanted, fields):
        names = ", ".join(sorted({each.field_name for each in _all(fields)})) or "none"
        raise ConfigurationError(
            f"The setting phoneFields names {', '.join(unknown)}, but neither contacts nor leads of this "
            f"Insightly account have such a field. Their own fields are: {names}."
        )
    return {
        kind: tuple(each.field_name for each in of_kind if any(_means(name, each) for name in wanted))
        for kind, of_kind in fields.items()
    }


def _unknown(wanted: list[str], fields: Fields) -> list[str]:
    return [name for name in wanted if not any(_means(name, each) for each in _all(fields))]


def _means(name: str, field: CustomField) -> bool:
    return name.casefold() in (field.field_name.casefold(), (field.field_label or "").casefold())


def _all(fields: Fields) -> list[CustomField]:
    return [each for of_kind in fields.values() for each in of_kind]


async def _read(crm: CrmClient) -> Fields:
    contact, lead = await crm.both(_fields(crm, "Contact"), _fields(crm, "Lead"))
    return {"Contact": contact, "Lead": lead}


async def _fields(crm: CrmClient, kind: str) -> list[CustomField]:
    try:
        return await crm.get(f"/CustomFields/{kind}", into=list[CustomField])
    except Forbidden:  # accounts without Lead Management
        return []
