"""Insightly's types of records with their fields, and the check of what is written.

Field names and lengths are those of the vendor's OpenAPI description of v3.1:
https://api.na1.insightly.com/v3.1/swagger/docs/v3.1
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from appconnect.sandbox.base import Json, JsonObject

BODY_DATE = "%Y-%m-%d %H:%M:%S"
QUERY_DATE = "%Y-%m-%dT%H:%M:%SZ"
TEXT, LONG, WHOLE, NUMBER, FLAG, DATE = "text", "long", "whole", "number", "flag", "date"
LENGTHS = {TEXT: 255, LONG: 4000}


class InvalidError(Exception):
    """Raised for a body that breaks the schema, with Insightly's message."""


@dataclass(frozen=True)
class Entity:
    """A type of record: ``name`` is singular as in links, ``path`` plural as in addresses."""

    name: str
    path: str
    first_id: int
    writable: Mapping[str, str]
    required: tuple[str, ...] = ()
    readable: Mapping[str, str] = field(default_factory=dict)
    """Fields that only Insightly itself fills."""

    @property
    def id_field(self) -> str:
        """The name of the id field: ``CONTACT_ID``."""
        return f"{self.name.upper()}_ID"

    @property
    def fields(self) -> Mapping[str, str]:
        """All fields with a single value: name → type."""
        return {self.id_field: WHOLE, **self.writable, **self.readable, **STAMPS}

    def blank(self) -> JsonObject:
        """Return an empty record."""
        empty: JsonObject = {name: False if type_ == FLAG else None for name, type_ in self.fields.items()}
        return {**empty, "CUSTOMFIELDS": [], "TAGS": [], "LINKS": []}


def _texts(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), TEXT)


