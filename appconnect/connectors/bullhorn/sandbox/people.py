"""Where the Bullhorn sandbox holds people."""

from __future__ import annotations

from appconnect.sandbox.people_tables import flat

PHONES = ("phone", "mobile", "phone2", "phone3", "workPhone")
PEOPLE = tuple(
    flat(entity, names=("firstName", "lastName"), phones=PHONES, whole="name")
    for entity in ("Candidate", "ClientContact", "Lead")
)
