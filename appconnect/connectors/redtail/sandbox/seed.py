"""The records that a fresh sandbox starts with.

Who works at the made-up company, and whom it knows; its lists are in lists.json, what can
only be read is in seed.json.
"""

from __future__ import annotations

import json
from pathlib import Path

from appconnect.connectors.redtail.sandbox.database import Database
from appconnect.sandbox.cast import ALONE, INES, KIT, LOOKALIKE, NIA, OLU, OMAR, RAE, SINEAD, ZOE, CastMember

HOLT_LTD = CastMember("", "", "+1 415-555-0100", "office@holt.example", "Holt Ltd")
ANNA = CastMember("Anna Maria", "van Dyke", "+1 303-555-0123", "anna@vandyke.example")
GHOST = CastMember("Gus", "Deleted", "+1 415-555-0142")

CONTACTS = (NIA, OMAR, INES, LOOKALIKE, SINEAD, ZOE, ALONE, ANNA, HOLT_LTD, GHOST)
"""In the order of their ids, from 501. Gus has been deleted and has Nia's number."""


def seed(database: Database) -> None:
    """Fill an empty database."""
    for member in (RAE, KIT, OLU):
        database.add_user(member, admin=member is RAE, deny_access=member is OLU)
    for member in CONTACTS:
        number = database.add_contact(member)
        job = "Owner" if member is NIA else None
        database.contacts.change(number, {"deleted": member is GHOST, "job_title": job})
    for name, rows in json.loads(Path(__file__).with_name("seed.json").read_text("utf-8")).items():
        database.tables()[name].load(rows)