def _address(prefix: str) -> dict[str, str]:
    return _texts(
        " ".join(f"ADDRESS_{prefix}{part}" for part in ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY"))
    )


STAMPS = {"DATE_CREATED_UTC": DATE, "DATE_UPDATED_UTC": DATE}
COLLECTIONS = ("CUSTOMFIELDS", "TAGS", "LINKS", "DATES")

CONTACT = Entity(
    "Contact", "contacts", 3101,
    _texts("SALUTATION FIRST_NAME LAST_NAME PHONE PHONE_HOME PHONE_MOBILE PHONE_OTHER PHONE_ASSISTANT")
    | _texts("PHONE_FAX EMAIL_ADDRESS TITLE ASSISTANT_NAME SOCIAL_LINKEDIN SOCIAL_FACEBOOK SOCIAL_TWITTER")
    | _address("MAIL_") | _address("OTHER_")
    | {"BACKGROUND": LONG, "OWNER_USER_ID": WHOLE, "ORGANISATION_ID": WHOLE, "DATE_OF_BIRTH": DATE}
    | {"EMAIL_OPTED_OUT": FLAG},
    required=("FIRST_NAME",),
    readable={"IMAGE_URL": TEXT, "LAST_ACTIVITY_DATE_UTC": DATE, "NEXT_ACTIVITY_DATE_UTC": DATE}
    | {"CREATED_USER_ID": WHOLE},
)  # fmt: skip
LEAD = Entity(
    "Lead", "leads", 4101,
    _texts("SALUTATION FIRST_NAME LAST_NAME PHONE MOBILE FAX EMAIL TITLE ORGANISATION_NAME INDUSTRY WEBSITE")
    | _address("")
    | {"LEAD_DESCRIPTION": LONG, "LEAD_SOURCE_ID": WHOLE, "LEAD_STATUS_ID": WHOLE, "LEAD_RATING": WHOLE}
    | {"EMPLOYEE_COUNT": WHOLE, "RESPONSIBLE_USER_ID": WHOLE, "OWNER_USER_ID": WHOLE},
    required=("LAST_NAME", "LEAD_SOURCE_ID", "LEAD_STATUS_ID"),
    readable={"IMAGE_URL": TEXT, "LAST_ACTIVITY_DATE_UTC": DATE, "NEXT_ACTIVITY_DATE_UTC": DATE}
    | {"CONVERTED": FLAG, "CONVERTED_CONTACT_ID": WHOLE, "CONVERTED_DATE_UTC": DATE, "CREATED_USER_ID": WHOLE}
    | {"CONVERTED_ORGANISATION_ID": WHOLE, "CONVERTED_OPPORTUNITY_ID": WHOLE},
)  # fmt: skip
ORGANISATION = Entity(
    "Organisation", "organisations", 77,
    _texts("ORGANISATION_NAME PHONE PHONE_FAX WEBSITE") | {"BACKGROUND": LONG, "OWNER_USER_ID": WHOLE},
    required=("ORGANISATION_NAME",),
)  # fmt: skip
OPPORTUNITY = Entity(
    "Opportunity", "opportunities", 501,
    _texts("OPPORTUNITY_NAME OPPORTUNITY_STATE BID_CURRENCY BID_TYPE")
    | {"BID_AMOUNT": NUMBER, "PIPELINE_ID": WHOLE, "STAGE_ID": WHOLE, "ORGANISATION_ID": WHOLE}
    | {"PROBABILITY": WHOLE, "FORECAST_CLOSE_DATE": DATE, "OWNER_USER_ID": WHOLE},
    required=("OPPORTUNITY_NAME",),
)  # fmt: skip
PROJECT = Entity(
    "Project", "projects", 601,
    _texts("PROJECT_NAME STATUS") | {"PIPELINE_ID": WHOLE, "STAGE_ID": WHOLE, "OWNER_USER_ID": WHOLE},
    required=("PROJECT_NAME", "STATUS"),
)  # fmt: skip
EVENT = Entity(
    "Event", "events", 5501,
    {"TITLE": TEXT, "LOCATION": TEXT, "START_DATE_UTC": DATE, "END_DATE_UTC": DATE, "ALL_DAY": FLAG}
    | {"DETAILS": LONG, "REMINDER_DATE_UTC": DATE, "REMINDER_SENT": FLAG, "OWNER_USER_ID": WHOLE},
    required=("START_DATE_UTC", "END_DATE_UTC"),
)  # fmt: skip
USER = Entity(
    "User", "users", 41, {}, readable=_texts(
        "FIRST_NAME LAST_NAME TIMEZONE_ID EMAIL_ADDRESS EMAIL_DROPBOX_IDENTIFIER EMAIL_DROPBOX_ADDRESS"
        " USER_CURRENCY CONTACT_DISPLAY CONTACT_ORDER"
    )
    | {"CONTACT_ID": WHOLE, "ADMINISTRATOR": FLAG, "ACCOUNT_OWNER": FLAG, "ACTIVE": FLAG}
    | {"TASK_WEEK_START": WHOLE, "INSTANCE_ID": WHOLE, "PROFILE_ID": WHOLE, "ROLE_ID": WHOLE},
)  # fmt: skip
ENTITIES = (CONTACT, LEAD, ORGANISATION, OPPORTUNITY, PROJECT, EVENT)
LINKABLE = {entity.name.lower(): entity for entity in (CONTACT, LEAD, ORGANISATION, OPPORTUNITY, PROJECT)}


def checked(
    entity: Entity, body: object, *, custom_fields: set[str], iso_dates: bool, lenient: bool
) -> JsonObject:
    """Return the writable fields of ``body``; raises `InvalidError` for what the schema does not allow.

    Read-only fields may be sent and are ignored, so that a record that was read can be sent back; so are
    LINKS, which have an address of their own.
    """
    if not isinstance(body, dict):
        raise InvalidError("Data validation error: a JSON object is expected.")
    taken: JsonObject = {}
    for name, value in body.items():
        if name in entity.writable:
            taken[name] = _value(name, value, entity.writable[name], iso_dates=iso_dates)
        elif name == "CUSTOMFIELDS":
            taken[name] = _custom(value, custom_fields)
        elif name not in entity.fields and name not in COLLECTIONS and not lenient:
            raise InvalidError(f"Data validation error: {name} is not a field of {entity.name}.")
    return taken


def complete(entity: Entity, record: Mapping[str, object]) -> None:
    """Raise `InvalidError` when a required field is missing."""
    for name in entity.required:
        if record.get(name) in (None, ""):
            raise InvalidError(f"Data validation error: {name} is required.")


def _value(name: str, value: object, type_: str, *, iso_dates: bool) -> str | int | float | bool | None:
    if value is None:
        return None
    if type_ in LENGTHS and isinstance(value, str):
        if len(value.encode("utf-16-le", "surrogatepass")) > 2 * LENGTHS[type_]:  # as .NET counts
            raise InvalidError(f"Data validation error: {name} has a maximum length of {LENGTHS[type_]}.")
        return value
    if type_ == DATE and isinstance(value, str):
        return _date(name, value, iso_dates=iso_dates)
    if type_ == FLAG and isinstance(value, bool):
        return value
    if type_ == WHOLE and isinstance(value, int) and not isinstance(value, bool):
        return value
    if type_ == NUMBER and isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise InvalidError(f"Data validation error: {name} has a value of the wrong type.")


def _date(name: str, value: str, *, iso_dates: bool) -> str:
    for form in (BODY_DATE, "%Y-%m-%dT%H:%M:%S.%fZ", QUERY_DATE) if iso_dates else (BODY_DATE,):
        try:
            return f"{datetime.strptime(value, form):{BODY_DATE}}"  # noqa: DTZ007
        except ValueError:
            continue
    raise InvalidError(f"Data validation error: {name} is not a valid date and time (yyyy-MM-dd HH:mm:ss).")


def _custom(value: object, names: set[str]) -> Json:
    if not isinstance(value, list):
        raise InvalidError("Data validation error: CUSTOMFIELDS is a list.")
    for entry in value:
        if not isinstance(entry, dict) or entry.get("FIELD_NAME") not in names:
            raise InvalidError("Data validation error: CUSTOMFIELDS names a field that does not exist.")
    return [{"FIELD_NAME": entry["FIELD_NAME"], "FIELD_VALUE": entry.get("FIELD_VALUE")} for entry in value]
