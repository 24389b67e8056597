"""The records that a fresh sandbox starts with.

Who works at the made-up company, whom it knows, and its categories.
"""

from __future__ import annotations

from appconnect.connectors.redtail.sandbox.database import Database
from appconnect.sandbox.cast import ALONE, INES, KIT, LOOKALIKE, NIA, OLU, OMAR, RAE, SINEAD, ZOE, CastMember

HOLT_LTD = CastMember("", "", "+1 415-555-0100", "office@holt.example", "Holt Ltd")
ANNA = CastMember("Anna Maria", "van Dyke", "+1 303-555-0123", "anna@vandyke.example")
GHOST = CastMember("Gus", "Deleted", "+1 415-555-0142")

CONTACTS = (NIA, OMAR, INES, LOOKALIKE, SINEAD, ZOE, ALONE, ANNA, HOLT_LTD, GHOST)
"""In the order of their ids, from 501. Gus has been deleted and has Nia's number."""

CATEGORIES = {1: "Review", 2: "General Information", 3: "Prospecting & Referrals", 4: "Old category"}
RETIRED_CATEGORIES = {4}


def seed(database: Database) -> None:
    """Fill an empty database."""
    for member in (RAE, KIT, OLU):
        database.add_user(member, admin=member is RAE, deny_access=member is OLU)
    database.categories = dict(CATEGORIES)
    for member in CONTACTS:
        number = database.add_contact(member)
        database.contacts[number]["deleted"] = member is GHOST
        database.contacts[number]["job_title"] = "Owner" if member is NIA else None
