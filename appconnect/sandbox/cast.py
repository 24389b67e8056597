"""The made-up people that all CRMs of the sandbox share, so that notebooks agree.

Each CRM keeps its own records; only names, numbers and addresses come from here.
Phones are written as a person types them, so that searching by digits is a real task.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CastMember:
    """A made-up person: a user of the CRM, or a contact in it."""

    first_name: str
    last_name: str
    phone: str = ""
    email: str = ""
    company: str = ""

    @property
    def name(self) -> str:
        """Return first and last name with a space between."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def number(self) -> str:
        """Return the phone in E.164, as RingCentral sends it; a number without "+" is a US one."""
        digits = "".join(each for each in self.phone if each.isdigit())
        return f"+{digits}" if self.phone.startswith("+") else f"+1{digits}"


RAE = CastMember("Rae", "Quill", "+1 650 555 0110", "rae.quill@acme.example")
"""The agent who is signed in; RingCentral extension 204."""
KIT = CastMember("Kit", "Moss", "+1 650 555 0110", "kit.moss@acme.example")
"""A colleague; RingCentral extension 205."""
OLU = CastMember("Olu", "Gone", "", "olu.gone@acme.example")
"""A user who has left and is inactive."""

NIA = CastMember("Nia", "Holt", "+1 415-555-0142", "nia@holt.example", "Holt Ltd")
"""Has things linked to her."""
OMAR = CastMember("Omar", "Vance", "(415) 555-0177", "omar@vance.example")
INES = CastMember("Ines", "Roth", "+1 415 555 0177", "ines@roth.example")
"""Omar and Ines share one number."""
LOOKALIKE = CastMember("Lena", "Fuzz", "+49 4155 5501 4299", "lena@fuzz.example")
"""Her digits contain 4155550142, so only a fuzzy search takes her for Nia."""
SINEAD = CastMember("Sinéad", "O'Neil", "+353 1 555 0188", "sinead@oneil.example")
"""An apostrophe and an accent."""
ZOE = CastMember("Zoë 🌟", "& Sons", "+44 20 7946 0123", "zoe@sons.example")
"""An emoji and an ampersand."""
ALONE = CastMember("Ulla", "Bare", "+1 212-555-0166")
"""Nothing is linked to her."""
