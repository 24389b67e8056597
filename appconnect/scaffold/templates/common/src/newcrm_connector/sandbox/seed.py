"""The records of the first morning: the people that every sandbox has (``appconnect/sandbox/cast.py``)."""

from __future__ import annotations

from appconnect.sandbox.cast import ALONE, INES, KIT, LOOKALIKE, NIA, OLU, OMAR, RAE, SINEAD, ZOE

from newcrm_connector.sandbox.database import Database

RAE_ID, KIT_ID = 7, 8
"""Rae Quill, who signs in, and Kit Moss, her colleague."""


def seed(database: Database) -> None:
    """Fill an empty database."""
    for user in (RAE, KIT, OLU):
        database.add_user(user, time_zone="Europe/Lisbon", active=user is not OLU)
    for contact in (NIA, OMAR, INES, LOOKALIKE, SINEAD, ZOE, ALONE):
        database.add_contact({"name": contact.name, "phone": contact.phone, "company": contact.company})
