"""The records that a fresh sandbox starts with.

Who works at the made-up company, and whom it knows; its categories and other lists are in lists.json.
"""

from __future__ import annotations

from appconnect.connectors.redtail.sandbox.database import Database
from appconnect.sandbox.base import JsonObject
from appconnect.sandbox.cast import ALONE, INES, KIT, LOOKALIKE, NIA, OLU, OMAR, RAE, SINEAD, ZOE, CastMember

HOLT_LTD = CastMember("", "", "+1 415-555-0100", "office@holt.example", "Holt Ltd")
ANNA = CastMember("Anna Maria", "van Dyke", "+1 303-555-0123", "anna@vandyke.example")
GHOST = CastMember("Gus", "Deleted", "+1 415-555-0142")

CONTACTS = (NIA, OMAR, INES, LOOKALIKE, SINEAD, ZOE, ALONE, ANNA, HOLT_LTD, GHOST)
"""In the order of their ids, from 501. Gus has been deleted and has Nia's number."""


HELD: tuple[tuple[str, str, JsonObject], ...] = (
    (
        "accounts",
        "Account",
        {
            "contact_id": 501,
            "number": "H-20417",
            "account_type": "IRA",
            "company": "Elm Street Trust",
            "balance": "250000.0",
            "assets": [],
        },
    ),
    (
        "contact_udfs",
        "Udf",
        {"contact_id": 501, "contact_udf_field_name": "Occupation", "field_value": "Owner"},
    ),
    ("families", "Family", {"name": "Holt Family", "members": [{"contact_id": 501, "hoh": True}]}),
)
"""What advisers keep of contacts besides: table, kind, fields."""


def seed(database: Database) -> None:
    """Fill an empty database."""
    for member in (RAE, KIT, OLU):
        database.add_user(member, admin=member is RAE, deny_access=member is OLU)
    for member in CONTACTS:
        number = database.add_contact(member)
        job = "Owner" if member is NIA else None
        database.contacts.change(number, {"deleted": member is GHOST, "job_title": job})
    for name, kind, fields in HELD:
        row: JsonObject = {"id": database.next_id(kind), **fields}
        database.tables()[name].put(row)
