"""Who is in the made-up company's Redtail database: its users, contacts and lists."""

from __future__ import annotations

from pydantic import JsonValue

from appconnect.sandbox.cast import ALONE, INES, KIT, LOOKALIKE, NIA, OLU, OMAR, RAE, SINEAD, ZOE, CastMember

JsonObject = dict[str, JsonValue]

API_KEY = "sandbox-partner-key"
DATABASE_ID = 880011
LOGINS = {
    ("rae.quill", "quiet:as:a:mouse"): 880042,
    ("kit.moss", "kit-moss-password"): 880043,
    ("olu.gone", "olu-gone-password"): 880044,
}
"""User name and password → user id. Rae's password has colons in it, as passwords may."""

HOLT_LTD = CastMember("", "", "+1 415-555-0100", "office@holt.example", "Holt Ltd")
ANNA = CastMember("Anna Maria", "van Dyke", "+1 303-555-0123", "anna@vandyke.example")
GHOST = CastMember("Gus", "Deleted", "+1 415-555-0142")

CONTACTS = (NIA, OMAR, INES, LOOKALIKE, SINEAD, ZOE, ALONE, ANNA, HOLT_LTD, GHOST)
"""In the order of their ids, from 501. Gus has been deleted and has Nia's number."""

CATEGORIES = {1: "Review", 2: "General Information", 3: "Prospecting & Referrals", 4: "Old category"}
RETIRED_CATEGORIES = {4}
ACTIVITY_CODES = {1: "Appointment", 2: "Task", 3: "Phone Call", 4: "Email"}
PHONE_TYPES = {1: "Home", 2: "Work", 3: "Mobile", 4: "Fax", 5: "Other", 6: "Main"}


def users() -> dict[int, JsonObject]:
    """The database's users; Olu may no longer get in."""
    return {
        user_id: user(user_id, somebody, admin=somebody is RAE, deny_access=somebody is OLU)
        for user_id, somebody in zip(LOGINS.values(), (RAE, KIT, OLU), strict=True)
    }


def user(user_id: int, somebody: CastMember, *, admin: bool = False, deny_access: bool = False) -> JsonObject:
    """One row of lists/database_users."""
    return {
        "id": user_id,
        "default_database_id": DATABASE_ID,
        "admin": admin,
        "deny_access": deny_access,
        "first_name": somebody.first_name,
        "last_name": somebody.last_name,
    }


def contact(contact_id: int, somebody: CastMember, now: str) -> JsonObject:
    """A whole contact record; somebody without a name of their own is a business."""
    kind = "Individual" if somebody.name else "Business"
    return {
        "id": contact_id,
        "type": f"Crm::Contact::{kind}",
        "first_name": somebody.first_name or None,
        "middle_name": None,
        "last_name": somebody.last_name or None,
        "company_name": somebody.company or None,
        "full_name": somebody.name or somebody.company,
        "job_title": "Owner" if somebody is NIA else None,
        "tax_id": None,
        "dob": None,
        "status_id": 1,
        "status": "Active",
        "category_id": 2,
        "category": CATEGORIES[2],
        "source_id": None,
        "source": None,
        "servicing_advisor_id": None,
        "servicing_advisor": None,
        "writing_advisor_id": None,
        "created_at": now,
        "updated_at": now,
        "deleted": somebody is GHOST,
        "phones": [phone(somebody.phone)] if somebody.phone else [],
        "emails": [{"address": somebody.email, "is_primary": True}] if somebody.email else [],
    }


def phone(text: str) -> JsonObject:
    """A phone row, the country code split off; without one it is a number of the United States."""
    code, _, number = text.partition(" ") if text.startswith("+") else ("+1", "", text)
    return phone_row({"number": number, "country_code": int(code[1:]), "is_primary": True})


def phone_row(said: JsonObject) -> JsonObject:
    """What is kept of a phone as it was sent."""
    kind = said.get("phone_type", 3)
    return {
        "country_code": 1,
        "is_primary": False,
        "is_preferred": False,
        **said,
        "phone_type": kind,
        "phone_type_description": PHONE_TYPES.get(kind) if isinstance(kind, int) else None,
    }
