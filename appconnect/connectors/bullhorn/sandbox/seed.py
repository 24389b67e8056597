"""The records that a fresh sandbox starts with.

Who works at the made-up company, and whom it knows.
"""

from __future__ import annotations

from appconnect.connectors.bullhorn.sandbox.database import Database
from appconnect.sandbox.base import JsonObject
from appconnect.sandbox.cast import (
    ALONE,
    INES,
    KIT,
    LOOKALIKE,
    NIA,
    OLU,
    OMAR,
    RAE,
    SINEAD,
    ZOE,
    CastMember,
)

LOGGER = CastMember("Api", "Logger", "", "api.logger@acme.example")
OLD_NIA = CastMember("Nina", "Deleted")
CONVERTED = CastMember("Cora", "Converted")
ARCHIVED = CastMember("Arno", "Archived")

USERS = (
    (RAE, "rae.quill", -180),
    (KIT, "kit.moss", 0),
    (OLU, "olu.gone", -60),
    (LOGGER, "api.logger", 0),
)
"""Person, user name, minutes from US Eastern time."""

CONTACTS: tuple[tuple[str, CastMember, JsonObject], ...] = (
    ("Candidate", NIA, {"mobile": NIA.phone, "occupation": "Welder", "comments": "Prefers mornings."}),
    ("ClientContact", OMAR, {"phone": OMAR.phone, "clientCorporation": 801, "occupation": "Buyer"}),
    ("Lead", INES, {"phone": INES.phone, "companyName": "Roth & Co"}),
    ("Candidate", LOOKALIKE, {"phone": LOOKALIKE.phone, "workPhone": "+49 30 415 555 0142"}),
    ("ClientContact", SINEAD, {"mobile": SINEAD.phone, "clientCorporation": 802}),
    ("Lead", ZOE, {"phone2": ZOE.phone}),
    ("Candidate", ALONE, {"phone": ALONE.phone}),
    ("Candidate", OLD_NIA, {"phone": NIA.phone, "isDeleted": True}),
    ("Lead", CONVERTED, {"phone": OMAR.phone, "status": "Converted"}),
    ("ClientContact", ARCHIVED, {"phone": OMAR.phone, "status": "Archive", "clientCorporation": 801}),
)

LOOKUPS: tuple[tuple[str, tuple[JsonObject, ...]], ...] = (
    ("CorporationDepartment", ({"name": "Sales", "enabled": True}, {"name": "Recruiting", "enabled": True})),
    ("Country", ({"name": "United States", "code": "US"}, {"name": "Germany", "code": "DE"})),
    ("Category", ({"name": "Engineering", "enabled": True}, {"name": "Welding", "enabled": True})),
    ("Skill", ({"name": "MIG welding", "enabled": True}, {"name": "Blueprints", "enabled": True})),
    ("BusinessSector", ({"name": "Construction"}, {"name": "Shipbuilding"})),
)


def seed(database: Database) -> None:
    """Fill an empty database."""
    for number, (member, username, offset) in enumerate(USERS, 1):
        database.add_user(number, member, username, offset)
    users, candidates = database.records["CorporateUser"], database.records["Candidate"]
    rae = next(int(number) for number, user in users.items() if user["firstName"] == "Rae")
    for name in ("Vance Partners", "O'Neil & Daughters"):
        database.add("ClientCorporation", {"name": name}, rae)
    for entity, member, more in CONTACTS:
        database.add_person(entity, member, more, rae)
    nia = next(number for number, row in candidates.items() if row["lastName"] == NIA.last_name)
    note: JsonObject = {"action": "Email", "comments": "Sent her CV.", "personReference": {"id": nia}}
    database.create("Note", note, rae)
    for entity, rows in LOOKUPS:
        for row in rows:
            database.add(entity, row)
    database.searchable_from.clear()
