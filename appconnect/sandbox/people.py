"""The small cast that every CRM of the sandbox shares, so that notebooks agree. All of it is made up.

Each CRM keeps its own records; only names and numbers come from here. Phones are written as a person types
them, so that searching by digits is a real task.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Somebody:
    """A person known to a CRM: a user of it, or a contact in it."""

    first_name: str
    last_name: str
    phone: str = ""
    email: str = ""
    company: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def number(self) -> str:
        """The phone in E.164, as RingCentral sends it; a number without "+" is a US one."""
        digits = "".join(each for each in self.phone if each.isdigit())
        return f"+{digits}" if self.phone.startswith("+") else f"+1{digits}"


RAE = Somebody("Rae", "Quill", "+1 650 555 0110", "rae.quill@acme.example")
"""The agent who is signed in; RingCentral extension 204."""
KIT = Somebody("Kit", "Moss", "+1 650 555 0110", "kit.moss@acme.example")
"""A colleague; RingCentral extension 205."""
OLU = Somebody("Olu", "Gone", "", "olu.gone@acme.example")
"""A user who has left and is inactive."""

NIA = Somebody("Nia", "Holt", "+1 415-555-0142", "nia@holt.example", "Holt Ltd")
"""Somebody with things linked to her."""
OMAR = Somebody("Omar", "Vance", "(415) 555-0177", "omar@vance.example")
INES = Somebody("Ines", "Roth", "+1 415 555 0177", "ines@roth.example")
"""Omar and Ines share one number."""
LOOKALIKE = Somebody("Lena", "Fuzz", "+49 4155 5501 4299", "lena@fuzz.example")
"""Her digits contain 4155550142, so only a fuzzy search takes her for Nia."""
SINEAD = Somebody("Sinéad", "O'Neil", "+353 1 555 0188", "sinead@oneil.example")
"""An apostrophe and an accent."""
ZOE = Somebody("Zoë 🌟", "& Sons", "+44 20 7946 0123", "zoe@sons.example")
"""An emoji and an ampersand."""
ALONE = Somebody("Ulla", "Bare", "+1 212-555-0166")
"""Nothing is linked to her."""
