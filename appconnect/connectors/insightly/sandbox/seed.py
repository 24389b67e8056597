"""The records that a fresh sandbox starts with.

Who works at the made-up company, and whom it knows.
"""

from __future__ import annotations

import json
from pathlib import Path

from appconnect.connectors.insightly.sandbox.database import Database
from appconnect.connectors.insightly.sandbox.schema import (
    CONTACT,
    ENTITIES,
    EVENT,
    LEAD,
    OPPORTUNITY,
    ORGANISATION,
    PROJECT,
    SCHEMA,
    USER,
    VEHICLE,
    Entity,
)
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.cast import ALONE, INES, KIT, LOOKALIKE, NIA, OLU, OMAR, RAE, SINEAD, ZOE, CastMember

INSTANCE: JsonObject = {
    "INSTANCE_NAME": "Acme Sandbox",
    "INSTANCE_SUBDOMAIN": "acme-sandbox",
    "PLAN_NAME": "",
    "NEW_USER_EXPERIENCE_ENABLED": True,
}


def _custom_field(name: str, label: str, entity: str) -> JsonObject:
    described = {"FIELD_NAME": name, "FIELD_LABEL": label, "FIELD_FOR": entity.upper(), "FIELD_TYPE": "TEXT"}
    kind: JsonObject = {"FIELD_ORDER": 1, "EDITABLE": True, "VISIBLE": True}
    return {**SCHEMA["CustomFieldMetadata"].blank(), **kind, **described}


CUSTOM_FIELDS: dict[str, list[JsonObject]] = {
    CONTACT.name: [
        _custom_field("PHONE_2__c", "Second phone", CONTACT.name),
        _custom_field("TEA__c", "Favourite tea", CONTACT.name),
    ],
    LEAD.name: [_custom_field("HOTLINE__c", "Hotline", LEAD.name)],
    VEHICLE.name: [_custom_field("PLATE__c", "Plate", VEHICLE.name)],
}


def seed(database: Database) -> None:
    """Fill an empty database."""
    database.custom_fields = {entity: list(fields) for entity, fields in CUSTOM_FIELDS.items()}
    _users(database)
    _lists(database)
    holt = database.add(ORGANISATION, {"ORGANISATION_NAME": "Holt Ltd", "PHONE": "+442079460100"})
    sons = database.add(ORGANISATION, {"ORGANISATION_NAME": "Zoë & Sons"})
    renewal = database.add(OPPORTUNITY, {"OPPORTUNITY_NAME": "Holt renewal", "OPPORTUNITY_STATE": "OPEN"})
    upsell = database.add(OPPORTUNITY, {"OPPORTUNITY_NAME": "Holt support plan", "OPPORTUNITY_STATE": "OPEN"})
    secret = database.add(OPPORTUNITY, {"OPPORTUNITY_NAME": "Board matters", "OPPORTUNITY_STATE": "OPEN"})
    database.hidden.add((OPPORTUNITY.name, secret))
    rollout = database.add(PROJECT, {"PROJECT_NAME": "Holt rollout", "STATUS": "IN PROGRESS"})
    nia = contact(database, NIA, PHONE=NIA.phone, TITLE="Owner", ORGANISATION_ID=holt)
    for entity, number in (
        (ORGANISATION, holt),
        (OPPORTUNITY, renewal),
        (OPPORTUNITY, upsell),
        (PROJECT, rollout),
    ):
        database.link(CONTACT, nia, entity, number)
    omar = contact(database, OMAR, PHONE="+14155550177", PHONE_MOBILE="4155550177")
    contact(database, INES, PHONE_MOBILE="+14155550177")
    contact(database, LOOKALIKE, PHONE=LOOKALIKE.phone)
    zoe = contact(database, ZOE, PHONE="+442079460123", ORGANISATION_ID=sons)
    for entity, number in ((OPPORTUNITY, secret), (PROJECT, 699), (ORGANISATION, sons)):
        database.link(CONTACT, zoe, entity, number)
    contact(database, ALONE, PHONE="(212) 555-0166")
    van_dyke = CastMember("Anna Maria", "van Dyke", "+31205550199")
    anna = contact(database, van_dyke, PHONE_HOME=van_dyke.phone)
    _customise(database, CONTACT, anna, "PHONE_2__c", "+31205550198")
    contact(database, CastMember("Prince", ""), PHONE="6125550133")
    _leads(database, omar)
    review: JsonObject = {
        "TITLE": "Quarterly review",
        "DETAILS": "Bring the figures.",
        "OWNER_USER_ID": 42,
        "START_DATE_UTC": "2026-01-05 10:00:00",
        "END_DATE_UTC": "2026-01-05 11:00:00",
    }
    database.add(EVENT, review)


