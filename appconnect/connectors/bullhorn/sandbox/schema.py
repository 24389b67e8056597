"""Bullhorn's entities with their fields, lengths and statuses.

https://bullhorn.github.io/rest-api-docs/entityref.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MAX_TEXT = 2_000_000


@dataclass(frozen=True)
class Field:
    """A field of an entity; ``target`` is the entity that a reference leads to."""

    data_type: str = "String"
    """String, Integer, Boolean, Timestamp, to-one or to-many."""
    max_length: int = MAX_TEXT
    read_only: bool = False
    target: str = ""
    index: str = "STRING"
    """Its type in the search index: STRING, ANALYZED, PHONE, BOOLEAN, DATETIME or NUMBER."""


def _text(max_length: int = MAX_TEXT, index: str = "STRING") -> Field:
    return Field(max_length=max_length, index=index)


def _one(target: str) -> Field:
    return Field("to-one", target=target)


def _many(target: str) -> Field:
    return Field("to-many", target=target, read_only=True)


ID = Field("Integer", read_only=True, index="NUMBER")
NUMBER = Field("Integer", index="NUMBER")
FLAG = Field("Boolean", index="BOOLEAN")
MOMENT = Field("Timestamp", index="DATETIME")
STAMP = Field("Timestamp", read_only=True, index="DATETIME")
PHONE = _text(20, "PHONE")

PERSON = "Person"
"""The common name of candidates, contacts, leads and users, who share one sequence of ids."""

_PERSON_FIELDS: Mapping[str, Field] = {
    "id": ID,
    "firstName": _text(50),
    "lastName": _text(50),
    "name": _text(100, "ANALYZED"),
    "phone": PHONE,
    "phone2": PHONE,
    "phone3": PHONE,
    "mobile": PHONE,
    "email": _text(100),
    "status": _text(100),
    "comments": _text(index="ANALYZED"),
    "occupation": _text(100),
    "externalID": _text(50),
    "owner": _one("CorporateUser"),
    "isDeleted": FLAG,
    "dateAdded": MOMENT,
    "dateLastModified": STAMP,
    "notes": _many("Note"),
}

ENTITIES: Mapping[str, Mapping[str, Field]] = {
    "Candidate": {**_PERSON_FIELDS, "workPhone": PHONE, "companyName": _text(100), "dateLastComment": STAMP},
    "ClientContact": {
        **_PERSON_FIELDS,
        "clientCorporation": _one("ClientCorporation"),
        "dateLastVisit": STAMP,
    },
    "Lead": {
        **_PERSON_FIELDS,
        "companyName": _text(100),
        "clientCorporation": _one("ClientCorporation"),
        "dateLastComment": STAMP,
        "dateLastVisited": STAMP,
    },
    "CorporateUser": {
        "id": ID,
        "name": _text(100, "ANALYZED"),
        "firstName": _text(50),
        "lastName": _text(50),
        "email": _text(100),
        "username": _text(100),
        "masterUserID": ID,
        "timeZoneOffsetEST": NUMBER,
        "enabled": FLAG,
        "isDeleted": FLAG,
    },
    "ClientCorporation": {
        "id": ID,
        "name": _text(100, "ANALYZED"),
        "status": _text(100),
        "phone": PHONE,
        "dateAdded": MOMENT,
        "dateLastModified": STAMP,
    },
    "Note": {
        "id": ID,
        "action": _text(30),
        "comments": _text(index="ANALYZED"),
        "personReference": _one(PERSON),
        "commentingPerson": _one("CorporateUser"),
        "dateAdded": MOMENT,
        "dateLastModified": STAMP,
        "minutesSpent": NUMBER,
        "externalID": _text(50),
        "isDeleted": FLAG,
        "candidates": _many("Candidate"),
        "clientContacts": _many("ClientContact"),
        "leads": _many("Lead"),
    },
    "NoteEntity": {
        "id": ID,
        "note": _one("Note"),
        "targetEntityID": NUMBER,
        "targetEntityName": _text(30),
    },
    "JobOrder": {"id": ID, "title": _text(100), "status": _text(100), "isDeleted": FLAG, "dateAdded": MOMENT},
    "Task": {"id": ID, "subject": _text(100), "isDeleted": FLAG, "dateAdded": MOMENT},
    "Appointment": {
        "id": ID,
        "subject": _text(100),
        "dateBegin": MOMENT,
        "dateEnd": MOMENT,
        "isDeleted": FLAG,
        "owner": Field("to-one", target="CorporateUser", read_only=True),
    },
}
"""The last three have no seeded records."""

SEARCHED = ("Candidate", "ClientContact", "ClientCorporation", "JobOrder", "Lead", "Note", "Task")
QUERIED = ("Appointment", "CorporateUser", "ClientCorporation", "NoteEntity")
PEOPLE = ("Candidate", "ClientContact", "Lead", "CorporateUser")

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "ClientContact": ("clientCorporation",),
    "ClientCorporation": ("name",),
    "Note": ("comments", "personReference"),
    "NoteEntity": ("note", "targetEntityID", "targetEntityName"),
}

STATUSES: Mapping[str, tuple[str, ...]] = {
    "Candidate": ("Active", "New Lead", "Placed", "Archive"),
    "ClientContact": ("Active", "Passive", "Archive"),
    "Lead": ("New Lead", "Open", "Qualified", "Converted"),
    "ClientCorporation": ("Prospect", "Active", "Archive"),
}

NOTE_ACTIONS = ("Outbound Call", "Inbound Call", "Left Message", "Text Message", "Email", "BD Call")


def field_of(entity: str, name: str) -> Field | None:
    """Return a field of an entity, of any type of people for ``PERSON``; None when there is none."""
    entities = PEOPLE if entity == PERSON else (entity,)
    return next((ENTITIES[each][name] for each in entities if name in ENTITIES[each]), None)
