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


def note_fields(draft: LogDraft) -> JsonObject:
    """Return the fields of a note that the draft sets; a minute that has begun counts as a whole one."""
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
    """Return what a note is found by again: our reference, or a digest where there is none that fits."""
    if 0 < len(draft.reference) <= MAX_EXTERNAL_ID:
        return draft.reference
    start = draft.start.isoformat() if draft.start else ""
    written_from = draft.reference or f"{contact.id}\n{start}\n{draft.body}"
    return digest(written_from)[:MAX_EXTERNAL_ID]


def person(name: str, phone: str) -> JsonObject:
    """Return a new person; Bullhorn does not compute ``name``. A phone in E.164 fits its 20 characters."""
    full_name = " ".join(name.split())
    if not full_name:
        raise InputError("A new contact needs a name.")
    if len(full_name) > MAX_NAME:
        raise InputError(f"A name in Bullhorn has at most {MAX_NAME} characters; shorten it.")
    first, last = split_name(full_name)
    return {
        "name": full_name,
        "firstName": first[:MAX_NAME_PART].strip(),
        "lastName": last[:MAX_NAME_PART].strip(),
        "phone": phone,
    }


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
