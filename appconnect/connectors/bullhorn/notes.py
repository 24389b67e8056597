"""Notes: written, linked to whom they are about, changed, read, and found again after a lost answer.

https://bullhorn.github.io/rest-api-docs/entityref.html#note
"""

from __future__ import annotations

import logging

from pydantic import JsonValue

from appconnect.connector import IsClaimed
from appconnect.connectors.bullhorn import note_actions
from appconnect.connectors.bullhorn.kinds import LEAD, kind_of
from appconnect.connectors.bullhorn.note_actions import NoteActions
from appconnect.connectors.bullhorn.payloads import external_id, parse_id, said
from appconnect.connectors.bullhorn.queries import literal, quoted
from appconnect.connectors.bullhorn.schemas import NOTE_FIELDS, Changed, Many, Note, NoteLink, One
from appconnect.connectors.bullhorn.search import MAX_ROWS
from appconnect.errors import CrmError, NotFound, SignInError
from appconnect.http import CrmClient, decode
from appconnect.models import Contact, JsonObject, LogDraft
from appconnect.operation_warnings import warn

ASKED = "id,externalID,isDeleted,commentingPerson(id)"
TARGET = "User"
"""What a note's link calls a person of any kind."""

log = logging.getLogger(__name__)


class Notes:
    """The notes of one company, as one user sees them."""

    def __init__(self, crm: CrmClient, actions: NoteActions) -> None:
        self._crm = crm
        self._actions = actions

    async def add(self, contact: Contact, draft: LogDraft) -> int:
        """A note about a person of any type, whose reference links it: they share their ids."""
        kind = kind_of(contact.type)
        body: JsonObject = {
            "comments": "",
            **said(draft),
            "personReference": {"id": parse_id(contact.id, "contact")},
            "action": await self._actions.for_new(draft),
            "externalID": external_id(contact, draft),
        }
        note_id = await self._put("Note", body)
        if kind is LEAD:
            await self._link_to_lead(note_id, parse_id(contact.id, "contact"))
        return note_id

    async def change(self, log_id: str, draft: LogDraft) -> None:
        """Set what the draft says; twice is as good as once."""
        body = said(draft)
        action = draft.chosen(note_actions.FIELD)
        if action is not None:
            body["action"] = await self._actions.checked(action)
        if body:
            await self._crm.post(f"/entity/Note/{parse_id(log_id, 'note')}", body)

    async def read(self, log_id: str) -> tuple[Note, JsonValue]:
        """A note, and all that Bullhorn said of it; :class:`NotFound` when it is gone."""
        answer = await self._crm.get(f"/entity/Note/{parse_id(log_id, 'note')}", fields=NOTE_FIELDS)
        note = decode(One[Note], answer, "GET /entity/Note").data
        if note.is_deleted:
            raise NotFound("This log was deleted in Bullhorn.", status=404)
        return note, answer["data"] if isinstance(answer, dict) else None

    async def find(self, contact: Contact, draft: LogDraft, author: str, is_claimed: IsClaimed) -> str | None:
        """The note with our external id, by the same author ("" for anybody), among the contact's.

        Asked of the database; the search index of notes may be empty or late. A lead's note may not be linked
        to it yet, so that only the index knows of it: found there, it is linked.
        """
        ours, person_id = external_id(contact, draft), parse_id(contact.id, "contact")

        def same(notes: list[Note]) -> list[int]:
            mine = [
                note.id
                for note in notes
                if note.external_id == ours and not note.is_deleted and note.is_by(author)
            ]
            return sorted(number for number in mine if not is_claimed(str(number)))

        links = await self._crm.read(
            Many[NoteLink], "/query/NoteEntity", count=MAX_ROWS, fields=f"id,note({ASKED})",
            where=f"targetEntityID={person_id} AND note.externalID={quoted(ours)}",
        )  # fmt: skip
        found = same([link.note for link in links.data])
        if not found and kind_of(contact.type) is LEAD:
            notes = await self._crm.read(
                Many[Note], "/search/Note", count=MAX_ROWS, fields=f"{ASKED},personReference(id)",
                query=f"externalID:{literal(ours)}",
            )  # fmt: skip
            about = [
                note for note in notes.data if note.person_reference and note.person_reference.id == person_id
            ]
            found = same(about)
            if found:
                await self._link_to_lead(found[0], person_id)
        return str(found[0]) if found else None

    async def _link_to_lead(self, note_id: int, lead_id: int) -> None:
        """Link a note that its reference has not: for leads, that it does is not documented.

        The note exists, so a failure here must not lose its id.
        """
        try:
            note, _ = await self.read(str(note_id))
            if not note.about[0]:
                link: JsonObject = {
                    "note": {"id": note_id},
                    "targetEntityID": lead_id,
                    "targetEntityName": TARGET,
                }
                await self._put("NoteEntity", link)
        except (CrmError, SignInError) as error:
            warn("The note may not show with the lead in Bullhorn: linking it failed.")
            log.warning("Bullhorn note %s may not be linked to lead %s: %s", note_id, lead_id, error)

    async def _put(self, entity: str, body: JsonObject) -> int:
        path = f"/entity/{entity}"
        return decode(Changed, await self._crm.put(path, body), f"PUT {path}").changed_entity_id
