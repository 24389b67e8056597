"""From a finished draft to the body of a note, and from a name and a number to that of a person.

https://bullhorn.github.io/rest-api-docs/entityref.html#note
"""

from __future__ import annotations

import hashlib
from functools import partial

from appconnect.errors import InputError
from appconnect.ids import whole_number
from appconnect.models import Contact, JsonObject, LogDraft
from appconnect.text.person_names import split_name

parse_id = partial(whole_number, "Bullhorn")

MAX_NAME_PART, MAX_NAME, MAX_EXTERNAL_ID = 50, 100, 50


def said(draft: LogDraft) -> JsonObject:
    """What the draft says, in Bullhorn's words; minutes are whole and begun ones count."""
    body: JsonObject = {}
    if draft.body is not None:
        body["comments"] = draft.body
    if draft.start is not None:
        body["dateAdded"] = int(draft.start.timestamp() * 1000)
    if draft.duration is not None:
        body["minutesSpent"] = -(-draft.duration // 60)
    if draft.owner_id:
        body["commentingPerson"] = {"id": parse_id(draft.owner_id, "owner")}
    return body


def external_id(contact: Contact, draft: LogDraft) -> str:
    """What a note is found by again: our reference, or a digest where it is too long or there is none."""
    if 0 < len(draft.reference) <= MAX_EXTERNAL_ID:
        return draft.reference
    start = draft.start.isoformat() if draft.start else ""
    written_from = draft.reference or f"{contact.id}\n{start}\n{draft.body}"
    return digest(written_from)[:MAX_EXTERNAL_ID]


def person(name: str, phone: str) -> JsonObject:
    """A new person; Bullhorn does not compute ``name``. A phone in E.164 always fits its 20 characters."""
    whole_name = " ".join(name.split())[:MAX_NAME].strip()
    if not whole_name:
        raise InputError("A new contact needs a name.")
    first, last = split_name(whole_name)
    return {
        "name": whole_name,
        "firstName": first[:MAX_NAME_PART].strip(),
        "lastName": last[:MAX_NAME_PART].strip(),
        "phone": phone,
    }


def digest(text: str) -> str:
    """A fixed-length stand-in for a text."""
    return hashlib.sha256(text.encode()).hexdigest()