def _lists(database: Database) -> None:
    """Add what the account lets choose from, and the work it has planned."""
    for path, rows in json.loads(Path(__file__).with_name("seed.json").read_text("utf-8")).items():
        entity = next(each for each in ENTITIES if each.path == path)
        for row in rows:
            if entity.id_field in row:
                database.records[entity.name].put({**entity.record.blank(), **row})
            else:
                database.add(entity, row)


def _users(database: Database) -> None:
    zones = {RAE: "Pacific Standard Time", KIT: "W. Europe Standard Time", OLU: "US Mountain Standard Time"}
    for member, zone in zones.items():
        user: JsonObject = {
            "FIRST_NAME": member.first_name,
            "LAST_NAME": member.last_name,
            "EMAIL_ADDRESS": member.email,
            "TIMEZONE_ID": zone,
            "ACTIVE": member is not OLU,
            "ADMINISTRATOR": member is RAE,
            "ACCOUNT_OWNER": member is RAE,
            "INSTANCE_ID": 900,
            "USER_CURRENCY": "USD",
            "TASK_WEEK_START": 1,
            "CONTACT_DISPLAY": "FirstLast",
            "CONTACT_ORDER": "FirstLast",
            "PROFILE_ID": 1,
            "ROLE_ID": 1,
        }
        database.add(USER, user)


def _leads(database: Database, omar: int) -> None:
    _lead(database, SINEAD, PHONE="+35315550188", ORGANISATION_NAME="O'Neil & Co", MOBILE="+353865550188")
    became = _lead(database, OMAR, PHONE="+14155550177")
    database.records[LEAD.name].change(became, {"CONVERTED": True, "CONVERTED_CONTACT_ID": omar})
    gone = _lead(database, CastMember("Petra", "Stale"), PHONE="+14155550150")
    database.records[LEAD.name].change(gone, {"CONVERTED": True, "CONVERTED_CONTACT_ID": 3999})
    hot = _lead(database, CastMember("Hugo", "Linde"), MOBILE="+46855501234")
    _customise(database, LEAD, hot, "HOTLINE__c", "+46855501299")


def _customise(database: Database, entity: Entity, number: int, field: str, value: str) -> None:
    custom: list[Json] = [{"FIELD_NAME": field, "FIELD_VALUE": value}]
    database.records[entity.name].change(number, {"CUSTOMFIELDS": custom})


def contact(database: Database, member: CastMember, **more: str | int) -> int:
    """Add a contact; return its id."""
    record: JsonObject = {
        "FIRST_NAME": member.first_name,
        "LAST_NAME": member.last_name or None,
        "EMAIL_ADDRESS": member.email or None,
        "OWNER_USER_ID": 41,
        **more,
    }
    return database.add(CONTACT, record)


def _lead(database: Database, member: CastMember, **more: str) -> int:
    record: JsonObject = {
        "FIRST_NAME": member.first_name,
        "LAST_NAME": member.last_name,
        "EMAIL": member.email or None,
        "LEAD_SOURCE_ID": 11,
        "LEAD_STATUS_ID": 21,
        "RESPONSIBLE_USER_ID": 41,
        "OWNER_USER_ID": 41,
        **more,
    }
    return database.add(LEAD, record)
