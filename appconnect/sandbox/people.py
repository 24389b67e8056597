"""Any number of made-up people, the same for the same seed: for sandboxes as full as a real account."""

from __future__ import annotations

import random
from collections.abc import Iterator

from appconnect.sandbox.cast import CastMember

# ruff: noqa: SIM905 – a word list reads better than a list of quoted words
FIRST = """
    Ada Ali Ana Ben Bo Cleo Dan Dara Eli Emma Eva Finn Gus Hana Ida Ivo Jana Joel Kai Lara Leo Lina Luca Maja
    Max Mia Milo Nora Noa Ola Omar Pia Ravi Rosa Sam Sara Tara Theo Uma Vera Wim Yara Yusuf Zara
""".split()
LAST = """
    Abel Adler Baker Berg Bloom Brandt Chen Costa Cruz Dahl Diaz Ekman Falk Farah Fox Garcia Gupta Haas Hill
    Ito Jansen Kaya Khan Kim Klein Lang Lee Lopez Marsh Meyer Mori Nolan Novak Okoye Park Patel Petrov Quinn
    Reyes Rossi Sato Silva Stone Tran Vogel Walsh Weber Wolf Young Zhang
""".split()
COMPANIES = """
    Birch Cedar Delta Ember Fjord Grove Harbor Iris Jade Lark Maple North Orchid Pine Quartz River
""".split()
AREAS = [f"{area}" for area in range(201, 990) if area % 100 != 11 and area != 555]
PER_AREA = 10_000
MOST = len(AREAS) * PER_AREA
"""No more people than there are numbers: 555 with four digits, in every area code."""


def made_up_people(count: int, *, seed: int = 0) -> Iterator[CastMember]:
    """Yield ``count`` people, each with a number of their own; ValueError for more than `MOST`."""
    if not 0 <= count <= MOST:
        raise ValueError(f"There can be 0 to {MOST:,} made-up people, not {count:,}.")
    chosen = random.Random(seed)  # noqa: S311 – nothing secret hangs on it
    for place in chosen.sample(range(MOST), count):
        first, last = chosen.choice(FIRST), chosen.choice(LAST)
        area, line = divmod(place, PER_AREA)
        yield CastMember(
            first,
            last,
            f"+1 {AREAS[area]}-555-{line:04d}",
            f"{first}.{last}.{place}@people.example".lower(),
            f"{chosen.choice(COMPANIES)} {chosen.choice(LAST)} Ltd",
        )
