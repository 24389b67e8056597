"""Further fields that hold phone numbers: App Connect's settings name them, by kind of record.

https://api.na1.insightly.com/v3.1/#!/CustomFields
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from appconnect.connector import Connector
from appconnect.connectors.insightly.schemas import ContactRow, CustomField, LeadRow, Person
from appconnect.errors import Forbidden
from appconnect.http import CrmClient, or_default
from appconnect.operation_warnings import could_not_read, warn

ExtraPhones = Mapping[str, tuple[str, ...]]
"""Field names by kind of record: ``{"Contact": ("PHONE_2__c",), "Lead": ()}``."""
Fields = dict[str, list[CustomField]]

SETTINGS: Final[Mapping[str, tuple[type[Person], ...]]] = {
    "insightlyExtraPhoneFieldNameForContact": (ContactRow,),
    "insightlyExtraPhoneFieldNameForLead": (LeadRow,),
    "phoneFields": (ContactRow, LeadRow),
}
"""The settings and the records that they are about; the last one is ours."""


async def extra_phones(insightly: Connector) -> ExtraPhones:
    """Return the fields that the settings name, by name or label, for the kinds of record that have them.

    The account's fields are read again when those of today lack a name. A name that nothing has is told and
    left out: to search without it would silently miss people.
    """
    wanted = {setting: names for setting in SETTINGS if (names := _names(insightly, setting))}
    if not wanted:
        return {}
    reading = insightly.remembered(
        "customFields",
        lambda: _read(insightly.crm),
        into=Fields,
        enough=lambda fields: all(_found(setting, name, fields) for setting, name in _pairs(wanted)),
    )
    known = await or_default(reading, None, missing="the account's own fields")
    fields = known or {}
    extra: dict[str, tuple[str, ...]] = {}
    for setting, name in _pairs(wanted):
        found = _found(setting, name, fields)
        if known is None and not found:
            warn(f"{setting} names {name}, which cannot be checked now, so it was left out.")
        elif not found:
            _tell_unknown(setting, name, fields)
        for kind, field in found:
            extra[kind] = tuple(dict.fromkeys([*extra.get(kind, ()), field]))
    return extra


def _names(insightly: Connector, setting: str) -> list[str]:
    text = insightly.account.options.get(setting) or insightly.account.setting(setting)
    return [name.strip() for name in text.split(",") if name.strip()]


def _pairs(wanted: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    return [(setting, name) for setting, names in wanted.items() for name in names]


def _found(setting: str, name: str, fields: Fields) -> list[tuple[str, str]]:
    """Return the fields of that name or label, each with its kind of record."""
    return [
        (row.kind, field)
        for row in SETTINGS[setting]
        for field in (
            *(each for each in row.standard_phones() if each.casefold() == name.casefold()),
            *(each.field_name for each in fields.get(row.kind, []) if _means(name, each)),
        )
    ]


def _means(name: str, field: CustomField) -> bool:
    return name.casefold() in (field.field_name.casefold(), (field.field_label or "").casefold())


def _tell_unknown(setting: str, name: str, fields: Fields) -> None:
    rows = SETTINGS[setting]
    kinds = " nor ".join(f"{row.kind.lower()}s" for row in rows)
    nobody = f"neither {kinds}" if len(rows) > 1 else f"no {kinds}"
    there = {each.field_name for row in rows for each in fields.get(row.kind, [])}
    warn(
        f"{setting} names {name}, but {nobody} of this Insightly account "
        f"have such a field, so it was left out. Their own fields are: {', '.join(sorted(there)) or 'none'}."
    )


async def _read(crm: CrmClient) -> Fields:
    contact, lead = await crm.both(_fields(crm, "Contact"), _fields(crm, "Lead"))
    return {"Contact": contact, "Lead": lead}


async def _fields(crm: CrmClient, kind: str) -> list[CustomField]:
    try:
        return await crm.get(f"/CustomFields/{kind}", into=list[CustomField])
    except Forbidden as error:  # accounts without Lead Management
        could_not_read(f"the account's own fields of a {kind.lower()}", error.message)
        return []
