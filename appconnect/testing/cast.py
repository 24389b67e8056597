"""The people that every sandbox knows, so that one contract fits all CRMs. All of it is made up.

A sandbox of yours keeps these people in records of its own: Rae, Kit and Olu are its users, the others its
contacts. Names and numbers come from here (``cast.NIA.name``, ``cast.NIA.phone``), never from a copy.
"""

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

__all__ = [
    "ALONE",
    "EVERYBODY",
    "INES",
    "KIT",
    "LOOKALIKE",
    "NIA",
    "NOBODY",
    "OLU",
    "OMAR",
    "RAE",
    "SHARED",
    "SINEAD",
    "USERS",
    "ZOE",
    "CastMember",
]

USERS = (RAE, KIT, OLU)
"""The CRM's users: Rae signs in, Kit is her colleague, Olu has left and is inactive."""
EVERYBODY = (NIA, OMAR, INES, LOOKALIKE, SINEAD, ZOE, ALONE)
"""The CRM's contacts."""
SHARED = INES.number
"""The number that Omar and Ines share."""
NOBODY = "+13035550199"
"""A number that no contact has."""
