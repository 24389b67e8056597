"""Notes: written, changed, read, and found again after a lost answer.

https://bullhorn.github.io/rest-api-docs/entityref.html#note
"""

from __future__ import annotations

from pydantic import JsonValue

from appconnect.connectors.bullhorn import note_actions
from appconnect.connectors.bullhorn.entities import create, set_fields
from appconnect.connectors.bullhorn.kinds import kind_of
from appconnect.connectors.bullhorn.note_actions import NoteActions
from appconnect.connectors.bullhorn.payloads import external_id, note_fields, parse_id
from appconnect.connectors.bullhorn.queries import literal, quoted
from appconnect.connectors.bullhorn.schemas import NOTE_FIELDS, Many, Note, NoteLink, One
from appconnect.connectors.bullhorn.search import MAX_ROWS
from appconnect.errors import NotFound
from appconnect.http import CrmClient, remove
from appconnect.http.decoding import check_id
from appconnect.models import Contact, JsonObject, LogDraft

ASKED = "id,externalID,isDeleted,commentingPerson(id)"


class Notes:
    """The notes of one company, as one user sees them."""

    def __init__(self, crm: CrmClient, actions: NoteActions) -> None:
        self._crm = crm
        self._actions = actions

    async def add(self, contact: Contact, draft: LogDraft) -> int:
        """Create a note about a person of any type, whose reference links it: they share their ids."""
        kind_of(contact.type)  # a type that there is
        body: JsonObject = {
            "comments": "",
            **note_fields(draft),
            "personReference": {"id": parse_id(contact.id, "contact")},
            "action": await self._actions.for_new(draft),
            "externalID": external_id(contact, draft),
        }
        return int(await create(self._crm, "Note", body))

    async def change(self, log_id: str, draft: LogDraft) -> None:
        """Set what the draft says; doing it twice changes nothing."""
        body = note_fields(draft)
        action = draft.chosen(note_actions.FIELD)
        if action is not None:
            body["action"] = await self._actions.checked(action)
        if body:
            await set_fields(self._crm, "Note", parse_id(log_id, "note"), body)

    async def delete(self, log_id: str) -> None:
        """Mark a note as deleted, which hides it everywhere."""
        deletion = set_fields(self._crm, "Note", parse_id(log_id, "note"), {"isDeleted": True})
        await remove(deletion, lambda: self.read(log_id))

    async def read(self, log_id: str) -> tuple[Note, JsonValue]:
        """Return a note, and all that Bullhorn has of it; :class:`NotFound` when it is gone."""
        path = f"/entity/Note/{parse_id(log_id, 'note')}"
        reply = await self._crm.send("GET", path, params={"fields": NOTE_FIELDS})
        note = reply.into(One[Note]).data
        check_id(note.id, parse_id(log_id, "note"))
        if note.is_deleted:
            raise NotFound("This log was deleted in Bullhorn.", status=404)
        return note, reply.at("data")

    async def linked_to(self, person_id: int, external_id: str) -> list[Note]:
        """Return the notes of that id that are linked to a person.

        Asked of the database; the search index of notes may be empty or late.
        """
        links = await self._crm.get(
            "/query/NoteEntity", into=Many[NoteLink], count=MAX_ROWS, fields=f"id,note({ASKED})",
            where=f"targetEntityID={person_id} AND note.externalID={quoted(external_id)}",
        )  # fmt: skip
        return [link.note for link in links.data]

    async def referring_to(self, person_id: int, external_id: str) -> list[Note]:
        """Return the notes of that id that refer to a person, linked or not, as far as the index knows."""
        found = await self._crm.get(
            "/search/Note", into=Many[Note], count=MAX_ROWS, fields=f"{ASKED},personReference(id)",
            query=f"externalID:{literal(external_id)}",
        )  # fmt: skip
        return [note for note in found.data if note.refers_to(person_id)]
