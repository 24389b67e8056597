"""Names of persons, split into first name and surname for CRMs that store two fields."""

from __future__ import annotations

from typing import NamedTuple

PARTICLES = frozenset(
    {
        *("af", "al", "ap", "aus", "av", "bin", "bint", "da", "dal", "das", "de", "degli", "dei", "del"),
        *("della", "den", "der", "des", "di", "do", "dos", "du", "el", "ibn", "la", "las", "le", "los"),
        *("ten", "ter", "til", "van", "vom", "von", "y", "zu", "zum", "zur"),
    }
)
"""Words that begin a surname of several words."""
SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})


class PersonName(NamedTuple):
    """A name in two parts; ``first`` is "" for a single name."""

    first: str
    last: str


def split_name(name: str) -> PersonName:
    """Split a name into first names and surname: "Anna Maria van Dyke" is Anna Maria, van Dyke.

    The last word is the surname, with the particles (van, de la …) before it and "Jr." after it; in
    "van Dyke, Anna Maria" the comma decides. No word is lost; a single name is the surname.
    """
    before, comma, after = (part.strip() for part in name.partition(","))
    if comma and before and after and after.casefold() not in SUFFIXES:
        return PersonName(_one_line(after), _one_line(before))
    words = name.split()
    if not words:
        return PersonName("", "")
    start = len(words) - 1
    if words[start].casefold() in SUFFIXES and start > 1:
        start -= 1
    while start > 1 and words[start - 1].casefold() in PARTICLES:
        start -= 1
    return PersonName(" ".join(words[:start]), " ".join(words[start:]))


def _one_line(text: str) -> str:
    return " ".join(text.split())
