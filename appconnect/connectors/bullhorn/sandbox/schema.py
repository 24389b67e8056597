"""What the made-up Bullhorn company knows of: entities, their fields, lengths, statuses.

https://bullhorn.github.io/rest-api-docs/entityref.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MAX_TEXT = 2_000_000


@dataclass(frozen=True)
class Field:
    """One field of an entity; ``target`` is the entity on the other side of a reference."""

    kind: str = "String"
    """String, Integer, Boolean, Timestamp, to-one or to-many."""
    longest: int = MAX_TEXT
    read_only: bool = False
    target: str = ""
    index: str = "STRING"
    """How the search index treats it: STRING, ANALYZED, PHONE, BOOLEAN, DATETIME, NUMBER."""


def _text(longest: int = MAX_TEXT, index: str = "STRING") -> Field:
    return Field(longest=longest, index=index)


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
"""The pool that candidates, contacts, leads and users share their ids in."""

_SOMEBODY: Mapping[str, Field] = {
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
    "Candidate": {**_SOMEBODY, "workPhone": PHONE, "companyName": _text(100), "dateLastComment": STAMP},
    "ClientContact": {**_SOMEBODY, "clientCorporation": _one("ClientCorporation"), "dateLastVisit": STAMP},
    "Lead": {
        **_SOMEBODY,
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
"""Of the last three there are none to begin with."""

SEARCHED = ("Candidate", "ClientContact", "ClientCorporation", "JobOrder", "Lead", "Note", "Task")
QUERIED = ("Appointment", "CorporateUser", "ClientCorporation", "NoteEntity")
PEOPLE = ("Candidate", "ClientContact", "Lead", "CorporateUser")
LINKS = {"Candidate": "candidates", "ClientContact": "clientContacts", "Lead": "leads"}
"""Where a note lists the people of each type."""

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
    """A field of an entity; a person may be of any type, and ``X_REVERSED`` twins exist for phones."""
    kinds = PEOPLE if entity == PERSON else (entity,)
    return next((ENTITIES[kind][name] for kind in kinds if name in ENTITIES[kind]), None)
